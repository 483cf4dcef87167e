"""What happened, person by person, up to now: identity, visits, carts and orders (semantics.md)."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from tests.oracle.origins import attribution
from tests.oracle.shop import Row, Shop, in_order, seconds

#: Events that come by themselves and are no interaction.
PASSIVE = {"page_view", "session_start", "first_visit", "user_engagement", "scroll"}
STEPS = ["view_item", "add_to_cart", "view_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase"]
DAY = timedelta(days=1)


class History:
    """The shop as it is known at ``now``; nothing after it is looked at."""

    def __init__(self, shop: Shop, now: datetime) -> None:
        self.shop = shop
        self.now = now
        self.events = in_order([event for event in shop.events if event["ts"] <= now], "event_id")
        self.orders = in_order([order for order in shop.orders if order["ts"] <= now], "order_id")
        self.products = {row["product_id"]: row for row in shop.products}
        self.members = {row["member_id"]: row for row in shop.members}
        self.member_of_visitor = self._identity()
        self.visits = self._visits()
        self._look_back()

    # --- identity -----------------------------------------------------------------------------

    def _identity(self) -> dict[str, str]:
        """semantics.md, 'Identity': the newest event of the visitor that carries a member id."""
        known: dict[str, str] = {}
        for event in self.events:
            if event.get("member_id") is not None:
                known[event["visitor_id"]] = event["member_id"]
        return known

    def person_of_visitor(self, visitor: str) -> str:
        member = self.member_of_visitor.get(visitor)
        return f"m:{member}" if member is not None else f"v:{visitor}"

    def person_of_order(self, order: Row) -> str:
        """semantics.md, 'Identity': orders without a member belong to their visitor."""
        if order.get("member_id") is not None:
            return f"m:{order['member_id']}"
        if order.get("visitor_id") is not None:
            return self.person_of_visitor(order["visitor_id"])
        return f"o:{order['order_id']}"

    def events_of(self, person: str) -> list[Row]:
        return [event for event in self.events if self.person_of_visitor(event["visitor_id"]) == person]

    def visits_of(self, person: str) -> list[Row]:
        """From the first to the last."""
        found = [visit for visit in self.visits if visit["person"] == person]
        return sorted(found, key=lambda visit: (visit["started_at"], visit["visit_id"].encode()))

    def people(self) -> set[str]:
        """Every person with a visit, a member row or an order that counted at some moment."""
        visiting = {visit["person"] for visit in self.visits}
        buying = {self.person_of_order(order) for order in self.orders if ever_counted(order)}
        return visiting | buying | {f"m:{member}" for member in self.members}

    def known_members(self) -> set[str]:
        return {person.removeprefix("m:") for person in self.people() if person.startswith("m:")}

    def person_state(self, person: str) -> Row:
        """The person's row of ``people``: their state at now."""
        visits = self.visits_of(person)
        return {
            "person": person,
            "member_id": person.removeprefix("m:") if person.startswith("m:") else None,
            "visit_count": len(visits),
            "first_visit_at": visits[0]["started_at"] if visits else None,
            "last_visit_at": visits[-1]["started_at"] if visits else None,
            **self.order_state(person, self.now),
        }

    # --- visits -------------------------------------------------------------------------------

    def _visits(self) -> list[Row]:
        """semantics.md, 'Visits': by the source's visit ids, else by gaps of more than 30 minutes."""
        groups: dict[tuple[str, str], list[Row]] = {}
        open_visit: dict[str, list[Row]] = {}
        runs: list[list[Row]] = []
        gap = timedelta(minutes=self.shop.visit_gap_minutes)
        for event in self.events:
            visitor, source_id = event["visitor_id"], event.get("visit_id")
            if source_id is not None:
                groups.setdefault((visitor, source_id), []).append(event)
                continue
            run = open_visit.get(visitor)
            if run is None or event["ts"] - run[-1]["ts"] > gap:
                run = []
                open_visit[visitor] = run
                runs.append(run)
            run.append(event)
        return [self._visit(events) for events in (*groups.values(), *runs)]

    def _visit(self, events: list[Row]) -> Row:
        """What one visit says by itself; ``own_events`` holds its events."""
        first, last = events[0], events[-1]
        pages = [event for event in events if event["name"] == "page_view"]
        start = self.shop.local(first["ts"])
        engaged = [ms for event in events if (ms := engagement_ms(event)) is not None]
        reached = [STEPS.index(event["name"]) for event in events if event["name"] in STEPS]
        inapp = first.get("inapp")
        if inapp in (None, ""):
            inapp = "none" if first.get("browser") is not None else None
        return {
            "own_events": events,
            "visit_id": first["event_id"],
            "visitor_id": first["visitor_id"],
            "source_visit_id": first.get("visit_id"),
            "member_id": self.member_of_visitor.get(first["visitor_id"]),
            "person": self.person_of_visitor(first["visitor_id"]),
            "started_at": first["ts"],
            "ended_at": last["ts"],
            "started_on": start.date(),
            "hour": start.hour,
            "weekday": start.weekday(),
            "day_of_month": start.day,
            **attribution(first, self.shop.own_hosts),
            "landing_path": page_of(first),
            "landing_title": first.get("page_title"),
            "landing_type": first.get("page_type"),
            "landing_product": first.get("product_id"),
            "landing_url": first.get("page_url"),
            "events": len(events),
            "pages": len(pages),
            "unique_pages": len({page_of(event) for event in pages if page_of(event) is not None}),
            "duration_s": seconds(first["ts"], last["ts"]),
            "engaged_s": sum(engaged) / 1000 if engaged else None,
            "is_bounce": len(pages) == 1 and all(event["name"] in PASSIVE for event in events),
            "is_logged_in": any(event.get("member_id") is not None for event in events),
            "furthest_step": STEPS[max(reached)] if reached else "none",
            "exit_path": page_of(pages[-1]) if pages else None,
            "exit_type": pages[-1].get("page_type") if pages else None,
            "host": first.get("page_host"),
            "inapp": inapp,
            **{name: first.get(name) for name in ("device", "os", "browser", "country", "region", "city", "language")},
        }

    def _look_back(self) -> None:
        """The person's state at each visit's end, the visit's own events included."""
        for person in {visit["person"] for visit in self.visits}:
            visits = self.visits_of(person)
            events = self.events_of(person)
            for index, visit in enumerate(visits):
                so_far, end = visits[: index + 1], visit["ended_at"]
                not_direct = [one for one in so_far if one["channel"] != "direct"]
                past = [event for event in events if event["ts"] <= end]
                visit.update(
                    visit_number=index + 1,
                    first_visit_at=visits[0]["started_at"],
                    previous_visit_at=visits[index - 1]["started_at"] if index else None,
                    first_channel=visits[0]["channel"],
                    first_source=visits[0]["source"],
                    first_campaign=visits[0]["campaign"],
                    first_landing_path=visits[0]["landing_path"],
                    last_non_direct_source=not_direct[-1]["source"] if not_direct else None,
                    distinct_channels=len({one["channel"] for one in so_far}),
                    lifetime_pages=sum(event["name"] == "page_view" for event in past),
                    lifetime_duration_s=sum(one["duration_s"] for one in so_far),
                    **cart_state(past, end),
                    **self.order_state(person, end),
                )
                during = [o for o in self.valid_orders(person, end) if visit["started_at"] <= o["ts"] <= end]
                visit["order_amount"] = sum(order["amount"] for order in during) if during else None
                bought = any(event["name"] == "purchase" for event in visit["own_events"])
                visit["converted"] = bought or bool(during)

    # --- orders -------------------------------------------------------------------------------

    def valid_orders(self, person: str, as_of: datetime) -> list[Row]:
        """The person's orders as of a moment, oldest first, ``amount`` net of what had come back by then.

        semantics.md, 'Money' and 'Refunds'.
        """
        found: list[Row] = []
        for order in self.orders:
            if self.person_of_order(order) != person or order["ts"] > as_of:
                continue
            if not ever_counted(order):
                continue
            returned_later = order.get("refunded_at") is not None and order["refunded_at"] > as_of
            if order["status"] == "refunded" and not returned_later:
                continue
            amount = order["amount"]
            if order["status"] != "refunded" and not returned_later:
                amount -= order.get("refunded_amount") or 0
            found.append({**order, "amount": amount})
        return found

    def order_state(self, person: str, as_of: datetime) -> Row:
        orders = self.valid_orders(person, as_of)
        amounts = [order["amount"] for order in orders]
        return {
            "order_count": len(orders),
            "total_amount": sum(amounts),
            "max_order_amount": max(amounts, default=None),
            "last_order_amount": amounts[-1] if orders else None,
            "first_order_at": orders[0]["ts"] if orders else None,
            "last_order_at": orders[-1]["ts"] if orders else None,
        }

    def lines(self, orders: list[Row]) -> list[Row]:
        """The lines of ``orders`` with category and brand of their product and the order's time."""
        found: list[Row] = []
        for order in orders:
            for item in self.shop.order_items:
                if item["order_id"] == order["order_id"]:
                    product = self.products.get(item["product_id"], {})
                    kept = {"category": product.get("category"), "brand": product.get("brand")}
                    found.append({**item, **kept, "ts": order["ts"]})
        return found

    def baskets(self) -> list[Row]:
        """The distinct products of each order that is valid at now (semantics.md, 'Association rules')."""
        found: dict[tuple[str, str], Row] = {}
        for person in {self.person_of_order(order) for order in self.orders}:
            for line in self.lines(self.valid_orders(person, self.now)):
                key = (line["order_id"], line["product_id"])
                kept = {name: line[name] for name in ("order_id", "ts", "product_id", "category", "brand")}
                basket = found.setdefault(key, {**kept, "person": person, "quantity": 0, "amount": 0})
                basket["quantity"] += line["quantity"]
                basket["amount"] += line["price"] * line["quantity"] - (line.get("discount") or 0)
        return list(found.values())

    def event_rows(self, events: list[Row]) -> list[Row]:
        """Events with the brand of their product, and as category their own, else their product's."""
        found: list[Row] = []
        for event in events:
            product = self.products.get(event.get("product_id"), {})
            category = event.get("category")
            if category is None:
                category = product.get("category")
            found.append({**event, "category": category, "brand": product.get("brand")})
        return found


