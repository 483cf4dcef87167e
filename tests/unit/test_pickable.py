"""Boxes, areas and flows: each is as large as its value, and what is picked is the row it was drawn from."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifdo_core.pickable import Area, Box, Flow, add_areas, add_boxes, add_flows, picked_row, squarified


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_areas_fill_the_whole_and_none_lies_on_another(values: list[int]):
    values.sort(reverse=True)
    places = squarified(values, 5, 4)
    unit = 20 / sum(values)
    for value, (left, bottom, width, height) in zip(values, places, strict=True):
        assert width * height == pytest.approx(value * unit)
        assert left >= -1e-9
        assert bottom >= -1e-9
        assert left + width <= 5 + 1e-9
        assert bottom + height <= 4 + 1e-9
    for place, (left, bottom, width, height) in enumerate(places):
        for other_left, other_bottom, other_width, other_height in places[place + 1 :]:
            across = min(left + width, other_left + other_width) - max(left, other_left)
            along = min(bottom + height, other_bottom + other_height) - max(bottom, other_bottom)
            assert min(across, along) <= 1e-9


def test_areas_are_nearly_square():
    places = squarified([6, 6, 4, 3, 2, 2, 1], 6, 4)  # the example of Bruls, Huizing and van Wijk
    worst = max(max(width / height, height / width) for _, _, width, height in places)
    assert worst < 3


def test_the_largest_area_is_at_the_top_left_and_keeps_its_row():
    figure = go.Figure()
    add_areas(figure, [Area(0, 1, "small", "1", "s", "#eee"), Area(1, 0, "none", "0", "n", "#eee"),
                       Area(2, 9, "large", "9", "l", "#eee")])  # fmt: skip
    bars = figure.data[0]
    assert [told[0] for told in bars.customdata] == [2, 0]
    assert bars.x[0] - bars.width[0] / 2 < 0.1
    assert bars.base[0] + bars.y[0] > 3.9


def test_a_box_stands_where_it_should():
    figure = go.Figure()
    add_boxes(figure, [Box(7, -0.5, 1.5, 1, 1, "told")])
    bar = figure.data[0]
    assert (bar.x[0], bar.width[0], bar.base[0], bar.y[0]) == (0, 1, 1.5, 1)
    assert picked_row([{"customdata": bar.customdata[0]}]) == 7


def _flows() -> tuple[go.Figure, list[Flow]]:
    names = ("a", "b", "c")
    dice = np.random.default_rng(3)
    flows = [
        Flow(place, (column, start), (column + 1, end), int(dice.integers(1, 90)), f"{start}{end}", "#999999")
        for place, (column, start, end) in enumerate((c, s, e) for c in (0, 1) for s in names for e in names)
    ]
    nodes = [((column, name), name, "#000000") for column in (0, 1, 2) for name in names]
    figure = go.Figure()
    add_flows(figure, flows, nodes, ["1", "2", "3"], 400)
    return figure, flows


def test_nodes_are_as_high_as_what_flows_through_them_and_apart():
    figure, flows = _flows()
    shapes: list[Any] = list(figure.layout.shapes)
    unit = []
    for place, shape in enumerate(shapes):
        column, name = divmod(place, 3)
        node = (column, "abc"[name])
        through = max(sum(f.value for f in flows if f.start == node), sum(f.value for f in flows if f.end == node))
        unit.append((shape.y1 - shape.y0) / through)
    assert unit == pytest.approx([unit[0]] * len(unit))
    for column in range(3):
        own = shapes[column * 3 : column * 3 + 3]
        assert all(upper.y0 >= lower.y1 + 14 / 400 for upper, lower in pairwise(own))
        assert own[0].y1 <= 1
        assert own[-1].y0 >= 0


def test_a_flow_is_picked_on_it_and_every_flow_can_be():
    figure, flows = _flows()
    handles = figure.data[-1]
    assert {told[0] for told in handles.customdata} == {flow.row for flow in flows}
    ribbon = figure.data[0]
    x, y = np.array(ribbon.x, dtype=float), np.array(ribbon.y, dtype=float)
    cuts = np.flatnonzero(np.isnan(x))
    starts = np.concatenate([[0], cuts[:-1] + 1])
    for at_x, at_y, (row, _) in zip(handles.x, handles.y, handles.customdata, strict=True):
        own_x, own_y = x[starts[row] : cuts[row]], y[starts[row] : cuts[row]]
        half = len(own_x) // 2
        top = np.interp(at_x, own_x[:half], own_y[:half])
        bottom = np.interp(at_x, own_x[half:][::-1], own_y[half:][::-1])
        assert bottom < at_y < top


def test_nothing_to_draw_draws_nothing():
    figure = go.Figure()
    add_flows(figure, [], [], [], 400)
    add_areas(figure, [Area(0, 0, "none", "0", "n", "#eee")])
    assert len(figure.data) == 0


def test_nothing_is_picked():
    assert picked_row([]) is None
    assert picked_row([{"x": 1}]) is None
    assert picked_row([{"customdata": [None]}]) is None
