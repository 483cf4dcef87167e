"""Pictures of reports, one function a kind of chart. A point that is picked gives its row (``ifdo_core.pickable``)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from ifdo_core.catalogue.reports import Metric
from ifdo_core.catalogue.reports.entry import Chart
from ifdo_core.charts import ACCENT, COLOURS, CONTEXT, GRID, dressed, solid_shade, tint
from ifdo_core.formats import count_text, money_short
from ifdo_core.i18n import current_language, translate
from ifdo_core.lookups import wording
from ifdo_core.pickable import UNSEEN, Area, Box, Flow, add_areas, add_boxes, add_flows
from ifdo_core.reports.labels import metric_text

if TYPE_CHECKING:
    from ifdo_core.reports.result import ReportResult

HEIGHT = 380
#: Letters of the cells of one line that fit beside each other on a wide screen.
MOST_LETTERS = 130
#: Lines told apart by colour; more are drawn in grey, the first ones in colour.
MOST_COLOURS = len(COLOURS)
_BARE = "<extra></extra>"


def draw(result: ReportResult) -> go.Figure:
    """The chart of the report's entry; an empty figure where there are no rows."""
    if result.cells.frame.empty:
        return dressed(go.Figure(), HEIGHT)
    return _CHARTS[result.report.chart](result)


def _labels(result: ReportResult, place: int) -> list[str]:
    return [result.value(place, raw) for raw in result.cells.frame[f"d{place}"]]


def _texts(result: ReportResult, metric: Metric, values: Any) -> list[str]:
    return [metric_text(metric, value, result.currency) for value in values]


def _rows(frame: Any) -> list[list[int]]:
    """What a picked point says of itself: its row."""
    return [[row] for row in range(len(frame))]


