"""Behaviour as SQL: an ``Aggregate`` over a person's rows up to each subject's 'as of'.

The rows are joined to the subjects by person and time, and grouped once a subject: one value each, which the
subjects then carry beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, FromClause, and_, cast, func, or_, select

from ifdo_core import tables
from ifdo_core.catalogue.spec import Aggregate, Param, Where
from ifdo_core.engines.sql import Query, glob_matches, instant, json_text, local_date, micros, newest, starts_with
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.purchases import counts, net_amount
from ifdo_core.segments.model import Scalar
from ifdo_core.segments.subjects import Subject, Visits

Params = Mapping[str, Scalar]

_DAY_US = 86_400_000_000
_COLUMNS_OF_PRODUCT = ("brand", "list_price", "stock")


class Rows:
    """What an aggregate reads for one subject: rows with a time, an id and columns by name.

    ``joins``: the tables of the rows with what ties each to those before it, the subject first. They are written one
    after the other, since ClickHouse takes no join in parentheses.
    """

    def __init__(self, subject: Subject, spec: Aggregate) -> None:
        self.subject = subject
        self.spec = spec
        self.joins: list[tuple[FromClause, ColumnElement[bool]]] = []
        self.ts, self.id = getattr(self, f"_{spec.source}")()

    def _events(self) -> tuple[Any, Any]:
        events = tables.events.alias("event")
        self.base = events.c
        if self.spec.within == "visit":
            assert isinstance(self.subject, Visits)
            self.joins = [(events, events.c.visitor_id == self.subject.visit.visitor_id)]
        else:
            identity = self.subject.marts.identity.alias("identity")
            self.joins = [
                (identity, identity.c.person == self.subject.person),
                (events, events.c.visitor_id == identity.c.visitor_id),
            ]
        return events.c.ts, events.c.event_id

    def _orders(self) -> tuple[Any, Any]:
        orders = self.subject.marts.person_orders.alias("person_order")
        self.base = self.order = orders.c
        self.joins = [(orders, orders.c.person == self.subject.person)]
        return orders.c.ts, orders.c.order_id

    def _items(self) -> tuple[Any, Any]:
        ts, _ = self._orders()
        items = tables.order_items.alias("item")
        self.base = items.c
        self.joins.append((items, items.c.order_id == self.order.order_id))
        return ts, items.c.line_id

    def _visits(self) -> tuple[Any, Any]:
        visits = self.subject.marts.visits.alias("past_visit")
        self.base = visits.c
        self.joins = [(visits, visits.c.person == self.subject.person)]
        return visits.c.started_at, visits.c.visit_id

    @property
    def source(self) -> FromClause:
        """The subject with its rows; one line a row."""
        source: FromClause = self.subject.row
        for table, on in self.joins:
            source = source.join(table, on)
        product = self.__dict__.get("_product")
        return source if product is None else source.outerjoin(product, product.c.product_id == self.base.product_id)

    # --- columns ------------------------------------------------------------------------------

    def column(self, name: str) -> ColumnElement[Any]:
        """A column by the name specs use: an event's category falls back on its product's."""
        if name.startswith("params."):
            return json_text(self.base.params, name.removeprefix("params."))
        if self.spec.source == "orders" and name == "amount":
            return net_amount(self.order, self.subject.as_of, Cut())
        if name in _COLUMNS_OF_PRODUCT:
            return self._product.c[name]
        if name == "category":
            given = self.base.get("category")
            of_product = self._product.c.category
            return of_product if given is None else func.coalesce(given, of_product)
        return self.base[name]

    @cached_property
    def _product(self) -> FromClause:
        """The product of a row, joined once a column of it is asked for."""
        return tables.products.alias("product")


def aggregate_query(
    subject: Subject, spec: Aggregate, params: Params, only: tuple[Where, ...] = (), raw: Any = None
) -> Query:
    """Columns key and value: one row for each subject that has rows at all.

    ``raw``: a function of the rows' column that keeps those for which it is true (for sets).
    """
    asked = subject.again()
    rows = Rows(asked, spec)
    value = _value(rows, spec)
    filters = [_filter(rows, item, params) for item in (*spec.where, *only)]
    if raw is not None:
        filters.append(raw(rows.column(spec.column or "")))
    kept = [item for item in filters if item is not None]
    conditions = [*asked.where(), *_belongs(asked, rows, spec, params), *_early(asked, rows, spec, params), *kept]
    if spec.function == "largest_group":
        grouped = (
            select(asked.key.label("key"), func.count().label("n"))
            .select_from(rows.source)
            .where(*conditions, rows.column(spec.column or "").is_not(None))
            .group_by(asked.key, rows.column(spec.column or ""))
            .subquery("groups")
        )
        return select(grouped.c.key, func.max(grouped.c.n).label("value")).group_by(grouped.c.key)
    return (
        select(asked.key.label("key"), value.label("value"))
        .select_from(rows.source)
        .where(*conditions)
        .group_by(asked.key)
    )


def newest_query(subject: Subject, spec: Aggregate, params: Params) -> Query:
    """Columns key and value: the time of the newest row of each subject that has one."""
    asked = subject.again()
    rows = Rows(asked, spec)
    kept = [item for item in (_filter(rows, one, params) for one in spec.where) if item is not None]
    return (
        select(asked.key.label("key"), func.max(rows.ts).label("value"))
        .select_from(rows.source)
        .where(*asked.where(), *_belongs(asked, rows, spec, params), *_early(asked, rows, spec, params), *kept)
        .group_by(asked.key)
    )


def _value(rows: Rows, spec: Aggregate) -> ColumnElement[Any]:
    column = rows.column(spec.column) if spec.column else None
    if spec.function == "distinct_days":
        zone = rows.subject.settings.timezone
        return func.count(local_date(rows.ts, zone).distinct())
    if column is None or spec.function in ("count", "set", "largest_group"):
        return func.count()
    if spec.function == "sum":
        whole = isinstance(column.type, BigInteger)
        return cast(func.sum(column), BigInteger if whole else Double)
    if spec.function == "distinct":
        return func.count(column.distinct())
    if spec.function == "latest":
        return newest(column, rows.ts, rows.id)
    return func.max(column)


def _belongs(subject: Subject, rows: Rows, spec: Aggregate, params: Params) -> list[ColumnElement[bool]]:
    """The row lies at or before 'as of', inside the period or the visit, and counts."""
    if spec.within == "visit":
        return _of_visit(subject, rows)
    mine = [rows.ts <= subject.as_of]
    days = _days(spec, params)
    if days is not None:
        mine.append(micros(rows.ts) > micros(subject.as_of) - days * _DAY_US)
    if spec.source in ("orders", "items"):
        mine.append(counts(rows.order, subject.as_of, Cut()))
    return mine


def _of_visit(subject: Subject, rows: Rows) -> list[ColumnElement[bool]]:
    """Events of the subject's own visit: by the source's visit id, or by the visitor's time between its ends."""
    assert isinstance(subject, Visits)
    visit, event = subject.visit, rows.base
    same = or_(visit.source_visit_id == event.visit_id, and_(visit.source_visit_id.is_(None), event.visit_id.is_(None)))
    return [same, rows.ts.between(visit.started_at, visit.ended_at)]


