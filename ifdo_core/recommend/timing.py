"""When a set of items is bought together: all along, in one season, or once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ifdo_core.recommend.baskets import Baskets, Sparse

#: Rules whose timing is looked at; the rest is 'unknown'.
MAX_SETS = 5_000
_BLOCK = 256
_WEEK = np.timedelta64(7, "D")
_SEASON = 13  # weeks
_FEW = 5  # baskets below which nothing is said


def timing(baskets: Baskets, sets: Sequence[frozenset[int]]) -> pd.DataFrame:
    """For each set of columns: ``timing`` and ``buyers`` (distinct persons), in the order given.

    ``one_off``: half of its baskets or more fall into one week in which the shop had far fewer of its own, or two
    persons at most bought it. ``seasonal``: seven in ten fall into 13 weeks in a row that hold at most four in ten of
    the shop's baskets, where half a year is known. ``unknown``: fewer than 5 baskets, or too many sets to look at.
    """
    out = pd.DataFrame({"timing": "unknown", "buyers": pd.array([pd.NA] * len(sets), dtype="Int64")})
    if not len(baskets) or not sets:
        return out
    week = ((baskets.ts - baskets.ts[0]) // _WEEK).astype(np.int64)
    weeks = int(week.max()) + 1
    shop = np.bincount(week, minlength=weeks) / len(baskets)
    by_item: Sparse = baskets.matrix.tocsc()
    looked = list(dict.fromkeys(sets))[:MAX_SETS]
    told: dict[frozenset[int], tuple[str, int]] = {}
    for start in range(0, len(looked), _BLOCK):
        block = looked[start : start + _BLOCK]
        joint = _joint(by_item, block)
        counts = np.zeros((len(block), weeks))
        np.add.at(counts, (joint.col, week[joint.row]), 1)
        whose = np.unique(np.stack([joint.col, baskets.person[joint.row]]), axis=1)
        buyers = np.bincount(whose[0], minlength=len(block))
        for at, items in enumerate(block):
            told[items] = (_word(counts[at], shop, int(buyers[at])), int(buyers[at]))
    out["timing"] = [told[items][0] if items in told else "unknown" for items in sets]
    out["buyers"] = pd.array([told[items][1] if items in told else pd.NA for items in sets], dtype="Int64")
    return out


def _joint(by_item: Sparse, sets: Sequence[frozenset[int]]) -> Sparse:
    """Orders × sets: 1 where the order has all of the set (COO)."""
    members = [sorted(items) for items in sets]
    joint: Sparse = by_item[:, [items[0] for items in members]]
    for place in range(1, max(len(items) for items in members)):
        # a shorter set is multiplied by its own first item again, which changes nothing
        joint = joint.multiply(by_item[:, [items[place] if place < len(items) else items[0] for items in members]])
    return joint.tocoo()


def _word(counts: np.ndarray, shop: np.ndarray, buyers: int) -> str:
    total = counts.sum()
    if total < _FEW:
        return "unknown"
    peak = int(counts.argmax())
    if buyers <= 2 or (counts[peak] >= total / 2 and shop[peak] <= 0.25 and len(counts) > 2):
        return "one_off"
    if len(counts) >= 2 * _SEASON and total >= 2 * _FEW:
        window = np.convolve(counts, np.ones(_SEASON), "valid")
        best = int(window.argmax())
        if window[best] >= 0.7 * total and shop[best : best + _SEASON].sum() <= 0.4:
            return "seasonal"
    return "steady"
