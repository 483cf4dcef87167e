"""Pictures of the statistics: bars beside each other, and the week as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from ifdo_core.catalogue.aspects import ASPECTS, HourOfWeek
from ifdo_core.charts import ACCENT, CONTEXT, GRID, tint
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import current_language, translate

if TYPE_CHECKING:
    from ifdo_core.segments.statistics.result import Statistics

MOST_BARS = 8
LONGEST_LABEL = 18


def breakdown_figure(found: Statistics, dimension: str) -> go.Figure:
    """``dimension`` of ``found``; its title is a sentence of its own (``Statistics.title``)."""
    if isinstance(ASPECTS[dimension].value, HourOfWeek):
        return _week(found, dimension)
    return _columns(found, dimension) if dimension == "when.hour" else _bars(found, dimension)


def _texts(frame: Any) -> list[str]:
    return [
        translate("{label}: {visits}, {share} (전체 {share_all})").format(
            label=row.label,
            visits=count_text(row.visits, "건"),
            share=percent_text(row.share * 100),
            share_all=percent_text(row.share_all * 100),
        )
        for row in frame.itertuples()
    ]


def _ordered(found: Statistics, dimension: str) -> Any:
    """Values in their own order where they have one, else the most frequent first."""
    entry, frame = ASPECTS[dimension], found.frame(dimension)
    frame = frame[frame["share"].notna()]
    if entry.ordered:
        places = {value: place for place, value in enumerate(entry.values)}
        frame = frame.assign(place=frame["value"].map(places).fillna(len(places)))
        return frame.sort_values("place")
    return frame.head(MOST_BARS)


def _bars(found: Statistics, dimension: str) -> go.Figure:
    frame = _ordered(found, dimension).iloc[::-1]
    labels = [label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…" for label in frame["label"]]
    places = list(range(len(frame)))
    figure = go.Figure()
    sides = ((translate("전체"), "share_all", CONTEXT), (translate("이 세그먼트"), "share", ACCENT))
    for name, column, colour in sides:
        figure.add_bar(
            y=places,
            x=frame[column] * 100,
            name=name,
            orientation="h",
            marker_color=colour,
            text=[percent_text(share * 100) for share in frame[column]] if column == "share" else None,
            textposition="outside",
            cliponaxis=False,
            customdata=_texts(frame),
            hovertemplate="%{customdata}<extra></extra>",
        )
    most = max(1.0, float(frame[["share", "share_all"]].max().max()) * 100)
    figure.update_layout(
        _layout(height=70 + 38 * max(len(frame), 2)),
        xaxis={"visible": False, "range": [0, most * 1.22]},
        yaxis={"tickmode": "array", "tickvals": places, "ticktext": labels, "automargin": True},
    )
    return figure


def _columns(found: Statistics, dimension: str) -> go.Figure:
    frame = _ordered(found, dimension)
    hours = frame["value"].astype("int64")
    figure = go.Figure()
    figure.add_bar(
        x=hours, y=frame["share"] * 100, marker_color=ACCENT, name=translate("이 세그먼트"),
        customdata=_texts(frame), hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=hours, y=frame["share_all"] * 100, mode="lines", line={"color": CONTEXT, "width": 3, "shape": "hvh"},
        name=translate("전체"), hoverinfo="skip",
    )  # fmt: skip
    figure.update_layout(
        _layout(height=260),
        xaxis={"dtick": 3, "ticksuffix": translate("시"), "range": [-0.6, 23.6]},
        yaxis={"ticksuffix": " %", "gridcolor": GRID, "nticks": 4, "rangemode": "tozero"},
    )
    return figure


def _week(found: Statistics, dimension: str) -> go.Figure:
    """Share of the segment's visits in each hour of the week, as a map; the hover says the comparison."""
    frame = found.frame(dimension)
    place = 0 if current_language() == "ko" else 1
    shares, texts = np.zeros(168), [""] * 168
    for row, text in zip(frame.itertuples(), _texts(frame), strict=True):
        value: Any = row.value
        if value:
            lift: Any = row.lift
            shares[int(value)] = float(row.share) * 100  # type: ignore[arg-type]
            texts[int(value)] = f"{text} · {decimal_text(lift, 2)}×"
    days = [both[place] for both in ASPECTS["when.weekday"].values.values()]
    figure = go.Figure(
        go.Heatmap(
            z=shares.reshape(7, 24),
            x=list(range(24)),
            y=days,
            customdata=np.array(texts).reshape(7, 24),
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=[[0, tint(ACCENT, 0.04)], [1, ACCENT]],
            colorbar={"ticksuffix": " %", "thickness": 10, "nticks": 4},
            xgap=2,
            ygap=2,
        )
    )
    figure.update_layout(
        _layout(height=290),
        xaxis={"dtick": 3, "ticksuffix": translate("시")},
        yaxis={"autorange": "reversed", "automargin": True},
    )
    return figure


def _layout(height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 0, "r": 8, "t": 28, "b": 0},
        "bargap": 0.25,
        "bargroupgap": 0.05,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "reversed"},
    }
