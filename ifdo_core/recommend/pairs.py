"""All pairs of items that share a basket, counted block by block so that memory stays bounded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifdo_core.recommend.baskets import Ints, Sparse

#: Pairs that one block may come across, repeated ones included; a block of scipy's product needs some 12 bytes each.
BLOCK = 24_000_000
#: Pairs kept at most; beyond it the floor on the count is raised, and ``Pairs.floor`` says so.
MAX_PAIRS = 30_000_000


@dataclass(frozen=True)
class Pairs:
    """``first`` < ``second``: columns; ``count``: baskets with both, at least ``floor``. ``items``: baskets of each
    item; ``baskets``: all of them, those with a single item included. Ordered by (first, second)."""

    first: Ints
    second: Ints
    count: Ints
    items: Ints
    baskets: int
    floor: int
    raised: bool = False

    def __len__(self) -> int:
        return len(self.count)

    def at_least(self, count: int) -> Pairs:
        """Those of ``count`` baskets and more."""
        kept = self.count >= count
        return Pairs(
            self.first[kept], self.second[kept], self.count[kept], self.items, self.baskets, max(count, self.floor),
            self.raised,
        )  # fmt: skip

    def plus(self, other: Pairs) -> Pairs:
        """Counts of two sets of baskets over the same items together, as a new day's to those before.

        Exact where both kept every pair (``floor`` 1)."""
        place, known = self._places(other)
        count = self.count.copy()
        count[place[known]] += other.count[known]
        new, at = ~known, place[~known]
        first, second = self.first, self.second
        if new.any():
            first, second, count = (
                np.insert(mine, at, theirs[new])
                for mine, theirs in ((first, other.first), (second, other.second), (count, other.count))
            )
        return Pairs(
            first, second, count, self.items + other.items, self.baskets + other.baskets,
            max(self.floor, other.floor), self.raised or other.raised,
        )  # fmt: skip

    def minus(self, other: Pairs) -> Pairs:
        """Counts without those of some of its baskets, as of orders that were cancelled. Exact at ``floor`` 1."""
        place, known = self._places(other)
        count = self.count.copy()
        count[place[known]] -= other.count[known]
        kept = Pairs(
            self.first, self.second, count, self.items - other.items, self.baskets - other.baskets, self.floor,
            self.raised,
        )  # fmt: skip
        return kept if (count > 0).all() else kept.at_least(1)

    def _places(self, other: Pairs) -> tuple[Ints, NDArray[np.bool_]]:
        """Where each pair of ``other`` stands or would stand, and whether it is there."""
        width = len(self.items)
        key, asked = self.first * width + self.second, other.first * width + other.second
        place = np.searchsorted(key, asked)
        known = place < len(key)
        known[known] = key[place[known]] == asked[known]
        return place.astype(np.int64), known


def count_pairs(matrix: Sparse, min_count: int = 1, *, max_pairs: int = MAX_PAIRS, block: int = BLOCK) -> Pairs:
    """Pairs of the columns of ``matrix`` (baskets × items of 0 and 1) in at least ``min_count`` rows.

    Where more than ``max_pairs`` would be kept, the least frequent are let go and ``raised`` is True.
    """
    baskets, width = matrix.shape
    items = np.bincount(matrix.indices, minlength=width).astype(np.int64)
    frequent = np.flatnonzero(items >= max(min_count, 1))
    narrow: Sparse = matrix if len(frequent) == width else matrix[:, frequent].tocsr()
    by_item: Sparse = narrow.T.tocsr()
    starts: Ints = np.array(narrow.indptr, dtype=np.int64)
    sizes = np.diff(starts)
    touched: Any = by_item @ sizes
    work: Ints = np.array(touched, dtype=np.int64)
    floor, raised = max(min_count, 1), False
    kept: list[tuple[Ints, Ints, Ints]] = []
    total = 0
    for low, high in _blocks(work, block):
        found = _block(by_item, narrow, low, high, floor)
        kept.append(found)
        total += len(found[0])
        while total > max_pairs:
            floor, raised = floor + 1, True
            kept = [_above(part, floor) for part in kept]
            total = sum(len(part[0]) for part in kept)
    first, second, count = (np.concatenate([part[at] for part in kept]) if kept else _none() for at in range(3))
    return Pairs(frequent[first], frequent[second], count, items, int(baskets), floor, raised)


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


def _blocks(work: NDArray[np.int64], block: int) -> list[tuple[int, int]]:
    """Runs of items whose work stays within ``block``; an item that is more than that alone is a run of its own."""
    edges = [0]
    done: Ints = np.append(0, np.cumsum(work))
    while edges[-1] < len(work):
        start = edges[-1]
        limit = int(done[start]) + block
        end = int(np.searchsorted(done, limit, side="right")) - 1
        edges.append(max(end, start + 1))
    return list(pairwise(edges))


def _block(by_item: Sparse, matrix: Sparse, low: int, high: int, floor: int) -> tuple[Ints, Ints, Ints]:
    product: Sparse = by_item[low:high] @ matrix
    product.sort_indices()
    rows = np.repeat(np.arange(low, high), np.diff(product.indptr))
    kept = (product.indices > rows) & (product.data >= floor)
    return (
        rows[kept].astype(np.int64),
        product.indices[kept].astype(np.int64),
        product.data[kept].astype(np.int64),
    )


def _above(part: tuple[Ints, Ints, Ints], floor: int) -> tuple[Ints, Ints, Ints]:
    kept = part[2] >= floor
    return part[0][kept], part[1][kept], part[2][kept]