def _short(text: str, most: int = 18) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _axis(result: ReportResult, metric: Metric) -> dict[str, Any]:
    """The value axis: its name and unit; amounts in 만원."""
    axis: dict[str, Any] = {"title": {"text": metric.label(current_language()), "font": {"size": 12}},
                            "gridcolor": GRID, "rangemode": "tozero", "tickformat": ",.0f", "nticks": 6}  # fmt: skip
    if metric.unit == "percent":
        axis["ticksuffix"] = " %"
    if metric.unit == "money":
        values = result.cells.frame[metric.id].astype(float)
        top = float(values.max()) if values.notna().any() else 0.0
        step = _step(top)
        ticks = [step * place for place in range(int(top // step) + 2)] if step else [0.0]
        axis |= {"tickvals": ticks, "ticktext": [money_short(tick, result.currency) for tick in ticks]}
    return axis


def _step(top: float) -> float:
    """A round step that gives four to eight ticks."""
    if top <= 0:
        return 0.0
    step = 10.0 ** (len(str(int(top))) - 1)
    for part in (1.0, 0.5, 0.2, 0.1):
        if top / (step * part) >= 4:
            return step * part
    return step * 0.1


# --- charts -----------------------------------------------------------------------------------


def _bar(result: ReportResult) -> go.Figure:
    """Values of a scale stand side by side, names lie one under the other."""
    frame, metric = result.cells.frame, result.cells.metrics[0]
    labels = _labels(result, 0)
    texts = _texts(result, metric, frame[metric.id])
    values = frame[metric.id].astype(float)
    lying = result.cells.dimensions[0].scale in ("text", "wording")
    figure = go.Figure()
    whisker: dict[str, Any] | None = None
    if "low" in frame:
        whisker = {"type": "data", "array": (frame["high"] - values).clip(lower=0),
                   "arrayminus": (values - frame["low"]).clip(lower=0), "color": CONTEXT, "thickness": 1.2}  # fmt: skip
    if lying:
        figure.add_bar(y=[_short(label) for label in labels], x=values, orientation="h", marker_color=ACCENT,
                       text=texts, textposition="auto", customdata=list(enumerate(labels)),
                       hovertemplate="%{customdata[1]}  %{text}" + _BARE)  # fmt: skip
        figure.update_yaxes(autorange="reversed", type="category")
        figure.update_xaxes(**_axis(result, metric))
        return dressed(figure, max(220, 60 + 28 * len(labels)))
    figure.add_bar(x=labels, y=values, marker_color=ACCENT, text=texts, textposition="outside", cliponaxis=False,
                   customdata=_rows(frame), error_y=whisker, hovertemplate="%{x}  %{text}" + _BARE)  # fmt: skip
    if whisker is not None:
        figure.update_traces(textposition="inside", insidetextanchor="start", textfont={"color": "#FFFFFF"})
    figure.update_xaxes(type="category")
    figure.update_yaxes(**_axis(result, metric))
    return dressed(figure, HEIGHT, bargap=0.2)


def _line(result: ReportResult) -> go.Figure:
    """One line, or one for each value of the first of two dimensions, named at its end."""
    cells = result.cells
    frame, metric = cells.frame, cells.metrics[0]
    figure = go.Figure()
    if len(cells.dimensions) == 1:
        _single_line(figure, result, metric)
        figure.update_xaxes(type="category", nticks=12)
        figure.update_yaxes(**_axis(result, metric))
        return dressed(figure, HEIGHT)
    labelled = frame.assign(
        _name=_labels(result, 0), _text=_texts(result, metric, frame[metric.id]), _row=range(len(frame))
    )
    if result.report.shape == "cohort" and metric.unit == "percent":
        later = labelled[labelled["d1"] > 0]  # at first everybody is there, which would drown the rest
        labelled = later if later["d1"].nunique() > 1 else labelled
    groups = [(name, rows) for name, rows in labelled.groupby("_name", sort=False) if len(rows) > 1]
    dated = cells.dimensions[0].scale in ("month", "week")
    coloured = groups[-MOST_COLOURS:] if dated else groups[:MOST_COLOURS]
    chosen = {name: COLOURS[place] for place, (name, _) in enumerate(reversed(coloured) if dated else coloured)}
    for name, rows in groups:
        colour = chosen.get(name, CONTEXT)
        figure.add_scatter(
            x=rows["d1"], y=rows[metric.id].astype(float), mode="lines+markers", marker={"size": 5}, name=str(name),
            text=rows["_text"], customdata=rows[["_row"]].to_numpy().tolist(),
            line={"color": colour, "width": 2.2 if name in chosen else 1}, opacity=1 if name in chosen else 0.5,
            hovertemplate=f"{name} · %{{x}}  %{{text}}" + _BARE,
        )  # fmt: skip
    ends = [
        (rows.at[last, "d1"], float(rows.at[last, metric.id]), str(name))
        for name, rows in groups
        if name in chosen and (last := rows[metric.id].last_valid_index()) is not None
    ]
    shifts = _apart([y for _, y, _ in ends], (HEIGHT - 60) / max(float(labelled[metric.id].max()), 1e-9))
    for (x, y, name), shift in zip(ends, shifts, strict=True):
        figure.add_annotation(x=x, y=y, text=_short(name, 14), showarrow=False, xanchor="left", xshift=6, yshift=shift,
                              font={"size": 11, "color": chosen[name]})  # fmt: skip
    figure.update_xaxes(title={"text": cells.dimensions[1].label(current_language()), "font": {"size": 12}}, dtick=1)
    figure.update_yaxes(**_axis(result, metric))
    return dressed(figure, HEIGHT + 40, margin={"l": 8, "r": 90, "t": 12, "b": 8})


def _single_line(figure: go.Figure, result: ReportResult, metric: Metric) -> None:
    """The line; dotted, and its point hollow, where a week or month has not ended or began before the period."""
    frame = result.cells.frame
    values, part = frame[metric.id].astype(float), np.array(result.in_part(), dtype=bool)
    texts = _texts(result, metric, frame[metric.id])
    given: dict[str, Any] = {"x": _labels(result, 0), "customdata": _rows(frame),
                             "hovertemplate": "%{x}  %{text}" + _BARE}  # fmt: skip
    figure.add_scatter(**given, y=values.where(~part), text=texts, mode="lines+markers", marker={"size": 5},
                       line={"color": ACCENT, "width": 2.5})  # fmt: skip
    if part.any():
        beside = part | np.append(part[1:], False) | np.insert(part[:-1], 0, False)
        figure.add_scatter(x=given["x"], y=values.where(beside), mode="lines", hoverinfo="skip",
                           line={"color": ACCENT, "width": 1.5, "dash": "dot"})  # fmt: skip
        told = translate("{value} (일부 기간)")
        figure.add_scatter(**given, y=values.where(part), text=[told.format(value=text) for text in texts],
                           mode="markers", marker={"size": 8, "symbol": "circle-open", "color": ACCENT})  # fmt: skip
        for place in np.flatnonzero(part & values.notna().to_numpy()):
            figure.add_annotation(x=given["x"][place], y=values.iloc[place], text=translate("일부 기간"), yshift=14,
                                  showarrow=False, font={"size": 11, "color": CONTEXT})  # fmt: skip


def _apart(heights: Sequence[float], pixels: float, least: float = 13.0) -> list[float]:
    """How many pixels to raise the name at each of ``heights`` (``pixels`` high per unit), so that no two overlap."""
    shifts, free = [0.0] * len(heights), -math.inf
    for place in sorted(range(len(heights)), key=lambda place: heights[place]):
        at = max(heights[place] * pixels, free)
        shifts[place], free = at - heights[place] * pixels, at + least
    return shifts


def _stacked(result: ReportResult) -> go.Figure:
    cells = result.cells
    frame, metric = cells.frame, cells.metrics[0]
    labelled = frame.assign(_x=_labels(result, 0), _name=_labels(result, 1),
                            _text=_texts(result, metric, frame[metric.id]), _row=range(len(frame)))  # fmt: skip
    figure = go.Figure()
    second = cells.dimensions[1]
    order = list(wording(second.words)) if second.words else sorted(set(labelled["d1"]))
    names = [result.value(1, raw) for raw in order if raw in set(labelled["d1"])]
    for place, name in enumerate(names):
        rows = labelled[labelled["_name"] == name]
        figure.add_bar(x=rows["_x"], y=rows[metric.id].astype(float), name=name, text=rows["_text"],
                       textposition="none", customdata=rows[["_row"]].to_numpy().tolist(),
                       marker_color=COLOURS[place % MOST_COLOURS],
                       hovertemplate=f"%{{x}} · {name}  %{{text}}" + _BARE)  # fmt: skip
    along = list(dict.fromkeys(labelled.sort_values("d0")["_x"]))
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=along)
    figure.update_yaxes(**_axis(result, metric))
    if (frame[metric.id].astype(float) < 0).any():
        figure.update_yaxes(rangemode="normal")
    return dressed(figure, HEIGHT + 30, barmode="relative", bargap=0.25, showlegend=True,
                   legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
                   margin={"l": 8, "r": 8, "t": 40, "b": 8})  # fmt: skip


def _heatmap(result: ReportResult) -> go.Figure:
    """Rows from top to bottom, columns from left to right; an unfinished cell is blank."""
    cells = result.cells
    frame, metric = cells.frame, cells.metrics[0]
    labelled = frame.assign(_row=_labels(result, 0), _column=_labels(result, 1), _place=range(len(frame)))
    cohort = result.report.shape == "cohort"
    if cohort:  # everybody is there at the beginning, which says nothing and would drown the rest
        labelled = labelled[labelled["d1"] > 0] if metric.id.endswith("rate") else labelled
    if labelled.empty:
        return dressed(go.Figure(), 40, xaxis={"visible": False}, yaxis={"visible": False})
    rows = list(dict.fromkeys(labelled["_row"]))
    columns = list(dict.fromkeys(labelled.sort_values("d1")["_column"]))
    values = labelled[metric.id].astype(float)
    least, most = float(values.min()), float(values.max())
    shades = ((values - least) / (most - least) if most > least else values * 0 + 0.5).tolist()
    texts = _texts(result, metric, values)
    across, down = ({name: place for place, name in enumerate(names)} for names in (columns, rows))
    figure = go.Figure()
    known = values.notna().tolist()
    fits = max(map(len, texts), default=0) * len(columns) <= MOST_LETTERS  # else only the short ones would be seen
    add_boxes(
        figure,
        [
            Box(place, across[column] - 0.49, down[row] - 0.48, 0.98, 0.96, f"{row} · {column}  {text}")
            for place, row, column, text in zip(
                labelled["_place"], labelled["_row"], labelled["_column"], texts, strict=True
            )
        ],
        [solid_shade(shade) if there else tint(CONTEXT, 0.0) for shade, there in zip(shades, known, strict=True)],
        [text if there else "" for text, there in zip(texts, known, strict=True)] if fits else None,
    )
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.5], tickvals=list(down.values()), ticktext=[_short(row) for row in rows],
        showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(
        range=[-0.5, len(columns) - 0.5], tickvals=list(across.values()), ticktext=columns, showgrid=False,
        side="top" if cohort else "bottom",
        title={"text": cells.dimensions[1].label(current_language()), "font": {"size": 12}},
    )  # fmt: skip
    return dressed(figure, max(240, 90 + 26 * len(rows)))


def _treemap(result: ReportResult) -> go.Figure:
    frame, metric = result.cells.frame, result.cells.metrics[0]
    values = frame[metric.id].astype(float).fillna(0.0)
    most = max(float(values.max()), 1.0)
    figure = go.Figure()
    add_areas(
        figure,
        [
            Area(row, value, label, text, f"{label}  {text}", solid_shade(value / most))
            for row, (value, label, text) in enumerate(
                zip(values, _labels(result, 0), _texts(result, metric, frame[metric.id]), strict=True)
            )
        ],
    )
    return dressed(figure, HEIGHT, margin={"l": 0, "r": 0, "t": 4, "b": 0})


def _scatter(result: ReportResult) -> go.Figure:
    """The first metric up, the second across, the third as the size."""
    frame = result.cells.frame
    up, across, size = result.cells.metrics
    known = frame.assign(_row=range(len(frame))).dropna(subset=[up.id, across.id])
    if known.empty:
        return dressed(go.Figure(), HEIGHT)
    labels = [result.value(0, raw) for raw in known["d0"]]
    biggest = float(known[size.id].max())
    figure = go.Figure(
        go.Scatter(
            x=known[across.id], y=known[up.id], mode="markers+text", text=[_short(label, 12) for label in labels],
            textposition="top center", textfont={"size": 10}, customdata=list(
                zip(known["_row"], labels, _texts(result, up, known[up.id]), _texts(result, across, known[across.id]),
                    _texts(result, size, known[size.id]), strict=True)
            ),
            marker={"size": known[size.id], "sizemode": "area", "sizeref": 2 * biggest / 30**2, "sizemin": 4,
                    "color": ACCENT, "opacity": 0.55, "line": {"width": 0}},
            hovertemplate="%{customdata[1]}<br>%{customdata[2]} · %{customdata[3]}<br>%{customdata[4]}" + _BARE,
        )
    )  # fmt: skip
    figure.update_xaxes(title={"text": across.label(current_language()), "font": {"size": 12}}, rangemode="tozero")
    figure.update_yaxes(**_axis(result, up))
    return dressed(figure, HEIGHT + 60)


def _sankey(result: ReportResult) -> go.Figure:
    frame = result.cells.frame
    starts, ends = _labels(result, 0), _labels(result, 1)
    places = dict.fromkeys([*starts, *ends])
    colours = {name: COLOURS[place % MOST_COLOURS] for place, name in enumerate(places)}
    flows: list[Flow] = []
    for row, (step, start, end, people) in enumerate(
        zip(frame["step"].astype(int), starts, ends, frame["customers"].astype(int), strict=True)
    ):
        told = f"{start} → {end}: {count_text(people, '명')}"
        flows.append(Flow(row, (step - 1, start), (step, end), people, told, tint(CONTEXT, 0.35)))
    met = {node for flow in flows for node in (flow.start, flow.end)}
    nodes = [
        (node, _short(node[1].rsplit(">", 1)[-1].strip(), 12), colours[node[1]])
        for node in sorted(met, key=lambda node: (node[0], list(places).index(node[1])))
    ]
    figure = go.Figure()
    height = HEIGHT + 60
    headings = [
        translate("{number}번째 주문").format(number=column + 1) for column in range(1 + max(node[0] for node in met))
    ]
    add_flows(figure, flows, nodes, headings, height)
    return dressed(figure, height, margin={"l": 8, "r": 8, "t": 28, "b": 8})


def _curve(result: ReportResult) -> go.Figure:
    """A curve of shares with its interval shaded."""
    frame, metric = result.cells.frame, result.cells.metrics[0]
    figure = go.Figure()
    figure.add_scatter(x=frame["d0"], y=frame["high"], mode="lines", line={"width": 0}, hoverinfo="skip")
    figure.add_scatter(x=frame["d0"], y=frame["low"], mode="lines", line={"width": 0}, fill="tonexty",
                       fillcolor=tint(ACCENT, 0.14), hoverinfo="skip")  # fmt: skip
    figure.add_scatter(x=frame["d0"], y=frame[metric.id], mode="lines+markers", line={"color": ACCENT, "width": 2.5},
                       customdata=_rows(frame), **UNSEEN,
                       text=_texts(result, metric, frame[metric.id]),
                       hovertemplate=translate("{day}일 안에").format(day="%{x}") + "  %{text}" + _BARE)  # fmt: skip
    figure.update_xaxes(title={"text": translate("첫 구매 뒤 날수"), "font": {"size": 12}}, rangemode="tozero")
    figure.update_yaxes(**_axis(result, metric))
    return dressed(figure, HEIGHT)


def _pareto(result: ReportResult) -> go.Figure:
    frame, metric = result.cells.frame, result.cells.metrics[0]
    figure = go.Figure()
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", line={"color": CONTEXT, "dash": "dot", "width": 1},
                       hoverinfo="skip")  # fmt: skip
    told = translate("상위 {share} %").format(share="%{x}") + "  %{y:.1f} %" + _BARE
    figure.add_scatter(
        x=[0, *frame["d0"]], y=[0, *frame[metric.id]], mode="lines+markers", fill="tozeroy",
        fillcolor=tint(ACCENT, 0.10), line={"color": ACCENT, "width": 2.5}, customdata=[[None], *_rows(frame)],
        hovertemplate=told, **UNSEEN,
    )  # fmt: skip
    figure.update_xaxes(title={"text": translate("구매액 상위 고객 (%)"), "font": {"size": 12}}, range=[0, 100])
    figure.update_yaxes(**_axis(result, metric), range=[0, 103])
    return dressed(figure, HEIGHT)


_CHARTS: Mapping[Chart, Callable[[ReportResult], go.Figure]] = {
    "bar": _bar,
    "histogram": _bar,
    "line": _line,
    "stacked_bar": _stacked,
    "heatmap": _heatmap,
    "scatter": _scatter,
    "sankey": _sankey,
    "treemap": _treemap,
    "curve": _curve,
    "pareto": _pareto,
}
