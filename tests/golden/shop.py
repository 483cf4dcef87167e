"""Reads ``shop.yaml`` into rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from ifdo_core import Segment
from tests.oracle import Row, Shop

HERE = Path(__file__).resolve().parent
YEAR = 2026
_COLUMNS = {
    "product": "product_id", "member": "member_id", "order": "order_id", "cart": "cart_value", "term": "search_term",
    "value": "value", "category": "category", "quantity": "quantity",
    "staff": "is_internal",
}  # fmt: skip
_MOMENTS = ("joined_at", "consent_at", "friend_at", "last_login_at")


@cache
def golden_shop() -> tuple[Shop, datetime]:
    """The shop and its now. Callers must not change them."""
    told: Row = yaml.safe_load((HERE / "shop.yaml").read_text(encoding="utf-8"))
    zone = ZoneInfo(told["timezone"])

    def moment(text: object) -> datetime:
        """Naive UTC of a time on the shop's clock; the year may be left out."""
        full = str(text) if str(text)[4] == "-" else f"{YEAR}-{text}"
        return datetime.fromisoformat(full).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)

    shop = Shop(
        timezone=told["timezone"],
        own_hosts=tuple(told["own_hosts"]),
        free_shipping_from=told["free_shipping_from"],
        products=told["products"],
    )
    for visitor, story in told["visitors"].items():
        for name, visit in story["visits"].items():
            start = moment(visit["start"])
            for number, event in enumerate(visit["events"]):
                row: Row = {
                    "event_id": f"{name}.{number}" if number else name,
                    "ts": start + timedelta(minutes=event["at"]),
                    "visitor_id": visitor,
                    "visit_id": visit.get("source_visit"),
                    **story.get("always", {}),
                    **(visit.get("from", {}) if number == 0 else {}),
                    **_event(event, told["pages"], story.get("host", "shop.co.kr")),
                }
                shop.events.append(row)
    for order_id, order in told["orders"].items():
        row = {key: value for key, value in order.items() if key not in ("items", "member", "visitor")}
        row |= {"order_id": order_id, "member_id": order.get("member"), "visitor_id": order.get("visitor")}
        row["ts"] = moment(order["ts"])
        if "refunded_at" in order:
            row["refunded_at"] = moment(order["refunded_at"])
        shop.orders.append(row)
        for number, (product, quantity, price) in enumerate(order["items"]):
            line = {"line_id": f"{order_id}.{number}", "order_id": order_id, "product_id": product}
            shop.order_items.append({**line, "quantity": quantity, "price": price})
    for member in told["members"]:
        known = {name: moment(member[name]) for name in _MOMENTS if name in member}
        shop.members.append({**member, **known})
    shop.scores = told["scores"]
    for message in told["messages"]:
        times = {name: moment(value) for name, value in message.items() if name == "ts" or name.endswith("_at")}
        shop.messages.append({**message, **times})
    for segment_id, where in told["segments"].items():
        shop.segments[segment_id] = Segment.from_dict({"format": 1, "where": where}).where
    return shop, moment(told["now"])


def _event(event: Row, pages: dict[str, list[Any]], host: str) -> Row:
    row: Row = {column: event[key] for key, column in _COLUMNS.items() if key in event}
    if "query" in event:
        row["page_query"] = json.dumps(event["query"], ensure_ascii=False)
    if "params" in event:
        row["params"] = json.dumps(event["params"], ensure_ascii=False)
    if "of" in event:  # what happens on a page, with its address
        row |= {"page_path": event["of"], "page_url": f"https://{host}{event['of']}", "page_host": host}
    if "page" not in event:
        return {**row, "name": event["do"]}
    title, kind, *product = pages[event["page"]]
    page = {"page_path": event["page"], "page_url": f"https://{host}{event['page']}", "page_host": host}
    page |= {"page_title": title, "page_type": kind, "product_id": product[0] if product else None}
    return {**page, **row, "name": "page_view"}
