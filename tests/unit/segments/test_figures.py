"""The daily line of the panel."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from ifdo_core.segments.figures import daily_figure


@pytest.mark.parametrize(("visits", "step"), [((0, 0), 1), ((0, 3), 1), ((4, 900), None)])
def test_its_axis_counts_whole_visits(visits: tuple[int, ...], step: int | None) -> None:
    days = [date(2026, 11, 22 + place) for place in range(len(visits))]
    figure = daily_figure(pd.DataFrame({"date": days, "visits": visits}), datetime(2026, 11, 23, 12), "Asia/Seoul")
    assert figure.layout.yaxis.dtick == step
