"""Messages and what followed them, read row by row (``catalogue.spec``: messages to the person)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.oracle.history import History
from tests.oracle.shop import Row, in_order

#: Source → its own time, the time that stands for it, and the statuses it is said of (None: any).
_TIMES: dict[str, tuple[str, str | None, tuple[str, ...] | None]] = {
    "sent": ("ts", None, ("accepted", "delivered")),
    "delivered": ("delivered_at", "ts", ("delivered",)),
    "failed": ("failed_at", "ts", ("failed",)),
    "opened": ("opened_at", None, None),
    "clicked": ("clicked_at", None, None),
    "closed": ("closed_at", None, None),
}

MESSAGE_SOURCES = tuple(_TIMES)


def message_rows(history: History, person: str, source: str, as_of: datetime) -> list[Row]:
    own, other, statuses = _TIMES[source]
    found: list[Row] = []
    for message in history.shop.messages:
        if statuses is not None and message["status"] not in statuses:
            continue
        moment = message.get(own)
        if moment is None and other is not None:
            moment = message[other]
        if moment is None or moment > history.now or person_of(history, message) != person:
            continue
        found.append({**message, "ts": moment, "is_clicked": _by(message.get("clicked_at"), as_of)})
    return found


def person_of(history: History, message: Row) -> str | None:
    if message.get("member_id") is not None:
        return f"m:{message['member_id']}"
    visitor = message.get("visitor_id")
    return None if visitor is None else history.person_of_visitor(visitor)


def _by(moment: datetime | None, as_of: datetime) -> bool:
    return moment is not None and moment <= as_of


def unanswered(rows: list[Row], hours: int, as_of: datetime) -> int:
    count = 0
    for row in rows:
        ends = row["ts"] + timedelta(hours=hours)
        clicked = row.get("clicked_at")
        count += ends <= as_of and (clicked is None or clicked > ends)
    return count


def after(orders: list[Row], messages: list[Row], hours: int) -> int:
    span = timedelta(hours=hours)
    return sum(any(one["ts"] <= order["ts"] <= one["ts"] + span for one in messages) for order in orders)


def streak(rows: list[Row], as_of: datetime) -> int | None:
    if not rows:
        return None
    count = 0
    for row in reversed(in_order(rows, "message_id")):
        if _by(row.get("clicked_at"), as_of) or _by(row.get("opened_at"), as_of):
            break
        count += 1
    return count


def held_out(history: History, member_id: str | None, campaign: str | None) -> bool | None:
    if member_id is None:
        return None
    return any(
        row["status"] == "holdout" and row.get("member_id") == member_id and row["ts"] <= history.now
        and campaign in (None, row.get("campaign"))
        for row in history.shop.messages
    )  # fmt: skip


def sends_left(history: History, member_id: str | None, days: int) -> int | None:
    if member_id is None:
        return None
    since = history.now - timedelta(days=days)
    sent = [
        row
        for row in history.shop.messages
        if row.get("member_id") == member_id
        and row["channel"] == "brand_message"
        and row["status"] in ("accepted", "delivered")
        and since < row["ts"] <= history.now
    ]
    return max(history.shop.message_cap - len(sent), 0)
