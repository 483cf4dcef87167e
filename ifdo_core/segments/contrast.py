"""Two segments side by side: how large, how much of each is in the other, and in which attributes they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import erfc, sqrt
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from sqlalchemy import Integer, String, cast, func, literal, or_, select, union_all

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.charts import ACCENT, CONTEXT, GRID
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, as_int
from ifdo_core.formats import count_text, percent_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.segments.compile import Compiler
from ifdo_core.segments.model import Leaf, Node
from ifdo_core.segments.overlap import Overlap
from ifdo_core.segments.subjects import Visits

#: What is looked at, as the conditions of the catalogue have it.
ATTRIBUTES = (
    "acquisition.channel", "acquisition.landing_page_type", "traffic.device", "traffic.is_returning",
    "traffic.region", "traffic.time_slot", "traffic.is_weekend", "commerce.furthest_step", "purchase.has_purchased",
    "member.is_member", "member.grade", "member.gender", "member.age_group",
)  # fmt: skip
#: A difference is named when it is at least this large and unlikely to be chance, all rows taken together.
LEAST_DIFFERENCE, LEAST_CERTAIN = 0.03, 0.01
MOST_BARS = 8


@dataclass(frozen=True)
class Comparison:
    """``numbers``: rows visits and visitors; columns a, b, both, only_a, only_b. ``differences``: attribute, label,
    value, text, visits_a, visits_b, share_a, share_b, difference (of shares, a less b), p_value (two shares, corrected
    for the number of rows), matters; the largest first."""

    names: tuple[str, str]
    now: datetime
    numbers: pd.DataFrame = field(repr=False)
    differences: pd.DataFrame = field(repr=False)

    def frame(self) -> pd.DataFrame:
        return self.differences

    @property
    def told(self) -> pd.DataFrame:
        """The differences that matter."""
        return self.differences[self.differences["matters"]]

    def figure(self) -> go.Figure:
        """The largest differences that matter: two bars each."""
        shown = self.told.head(MOST_BARS).iloc[::-1]
        figure = go.Figure()
        for side, name, color in (("share_b", self.names[1], CONTEXT), ("share_a", self.names[0], ACCENT)):
            figure.add_bar(
                y=[f"{row.label}: {row.text}" for row in shown.itertuples()],
                x=[100 * share for share in shown[side]],
                name=name,
                orientation="h",
                marker_color=color,
                text=[percent_text(100 * share) for share in shown[side]],
                textposition="outside",
                cliponaxis=False,
                hovertemplate="%{y}<br>%{text}<extra>" + name + "</extra>",
            )
        figure.update_layout(
            height=60 + 52 * max(len(shown), 1),
            margin={"l": 0, "r": 40, "t": 30, "b": 0},
            barmode="group",
            bargap=0.35,
            legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "reversed"},
            plot_bgcolor="rgba(0,0,0,0)",
            paper_bgcolor="rgba(0,0,0,0)",
            xaxis={"rangemode": "tozero", "ticksuffix": " %", "gridcolor": GRID, "nticks": 5},
            yaxis={"automargin": True},
        )
        return figure

    def insight(self) -> str:
        """Sizes, what they share, and the largest difference."""
        first, second = self.names
        visits: Any = self.numbers.loc["visits"]
        said = translate("‘{first}’ {a}, ‘{second}’ {b}, 둘 다 {both}이에요.").format(
            first=first, second=second, a=count_text(int(visits["a"]), "건"), b=count_text(int(visits["b"]), "건"),
            both=count_text(int(visits["both"]), "건"),
        )  # fmt: skip
        if not visits["a"] or not visits["b"]:
            return f"{said} {translate('한쪽에 방문이 없어 견줄 것이 없어요.')}"
        if self.told.empty:
            return f"{said} {translate('주요 속성에서는 뚜렷한 차이가 없어요.')}"
        largest: Any = next(self.told.itertuples())
        difference = translate("가장 다른 점은 {label} ‘{text}’: {share_a} 대 {share_b}예요.").format(
            label=largest.label,
            text=largest.text,
            share_a=percent_text(100 * largest.share_a),
            share_b=percent_text(100 * largest.share_b),
        )
        return f"{said} {difference}"


def compare_segments(engine: Engine, visits: Visits, trees: tuple[Node, Node], shared: Overlap) -> Comparison:
    """``shared``: the overlap of the two, whose names and counts are taken."""
    first, second = shared.names
    counted = {inside: (visits, visitors) for inside, visits, visitors in shared.combinations.itertuples(index=False)}
    numbers: dict[str, list[int]] = {}
    for place, row in enumerate(("visits", "visitors")):
        a, b, both = (counted.get(key, (0, 0))[place] for key in ((first,), (second,), (first, second)))
        numbers[row] = [a + both, b + both, both, a, b]
    frame = pd.DataFrame.from_dict(numbers, orient="index", columns=["a", "b", "both", "only_a", "only_b"])
    totals = (numbers["visits"][0], numbers["visits"][1])
    rows = engine.execute(shares_query(visits, trees)) if all(totals) else []
    return Comparison((first, second), shared.now, frame, _differences(rows, totals))


def shares_query(visits: Visits, trees: tuple[Node, Node]) -> Query:
    """Columns attribute (its place in ``ATTRIBUTES``), value (text, or null), visits of a, visits of b."""
    compiler = Compiler(visits)
    in_a, in_b = (compiler.node(tree) for tree in trees)
    values = [
        cast(compiler.value(CONDITIONS[name], Leaf(name, "is_known")), String).label(f"v{place}")
        for place, name in enumerate(ATTRIBUTES)
    ]
    marked = (
        select(as_int(in_a).label("in_a"), as_int(in_b).label("in_b"), *values)
        .select_from(visits.source)
        .where(*visits.where(), or_(in_a, in_b))
        .cte("marked")
    )
    parts: list[Any] = []
    for place in range(len(ATTRIBUTES)):
        value = marked.c[f"v{place}"]
        counts = (func.sum(marked.c.in_a).label("a"), func.sum(marked.c.in_b).label("b"))
        parts.append(select(literal(place, Integer).label("attribute"), value.label("value"), *counts).group_by(value))
    return union_all(*parts)  # type: ignore[return-value]


_COLUMNS = (
    "attribute", "label", "value", "text", "visits_a", "visits_b", "share_a", "share_b", "difference", "p_value",
    "matters",
)  # fmt: skip


def _differences(rows: Any, totals: tuple[int, int]) -> pd.DataFrame:
    language, place = current_language(), 0 if current_language() == "ko" else 1
    found: list[tuple[object, ...]] = []
    for attribute, value, visits_a, visits_b in rows:
        entry = CONDITIONS[ATTRIBUTES[attribute]]
        a, b = int(visits_a), int(visits_b)
        share_a, share_b = a / totals[0], b / totals[1]
        p_value = min(1.0, _p_value(a, b, totals) * len(rows))
        large = abs(share_a - share_b) >= LEAST_DIFFERENCE
        # what is not known of somebody is no difference in kind, and mostly says again who is a member
        matters = value is not None and large and p_value < LEAST_CERTAIN
        label = entry.label(language)
        text = _text(value, entry.type == "boolean", entry.values, place)
        found.append((entry.id, label, value, text, a, b, share_a, share_b, share_a - share_b, p_value, matters))
    # of a yes-no attribute both answers differ alike: yes is enough
    found = [row for row in found if CONDITIONS[str(row[0])].type != "boolean" or _is_yes(row[2])]
    found.sort(key=lambda row: (-abs(row[8]), row[0], str(row[2])))  # type: ignore[arg-type, operator]
    return pd.DataFrame(found, columns=list(_COLUMNS)).astype({"matters": bool})


def _text(value: object, yes_no: bool, values: dict[str, tuple[str, str]], place: int) -> str:
    if value is None:
        return translate("알 수 없음")
    if yes_no:
        return translate("예") if _is_yes(value) else translate("아니요")
    return values[str(value)][place] if str(value) in values else str(value)


def _is_yes(value: object) -> bool:
    return str(value).lower() in ("true", "1", "t")


def _p_value(a: int, b: int, totals: tuple[int, int]) -> float:
    """Two-sided, of the difference between two shares (pooled normal approximation)."""
    pooled = (a + b) / (totals[0] + totals[1])
    spread = sqrt(pooled * (1 - pooled) * (1 / totals[0] + 1 / totals[1]))
    return erfc(abs(a / totals[0] - b / totals[1]) / spread / sqrt(2)) if spread else 1.0
