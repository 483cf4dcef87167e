"""What the rows of orders, visits and events say of each person's habits, as queries of one row a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Date, Float, Integer, String, Table, case, cast, func, literal, select, union_all

from ifdo_core import tables
from ifdo_core.analysis.customers import net_at, valid_at
from ifdo_core.engines.sql import Query, date_days_between, instant
from ifdo_core.marts import MartTables

#: semantics of ``analysis.affinity_category``: what a view, an add to the cart and an order weigh, over how many days.
WEIGHTS = {"view_item": 1, "add_to_cart": 3}
ORDER_WEIGHT = 5
AFFINITY_DAYS = 90


def gaps_query(orders: Table, as_of: datetime) -> Query:
    """person, gap: the median number of days between purchase days, of those with two or more."""
    o = orders.c
    days = select(o.person, o.ordered_on).where(*valid_at(orders, as_of)).distinct().subquery("days")
    by: dict[str, Any] = {"partition_by": days.c.person, "order_by": days.c.ordered_on}
    numbered = select(
        days.c.person,
        days.c.ordered_on,
        func.row_number().over(**by).label("n"),
        func.lag(days.c.ordered_on, type_=Date).over(**by).label("previous"),
    ).subquery("numbered")
    n = numbered.c
    gaps = select(n.person, date_days_between(n.previous, n.ordered_on).label("gap")).where(n.n > 1).subquery("gaps")
    g = gaps.c
    ranked = select(
        g.person,
        g.gap,
        func.row_number().over(partition_by=g.person, order_by=g.gap).label("n"),
        func.count().over(partition_by=g.person).label("many"),
    ).subquery("ranked")
    r = ranked.c
    middle = (2 * r.n >= r.many) & (2 * r.n <= r.many + 2)
    return select(r.person, cast(func.avg(r.gap), Float).label("gap")).where(middle).group_by(r.person)


def discounts_query(orders: Table, as_of: datetime) -> Query:
    """person, share: discounts / (amount + discounts), of those whose orders say anything of discounts."""
    o = orders.c
    net = net_at(orders, as_of)
    given, full = func.sum(o.discount), func.sum(net + o.discount)
    return (
        select(o.person, (cast(given, Float) / cast(full, Float)).label("share"))
        .where(*valid_at(orders, as_of), o.discount.is_not(None))
        .group_by(o.person)
        .having(full > 0)
    )


def first_orders_query(orders: Table, as_of: datetime) -> Query:
    """person, first_on, last_on, orders."""
    o = orders.c
    return (
        select(
            o.person,
            func.min(o.ordered_on).label("first_on"),
            func.max(o.ordered_on).label("last_on"),
            cast(func.count(), Integer).label("orders"),
        )
        .where(*valid_at(orders, as_of))
        .group_by(o.person)
    )


def hours_query(visits: Table, as_of: datetime) -> Query:
    """person, hour: the shop's hour with most visits, the earlier of equals."""
    v = visits.c
    counted = (
        select(v.person, v.hour, func.count().label("many"))
        .where(v.started_at <= instant(as_of))
        .group_by(v.person, v.hour)
        .subquery("counted")
    )
    return _first(counted, "hour", [counted.c.many.desc(), counted.c.hour])


def affinity_query(marts: MartTables, as_of: datetime, name: str) -> Query:
    """person, value: the category or brand (``name``) with the most weight in 90 days, by name among equals."""
    since = instant(as_of - timedelta(days=AFFINITY_DAYS))
    e, i, p, b = tables.events.c, marts.identity.c, tables.products.c, marts.baskets.c
    weight = case(*((e.name == event, value) for event, value in WEIGHTS.items()), else_=0)
    seen = (
        select(i.person, p[name].label("value"), cast(weight, Integer).label("weight"))
        .select_from(
            tables.events.join(marts.identity, i.visitor_id == e.visitor_id).join(
                tables.products, p.product_id == e.product_id
            )
        )
        .where(e.name.in_(list(WEIGHTS)), e.ts > since, e.ts <= instant(as_of), p[name].is_not(None))
    )
    bought = select(b.person, b[name].label("value"), cast(literal(ORDER_WEIGHT), Integer).label("weight")).where(
        b.ts > since, b.ts <= instant(as_of), b[name].is_not(None)
    )
    every = union_all(seen, bought).subquery("every")
    summed = (
        select(every.c.person, cast(every.c.value, String).label("value"), func.sum(every.c.weight).label("weight"))
        .group_by(every.c.person, every.c.value)
        .subquery("summed")
    )
    return _first(summed, "value", [summed.c.weight.desc(), summed.c.value])


def _first(rows: Any, column: str, order: list[Any]) -> Query:
    ranked = select(
        rows.c.person, rows.c[column], func.row_number().over(partition_by=rows.c.person, order_by=order).label("n")
    ).subquery("ranked")
    return select(ranked.c.person, ranked.c[column]).where(ranked.c.n == 1)
