"""Which visits of a window satisfy each condition, kept as bits: an edit evaluates only the condition it changed.

The visits of a window are read once a data version, as three numbers each (visit, visitor, member) with day and
recency; from then on a condition is one bit a visit, in the order of that reading, and the whole panel (semantics.md,
'모수') is counted from bits in memory. What is kept is bounded in bytes and belongs to one data version: it is dropped
when the version changes. Visits are told by a number made of their id (``engines.sql.fingerprint``); a window in which
two visits have the same is not kept.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, case, func, literal, or_, select

from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, fingerprint
from ifdo_core.errors import EngineError
from ifdo_core.segments.compile import DAY, Compiler
from ifdo_core.segments.model import AllOf, Leaf, Node, Not
from ifdo_core.segments.subjects import Visits

#: One bit a visit, eight to a byte, the first visit lowest; bits behind the last visit are 0.
Bits = NDArray[np.uint8]
Ids = NDArray[np.int64]

#: Bytes kept in all, at most: a sixteenth of the machine's memory.
BUDGET = min(256 * 2**20, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 16)
#: What a visit of a window takes beside its bits.
BYTES_A_VISIT = 44
#: Visits of which a window has so few that nothing is left to be prepared behind a first question.
FEW = 50_000


class Window:
    """The visits of one window in one data version. ``bits`` holds the conditions asked so far, the oldest first."""

    def __init__(
        self, visits: Ids, visitors: Ids, members: Ids, days: NDArray[np.int32], recent: NDArray[np.bool_]
    ) -> None:
        self.size = len(visits)
        self.first_day = int(days.min()) if self.size else 0
        self.days = days - self.first_day
        self.total_of_day = np.bincount(self.days) if self.size else np.empty(0, np.int64)
        self.recent = pack(recent)
        self.everything = pack(np.ones(self.size, np.bool_))
        self.bits: OrderedDict[Leaf, Bits] = OrderedDict()
        self.visitors = _People(visitors)
        self.members = _People(members)
        self._visits = visits
        self._places: _Places | None = None
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        return self.size * BYTES_A_VISIT + sum(bits.nbytes for bits in self.bits.values())

    @property
    def places(self) -> _Places:
        """Where a visit stands. Raises EqualIds."""
        with self._lock:
            if self._places is None:
                self._places = _Places(self._visits)
            return self._places

    def prepare(self) -> None:
        """Does now what the next questions would have to do. Raises EqualIds."""
        assert self.places
        for people in (self.visitors, self.members):
            people.prepare()

    def marked(self, visits: Ids) -> Bits:
        """Bits of ``visits``; one that is not of the window is left out."""
        flags = np.zeros(self.size, np.bool_)
        flags[self.places.of(visits)] = True
        return pack(flags)

    def daily(self, bits: Bits) -> list[tuple[date, int, int]]:
        """(day, marked visits, all visits) for each day with visits."""
        marked = np.bincount(self.days[unpack(bits, self.size)], minlength=len(self.total_of_day))
        found = zip(marked.tolist(), self.total_of_day.tolist(), strict=True)
        return [(date.fromordinal(_EPOCH + self.first_day + n), *counts) for n, counts in enumerate(found) if counts[1]]


_EPOCH = date(1970, 1, 1).toordinal()


def pack(flags: NDArray[np.bool_]) -> Bits:
    """To a multiple of eight bytes, so that the bits can be counted as words."""
    packed = np.zeros(-(-len(flags) // 64) * 8, np.uint8)
    packed[: -(-len(flags) // 8)] = np.packbits(flags, bitorder="little")
    return packed


def unpack(bits: Bits, size: int) -> NDArray[np.bool_]:
    return np.unpackbits(bits, count=size, bitorder="little").view(np.bool_)


def count(bits: Bits) -> int:
    return int(np.bitwise_count(bits.view(np.uint64)).sum())


class _Places:
    """Where each of distinct ids stands: tables by a number made of the id, each for the ids that found no room before.

    Raises EqualIds.
    """

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self.tables: list[NDArray[np.int32]] = []
        rest = np.arange(len(ids), dtype=np.int32)
        while len(rest):
            slots, table = _table(ids, rest, len(self.tables))
            self.tables.append(table)
            stays = table[slots]
            lost = stays != rest
            if np.any(ids[stays[lost]] == ids[rest[lost]]):
                raise EqualIds
            rest = rest[lost]

    def of(self, ids: Ids) -> NDArray[np.int32]:
        """The places of ``ids``; one that is not there is left out."""
        found = [np.empty(0, np.int32)]
        for turn, table in enumerate(self.tables):
            place = table[_slots(ids, len(table), turn)]
            hit = (place >= 0) & (self.ids[place] == ids)
            found.append(place[hit])
            ids = ids[~hit]
            if not len(ids):
                break
        return np.concatenate(found)


class EqualIds(Exception):
    """Two visits of a window have the same number."""


class Absent(Enum):
    """A window of which nothing is known yet."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class _People:
    """Whose each visit is (0: nobody known), to count them without repetition: few by sorting, many by the visits
    that stand for them."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._stands: NDArray[np.int32] | None = None

    def prepare(self) -> None:
        self._stands = _standing(self._ids)

    def distinct(self, marked: NDArray[np.bool_]) -> int:
        stands = self._stands
        if stands is None:
            asked = np.sort(self._ids[marked])
            known = asked[np.searchsorted(asked, 0, side="right") :] if len(asked) and asked[0] == 0 else asked
            return int(np.count_nonzero(known[1:] != known[:-1])) + len(known[:1])
        seen = np.zeros(len(stands) + 1, np.bool_)
        seen[stands[marked]] = True
        return int(np.count_nonzero(seen[1:]))


def _standing(ids: Ids) -> NDArray[np.int32]:
    """For each id the place, from 1 on, of one that is equal to it; 0 for id 0."""
    stands = np.zeros(len(ids), np.int32)
    rest = np.flatnonzero(ids).astype(np.int32)
    turn = 0
    while len(rest):
        slots, table = _table(ids, rest, turn)
        chosen = table[slots]
        same = ids[chosen] == ids[rest]
        stands[rest[same]] = chosen[same] + 1
        rest = rest[~same]
        turn += 1
    return stands


def _table(ids: Ids, rest: NDArray[np.int32], turn: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The slots of the places ``rest`` and the table that has them; of two in one slot one stays."""
    size = 1 << (len(rest).bit_length() + 1)
    slots = _slots(ids[rest], size, turn)
    table = np.full(size, -1, np.int32)
    table[slots] = rest
    return slots, table


