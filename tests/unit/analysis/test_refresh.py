"""The daily refresh: whole or not seen, one at a time, recorded, caught up; and what it writes of each person."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import insert, select

from ifdo_core import Segment, Workbench, jobs, tables
from ifdo_core.errors import DataError
from ifdo_server.scheduler import Scheduler
from tests.unit.analysis.shops import NOW, orders, shop

MANY = [(f"m{n % 60}", n * 7.3 % 380, 10_000 + n * 137 % 50_000) for n in range(400)]


def scores(workbench: Workbench) -> pd.DataFrame:
    return workbench.engine.frame(select(tables.scores)).set_index("person")


def grade_is(*names: str) -> Segment:
    leaf = {"condition": "analysis.rfm_grade", "op": "in", "value": list(names)}
    return Segment.from_dict({"format": 1, "where": leaf})


def test_scores_are_the_analysis_and_the_conditions_read_them() -> None:
    with shop(*MANY) as workbench:
        assert len(workbench.members(grade_is("VIP"), "now")) == 0
        assert "not_analysed" in {reason.code for reason in told(workbench)}
        done = workbench.refresh()
        held, rfm, life = scores(workbench), workbench.rfm().frame(), workbench.lifetime_value().frame()
        assert done.customers == len(rfm) == 60
        told_grades = rfm.set_index("person")["grade"]
        assert held["rfm_grade"].reindex(told_grades.index).tolist() == told_grades.tolist()
        vip = set(rfm.loc[rfm["grade"] == "VIP", "customer"])
        assert set(workbench.members(grade_is("VIP"), "now").member_id) == vip
        assert vip
        assert "not_analysed" not in {reason.code for reason in told(workbench)}
        before = workbench.rfm(workbench.now - timedelta(days=30)).frame().set_index("person")["grade"]
        assert held["previous_rfm_grade"].dropna().to_dict() == before.to_dict()
        alive = life.set_index("person")["probability_alive"] * 100
        assert held["alive_probability"].reindex(alive.index).tolist() == pytest.approx(alive.tolist())
        assert jobs.grades_on(workbench.engine, done.day).set_index("person")["grade"].to_dict() == {
            **told_grades.to_dict(),
            **dict.fromkeys(set(before.index) - set(told_grades.index), ""),
        }


def told(workbench: Workbench) -> tuple[Any, ...]:
    workbench.load(
        events=pd.DataFrame(
            [
                {
                    "event_id": "e1",
                    "ts": (NOW - timedelta(days=9)).isoformat() + "Z",
                    "visitor_id": "z",
                    "name": "page_view",
                }
            ]
        )
    )
    return workbench.explain(grade_is("VIP"))


def test_habits_by_hand() -> None:
    """a bought on days 100, 90, 70 and 10 ago: gaps 10, 20, 60, so 20; 10 days since: 0.5 of the cycle."""
    rows = [("a", days, 1000) for days in (100, 90, 70, 10)] + [("b", 3, 500), ("c", 0, 500)]
    with shop(*rows) as workbench:
        workbench.refresh()
        held = scores(workbench)
        assert held.loc["m:a", "cycle_ratio"] == pytest.approx(0.5)
        assert pd.isna(held.loc["m:b", "cycle_ratio"])
        assert held.loc["m:a", "value_tier"] == "A"
        assert held["value_percentile"].to_dict() == pytest.approx({"m:a": 100 / 3, "m:b": 100.0, "m:c": 100.0})
        assert held.loc["m:a", "cohort_month"] == "2026-07"
        assert held.loc["m:a", "cohort_age_months"] == 3
        assert held["lifecycle_stage"].to_dict() == {
            "m:a": "loyal", "m:b": "first_time_buyer", "m:c": "first_time_buyer",
        }  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [("a", 0, 100)],
        [("a", 0, 0), ("b", 0, 0)],
        [(f"m{n}", 0, 100) for n in range(30)],
        [(f"m{n % 9}", n, 100) for n in range(60)],
        [(None, 1, 100), ("a", 0, 5)],
        [],
    ],
)
def test_little_or_odd_data_is_refreshed_too(rows: list[tuple[str | None, float, int]]) -> None:
    with shop(*rows) as workbench:
        done = workbench.refresh()
        assert done.customers == len({member for member, _, _ in rows})
        assert done.insight()
        life = workbench.lifetime_value()
        assert life.insight()
        known = ["probability_alive", "expected_orders", "expected_value", "order_value"]
        assert life.frame()[known].notna().all().all()
        for kind in ("value", "calibration"):
            assert "NaN" not in life.figure(kind).to_json()


def test_what_is_picked_in_a_picture_becomes_its_customers() -> None:
    with shop(*MANY) as workbench:
        workbench.refresh()
        rfm, rows = workbench.rfm(), workbench.rfm().frame()
        for place, cell in enumerate(rfm.grid().to_dict("records")):
            own = rows[(rows["r"] == cell["r"]) & (rows["f"] == cell["f"])]
            assert set(workbench.members(rfm.cell_segment(place), "now").member_id) == set(own["customer"])
        for place, grade in enumerate(rfm.grades()["grade"]):
            own = rows[rows["grade"] == grade]
            assert workbench.member_count(rfm.grade_segment(place)) == len(own)
        for days in (1, 7, 30, 90):
            moves = workbench.analysis.migration(days)
            for place, customers in enumerate(moves.frame()["customers"]):
                assert workbench.member_count(moves.segment(place)) == customers
        assert workbench.analysis.migration(14).segment(0) is None


def test_visitors_picked_in_a_picture_are_those_who_came_as_often_and_as_lately() -> None:
    with shop(*MANY[:50]) as workbench:
        ago = {"once": [2], "often": [1, 3, 5, 8], "long ago": [60]}
        rows = [
            {"ts": f"{(NOW - timedelta(days=days)).isoformat()}Z", "visitor_id": name, "name": "page_view"}
            for name, every in ago.items()
            for days in every
        ]
        workbench.load(events=pd.DataFrame(rows))
        found = workbench.analysis.rfm(who="visitors")
        own = found.frame()
        assert own.set_index("customer")["f"].to_dict() == {"v:once": 1, "v:long ago": 1, "v:often": 3}
        for place, cell in enumerate(found.grid().to_dict("records")):
            people = own[(own["r"] == cell["r"]) & (own["f"] == cell["f"])]["customer"]
            segment = found.cell_segment(place)
            if people.empty:
                assert segment is None
            else:
                assert {f"v:{name}" for name in workbench.visitors(segment, None).visitor_id} == set(people)


def test_a_broken_run_is_not_seen_and_the_next_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(*MANY) as workbench:
        first = workbench.refresh()
        kept = scores(workbench)

        def broken(*args: Any) -> int:
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(jobs, "_fill_history", broken)
            with pytest.raises(OSError, match="disk"):
                workbench.refresh()
        runs = jobs.runs(workbench.engine)
        assert runs[["run", "status", "failure"]].iloc[0].tolist() == [2, "failed", "OSError"]
        vip = set(kept.index[kept["rfm_grade"] == "VIP"])
        assert {f"m:{name}" for name in workbench.members(grade_is("VIP"), "now").member_id} == vip
        workbench.engine.write(
            insert(tables.score_runs).values(
                run=3, status="running", day=first.day, as_of=NOW, data_version=1, started_at=datetime(2020, 1, 1)
            )
        )
        again = workbench.refresh()
        held = workbench.engine.frame(select(tables.scores))
        assert set(held["run"]) == {again.run}
        assert len(held) == len(kept)
        assert jobs.runs(workbench.engine)["status"].tolist()[:2] == ["done", "failed"]
        assert jobs.runs(workbench.engine)["failure"].iloc[1] == jobs.BROKEN_OFF


def test_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(*MANY[:50]) as workbench:
        inside, go_on = threading.Event(), threading.Event()
        fill = jobs._fill_history

        def slow(*args: Any) -> int:
            inside.set()
            assert go_on.wait(20)
            return fill(*args)

        monkeypatch.setattr(jobs, "_fill_history", slow)
        worker = threading.Thread(target=workbench.refresh)
        worker.start()
        assert inside.wait(20)
        with pytest.raises(DataError, match="다른 분석"):
            workbench.refresh()
        go_on.set()
        worker.join(20)
        assert jobs.runs(workbench.engine)["status"].tolist() == ["done"]


def test_missed_days_are_filled_into_the_history() -> None:
    with shop(*MANY) as workbench:
        workbench.refresh()
        later = orders(("m1", -5.0, 9000))
        later["order_id"] = "later"
        workbench.load(orders=later)
        wall = datetime(2026, 10, 29, 12, tzinfo=UTC).replace(tzinfo=None)
        assert jobs.is_due(workbench, wall, 5)
        done = workbench.refresh()
        assert done.filled_days == 4
        assert not jobs.is_due(workbench, wall, 5)
        for day in (date(2026, 10, 26), date(2026, 10, 29)):
            held = jobs.grades_on(workbench.engine, day).set_index("person")["grade"]
            asked = workbench.rfm(day if day != done.day else None).frame().set_index("person")["grade"]
            assert held[held != ""].to_dict() == asked.to_dict()


def test_the_refresh_may_be_left_to_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(*MANY[:60]) as workbench:
        monkeypatch.setenv("IFDO_REFRESH", "off")
        assert not Scheduler(lambda: workbench).look()
        monkeypatch.delenv("IFDO_REFRESH")
        assert Scheduler(lambda: workbench).look()


def test_the_hour_of_the_day() -> None:
    with shop(*MANY[:60]) as workbench:
        scheduler = Scheduler(lambda: workbench)
        assert scheduler.look()
        assert not scheduler.look()
        next_day = orders(("m1", -1.0, 9000))
        next_day["order_id"] = "next"
        workbench.load(orders=next_day)
        early, late = datetime(2026, 10, 24, 19, 59), datetime(2026, 10, 24, 20, 0)  # 4:59 and 5:00 in Seoul
        assert not jobs.is_due(workbench, early, 5)
        assert jobs.is_due(workbench, late, 5)


def test_the_best_by_expected_value_become_a_segment() -> None:
    with shop(*MANY) as workbench:
        workbench.refresh()
        life = workbench.lifetime_value()
        told = life.concentration()
        assert told["share"].is_monotonic_increasing
        assert told["share"].iloc[-1] == pytest.approx(100)
        values = life.frame()["expected_value"].round()
        for row in (0, len(told) // 2, len(told) - 1):
            least = round(told["least"].iloc[row])
            assert workbench.member_count(life.top_segment(row)) == (values >= least).sum()