def ever_counted(order: Row) -> bool:
    """Orders not paid count as nothing; one refunded at an unknown time counts as refunded all along."""
    if order["status"] == "refunded":
        return order.get("refunded_at") is not None
    return order["status"] not in ("pending", "authorized", "cancelled")


def page_of(event: Row) -> str | None:
    return event.get("page_path") if event.get("page_path") is not None else event.get("page_url")


def json_property(event: Row, key: str) -> str | None:
    """A property of the event's ``params`` as text; null and what is not there are unknown."""
    text = event.get("params")
    value = json.loads(text).get(key) if text else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def engagement_ms(event: Row) -> float | None:
    """What is no plain number is unknown."""
    text = json_property(event, "engagement_time_msec")
    return float(text) if text is not None and re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) else None


def cart_state(past: list[Row], end: datetime) -> Row:
    """semantics.md, 'Recent cart amount': readings, and what is left since the last purchase."""
    readings: list[tuple[datetime, int]] = []
    total = 0
    amount: int | None = None
    adds: list[datetime] = []
    for event in past:
        if event["name"] == "purchase":
            total, amount, adds = 0, 0, []
            continue
        if event["name"] == "add_to_cart":
            total += event.get("value") or 0
            adds.append(event["ts"])
        if event["name"] == "remove_from_cart":
            total -= event.get("value") or 0
        if event.get("cart_value") is not None:
            amount = event["cart_value"]
        elif event["name"] in ("add_to_cart", "remove_from_cart"):
            amount = total
        else:
            continue
        readings.append((event["ts"], amount))
    recent = [value for ts, value in readings if end - DAY < ts <= end]
    return {
        "cart_amount": amount,
        "recent_cart_amount": max(recent, default=None),
        "cart_started_at": adds[0] if adds else None,
        "cart_last_add_at": adds[-1] if adds else None,
    }
