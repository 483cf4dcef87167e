"""The rows that analyses start from: one a person with valid orders as of a moment (semantics.md, 'Money')."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Date, Integer, Table, case, cast, func, literal, select

from ifdo_core.engines.sql import Query, bucket, date_days_between, instant, whole_days
from ifdo_core.i18n import translate
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.purchases import counts, net_amount

_ALL = Cut()


def valid_at(orders: Table, as_of: datetime) -> list[Any]:
    """Filters on ``person_orders``: the order counts as of the moment."""
    return [counts(orders.c, instant(as_of), _ALL)]


def net_at(orders: Table, as_of: datetime) -> Any:
    """What the order was worth as of the moment."""
    return net_amount(orders.c, instant(as_of), _ALL)


def recency_query(orders: Table, as_of: datetime, lookback_days: int) -> Query:
    """person, recency (whole days), frequency, monetary, over (as_of − lookback, as_of] (semantics.md, 'RFM')."""
    o = orders.c
    since = as_of - timedelta(days=lookback_days)
    return (
        select(
            o.person,
            cast(whole_days(func.max(o.ts), instant(as_of)), Integer).label("recency"),
            cast(func.count(), Integer).label("frequency"),
            cast(func.sum(net_at(orders, as_of)), BigInteger).label("monetary"),
        )
        .where(*valid_at(orders, as_of), o.ts > instant(since))
        .group_by(o.person)
        .order_by(o.person)
    )


def visitors_query(visits: Table, orders: Table, as_of: datetime, lookback_days: int) -> Query:
    """The same columns of persons who never bought: days since the last visit, visits, pages seen."""
    v = visits.c
    since = as_of - timedelta(days=lookback_days)
    buyers = select(orders.c.person).where(*valid_at(orders, as_of))
    return (
        select(
            v.person,
            cast(whole_days(func.max(v.started_at), instant(as_of)), Integer).label("recency"),
            cast(func.count(), Integer).label("frequency"),
            cast(func.sum(func.coalesce(v.pages, 0)), BigInteger).label("monetary"),
        )
        .where(v.started_at > instant(since), v.started_at <= instant(as_of), v.person.not_in(buyers))
        .group_by(v.person)
        .order_by(v.person)
    )


def summary_query(orders: Table, as_of: datetime, day: date, *, one_of: int = 1) -> Query:
    """One row a person with a valid order up to the shop's ``day``: x, span and age in days, total, repeat_amount,
    orders, and k4, k8, k13: purchase days in the last weeks (semantics.md, 'Lifetime models').

    Validity and amounts are those known at ``as_of``. ``one_of``: of so many parts of the persons one.
    """
    o = orders.c
    net = net_at(orders, as_of)
    kept = [*valid_at(orders, as_of), o.ordered_on <= literal(day, Date)]
    if one_of > 1:
        kept.append(bucket(o.person, one_of) == 0)
    daily = (
        select(
            o.person, o.ordered_on,
            cast(func.count(), Integer).label("orders"), cast(func.sum(net), BigInteger).label("amount"),
        )
        .where(*kept)
        .group_by(o.person, o.ordered_on)
        .subquery("daily")
    )  # fmt: skip
    d = daily.c
    first = func.min(d.ordered_on).over(partition_by=d.person)
    days = select(d.person, d.ordered_on, d.orders, d.amount, first.label("first_on")).subquery("days")
    r = days.c
    ago = date_days_between(r.ordered_on, literal(day, Date))

    def within(weeks: int) -> Any:
        return cast(func.sum(case((ago < weeks * 7, 1), else_=0)), Integer).label(f"k{weeks}")

    return (
        select(
            r.person,
            cast(func.count() - 1, Integer).label("x"),
            date_days_between(func.min(r.first_on), func.max(r.ordered_on)).label("span"),
            date_days_between(func.min(r.first_on), literal(day, Date)).label("age"),
            cast(func.sum(r.amount), BigInteger).label("total"),
            cast(func.sum(case((r.ordered_on > r.first_on, r.amount), else_=0)), BigInteger).label("repeat_amount"),
            cast(func.sum(r.orders), Integer).label("orders"),
            within(4), within(8), within(13),
        )
        .group_by(r.person)
        .order_by(r.person)
    )  # fmt: skip


def bought_query(orders: Table, as_of: datetime, after: date, until: date, *, one_of: int = 1) -> Query:
    """person, days, amount, first_in: purchase days after one day of the shop and up to another, what was bought on
    them, and the days to the first."""
    o = orders.c
    kept = [*valid_at(orders, as_of), o.ordered_on > literal(after, Date), o.ordered_on <= literal(until, Date)]
    if one_of > 1:
        kept.append(bucket(o.person, one_of) == 0)
    return (
        select(
            o.person,
            cast(func.count(o.ordered_on.distinct()), Integer).label("days"),
            cast(func.sum(net_at(orders, as_of)), BigInteger).label("amount"),
            date_days_between(literal(after, Date), func.min(o.ordered_on)).label("first_in"),
        )
        .where(*kept)
        .group_by(o.person)
    )


def customer_of(person: pd.Series) -> pd.Series:
    """The name of a person in results: the member id, or of one who is no member the person itself ('v:…')."""
    text = person.astype(str)
    return text.str.removeprefix("m:").where(text.str.startswith("m:"), text)


def shown_name(customer: str) -> str:
    """A name of ``customer_of`` as people read it: '방문자 c123' for 'v:c123', '비회원 주문 1001' for 'o:1001'."""
    kind, found, rest = customer.partition(":")
    words = {"v": "방문자 {name}", "o": "비회원 주문 {name}"}.get(kind) if found else None
    return translate(words).format(name=rest) if words else customer
