"""Is a share in the segment different from the rest, and by how much?

Two proportions: those of the segment's visits against the rest of the window's visits, which are other visits (all
visits hold the segment, so they are no independent sample). ``lift`` compares with all visits, as people read it.

Visits of one visitor resemble each other. Counted as if independent they would make chance look like a difference,
so variances are multiplied by the design effect: the mean number of visits around a visit that share its visitor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

Z95 = 1.959963984540054
Numbers = Any  # numpy array of floats


@dataclass(frozen=True)
class Contrast:
    """Arrays, one place a value. ``low``, ``high``: 95 % interval of the lift; ``p`` of no difference, two-sided."""

    share: Numbers
    share_all: Numbers
    lift: Numbers
    low: Numbers
    high: Numbers
    p: Numbers


def contrast(
    part: Numbers, of: Numbers, rest: Numbers, of_rest: Numbers, effect: float = 1.0, effect_rest: float = 1.0
) -> Contrast:
    """``part`` of ``of`` (> 0) visits of the segment have the value, ``rest`` of ``of_rest`` others do. ``effect``:
    design effects, 1 for independent visits. Where there is no rest nothing differs: lift 1, p 1."""
    a, b, n, m = (np.asarray(given, dtype=float) for given in (part, rest, of, of_rest))
    alone = m == 0
    m = np.where(alone, 1.0, m)
    share, share_all = a / n, (a + b) / np.where(alone, n, n + m)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = np.where(alone, 1.0, share / share_all)
        spread = share_all * (1 - share_all) * (effect / n + effect_rest / m)
        z = np.where((spread > 0) & ~alone, (share - b / m) / np.sqrt(spread), 0.0)
    p = np.array([math.erfc(abs(value) / math.sqrt(2)) for value in np.atleast_1d(z)])
    # log lift = log a − log(a + b) + constant, by the delta method
    a1 = np.where(a > 0, a, 0.5)
    p1, p2 = np.minimum(a1 / n, 1.0), np.minimum(b / m, 1.0)
    variance = (b / (a1 * (a1 + b))) ** 2 * effect * n * p1 * (1 - p1)
    variance = variance + effect_rest * m * p2 * (1 - p2) / (a1 + b) ** 2
    wide = np.where(alone, 1.0, np.exp(Z95 * np.sqrt(variance)))
    with np.errstate(divide="ignore", invalid="ignore"):
        # of none seen in n: the largest share of which that has still a chance of 2.5 %
        none = (1 - 0.025 ** (effect / n)) / share_all
        high = np.where(a > 0, lift * wide, np.where(alone, 1.0, none))
        return Contrast(share, share_all, lift, np.where(a > 0, lift / wide, 0.0), high, p)
