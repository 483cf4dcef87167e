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

#: How many values are counted before the list is cut to what was asked for.
MOST_COUNTED = 1_000

_LISTED = ("category", "string", "id", "set", "text_set")


def suggest(engine: Engine, visits: Visits, condition_id: str, query: str, limit: int) -> pd.DataFrame:
    """Columns value, label, visits; the catalogue's own values come with 0 where no visit has them.

    ``query`` keeps values or labels that contain it, whatever the case. Empty for conditions without values.
    """
    entry = CONDITIONS[condition_id]
    counted: dict[str, int] = {}
    found = _counts_query(visits, condition_id)
    if found is not None:
        counted = {str(value): int(n) for value, n in engine.execute(found.limit(MOST_COUNTED))}
    for value in entry.values:
        counted.setdefault(value, 0)
    language = current_language()
    place = 0 if language == "ko" else 1
    rows = [(value, entry.values[value][place] if value in entry.values else value, n) for value, n in counted.items()]
    asked = query.strip().lower()
    kept = [row for row in rows if asked in row[0].lower() or asked in row[1].lower()]
    kept.sort(key=lambda row: -row[2])
    return pd.DataFrame(kept[:limit], columns=["value", "label", "visits"])


def suggest_param(engine: Engine, condition_id: str, param: str, query: str, limit: int) -> pd.DataFrame:
    """Columns value, label, visits (0: not counted) for a parameter that names a product, category or brand.

    A category comes with those above it: '아우터 > 코트' offers '아우터' too. Empty for other parameters but those
    whose values the catalogue lists.
    """
    spec = next(spec for spec in CONDITIONS[condition_id].params if spec.name == param)
    products = tables.products.c
    place = 0 if current_language() == "ko" else 1
    rows = {value: wording[place] for value, wording in spec.values.items()}
    if spec.type == "product":
        found = engine.execute(select(products.product_id, products.name).order_by(products.name))
        rows |= {row.product_id: row.name for row in found}
    elif spec.type in ("category", "brand"):
        column = products.category if spec.type == "category" else products.brand
        known = engine.execute(select(column.label("value")).where(column.is_not(None)).distinct())
        rows |= {text: text for row in known for text in _with_parents(row.value)}
    asked = query.strip().lower()
    kept = [(value, label, 0) for value, label in rows.items() if asked in value.lower() or asked in label.lower()]
    return pd.DataFrame(sorted(kept, key=lambda row: row[1])[:limit], columns=["value", "label", "visits"])


def _with_parents(category: str) -> list[str]:
    parts = category.split(" > ")
    return [" > ".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


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
