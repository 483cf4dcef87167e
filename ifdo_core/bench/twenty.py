"""A segment of twenty conditions nested three deep, and its whole panel as well as we know how to write it by hand
(DuckDB): one pass by bit mask and day, one for the distinct visitors and members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ifdo_core.segments.compile import DAY, WEEK


class Asked(NamedTuple):
    """A condition, the value it is changed to while editing, and what it says of a row of the visits mart."""

    condition: str
    op: str
    value: Any
    changed: Any
    sql: str


ASKED = (
    Asked("traffic.device", "in", ("mobile", "tablet"), ("mobile",), "device IN ('mobile', 'tablet')"),
    Asked("traffic.visit_count", "gte", 2, 3, "visit_number >= 2"),
    Asked("traffic.pages_in_visit", "gte", 2, 3, "pages >= 2"),
    Asked("acquisition.sns", "in", ("instagram", "facebook"), ("instagram",), "sns IN ('instagram', 'facebook')"),
    Asked("cart.recent_amount", "gte", 50_000, 70_000, "recent_cart_amount >= 50000"),
    Asked(
        "acquisition.channel", "in", ("paid_search", "paid_social"), ("paid_search", "display"),
        "channel IN ('paid_search', 'paid_social')",
    ),
    Asked("traffic.hour", "between", (9, 21), (10, 20), "hour BETWEEN 9 AND 21"),
    Asked("traffic.day_of_month", "between", (1, 25), (5, 28), "day_of_month BETWEEN 1 AND 25"),
    Asked("traffic.duration", "gte", 60, 90, "duration_s >= 60"),
    Asked("traffic.unique_pages_in_visit", "lte", 1, 2, "unique_pages <= 1"),
    Asked("acquisition.source", "eq", "(direct)", "naver", "source = '(direct)'"),
    Asked("traffic.events_in_visit", "lte", 2, 3, "events <= 2"),
    Asked("acquisition.distinct_channels", "lte", 1, 2, "distinct_channels <= 1"),
    Asked("traffic.lifetime_pages", "lte", 5, 8, "lifetime_pages <= 5"),
    Asked("purchase.order_count", "lte", 0, 1, "order_count <= 0"),
    Asked("purchase.total_amount", "gte", 100_000, 150_000, "total_amount >= 100000"),
    Asked(
        "commerce.furthest_step", "in", ("begin_checkout", "purchase"), ("purchase",),
        "furthest_step IN ('begin_checkout', 'purchase')",
    ),
    Asked(
        "acquisition.first_channel", "in", ("organic_search", "organic_social"), ("organic_search",),
        "first_channel IN ('organic_search', 'organic_social')",
    ),
    Asked("traffic.os", "in", ("ios", "android"), ("ios",), "os IN ('ios', 'android')"),
    Asked("cart.amount", "gte", 30_000, 40_000, "cart_amount >= 30000"),
)  # fmt: skip

#: How they hang together, by their places in ``ASKED``.
_TREE: Any = (
    "all",
    [0, 1, 2, ("any", [3, 4, 5, ("all", [6, 7, 8])]), ("not", [("any", [9, 10, 11, ("all", [12, 13])])]),
     ("any", [14, 15, 16, ("all", [17, 18, 19])])],
)  # fmt: skip


def _tree(node: Any) -> dict[str, Any]:
    if isinstance(node, int):
        return {"condition": ASKED[node].condition, "op": ASKED[node].op, "value": ASKED[node].value}
    kind, parts = node
    return {kind: _tree(parts[0]) if kind == "not" else [_tree(part) for part in parts]}


def _matches(node: Any) -> str:
    if isinstance(node, int):
        return f"coalesce({ASKED[node].sql}, false)"
    kind, parts = node
    inner = (" AND " if kind == "all" else " OR ").join(_matches(part) for part in parts)
    return f"NOT ({inner})" if kind == "not" else f"({inner})"


SEGMENT: dict[str, Any] = {"format": 1, "name": "bench", "where": _tree(_TREE)}


def panel_by_hand(now: datetime, window: timedelta = WEEK) -> Sequence[str]:
    """The statements that give what the builder's panel shows, for a window that ends at ``now`` (naive UTC)."""
    flags = " + ".join(f"coalesce({asked.sql}, false)::INT * {1 << place}" for place, asked in enumerate(ASKED))
    inside = f"started_at > TIMESTAMP '{now - window}' AND started_at <= TIMESTAMP '{now}'"
    recent = f"started_at > TIMESTAMP '{now - DAY}'"
    people = (
        "visitor_id",
        f"CASE WHEN {recent} THEN visitor_id END",
        "member_id",
        f"CASE WHEN {recent} THEN member_id END",
    )
    distinct = ", ".join(f"count(DISTINCT {who})" for who in people)
    return (
        f"SELECT mask, day, recent, count(*) FROM (SELECT {flags} AS mask, started_on AS day, {recent} AS recent "
        f"FROM visits WHERE {inside}) GROUP BY ALL",
        f"SELECT {distinct} FROM visits WHERE {inside} AND {_matches(_TREE)}",
    )
