"""Which model forecasts this shop best: each is asked about a quarter that has passed, by what was known before it.

Nothing of the forecast's own period is looked at. The candidates: BG/NBD, Pareto/NBD, the mean of the two, and a
regression on the history with one of four penalties. The smallest root mean square error wins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.analysis import bgnbd, history, pareto
from ifdo_core.analysis.bgnbd import Array, BgNbd, Fit, Summary

#: A quarter, in weeks; shorter where the shop is young, never below MIN_WEEKS.
QUARTER, MIN_WEEKS = 13, 4
#: Fewer customers or repeat purchases in the held-out weeks than this decide nothing.
MIN_CUSTOMERS, MIN_REPEATS = 300, 100
#: Pareto/NBD's integral is taken for at most so many customers when it is fitted.
MOST_FITTED = 12_000


@dataclass(frozen=True)
class Models:
    """BG/NBD and Pareto/NBD fitted on the same customers."""

    of_bgnbd: Fit
    of_pareto: Fit

    def both(self, rows: pd.DataFrame, weeks: float) -> tuple[Array, Array]:
        x, t_x, age = arrays(rows)
        return (
            bgnbd.expected(self.of_bgnbd.parameters, x, t_x, age, weeks),
            pareto.expected(self.of_pareto.parameters, x, t_x, age, weeks),
        )


@dataclass(frozen=True)
class Held:
    """The customers as they were before the held-out weeks, what the winner then expected of each, and what came:
    ``bought`` has a row each with days, amount and first_in (null: nothing)."""

    rows: pd.DataFrame
    fit: Fit
    forecast: Array
    bought: pd.DataFrame


@dataclass(frozen=True)
class Contest:
    """``table``: model, rmse, correlation, total_ratio (forecast / real), chosen, on ``weeks`` held out at the end of
    the history; ``calibration``: forecast and real mean of ten groups by forecast, of the winner.

    ``winner``: 'bgnbd', 'pareto', 'mean' or 'history'.
    """

    table: pd.DataFrame
    calibration: pd.DataFrame
    weeks: int
    customers: int
    winner: str
    models: Models
    regression: history.HistoryModel | None
    held: Held

    def expected(self, rows: pd.DataFrame, weeks: float) -> Array:
        """The winner's forecast for ``rows`` of ``summary_query`` as of the end of the history."""
        first, second = self.models.both(rows, weeks)
        if self.winner == "bgnbd":
            return first
        if self.winner == "pareto":
            return second
        mean = (first + second) / 2
        if self.regression is None:
            return mean
        return mean * self.regression.factor(history.columns_of(rows, *self.models.both(rows, QUARTER)))


#: Rows of ``summary_query`` at the end of a day, and purchase days between two days by person.
Read = Callable[[date], pd.DataFrame]
ReadBought = Callable[[date, date], pd.DataFrame]


def arrays(rows: pd.DataFrame) -> tuple[Array, Array, Array]:
    """x, t_x and T in weeks."""
    x = rows["x"].to_numpy(dtype=float)
    return x, rows["span"].to_numpy(dtype=float) / 7, rows["age"].to_numpy(dtype=float) / 7


def fit_both(rows: pd.DataFrame, near: Models | None = None) -> Models:
    """``near``: a fit on almost the same customers, from whose parameters Pareto/NBD starts."""
    x, t_x, age = arrays(rows)
    summary = Summary.of(x, t_x, age)
    every = max(1, -(-len(rows) // MOST_FITTED))
    few = Summary.of(x[::every], t_x[::every], age[::every])
    start = near.of_pareto.parameters if near else None
    return Models(BgNbd(summary).fit(), pareto.ParetoNbd(few).fit(start))


def run(read: Read, bought: ReadBought, day: date, first_day: date) -> Contest | None:
    """None where the history is too short or too thin to decide anything."""
    weeks = min(QUARTER, round((day - first_day).days / 21))
    if weeks < MIN_WEEKS:
        return None
    held_out, before = day - timedelta(weeks=weeks), day - timedelta(weeks=2 * weeks)
    now, then, earlier = read(day), read(held_out), read(before)
    came = bought(held_out, day)
    real, trained_on = _joined(then, came), _joined(earlier, bought(before, held_out))
    if min(len(then), len(earlier)) < MIN_CUSTOMERS or min(real.sum(), trained_on.sum()) < MIN_REPEATS:
        return None
    models = fit_both(now)
    at_then, at_earlier = fit_both(then, models), fit_both(earlier, models)
    first, second = at_then.both(then, weeks)
    found: dict[tuple[str, float | None], Array] = {
        ("bgnbd", None): first, ("pareto", None): second, ("mean", None): (first + second) / 2,
    }  # fmt: skip
    told = history.columns_of(then, *at_then.both(then, QUARTER))
    learned = history.columns_of(earlier, *at_earlier.both(earlier, QUARTER))
    exposure = np.maximum(sum(at_earlier.both(earlier, weeks)) / 2, 1e-4)
    for penalty in history.PENALTIES:
        made = history.train(learned, exposure, trained_on, penalty)
        found["history", penalty] = (first + second) / 2 * made.factor(told)
    scored = {key: score(forecast, real) for key, forecast in found.items() if np.isfinite(forecast).all()}
    winner, penalty = min(scored, key=lambda key: scored[key]["rmse"])
    regression = None
    if winner == "history" and penalty is not None:  # anew on the newest quarter
        exposure = np.maximum((first + second) / 2, 1e-4)
        regression = history.train(told, exposure, real, penalty)
    best: dict[str, dict[str, Any]] = {}
    for (name, _), values in scored.items():
        if name not in best or values["rmse"] < best[name]["rmse"]:
            best[name] = {"model": name, **values, "chosen": name == winner}
    return Contest(
        pd.DataFrame(list(best.values())),
        by_tenth(found[winner, penalty], real),
        weeks,
        len(then),
        winner,
        models,
        regression,
        Held(then, at_then.of_bgnbd, found[winner, penalty], came.set_index("person").reindex(then["person"])),
    )


def score(forecast: Array, real: Array) -> dict[str, float]:
    """rmse, correlation (0 where nothing varies), total_ratio."""
    varies = float(np.std(forecast)) > 0 and float(np.std(real)) > 0
    return {
        "rmse": float(np.sqrt(np.mean((forecast - real) ** 2))),
        "correlation": float(np.corrcoef(forecast, real)[0, 1]) if varies else 0.0,
        "total_ratio": float(forecast.sum() / max(real.sum(), 1.0)),
    }


def by_tenth(forecast: Array, real: Array) -> pd.DataFrame:
    """group 1 … 10 by forecast, customers, forecast and real (means); equal forecasts stay together."""
    order = np.argsort(forecast, kind="stable")
    group = np.empty(len(forecast), dtype=int)
    group[order] = np.arange(len(forecast)) * 10 // max(len(forecast), 1) + 1
    table = pd.DataFrame({"group": group, "forecast": forecast, "real": real})
    return (
        table.groupby("group")
        .agg(customers=("real", "size"), forecast=("forecast", "mean"), real=("real", "mean"))
        .reset_index()
    )


def _joined(rows: pd.DataFrame, bought: pd.DataFrame) -> Array:
    """Purchase days of each of ``rows``, 0 where there are none."""
    days = bought.set_index("person")["days"].reindex(rows["person"])
    return days.fillna(0).to_numpy(dtype=float)
