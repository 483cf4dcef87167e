"""Pictures of RFM: the grid of scores, the grades as areas, the moves between grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, BAD, CONTEXT, GOOD, SHADES, dressed, solid_shade, tint
from ifdo_core.formats import count_text, money_text, percent_text
from ifdo_core.i18n import translate

if TYPE_CHECKING:
    from ifdo_core.analysis.migration import Migration
    from ifdo_core.analysis.rfm import Rfm

_FLOW = {"up": tint(GOOD, 0.45), "down": tint(BAD, 0.45), "new": tint(ACCENT, 0.30)}
_STILL = tint(CONTEXT, 0.30)


def grid_figure(found: Rfm) -> go.Figure:
    """Recency across, frequency up; the number and the shade are the customers. ``customdata``: r, f of the cell."""
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
            [int(r), int(f), percent_text(float(share)), amount, grade]
            for r, f, share, amount, grade in zip(cells["r"], cells["f"], cells["share"], amounts, grades, strict=True)
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
            customdata=told[part.index].tolist(),
            hovertemplate=(
                "R%{customdata[0]} F%{customdata[1]} · %{customdata[4]}<br>%{text} (%{customdata[2]})<br>"
                + average
                + " %{customdata[3]}<extra></extra>"
            ),
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
    """Each grade as large as its customers, as dark as its share of the amount."""
    told = found.grades()
    told = told[told["customers"] > 0]
    words = [
        f"{count_text(int(n), '명')} · {percent_text(float(share))}"
        for n, share in zip(told["customers"], told["share"], strict=True)
    ]
    most = max(float(told["amount_share"].max()), 1.0) if len(told) else 1.0
    shares = [max(float(share), 0.0) / most for share in told["amount_share"]]
    figure = go.Figure(
        go.Treemap(
            labels=["", *told["label"]],
            ids=["every", *told["grade"]],
            parents=["", *["every"] * len(told)],
            values=[int(told["customers"].sum()), *told["customers"]],
            branchvalues="total",
            text=["", *words],
            texttemplate="<b>%{label}</b><br>%{text}",
            customdata=["", *(percent_text(float(share)) for share in told["amount_share"])],
            hovertemplate="<b>%{label}</b><br>%{text}<br>"
            + translate("금액의 {share}").format(share="%{customdata}")
            + "<extra></extra>",
            marker={"colors": ["rgba(0,0,0,0)", *map(solid_shade, shares)], "line": {"width": 1}},
            root={"color": "rgba(0,0,0,0)"},
            tiling={"pad": 2},
            pathbar={"visible": False},
        )
    )
    return dressed(figure, 400, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def sankey_figure(found: Migration) -> go.Figure:
    """Grades before at the left, now at the right; rising flows green, falling ones orange."""
    told = found.frame()
    order = ["", *(grade.ko for grade in found.table.grades), "-"]
    left = [name for name in order if name in set(told["before"])]
    right = [name for name in order if name in set(told["after"])]
    sums = told.groupby("before")["customers"].sum(), told.groupby("after")["customers"].sum()
    names = [
        f"{found.label(name)} {count_text(int(total[name]))}"
        for side, total in zip((left, right), sums, strict=True)
        for name in side
    ]
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={"label": names, "pad": 10, "thickness": 12, "color": [CONTEXT] * len(left) + [ACCENT] * len(right)},
            link={
                "source": [left.index(name) for name in told["before"]],
                "target": [len(left) + right.index(name) for name in told["after"]],
                "value": told["customers"],
                "color": [_FLOW.get(move, _STILL) for move in told["move"]],
                "customdata": [
                    f"{a} → {b}: {count_text(int(n), '명')}"
                    for a, b, n in zip(told["before_label"], told["after_label"], told["customers"], strict=True)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )
    return dressed(figure, max(340, 34 * max(len(left), len(right))))
