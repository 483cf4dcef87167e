"""Many tests at once: how many of the finds are false (Benjamini and Hochberg 1995)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def benjamini_hochberg(p: Sequence[float] | NDArray[Any], tests: int | None = None) -> Floats:
    """q values in the order given: the share of false finds among all at least as striking.

    ``tests``: how many were looked at, when those that were not even worth computing count too (their p is taken as 1).
    """
    values: Floats = np.asarray(p, dtype=np.float64)
    size = len(values)
    if not size:
        return np.empty(0)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * max(tests or size, size) / np.arange(1, size + 1)
    q = np.empty(size)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
