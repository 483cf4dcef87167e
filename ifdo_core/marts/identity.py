"""Visitor → member → person (semantics.md, 'Identity' and 'Whose history')."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, Table, case, func, literal, or_, select, union

from ifdo_core import tables
from ifdo_core.engines.sql import Query, instant, newest
from ifdo_core.marts.cut import Cut


def identity_query(cut: Cut) -> Query:
    """One row a visitor: visitor_id, member_id (of its newest event that carries one), known_at (of that event),
    person."""
    events = tables.events.c
    known = (
        select(
            events.visitor_id,
            newest(events.member_id, events.ts, events.event_id).label("member_id"),
            func.max(events.ts).label("known_at"),
        )
        .where(events.member_id.is_not(None), cut.events())
        .group_by(events.visitor_id)
        .subquery("known")
    )
    everyone = select(events.visitor_id).where(cut.events()).distinct().subquery("everyone")
    return _identities(everyone, known, known.c.member_id, known.c.known_at)


def late_query(visitors: Table, since: datetime, until: Cut) -> Query:
    """One row each of ``visitors`` (column id) with an event from ``since`` on: visitor_id, and member_id and known_at
    as those events tell them."""
    e = tables.events.c
    told = e.member_id.is_not(None)
    return (
        select(
            e.visitor_id,
            newest(e.member_id, e.ts, e.event_id, told).label("member_id"),
            func.max(case((told, e.ts))).label("known_at"),
        )
        .where(until.upto(e.ts), e.ts >= instant(since), e.visitor_id.in_(select(visitors.c.id)))
        .group_by(e.visitor_id)
    )


def renewed_identity_query(late: Table, held: Table, since: datetime) -> Query:
    """``identity_query`` of those of whom only the events from ``since`` on changed: ``late`` (``late_query``).

    What the events before tell is taken from ``held``, their rows in the marts. Right where ``forgotten_query`` finds
    nobody. Among them may be visitors of whom no event is left: ``still_there``.
    """
    old = held.c
    everyone = union(select(late.c.visitor_id), select(old.visitor_id)).subquery("everyone")
    before = old.known_at < instant(since)
    member_id = case((late.c.member_id.is_not(None), late.c.member_id), (before, old.member_id))
    known_at = case((late.c.member_id.is_not(None), late.c.known_at), (before, old.known_at))
    return _identities(everyone, late, member_id, known_at, held)


def still_there(visitor_id: ColumnElement[Any], late: Table, visits: Table, since: datetime) -> ColumnElement[bool]:
    """Whether a visitor has an event from ``since`` on (is in ``late``) or before it, as the ``visits`` held tell."""
    earlier = select(visits.c.visitor_id).where(visits.c.started_at < instant(since))
    return or_(visitor_id.in_(select(late.c.visitor_id)), visitor_id.in_(earlier))


def forgotten_query(held: Table, late: Table, since: datetime) -> Query:
    """How many of the visitors of ``held`` (rows of the marts) were known by an event from ``since`` on, where ``late``
    tells no member any more: who they were before it, only all their events tell."""
    still = select(late.c.visitor_id).where(late.c.member_id.is_not(None))
    return select(func.count()).where(held.c.known_at >= instant(since), held.c.visitor_id.not_in(still))


def _identities(
    everyone: Subquery, known: FromClause, member_id: ColumnElement[Any], known_at: ColumnElement[Any], *more: Table
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


def members_among(persons: Table) -> Query:
    """The member ids of those of ``persons`` (column id) who are members."""
    member_id = member_of_person(persons.c.id)
    return select(member_id).where(member_id.is_not(None))


def order_person(orders: FromClause, identity: FromClause) -> ColumnElement[str]:
    """Whose order it is; ``identity`` is outer joined on the order's visitor."""
    return case(
        (orders.c.member_id.is_not(None), member_person(orders.c.member_id)),
        (identity.c.person.is_not(None), identity.c.person),
        (orders.c.visitor_id.is_not(None), visitor_person(orders.c.visitor_id)),
        else_=literal("o:").concat(orders.c.order_id),
    )
