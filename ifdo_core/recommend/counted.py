"""Baskets with all their pairs counted, brought up to date at the cost of the days that changed.

The database makes one mark a day of what the day's baskets hold. Days whose mark is the old one are not read again;
those that differ (a new day, a cancelled order, a product with another category) are read, their old pairs taken off
and their new ones added. The result equals counting everything anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, String, cast, func, literal, select

from ifdo_core.engines import Engine
from ifdo_core.engines.sql import fingerprint, local_date
from ifdo_core.marts import MartTables
from ifdo_core.recommend.baskets import Baskets, Ints, Level, Sparse, item_column, joined, read_baskets, read_labels
from ifdo_core.recommend.pairs import MAX_PAIRS, Pairs, count_pairs

#: Marks are sums of numbers below this, so that a day of a billion lines stays a number of 63 bits.
_MARK = 2**33
#: Beyond this share of changed lines everything is counted anew.
_MOST_CHANGED = 0.3
Marks = Mapping[Any, tuple[int, int]]


@dataclass(frozen=True)
class Counted:
    """``pairs``: all of ``baskets``; ``marks``: lines and mark of each UTC day."""

    baskets: Baskets
    pairs: Pairs
    marks: Marks


def count_shop(engine: Engine, marts: MartTables, level: Level, before: Counted | None = None) -> Counted:
    """The shop's baskets and pairs at ``level``; what ``before`` has counted already is not counted again."""
    marks = read_marks(engine, marts, level)
    if before is not None and (changed := _changed(before, marks)) is not None:
        if not changed:
            return replace(before, baskets=replace(before.baskets, labels=read_labels(engine, level)), marks=marks)
        fresh = read_baskets(engine, marts, level, days=changed)
        baskets, pairs = updated(before.baskets, before.pairs, fresh, changed)
        if len(pairs) <= MAX_PAIRS:
            return Counted(baskets, pairs, marks)
    baskets = read_baskets(engine, marts, level)
    return Counted(baskets, count_pairs(baskets.matrix), marks)


def read_marks(engine: Engine, marts: MartTables, level: Level) -> Marks:
    """UTC day → (lines, a number that follows from their orders, items and persons)."""
    b = marts.baskets.c
    item = item_column(marts, level)
    day = local_date(b.ts, "UTC")
    words = cast(b.order_id, String) + literal(" ") + cast(item, String) + literal(" ") + cast(b.person, String)
    number: ColumnElement[Any] = fingerprint(words) % literal(_MARK, BigInteger())
    rows = engine.execute(
        select(day.label("day"), func.count().label("lines"), cast(func.sum(number), BigInteger).label("mark"))
        .where(item.is_not(None))
        .group_by(day)
    )
    return {row.day: (int(row.lines), int(row.mark)) for row in rows}


def _changed(before: Counted, marks: Marks) -> list[Any] | None:
    """Days that differ; None where counting anew is the shorter way, or kept counts are not whole."""
    days = [day for day in {*marks, *before.marks} if marks.get(day) != before.marks.get(day)]
    lines = sum(known.get(day, (0, 0))[0] for day in days for known in (marks, before.marks))
    every = sum(count for count, _ in before.marks.values())
    if before.pairs.floor > 1 or lines > _MOST_CHANGED * every:
        return None
    return sorted(days)


def updated(baskets: Baskets, pairs: Pairs, fresh: Baskets, days: list[Any]) -> tuple[Baskets, Pairs]:
    """``baskets`` with the orders of ``days`` (UTC) replaced by ``fresh``, and their pairs."""
    theirs = np.isin(baskets.ts.astype("datetime64[D]"), np.array(days, dtype="datetime64[D]"))
    whole = joined(baskets.where(~theirs), fresh)
    # a product that left altogether has no column any more: its pairs are taken off before
    wide = pd.Index(np.union1d(baskets.items.astype(str), fresh.items.astype(str)).astype(object))
    known = _over(pairs, wide.get_indexer(pd.Index(baskets.items)), len(wide))
    total = known.plus(count_pairs(_columns(fresh, wide))).minus(count_pairs(_columns(baskets.where(theirs), wide)))
    return whole, _over(total, pd.Index(whole.items).get_indexer(wide), len(whole.items))


def _columns(baskets: Baskets, wide: pd.Index[Any]) -> Sparse:
    """The matrix over other columns."""
    from scipy.sparse import csr_matrix

    place = wide.get_indexer(pd.Index(baskets.items)).astype(np.int32)
    matrix: Sparse = baskets.matrix
    return csr_matrix((matrix.data, place[matrix.indices], matrix.indptr), shape=(len(baskets), len(wide)))


def _over(pairs: Pairs, place: Ints, width: int) -> Pairs:
    """The same pairs over other columns: each one's new ``place`` (-1: none). It ascends, so their order stays."""
    items = np.zeros(width, dtype=np.int64)
    items[place[place >= 0]] = pairs.items[place >= 0]
    return replace(pairs, first=place[pairs.first], second=place[pairs.second], items=items)
