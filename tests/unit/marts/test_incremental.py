"""Data that comes in pieces, late and out of order leaves the same marts as data that came at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import delete, func, select

from ifdo_core import Workbench, tables
from tests.property.pieces import Frames, assert_same_as_rebuilt, demo_frames, marts, merge


@pytest.fixture(scope="module")
def shop() -> Frames:
    return demo_frames(seed=3, visits=2_000, days=20)


@pytest.fixture
def workbench() -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as opened:
        yield opened


@pytest.mark.parametrize("seed", range(3))
def test_pieces_in_any_order(shop: Frames, workbench: Workbench, seed: int) -> None:
    """First most of the shop, then small random pieces of every table, each taken in on its own."""
    dice = random.Random(seed)
    later: list[Frames] = [{} for _ in range(3)]
    first: Frames = {}
    for name, frame in shop.items():
        place = pd.Series([dice.random() for _ in range(len(frame))])
        first[name] = frame[place < 0.97]
        for index, piece in enumerate(later):
            low = 0.97 + index * 0.01
            piece[name] = frame[(place >= low) & (place < low + 0.01)]
    merge(workbench, first)
    workbench.rebuild()
    for piece in later:
        merge(workbench, piece)
        before = workbench.data_version
        workbench.catch_up()
        assert workbench.data_version == before + 1
    assert all(len(frame) for frame in marts(workbench).values())
    assert_same_as_rebuilt(workbench)


def test_newest_hours_rebuild_only_their_persons(shop: Frames, workbench: Workbench) -> None:
    """What an update does not touch is not written again: here it stays wrong until the next full build."""
    events = shop["events"]
    recent = events.ts > events.ts.max() - timedelta(hours=3)
    merge(workbench, {"events": events[~recent]})
    workbench.rebuild()
    quiet = sorted(set(events.visitor_id) - set(events[recent].visitor_id) - known_by_member(events))[:5]
    theirs = tables.visits.c.visitor_id.in_(quiet)
    workbench.engine.write(delete(tables.visits).where(theirs))
    merge(workbench, {"events": events})
    workbench.catch_up()
    counted = select(func.count()).select_from(tables.visits).where(theirs)
    assert workbench.engine.scalar(counted) == 0
    workbench.rebuild()
    assert workbench.engine.scalar(counted) >= 5


def known_by_member(events: pd.DataFrame) -> set[str]:
    """Visitors that another visitor's events could touch, through the member they share."""
    return set(events[events.member_id.notna()].visitor_id)


def one_event(event_id: str, ts: datetime, visitor_id: str, **more: Any) -> pd.DataFrame:
    return pd.DataFrame([{"event_id": event_id, "ts": ts, "visitor_id": visitor_id, "name": "page_view", **more}])


def test_a_visitor_becomes_known_and_changes_member(workbench: Workbench) -> None:
    start = datetime(2026, 11, 1)
    merge(workbench, {"events": one_event("e1", start, "a")})
    workbench.catch_up()
    merge(workbench, {"events": one_event("e2", start + timedelta(days=1), "a", member_id="m1")})
    workbench.catch_up()
    people = workbench.engine.frame(select(tables.people))
    assert people[["person", "visit_count"]].to_numpy().tolist() == [["m:m1", 2]]
    merge(workbench, {"events": one_event("e3", start + timedelta(days=2), "a", member_id="m2")})
    workbench.catch_up()
    assert workbench.engine.frame(select(tables.people)).person.tolist() == ["m:m2"]
    # the login is corrected to another visitor: the first one falls back to what is left
    merge(workbench, {"events": one_event("e3", start + timedelta(days=2), "b", member_id="m2")})
    workbench.catch_up()
    assert sorted(workbench.engine.frame(select(tables.people)).person) == ["m:m1", "m:m2"]
    assert_same_as_rebuilt(workbench)


def test_a_crash_between_load_and_marts_is_made_up_for(tmp_path: Any) -> None:
    path = tmp_path / "shop.duckdb"
    with Workbench.open(path) as workbench:
        merge(workbench, {"events": one_event("e1", datetime(2026, 11, 1), "a")})
    with Workbench.open(path) as workbench:
        assert len(workbench.visits()) == 1


def test_orders_come_into_view_when_now_moves(workbench: Workbench) -> None:
    """Now is the newest event's time: an order after it does not count until a later event moves now."""
    start = datetime(2026, 11, 1)
    order = {"order_id": "o1", "ts": start + timedelta(hours=2), "amount": 1000, "member_id": "m1", "status": "paid"}
    refund = {**order, "order_id": "o2", "ts": start, "status": "refunded", "refunded_at": start + timedelta(hours=3)}
    merge(workbench, {"events": one_event("e1", start, "a", member_id="m1"), "orders": pd.DataFrame([order, refund])})
    workbench.catch_up()

    def bought() -> int:
        return workbench.engine.scalar(select(tables.people.c.order_count).where(tables.people.c.person == "m:m1"))

    assert bought() == 1  # o2, not refunded yet
    merge(workbench, {"events": one_event("e2", start + timedelta(hours=2), "b")})
    workbench.catch_up()
    assert bought() == 2
    merge(workbench, {"events": one_event("e3", start + timedelta(hours=4), "b")})
    workbench.catch_up()
    assert bought() == 1  # o1; o2 came back
    assert_same_as_rebuilt(workbench)
