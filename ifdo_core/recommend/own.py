"""What a person's own orders say about each item: how often, how lately, and whether it is due again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ifdo_core.recommend.baskets import Floats, Ints
from ifdo_core.recommend.history import DAY, History

Table = NDArray[np.float32]  # people × items
HALF_LIVES = (14.0, 42.0, 120.0)
NAMES = (
    "times", "weight_14", "weight_42", "weight_120", "share", "since", "gap", "due", "in_last", "in_last_3",
    "in_last_10", "orders", "order_size", "since_order",
)  # fmt: skip
#: What the next order is judged by beside these: shares of the person's orders that had the item, recent ones
#: counting more (half-life in days, or per order), and the same with small orders counting more, since in a small order
#: each item says more.
_DAYS = (10.0, 21.0, 42.0, 84.0, 160.0, 1e5)
_SMALL_DAYS = (21.0, 84.0, 1e5)
_PER_ORDER = (0.6, 0.8, 0.9, 0.95)
MORE = (
    *(f"share_{half:.0f}" for half in _DAYS), *(f"small_{half:.0f}" for half in _SMALL_DAYS),
    *(f"order_{kept}" for kept in _PER_ORDER), "tiny", "in_last_2", "in_last_4", "in_last_8", "since_orders", "first",
    "small_orders", "order_gap",
)  # fmt: skip
LARGE = 10  # items from which an order is large
_TINY = 5
_NEVER = 9_999.0


class Own:
    """Tables by name (``NAMES``) for ``people``, as of ``at``: what is known of them in the history."""

    def __init__(self, history: History, people: Ints, at: np.datetime64, *, more: bool = False) -> None:
        """``more``: the tables of ``MORE`` too."""
        width = len(history.items)
        self.people, self._more = people, more
        names = (*NAMES, *MORE) if more else NAMES
        self.tables = {name: np.zeros((len(people), width), dtype=np.float32) for name in names}
        for name in ("since", "since_order", *(("since_orders", "first") if more else ())):
            self.tables[name][:] = _NEVER
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
        if self._more:
            self._fill_more(row, age, sizes, place)
            table["first"][row] = np.where(times > 0, first, _NEVER)

    def _fill_more(self, row: int, age: Floats, sizes: Ints, place: Ints) -> None:
        table, width = self.tables, self.tables["times"].shape[1]
        back = np.arange(len(sizes))[::-1]  # 0 for the last order
        small = 1 / np.minimum(sizes, LARGE)
        weights: dict[str, Floats] = {f"share_{half:.0f}": np.power(0.5, age / half) for half in _DAYS}
        weights |= {f"small_{half:.0f}": small * np.power(0.5, age / half) for half in _SMALL_DAYS}
        weights |= {f"order_{kept}": np.power(kept, back.astype(np.float64)) for kept in _PER_ORDER}
        for name, weight in weights.items():
            told = np.bincount(place, np.repeat(weight, sizes), minlength=width)
            table[name][row] = told / max(float(weight.sum()), 1e-9)
        tiny = sizes <= _TINY
        table["tiny"][row] = np.bincount(place[np.repeat(tiny, sizes)], minlength=width) / (tiny.sum() + 1)
        line_back = np.repeat(back, sizes)
        for most in (2, 4, 8):
            table[f"in_last_{most}"][row] = np.bincount(place[line_back < most], minlength=width)
        last = np.full(width, _NEVER)
        np.minimum.at(last, place, line_back.astype(np.float64))
        table["since_orders"][row] = last
        table["small_orders"][row] = small.mean()
        table["order_gap"][row] = (age.max() - age.min()) / max(len(age) - 1, 1)


def habit(own: Own, half_life: str = "weight_120") -> Table:
    """The recency-weighted frequency, 1 for the person's most usual item."""
    weight = own[half_life]
    return weight / np.maximum(weight.max(axis=1, keepdims=True), 1e-9)
