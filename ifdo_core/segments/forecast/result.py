"""A forecast as pages and notebooks see it, with the backtest that says how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ifdo_core.formats import count_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.segments.forecast.history import Floats, History
from ifdo_core.segments.forecast.model import FIRST_ORIGIN, WEEK, Track
from ifdo_core.segments.model import Segment
from ifdo_core.segments.reasons import Reason

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Origins of the backtest: one a day of the last twelve weeks.
ORIGINS = 84
#: With fewer origins a coverage says nothing.
FEWEST_ORIGINS = 14


class Estimate(int):
    """A foretold count with the ends of its 80 % interval: ``forecast.visits``, ``forecast.visits.low``."""

    low: int
    high: int

    def __new__(cls, value: float, low: float, high: float) -> Estimate:
        made = super().__new__(cls, round(value))
        made.low, made.high = int(np.floor(low)), int(np.ceil(high))
        return made

    def text(self, unit: str, language: str | None = None) -> str:
        """'약 1,150건 (980~1,330)'."""
        return translate("약 {about} ({low}~{high})", language).format(
            about=count_text(int(self), unit, language), low=f"{self.low:,}", high=f"{self.high:,}"
        )


@dataclass(frozen=True)
class Backtest:
    """Forecasts made at past origins, one a day, from what was known then, against what came.

    ``coverage``, ``visitors_coverage``: the share of origins whose interval held the truth. ``mase``: the mean absolute
    error of the daily path over that of the seasonal naive (each day as a week before), at the same origins.
    ``error_ratio``, ``visitors_error_ratio``: the same for the sum of the days foretold against that of the last days,
    the number on screen. Below 1 is better than naive. All None where there are too few origins.
    """

    origins: pd.DataFrame = field(repr=False)
    coverage: float | None = None
    visitors_coverage: float | None = None
    mase: float | None = None
    error_ratio: float | None = None
    visitors_error_ratio: float | None = None

    def frame(self) -> pd.DataFrame:
        """One row an origin: origin (naive UTC), visits, visits_forecast, visits_low, visits_high, visits_naive, the
        same of visitors, and held: whether the interval of the visits held."""
        return self.origins.copy()

    def figure(self) -> go.Figure:
        """What was foretold for the days after each origin, its interval, and what came."""
        from ifdo_core.segments.forecast.figures import backtest_figure

        return backtest_figure(self)

    @property
    def weeks(self) -> int:
        return round(len(self.origins) / WEEK)

    def insight(self) -> str:
        """'지난 12주 동안 80 % 구간이 81 % 맞았어요', or that it is too early to tell."""
        if self.coverage is None:
            return translate("기록이 짧아 80 % 구간이 얼마나 맞는지는 아직 확인하지 못했어요.")
        return translate("지난 {weeks}주 동안 80 % 구간이 {held} % 맞았어요.").format(
            weeks=self.weeks, held=round(self.coverage * 100)
        )

    def against_naive(self) -> str:
        """How much nearer than 'as last week' it came; '' where that is not known."""
        if self.error_ratio is None or self.mase is None:
            return ""
        if self.error_ratio < 1:
            sums = translate("합계는 ‘지난 7일과 같다’고 볼 때보다 오차가 {less} 작았어요.").format(
                less=percent_text((1 - self.error_ratio) * 100, 0)
            )
        else:
            sums = translate("합계는 ‘지난 7일과 같다’고 볼 때보다 나을 것이 없었어요.")
        return (
            sums
            + " "
            + translate("하루하루의 오차는 한 주 전 값을 쓸 때의 {mase}배였어요.").format(mase=f"{self.mase:.2f}")
        )


@dataclass(frozen=True)
class Forecast:
    """Matching visits and distinct visitors of the ``days`` × 24 hours after ``now``.

    None with a ``reason`` where nothing can be foretold: nothing collected, a live condition, too little history.
    """

    segment: Segment
    now: datetime
    days: int
    visits: Estimate | None = None
    visitors: Estimate | None = None
    reason: Reason | None = None
    backtest: Backtest | None = None
    path: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    past: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    timezone: str = "Asia/Seoul"

    @property
    def visits_low(self) -> int | None:
        return self.visits.low if self.visits is not None else None

    @property
    def visits_high(self) -> int | None:
        return self.visits.high if self.visits is not None else None

    @property
    def visitors_low(self) -> int | None:
        return self.visitors.low if self.visitors is not None else None

    @property
    def visitors_high(self) -> int | None:
        return self.visitors.high if self.visitors is not None else None

    def texts(self) -> tuple[str, str]:
        """'약 1,150건 (980~1,330)' of the visits, and the same of the visitors; '' where there is no forecast."""
        if self.visits is None or self.visitors is None:
            return "", ""
        return self.visits.text("건"), self.visitors.text("명")

    def frame(self) -> pd.DataFrame:
        """The daily path: date (local, of the middle of the 24 hours), starts_at, ends_at (naive UTC), visits."""
        return self.path.copy()

    def figure(self) -> go.Figure:
        """The last four weeks, and the path of the days to come."""
        from ifdo_core.segments.forecast.figures import forecast_figure

        return forecast_figure(self)

    def insight(self) -> str:
        """The numbers in a sentence, with how far to trust them."""
        if self.visits is None:
            return self.reason.text() if self.reason else ""
        visits, visitors = self.texts()
        told = translate("다음 {days}일에 방문 {visits}, 방문자 {visitors}이 맞을 것으로 보여요.").format(
            days=self.days, visits=visits, visitors=visitors
        )
        return " ".join([told, self.backtest.insight()] if self.backtest else [told])


def make_backtest(history: History, visits: Track, visitors: Track, actual: Floats, distinct: Floats) -> Backtest:
    """What the tracks foretold at the last ORIGINS origins that have an outcome. ``actual``, ``distinct``: outcomes by
    origin, nan where unknown."""
    span, known = history.span, len(history.visits)
    at = np.arange(FIRST_ORIGIN, known - span + 1)[-ORIGINS:]
    back = at[:, None] - WEEK + np.arange(span)[None, :] % WEEK
    naive_path = history.visits[back] if len(at) else np.zeros((0, span))
    before = history.visitors()[at - 1]
    columns = {
        "origin": [history.now - timedelta(days=int(known - origin)) for origin in at],
        **_side("visits", visits, at, actual, naive_path.sum(axis=1)),
        **_side("visitors", visitors, at, distinct, before),
    }
    frame = pd.DataFrame(columns)
    frame["held"] = (frame["visits_low"] <= frame["visits"]) & (frame["visits"] <= frame["visits_high"])
    if len(at) < FEWEST_ORIGINS:
        return Backtest(frame)
    came = history.visits[at[:, None] + np.arange(span)[None, :]]
    held = (frame["visitors_low"] <= frame["visitors"]) & (frame["visitors"] <= frame["visitors_high"])
    return Backtest(
        frame,
        coverage=float(frame["held"].mean()),
        visitors_coverage=float(held.mean()),
        mase=_ratio(visits.daily[at] - came, naive_path - came),
        error_ratio=_ratio(visits.total[at] - actual[at], naive_path.sum(axis=1) - actual[at]),
        visitors_error_ratio=_ratio(visitors.total[at] - distinct[at], before - distinct[at]),
    )


def _side(name: str, side: Track, at: np.ndarray, came: Floats, naive: Floats) -> dict[str, Floats]:
    return {
        name: came[at],
        f"{name}_forecast": side.total[at].round(),
        f"{name}_low": np.floor(side.low[at]),
        f"{name}_high": np.ceil(side.high[at]),
        f"{name}_naive": naive,
    }


def _ratio(ours: Floats, theirs: Floats) -> float | None:
    """Mean absolute error over mean absolute error; None where the naive one is never wrong."""
    worst = float(np.abs(theirs).mean())
    return float(np.abs(ours).mean()) / worst if worst else None


def local_days(now: datetime, days: int, timezone: str, *, after: bool) -> pd.DataFrame:
    """date, starts_at, ends_at of the 24-hour blocks after ``now``, or of those up to it, the earliest first."""
    steps = range(days) if after else range(-days, 0)
    starts = [now + timedelta(days=step) for step in steps]
    zone = ZoneInfo(timezone)
    middle = [(start + timedelta(hours=12)).replace(tzinfo=UTC).astimezone(zone).date() for start in starts]
    return pd.DataFrame(
        {"date": middle, "starts_at": starts, "ends_at": [start + timedelta(days=1) for start in starts]}
    )
