"""The panel of the engine against the oracle's counts, number by number; the marts, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select

from ifdo_core import Segment, Workbench, tables
from ifdo_core.segments.model import leaves
from ifdo_core.segments.preview import Preview
from tests.oracle import Oracle, Row, Shop
from tests.oracle.audience import Counts
from tests.property.shops import Case

NUMBERS = (
    "visits_24h", "visits_7d", "visitors_24h", "visitors_7d", "members_24h", "members_7d", "total_visits_24h",
    "total_visits_7d", "share_7d",
)  # fmt: skip


def assert_same_panel(preview: Preview, counts: Counts, segment: Segment) -> None:
    found = {name: getattr(preview, name) for name in NUMBERS}
    wanted = {name: getattr(counts, name) for name in NUMBERS}
    rows = [
        (row.path, row.condition, row.visits_24h, row.visits_7d, row.without_24h, row.without_7d)
        for row in preview.conditions.itertuples()
    ]
    differing = [
        f"{leaf}\n    engine {row}\n    oracle {want}"
        for leaf, row, want in zip(leaves(segment.where), rows, counts.conditions, strict=True)
        if row != want
    ]
    assert not differing, "\n".join(differing)
    assert found == wanted, segment.to_json()
    assert daily_of(preview.daily) == counts.daily, segment.to_json()


def daily_of(daily: pd.DataFrame) -> dict[date, tuple[int, int]]:
    """The daily line as the oracle gives it: days without any visit are left out."""
    return {row.date: (row.visits, row.total) for row in daily.itertuples() if row.total}


def compare(workbench: Workbench, case: Case, oracle: Oracle, segment: Segment) -> None:
    """The panel at the case's now; without any event up to it there are no numbers."""
    preview = workbench.preview(segment, now=case.now)
    if oracle.visits:
        assert_same_panel(preview, oracle.preview(segment.where), segment)
    else:
        assert all(getattr(preview, name) is None for name in NUMBERS)
        assert preview.reason is not None
        assert preview.reason.code == "not_collected"


# --- the marts --------------------------------------------------------------------------------


def rows_of(workbench: Workbench, name: str, *key: str) -> dict[tuple[Any, ...], Row]:
    table = tables.derived.tables[name]
    found = [dict(row._mapping) for row in workbench.engine.execute(select(table))]
    by_key = {tuple(row[column] for column in key): row for row in found}
    assert len(by_key) == len(found), f"{name}: the key {key} is not unique"
    return by_key


def assert_same(found: dict[tuple[Any, ...], Row], wanted: dict[tuple[Any, ...], Row], what: str) -> None:
    assert found.keys() == wanted.keys(), what
    for key, row in found.items():
        for column, value in row.items():
            expected = wanted[key][column]
            # sums of floats may differ in the last digit, by the order in which they are added
            same = (
                abs(value - expected) < 1e-9 if isinstance(value, float) and expected is not None else value == expected
            )
            assert same, f"{what} {key}: {column} is {value!r}, the oracle says {expected!r}"


def check_marts(workbench: Workbench, shop: Shop) -> None:
    """Everything as of the shop's own now, its newest event."""
    oracle = Oracle(shop, workbench.now)
    history = oracle.history
    visits = {(visit["visit_id"],): visit for visit in oracle.visits}
    assert_same(rows_of(workbench, "visits", "visit_id"), visits, "visit")

    identity = {
        (visitor,): {
            "visitor_id": visitor,
            "member_id": history.member_of_visitor.get(visitor),
            "person": history.person_of_visitor(visitor),
            "known_at": max(
                (event["ts"] for event in history.events if event["visitor_id"] == visitor and event.get("member_id")),
                default=None,
            ),
        }
        for visitor in {event["visitor_id"] for event in history.events}
    }
    assert_same(rows_of(workbench, "identity", "visitor_id"), identity, "visitor")
    people = {(person["person"],): person for person in map(history.person_state, history.people())}
    assert_same(rows_of(workbench, "people", "person"), people, "person")
    baskets = {(line["order_id"], line["product_id"]): line for line in history.baskets()}
    assert_same(rows_of(workbench, "baskets", "order_id", "product_id"), baskets, "basket")
    in_cart = ("add_to_cart", "remove_from_cart", "purchase")
    cart_events = {
        (event["event_id"],): {column.name: event.get(column.name) for column in tables.cart_events.c}
        for event in history.events
        if event["name"] in in_cart or event.get("cart_value") is not None
    }
    assert_same(rows_of(workbench, "cart_events", "event_id"), cart_events, "cart event")
