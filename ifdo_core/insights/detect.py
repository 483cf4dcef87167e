"""Is a day unlike the days before it? Seasonality out, false alarms bounded.

A number is compared with what the eight weeks before it lead one to expect: a level for each weekday and a linear
trend (holidays count as Sundays), fitted by least squares on the square roots of the counts, whose spread does not
depend on their size (Bartlett 1936). A share is compared with the share of those weeks; its spread is the binomial's,
widened by what the days themselves show. The p-value is Student's, for a day not used in the fit; all numbers of a day
are judged together by Benjamini and Hochberg (1995), so that of days on which nothing happened at most ``ALPHA`` carry
an insight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np_untyped

np: Any = np_untyped

HISTORY = 56
LEAST_HISTORY = 28
#: Of days on which nothing happened, the share that may carry an insight.
ALPHA = 0.05
#: Fewer expected than this is chance, whatever the p-value.
LEAST_EXPECTED = 10.0
#: A change smaller than this share is not worth a word.
LEAST_CHANGE = 0.1


@dataclass(frozen=True)
class Verdict:
    """A day against its expectation: ``low`` and ``high`` of the 95 % range of days like it, two-sided ``p``."""

    actual: float
    expected: float
    low: float
    high: float
    p: float


def judge_count(numbers: Any, days: Sequence[date], off_days: frozenset[date]) -> Verdict | None:
    """The last of ``numbers`` against the others; None with too little of either."""
    from scipy.stats import t

    y = np.sqrt(np.maximum(np.asarray(numbers, dtype=float), 0.0) + 0.375)
    design = _design(days, off_days)
    past, now = design[:-1], design[-1]
    seen = past.any(axis=0)  # weekdays that the history has
    if len(past) < LEAST_HISTORY or now[~seen].any():
        return None
    past, now = past[:, seen], now[seen]
    inverse: Any = np.linalg.pinv(past.T @ past)
    fit: Any = inverse @ past.T @ y[:-1]
    freedom = len(past) - int(np.linalg.matrix_rank(past))
    spread = float(np.sqrt(np.sum((y[:-1] - past @ fit) ** 2) / freedom))
    spread = max(spread, 0.5)  # a square root of a count cannot vary less than a Poisson count does
    wide = spread * float(np.sqrt(1.0 + now @ inverse @ now))
    centre = float(now @ fit)
    reach = float(t.ppf(0.975, freedom)) * wide
    expected = (
        max(centre, 0.0) ** 2 + spread**2 - 0.375
    )  # the mean of a square is the square of the mean and the spread
    p = 2.0 * float(t.sf(abs(float(y[-1]) - centre) / wide, freedom))
    return Verdict(float(numbers[-1]), max(expected, 0.0), max(centre - reach, 0.0) ** 2, (centre + reach) ** 2, p)


def judge_rate(numbers: Any, of: Any) -> Verdict | None:
    """The last day's share against that of the days before; values are shares from 0 to 1."""
    from scipy.stats import t

    part, whole = np.asarray(numbers, dtype=float), np.asarray(of, dtype=float)
    past = whole[:-1] > 0
    if past.sum() < LEAST_HISTORY or whole[-1] <= 0:
        return None
    total = whole[:-1][past].sum()
    share = float(part[:-1][past].sum() / total)
    if not 0.0 < share < 1.0:
        return None
    each = whole[:-1][past] * share * (1 - share)
    wider = max(1.0, float(np.sum((part[:-1][past] - whole[:-1][past] * share) ** 2 / each) / (past.sum() - 1)))
    wide = float(np.sqrt(share * (1 - share) * wider * (1 / whole[-1] + 1 / total)))
    freedom = int(past.sum()) - 1
    actual = float(part[-1] / whole[-1])
    reach = float(t.ppf(0.975, freedom)) * wide
    p = 2.0 * float(t.sf(abs(actual - share) / wide, freedom))
    return Verdict(actual, share, max(share - reach, 0.0), min(share + reach, 1.0), p)


def _design(days: Sequence[date], off_days: frozenset[date]) -> Any:
    """Columns: trend, then one for each weekday."""
    rows = np.zeros((len(days), 8))
    for place, day in enumerate(days):
        rows[place, 0] = (place - len(days) / 2) / len(days)
        rows[place, 1 + (6 if day in off_days else day.weekday())] = 1.0
    return rows