def _early(subject: Subject, rows: Rows, spec: Aggregate, params: Params) -> list[ColumnElement[bool]]:
    """Limits that hold for every subject, so that the engine need not look at older or later rows at all."""
    limits: list[ColumnElement[bool]] = [rows.ts <= instant(subject.now)]
    days = 0 if spec.within == "visit" else _days(spec, params)
    if days is not None and subject.earliest > datetime(1971, 1, 1) + timedelta(days=days):
        limits.append(rows.ts >= instant(subject.earliest - timedelta(days=days)))
    return limits


def _days(spec: Aggregate, params: Params) -> int | None:
    days = spec.days
    value = params.get(days.name) if isinstance(days, Param) else days
    return None if value is None else int(value)


def _filter(rows: Rows, where: Where, params: Params) -> ColumnElement[bool] | None:
    """The row filter, or None where its parameter is not given."""
    value: Any = where.value
    if isinstance(value, Param):
        value = params.get(value.name)
        if value is None:
            return None
    column = rows.column(where.column)
    match where.op:
        case "eq":
            return column == value
        case "ne":
            return column != value
        case "in":
            return column.in_(value)
        case "glob":
            return _glob(rows, where.column, column, str(value))
        case "category":
            return or_(column == value, starts_with(column, f"{value} > "))
        case "gte":
            return column >= value
        case "lte":
            return column <= value
        case "range":
            low, _, high = str(value).partition("..")
            limits = ([column >= int(low)] if low else []) + ([column <= int(high)] if high else [])
            return and_(column.is_not(None), *limits)
        case "is_true":
            return column.is_(True)
        case "is_known":
            return column.is_not(None)


def _glob(rows: Rows, name: str, column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    """A page's address may match as a whole or by its path."""
    if name == "page_url":
        return or_(glob_matches(column, pattern), glob_matches(rows.base.page_path, pattern))
    return glob_matches(column, pattern)
