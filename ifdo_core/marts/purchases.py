"""Valid orders, whose they are, and what they were worth at a moment (semantics.md, 'Money' and 'Refunds')."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Table, and_, case, cast, func, not_, or_, select

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines.sql import Query, local_date, newest
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.identity import order_person

orders = tables.orders
#: Orders that count for nothing: not paid yet, or called off.
NOT_PAID = ("pending", "authorized", "cancelled")


def whose_orders_query(identity: Table, cut: Cut, place: ColumnElement[Any]) -> Query:
    """place (``Engine.place``), person, member_id of the orders of the cut's persons."""
    person = order_person(orders, identity)
    member_id = case((orders.c.member_id.is_not(None), orders.c.member_id), else_=identity.c.member_id)
    return (
        select(place.label("place"), person.label("person"), member_id.label("member_id"))
        .select_from(orders.outerjoin(identity, identity.c.visitor_id == orders.c.visitor_id))
        .where(cut.upto(orders.c.ts), cut.of_persons(person))
    )


def person_orders_query(whose: Table, cut: Cut, settings: ShopSettings, place: ColumnElement[Any]) -> Query:
    """Orders that count at some moment, with their person (``whose_orders_query``). One refunded in whole at an unknown
    time never counts."""
    o = orders.c
    refunded = o.status == "refunded"
    return (
        select(
            o.order_id,
            whose.c.person,
            whose.c.member_id,
            o.ts,
            local_date(o.ts, settings.timezone).label("ordered_on"),
            o.amount,
            case((refunded, o.amount), else_=func.coalesce(o.refunded_amount, 0)).label("refunded_amount"),
            o.refunded_at,
            o.status,
            o.coupon,
            o.payment_method,
            o.channel,
            o.region,
            o.discount,
            o.points_used,
        )
        .select_from(orders.join(whose, whose.c.place == place))
        .where(
            cut.upto(o.ts),
            o.status.not_in(NOT_PAID),
            not_(and_(refunded, o.refunded_at.is_(None))),
        )
    )


def refund_done(o: Any, as_of: ColumnElement[Any] | None, cut: Cut) -> ColumnElement[bool]:
    """What came back had come back by ``as_of`` (None: by the cut); unknown times count as 'all along'."""
    passed = cut.passed(o.refunded_at) if as_of is None else o.refunded_at <= as_of
    return or_(o.refunded_at.is_(None), passed)


def counts(o: Any, as_of: ColumnElement[Any] | None, cut: Cut) -> ColumnElement[bool]:
    """The order is placed and not refunded in whole at ``as_of``."""
    still = not_(and_(o.status == "refunded", refund_done(o, as_of, cut)))
    return still if as_of is None else and_(o.ts <= as_of, still)


def net_amount(o: Any, as_of: ColumnElement[Any] | None, cut: Cut) -> ColumnElement[int]:
    """The order's amount less what had come back at ``as_of``."""
    return o.amount - case((refund_done(o, as_of, cut), o.refunded_amount), else_=0)


def order_facts(o: Any, as_of: ColumnElement[Any] | None, cut: Cut) -> list[ColumnElement[Any]]:
    """The order columns that ``visits`` and ``people`` share, over a group of orders that count."""
    net = net_amount(o, as_of, cut)
    return [
        cast(func.count(), Integer).label("order_count"),
        cast(func.sum(net), BigInteger).label("total_amount"),
        cast(func.max(net), BigInteger).label("max_order_amount"),
        newest(net, o.ts, o.order_id).label("last_order_amount"),
        func.min(o.ts).label("first_order_at"),
        func.max(o.ts).label("last_order_at"),
    ]


def visit_orders_query(visits: Table, person_orders: Table) -> Query:
    """One row a visit of a buyer: the person's orders as of the visit's end."""
    v, o = visits.c, person_orders.c
    everything = Cut()
    net = net_amount(o, v.ended_at, everything)
    return (
        select(
            v.visit_id,
            *order_facts(o, v.ended_at, everything),
            cast(func.sum(case((o.ts >= v.started_at, net))), BigInteger).label("order_amount"),
        )
        .select_from(visits.join(person_orders, o.person == v.person))
        .where(counts(o, v.ended_at, everything))
        .group_by(v.visit_id)
    )


def baskets_query(person_orders: Table, cut: Cut) -> Query:
    """One row a distinct product of an order that counts at the cut."""
    o, i, p = person_orders.c, tables.order_items.c, tables.products.c
    paid = i.price * i.quantity - func.coalesce(i.discount, 0)
    return (
        select(
            o.order_id,
            o.person,
            o.ts,
            i.product_id,
            func.max(p.category).label("category"),
            func.max(p.brand).label("brand"),
            cast(func.sum(i.quantity), BigInteger).label("quantity"),
            cast(func.sum(paid), BigInteger).label("amount"),
        )
        .select_from(
            person_orders.join(tables.order_items, i.order_id == o.order_id)
            .outerjoin(tables.products, p.product_id == i.product_id)
        )
        .where(counts(o, None, cut), cut.of_persons(o.person))
        .group_by(o.order_id, o.person, o.ts, i.product_id)
    )  # fmt: skip
