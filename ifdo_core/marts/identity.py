"""Visitor → member → person (semantics.md, 'Identity' and 'Whose history')."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, literal, select

from ifdo_core import tables
from ifdo_core.engines.sql import Query, newest
from ifdo_core.marts.cut import Cut


def identity_query(cut: Cut) -> Query:
    """One row a visitor: visitor_id, member_id (of its newest event that carries one), person."""
    events = tables.events
    known = (
        select(events.c.visitor_id, newest(events.c.member_id, events.c.ts, events.c.event_id).label("member_id"))
        .where(events.c.member_id.is_not(None), cut.events())
        .group_by(events.c.visitor_id)
        .subquery("known")
    )
    everyone = select(events.c.visitor_id).where(cut.events()).distinct().subquery("everyone")
    return select(
        everyone.c.visitor_id,
        known.c.member_id,
        case(
            (known.c.member_id.is_(None), visitor_person(everyone.c.visitor_id)),
            else_=member_person(known.c.member_id),
        ).label("person"),
    ).select_from(everyone.outerjoin(known, known.c.visitor_id == everyone.c.visitor_id))


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
