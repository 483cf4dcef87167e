"""Pictures of rules: a network that stays readable however many there are, and a heat map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ifdo_core.charts import COLOURS, CONTEXT, SHADES, dressed
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.recommend.baskets import Floats, Ints

#: What a person can still tell apart in one picture.
MAX_NODES, MAX_EDGES = 36, 60
MAX_AROUND = 12  # with the one in the middle, whose neighbours share one circle
_MAX_NAME = 16
_TITLE = 26  # letters of a title in one line
_PER_ROW = 4  # pairs side by side: as many as a phone has room for
_ROW_GAP = 1.0  # room for the names between two rows
_LINE, _LINES = 7.0, 3  # wide letters of a name in one line, lines of a name
_NARROW = 0.55  # what a Latin letter or a digit takes of a Korean one
Label = Callable[[str], str]


def _pairs_of(rules: pd.DataFrame, item: str | None) -> pd.DataFrame:
    """Edges a, b, lift, confidence, baskets: rules between two items, each pair once, the most telling first."""
    single = [len(a) == 1 and len(c) == 1 for a, c in zip(rules["antecedents"], rules["consequents"], strict=True)]
    kept = rules[np.array(single, dtype=bool) & (rules["lift"] > 1).to_numpy(dtype=bool)]
    edges = pd.DataFrame(
        {
            "a": [next(iter(items)) for items in kept["antecedents"]],
            "b": [next(iter(items)) for items in kept["consequents"]],
            "lift": kept["lift"].to_numpy(),
            "confidence": kept["confidence"].to_numpy(),
            "baskets": kept["baskets"].to_numpy(),
            "q_value": kept["q_value"].to_numpy(),
            "leverage": kept["leverage"].to_numpy(),
        }
    )
    edges = edges.sort_values(["confidence"], ascending=False, kind="stable")
    key = [" ".join(sorted(pair)) for pair in zip(edges["a"], edges["b"], strict=True)]
    edges = edges[~pd.Series(key, index=edges.index).duplicated()]
    if item is not None:
        near = {item, *edges.loc[edges["a"] == item, "b"], *edges.loc[edges["b"] == item, "a"]}
        edges = edges[edges["a"].isin(near) & edges["b"].isin(near)]
        edges = edges.assign(own=(edges["a"] == item) | (edges["b"] == item))
        return edges.sort_values(["own", "leverage"], ascending=False, kind="stable")
    edges = edges.assign(sure=edges["q_value"] <= 0.05)
    return edges.sort_values(["sure", "leverage"], ascending=False, kind="stable")


def network(rules: pd.DataFrame, label: Label, item: str | None = None) -> go.Figure:
    """The most telling pairs: a line is a bond (thicker: stronger), a dot an item (larger: more bonds)."""
    edges = _pairs_of(rules, item)
    every = len(edges)
    edges = _fitting(edges, MAX_NODES if item is None else MAX_AROUND)
    nodes = list(dict.fromkeys([*edges["a"], *edges["b"]]))
    figure = go.Figure()
    if not nodes:
        return _worded(figure, translate("보여 줄 규칙이 없어요."))
    place = {node: at for at, node in enumerate(nodes)}
    a = np.array([place[node] for node in edges["a"]])
    b = np.array([place[node] for node in edges["b"]])
    group = _components(len(nodes), a, b)
    at = _layout(len(nodes), a, b, group)
    strength = np.log1p(edges["lift"].to_numpy(dtype=float))
    width = 1 + 5 * strength / strength.max()
    for start, end, wide in zip(a, b, width, strict=True):
        figure.add_scatter(
            x=at[[start, end], 0], y=at[[start, end], 1], mode="lines", hoverinfo="skip",
            opacity=0.55, line={"width": float(wide), "color": CONTEXT},
        )  # fmt: skip
    figure.add_scatter(
        x=(at[a, 0] + at[b, 0]) / 2,
        y=(at[a, 1] + at[b, 1]) / 2,
        mode="markers",
        marker={"size": 10, "opacity": 0},
        hovertext=[
            translate("{a} → {b}<br>함께 구매 {share}, 우연의 {lift}배, {count}").format(
                a=_html(label(row["a"])), b=_html(label(row["b"])), share=percent_text(row["confidence"] * 100),
                lift=decimal_text(row["lift"]), count=count_text(row["baskets"], "건"),
            )
            for row in _records(edges)
        ],
        hoverinfo="text",
    )  # fmt: skip
    bonds = np.bincount(np.concatenate([a, b]), minlength=len(nodes))
    by_size = np.argsort(-np.bincount(group), kind="stable")
    rank = np.argsort(by_size, kind="stable")[group]
    chosen = [nodes[n] == item for n in range(len(nodes))]
    figure.add_scatter(
        x=at[:, 0],
        y=at[:, 1],
        mode="markers+text",
        text=[_wrapped(label(node)) for node in nodes],
        textposition=["top center" if up else "bottom center" for up in _above_middle(at[:, 1], group)],
        textfont={"size": 11},
        marker={
            "size": 11 + 4 * np.sqrt(bonds),
            "color": [COLOURS[min(int(r), len(COLOURS) - 1)] for r in rank],
            "line": {"width": [3 if own else 0 for own in chosen], "color": CONTEXT},
        },
        hovertext=[_html(label(node)) for node in nodes],
        hoverinfo="text",
    )
    told = translate("가장 뚜렷한 함께 구매 {shown}쌍").format(shown=f"{len(edges):,}")
    if every > len(edges):
        told = translate("함께 구매 {all}쌍 중 가장 뚜렷한 {shown}쌍").format(all=f"{every:,}", shown=f"{len(edges):,}")
    _dressed(figure, told, int(160 + 62 * float(np.ptp(at[:, 1]))))
    figure.update_xaxes(range=[float(at[:, 0].min()) - 0.9, float(at[:, 0].max()) + 0.9])
    figure.update_yaxes(range=[float(at[:, 1].min()) - 1.0, float(at[:, 1].max()) + 1.0])
    return figure


def _fitting(edges: pd.DataFrame, most: int) -> pd.DataFrame:
    """The first edges that stay within what one picture can show."""
    nodes: set[str] = set()
    kept: list[int] = []
    for at, (a, b) in enumerate(zip(edges["a"], edges["b"], strict=True)):
        if len(nodes | {a, b}) <= most:
            nodes |= {a, b}
            kept.append(at)
        if len(kept) == MAX_EDGES:
            break
    return edges.iloc[kept]


def _components(size: int, a: Ints, b: Ints) -> Ints:
    """The connected part each node belongs to, numbered from 0."""
    group = np.arange(size)
    for _ in range(size):
        low = np.minimum(group[a], group[b])
        before = group.copy()
        np.minimum.at(group, a, low)
        np.minimum.at(group, b, low)
        group = group[group]
        if (group == before).all():
            break
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def _layout(size: int, a: Ints, b: Ints, group: Ints) -> Floats:
    """Places by springs within each part; parts stand in cells of their own, so that they never overlap."""
    at = np.zeros((size, 2))
    members = sorted((np.flatnonzero(group == g) for g in range(int(group.max()) + 1)), key=len, reverse=True)
    x, y, tallest = 0.0, 0.0, 0.0
    shelf = max(_PER_ROW * 2.0 + 0.1, 1.6 * np.sqrt(len(members[0])) + 1)
    for nodes in members:
        side = 2.0 if len(nodes) == 2 else 1.9 * np.sqrt(len(nodes)) + 0.6
        if x + side > shelf and x > 0:
            x, y, tallest = 0.0, y - tallest - _ROW_GAP, 0.0
        inside = np.isin(a, nodes)
        index = np.zeros(size, dtype=np.int64)
        index[nodes] = np.arange(len(nodes))
        at[nodes] = _springs(len(nodes), index[a[inside]], index[b[inside]]) * (side - 1.1) / 2
        at[nodes] += (x + side / 2, y - side / 2)
        x, tallest = x + side, max(tallest, side)
    return at


def _springs(size: int, a: Ints, b: Ints, rounds: int = 200) -> Floats:
    """Fruchterman and Reingold's springs from a circle, so the same rules always give the same picture; in -1 … 1."""
    if size <= 2:  # a pair stands upright, its names above and below
        return np.array([[0.0, 1.0], [0.0, -1.0]])[:size]
    angle = 2 * np.pi * np.arange(size) / size
    at = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ideal = 1.6 / np.sqrt(size)
    for step in np.linspace(0.15, 0.005, rounds):
        gap = at[:, None, :] - at[None, :, :]
        far = np.maximum(np.linalg.norm(gap, axis=2), 1e-6)
        push = (gap * (ideal**2 / far**2)[:, :, None]).sum(axis=1)
        pull = (at[a] - at[b]) * (np.linalg.norm(at[a] - at[b], axis=1) / ideal)[:, None]
        np.add.at(push, a, -pull)
        np.add.at(push, b, pull)
        length = np.maximum(np.linalg.norm(push, axis=1, keepdims=True), 1e-9)
        at = at + push / length * np.minimum(length, step)
    at = at - (at.max(axis=0) + at.min(axis=0)) / 2
    return at / max(float(np.abs(at).max()), 1e-9)


