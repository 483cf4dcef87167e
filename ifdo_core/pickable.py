"""Pictures whose every cell can be picked: boxes, areas, flows, and lines.

A browser hands back the point that was picked. Heat maps, treemaps and sankeys of plotly hand back nothing, or zoom, so
these are made of bars and markers, which do. The first of a point's ``customdata`` is always the row of the frame that
the picture was drawn from; ``picked_row`` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, tint

#: Over the cell that was picked.
_PICKED = tint("#E07B00", 0.55)
_NOTHING = "rgba(0,0,0,0)"
_BARE = "<extra></extra>"
#: Size of the smallest text in a box (pixels).
_LEAST_TEXT = 9
_TOLD = "%{customdata[1]}" + _BARE


#: Markers on a line of many points: seen only once picked.
UNSEEN: dict[str, Any] = {
    "marker": {"size": 8, "opacity": 0},
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 0}},
}


def picked_row(points: Sequence[Any]) -> int | None:
    """The row behind the points that a browser says were picked; None where nothing was."""
    for point in points:
        told = point.get("customdata")
        if told and told[0] is not None:
            return int(told[0])
    return None


@dataclass(frozen=True)
class Box:
    """A rectangle with the row it stands for; ``told``: what is said when pointed at."""

    row: int
    left: float
    bottom: float
    width: float
    height: float
    told: str


def add_boxes(
    figure: go.Figure, boxes: Sequence[Box], colours: Sequence[str] | None = None, texts: Sequence[str] | None = None
) -> None:
    """``colours`` None: nothing is seen but the box that was picked, over a picture that shows the cells already."""
    figure.add_bar(
        x=[box.left + box.width / 2 for box in boxes],
        width=[box.width for box in boxes],
        base=[box.bottom for box in boxes],
        y=[box.height for box in boxes],
        marker={"color": _NOTHING if colours is None else list(colours), "line": {"width": 0}},
        text=texts,
        textposition="none" if texts is None else "inside",
        insidetextanchor="middle",
        textangle=0,
        customdata=[[box.row, box.told] for box in boxes],
        hovertemplate=_TOLD,
        selected={"marker": {"color": _PICKED} if colours is None else {"opacity": 1.0}},
        unselected={"marker": {"opacity": 1.0 if colours is None else 0.6}},
    )
    # a text that would be too small to read is left out; the box says it when pointed at
    figure.update_layout(
        barmode="overlay", bargap=0, hovermode="closest", uniformtext={"minsize": _LEAST_TEXT, "mode": "hide"}
    )


def squarified(values: Sequence[float], width: float, height: float) -> list[tuple[float, float, float, float]]:
    """left, bottom, width, height of each of ``values`` (falling, all above 0) in a rectangle of these sides, as nearly
    square as they go (Bruls, Huizing and van Wijk 2000), the largest at the top left."""
    areas = [value * width * height / sum(values) for value in values]
    found: list[tuple[float, float, float, float]] = []
    left, top = 0.0, height
    while areas:
        side = min(width - left, top)
        count = _best_row(areas, side)
        row, areas = areas[:count], areas[count:]
        depth = sum(row) / side if side > 0 else 0.0
        place = 0.0
        for area in row:
            length = area / depth if depth > 0 else 0.0
            if width - left >= top:
                found.append((left, top - place - length, depth, length))
            else:
                found.append((left + place, top - depth, length, depth))
            place += length
        if width - left >= top:
            left += depth
        else:
            top -= depth
    return found


def _best_row(areas: Sequence[float], side: float) -> int:
    """How many of ``areas`` stand along ``side`` so that the worst of them is as square as it can be."""
    best, total = float("inf"), 0.0
    for place, area in enumerate(areas):
        total += area
        worst = max(side**2 * areas[0] / total**2, total**2 / (side**2 * area)) if side > 0 else 0.0
        if worst > best:
            return place
        best = worst
    return len(areas)


@dataclass(frozen=True)
class Area:
    """A part of a whole, as large as its value."""

    row: int
    value: float
    label: str
    text: str
    told: str
    colour: str


def add_areas(figure: go.Figure, areas: Sequence[Area], width: float = 5, height: float = 4) -> None:
    """Areas of a whole with these proportions, the largest first."""
    kept = sorted((area for area in areas if area.value > 0), key=lambda area: -area.value)
    if not kept:
        return
    gap = 0.012
    places = squarified([area.value for area in kept], width, height)
    boxes = [
        Box(area.row, x + gap, y + gap, max(w - 2 * gap, gap), max(h - 2 * gap, gap), area.told)
        for area, (x, y, w, h) in zip(kept, places, strict=True)
    ]
    add_boxes(figure, boxes, [area.colour for area in kept], [f"<b>{area.label}</b><br>{area.text}" for area in kept])
    bare = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**bare, range=[0, width])
    figure.update_yaxes(**bare, range=[0, height])


# --- flows --------------------------------------------------------------------------------------


#: Its column, from 0, and its name.
Node = tuple[int, str]
#: Top and height of each node, of a picture that is 1 high.
Places = dict[Node, tuple[float, float]]


@dataclass(frozen=True)
class Flow:
    """From a node of one column to a node of the next."""

    row: int
    start: Node
    end: Node
    value: float
    told: str
    colour: str


_NODE = 0.012
_SAMPLES = np.linspace(0.0, 1.0, 17)
_BEND = 3 * _SAMPLES**2 - 2 * _SAMPLES**3


def add_flows(
    figure: go.Figure,
    flows: Sequence[Flow],
    nodes: Sequence[tuple[Node, str, str]],
    headings: Sequence[str],
    height: int,
) -> None:
    """``nodes``: each with its words and its colour, in the order in which they stand in their column, from above;
    ``headings``: over each column.

    A flow is picked anywhere along it: unseen markers lie on it, closer together than a pointer's reach.
    """
    if not flows:
        return
    places, unit = _stacked(flows, [node for node, _, _ in nodes], height)
    last = len(headings) - 1
    ribbons = _ribbons(flows, places, unit, last)
    for colour in dict.fromkeys(flow.colour for flow in flows):
        _add_ribbons(figure, [ribbon for ribbon in ribbons if ribbon.flow.colour == colour], colour)
    _add_handles(figure, ribbons, height)
    for node, words, colour in nodes:
        top, tall = places[node]
        left = _left(node[0], last)
        figure.add_shape(
            type="rect", x0=left, x1=left + _NODE, y0=top - tall, y1=top, fillcolor=colour, line={"width": 0}
        )
        ends = node[0] == last
        figure.add_annotation(
            x=left if ends else left + _NODE, y=top - tall / 2, text=words, showarrow=False,
            xanchor="right" if ends else "left", xshift=-4 if ends else 4, font={"size": 12},
        )  # fmt: skip
    for column, words in enumerate(headings):
        side = "left" if column == 0 else "right" if column == last else "center"
        figure.add_annotation(
            x=_left(column, last) + _NODE * (column == last), y=1, yref="paper", yanchor="bottom", xanchor=side,
            text=f"<b>{words}</b>", showarrow=False, font={"size": 12},
        )  # fmt: skip
    bare = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**bare, range=[0, 1])
    figure.update_yaxes(**bare, range=[0, 1])
    figure.update_layout(hovermode="closest")


def _left(column: int, last: int) -> float:
    """Where the nodes of a column begin."""
    return column / last * (1 - _NODE)


def _stacked(flows: Sequence[Flow], nodes: Sequence[Node], height: int) -> tuple[Places, float]:
    """Top and height of each node, the columns from 1 down with at least a line's height between two nodes; and how
    high a value of 1 is."""
    size = {
        node: max(
            sum(flow.value for flow in flows if flow.start == node),
            sum(flow.value for flow in flows if flow.end == node),
        )
        for node in nodes
    }
    gap = 15 / height
    columns = {column: [node for node in nodes if node[0] == column] for column, _ in nodes}
    unit = min((1 - gap * len(column)) / max(sum(size[node] for node in column), 1e-9) for column in columns.values())
    found: Places = {}
    for column in columns.values():
        free = 1 - unit * sum(size[node] for node in column)
        top, between = 1 - free / len(column) / 2, free / len(column)
        for node in column:
            found[node] = (top, unit * size[node])
            top -= unit * size[node] + between
    return found, unit


@dataclass(frozen=True)
class _Ribbon:
    flow: Flow
    x: Any
    top: Any
    tall: float


def _ribbons(flows: Sequence[Flow], places: Places, unit: float, last: int) -> list[_Ribbon]:
    """Each flow leaves and arrives in the order of the nodes at its other end, so that fewer cross."""
    leaves = _slots(flows, places, unit, "start", "end")
    arrives = _slots(flows, places, unit, "end", "start")
    found: list[_Ribbon] = []
    for place, flow in enumerate(flows):
        left, right = _left(flow.start[0], last) + _NODE, _left(flow.end[0], last)
        x = left + (right - left) * _SAMPLES
        found.append(_Ribbon(flow, x, leaves[place] + (arrives[place] - leaves[place]) * _BEND, flow.value * unit))
    return found


def _slots(flows: Sequence[Flow], places: Places, unit: float, here: str, there: str) -> dict[int, float]:
    """Where each flow's upper edge is at one end."""
    free = {node: top for node, (top, _) in places.items()}
    found: dict[int, float] = {}
    for place in sorted(range(len(flows)), key=lambda place: -places[getattr(flows[place], there)][0]):
        node = getattr(flows[place], here)
        found[place] = free[node]
        free[node] -= flows[place].value * unit
    return found


def _add_ribbons(figure: go.Figure, ribbons: Sequence[_Ribbon], colour: str) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for ribbon in ribbons:
        x += [*ribbon.x, *ribbon.x[::-1], None]
        y += [*ribbon.top, *(ribbon.top - ribbon.tall)[::-1], None]
    figure.add_scatter(x=x, y=y, mode="lines", line={"width": 0}, fill="toself", fillcolor=colour, hoverinfo="skip")


def _add_handles(figure: go.Figure, ribbons: Sequence[_Ribbon], height: int) -> None:
    x: list[float] = []
    y: list[float] = []
    told: list[list[Any]] = []
    for ribbon in ribbons:
        lines = max(1, round(ribbon.tall * height / 18))
        for line in range(lines):
            x += list(ribbon.x[1:-1])
            y += list((ribbon.top - ribbon.tall * (line + 0.5) / lines)[1:-1])
            told += [[ribbon.flow.row, ribbon.flow.told]] * (len(ribbon.x) - 2)
    figure.add_scatter(
        x=x, y=y, mode="markers", customdata=told, hovertemplate=_TOLD,
        **{**UNSEEN, "marker": {**UNSEEN["marker"], "color": ACCENT}},
    )  # fmt: skip
