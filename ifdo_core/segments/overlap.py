"""How segments overlap: the visits and visitors of each exact combination, from one scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from sqlalchemy import Integer, func, literal, select, union_all

from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, as_int
from ifdo_core.errors import DataError
from ifdo_core.formats import count_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.segments.compile import Compiler
from ifdo_core.segments.model import Node, Segment
from ifdo_core.segments.subjects import Visits
from ifdo_core.segments.upset import upset_figure

#: A picture of more is not read any more.
MAX_SEGMENTS = 20


@dataclass(frozen=True)
class Overlap:
    """``combinations``: one row for each set of segments that somebody is in, and in no other of them: the columns
    segments (tuple of names, empty: in none), visits, visitors. A visitor is in each segment that any of its visits of
    7 days matches. ``sizes``: segment, visits, visitors. ``left_out``: name → why it could not be counted."""

    names: tuple[str, ...]
    now: datetime
    combinations: pd.DataFrame = field(repr=False)
    sizes: pd.DataFrame = field(repr=False)
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])

    def frame(self) -> pd.DataFrame:
        """The combinations with a column of its own for each segment: names …, visits, visitors."""
        marks = {name: [name in row for row in self.combinations["segments"]] for name in self.names}
        return pd.DataFrame({**marks, "visits": self.combinations["visits"], "visitors": self.combinations["visitors"]})

    def figure(self, *, narrow: bool = False) -> go.Figure:
        """UpSet: a bar for each combination, dots for the segments in it, the largest first; ``narrow``: fewer."""
        return upset_figure(self.names, self.combinations, self.sizes, narrow=narrow)

    def insight(self, of: str | None = None) -> str:
        """The two segments that share most, by visits; ``of``: that segment and the one it shares most with."""
        if len(self.names) < 2:
            return translate("셀 수 있는 세그먼트가 둘 이상이어야 겹침을 볼 수 있어요.")
        pairs = [pair for pair in self._pairs() if of is None or of in pair]
        first, second, shared = max(pairs, key=lambda pair: pair[2], default=("", "", 0))
        if not shared:
            return translate("최근 7일에 두 세그먼트 이상에 함께 든 방문이 없어요.")
        size = self.sizes.set_index("segment")["visits"]
        smaller = first if size[first] <= size[second] else second
        return translate(
            "‘{first}’ 세그먼트와 ‘{second}’ 세그먼트가 가장 많이 겹쳐요: {visits}, ‘{smaller}’의 {share}예요."
        ).format(
            first=first,
            second=second,
            visits=count_text(shared, "건"),
            smaller=smaller,
            share=percent_text(100 * shared / int(size[smaller])),
        )

    def _pairs(self) -> list[tuple[str, str, int]]:
        """Visits that two segments share, whatever else they are in."""
        found: list[tuple[str, str, int]] = []
        for place, first in enumerate(self.names):
            for second in self.names[place + 1 :]:
                both = [first in row and second in row for row in self.combinations["segments"]]
                found.append((first, second, int(self.combinations["visits"][both].sum())))
        return found


def overlap(engine: Engine, visits: Visits, segments: Mapping[str, Segment], left_out: Mapping[str, str]) -> Overlap:
    """``segments`` by name, resolved and countable. Raises DataError for more than can be pictured."""
    if len(segments) > MAX_SEGMENTS:
        raise DataError(
            "too_many_segments",
            "겹침은 한 번에 {limit}개까지 볼 수 있어요: {asked}개를 골랐어요.",
            "볼 세그먼트를 줄여 주세요.",
            limit=MAX_SEGMENTS,
            asked=len(segments),
        )
    names = tuple(segments)
    rows = engine.execute(overlap_query(visits, [segment.where for segment in segments.values()])) if names else []
    counted: dict[tuple[str, ...], list[int]] = {}
    for kind, *bits, number in rows:
        inside = tuple(name for name, bit in zip(names, bits, strict=True) if bit)
        counted.setdefault(inside, [0, 0])[int(kind)] = int(number)
    ordered = sorted(counted.items(), key=lambda item: (-item[1][0], len(item[0]), item[0]))
    combinations = pd.DataFrame(
        {
            "segments": pd.Series([inside for inside, _ in ordered], dtype=object),
            "visits": pd.Series([numbers[0] for _, numbers in ordered], dtype="int64"),
            "visitors": pd.Series([numbers[1] for _, numbers in ordered], dtype="int64"),
        }
    )
    return Overlap(names, visits.now, combinations, _sizes(names, counted), left_out)


def overlap_query(visits: Visits, trees: Sequence[Node]) -> Query:
    """Columns kind (0: visits, 1: visitors), one 0/1 for each tree, and the number of that exact combination."""
    compiler = Compiler(visits)
    flags = [as_int(compiler.node(tree)).label(f"s{place}") for place, tree in enumerate(trees)]
    flagged = (
        select(visits.visit.visitor_id.label("visitor_id"), *flags)
        .select_from(visits.source)
        .where(*visits.where())
        .subquery("flagged")
    )
    bits = [flagged.c[flag.name] for flag in flags]
    # one row a visitor and combination, so that both counts come from the same scan
    marked = (
        select(flagged.c.visitor_id, *bits, func.count().label("visits"))
        .group_by(flagged.c.visitor_id, *bits)
        .cte("marked")
    )
    own = [marked.c[flag.name] for flag in flags]
    person = (
        select(marked.c.visitor_id, *(func.max(bit).label(bit.name) for bit in own))
        .group_by(marked.c.visitor_id)
        .subquery("person")
    )
    theirs = [person.c[flag.name] for flag in flags]
    of_visits: Any = select(literal(0, Integer).label("kind"), *own, func.sum(marked.c.visits).label("number"))
    of_visitors: Any = select(literal(1, Integer).label("kind"), *theirs, func.count().label("number"))
    return union_all(of_visits.group_by(*own), of_visitors.group_by(*theirs))  # type: ignore[return-value]


def _sizes(names: Sequence[str], counted: Mapping[tuple[str, ...], Sequence[int]]) -> pd.DataFrame:
    rows = [
        (name, *(sum(numbers[kind] for inside, numbers in counted.items() if name in inside) for kind in (0, 1)))
        for name in names
    ]
    return pd.DataFrame(rows, columns=["segment", "visits", "visitors"])
