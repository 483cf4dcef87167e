"""``Workbench.forecast`` on the demo shop: its numbers, its backtest, and when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.errors import DataError
from ifdo_core.i18n import set_language
from ifdo_core.segments.forecast.result import ORIGINS, Forecast
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not

EVERY = Leaf("traffic.visit_count", "gte", 1)
SNS = Leaf("acquisition.sns", "in", ("instagram", "facebook"))
#: Segments as shops make them, of many sizes and kinds.
SEGMENTS: tuple[Node, ...] = (
    EVERY,
    SNS,
    Leaf("acquisition.search_engine", "in", ("naver",)),
    Leaf("traffic.device", "in", ("mobile",)),
    Leaf("traffic.device", "in", ("desktop",)),
    Leaf("traffic.visit_count", "eq", 1),
    Leaf("traffic.visit_count", "gte", 5),
    Leaf("traffic.pages_in_visit", "gte", 5),
    Leaf("cart.recent_amount", "gte", 50_000),
    Leaf("purchase.order_count", "gte", 1),
    Leaf("commerce.products_viewed", "gte", 3, (("days", 7),)),
    Not(Leaf("traffic.device", "in", ("mobile",))),
    AllOf((Leaf("traffic.visit_count", "gte", 5), Leaf("purchase.order_count", "lte", 0))),
    AnyOf((SNS, Leaf("cart.recent_amount", "gte", 70_000))),
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    from ifdo_core.demo import fill_demo

    with Workbench.open(tmp_path_factory.mktemp("forecast") / "demo.duckdb") as workbench:
        fill_demo(workbench, 24_000)
        yield workbench


@pytest.fixture(scope="module")
def forecasts(demo: Workbench) -> list[Forecast]:
    return [demo.forecast(Segment(where)) for where in SEGMENTS]


def test_better_than_the_week_before(forecasts: list[Forecast]) -> None:
    """The aim of the product: MASE below 0.9 on the demo shop, and the sum on screen nearer than 'as last week'."""
    mases = [forecast.backtest.mase for forecast in forecasts if forecast.backtest]
    ratios = [forecast.backtest.error_ratio for forecast in forecasts if forecast.backtest]
    assert len(mases) == len(SEGMENTS)
    assert np.mean(mases) < 0.87
    assert max(mases) < 0.97
    assert np.mean(ratios) < 1.0


def test_the_interval_holds_as_often_as_it_says(forecasts: list[Forecast]) -> None:
    """Pooled over segments and origins; one segment's 78 origins overlap and say little alone."""
    frames = [forecast.backtest.frame() for forecast in forecasts if forecast.backtest]
    assert 0.75 <= np.mean([frame["held"].mean() for frame in frames]) <= 0.85
    visitors = [forecast.backtest.visitors_coverage for forecast in forecasts if forecast.backtest]
    assert 0.75 <= np.mean(visitors) <= 0.85


def test_the_backtest_tells_what_happened(demo: Workbench, forecasts: list[Forecast]) -> None:
    """An origin's truth is the preview of seven days later, and its forecast is what one would have been told then."""
    forecast = forecasts[SEGMENTS.index(SNS)]
    assert forecast.backtest
    frame = forecast.backtest.frame()
    assert 0 < len(frame) <= ORIGINS
    row = frame.iloc[-20]
    after = demo.preview(Segment(SNS), now=row["origin"] + timedelta(days=7))
    before = demo.preview(Segment(SNS), now=row["origin"])
    assert (row["visits"], row["visitors"]) == (after.visits_7d, after.visitors_7d)
    assert (row["visits_naive"], row["visitors_naive"]) == (before.visits_7d, before.visitors_7d)
    told = demo.forecast(Segment(SNS), now=row["origin"])
    assert told.visits is not None
    assert (told.visits, told.visits.low, told.visits.high) == (
        row["visits_forecast"], row["visits_low"], row["visits_high"],
    )  # fmt: skip
    assert forecast.backtest.coverage == pytest.approx(frame["held"].mean())


