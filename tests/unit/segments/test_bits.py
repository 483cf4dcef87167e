"""Kept bits: places and people by number, what is evaluated again, what is dropped when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert

from ifdo_core import Segment, ShopSettings, Workbench, c, tables
from ifdo_core.segments import bits
from ifdo_core.segments.bits import EqualIds, Window, _People, _Places, count, pack, unpack

NOW = datetime(2026, 11, 24, 3, 0)


def shop_events(visitors: int = 40) -> pd.DataFrame:
    """Each visitor comes on some of the last five days, with one page more a day."""
    rows: list[dict[str, Any]] = []
    for visitor in range(visitors):
        for day in range(visitor % 5 + 1):
            for page in range(day + 1):
                at = NOW - timedelta(days=day, minutes=visitor + page)
                who = f"m{visitor % 7}" if visitor % 3 == 0 else None
                row = {"event_id": f"{visitor}-{day}-{page}", "ts": at, "visitor_id": f"v{visitor}", "member_id": who}
                rows.append({**row, "name": "page_view", "device": ["mobile", "desktop"][visitor % 2]})
    return pd.DataFrame(rows)


@pytest.fixture
def workbench() -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as opened:
        opened.load(events=shop_events())
        yield opened


class Asked:
    """The statements that an engine is given as columns: how many, and their texts."""

    def __init__(self, workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        given = workbench.engine.arrow

        def arrow(statement: Any) -> Any:
            self.texts.append(workbench.engine.sql(statement))
            return given(statement)

        monkeypatch.setattr(workbench.engine, "arrow", arrow)


OFTEN, MOBILE, LONG = c.traffic.visit_count >= 2, c.traffic.device.isin(["mobile"]), c.traffic.pages_in_visit >= 2


def test_an_edit_evaluates_the_changed_condition_alone(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(workbench, monkeypatch)
    workbench.preview(OFTEN & MOBILE & ~LONG)
    assert len(asked.texts) == 1
    workbench.preview((c.traffic.visit_count >= 3) & MOBILE & ~LONG)
    assert len(asked.texts) == 2
    assert "visit_number >= 3" in asked.texts[1]
    assert "device" not in asked.texts[1]
    assert "pages" not in asked.texts[1]
    workbench.preview(OFTEN & MOBILE | LONG)  # the same conditions in another tree: nothing to evaluate
    assert len(asked.texts) == 2


def test_new_data_drops_them(workbench: Workbench) -> None:
    before = workbench.preview(OFTEN | ~OFTEN).visits_7d
    event = {"event_id": "new", "ts": NOW + timedelta(minutes=1), "visitor_id": "new", "name": "page_view"}
    workbench.load(events=pd.DataFrame([event]))
    assert workbench.preview(OFTEN | ~OFTEN).visits_7d == (before or 0) + 1


def test_settings_drop_them(workbench: Workbench) -> None:
    """A condition may depend on the shop's own facts, which change without a new data version."""
    workbench.preview(OFTEN)
    assert workbench._bits._nbytes() > 0
    workbench.configure(ShopSettings(free_shipping_from=30_000))
    assert workbench._bits._nbytes() == 0


def test_new_scores_drop_them(workbench: Workbench) -> None:
    """The daily refresh changes what analysis conditions say, and comes without new data."""
    scored = Segment.from_dict({"where": {"condition": "analysis.rfm_grade", "op": "is_known"}, "format": 1})
    assert workbench.preview(scored).visits_7d == 0
    version = workbench.data_version
    run = {"run": 1, "status": "done", "day": NOW.date(), "as_of": NOW, "data_version": version, "started_at": NOW}
    person = "v:v1"  # a visitor whom no event makes a member
    workbench.engine.write(
        insert(tables.scores).values(person=person, run=1, rfm_grade="vip"), insert(tables.score_runs).values(**run)
    )
    assert workbench.data_version == version
    assert workbench.preview(scored).visits_7d == len(workbench.visits(scored, "7d")) > 0


