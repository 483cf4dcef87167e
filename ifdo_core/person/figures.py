"""Pictures of one customer: purchases over time with what led to them, and the grade's steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ifdo_core.charts import ACCENT, BAD, CONTEXT, GOOD, dressed, tint
from ifdo_core.formats import money_short
from ifdo_core.i18n import translate

if TYPE_CHECKING:
    from ifdo_core.person.result import Customer

HEIGHT = 260
#: Rows under the purchases: kind → place and colour.
_UNDER = {"visit": (-0.13, CONTEXT), "cart": (-0.24, GOOD), "message": (-0.35, BAD)}


def _local(found: Customer, at: datetime) -> datetime:
    """The shop's clock without a zone, as plotly draws it."""
    return at.replace(tzinfo=UTC).astimezone(found.zone).replace(tzinfo=None)


def history_figure(found: Customer) -> go.Figure:
    """A stem a purchase, as high as its amount; small marks for visits, carts and messages below; the window in which
    the next purchase is expected is shaded."""
    figure = go.Figure()
    orders = [moment for moment in found.moments if moment.kind == "order"]
    most = max((moment.amount or 0 for moment in orders), default=0) or 1
    for moment in orders:
        at, amount = _local(found, moment.at), (moment.amount or 0) / most
        counts = moment.facts["status"] not in ("cancelled", "refunded", "pending", "authorized")
        figure.add_scatter(
            x=[at, at], y=[0, amount], mode="lines+markers", marker={"size": [0, 9]},
            line={"color": ACCENT if counts else CONTEXT, "width": 2},
            text=["", found.told(moment)], hovertemplate="%{x|%Y-%m-%d}<br>%{text}<extra></extra>",
        )  # fmt: skip
    words = {"visit": translate("방문"), "cart": translate("장바구니"), "message": translate("메시지")}
    there: list[str] = []
    for kind, (place, colour) in _UNDER.items():
        rows = [moment for moment in found.moments if moment.kind == kind]
        if not rows:
            continue
        there.append(kind)
        figure.add_scatter(
            x=[_local(found, moment.at) for moment in rows], y=[place] * len(rows), mode="markers",
            marker={"size": 7, "color": colour, "symbol": "line-ns-open"}, text=[found.told(moment) for moment in rows],
            hovertemplate="%{x|%Y-%m-%d %H:%M}<br>%{text}<extra></extra>",
        )  # fmt: skip
    window = found.by_model
    now = _local(found, found.now)
    if window is not None and window.low < 400:
        low, high = (now + timedelta(days=min(days, 400)) for days in (window.low, window.high))
        figure.add_vrect(x0=low, x1=high, fillcolor=tint(ACCENT, 0.12), line_width=0)
        figure.add_annotation(
            x=low, y=1.05, text=translate("다음 구매 예상"), showarrow=False, xanchor="left",
            font={"size": 11, "color": ACCENT},
        )  # fmt: skip
    figure.add_vline(x=now, line={"color": CONTEXT, "dash": "dot", "width": 1})
    steps = [0.0, 0.5, 1.0] if orders else []
    low_end = min((_UNDER[kind][0] for kind in there), default=0.0) - 0.08
    return dressed(
        figure,
        HEIGHT,
        yaxis={
            "tickvals": [*(_UNDER[kind][0] for kind in there), *steps],
            "ticktext": [*(words[kind] for kind in there), *(money_short(most * at, found.currency) for at in steps)],
            "range": [low_end, 1.14 if orders else 0.1],
            "fixedrange": True,
        },
        xaxis={"tickformat": "%y.%m.%d", "nticks": 8},
        hoverlabel={"align": "left"},
    )  # fmt: skip


def grades_figure(found: Customer) -> go.Figure:
    """Steps between grades, the best at the top; empty where the history holds none."""
    figure = go.Figure()
    rows = [moment for moment in found.moments if moment.kind == "grade"][::-1]
    if not rows:
        return dressed(figure, HEIGHT)
    out = translate("기간 밖")
    labels = {grade.ko: grade.label() for grade in found.grades.grades}
    names = [labels.get(moment.facts["after"], moment.facts["after"]) or out for moment in rows]
    at = [_local(found, moment.at) for moment in rows]
    order = [*(label for label in labels.values() if label in names), *dict.fromkeys(
        name for name in names if name not in labels.values()
    )]  # fmt: skip
    figure.add_scatter(
        x=[*at, _local(found, found.now)], y=[*names, names[-1]], mode="lines+markers",
        line={"color": ACCENT, "shape": "hv"}, marker={"size": [8] * len(at) + [0]},
        hovertemplate="%{x|%Y-%m-%d}  %{y}<extra></extra>",
    )  # fmt: skip
    return dressed(
        figure, 90 + 34 * len(order),
        yaxis={"type": "category", "categoryorder": "array", "categoryarray": order[::-1]},
        xaxis={"tickformat": "%y.%m.%d", "nticks": 8},
    )  # fmt: skip
