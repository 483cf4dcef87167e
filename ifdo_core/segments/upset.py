"""The UpSet picture: which combinations of sets occur, and how often (Lex et al., 2014)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, CONTEXT, GRID, tint
from ifdo_core.formats import count_text

#: Bars, and letters of a name, on a page and in a narrow place.
MOST_BARS, MOST_LETTERS = (16, 7), (18, 9)
#: Up to so many bars, or letters of numbers in all, fit beside each other; more are turned.
_UPRIGHT, _UPRIGHT_LETTERS = 10, 48
_EMPTY_DOT = tint(CONTEXT, 0.35)


def upset_figure(
    names: Sequence[str], combinations: pd.DataFrame, sizes: pd.DataFrame, *, narrow: bool = False
) -> go.Figure:
    """Bars of visits over a grid of dots; combinations in none of the sets are left out, and all but the largest."""
    shown = [bool(row) and visits > 0 for row, visits in combinations[["segments", "visits"]].itertuples(index=False)]
    inside = combinations[shown].head(MOST_BARS[narrow])
    order = list(sizes.sort_values("visits", kind="stable")["segment"])  # the largest at the top
    counts = dict(zip(sizes["segment"], sizes["visits"], strict=True))
    labels = {name: f"{_short(name, MOST_LETTERS[narrow])}  {count_text(int(counts[name]), '건')}" for name in names}
    level = {name: place for place, name in enumerate(order)}
    figure = go.Figure()
    _bars(figure, inside)
    _dots(figure, inside, level)
    share = max(0.3, min(0.6, 0.08 * len(names) + 0.12))
    figure.update_layout(
        height=250 + 30 * len(names),
        margin={"l": 0, "r": 0, "t": 30, "b": 8},
        showlegend=False,
        uniformtext={"minsize": 10, "mode": "show"},
        bargap=0.4,
        plot_bgcolor="rgba(0,0,0,0)",
        paper_bgcolor="rgba(0,0,0,0)",
        xaxis={"visible": False, "anchor": "y2", "range": [-0.6, max(len(inside), 4) - 0.4]},
        yaxis={
            "domain": [share + 0.04, 1],
            "gridcolor": GRID,
            "nticks": 4,
            "tickformat": ",d",
            "rangemode": "tozero",
        },
        yaxis2={
            "domain": [0, share],
            "tickmode": "array",
            "tickvals": list(range(len(order))),
            "ticktext": [labels[name] for name in order],
            "range": [-0.6, len(order) - 0.4],
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
        },
    )
    return figure


def _bars(figure: go.Figure, inside: pd.DataFrame) -> None:
    numbers = [f"{number:,}" for number in inside["visits"]]
    letters = len(numbers) * max((len(number) for number in numbers), default=0)
    figure.add_bar(
        x=list(range(len(inside))),
        y=inside["visits"],
        marker_color=[ACCENT if len(row) > 1 else CONTEXT for row in inside["segments"]],
        text=numbers,
        textposition="outside",
        textangle=0 if len(inside) <= _UPRIGHT or letters <= _UPRIGHT_LETTERS else -90,
        cliponaxis=False,
        customdata=[
            [" + ".join(row), count_text(int(visits), "건"), count_text(int(visitors), "명")]
            for row, visits, visitors in zip(inside["segments"], inside["visits"], inside["visitors"], strict=True)
        ],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} · %{customdata[2]}<extra></extra>",
    )


def _dots(figure: go.Figure, inside: pd.DataFrame, level: dict[str, int]) -> None:
    """A dot for each set and combination: filled where it is in, a line joining those of one combination."""
    grid = [(x, y) for x in range(len(inside)) for y in level.values()]
    figure.add_scatter(
        x=[x for x, _ in grid],
        y=[y for _, y in grid],
        yaxis="y2",
        mode="markers",
        marker={"size": 9, "color": _EMPTY_DOT},
        hoverinfo="skip",
    )
    for x, row in enumerate(inside["segments"]):
        heights = sorted(level[name] for name in row)
        color = ACCENT if len(row) > 1 else CONTEXT
        figure.add_scatter(
            x=[x] * len(heights),
            y=heights,
            yaxis="y2",
            mode="lines+markers",
            line={"color": color, "width": 2},
            marker={"size": 10, "color": color},
            hovertemplate=f"{' + '.join(row)}<extra></extra>",
        )


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
