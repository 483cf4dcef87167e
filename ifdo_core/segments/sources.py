"""Rows of persons that no mart holds: pages with the time spent on them, orders of any status, refunds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from ifdo_core import tables
from ifdo_core.engines.sql import Query, instant, micros
from ifdo_core.marts.identity import member_person, order_person, visitor_person
from ifdo_core.marts.purchases import NOT_PAID
from ifdo_core.marts.sessions import engaged_ms
from ifdo_core.segments.subjects import Subject

#: Columns of ``messages``.
MESSAGE = tables.messages.c


def by_then(moment: ColumnElement[Any], as_of: ColumnElement[Any]) -> ColumnElement[bool]:
    """It had happened; what has no time never did."""
    return and_(moment.is_not(None), moment <= as_of)


def messages_query(subject: Subject, moment: ColumnElement[Any], kept: ColumnElement[bool]) -> Query:
    """person, at and the columns of the messages that are ``kept``, each at its ``moment``, up to now."""
    identity = subject.marts.identity.alias("reader")
    person = case(
        (MESSAGE.member_id.is_not(None), member_person(MESSAGE.member_id)),
        (identity.c.person.is_not(None), identity.c.person),
        else_=visitor_person(MESSAGE.visitor_id),
    )
    columns = (MESSAGE.message_id, MESSAGE.channel, MESSAGE.campaign, MESSAGE.content, MESSAGE.variant,
               MESSAGE.failure, MESSAGE.opened_at, MESSAGE.clicked_at)  # fmt: skip
    return (
        select(person.label("person"), moment.label("at"), *columns)
        .select_from(tables.messages.outerjoin(identity, identity.c.visitor_id == MESSAGE.visitor_id))
        .where(kept, moment <= instant(subject.now))
    )


def pages_query(subject: Subject) -> Query:
    """person, ts, event_id, page_url, page_path, dwell_s: every page_view up to now."""
    visits, events = subject.marts.visits.alias("page_visit"), tables.events.alias("page_event")
    v, e = visits.c, events.c
    same = or_(v.source_visit_id == e.visit_id, v.source_visit_id.is_(None) & e.visit_id.is_(None))
    is_page = e.name == "page_view"
    in_visit: dict[str, Any] = {"partition_by": v.visit_id, "order_by": (e.ts, e.event_id)}
    rows = (
        select(
            v.person,
            e.ts,
            e.event_id,
            e.page_url,
            e.page_path,
            is_page.label("is_page"),
            func.min(case((is_page, micros(e.ts)))).over(**in_visit, rows=(1, None)).label("next_us"),
            func.sum(engaged_ms(e.params)).over(**in_visit, rows=(0, None)).label("engaged_ms"),
        )
        .select_from(visits.join(events, e.visitor_id == v.visitor_id))
        .where(same, e.ts.between(v.started_at, v.ended_at), e.ts <= instant(subject.now))
        .subquery("page_rows")
    )
    r = rows.c
    dwell = case(
        (r.next_us.is_not(None), (r.next_us - micros(r.ts)) / 1_000_000.0),
        else_=r.engaged_ms / 1000.0,
    )
    return select(r.person, r.ts, r.event_id, r.page_url, r.page_path, dwell.label("dwell_s")).where(r.is_page)


def placed_query(subject: Subject) -> Query:
    """person, order_id, ts, status and what came back, of every order up to now, whatever became of it."""
    orders, identity = tables.orders, subject.marts.identity.alias("buyer")
    o = orders.c
    return (
        select(
            order_person(orders, identity).label("person"),
            o.order_id,
            o.ts,
            o.status,
            o.status.not_in(NOT_PAID).label("paid"),
            o.amount,
            o.refunded_amount,
            o.refunded_at,
        )
        .select_from(orders.outerjoin(identity, identity.c.visitor_id == o.visitor_id))
        .where(o.ts <= instant(subject.now))
    )


def refunds_query(subject: Subject) -> Query:
    """person, order_id, ts, amount: what came back of paid orders, at the time it did."""
    placed = placed_query(subject).subquery("any_order").c
    whole = placed.status == "refunded"
    partly = or_(placed.status == "partially_refunded", func.coalesce(placed.refunded_amount, 0) > 0)
    return select(
        placed.person,
        placed.order_id,
        func.coalesce(placed.refunded_at, placed.ts).label("ts"),
        case((whole, placed.amount), else_=placed.refunded_amount).label("amount"),
    ).where(or_(whole, partly), placed.paid)


#: Moments before this cannot be reckoned back from.
FIRST_MOMENT = datetime(1971, 1, 1)


def reaching_back(subject: Subject, days: float) -> datetime | None:
    """The moment before which no row can lie in a subject's last ``days``; None where there is no such moment."""
    if subject.earliest <= FIRST_MOMENT + timedelta(days=days):
        return None
    return subject.earliest - timedelta(days=days)
