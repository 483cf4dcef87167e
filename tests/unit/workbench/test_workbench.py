"""The public door: what it answers on shops that have everything, something, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select, text

from ifdo_core import Segment, ShopSettings, Workbench, tables
from ifdo_core.engines.sql import instant
from ifdo_core.errors import DataError, SegmentError
from ifdo_core.marts import MartTables

NOW = datetime(2026, 11, 24, 3, 0)


@pytest.fixture
def workbench() -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as opened:
        yield opened


def page_views(*minutes_ago: float, visitor: str = "a", **more: Any) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "event_id": f"{visitor}{index:03d}",
                "ts": NOW - timedelta(minutes=minutes),
                "visitor_id": visitor,
                "name": "page_view",
                **more,
            }
            for index, minutes in enumerate(minutes_ago)
        ]
    )


def fill(workbench: Workbench, **frames: pd.DataFrame) -> None:
    for name, frame in frames.items():
        workbench.engine.append(tables.canonical.tables[name], frame)
    workbench.rebuild()


def leaf(condition: str, op: str, value: Any = None, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"condition": condition, "op": op}
    return found | ({"value": value} if value is not None else {}) | ({"params": params} if params else {})


def segment(*leaves: dict[str, Any]) -> Segment:
    return Segment.from_dict({"format": 1, "where": {"all": list(leaves)}})


FIRST_VISIT = segment(leaf("traffic.visit_count", "eq", 1))
NEVER_BOUGHT = segment(leaf("purchase.order_count", "lte", 0))


# --- why a number is missing or small ----------------------------------------------------------


def test_nothing_collected_has_no_number(workbench: Workbench) -> None:
    preview = workbench.preview(FIRST_VISIT)
    assert preview.visits_7d is None
    assert preview.visitors_24h is None
    assert preview.share_7d is None
    assert preview.reason is not None
    assert preview.reason.code == "not_collected"
    assert "설정 › 데이터" in preview.reason.text("ko")
    assert "null" not in preview.reason.text("en")
    assert preview.conditions["visits_7d"].isna().all()
    assert preview.insight() == preview.reason.text()


def test_a_live_condition_has_no_past(workbench: Workbench) -> None:
    fill(workbench, events=page_views(60, 60 * 24 * 9))
    preview = workbench.preview(segment(leaf("live.current_page", "contains", "/product/")))
    assert preview.visits_7d is None
    assert preview.reason is not None
    assert preview.reason.code == "live"
    assert "현재 보는 페이지" in preview.reason.text("ko")
    assert "Page being viewed now" in preview.reason.text("en")


def test_young_data_keeps_its_number_and_says_so(workbench: Workbench) -> None:
    fill(workbench, events=page_views(0, 60 * 24 * 3))
    preview = workbench.preview(FIRST_VISIT)
    assert preview.visits_7d == 1
    assert preview.reason is not None
    assert preview.reason.code == "young"


def test_missing_kind_of_data_is_named(workbench: Workbench) -> None:
    fill(workbench, events=page_views(0, 60 * 24 * 9))
    preview = workbench.preview(segment(leaf("member.grade", "in", ["VIP"])))
    assert preview.visits_7d == 0
    assert preview.reason is not None
    assert preview.reason.code == "missing_members"
    assert "회원 등급" in preview.reason.text("ko")


def test_zero_is_explained_by_the_condition_that_empties_it(workbench: Workbench) -> None:
    fill(workbench, events=page_views(0, 60 * 24 * 9), orders=one_order(), members=one_member())
    alone = workbench.preview(segment(leaf("traffic.visit_count", "gte", 2), leaf("traffic.device", "in", ["tablet"])))
    assert alone.reason is not None
    assert alone.reason.code == "nothing_matches"
    assert "기기" in alone.reason.text("ko")
    excluded = workbench.preview(
        segment({"not": leaf("traffic.device", "in", ["tablet"])}, leaf("member.age", "gte", 1))
    )
    assert excluded.reason is not None
    assert "나이" in excluded.reason.text("ko")


def test_conditions_that_exclude_each_other(workbench: Workbench) -> None:
    events = pd.concat([page_views(0, 60 * 24 * 9), page_views(5, visitor="b")])
    fill(workbench, events=events)
    preview = workbench.preview(segment(leaf("traffic.visit_count", "eq", 1), leaf("traffic.visit_count", "eq", 2)))
    assert preview.reason is not None
    assert preview.reason.code == "nothing_together"


def test_period_longer_than_the_collection_is_noted(workbench: Workbench) -> None:
    fill(workbench, events=page_views(0, 60 * 24 * 9))
    preview = workbench.preview(segment(leaf("traffic.visits_in_period", "gte", 1, days=30)))
    assert preview.visits_7d == 1
    assert "short_history" in [reason.code for reason in preview.reasons]


def one_order(**more: Any) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "order_id": "o1",
                "ts": NOW - timedelta(days=40),
                "amount": 30_000,
                "member_id": "m1",
                "status": "paid",
                **more,
            }
        ]
    )


def one_member(**more: Any) -> pd.DataFrame:
    return pd.DataFrame([{"member_id": "m1", "joined_at": NOW - timedelta(days=90), **more}])


# --- a shop of orders alone -------------------------------------------------------------------


def test_orders_alone_have_members_but_no_visits(workbench: Workbench) -> None:
    silent = pd.DataFrame([{"member_id": "m2", "joined_at": NOW - timedelta(days=3)}])
    fill(workbench, orders=one_order(), members=pd.concat([one_member(), silent]))
    bought = segment(leaf("purchase.order_count", "gte", 1))
    preview = workbench.preview(bought)
    assert (preview.visits_7d, preview.members_now) == (None, 1)
    assert workbench.members(bought).member_id.tolist() == ["m1"]
    assert workbench.members(NEVER_BOUGHT).member_id.tolist() == ["m2"]
    assert workbench.members(segment(leaf("purchase.days_since_last", "gte", 1))).empty  # now is the order's own time


def test_a_condition_on_visits_is_refused_by_name_for_members(workbench: Workbench) -> None:
    fill(workbench, orders=one_order(), members=one_member())
    with pytest.raises(SegmentError) as refused:
        workbench.members(FIRST_VISIT)
    assert refused.value.code == "needs_visit"
    assert "방문 횟수" in str(refused.value)


# --- lists agree with counts --------------------------------------------------------------------


def test_lists_hold_what_the_panel_counts(workbench: Workbench) -> None:
    events = pd.concat(
        [
            page_views(0, 45, 60 * 24 * 8, member_id="m1"),
            page_views(10, 60 * 30, visitor="b"),
            page_views(3, visitor="c"),
        ]
    )
    fill(workbench, events=events, members=one_member(phone="010-0000-0000", email="m1@example.com"))
    preview = workbench.preview(NEVER_BOUGHT)
    assert (preview.visits_7d, preview.visits_24h) == (5, 4)
    assert (preview.visitors_7d, preview.visitors_24h, preview.members_7d) == (3, 3, 1)
    for window, expected in (("7d", 5), ("24h", 4), (None, 6)):
        assert len(workbench.visits(NEVER_BOUGHT, window)) == expected
    assert sorted(workbench.visitors(NEVER_BOUGHT).visitor_id) == ["a", "b", "c"]
    members = workbench.members(NEVER_BOUGHT)
    assert members.member_id.tolist() == ["m1"]
    assert members.visits.tolist() == [2]
    assert not {"phone", "email"} & set(members.columns)
    assert int(preview.daily.visits.sum()) == 5
    assert preview.figure().data
    with pytest.raises(DataError, match="14d"):
        workbench.visits(window="14d")


def test_the_two_numbers_come_before_the_rest(workbench: Workbench) -> None:
    fill(workbench, events=page_views(0, 60 * 30, 60 * 24 * 9))
    told: list[tuple[int, int]] = []
    preview = workbench.preview(NEVER_BOUGHT, on_counted=lambda week, day: told.append((week, day)))
    assert told == [(2, 1)] == [(preview.visits_7d, preview.visits_24h)]


# --- now ------------------------------------------------------------------------------------------


def test_an_earlier_now_sees_nothing_later(workbench: Workbench) -> None:
    events = pd.concat([page_views(60 * 24 * 3, 60 * 24 * 12), page_views(0, visitor="a2", member_id="m1")])
    fill(workbench, events=events)
    assert workbench.now == NOW
    then = NOW - timedelta(days=2)
    preview = workbench.preview(FIRST_VISIT, now=then)
    assert (preview.total_visits_7d, preview.visits_7d, preview.members_7d) == (1, 0, 0)
    at_the_border = workbench.preview(FIRST_VISIT, now=NOW + timedelta(days=4))
    assert at_the_border.total_visits_7d == 1  # three days and four make exactly seven: out
    assert workbench.preview(FIRST_VISIT).total_visits_7d == 2


def test_copies_for_earlier_moments_are_few_and_go(workbench: Workbench) -> None:
    fill(workbench, events=page_views(*range(0, 60 * 24 * 6, 60 * 12)))
    for days in range(5):
        workbench.preview(FIRST_VISIT, now=NOW - timedelta(days=days, minutes=1))
    kept = func.duckdb_tables().table_valued("table_name")
    names = select(func.count()).select_from(kept).where(kept.c.table_name.like("asof%"))
    each = len(MartTables.main().all())
    assert 0 < workbench.engine.scalar(names) <= 2 * each
    workbench.rebuild()
    workbench.preview(FIRST_VISIT, now=NOW - timedelta(days=1))
    assert workbench.engine.scalar(names) == each


# --- settings and version ---------------------------------------------------------------------------


def test_another_time_zone_moves_the_days(workbench: Workbench) -> None:
    fill(workbench, events=page_views(60 * 11.5))  # 15:30 UTC: the next day in Seoul
    before = workbench.data_version
    assert workbench.visits().started_on.astype(str).tolist() == ["2026-11-24"]
    workbench.configure(ShopSettings(timezone="America/New_York"))
    assert workbench.visits().started_on.astype(str).tolist() == ["2026-11-23"]
    assert workbench.data_version > before
    assert Workbench(workbench.engine).settings.timezone == "America/New_York"


def test_suggested_values_come_with_their_visits(workbench: Workbench) -> None:
    events = pd.concat([page_views(5, 60, device="mobile"), page_views(9, visitor="b", device="desktop")])
    fill(workbench, events=events)
    found = workbench.suggest("traffic.device").set_index("value")
    assert found.visits["mobile"] == 2
    assert found.visits["desktop"] == 1
    assert found.visits["tablet"] == 0
    assert workbench.suggest("traffic.device", "모바").value.tolist() == ["mobile"]
    assert workbench.suggest("traffic.visit_count").empty


def test_parameters_offer_what_the_shop_sells(workbench: Workbench) -> None:
    product = {"product_id": "P1", "name": "울 코트", "category": "아우터 > 코트", "brand": "가람"}
    fill(workbench, products=pd.DataFrame([product]))
    assert workbench.suggest("purchase.category", param="category").value.tolist() == ["아우터", "아우터 > 코트"]
    assert workbench.suggest("purchase.brand", "가", param="brand").value.tolist() == ["가람"]
    assert workbench.suggest("purchase.product", "코트", param="product").label.tolist() == ["울 코트"]
    assert workbench.suggest("purchase.product", param="days").empty


def test_doctor_says_what_is_missing(workbench: Workbench) -> None:
    fill(workbench, events=page_views(0, 60 * 24 * 9))
    doctor = workbench.doctor()
    states = doctor.frame().set_index("table").state
    assert states["events"] == "ok"
    assert states["members"] == "missing"
    assert not doctor.healthy
    assert len(doctor.screens()) == 5
    assert "회원" in doctor.insight()
    counted = {finding.table: finding.counted for finding in doctor.findings}
    assert (counted["events"], counted["products"], counted["members"]) == ("2건", "0개", "0명")
    assert "가장 새로운 것은 2026-11-24 12:00이에요" in doctor.insight()  # in Seoul; never 'just now' of old data


def test_sql_shown_gives_the_same_numbers(workbench: Workbench) -> None:
    fill(workbench, events=page_views(0, 45, 60 * 24 * 2))
    preview = workbench.preview(segment(leaf("traffic.visit_count", "gte", 2)))
    row = workbench.engine.execute(text(preview.sql))[0]
    assert (row.visits_7d, row.visits_24h, row.visitors_7d) == (2, 2, 1)
    assert (preview.visits_7d, preview.visits_24h, preview.visitors_7d) == (2, 2, 1)


def test_now_of_an_empty_shop_is_the_clock(workbench: Workbench) -> None:
    assert abs(workbench.now - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)
    assert workbench.engine.scalar(select(instant(NOW))) == NOW
