"""Messages and what followed them, as SQL: unanswered, bought after, without response, held out, sends left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, case, cast, func, not_, or_, select

from ifdo_core import tables
from ifdo_core.catalogue.spec import After, HeldOut, SendsLeft, Streak, Unanswered
from ifdo_core.engines.sql import Query, instant, micros
from ifdo_core.segments.aggregates import rows_of
from ifdo_core.segments.filters import Params, filters
from ifdo_core.segments.rows import Rows
from ifdo_core.segments.sources import MESSAGE, by_then
from ifdo_core.segments.subjects import Subject

_HOUR_US = 3_600_000_000


def unanswered_query(subject: Subject, spec: Unanswered, params: Params) -> Query:
    """key, value: messages whose hours are over without a click."""
    asked = subject.again()
    rows = Rows(asked, spec.of)
    kept = rows_of(rows, spec.of, params)
    ends = micros(rows.ts) + int(params[spec.hours.name]) * _HOUR_US
    clicked = rows.base.clicked_at
    answered = and_(clicked.is_not(None), micros(clicked) <= ends)
    kept += [ends <= micros(asked.as_of), not_(answered)]
    return rows.select(asked.key.label("key"), func.count().label("value")).where(*kept).group_by(asked.key)


def after_query(subject: Subject, spec: After, params: Params) -> Query:
    """key, value: orders within the hours after a message."""
    asked = subject.again()
    orders, messages = Rows(asked, spec.of), Rows(asked, spec.cause)
    orders.joins = [*orders.joins, *messages.joins]
    span = int(params[spec.hours.name]) * _HOUR_US
    kept = [
        *rows_of(orders, spec.of, params),
        *filters(messages, spec.cause.where, params),
        messages.ts <= orders.ts,
        micros(orders.ts) <= micros(messages.ts) + span,
    ]
    count = func.count(orders.id.distinct())
    return orders.select(asked.key.label("key"), count.label("value")).where(*kept).group_by(asked.key)


def streak_query(subject: Subject, spec: Streak, params: Params) -> Query:
    """key, value: messages after the newest one with a response; all of them where none has one."""
    asked = subject.again()
    rows = Rows(asked, spec.of)
    kept = rows_of(rows, spec.of, params)
    replied = or_(*(by_then(rows.base[name], asked.as_of) for name in ("clicked_at", "opened_at")))
    so_far = func.sum(case((replied, 1), else_=0)).over(
        partition_by=asked.key, order_by=(rows.ts.desc(), rows.id.desc()), rows=(None, 0)
    )
    counted = rows.select(asked.key.label("key"), so_far.label("replies")).where(*kept).subquery("counted")
    silent = case((counted.c.replies == 0, 1), else_=0)
    return select(counted.c.key, cast(func.sum(silent), BigInteger).label("value")).group_by(counted.c.key)


def held_out(subject: Subject, spec: HeldOut, params: Params) -> ColumnElement[bool]:
    campaign = params.get(spec.campaign.name)
    query = select(MESSAGE.member_id).where(
        MESSAGE.status == "holdout", MESSAGE.member_id.is_not(None), MESSAGE.ts <= instant(subject.now)
    )
    if campaign is not None:
        query = query.where(MESSAGE.campaign == campaign)
    held = query.distinct().subquery()
    beside = subject.beside(("held_out", campaign), held, held.c.member_id == subject.member_id)
    return case((subject.member_id.is_not(None), beside.c.member_id.is_not(None)))


def sends_left(subject: Subject, spec: SendsLeft, params: Params) -> ColumnElement[Any]:
    days, cap = int(params[spec.days.name]), subject.settings.message_cap
    since, m = subject.now - timedelta(days=days), tables.messages.c
    sent = (
        select(m.member_id, func.count().label("sent"))
        .where(
            m.channel == "brand_message", m.status.in_(("accepted", "delivered")), m.member_id.is_not(None),
            m.ts > instant(since), m.ts <= instant(subject.now),
        )
        .group_by(m.member_id)
        .subquery()
    )  # fmt: skip
    beside = subject.beside(("sent_lately", days), sent, sent.c.member_id == subject.member_id)
    left = cap - func.coalesce(cast(beside.c.sent, Integer), 0)
    return case((subject.member_id.is_(None), None), (left < 0, 0), else_=left)
