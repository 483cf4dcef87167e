"""The scans behind the statistics: around the compiled condition that the count uses too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from ifdo_core import tables
from ifdo_core.catalogue.aspects import Aspect, HourOfWeek, InVisit
from ifdo_core.catalogue.spec import MemberFact, StateColumn, VisitColumn, VisitFact
from ifdo_core.engines.sql import Query, as_int, instant
from ifdo_core.segments.compile import Compiler
from ifdo_core.segments.facts import member_fact, state_fact, visit_fact
from ifdo_core.segments.model import Node
from ifdo_core.segments.subjects import Visits

#: What stands for an unknown value while grouping, where null means 'another dimension'.
UNKNOWN = ""


def breakdown_query(visits: Visits, where: Node, dimensions: Sequence[Aspect]) -> Query:
    """One scan for all dimensions with one value a visit: columns d0, d1 … (all but one null), visits, visits_all."""
    matches = as_int(Compiler(visits).node(where))
    values = [func.coalesce(_text(_value(visits, dimension)), UNKNOWN) for dimension in dimensions]
    marked = (
        select(*(value.label(f"d{place}") for place, value in enumerate(values)), matches.label("matches"))
        .select_from(visits.source)
        .where(*visits.where())
        .subquery("marked")
    )
    keys = [marked.c[f"d{place}"] for place in range(len(values))]
    return select(
        *keys, cast(func.sum(marked.c.matches), BigInteger).label("visits"), func.count().label("visits_all")
    ).group_by(func.grouping_sets(*(tuple_(key) for key in keys)))


def visitors_query(visits: Visits, where: Node) -> Query:
    """One row: visits and visitors of the segment and of all; the sums of squares of visits a visitor has in the
    segment and outside of it, for the design effects."""
    marked = _marked(visits, where)
    m = marked.c
    own = (
        select(
            m.visitor_id,
            cast(func.sum(m.matches), BigInteger).label("mine"),
            cast(func.count() - func.sum(m.matches), BigInteger).label("others"),
        )
        .group_by(m.visitor_id)
        .subquery("own")
    )
    mine, others = own.c.mine, own.c.others
    return select(
        cast(func.coalesce(func.sum(mine), 0), BigInteger).label("visits"),
        cast(func.coalesce(func.sum(mine + others), 0), BigInteger).label("visits_all"),
        func.count(case((mine > 0, 1))).label("visitors"),
        func.count().label("visitors_all"),
        cast(func.coalesce(func.sum(mine * mine), 0), BigInteger).label("squares"),
        cast(func.coalesce(func.sum(others * others), 0), BigInteger).label("squares_rest"),
    )


def in_visit_query(visits: Visits, where: Node, dimensions: Sequence[Aspect]) -> Query:
    """One statement for all dimensions with several values a visit: columns place, value, name, visits, visits_all."""
    marked = _marked(visits, where)
    parts = [_hits(visits, marked, place, dimension.value) for place, dimension in enumerate(dimensions)]
    hits = union_all(*parts).subquery("hits")
    h = hits.c
    return (
        select(
            h.place,
            h.value,
            func.max(h.name).label("name"),
            func.count(case((h.matches == 1, h.visit_id)).distinct()).label("visits"),
            func.count(h.visit_id.distinct()).label("visits_all"),
        )
        .where(h.value.is_not(None), h.value != UNKNOWN)
        .group_by(h.place, h.value)
    )


def _marked(visits: Visits, where: Node) -> CTE:
    """The window's visits, each with whether it matches."""
    matches = as_int(Compiler(visits).node(where))
    v = visits.visit
    names = ("visit_id", "visitor_id", "person", "source_visit_id", "started_at", "ended_at")
    return (
        select(*(v[name].label(name) for name in names), matches.label("matches"))
        .select_from(visits.source)
        .where(*visits.where())
        .cte("marked_visits")
    )


def _hits(visits: Visits, marked: CTE, place: int, value: Any) -> Query:
    assert isinstance(value, InVisit)
    m, product = marked.c, tables.products.alias("product")
    if value.event == "purchase":
        bought = visits.marts.baskets.alias("bought")
        row, category = bought.c, bought.c.category
        source = marked.join(bought, and_(row.person == m.person, row.ts.between(m.started_at, m.ended_at)))
        limits: list[ColumnElement[bool]] = []
    else:
        event = tables.events.alias("event")
        row, category = event.c, func.coalesce(event.c.category, product.c.category)
        same = or_(m.source_visit_id == row.visit_id, and_(m.source_visit_id.is_(None), row.visit_id.is_(None)))
        source = marked.join(event, and_(row.visitor_id == m.visitor_id, row.ts.between(m.started_at, m.ended_at)))
        limits = [same, row.name == value.event, row.ts >= instant(visits.earliest), row.ts <= instant(visits.now)]
    by_product = value.of == "product"
    return (
        select(
            literal(place).label("place"),
            (row.product_id if by_product else category).label("value"),
            (func.coalesce(product.c.name, row.product_id) if by_product else category).label("name"),
            m.visit_id.label("visit_id"),
            m.matches.label("matches"),
        )
        .select_from(source.outerjoin(product, product.c.product_id == row.product_id))
        .where(*limits)
    )


def _value(visits: Visits, dimension: Aspect) -> ColumnElement[Any]:
    match dimension.value:
        case VisitColumn(name):
            return visits.visit[name]
        case VisitFact(name):
            return visit_fact(visits, name)
        case StateColumn(name):
            return state_fact(visits, name)
        case MemberFact(name):
            return member_fact(visits, name)
        case HourOfWeek():
            return visits.visit.weekday * 24 + visits.visit.hour
        case InVisit():
            raise TypeError(f"{dimension.id} has several values a visit")


def _text(value: ColumnElement[Any]) -> ColumnElement[str]:
    if isinstance(value.type, Boolean):
        return case((value.is_(True), "true"), (value.is_(False), "false"))
    return value if isinstance(value.type, String) else cast(value, String)
