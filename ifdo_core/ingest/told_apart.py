"""Which shop system a file comes from, by the names in its header (reference: 'Told apart by')."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ifdo_core.ingest.mapping import FileMapping, Mapping, ready
from ifdo_core.ingest.readers import expand, open_source, simplified


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

    With ``table``, only files of that table are looked at. The file whose telling names are the most wins, so
    that a sign of several columns goes before a sign of one.
    """
    if isinstance(source, (pd.DataFrame, str, Path)):
        columns: Iterable[str] = _columns(expand(source)[0])
    else:
        columns = source
    header = {simplified(name) for name in columns}
    best: tuple[int, Told] | None = None
    for mapping in ready().values():
        for file in mapping.files:
            if table is not None and file.table != table:
                continue
            for names in file.told_by:
                if {simplified(name) for name in names} <= header and (best is None or len(names) > best[0]):
                    best = (len(names), Told(mapping, file))
    return None if best is None else best[1]


def _columns(source: pd.DataFrame | Path) -> tuple[str, ...]:
    """The header of a source; a notice above it may have hidden it, so known names are looked for."""
    telling = tuple({name for one in ready().values() for file in one.files for name in file.reading.header_holds})
    from ifdo_core.ingest.readers import Reading

    return open_source(source, Reading(header_holds=telling)).columns
