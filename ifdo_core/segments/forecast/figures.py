"""Pictures of a forecast and its backtest. Titles say what is to be seen; one accent colour, grey for context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, CONTEXT, GRID, tint
from ifdo_core.formats import count_text
from ifdo_core.i18n import translate

if TYPE_CHECKING:
    from ifdo_core.segments.forecast.result import Backtest, Forecast

_BAND = tint(ACCENT, 0.18)
_CLEAR = "rgba(0,0,0,0)"


def forecast_figure(forecast: Forecast) -> go.Figure:
    """Bars of the last four weeks in grey and of the days to come in the accent colour."""
    figure = go.Figure()
    for frame, colour in ((forecast.past, CONTEXT), (forecast.path, ACCENT)):
        if frame.empty:
            continue
        figure.add_bar(
            x=frame["date"],
            y=frame["visits"],
            marker_color=colour,
            customdata=[count_text(round(visits), "건") for visits in frame["visits"]],
            hovertemplate="%{x|%m.%d}  %{customdata}<extra></extra>",
        )
    if forecast.visits is not None:
        title = translate("다음 {days}일 {visits}").format(days=forecast.days, visits=forecast.visits.text("건"))
        figure.update_layout(title={"text": title, "font_size": 14})
    most = max((float(frame["visits"].max()) for frame in (forecast.past, forecast.path) if len(frame)), default=0.0)
    return figure.update_layout(**_layout(240, most), bargap=0.3)


def backtest_figure(backtest: Backtest) -> go.Figure:
    """The band of what was foretold, the line of what came; the days it missed are marked."""
    frame = backtest.origins
    figure = go.Figure()
    line: dict[str, Any] = {"x": frame["origin"], "mode": "lines", "hoverinfo": "skip", "line": {"width": 0}}
    figure.add_scatter(y=frame["visits_high"], **line)
    figure.add_scatter(y=frame["visits_low"], fill="tonexty", fillcolor=_BAND, **line)
    told = frame[["visits_low", "visits_high"]].to_numpy()
    figure.add_scatter(
        x=frame["origin"],
        y=frame["visits"],
        mode="lines",
        line={"color": ACCENT, "width": 2},
        customdata=told,
        hovertemplate="%{x|%m.%d}  %{y:,.0f} (%{customdata[0]:,.0f}~%{customdata[1]:,.0f})<extra></extra>",
    )
    missed = frame[~frame["held"]]
    figure.add_scatter(
        x=missed["origin"],
        y=missed["visits"],
        mode="markers",
        marker={"color": ACCENT, "size": 7, "symbol": "circle-open", "line_width": 2},
        hoverinfo="skip",
    )
    if backtest.coverage is not None:
        title = translate("지난 {weeks}주: 80 % 구간 적중 {held} %").format(
            weeks=backtest.weeks, held=round(backtest.coverage * 100)
        )
        figure.update_layout(title={"text": title, "font_size": 14})
    return figure.update_layout(
        **_layout(260, float(frame[["visits", "visits_high"]].max().max() if len(frame) else 0))
    )


def _layout(height: int, most: float) -> dict[str, Any]:
    """``most``: the largest number shown; where it is small the axis counts whole visits, as halves have no words."""
    return {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 36, "b": 0},
        "showlegend": False,
        "plot_bgcolor": _CLEAR,
        "paper_bgcolor": _CLEAR,
        "yaxis": {
            "rangemode": "tozero",
            "gridcolor": GRID,
            "nticks": 5,
            "tickformat": ",d",
            "dtick": 1 if most < 4 else None,
        },
        "xaxis": {"tickformat": "%m.%d"},
    }
