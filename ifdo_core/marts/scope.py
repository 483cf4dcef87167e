"""Whose marts a load touched: the persons to rebuild and all their visitors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Insert, func, literal, or_, select, union

from ifdo_core import tables
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, insert_from, instant
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.identity import identity_query, member_person, visitor_person
from ifdo_core.marts.work import WorkTables

touched = tables.touched
#: Above this share of all visitors one full pass is cheaper than picking.
FULL_ABOVE = 0.3


def _touched(owner: str) -> Query:
    return select(touched.c.id).where(touched.c.owner == owner)


def moved_into_view(since: datetime) -> list[Insert]:
    """Marks the persons of orders placed or refunded after ``since`` as touched: when now moves, these orders come
    into view or leave it though nobody loaded them again."""
    orders = tables.orders.c
    moved = or_(orders.ts > instant(since), orders.refunded_at > instant(since))
    return [
        insert_from(
            touched,
            select(literal(owner).label("owner"), orders[owner].label("id")).where(moved, orders[owner].is_not(None)),
        )
        for owner in tables.OWNERS["orders"]
    ]


def touched_scope(engine: Engine, work: WorkTables, until: Cut) -> Cut | None:
    """The persons touched since the last build with all their visitors, or None when a full build is due.

    A person is touched by its own rows, and by a visitor that came to it or left it.
    """
    own_visitors = work.make("touched_visitors", union_ids(_touched("visitor_id")))
    fresh = work.make("touched_identity", identity_query(Cut(until.until, visitors=own_visitors)))
    identity, orders = tables.identity.c, tables.person_orders.c
    persons = work.make(
        "persons",
        union_ids(
            select(fresh.c.person),
            select(identity.person).where(identity.visitor_id.in_(select(own_visitors.c.id))),
            select(visitor_person(own_visitors.c.id)),
            select(member_person(touched.c.id)).where(touched.c.owner == "member_id"),
            select(literal("o:").concat(touched.c.id)).where(touched.c.owner == "order_id"),
            select(orders.person).where(orders.order_id.in_(_touched("order_id"))),
        ),
    )
    visitors = work.make(
        "visitors",
        union_ids(
            select(own_visitors.c.id),
            select(identity.visitor_id).where(identity.person.in_(select(persons.c.id))),
        ),
    )
    known = engine.scalar(select(func.count()).select_from(tables.identity)) or 0
    again = engine.scalar(select(func.count()).select_from(visitors)) or 0
    if again > FULL_ABOVE * max(known, 1):
        return None
    theirs = select(tables.events).where(
        until.upto(tables.events.c.ts), tables.events.c.visitor_id.in_(select(visitors.c.id))
    )
    return Cut(until.until, visitors, persons, events=work.make("events", theirs))


def union_ids(*queries: Query) -> Query:
    """The distinct values of one-column queries, as a column ``id``."""
    if len(queries) == 1:
        only = queries[0].subquery("only")
        return select(next(iter(only.c)).label("id")).distinct()
    every = union(
        *(query.with_only_columns(next(iter(query.selected_columns)).label("id")) for query in queries)
    ).subquery("ids")
    return select(every.c.id)