def test_two_shops_keep_their_own(workbench: Workbench) -> None:
    """The same question in the same minute of two shops in one process."""
    with Workbench.open("duckdb:///:memory:") as other:
        other.load(events=shop_events(8))
        assert other.preview(OFTEN).total_visits_7d != workbench.preview(OFTEN).total_visits_7d
        assert other.preview(OFTEN & MOBILE).visits_7d == len(other.visits(OFTEN & MOBILE, "7d"))
        assert workbench.preview(OFTEN & MOBILE).visits_7d == len(workbench.visits(OFTEN & MOBILE, "7d"))


def test_a_large_window_is_read_behind_the_first_question(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bits, "FEW", 0)
    asked = Asked(workbench, monkeypatch)
    first = workbench.preview(OFTEN & MOBILE)
    workbench._bits.settle()
    assert len(asked.texts) == 2  # the panel's own, and the window
    again = workbench.preview(OFTEN & MOBILE)
    assert len(asked.texts) == 2
    pd.testing.assert_frame_equal(first.frame(), again.frame())


def test_too_large_a_window_is_not_kept(workbench: Workbench) -> None:
    workbench._bits.budget = 100
    assert workbench.preview(OFTEN).visits_7d == len(workbench.visits(OFTEN, "7d"))
    assert workbench._bits._nbytes() == 0


def test_the_oldest_condition_goes_first(workbench: Workbench) -> None:
    workbench.preview(OFTEN)
    window = next(iter(workbench._bits._windows.values()))
    assert window is not None
    one = next(iter(window.bits.values())).nbytes
    workbench._bits.budget = window.nbytes + one
    for pages in (2, 3):
        workbench.preview(c.traffic.pages_in_visit >= pages)
    assert OFTEN.where not in window.bits
    assert workbench._bits._nbytes() <= workbench._bits.budget


def test_places_of_many_ids() -> None:
    dice = np.random.default_rng(1)
    ids = np.unique(dice.integers(1, 2**63 - 1, 30_000))
    dice.shuffle(ids)
    places = _Places(ids)
    some = dice.permutation(len(ids))[:10_000]
    assert sorted(places.of(ids[some])) == sorted(some)
    assert len(places.of(np.array([-1, 0]))) == 0


def test_ids_that_differ_in_few_bits_only() -> None:
    ids = np.arange(1, 5_000, dtype=np.int64) << 40
    assert sorted(_Places(ids).of(ids)) == list(range(len(ids)))


def test_equal_ids_are_refused() -> None:
    with pytest.raises(EqualIds):
        _Places(np.array([5, 9, 5], np.int64))
    nobody = np.zeros(3, np.int64)
    window = Window(np.array([5, 9, 5], np.int64), nobody, nobody, nobody.astype(np.int32), nobody.astype(np.bool_))
    with pytest.raises(EqualIds):
        window.prepare()


@pytest.mark.parametrize("share", [0.0, 0.02, 0.6, 1.0])
@pytest.mark.parametrize("nobody", [0.0, 0.5, 1.0])
def test_distinct_people(share: float, nobody: float) -> None:
    dice = np.random.default_rng(2)
    ids = dice.choice(dice.integers(1, 2**62, 300), 4_000)
    ids[dice.random(len(ids)) < nobody] = 0
    marked = dice.random(len(ids)) < share
    wanted = len(set(ids[marked].tolist()) - {0})
    people = _People(ids)
    assert people.distinct(marked) == wanted
    people.prepare()
    assert people.distinct(marked) == wanted


@pytest.mark.parametrize("size", [0, 1, 7, 8, 63, 64, 65, 1000])
def test_packing(size: int) -> None:
    flags = np.arange(size) % 3 == 0
    assert unpack(pack(flags), size).tolist() == flags.tolist()
    assert count(pack(flags)) == flags.sum()
