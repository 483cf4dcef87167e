"""Counts of trees from groups of visits that answer every condition alike, on one local day, in or before the last 24
hours: what one statement over a window gives (``preview.panel_query``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifdo_core.engines.sql import MASK_BITS
from ifdo_core.segments.model import AllOf, Leaf, Node, Not

Marks = NDArray[np.bool_]


class GroupCounts:
    """What the panel shows, counted from the groups. ``panel``: an Arrow table with the columns of ``panel_query``."""

    def __init__(self, leaves: Sequence[Leaf], panel: Any) -> None:
        day, recent, *masks, visits = panel.columns
        self._masks = [mask.to_numpy().astype(np.int64, copy=False) for mask in masks]
        self._place = {leaf: divmod(index, MASK_BITS) for index, leaf in enumerate(leaves)}
        self._day = day.to_numpy().astype("datetime64[D]")
        self._recent = recent.to_numpy().astype(np.bool_)
        self._visits = visits.to_numpy().astype(np.int64, copy=False)

    def visits(self, where: Node | None) -> tuple[int, int]:
        """Matching visits of the last 24 hours and of 7 days."""
        matching = self._matching(where)
        return int(self._visits[matching & self._recent].sum()), int(self._visits[matching].sum())

    def daily(self, where: Node | None) -> list[tuple[date, int, int]]:
        """(day, matching visits, all visits) for each day with visits."""
        days, place = np.unique(self._day, return_inverse=True)
        every, marked = np.zeros(len(days), np.int64), np.zeros(len(days), np.int64)
        np.add.at(every, place, self._visits)
        np.add.at(marked, place, np.where(self._matching(where), self._visits, 0))
        return list(zip(days.tolist(), marked.tolist(), every.tolist(), strict=True))

    def _matching(self, node: Node | None) -> Marks:
        if node is None:
            return np.ones(len(self._visits), np.bool_)
        if isinstance(node, Leaf):
            mask, bit = self._place[node]
            return (self._masks[mask] >> bit & 1).astype(np.bool_)
        if isinstance(node, Not):
            return ~self._matching(node.part)
        joined = np.logical_and if isinstance(node, AllOf) else np.logical_or
        return joined.reduce([self._matching(part) for part in node.parts])
