"""Scores from 1 to 5: by quintile of the customers present, or by the shop's fixed limits (semantics.md, 'RFM')."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]


def quintiles(values: Values, *, low_is_good: bool = False) -> Values:
    """ceil(5 × customers with a value not better / n) in whole numbers; equal values get equal scores."""
    n = len(values)
    ordered = np.sort(values)
    if low_is_good:
        not_better = n - np.searchsorted(ordered, values, side="left")
    else:
        not_better = np.searchsorted(ordered, values, side="right")
    return ((5 * not_better + n - 1) // max(n, 1)).astype(np.int16)


def by_limits(values: Values, limits: Sequence[int], *, low_is_good: bool = False) -> Values:
    """By four growing limits: with ``low_is_good`` at most the first scores 5; else from the last on scores 5."""
    if low_is_good:
        return (5 - np.searchsorted(np.asarray(limits), values, side="left")).astype(np.int16)
    return (1 + np.searchsorted(np.asarray(limits), values, side="right")).astype(np.int16)
