"""The picture of an insight: eight weeks of days, the expected range at the end, the day in the mark colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, BAD, CONTEXT, GOOD, dressed

if TYPE_CHECKING:
    from ifdo_core.insights.result import Insight

HEIGHT = 170


def line(insight: Insight) -> go.Figure:
    series, verdict = insight.series, insight.verdict
    values = series.counts / series.of.clip(min=1) if series.of is not None else series.counts
    scale = 100.0 if series.of is not None else 1.0
    figure = go.Figure()
    figure.add_scatter(x=list(series.days[:-1]), y=[scale * float(value) for value in values[:-1]], mode="lines",
                       line={"color": CONTEXT, "width": 1.6},
                       hovertemplate="%{x|%m.%d}  %{y:,.0f}<extra></extra>")  # fmt: skip
    day = series.days[-1]
    figure.add_scatter(x=[day, day], y=[scale * verdict.low, scale * verdict.high], mode="lines",
                       line={"color": ACCENT, "width": 7}, opacity=0.25, hoverinfo="skip")  # fmt: skip
    figure.add_scatter(x=[day], y=[scale * verdict.actual], mode="markers+text", text=[insight.number(verdict.actual)],
                       textposition="middle left", marker={"color": GOOD if insight.rose else BAD, "size": 10},
                       hovertemplate="%{x|%m.%d}  %{text}<extra></extra>")  # fmt: skip
    figure.update_xaxes(tickformat="%m.%d", nticks=6, showgrid=False)
    figure.update_yaxes(rangemode="tozero", nticks=4, tickformat=",.0f", ticksuffix=" %" if scale > 1 else "")
    return dressed(figure, HEIGHT)
