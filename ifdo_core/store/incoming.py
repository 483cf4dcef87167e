"""Segments of a file taken into the store: names that are taken, ids that the file's segments call each other by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ifdo_core.errors import IfdoError
from ifdo_core.i18n import translate
from ifdo_core.segments.exchange import Read, in_order, with_ids
from ifdo_core.segments.nested import named_ids
from ifdo_core.store.segments import SavedSegment, Store

#: What to do where a name is taken: a number behind the new one, in the place of the old one, or not at all.
Taken = Literal["number", "replace", "skip"]


@dataclass(frozen=True)
class Arrival:
    """What became of one segment of a file; ``saved`` is None where it was left out, then ``why`` says so."""

    read: Read
    saved: SavedSegment | None = None
    why: str = ""

    @property
    def renamed(self) -> bool:
        return self.saved is not None and self.saved.name != self.read.name


def conflicts(store: Store, rows: Sequence[Read]) -> set[str]:
    """Names of the file that saved segments have already."""
    return {row.name for row in rows if row.segment} & {item.name for item in store.list()}


def take_in(store: Store, rows: Sequence[Read], taken: Taken = "number") -> list[Arrival]:
    """Saves the readable ones in the order in which they name each other; each on its own, in the order of the file."""
    here = {item.name: item.id for item in store.list()}
    ids: dict[str, str] = {}
    found: dict[int, Arrival] = {}
    for row in in_order(rows):
        found[id(row)] = _one(store, row, taken, here, ids)
    return [found[id(row)] for row in rows]


def _one(store: Store, row: Read, taken: Taken, here: dict[str, str], ids: dict[str, str]) -> Arrival:
    if row.segment is None:
        return Arrival(row, why=str(row.fault))
    old = here.get(row.name)
    if old is not None and taken == "skip":
        ids[row.id] = old
        return Arrival(row, why=translate("같은 이름이 있어 건너뛰었어요."))
    segment = with_ids(row.segment, ids)
    gone = [name for name in named_ids(segment.where) if name not in store.segments]
    if gone:
        said = translate("{path}: 이 세그먼트가 쓰는 저장된 세그먼트가 파일에도 목록에도 없어요: {ids}.")
        return Arrival(row, why=said.format(path=row.path, ids=", ".join(gone)))
    try:
        saved = store.save(segment, old if taken == "replace" else None)
    except IfdoError as error:
        return Arrival(row, why=f"{row.path}: {error}")
    if row.id:
        ids[row.id] = saved.id
    return Arrival(row, saved)
