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
OF_FIRST_EVENT = (
    "device", "os", "browser", "country", "region", "city", "language", "os_version", "browser_version",
    "device_brand", "device_model", "platform", "screen_width",
)  # fmt: skip
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
        self._events_of: dict[str, list[Row]] = {}
        self._said: dict[str, Row] = {}
        self.visits = self._visits()
        self.visit_of_event = {
            event["event_id"]: visit["visit_id"] for visit in self.visits for event in visit["own_events"]
        }
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
        if not self._events_of:
            for event in self.events:
                self._events_of.setdefault(self.person_of_visitor(event["visitor_id"]), []).append(event)
        return self._events_of.get(person, [])

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
            "landing_query": first.get("page_query"),
            "is_internal": any(event.get("is_internal") for event in events),
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
            **{name: first.get(name) for name in OF_FIRST_EVENT},
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
                    kept |= {"list_amount": item["price"] * item["quantity"], "order_discount": order.get("discount")}
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
        """Events with what their product and their properties say of them (``Aggregate``, events)."""
        for event in events:
            if event["event_id"] not in self._said:
                self._said[event["event_id"]] = self._said_of(event)
        return [{**event, **self._said[event["event_id"]]} for event in events]

    def _said_of(self, event: Row) -> Row:
        product = self.products.get(event.get("product_id"), {})
        category = event.get("category")
        price, list_price = number(json_property(event, "price")), product.get("list_price")
        if price is None:
            price = product.get("price")
        video = json_property(event, "video_url")
        if video is None:
            video = json_property(event, "video_title")
        played = {"video_start": 0, "video_complete": 100}
        return {
            "category": product.get("category") if category is None else category,
            "brand": product.get("brand"),
            "unit_price": price,
            "on_sale": None if price is None or list_price is None else list_price > price,
            "video": "" if video is None else video,
            "percent": played.get(event["name"], number(json_property(event, "video_percent"))),
            "names_coupon": event["name"] != "purchase" and json_property(event, "coupon") is not None,
            "visit": self.visit_of_event.get(event["event_id"]),
        }

    # --- pages --------------------------------------------------------------------------------

    def pages_of(self, person: str) -> list[Row]:
        """The pages of the person's visits with the seconds spent on each."""
        found: list[Row] = []
        for visit in self.visits_of(person):
            events = visit["own_events"]
            places = [place for place, event in enumerate(events) if event["name"] == "page_view"]
            for number_of_page, place in enumerate(places, 1):
                following = places[number_of_page] if number_of_page < len(places) else None
                if following is None:
                    told = [ms for event in events[place:] if (ms := engagement_ms(event)) is not None]
                    dwell = sum(told) / 1000 if told else None
                else:
                    dwell = seconds(events[place]["ts"], events[following]["ts"])
                found.append({**events[place], "dwell_s": dwell})
        return found

    # --- orders whatever became of them -------------------------------------------------------

    def placed(self, person: str) -> list[Row]:
        unpaid = ("pending", "authorized", "cancelled")
        return [
            {**order, "paid": order["status"] not in unpaid}
            for order in self.orders
            if self.person_of_order(order) == person
        ]

    def refunds(self, person: str) -> list[Row]:
        """What came back of paid orders, at the time it did where that is known."""
        found: list[Row] = []
        for order in self.placed(person):
            whole, back = order["status"] == "refunded", order.get("refunded_amount")
            if order["paid"] and (whole or order["status"] == "partially_refunded" or (back or 0) > 0):
                moment = order.get("refunded_at") or order["ts"]
                found.append({**order, "ts": moment, "amount": order["amount"] if whole else back})
        return found

    # --- what a person holds ------------------------------------------------------------------

    def cart(self, person: str, as_of: datetime) -> list[Row]:
        """The products in the cart: added less removed since the last purchase."""
        held: dict[str, int] = {}
        for event in self.events_of(person):
            if event["ts"] > as_of:
                continue
            if event["name"] == "purchase":
                held = {}
            sign = {"add_to_cart": 1, "remove_from_cart": -1}.get(event["name"])
            if sign is None or event.get("product_id") is None:
                continue
            units = 1 if event.get("quantity") is None else event["quantity"]
            held[event["product_id"]] = held.get(event["product_id"], 0) + sign * units
        return [self._product_row(product, quantity) for product, quantity in held.items() if quantity > 0]

    def wishlist(self, person: str, as_of: datetime) -> list[Row]:
        wished: dict[str, bool] = {}
        for event in self.events_of(person):
            if event["ts"] <= as_of and event["name"] in ("add_to_wishlist", "remove_from_wishlist"):
                wished[event.get("product_id")] = event["name"] == "add_to_wishlist"  # type: ignore[index]
        return [self._product_row(product, 1) for product, still in wished.items() if still and product is not None]

    def _product_row(self, product_id: str, quantity: int) -> Row:
        product = self.products.get(product_id, {})
        known = {name: product.get(name) for name in ("category", "brand", "price")}
        return {"product_id": product_id, "quantity": quantity, **known}


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


def number(text: str | None) -> float | None:
    """What is no plain number is unknown."""
    if text is None or re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", text, re.ASCII) is None:
        return None
    return float(text)


def engagement_ms(event: Row) -> float | None:
    """What is no plain number is unknown."""
    text = json_property(event, "engagement_time_msec")
    return float(text) if text is not None and re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) else None


def cart_amounts(past: list[Row]) -> dict[str, int]:
    """What the cart held at each event that reads it, by event id."""
    return {event_id: amount for _, amount, event_id in _cart(past)[0]}


def cart_state(past: list[Row], end: datetime) -> Row:
    """semantics.md, 'Recent cart amount': readings, and what is left since the last purchase."""
    readings, amount, adds = _cart(past)
    recent = [value for ts, value, _ in readings if end - DAY < ts <= end]
    return {
        "cart_amount": amount,
        "recent_cart_amount": max(recent, default=None),
        "cart_started_at": adds[0] if adds else None,
        "cart_last_add_at": adds[-1] if adds else None,
    }


def _cart(past: list[Row]) -> tuple[list[tuple[datetime, int, str]], int | None, list[datetime]]:
    """Readings (time, amount, event id), the amount now, and the times of adds since the last purchase."""
    readings: list[tuple[datetime, int, str]] = []
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
        readings.append((event["ts"], amount, event["event_id"]))
    return readings, amount, adds
