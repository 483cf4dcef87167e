"""The sizes of many segments in one scan: each is a flag, and the visits of each flag are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments.compile import DAY, Compiler
from ifdo_core.segments.explain import explain
from ifdo_core.segments.model import Node, Segment
from ifdo_core.segments.reasons import NO_NUMBER, Reason
from ifdo_core.segments.subjects import Visits

#: Trees in one statement; more make the statement longer without making the scan shorter.
AT_ONCE = 40


@dataclass(frozen=True)
class Size:
    """Matching visits of 7 days and 24 hours; None with the reason where they cannot be known."""

    visits_7d: int | None
    visits_24h: int | None
    reason: Reason | None = None


def sizes(
    engine: Engine, visits: Visits, holdings: Holdings, segments: Mapping[str, Segment], now: datetime
) -> dict[str, Size]:
    """Keyed as ``segments``, which are resolved; ``visits`` those of 7 days before ``now``."""
    found: dict[str, Size] = {}
    for key, segment in segments.items():
        reasons = explain(segment, holdings, now)
        if missing := next((reason for reason in reasons if reason.code in NO_NUMBER), None):
            found[key] = Size(None, None, missing)
        else:
            lacking = next((reason for reason in reasons if reason.code.startswith("missing_")), None)
            found[key] = Size(0, 0, lacking)
    asked = [key for key, size in found.items() if size.visits_7d is not None]
    counts = tree_counts(engine, visits, [segments[key].where for key in asked])
    for key, (week, day) in zip(asked, counts, strict=True):
        found[key] = Size(week, day, found[key].reason)
    return {key: found[key] for key in segments}


def tree_counts(engine: Engine, visits: Visits, trees: Sequence[Node | None]) -> list[tuple[int, int]]:
    """Matching visits (of the window, of its last 24 hours) for each tree."""
    counts: list[tuple[int, int]] = []
    for start in range(0, len(trees), AT_ONCE):
        row = engine.execute(sizes_query(visits.again(), trees[start : start + AT_ONCE]))[0]
        counts += [(int(row[place]), int(row[place + 1])) for place in range(0, len(row), 2)]
    return counts


def sizes_query(visits: Visits, trees: Sequence[Node | None]) -> Query:
    """One row: for each tree the matching visits, and those of the last 24 hours."""
    compiler, recent = Compiler(visits), visits.since(DAY)
    flags = [compiler.node(tree) for tree in trees]
    counts = [
        func.count(case((condition, 1))).label(f"n_{place}_{name}")
        for place, flag in enumerate(flags)
        for name, condition in (("7d", flag), ("24h", and_(flag, recent)))
    ]
    return select(*counts).select_from(visits.source).where(*visits.where())
