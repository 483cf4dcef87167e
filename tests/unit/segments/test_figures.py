"""The pictures of segments: the daily line of the panel, overlaps, forecasts."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from ifdo_core.segments.figures import daily_figure
from ifdo_core.segments.upset import upset_figure


@pytest.mark.parametrize(("visits", "step"), [((0, 0), 1), ((0, 3), 1), ((4, 900), None)])
def test_its_axis_counts_whole_visits(visits: tuple[int, ...], step: int | None) -> None:
    days = [date(2026, 11, 22 + place) for place in range(len(visits))]
    figure = daily_figure(pd.DataFrame({"date": days, "visits": visits}), datetime(2026, 11, 23, 12), "Asia/Seoul")
    assert figure.layout.yaxis.dtick == step


@pytest.mark.parametrize(("bars", "most", "angle"), [(10, 12_345, 0), (15, 164, 0), (15, 1_640, -90), (16, 999, 0)])
def test_numbers_of_an_overlap_are_turned_only_where_they_would_touch(bars: int, most: int, angle: int) -> None:
    names = [f"s{number}" for number in range(bars)]
    combinations = pd.DataFrame(
        {"segments": [(name,) for name in names], "visits": range(most, most - bars, -1), "visitors": 1}
    )
    sizes = pd.DataFrame({"segment": names, "visits": range(most, most - bars, -1)})
    assert upset_figure(names, combinations, sizes).data[0].textangle == angle
