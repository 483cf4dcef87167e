"""The rows that reports group: one query a grain, over the marts as of one moment (``catalogue.reports.entry``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    select,
)

from ifdo_core import tables
from ifdo_core.catalogue.reports import Dimension
from ifdo_core.catalogue.reports.entry import Grain
from ifdo_core.config import ShopSettings
from ifdo_core.engines.sql import (
    Query,
    add_days,
    date_days_between,
    instant,
    local_date,
    local_hour,
    local_weekday,
    ratio,
    whole_days,
)
from ifdo_core.marts import MartTables
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.purchases import counts, net_amount

#: An order after more days than this is a customer won back, not a repeat purchase.
AWAY_DAYS = 90

_MONDAY = datetime(1970, 1, 5).date()


@dataclass(frozen=True)
class Rows:
    """The rows of a grain: ``columns`` by name, ``source`` to select from, ``ts`` for a period (None: has none)."""

    source: Any
    columns: Callable[[str], ColumnElement[Any]]
    ts: ColumnElement[Any] | None


def month_number(day: ColumnElement[Any]) -> ColumnElement[int]:
    """Months since year 0: 2026-11 is 24322."""
    return cast(extract("year", day), Integer) * 12 + cast(extract("month", day), Integer) - 1


def week_of(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The Monday of a local date."""
    into_week = date_days_between(literal(_MONDAY, Date), day) % 7
    return add_days(day, 0 - case((into_week < 0, into_week + 7), else_=into_week))


