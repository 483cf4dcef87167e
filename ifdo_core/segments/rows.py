"""The rows an ``Aggregate`` reads, beside each subject (``catalogue.spec`` documents the sources and their columns)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Double, FromClause, and_, case, cast, func, or_, select

from ifdo_core import tables
from ifdo_core.catalogue.spec import PLAIN_NUMBER, Aggregate
from ifdo_core.engines.sql import Query, json_text, local_hour, newest, oldest, regex_matches
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.purchases import counts, net_amount
from ifdo_core.segments.sources import MESSAGE, by_then, messages_query, pages_query, placed_query, refunds_query
from ifdo_core.segments.subjects import Subject, Visits

_CART = ("add_to_cart", "remove_from_cart", "purchase")
_WISHES = ("add_to_wishlist", "remove_from_wishlist")


def number(text: ColumnElement[str]) -> ColumnElement[float]:
    """The number that ``text`` writes plainly; anything else is unknown, not an error."""
    return case((regex_matches(text, f"^{PLAIN_NUMBER}$"), cast(text, Double)))


class Rows:
    """What an aggregate reads for one subject: rows with a time, an id and columns by name.

    ``joins``: the tables of the rows with what ties each to those before it, the subject first. They are written one
    after the other, since ClickHouse takes no join in parentheses. ``kept``: what else makes a row one of these.
    ``ts`` and ``id`` are None for what a person holds at 'as of', which has no time.
    """

    def __init__(self, subject: Subject, spec: Aggregate) -> None:
        self.subject = subject
        self.spec = spec
        self.joins: list[tuple[FromClause, ColumnElement[bool]]] = []
        self.kept: list[ColumnElement[bool]] = []
        self.ts, self.id = getattr(self, f"_{spec.source}")()

    # --- sources ------------------------------------------------------------------------------

    def _events(self) -> tuple[Any, Any]:
        events = tables.events.alias("event")
        self.base = events.c
        if self.spec.within == "visit":
            self.joins = [(events, events.c.visitor_id == self._own_visit.visitor_id)]
            self.kept = same_visit(self._own_visit, events.c)
        else:
            identity = self.subject.marts.identity.alias("identity")
            self.joins = [
                (identity, identity.c.person == self.subject.person),
                (events, events.c.visitor_id == identity.c.visitor_id),
            ]
        return events.c.ts, events.c.event_id

    @property
    def _own_visit(self) -> Any:
        assert isinstance(self.subject, Visits)
        return self.subject.visit

    def _pages(self) -> tuple[Any, Any]:
        pages = pages_query(self.subject).subquery("page")
        return self._of_person(pages, pages.c.ts, pages.c.event_id)

    def _orders(self) -> tuple[Any, Any]:
        orders = self.subject.marts.person_orders.alias("person_order")
        self.order = orders.c
        self.kept = [counts(orders.c, self.subject.as_of, Cut())]
        return self._of_person(orders, orders.c.ts, orders.c.order_id)

    def _items(self) -> tuple[Any, Any]:
        ts, order_id = self._orders()
        items = tables.order_items.alias("item")
        self.base = items.c
        self.joins.append((items, items.c.order_id == order_id))
        if self.spec.order != "any":
            chosen = self._chosen_order_query().subquery("chosen")
            self.joins.append((chosen, and_(chosen.c.key == self.subject.key, chosen.c.order_id == order_id)))
        return ts, items.c.line_id

    def _chosen_order_query(self) -> Query:
        """key, order_id: the first or last order of each subject."""
        asked = self.subject.again()
        orders = Rows(asked, Aggregate("orders", "count"))
        at_end = oldest if self.spec.order == "first" else newest
        return (
            select(asked.key.label("key"), at_end(orders.id, orders.ts, orders.id).label("order_id"))
            .select_from(orders.source)
            .where(*asked.where(), *orders.kept)
            .group_by(asked.key)
        )

    def _visits(self) -> tuple[Any, Any]:
        visits = self.subject.marts.visits.alias("past_visit")
        return self._of_person(visits, visits.c.started_at, visits.c.visit_id)

    def _placed(self) -> tuple[Any, Any]:
        orders = placed_query(self.subject).subquery("placed")
        return self._of_person(orders, orders.c.ts, orders.c.order_id)

    def _refunds(self) -> tuple[Any, Any]:
        refunds = refunds_query(self.subject).subquery("refund")
        return self._of_person(refunds, refunds.c.ts, refunds.c.order_id)

    # --- messages -----------------------------------------------------------------------------

    def _messages(self, moment: Any, kept: Any) -> tuple[Any, Any]:
        messages = messages_query(self.subject, moment, kept).subquery("message")
        return self._of_person(messages, messages.c.at, messages.c.message_id)

    def _sent(self) -> tuple[Any, Any]:
        return self._messages(MESSAGE.ts, MESSAGE.status.in_(("accepted", "delivered")))

    def _delivered(self) -> tuple[Any, Any]:
        return self._messages(func.coalesce(MESSAGE.delivered_at, MESSAGE.ts), MESSAGE.status == "delivered")

    def _failed(self) -> tuple[Any, Any]:
        return self._messages(func.coalesce(MESSAGE.failed_at, MESSAGE.ts), MESSAGE.status == "failed")

    def _opened(self) -> tuple[Any, Any]:
        return self._messages(MESSAGE.opened_at, MESSAGE.opened_at.is_not(None))

    def _clicked(self) -> tuple[Any, Any]:
        return self._messages(MESSAGE.clicked_at, MESSAGE.clicked_at.is_not(None))

    def _closed(self) -> tuple[Any, Any]:
        return self._messages(MESSAGE.closed_at, MESSAGE.closed_at.is_not(None))

    def _of_person(self, rows: Any, ts: Any, id: Any) -> tuple[Any, Any]:
        self.base = rows.c
        self.joins = [(rows, rows.c.person == self.subject.person)]
        return ts, id

    def _cart(self) -> tuple[Any, Any]:
        return self._held(self._cart_query().subquery("held"))

    def _wishlist(self) -> tuple[Any, Any]:
        return self._held(self._wishlist_query().subquery("held"))

    def _held(self, held: Any) -> tuple[Any, Any]:
        self.base = held.c
        self.joins = [(held, held.c.key == self.subject.key)]
        return None, None

    def _cart_query(self) -> Query:
        """key, product_id, quantity: what was added less what was removed since the last purchase."""
        rows, event = self._past_events(_CART)
        key = rows.subject.key
        later_purchases = func.sum(case((event.name == "purchase", 1), else_=0)).over(
            partition_by=key, order_by=(event.ts.desc(), event.event_id.desc()), rows=(None, 0)
        )
        units = func.coalesce(event.quantity, 1)
        changes = rows.select(
            key.label("key"),
            event.product_id,
            case((event.name == "add_to_cart", units), else_=-units).label("change"),
            later_purchases.label("purchases"),
        ).subquery("changes")
        c = changes.c
        quantity = func.sum(c.change)
        return (
            select(c.key, c.product_id, quantity.label("quantity"))
            .where(c.purchases == 0, c.product_id.is_not(None))
            .group_by(c.key, c.product_id)
            .having(quantity > 0)
        )

    def _wishlist_query(self) -> Query:
        """key, product_id: the products whose newest wishlist event is an add."""
        rows, event = self._past_events(_WISHES)
        key = rows.subject.key
        newest_name = newest(event.name, event.ts, event.event_id)
        of_product = (
            rows.select(key.label("key"), event.product_id, newest_name.label("name"))
            .where(event.product_id.is_not(None))
            .group_by(key, event.product_id)
            .subquery("wishes")
        )
        c = of_product.c
        return select(c.key, c.product_id).where(c.name == _WISHES[0])

    def _past_events(self, names: tuple[str, ...]) -> tuple[Rows, Any]:
        """The same subjects with their events of these names up to 'as of'."""
        rows = Rows(self.subject.again(), Aggregate("events", "count"))
        rows.kept = [rows.base.name.in_(names), rows.ts <= rows.subject.as_of]
        return rows, rows.base

    # --- reading them -------------------------------------------------------------------------

    @property
    def source(self) -> FromClause:
        """The subject with its rows; one line a row."""
        source: FromClause = self.subject.row
        for table, on in self.joins:
            source = source.join(table, on)
        for name, on in (("_product", "product_id"), ("_visit", "visitor_id")):
            if name in self.__dict__:
                other = self.__dict__[name]
                source = source.outerjoin(other, other.c[on] == self.base[on])
        return source

    def select(self, *columns: ColumnElement[Any]) -> Query:
        return select(*columns).select_from(self.source).where(*self.subject.where(), *self.kept)

    # --- columns ------------------------------------------------------------------------------

    def column(self, name: str) -> ColumnElement[Any]:
        """A column by the name specs use."""
        if name.startswith("params."):
            return json_text(self.base.params, name.removeprefix("params."))
        made = getattr(self, f"_column_{name}", None)
        found = made() if made else None
        return self.base[name] if found is None else found

    def number(self, name: str) -> ColumnElement[Any]:
        """A column as a number: a property of an event is one where it writes one plainly."""
        column = self.column(name)
        return number(column) if name.startswith("params.") else column

    def _column_amount(self) -> ColumnElement[Any] | None:
        return net_amount(self.order, self.subject.as_of, Cut()) if self.spec.source == "orders" else None

    def _column_hour(self) -> ColumnElement[Any] | None:
        return local_hour(self.ts, self.subject.settings.timezone) if self.spec.source == "orders" else None

    def _column_order_discount(self) -> ColumnElement[Any]:
        return self.order.discount

    def _column_list_amount(self) -> ColumnElement[Any] | None:
        return self.base.price * self.base.quantity

    def _column_brand(self) -> ColumnElement[Any]:
        return self._product.c.brand

    def _column_category(self) -> ColumnElement[Any]:
        """An event's category falls back on its product's."""
        given = self.base.get("category")
        of_product = self._product.c.category
        return of_product if given is None else func.coalesce(given, of_product)

    def _column_price(self) -> ColumnElement[Any] | None:
        return None if "price" in self.base else self._product.c.price

    def _column_unit_price(self) -> ColumnElement[Any]:
        return func.coalesce(self.number("params.price"), cast(self._product.c.price, Double))

    def _column_on_sale(self) -> ColumnElement[Any]:
        return self._product.c.list_price > self._column_unit_price()

    def _column_video(self) -> ColumnElement[Any]:
        return func.coalesce(self.column("params.video_url"), self.column("params.video_title"), "")

    def _column_percent(self) -> ColumnElement[Any]:
        told = self.number("params.video_percent")
        name = self.base.name
        return case((name == "video_start", 0.0), (name == "video_complete", 100.0), else_=told)

    def _column_names_coupon(self) -> ColumnElement[Any]:
        named = self.column("params.coupon").is_not(None)
        return case((self.base.name == "purchase", False), else_=named)

    def _column_visit(self) -> ColumnElement[Any]:
        """The visit an event belongs to."""
        return self._visit.c.visit_id

    def _column_is_clicked(self) -> ColumnElement[Any]:
        return by_then(self.base.clicked_at, self.subject.as_of)

    @cached_property
    def _product(self) -> FromClause:
        """The product of a row, joined once a column of it is asked for."""
        return tables.products.alias("product")

    @cached_property
    def _visit(self) -> FromClause:
        visit = self.subject.marts.visits.alias("event_visit")
        self.kept = [*self.kept, *same_visit(visit.c, self.base)]
        return visit


def same_visit(visit: Any, event: Any) -> list[ColumnElement[bool]]:
    """The visitor's event is of the visit: by the source's visit id, or by the time between its ends."""
    same = or_(visit.source_visit_id == event.visit_id, and_(visit.source_visit_id.is_(None), event.visit_id.is_(None)))
    return [same, event.ts.between(visit.started_at, visit.ended_at)]
