"""Values a condition's input can offer, with how many visits of the last 7 days have them."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, String, cast, func, select

from ifdo_core import tables
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.spec import Aggregate, MemberFact, VisitColumn
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query
from ifdo_core.i18n import current_language
from ifdo_core.segments.subjects import Visits

_LISTED = ("category", "string", "id", "set", "text_set")


def suggest(engine: Engine, visits: Visits, condition_id: str, query: str, limit: int) -> pd.DataFrame:
    """Columns value, label, visits; the catalogue's own values come with 0 where no visit has them.

    ``query`` keeps values or labels that contain it, whatever the case. Empty for conditions without values.
    """
    entry = CONDITIONS[condition_id]
    counted: dict[str, int] = {}
    found = _counts_query(visits, condition_id)
    if found is not None:
        counted = {str(value): int(n) for value, n in engine.execute(found.limit(1_000))}
    for value in entry.values:
        counted.setdefault(value, 0)
    language = current_language()
    place = 0 if language == "ko" else 1
    rows = [(value, entry.values[value][place] if value in entry.values else value, n) for value, n in counted.items()]
    asked = query.strip().lower()
    kept = [row for row in rows if asked in row[0].lower() or asked in row[1].lower()]
    kept.sort(key=lambda row: -row[2])
    return pd.DataFrame(kept[:limit], columns=["value", "label", "visits"])


def _counts_query(visits: Visits, condition_id: str) -> Query | None:
    """Values with their visits, the most frequent first; None where the condition has no listed values."""
    entry = CONDITIONS[condition_id]
    spec = entry.spec
    if entry.type not in _LISTED or entry.kind == "live":
        return None
    if isinstance(spec, VisitColumn):
        return _grouped(cast(visits.visit[spec.name], String), visits.source, visits)
    if isinstance(spec, MemberFact) and spec.name in tables.members.c:
        value = visits.member.c[spec.name]
        return _grouped(value, visits.source, visits)
    if isinstance(spec, Aggregate) and spec.source == "events" and spec.column and spec.column in tables.events.c:
        events = tables.events.alias("event")
        source = visits.row.join(events, events.c.visitor_id == visits.visit.visitor_id)
        inside = events.c.ts.between(visits.visit.started_at, visits.visit.ended_at)
        return _grouped(events.c[spec.column], source, visits).where(inside)
    return None


def _grouped(value: ColumnElement[str], source: FromClause, visits: Visits) -> Query:
    return (
        select(value.label("value"), func.count(visits.key.distinct()).label("visits"))
        .select_from(source)
        .where(*visits.where(), value.is_not(None))
        .group_by(value)
        .order_by(func.count(visits.key.distinct()).desc(), value)
    )
