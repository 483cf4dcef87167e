"""Data that comes in pieces, late and out of order leaves the same marts as data that came at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import delete, func, select

from ifdo_core import Workbench, tables
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.marts import MartTables

Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def shop() -> Frames:
    made: dict[str, list[pd.DataFrame]] = {}
    for name, frame in DemoShop(seed=3, visits=2_000, days=20).frames():
        made.setdefault(name, []).append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in made.items()}


@pytest.fixture
def workbench() -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as opened:
        yield opened


def merge(workbench: Workbench, frames: Frames) -> None:
    for name, frame in frames.items():
        with workbench.engine.staging(tables.canonical.tables[name]) as staging:
            staging.add(frame)
            staging.merge()


def marts(workbench: Workbench) -> dict[str, pd.DataFrame]:
    keys = {"identity": ["visitor_id"], "people": ["person"], "baskets": ["order_id", "product_id"]}
    found: dict[str, pd.DataFrame] = {}
    for table in MartTables.main().all():
        frame = workbench.engine.frame(select(table))
        found[table.name] = frame.sort_values(keys.get(table.name, [table.columns[0].name])).reset_index(drop=True)
    return found


def assert_same_as_rebuilt(workbench: Workbench) -> None:
    kept_up = marts(workbench)
    workbench.rebuild()
    for name, rebuilt in marts(workbench).items():
        assert_frame_equal(kept_up[name], rebuilt, obj=name)
        assert len(rebuilt) or name == "nothing", name


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
    assert_same_as_rebuilt(workbench)


def test_newest_day_only_rebuilds_its_persons(shop: Frames, workbench: Workbench) -> None:
    """The rows of persons without new data are not written again: they keep their place in the table."""
    newest = shop["events"].ts.max()
    old = shop["events"][shop["events"].ts <= newest - timedelta(hours=3)]
    merge(workbench, {**shop, "events": old})
    workbench.rebuild()
    marked = select(tables.people.c.person).where(tables.people.c.visit_count > 0).order_by(tables.people.c.person)
    quiet = set(shop["events"].visitor_id) - set(
        shop["events"][shop["events"].ts > newest - timedelta(hours=3)].visitor_id
    )
    assert len(quiet) > 100 and len(workbench.engine.execute(marked)) > 100
    # what an update does not touch survives it even when it is wrong
    spoilt = sorted(quiet)[:5]
    rows = workbench.engine.execute(select(tables.visits.c.visit_id).where(tables.visits.c.visitor_id.in_(spoilt)))
    workbench.engine.write(delete(tables.visits).where(tables.visits.c.visitor_id.in_(spoilt)))
    merge(workbench, {"events": events})
    workbench.catch_up()
    left = workbench.engine.scalar(
        select(func.count()).select_from(tables.visits).where(tables.visits.c.visitor_id.in_(spoilt))
    )
    assert rows and left == 0


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
    assert_same_as_rebuilt_whatever(workbench)


def assert_same_as_rebuilt_whatever(workbench: Workbench) -> None:
    kept_up = marts(workbench)
    workbench.rebuild()
    for name, rebuilt in marts(workbench).items():
        assert_frame_equal(kept_up[name], rebuilt, obj=name)


def test_a_crash_between_load_and_marts_is_made_up_for(tmp_path: Any) -> None:
    path = tmp_path / "shop.duckdb"
    with Workbench.open(path) as workbench:
        merge(workbench, {"events": one_event("e1", datetime(2026, 11, 1), "a")})
    with Workbench.open(path) as workbench:
        assert len(workbench.visits()) == 1