def _above_middle(y: Floats, group: Ints) -> list[bool]:
    """Whether each node is in the upper half of its part."""
    size = np.bincount(group)
    middle = np.bincount(group, weights=y) / size
    return [bool(up) for up in np.asarray(y >= middle[group], dtype=np.bool_)]


def _wrapped(name: str) -> str:
    """A name in a few short lines, broken at spaces where there are some, cut off where it is still too long."""
    lines = [""]
    for word in name.split():
        if lines[-1] and _wide(f"{lines[-1]} {word}") > _LINE:
            lines.append("")
        for sign in word if not lines[-1] else f" {word}":
            if _wide(lines[-1] + sign) > _LINE + 1:
                lines.append("")
            lines[-1] += sign
    if len(lines) > _LINES:
        lines[_LINES - 1 :] = [lines[_LINES - 1][:-1] + "…"]
    return "<br>".join(_html(line) for line in lines)


def _wide(text: str) -> float:
    """Its width in Korean letters."""
    return sum(_NARROW if sign.isascii() else 1.0 for sign in text)


def heat_map(rules: pd.DataFrame, label: Label, size: int = 20) -> go.Figure:
    """How many times more than by chance each two items of the most telling pairs are bought together."""
    edges = _pairs_of(rules, None)
    figure = go.Figure()
    if not len(edges):
        return _worded(figure, translate("보여 줄 규칙이 없어요."))
    # of the most telling pairs, so that no row stays empty
    items = list(dict.fromkeys(edges[["a", "b"]].to_numpy().ravel().tolist()))[:size]
    place = {item: at for at, item in enumerate(items)}
    lift = np.full((len(items), len(items)), np.nan)
    told = np.full((len(items), len(items)), "", dtype=object)
    for row in _records(edges):
        if row["a"] in place and row["b"] in place:
            words = translate("{a} · {b}<br>우연의 {lift}배, {count}").format(
                a=_html(label(row["a"])), b=_html(label(row["b"])), lift=decimal_text(row["lift"]),
                count=count_text(row["baskets"], "건"),
            )  # fmt: skip
            for x, y in ((place[row["a"]], place[row["b"]]), (place[row["b"]], place[row["a"]])):
                lift[y, x], told[y, x] = row["lift"], words
    names = [f"{_html(_short(label(item)))} {at}" for at, item in enumerate(items, 1)]
    ticks = [t for t in (1, 2, 3, 5, 10, 20, 50, 100, 300, 1000) if t <= np.nanmax(lift) * 1.01] or [1]
    figure.add_heatmap(
        x=list(range(len(items))), y=list(range(len(items))), z=np.log(lift), customdata=told,
        hovertemplate="%{customdata}<extra></extra>", hoverongaps=False, xgap=1, ygap=1,
        colorscale=SHADES,
        colorbar={
            "title": {"text": translate("우연의 배수")}, "tickvals": np.log(ticks).tolist(),
            "ticktext": [f"{t}" for t in ticks], "thickness": 10, "outlinewidth": 0, "orientation": "h", "y": -0.06,
            "yanchor": "top",
        },
    )  # fmt: skip
    shown = edges[edges["a"].isin(place) & edges["b"].isin(place)]  # a stronger pair may be too rare to stand here
    best = shown.iloc[int(shown["lift"].to_numpy().argmax())]
    title = translate("가장 강한 짝은 {a} · {b}, 우연의 {lift}배").format(
        a=_html(_short(label(best["a"]))), b=_html(_short(label(best["b"]))), lift=decimal_text(best["lift"])
    )
    _dressed(figure, title, 200 + 20 * len(items))
    axis: dict[str, Any] = {
        "tickvals": list(range(len(items))),
        "ticktext": names,
        "showgrid": False,
        "visible": True,
        "zeroline": False,
        "ticks": "",
    }
    # below stand the numbers of the names at the left: names there would be slanted, and unreadable on a phone
    numbers = [str(at) for at in range(1, len(items) + 1)]
    figure.update_xaxes(axis, ticktext=numbers, tickangle=0, tickfont={"size": 9})
    figure.update_yaxes(axis, autorange="reversed", automargin=True)
    return figure


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[return-value]


def _short(name: str, most: int = _MAX_NAME) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _html(text: str) -> str:
    """Plotly reads some HTML in texts; a shop's names are no HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _dressed(figure: go.Figure, title: str, height: int) -> go.Figure:
    """As every chart, without axes; the title fits a phone."""
    dressed(figure, height, line=_TITLE, title=title, hovermode="closest")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


def _worded(figure: go.Figure, text: str) -> go.Figure:
    """A sentence in the place of an empty chart."""
    figure.add_annotation(text=text, showarrow=False, font={"size": 14}, x=0.5, y=0.5, xref="paper", yref="paper")
    return _dressed(figure, "", 160)
