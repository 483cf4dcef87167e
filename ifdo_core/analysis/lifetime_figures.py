"""Pictures of the forecast: how well it is calibrated, how the value spreads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, CONTEXT, dressed, tint
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.pickable import UNSEEN

if TYPE_CHECKING:
    from ifdo_core.analysis.churn import Churn
    from ifdo_core.analysis.lifetime import Lifetime


def calibration_figure(found: Lifetime) -> go.Figure:
    """Ten groups by forecast on the held-out weeks: points on the line are right."""
    figure = go.Figure()
    if found.contest is None:
        return dressed(figure, 320)
    told = found.contest.calibration
    most = float(max(told["forecast"].max(), told["real"].max())) * 1.08 or 1.0
    figure.add_scatter(x=[0, most], y=[0, most], mode="lines", line={"color": CONTEXT, "dash": "dot"}, hoverinfo="skip")
    figure.add_scatter(
        x=told["forecast"],
        y=told["real"],
        mode="markers+lines",
        marker={"size": 9, "color": ACCENT},
        line={"color": ACCENT, "width": 1},
        customdata=[
            [count_text(int(n), "명"), decimal_text(float(f), 2), decimal_text(float(r), 2)]
            for n, f, r in zip(told["customers"], told["forecast"], told["real"], strict=True)
        ],
        hovertemplate="%{customdata[0]}: %{customdata[1]} → %{customdata[2]}<extra></extra>",
    )
    return dressed(
        figure,
        320,
        xaxis={"title": translate("예측한 구매 횟수"), "range": [0, most]},
        yaxis={"title": translate("실제 구매 횟수"), "range": [0, most]},
    )


def reliability_figure(found: Churn) -> go.Figure:
    """Ten groups by probability: the share that was said and the share that came true, in per cent."""
    figure = go.Figure()
    told = found.reliability
    if told.empty:
        return dressed(figure, 320)
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", line={"color": CONTEXT, "dash": "dot"}, hoverinfo="skip")
    figure.add_scatter(
        x=told["forecast"],
        y=told["real"],
        mode="markers+lines",
        marker={"size": 9, "color": ACCENT},
        line={"color": ACCENT, "width": 1},
        customdata=[
            [count_text(int(n), "명"), percent_text(float(f)), percent_text(float(r))]
            for n, f, r in zip(told["customers"], told["forecast"], told["real"], strict=True)
        ],
        hovertemplate="%{customdata[0]}: %{customdata[1]} → %{customdata[2]}<extra></extra>",
    )
    axis = {"range": [0, 102], "dtick": 20, "ticksuffix": " %"}
    return dressed(
        figure,
        320,
        xaxis={**axis, "title": translate("예측한 확률")},
        yaxis={**axis, "title": translate("실제로 사지 않은 비율")},
    )


def value_figure(found: Lifetime) -> go.Figure:
    """The share of the expected value that the best customers bring; the row of ``concentration()`` is picked."""
    told = found.concentration()
    figure = go.Figure()
    figure.add_scatter(
        x=told["top"],
        y=told["share"],
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        fill="tozeroy",
        fillcolor=tint(ACCENT, 0.10),
        customdata=[
            [row, percent_text(float(top)), percent_text(float(share))]
            for row, (top, share) in enumerate(zip(told["top"], told["share"], strict=True))
        ],
        hovertemplate="%{customdata[1]} → %{customdata[2]}<extra></extra>",
        **UNSEEN,
    )
    return dressed(
        figure,
        320,
        xaxis={"title": translate("기대 금액이 큰 고객부터 (%)"), "range": [0, 100]},
        yaxis={"title": translate("기대 금액의 누적 비중 (%)"), "range": [0, 101]},
    )