def _slots(ids: Ids, size: int, turn: int) -> NDArray[np.int64]:
    """A number below ``size`` (a power of two) for each id, another one each turn."""
    factor = np.uint64((0x9E3779B97F4A7C15 * (2 * turn + 1)) % 2**64)
    return ((ids.view(np.uint64) * factor) >> np.uint64(65 - size.bit_length())).view(np.int64)


class BitCounts:
    """What the panel shows, counted from the bits of a window."""

    def __init__(self, window: Window, bits: Mapping[Leaf, Bits]) -> None:
        self.window = window
        self._bits = bits

    def visits(self, where: Node | None) -> tuple[int, int]:
        """Matching visits of the last 24 hours and of 7 days."""
        matching = self.matching(where)
        return count(matching & self.window.recent), count(matching)

    def daily(self, where: Node | None) -> list[tuple[date, int, int]]:
        """(day, matching visits, all visits) for each day with visits."""
        return self.window.daily(self.matching(where))

    def people(self, where: Node | None) -> tuple[int, int, int, int]:
        """Distinct people of the last 24 hours and of 7 days: visitors 24 h, 7 d, members 24 h, 7 d."""
        week = self.matching(where)
        marks = [unpack(bits, self.window.size) for bits in (week & self.window.recent, week)]
        found = [who.distinct(flags) for who in (self.window.visitors, self.window.members) for flags in marks]
        return found[0], found[1], found[2], found[3]

    def matching(self, node: Node | None) -> Bits:
        if node is None:
            return self.window.everything
        if isinstance(node, Leaf):
            return self._bits[node]
        if isinstance(node, Not):
            return self.window.everything & ~self.matching(node.part)
        parts = [self.matching(part) for part in node.parts]
        joined = np.bitwise_and if isinstance(node, AllOf) else np.bitwise_or
        return joined.reduce(parts)