def test_numbers_and_words(demo: Workbench, forecasts: list[Forecast]) -> None:
    forecast = forecasts[SEGMENTS.index(SNS)]
    assert forecast.visits is not None
    assert forecast.visitors is not None
    assert forecast.backtest is not None
    assert forecast.now == demo.now
    assert forecast.visits.low <= forecast.visits <= forecast.visits.high
    assert (forecast.visits_low, forecast.visitors_high) == (forecast.visits.low, forecast.visitors.high)
    path = forecast.frame()
    assert list(path.columns) == ["date", "starts_at", "ends_at", "visits"]
    assert (path["starts_at"].iloc[0], path["ends_at"].iloc[-1]) == (demo.now, demo.now + timedelta(days=7))
    assert round(path["visits"].sum()) == forecast.visits
    assert f"약 {int(forecast.visits):,}건 ({forecast.visits.low:,}~{forecast.visits.high:,})" in forecast.insight()
    assert f"80 % 구간이 {round((forecast.backtest.coverage or 0) * 100)} % 맞았어요" in forecast.insight()
    assert "배였어요" in forecast.backtest.against_naive()
    assert len(forecast.figure().data) == 2
    assert len(forecast.backtest.figure().data) == 4
    set_language("en")
    assert "are expected to be about" in forecast.insight()


def test_visitors_are_at_most_visits(forecasts: list[Forecast]) -> None:
    for forecast in forecasts:
        assert forecast.visits is not None
        assert forecast.visitors is not None
        assert forecast.visitors <= forecast.visits


@pytest.mark.parametrize("days", [1, 3, 14, 28])
def test_other_spans(demo: Workbench, days: int) -> None:
    forecast = demo.forecast(Segment(EVERY), days=days)
    assert len(forecast.frame()) == days
    assert forecast.visits is not None
    assert forecast.visits > 0
    assert forecast.backtest is not None
    assert (forecast.backtest.mase or 9) < 1


@pytest.mark.parametrize("days", [0, 29, -1])
def test_a_span_that_cannot_be(demo: Workbench, days: int) -> None:
    with pytest.raises(DataError, match="예측할 수 없어요"):
        demo.forecast(Segment(EVERY), days=days)


def test_a_segment_that_holds_nobody(demo: Workbench) -> None:
    forecast = demo.forecast(Segment(Leaf("traffic.visit_count", "gte", 1_000_000)))
    assert (forecast.visits, forecast.visitors) == (0, 0)
    assert (forecast.visits_low, forecast.visits_high) == (0, 1)
    assert forecast.backtest is not None
    for figure in (forecast.figure(), forecast.backtest.figure()):
        assert figure.layout.yaxis.dtick == 1  # else one number would stand at two heights


def test_a_live_condition_has_no_forecast(demo: Workbench) -> None:
    live = AllOf((EVERY, Leaf("live.current_page", "contains", "/event")))
    forecast = demo.forecast(Segment(live))
    assert (forecast.visits, forecast.visitors, forecast.backtest) == (None, None, None)
    assert forecast.reason is not None
    assert forecast.reason.code == "live"
    assert forecast.insight() == forecast.reason.text()


def test_a_young_shop_has_no_forecast(demo: Workbench) -> None:
    young = demo.forecast(Segment(EVERY), now=demo.holdings.first_event + timedelta(days=10))
    assert young.visits is None
    assert young.reason is not None
    assert young.reason.code == "short_forecast"
    assert "14일이 지나면" in young.insight()
    older = demo.forecast(Segment(EVERY), now=demo.holdings.first_event + timedelta(days=20))
    assert older.visits is not None
    assert older.backtest is not None
    assert older.backtest.coverage is None
    assert "아직 확인하지 못했어요" in older.insight()


def test_an_empty_shop_has_no_forecast(tmp_path: Path) -> None:
    with Workbench.open(tmp_path / "empty.duckdb") as workbench:
        forecast = workbench.forecast(Segment(EVERY))
    assert forecast.visits is None
    assert forecast.reason is not None
    assert forecast.reason.code == "not_collected"
