"""Which shop system a file comes from, by the names in its header (reference: 'Told apart by')."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ifdo_core.ingest.mapping import FileMapping, Mapping, ready
from ifdo_core.ingest.readers import Reading, expand, open_source, simplified
from ifdo_core.ingest.transform import Plan


@dataclass(frozen=True)
class Told:
    """A ready mapping, and the kind of file among its files."""

    mapping: Mapping
    file: FileMapping

    @property
    def name(self) -> str:
        return self.mapping.name

    @property
    def table(self) -> str:
        """The table to load the file as."""
        return self.file.table


def told_apart(source: pd.DataFrame | str | Path | Iterable[str], table: str | None = None) -> Told | None:
    """The ready mapping a file, frame or list of column names belongs to; None where none is recognised.

    The mapping whose telling names are the most wins, so that a sign of several columns goes before a sign of one.
    With ``table``, what the file gives for that table: an order list may also be read for its products.
    """
    if isinstance(source, (pd.DataFrame, str, Path)):
        columns: tuple[str, ...] = _columns(expand(source)[0])
    else:
        columns = tuple(source)
    header = {simplified(name) for name in columns}
    signs = [
        (len(names), mapping, file)
        for mapping in ready().values()
        for file in mapping.files
        for names in file.told_by
        if {simplified(name) for name in names} <= header
    ]
    own = [sign for sign in signs if table is None or sign[2].table == table]
    if own:
        _, mapping, first = max(own, key=lambda sign: sign[0])
        files = [file for _, one, file in own if one is mapping and file.table == first.table]
        return Told(mapping, best_file(files, columns))
    if not signs or table is None:
        return None
    mapping = max(signs, key=lambda sign: sign[0])[1]
    files = [file for file in mapping.for_table(table) if not file.told_by]
    return Told(mapping, best_file(files, columns)) if files else None


def best_file(files: Sequence[FileMapping], columns: Sequence[str]) -> FileMapping:
    """Of several file mappings the one that makes the most of a header; the first where they are equal."""

    def rank(file: FileMapping) -> tuple[int, bool, int]:
        plan = Plan.of(file, "", columns)
        return len(plan.missing()), file.lines and not plan.fills("order_items"), -len(plan.present)

    return min(files, key=rank)


def _columns(source: pd.DataFrame | Path) -> tuple[str, ...]:
    """The header of a source; a notice above it may have hidden it, so known names are looked for."""
    telling = tuple({name for one in ready().values() for file in one.files for name in file.reading.header_holds})
    return open_source(source, Reading(header_holds=telling)).columns
