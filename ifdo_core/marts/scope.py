"""Whose marts a load touched: the persons to rebuild, all their visitors, and from when on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Insert, Table, case, cast, func, literal, or_, select, union, union_all

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, insert_from, instant, micros
from ifdo_core.marts.cut import Cut, Tail
from ifdo_core.marts.identity import (
    forgotten_query,
    identity_query,
    late_query,
    member_person,
    members_among,
    order_person,
    renewed_identity_query,
    still_there,
    visitor_person,
)
from ifdo_core.marts.sessions import cut_by, held_visits_query, kept_visits_query
from ifdo_core.marts.work import WorkTables

touched = tables.touched
EARLIEST = tables.EARLIEST
EPOCH = datetime(1970, 1, 1)
#: Later than any event: nothing of a visitor is cut anew.
FAR_FUTURE = datetime(2299, 1, 1)


def _touched(owner: str) -> Query:
    return select(touched.c.id).where(touched.c.owner == owner)


def moved_into_view(since: datetime) -> Insert:
    """Marks the persons of orders placed or refunded after ``since`` as touched: when now moves, these orders come
    into view or leave it though nobody loaded them again."""
    orders = tables.orders.c
    moved = or_(orders.ts > instant(since), orders.refunded_at > instant(since))
    owners = (
        select(literal(owner).label("owner"), orders[owner].label("id")).where(moved, orders[owner].is_not(None))
        for owner in tables.OWNERS["orders"]
    )
    return insert_from(touched, select(union_all(*owners).subquery("owners")))


def touched_scope(engine: Engine, work: WorkTables, until: Cut, settings: ShopSettings, most: float) -> Cut | None:
    """The persons touched since the last build with all their visitors, or None when a full build is due.

    A person is touched by its own rows, and by a visitor that came to it or left it. ``most``: the share of all
    visitors above which one full pass is cheaper than picking.
    """
    since = _earliest(engine)
    own_visitors = work.make("touched_visitors", union_ids(_touched("visitor_id")))
    identity, orders = tables.identity.c, tables.person_orders.c
    place = engine.place(identity.visitor_id).label("place")
    own_ids = select(own_visitors.c.id)
    held = work.make("held_identity", select(place, tables.identity).where(engine.found(identity.visitor_id, own_ids)))
    late = work.make("late", late_query(own_visitors, since, until))
    # only where a visitor has been forgotten, all their events are asked who they are
    forgotten = engine.scalar(forgotten_query(held, late, since))
    fresh = work.make(
        "touched_identity",
        identity_query(Cut(until.until, visitors=own_visitors))
        if forgotten
        else renewed_identity_query(late, held, since),
    )
    persons = work.make(
        "persons",
        union_ids(
            select(fresh.c.person),
            select(held.c.person),
            select(visitor_person(own_visitors.c.id)),
            select(member_person(touched.c.id)).where(touched.c.owner == "member_id"),
            select(literal("o:").concat(touched.c.id)).where(touched.c.owner == "order_id"),
            select(orders.person).where(orders.order_id.in_(_touched("order_id"))),
        ),
    )
    # a person without a member is one visitor, held already
    is_theirs = engine.found(identity.member_id, members_among(persons))
    theirs = select(place, tables.identity).where(is_theirs, identity.visitor_id.not_in(own_ids))
    before = work.make("identity_before", select(union_all(select(held), theirs).subquery("before")))
    visitors = work.make("visitors", union_ids(select(own_visitors.c.id), select(before.c.visitor_id)))
    how_many = (select(func.count()).select_from(table).scalar_subquery() for table in (tables.identity, visitors))
    known, again = engine.execute(select(*how_many))[0]
    if again > most * max(known, 1):
        return None
    of_them = engine.found(tables.visits.c.visitor_id, select(before.c.visitor_id))
    visits = work.make("held", held_visits_query(of_them, engine.place(tables.visits.c.visit_id)))
    others = select(*(before.c[one.name] for one in identity)).where(before.c.visitor_id.not_in(own_ids))
    own = select(fresh).where(still_there(fresh.c.visitor_id, late, visits, since))
    who = work.make("identity", select(union_all(own, others).subquery("who")), few=True)
    tail = _tail(engine, work, since, visitors, visits, before, who, until, settings)
    return Cut(until.until, visitors, persons, who, tail)


def _earliest(engine: Engine) -> datetime:
    """The time of the earliest event that came or went since the last build; far off where none did."""
    found = engine.scalar(select(func.min(cast(touched.c.id, BigInteger))).where(touched.c.owner == EARLIEST))
    return FAR_FUTURE if found is None else EPOCH + timedelta(microseconds=int(found))


def _tail(
    engine: Engine,
    work: WorkTables,
    since: datetime,
    visitors: Table,
    held: Table,
    before: Table,
    who: Table,
    until: Cut,
    settings: ShopSettings,
) -> Tail:
    """From when on each visitor's events are cut anew: from the first visit that the earliest new event could reach."""
    events = tables.events.c
    gap = timedelta(minutes=settings.visit_gap_minutes)
    reached = _reached_query(held, visitors, since, gap).subquery("reached")
    own, new = reached.c.since_us, micros(instant(since))
    start = case((own < new, own), else_=new).label("since_us")
    at_reached = visitors.outerjoin(reached, reached.c.visitor_id == visitors.c.id)
    starts = work.make("starts", select(visitors.c.id, start).select_from(at_reached), few=True)
    lowest = EPOCH + timedelta(microseconds=engine.scalar(select(func.min(starts.c.since_us))) or 0)
    anew = (
        select(engine.place(events.event_id).label("place"), *cut_by(tables.events))
        .join(starts, starts.c.id == events.visitor_id)
        .where(until.upto(events.ts), events.ts >= instant(lowest), micros(events.ts) >= starts.c.since_us)
    )
    kept = kept_visits_query(held, starts, who).subquery("kept")
    changes = work.make("changes", _changes_query(before, who, starts))
    return Tail(work.make("events", anew), starts, lowest, held, kept, before, changes)