class BitStore:
    """The bits of one workbench. Safe between threads: what two of them evaluate at once is evaluated twice.

    Reading a window costs more than answering one question about it by ``preview``'s own statements. So the first
    question is answered by those and the window is read behind it, in a thread, for the questions that follow; unless
    its conditions need rows beside the visits: to gather these a second time costs more than reading the window.
    """

    def __init__(self, engine: Engine, budget: int = BUDGET) -> None:
        self.engine = engine
        self.budget = budget
        self._windows: OrderedDict[Hashable, Window | None] = OrderedDict()
        self._version: Hashable = None
        self._lock = threading.Lock()
        self._reading: dict[Hashable, threading.Thread] = {}

    def clear(self) -> None:
        self.settle()
        with self._lock:
            self._windows.clear()

    def settle(self) -> None:
        """Waits for the windows that are being read."""
        for thread in list(self._reading.values()):
            thread.join()

    def ask(self, visits: Visits, leaves: Sequence[Leaf], version: Hashable) -> BitCounts | None:
        """Counts for any tree of ``leaves``; None where the window is not read yet, too large to be kept, or holds
        visits that cannot be told apart: the question is then one for statements, and ``prepare`` for after it."""
        asked = list(dict.fromkeys(leaves))
        window, kept = self._held(_key(visits), asked, version)
        missing = [leaf for leaf in asked if leaf not in kept]
        try:
            if isinstance(window, Window):
                kept |= self._evaluated(visits, missing, window) if missing else {}
            elif window is ABSENT:
                window, kept = self._read_at_once(visits, missing)
        except EqualIds:
            window = None
        self._keep(_key(visits), version, window, kept)
        return BitCounts(window, kept) if isinstance(window, Window) else None

    def prepare(self, visits: Visits, leaves: Sequence[Leaf], version: Hashable) -> None:
        """Reads the window for the next questions, in a thread, where that was not done."""
        key = _key(visits)

        def work() -> None:
            try:
                window, bits = self._read(visits, list(dict.fromkeys(leaves)))
                window.prepare()
                self._keep(key, version, window, bits)
            except EqualIds:
                self._keep(key, version, None, {})
            except EngineError:
                pass  # the next question tries again
            finally:
                self._reading.pop((key, version), None)

        with self._lock:
            if version != self._version or key in self._windows or (key, version) in self._reading:
                return
            thread = self._reading[key, version] = threading.Thread(target=work, name="read-bits", daemon=True)
        thread.start()

    # --- evaluating ---------------------------------------------------------------------------

    def _read_at_once(self, visits: Visits, leaves: Sequence[Leaf]) -> tuple[Window | Absent | None, dict[Leaf, Bits]]:
        """The window where it is small or must be read for its conditions; None where it is too large."""
        size = self.engine.scalar(select(func.count()).select_from(visits.row).where(*visits.where()))
        if size * BYTES_A_VISIT > self.budget // 2:
            return None, {}
        compiler = Compiler(probe := visits.again())
        for leaf in leaves:
            compiler.leaf(leaf)
        return self._read(visits, leaves) if size <= FEW or probe.source is not probe.row else (ABSENT, {})

    def _read(self, visits: Visits, leaves: Sequence[Leaf]) -> tuple[Window, dict[Leaf, Bits]]:
        visit, visitor, member, day, recent, *flags = self.engine.arrow(window_query(visits, leaves)).columns
        window = Window(_ids(visit), _ids(visitor), _ids(member), _days(day), _flags(recent))
        return window, {leaf: pack(_flags(flag)) for leaf, flag in zip(leaves, flags, strict=True)}

    def _evaluated(self, visits: Visits, leaves: Sequence[Leaf], window: Window) -> dict[Leaf, Bits]:
        visit, *flags = self.engine.arrow(matching_query(visits, leaves)).columns
        ids = _ids(visit)
        if not flags:
            return {leaves[0]: window.marked(ids)}
        return {leaf: window.marked(ids[_flags(flag)]) for leaf, flag in zip(leaves, flags, strict=True)}

    # --- keeping ------------------------------------------------------------------------------

    def _held(
        self, key: Hashable, leaves: Sequence[Leaf], version: Hashable
    ) -> tuple[Window | Absent | None, dict[Leaf, Bits]]:
        with self._lock:
            if version != self._version:
                self._windows.clear()
                self._version = version
            window = self._windows.get(key, ABSENT)
            if not isinstance(window, Window):
                return window, {}
            return window, {leaf: window.bits[leaf] for leaf in leaves if leaf in window.bits}

    def _keep(
        self, key: Hashable, version: Hashable, window: Window | Absent | None, bits: Mapping[Leaf, Bits]
    ) -> None:
        """Keeps what was found, newest last, within the budget; of two readings of a window the first stays."""
        with self._lock:
            if version != self._version or window is ABSENT:
                return
            if window is None:
                self._windows[key] = None
            elif self._windows.setdefault(key, window) is window:
                self._windows.move_to_end(key)
                window.bits.update(bits)
                for leaf in bits:
                    window.bits.move_to_end(leaf)
            while self._nbytes() > self.budget:
                self._drop_oldest()

    def _nbytes(self) -> int:
        return sum(window.nbytes for window in self._windows.values() if window)

    def _drop_oldest(self) -> None:
        """The window that was not asked for longest; of the last one the condition that was not."""
        kept = [key for key, window in self._windows.items() if window]
        last = self._windows[kept[0]]
        if last and last.bits and len(kept) == 1:
            last.bits.popitem(last=False)
        else:
            del self._windows[kept[0]]


