"""From a segment to its forecast: read the history once, run the model over all origins, keep the last one and judge by
the others."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.errors import DataError
from ifdo_core.marts import MartTables
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments.explain import explain
from ifdo_core.segments.forecast.history import WINDOW, Floats, History, read_history
from ifdo_core.segments.forecast.model import FEWEST_DAYS, Track, track
from ifdo_core.segments.forecast.result import Estimate, Forecast, local_days, make_backtest
from ifdo_core.segments.model import Segment
from ifdo_core.segments.reasons import NO_NUMBER, Reason
from ifdo_core.segments.subjects import Visits

MAX_SPAN = 28
#: Past days shown before the forecast.
SHOWN_DAYS = 28


def forecast(
    engine: Engine,
    marts: MartTables,
    settings: ShopSettings,
    holdings: Holdings,
    segment: Segment,
    now: datetime,
    days: int = 7,
) -> Forecast:
    """The ``days`` × 24 hours after ``now``. ``marts`` must be those as of ``now``. Raises DataError for a number of
    days that is not 1 to MAX_SPAN."""
    if not 1 <= days <= MAX_SPAN:
        raise DataError(
            "forecast_days", "{days}일은 예측할 수 없어요.", "1일부터 {most}일까지 물어볼 수 있어요.",
            days=days, most=MAX_SPAN,
        )  # fmt: skip
    reason = next((found for found in explain(segment, holdings, now) if found.code in NO_NUMBER), None)
    if reason is not None:
        return Forecast(segment, now, days, reason=reason, timezone=settings.timezone)
    history = read_history(engine, Visits(marts, settings, now, WINDOW), segment.where, days)
    if history.days < max(FEWEST_DAYS, days):
        short = Reason("short_forecast", {"days": history.days, "least": max(FEWEST_DAYS, days)})
        return Forecast(segment, now, days, reason=short, timezone=settings.timezone)
    return foretell(segment, history, settings.timezone)


def foretell(segment: Segment, history: History, timezone: str) -> Forecast:
    """The forecast of a history that is long enough."""
    span, now = history.span, history.now
    sums, distinct = history.sums(), history.visitors()
    # before the first block nothing is known: one visitor a visit
    ratio = np.concatenate([[1.0], (distinct + 0.5) / (sums + 0.5)])
    came, came_distinct = _outcomes(sums, span), _outcomes(distinct, span)
    visits = track(history.visits, history.total, came, span)
    visitors = track(history.visits, history.total, came_distinct, span, ratio)
    path = local_days(now, span, timezone, after=True)
    path["visits"] = visits.daily[-1]
    shown = min(SHOWN_DAYS, history.days)
    past = local_days(now, shown, timezone, after=False)
    past["visits"] = history.visits[-shown:]
    return Forecast(
        segment,
        now,
        span,
        visits=_last(visits),
        visitors=_last(visitors),
        backtest=make_backtest(history, visits, visitors, came, came_distinct),
        path=path,
        past=past,
        timezone=timezone,
    )


def _outcomes(ending: Floats, span: int) -> Floats:
    """By origin what came after it, of sums by the block they end with; nan where it has not come yet."""
    came = np.full(len(ending) + 1, np.nan)
    came[: len(ending) - span + 1] = ending[span - 1 :]
    return came


def _last(made: Track) -> Estimate:
    return Estimate(made.total[-1], made.low[-1], made.high[-1])
