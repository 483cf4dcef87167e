"""How sure a customer's forecast is: when the next purchase falls, and what the horizon brings.

*Window of the next purchase.* The rate of a customer with x repeat purchases in T weeks is gamma with shape r + x and
rate alpha + T, as far as the customer still buys; so the next purchase comes later than u with probability
((alpha + T) / (alpha + T + u))^(r + x) (Fader, Hardie and Lee 2005). The window is the middle half of that.

*Value.* The number of purchases is 0 for those who have gone and negative binomial for the others, around what the
chosen model expects; each is worth a gamma amount around the customer's own mean (Gamma-Gamma). The sum is taken as 0
or gamma, with the same chance of nothing, mean and variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ifdo_core.analysis.bgnbd import Array, Fit
from ifdo_core.analysis.special import gammaincinv

#: Quantiles of the window and of the value.
WINDOW, VALUE = (0.25, 0.75), (0.10, 0.90)


@dataclass(frozen=True)
class Interval:
    """``low`` and ``high`` of each customer."""

    low: Array
    high: Array


def due_window(fit: Fit | None, rows: pd.DataFrame) -> Interval:
    """Days from now; unknown with one purchase day or without a fit.

    ``rows``: of ``summary_query``.
    """
    x = rows["x"].to_numpy(dtype=float)
    if fit is None:
        return Interval(np.full(len(x), np.nan), np.full(len(x), np.nan))
    r, alpha = fit.parameters["r"], fit.parameters["alpha"]
    age = rows["age"].to_numpy(dtype=float) / 7
    low, high = (np.where(x > 0, (alpha + age) * np.expm1(-np.log1p(-share) / (r + x)) * 7, np.nan) for share in WINDOW)
    return Interval(low, high)


def value_interval(
    fit: Fit | None, value_fit: Fit | None, x: Array, alive: Array, orders: Array, order_value: Array
) -> Interval:
    """In the currency's smallest unit: ``orders`` purchases expected, each worth ``order_value``."""
    shape = (fit.parameters["r"] if fit else 1.0) + x
    of_buyers = orders / np.clip(alive, 1e-9, 1.0)
    nothing = 1 - alive * -np.expm1(-shape * np.log1p(of_buyers / shape))
    squared = alive * (of_buyers + of_buyers**2 * (1 + 1 / shape))
    if value_fit is None:
        own, each = 1.0, 0.0
    else:
        p, q = value_fit.parameters["p"], value_fit.parameters["q"]
        freedom = np.maximum(p * x + q - 2, 0.5)
        own, each = (freedom + 1) / freedom, (freedom + 1) / freedom / p
    mean = orders * order_value
    second = order_value**2 * (squared * own + orders * each)
    some = np.maximum(1 - nothing, 1e-12)
    mean_some, second_some = mean / some, second / some
    spread = np.maximum(second_some - mean_some**2, 1e-9 * np.maximum(mean_some, 1.0) ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = np.clip(mean_some**2 / spread, 1e-6, 1e9)
        ends = [_quantile(share, nothing, kappa, mean_some) for share in VALUE]
    return Interval(*ends)


def _quantile(share: float, nothing: Array, kappa: Array, mean: Array) -> Array:
    """Of what is 0 with probability ``nothing`` and else gamma with shape ``kappa`` and ``mean``."""
    inside = np.clip((share - nothing) / np.maximum(1 - nothing, 1e-12), 0.0, 1 - 1e-12)
    found: Array = gammaincinv(kappa, inside) * mean / kappa
    return np.where((share <= nothing) | (mean <= 0), 0.0, found)


#: What ``checks`` looks at (Korean msgids).
CHECKS = {"value": "기대 금액의 80 % 구간", "due": "다음 구매 시기"}
CHECK_COLUMNS = ("check", "customers", "expected", "real")


def checks(
    rows: pd.DataFrame, weeks: float, fit: Fit | None, alive: Array, value: Interval, amount: Array, first_day: Array
) -> pd.DataFrame:
    """How often the intervals held on weeks that were held out: check, customers, expected and real (per cent).

    ``rows``: the customers before those weeks; ``amount`` bought in them, ``first_day`` the days to the first purchase
    (null: none). 'value': among those whose interval does not end at 0. 'due': among those whose window ends within the
    weeks, the share who bought in it; expected is half of those who still buy.
    """
    told = value.high > 0
    held = (amount >= value.low) & (amount <= value.high)
    found: list[tuple[str, int, float, float]] = []
    if told.any():
        within = (VALUE[1] - VALUE[0]) * 100
        found.append(("value", int(told.sum()), within, float(held[told].mean()) * 100))
    window = due_window(fit, rows)
    over = window.high <= weeks * 7
    if over.any():
        inside = (first_day >= window.low) & (first_day <= window.high)
        half = WINDOW[1] - WINDOW[0]
        found.append(("due", int(over.sum()), float(alive[over].mean() * half) * 100, float(inside[over].mean()) * 100))
    return pd.DataFrame(found, columns=list(CHECK_COLUMNS))