def _key(visits: Visits) -> Hashable:
    return visits.marts.visits.name, visits.now, visits.window


# --- the statements -----------------------------------------------------------------------


def window_query(visits: Visits, leaves: Sequence[Leaf]) -> Query:
    """Columns visit, visitor, member (0: none), day, is_24h, and one for each leaf."""
    compiler = Compiler(visits)
    flags = [compiler.leaf(leaf).label(f"flag_{index}") for index, leaf in enumerate(leaves)]
    visit = visits.visit
    member = case((visit.member_id.is_(None), literal(0, BigInteger)), else_=fingerprint(visit.member_id))
    return (
        select(
            fingerprint(visit.visit_id).label("visit"),
            fingerprint(visit.visitor_id).label("visitor"),
            member.label("member"),
            visit.started_on.label("day"),
            visits.since(DAY).label("is_24h"),
            *flags,
        )
        .select_from(visits.source)
        .where(*visits.where())
    )


def matching_query(visits: Visits, leaves: Sequence[Leaf]) -> Query:
    """The visits that satisfy any of the leaves: visit and, where they are several, a flag for each."""
    compiler = Compiler(visits)
    flags = [compiler.leaf(leaf) for leaf in leaves]
    shown = [flag.label(f"flag_{index}") for index, flag in enumerate(flags)] if len(flags) > 1 else []
    return (
        select(fingerprint(visits.visit.visit_id).label("visit"), *shown)
        .select_from(visits.source)
        .where(*visits.where(), or_(*flags))
    )


def _ids(column: Any) -> Ids:
    return column.to_numpy().astype(np.int64, copy=False)


def _flags(column: Any) -> NDArray[np.bool_]:
    return column.to_numpy().astype(np.bool_, copy=False)


def _days(column: Any) -> NDArray[np.int32]:
    return column.to_numpy().astype("datetime64[D]").astype(np.int32)
