"""What a recommender may learn from: orders up to a cut, of the items sold often enough, and simple facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifdo_core.recommend.baskets import Baskets, Floats, Ints, Sparse, Texts

Scores = NDArray[np.float32]  # questions × items
Times = NDArray[np.datetime64]
DAY = np.timedelta64(86_400_000_000, "us")
#: Items at most: a model of all pairs of items is dense.
MAX_ITEMS = 3_000


@dataclass(frozen=True)
class History:
    """``orders``: orders × items (float32, CSR), ascending in time, none after ``cut``; ``person`` as in
    ``Baskets``."""

    items: Texts
    orders: Sparse
    ts: Times
    person: Ints
    people: Texts
    cut: np.datetime64

    @cached_property
    def counts(self) -> Floats:
        """Orders of each item."""
        return np.bincount(self.orders.indices, minlength=len(self.items)).astype(np.float64)

    @cached_property
    def sizes(self) -> Floats:
        """Items of each order."""
        starts: Ints = np.array(self.orders.indptr, dtype=np.int64)
        return np.diff(starts).astype(np.float64)

    @cached_property
    def age(self) -> Floats:
        """Days from each order to the cut."""
        return (self.cut - self.ts) / DAY

    @cached_property
    def popularity(self) -> Floats:
        """Share of the orders that have the item, never quite 0."""
        return np.maximum(self.counts, 0.5) / max(len(self.ts), 1)

    @cached_property
    def by_person(self) -> tuple[Ints, Ints]:
        """Orders sorted by person (oldest first), and where each person's begin."""
        order = np.argsort(self.person, kind="stable")
        starts = np.searchsorted(self.person[order], np.arange(len(self.people) + 1))
        return order, starts

    def orders_of(self, person: int) -> Ints:
        """Rows of the person's orders, oldest first; none for an unknown one."""
        if person < 0:
            return np.empty(0, dtype=np.int64)
        order, starts = self.by_person
        return order[starts[person] : starts[person + 1]]

    def trend(self, days: float, floor: float) -> Floats:
        """Log of how much more an item was in demand in the last days than all along."""
        recent = self.age <= days
        if not recent.any():
            return np.zeros(len(self.items))
        share: Any = self.orders[recent].mean(axis=0)
        return np.log((np.asarray(share).ravel() + floor) / (self.popularity + floor))

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """People with an order in it."""
        return np.bincount(self.person[self.person >= 0], minlength=len(self.people)) > 0

    def until(self, cut: np.datetime64) -> History:
        """The same items, what was known at an earlier cut."""
        kept = self.ts <= cut
        return History(self.items, self.orders[kept], self.ts[kept], self.person[kept], self.people, cut)


@dataclass(frozen=True)
class Questions:
    """What is asked: ``carts`` (questions × items, CSR), ``person`` (-1: anonymous), ``at``: the moment."""

    carts: Sparse
    person: Ints
    at: Times

    def __len__(self) -> int:
        return len(self.person)

    def part(self, start: int, end: int) -> Questions:
        return Questions(self.carts[start:end], self.person[start:end], self.at[start:end])

    def anonymous(self) -> Questions:
        """The same carts of nobody in particular."""
        return Questions(self.carts, np.full(len(self), -1, dtype=np.int64), self.at)


def history_of(baskets: Baskets, cut: np.datetime64, fewest: int = 1, most: int = MAX_ITEMS) -> History:
    """Orders up to ``cut`` of the items that were in ``fewest`` of them at least, the ``most`` frequent ones."""
    before = baskets.before(cut)
    counts = before.counts
    columns = np.flatnonzero(counts >= max(fewest, 1))
    if len(columns) > most:
        columns = np.sort(columns[np.argsort(-counts[columns], kind="stable")[:most]])
    narrow: Sparse = before.matrix[:, columns].astype(np.float32).tocsr()
    starts: Ints = np.array(narrow.indptr, dtype=np.int64)
    kept = np.diff(starts) > 0
    return History(baskets.items[columns], narrow[kept], before.ts[kept], before.person[kept], baskets.people, cut)