class Grains:
    """Rows by grain as of ``now``; ``persons``: only these (a query with one column)."""

    def __init__(self, marts: MartTables, settings: ShopSettings, now: datetime, persons: Query | None = None) -> None:
        self.marts, self.settings, self.now, self.persons = marts, settings, now, persons

    @property
    def today(self) -> Any:
        return self.now.replace(tzinfo=UTC).astimezone(self.settings.zone).date()

    def rows(self, grain: Grain, dimensions: tuple[Dimension, ...]) -> Rows:
        """The rows of ``grain`` with what ``dimensions`` need joined."""
        wanted = {dimension.column for dimension in dimensions}
        if grain == "orders":
            return self._order_rows(wanted)
        if grain == "customers":
            return self._customer_rows()
        if grain == "lines":
            return self._line_rows()
        if grain == "visits":
            return self._visit_rows()
        raise KeyError(grain)

    # --- orders -------------------------------------------------------------------------------

    def orders(self) -> Subquery:
        """Valid orders with their number ``n`` among the person's, the time of the one before, and the first day."""
        o = self.marts.person_orders.c
        when: dict[str, Any] = {"partition_by": o.person, "order_by": (o.ts, o.order_id)}
        has_coupon = case((func.coalesce(o.coupon, "") != "", 1), else_=0)
        kept = [counts(o, None, Cut())]
        if self.persons is not None:
            kept.append(o.person.in_(self.persons))
        rows = (
            select(
                o.order_id, o.person, o.member_id, o.ts, o.ordered_on, o.coupon, o.payment_method,
                net_amount(o, None, Cut()).label("amount"),
                func.coalesce(o.discount, 0).label("discount"),
                has_coupon.label("has_coupon"),
                func.row_number().over(**when).label("n"),
                func.lag(o.ts, type_=DateTime).over(**when).label("lag_ts"),
            )
            .where(*kept)
            .subquery("rows")
        )  # fmt: skip
        r = rows.c
        of_person: dict[str, Any] = {"partition_by": r.person}
        first = r.n == 1
        return select(
            *(r[name] for name in (
                "order_id", "person", "member_id", "ts", "ordered_on", "amount", "discount", "has_coupon", "coupon",
                "payment_method",
            )),
            cast(r.n, Integer).label("n"),
            case((r.n > 1, r.lag_ts)).label("previous_ts"),
            func.min(r.ordered_on).over(**of_person).label("first_on"),
            func.max(case((first, r.order_id))).over(**of_person).label("first_order_id"),
            func.max(case((first, r.has_coupon), else_=0)).over(**of_person).label("first_coupon"),
            cast(func.count().over(**of_person), Integer).label("order_count"),
        ).subquery("orders")  # fmt: skip

    def _order_rows(self, wanted: set[str]) -> Rows:
        orders = self.orders()
        o = orders.c
        source: Any = orders
        gap = whole_days(o.previous_ts, o.ts)
        list_amount = o.amount + o.discount
        columns: dict[str, ColumnElement[Any]] = {
            **{str(column.name): column for column in o},
            "month": month_number(o.ordered_on),
            "week": week_of(o.ordered_on),
            "weekday": local_weekday(o.ts, self.settings.timezone),
            "hour": local_hour(o.ts, self.settings.timezone),
            "gap_days": gap,
            "kind": case((o.n == 1, "first"), (gap > AWAY_DAYS, "won_back"), else_="repeat"),
            "is_repeat": case((o.n > 1, 1), else_=0),
            "list_amount": list_amount,
            "discount_percent": ratio(o.discount * 100, list_amount),
            "first_month": month_number(o.first_on),
            "first_week": week_of(o.first_on),
            "first_quarter": month_number(o.first_on),
            "months_since": month_number(o.ordered_on) - month_number(o.first_on),
            "weeks_since": cast(ratio(date_days_between(week_of(o.first_on), week_of(o.ordered_on)), 7), Integer),
        }
        if "items" in wanted:
            baskets = self.marts.baskets.c
            items = (
                select(baskets.order_id, cast(func.count(), Integer).label("items"))
                .group_by(baskets.order_id)
                .subquery("items")
            )
            source = source.join(items, items.c.order_id == o.order_id)
            columns["items"] = items.c["items"]
        if "first_category" in wanted:
            main = self.main("category", "first_basket")
            source = source.join(main, main.c.order_id == o.first_order_id)
            columns["first_category"] = main.c.category
        if "first_product" in wanted:
            main = self.main("product_id", "first_line")
            source = source.join(main, main.c.order_id == o.first_order_id)
            columns["first_product"] = main.c.product_id
        if "category" in wanted:
            main = self.main("category", "basket")
            source = source.join(main, main.c.order_id == o.order_id)
            columns["category"] = main.c.category
        if "first_channel" in wanted:
            v = self.marts.visits.alias("first_visit")
            source = source.join(v, and_(v.c.person == o.person, v.c.visit_number == 1))
            columns["first_channel"] = v.c.channel
        if wanted & {"join_month", "months_since_join"}:
            m = tables.members.alias("joined")
            source = source.join(m, m.c.member_id == o.member_id)
            joined = month_number(local_date(m.c.joined_at, self.settings.timezone))
            columns |= {"join_month": joined, "months_since_join": month_number(o.ordered_on) - joined}
        return Rows(source, columns.__getitem__, o.ts)

    def main(self, what: Literal["category", "product_id"], name: str) -> Subquery:
        """Of each order the category or the product with the largest amount; of equal ones the first by name."""
        b = self.marts.baskets.c
        sums = (
            select(b.order_id, b[what], cast(func.sum(b.amount), BigInteger).label("amount"))
            .where(b[what].is_not(None))
            .group_by(b.order_id, b[what])
            .subquery(f"{name}_sums")
        )
        s = sums.c
        ranked = select(
            s.order_id,
            s[what],
            func.row_number().over(partition_by=s.order_id, order_by=(s.amount.desc(), s[what])).label("place"),
        ).subquery(f"{name}_ranked")
        return select(ranked.c.order_id, ranked.c[what]).where(ranked.c.place == 1).subquery(name)

    # --- customers ----------------------------------------------------------------------------

    def _customer_rows(self) -> Rows:
        orders = self.orders()
        o = orders.c
        grouped = (
            select(
                o.person,
                cast(func.count(), Integer).label("order_count"),
                cast(func.sum(o.amount), BigInteger).label("total_amount"),
                cast(func.sum(o.discount), BigInteger).label("discount"),
                cast(func.sum(o.has_coupon), BigInteger).label("coupons"),
                func.max(o.ts).label("last_ts"),
            )
            .group_by(o.person)
            .subquery("customers")
        )
        c = grouped.c
        columns: dict[str, ColumnElement[Any]] = {
            **{str(column.name): column for column in c},
            "aov": ratio(c.total_amount, c.order_count),
            "days_since_last": whole_days(c.last_ts, instant(self.now)),
            "coupon_percent": ratio(c.coupons * 100, c.order_count),
            "discount_percent": ratio(c.discount * 100, c.total_amount + c.discount),
            "is_repeat_customer": case((c.order_count > 1, 1), else_=0),
        }
        return Rows(grouped, columns.__getitem__, None)

    # --- lines --------------------------------------------------------------------------------

    def _line_rows(self) -> Rows:
        orders, b = self.orders(), self.marts.baskets
        o = orders.c
        source = b.join(orders, o.order_id == b.c.order_id)
        columns: dict[str, ColumnElement[Any]] = {
            **{str(column.name): column for column in b.c},
            "n": o.n,
            "unit_price": ratio(b.c.amount, b.c.quantity),
            "order_count": o.order_count,
            "month": month_number(o.ordered_on),
            "week": week_of(o.ordered_on),
            "first_month": month_number(o.first_on),
        }
        return Rows(source, columns.__getitem__, o.ts)

    # --- visits -------------------------------------------------------------------------------

    def _visit_rows(self) -> Rows:
        v = self.marts.visits.c
        kept = [v.started_at <= instant(self.now)]
        if self.persons is not None:
            kept.append(v.person.in_(self.persons))
        visits = (
            select(
                v.person,
                v.started_at,
                v.started_on,
                func.min(v.started_on).over(partition_by=v.person).label("first_on"),
            )
            .where(*kept)
            .subquery("visits")
        )
        c = visits.c
        columns: dict[str, ColumnElement[Any]] = {
            "person": c.person,
            "first_week": week_of(c.first_on),
            "weeks_since": cast(ratio(date_days_between(week_of(c.first_on), week_of(c.started_on)), 7), Integer),
        }
        return Rows(visits, columns.__getitem__, c.started_at)
