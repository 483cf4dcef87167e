"""What a person's own orders say about each item: how often, how lately, and whether it is due again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ifdo_core.recommend.baskets import Ints
from ifdo_core.recommend.history import DAY, History

Table = NDArray[np.float32]  # people × items
HALF_LIVES = (14.0, 42.0, 120.0)
NAMES = (
    "times", "weight_14", "weight_42", "weight_120", "share", "since", "gap", "due", "in_last", "in_last_3",
    "in_last_10", "orders", "order_size", "since_order",
)  # fmt: skip
_NEVER = 9_999.0


class Own:
    """Tables by name (``NAMES``) for ``people``, as of ``at``: what is known of them in the history."""

    def __init__(self, history: History, people: Ints, at: np.datetime64) -> None:
        width = len(history.items)
        self.people = people
        self.tables = {name: np.zeros((len(people), width), dtype=np.float32) for name in NAMES}
        self.tables["since"][:] = _NEVER
        self.tables["since_order"][:] = _NEVER
        self.tables["gap"][:] = np.nan
        self.tables["due"][:] = np.nan
        for row, person in enumerate(people.tolist()):
            self._fill(row, history, history.orders_of(person), at)

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def _fill(self, row: int, history: History, orders: Ints, at: np.datetime64) -> None:
        if not len(orders):
            return
        table, width = self.tables, len(history.items)
        mine = history.orders[orders]
        starts: Ints = np.array(mine.indptr, dtype=np.int64)
        place: Ints = np.array(mine.indices, dtype=np.int64)
        sizes = np.diff(starts)
        age = ((at - history.ts[orders]) / DAY).astype(np.float64)
        line_age = np.repeat(age, sizes)
        back = np.repeat(np.arange(len(orders))[::-1], sizes)  # 0 for the last order
        times = np.bincount(place, minlength=width).astype(np.float64)
        for name, half in zip(("weight_14", "weight_42", "weight_120"), HALF_LIVES, strict=True):
            table[name][row] = np.bincount(place, 0.5 ** (line_age / half), minlength=width)
        for name, most in (("in_last", 1), ("in_last_3", 3), ("in_last_10", 10)):
            table[name][row] = np.bincount(place[back < most], minlength=width)
        last, first = np.full(width, _NEVER), np.zeros(width)
        np.minimum.at(last, place, line_age)
        np.maximum.at(first, place, line_age)
        again = times > 1
        gap = np.full(width, np.nan)
        gap[again] = (first[again] - last[again]) / (times[again] - 1)
        table["times"][row], table["share"][row] = times, times / len(orders)
        table["since"][row], table["gap"][row] = last, gap
        table["due"][row] = last / np.maximum(gap, 1.0)
        table["orders"][row], table["order_size"][row] = len(orders), sizes.mean()
        table["since_order"][row] = age.min()


def habit(own: Own, half_life: str = "weight_120") -> Table:
    """The recency-weighted frequency, 1 for the person's most usual item."""
    weight = own[half_life]
    return weight / np.maximum(weight.max(axis=1, keepdims=True), 1e-9)
