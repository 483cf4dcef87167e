"""Pictures of RFM: the grid of scores, the grades as areas, the moves between grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from ifdo_core.analysis.migration import GONE, NOT_YET, ago_text
from ifdo_core.charts import ACCENT, BAD, CONTEXT, GOOD, SHADES, dressed, solid_shade, tint
from ifdo_core.formats import count_text, money_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.pickable import Area, Flow, Node, add_areas, add_flows

if TYPE_CHECKING:
    from ifdo_core.analysis.migration import Migration
    from ifdo_core.analysis.rfm import Rfm

_FLOW = {"up": tint(GOOD, 0.45), "down": tint(BAD, 0.45), "new": tint(ACCENT, 0.30)}
_STILL = tint(CONTEXT, 0.30)


def grid_figure(found: Rfm) -> go.Figure:
    """Recency across, frequency up; the number and the shade are the customers; the row of ``grid()`` is picked."""
    cells = found.grid()
    most = max(int(cells["customers"].max()), 1)
    amounts = [
        money_text(value, found.currency) if value == value else translate("없음") for value in cells["monetary"]
    ]
    average = translate("평균 금액") if found.who == "buyers" else translate("평균 페이지")
    if found.who == "visitors":
        amounts = [count_text(value, "페이지") if value == value else translate("없음") for value in cells["monetary"]]
    grades = [found.table.label(str(name)) if isinstance(name, str) else "" for name in cells["grade"]]
    told = pd.Series(
        [
            [
                row,
                f"R{r} F{f} · {grade}<br>{count_text(int(n), '명')} ({percent_text(float(share))})"
                f"<br>{average} {amount}",
            ]
            for row, (r, f, n, share, amount, grade) in enumerate(
                zip(cells["r"], cells["f"], cells["customers"], cells["share"], amounts, grades, strict=True)
            )
        ],
        index=cells.index,
    )
    figure = go.Figure()
    dark = cells["customers"] > most * 0.45
    # white on the dark cells, the theme's own colour on the others
    for part, font in ((cells[~dark], {"size": 13}), (cells[dark], {"size": 13, "color": "#FFFFFF"})):
        figure.add_scatter(
            x=part["r"],
            y=part["f"],
            mode="markers+text",
            marker={
                "symbol": "square",
                "size": 58,
                "color": part["customers"],
                "colorscale": SHADES,
                "cmin": 0,
                "cmax": most,
                "line": {"width": 1, "color": tint(CONTEXT, 0.35)},
            },
            text=[count_text(int(n)) for n in part["customers"]],
            textfont=font,
            unselected={"marker": {"opacity": 0.4}, "textfont": {"color": CONTEXT}},  # still read once one is picked
            customdata=told[part.index].tolist(),
            hovertemplate="%{customdata[1]}<extra></extra>",
        )
    how_often = translate("구매 횟수 점수") if found.who == "buyers" else translate("방문 횟수 점수")
    axis = {"tickvals": [1, 2, 3, 4, 5], "range": [0.4, 5.6], "showgrid": False, "fixedrange": True}
    return dressed(
        figure,
        400,
        xaxis={**axis, "title": translate("최근성 점수 (5 = 가장 최근)")},
        yaxis={**axis, "title": how_often},
    )


def treemap_figure(found: Rfm) -> go.Figure:
    """Each grade as large as its customers, as dark as its share of the amount; the row of ``grades()`` is picked."""
    told = found.grades()
    most = max(float(told["amount_share"].max()), 1.0)
    figure = go.Figure()
    areas: list[Area] = []
    for row, grade in enumerate(told.to_dict("records")):
        words = f"{count_text(int(grade['customers']), '명')} · {percent_text(float(grade['share']))}"
        of_amount = translate("금액의 {share}").format(share=percent_text(float(grade["amount_share"])))
        said = [f"<b>{grade['label']}</b>", words, *([of_amount] if found.who == "buyers" else [])]
        shade = max(float(grade["amount_share"]), 0.0) / most
        areas.append(Area(row, int(grade["customers"]), grade["label"], words, "<br>".join(said), solid_shade(shade)))
    add_areas(figure, areas)
    return dressed(figure, 400, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def sankey_figure(found: Migration) -> go.Figure:
    """Grades before at the left, now at the right; rising flows green, falling ones orange. The row of ``frame()`` is
    picked."""
    told = found.frame()
    order = [NOT_YET, *(grade.ko for grade in found.table.grades), GONE]
    nodes: list[tuple[Node, str, str]] = []
    for column, (side, colour) in enumerate((("before", CONTEXT), ("after", ACCENT))):
        sums = told.groupby(side)["customers"].sum()
        nodes += [
            ((column, name), f"{found.label(name)} {count_text(int(sums[name]))}", colour)
            for name in [*order, *(name for name in sums.index if name not in order)]
            if name in sums.index
        ]
    flows = [
        Flow(
            row, (0, flow["before"]), (1, flow["after"]), int(flow["customers"]),
            f"{flow['before_label']} → {flow['after_label']}: {count_text(int(flow['customers']), '명')}",
            _FLOW.get(flow["move"], _STILL),
        )
        for row, flow in enumerate(told.to_dict("records"))
    ]  # fmt: skip
    figure = go.Figure()
    height = max(340, 40 * max(told["before"].nunique(), told["after"].nunique()))
    headings = [ago_text(found.days), translate("지금")]
    add_flows(figure, flows, nodes, headings, height)
    return dressed(figure, height, margin={"l": 0, "r": 0, "t": 28, "b": 4})