def _changes_query(before: Table, who: Table, starts: Table) -> Query:
    """id, since_us: from when on each person's history may be another than the one in the marts.

    From the beginning, where a visitor came to the person or left it (``before``: who was whose, ``who``: who is); else
    from the first event that is cut anew and from the time of the first touched order, as it was and as it is.
    """
    old, orders, known = before.c, tables.orders, tables.person_orders.c
    always, own = literal(0, BigInteger).label("since_us"), starts.c.since_us
    of_visitor = who.c.visitor_id == old.visitor_id
    at_orders = orders.outerjoin(who, who.c.visitor_id == orders.c.visitor_id)
    moments = union_all(
        select(who.c.person.label("id"), always).join(before, of_visitor).where(old.person != who.c.person),
        select(old.person.label("id"), always)
        .select_from(before.outerjoin(who, of_visitor))
        .where(or_(who.c.visitor_id.is_(None), old.person != who.c.person)),
        select(who.c.person.label("id"), own.label("since_us")).join(starts, starts.c.id == who.c.visitor_id),
        select(known.person.label("id"), micros(known.ts).label("since_us")).where(
            known.order_id.in_(_touched("order_id"))
        ),
        select(order_person(orders, who).label("id"), micros(orders.c.ts).label("since_us"))
        .select_from(at_orders)
        .where(orders.c.order_id.in_(_touched("order_id"))),
    ).subquery("moments")
    first = func.min(moments.c.since_us, type_=BigInteger).label("since_us")
    return select(moments.c.id, first).group_by(moments.c.id)


def _reached_query(held: Table, visitors: Table, since: datetime, gap: timedelta) -> Query:
    """visitor_id, since_us: where the first visit starts that events from ``since`` on may change.

    Such an event may prolong a visit that ended within the gap before it, or any visit whose source id it carries.
    Visits of one visitor that overlap in time (by source ids) are cut anew together.
    """
    visits, events = held.c, tables.events.c
    named = (
        select(events.visitor_id, events.visit_id)
        .where(events.ts >= instant(since), events.visit_id.is_not(None), events.visitor_id.in_(select(visitors.c.id)))
        .distinct()
        .subquery("named")
    )
    late = visits.ended_at >= instant(since - gap)
    maybe = visits.visitor_id.in_(union(select(visits.visitor_id).where(late), select(named.c.visitor_id)))
    continued = (named.c.visitor_id == visits.visitor_id) & (named.c.visit_id == visits.source_visit_id)
    start, end = micros(visits.started_at), micros(visits.ended_at)
    by_time: dict[str, Any] = {"partition_by": visits.visitor_id, "order_by": (visits.started_at, visits.visit_id)}
    rows = (
        select(
            visits.visitor_id,
            start.label("start_us"),
            case((or_(late, named.c.visit_id.is_not(None)), 1), else_=0).label("is_reached"),
            func.row_number().over(**by_time).label("n"),
            func.max(end).over(**by_time, rows=(None, -1)).label("end_before"),
        )
        .select_from(held.outerjoin(named, continued))
        .where(maybe)
        .subquery("rows")
    )
    opens = or_(rows.c.n == 1, rows.c.start_us > rows.c.end_before)
    number = func.sum(case((opens, 1), else_=0)).over(partition_by=rows.c.visitor_id, order_by=rows.c.n, rows=(None, 0))
    island = select(rows.c.visitor_id, rows.c.start_us, rows.c.is_reached, number.label("island")).subquery("island")
    islands = (
        select(island.c.visitor_id, func.min(island.c.start_us).label("start_us"))
        .group_by(island.c.visitor_id, island.c.island)
        .having(func.max(island.c.is_reached) == 1)
        .subquery("islands")
    )
    since_us = func.min(islands.c.start_us).label("since_us")
    return select(islands.c.visitor_id, since_us).group_by(islands.c.visitor_id)


def union_ids(*queries: Query) -> Query:
    """The distinct values of one-column queries, as a column ``id``."""
    if len(queries) == 1:
        only = queries[0].subquery("only")
        return select(next(iter(only.c)).label("id")).distinct()
    every = union(
        *(query.with_only_columns(next(iter(query.selected_columns)).label("id")) for query in queries)
    ).subquery("ids")
    return select(every.c.id)
