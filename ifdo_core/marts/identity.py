"""Visitor → member → person (semantics.md, 'Identity' and 'Whose history')."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, Table, case, func, literal, or_, select, true, union

from ifdo_core import tables
from ifdo_core.engines.sql import Query, instant, newest
from ifdo_core.marts.cut import Cut


def identity_query(cut: Cut) -> Query:
    """One row a visitor: visitor_id, member_id (of its newest event that carries one), known_at (of that event),
    person."""
    known = _known_query(tables.events, cut.events()).subquery("known")
    events = tables.events.c
    everyone = select(events.visitor_id).where(cut.events()).distinct().subquery("everyone")
    return _identities(everyone, known, known.c.member_id, known.c.known_at)


def late_events_query(visitors: Table, since: datetime, until: Cut) -> Query:
    """What the events of ``visitors`` (column id) from ``since`` on say of who they are: visitor_id, member_id, ts,
    event_id."""
    events = tables.events.c
    return select(events.visitor_id, events.member_id, events.ts, events.event_id).where(
        until.upto(events.ts), events.ts >= instant(since), events.visitor_id.in_(select(visitors.c.id))
    )


def renewed_identity_query(late: Table, held: Table, since: datetime) -> Query:
    """``identity_query`` of those of whom only the events ``late``, from ``since`` on, changed.

    What those before tell is taken from ``held``, their rows in the marts. Right where ``forgotten_query`` finds
    nobody. Among them may be visitors of whom no event is left: ``still_there``.
    """
    old = held.c
    known = _known_query(late, true()).subquery("known")
    everyone = union(select(late.c.visitor_id), select(old.visitor_id)).subquery("everyone")
    before = old.known_at < instant(since)
    member_id = case((known.c.member_id.is_not(None), known.c.member_id), (before, old.member_id))
    known_at = case((known.c.member_id.is_not(None), known.c.known_at), (before, old.known_at))
    return _identities(everyone, known, member_id, known_at, held)


def still_there(visitor_id: ColumnElement[Any], late: Table, visits: Table, since: datetime) -> ColumnElement[bool]:
    """Whether a visitor has an event from ``since`` on (``late``) or before it, as the ``visits`` held of them tell."""
    earlier = select(visits.c.visitor_id).where(visits.c.started_at < instant(since))
    return or_(visitor_id.in_(select(late.c.visitor_id)), visitor_id.in_(earlier))


def forgotten_query(held: Table, late: Table, since: datetime) -> Query:
    """How many of the visitors of ``held`` (rows of the marts) were known by an event from ``since`` on that is not
    among ``late``: who they were before it, only all their events tell."""
    still = select(late.c.visitor_id).where(late.c.member_id.is_not(None))
    return select(func.count()).where(held.c.known_at >= instant(since), held.c.visitor_id.not_in(still))


def _known_query(events: Table, asked: ColumnElement[bool]) -> Query:
    """visitor_id, member_id, known_at of the newest event that carries a member, among those ``asked``."""
    e = events.c
    return (
        select(
            e.visitor_id,
            newest(e.member_id, e.ts, e.event_id).label("member_id"),
            func.max(e.ts).label("known_at"),
        )
        .where(e.member_id.is_not(None), asked)
        .group_by(e.visitor_id)
    )


def _identities(
    everyone: Subquery, known: Subquery, member_id: ColumnElement[Any], known_at: ColumnElement[Any], *more: Table
) -> Query:
    visitor_id = everyone.c.visitor_id
    joined = everyone.outerjoin(known, known.c.visitor_id == visitor_id)
    for table in more:
        joined = joined.outerjoin(table, table.c.visitor_id == visitor_id)
    person = case((member_id.is_(None), visitor_person(visitor_id)), else_=member_person(member_id))
    return select(
        visitor_id, member_id.label("member_id"), known_at.label("known_at"), person.label("person")
    ).select_from(joined)


def member_person(member_id: ColumnElement[Any]) -> ColumnElement[str]:
    return literal("m:").concat(member_id)


def visitor_person(visitor_id: ColumnElement[Any]) -> ColumnElement[str]:
    return literal("v:").concat(visitor_id)


def member_of_person(person: ColumnElement[str]) -> ColumnElement[str]:
    """The member id of a person who is one, else null."""
    return case((person.like("m:%"), func.substr(person, 3)))


def order_person(orders: FromClause, identity: FromClause) -> ColumnElement[str]:
    """Whose order it is; ``identity`` is outer joined on the order's visitor."""
    return case(
        (orders.c.member_id.is_not(None), member_person(orders.c.member_id)),
        (identity.c.person.is_not(None), identity.c.person),
        (orders.c.visitor_id.is_not(None), visitor_person(orders.c.visitor_id)),
        else_=literal("o:").concat(orders.c.order_id),
    )
