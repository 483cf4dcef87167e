"""The three questions in shops of every state: which answer is this shop's, with its own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ifdo_core import Segment, Workbench, tables
from ifdo_core.clock import utc_now
from ifdo_core.i18n import set_language
from ifdo_core.segments.model import AllOf, Leaf

LIVE = Segment(
    AllOf((Leaf("traffic.visit_count", "gte", 1), Leaf("live.current_page", "contains", "/event"))),
    "지금 행사를 보는 손님",
)
NOBODY = Segment(Leaf("traffic.visit_count", "gte", 1000), "천 번 온 손님")
SOME = Segment(Leaf("traffic.visit_count", "gte", 1), "모두")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench.open(tmp_path / "shop.duckdb") as workbench:
        yield workbench


def fill(shop: Workbench, *ages: timedelta, **frames: list[dict[str, Any]]) -> None:
    """One visit at each age before the present; the last one by the member m1."""
    now = utc_now()
    events = [
        {"event_id": f"e{n}", "ts": now - age, "visitor_id": f"v{n}", "name": "page_view", "member_id": None}
        for n, age in enumerate(ages)
    ]
    events[-1]["member_id"] = "m1"
    shop.engine.append(tables.events, pd.DataFrame(events))
    for name, rows in frames.items():
        shop.engine.append(tables.canonical.tables[name], pd.DataFrame(rows))
    shop.rebuild()


def cases(shop: Workbench) -> list[str]:
    return [answer.case for answer in shop.help().answers]


def test_a_shop_without_anything(shop: Workbench) -> None:
    assert cases(shop) == ["no_visits", "not_collected", "not_collected"]
    asked = shop.help().answer("after_install")
    assert "하나도 없어서" in asked.short
    assert [link.page for link in asked.links] == ["data"]
    assert any("주문 데이터가 없어" in fact for fact in asked.facts)


def test_a_young_shop(shop: Workbench) -> None:
    fill(shop, timedelta(days=2), timedelta(hours=1))
    assert cases(shop) == ["no_members", "young", "none_saved"]
    assert "수집한 지 2일째" in shop.help().answer("after_install").short


def test_a_shop_whose_collection_stopped(shop: Workbench) -> None:
    fill(shop, timedelta(days=30), timedelta(days=4))
    assert cases(shop)[1] == "stopped"
    assert "4일 전" in shop.help().answer("after_install").short


def test_a_shop_that_collects(shop: Workbench) -> None:
    members = [
        {"member_id": "m1", "marketing_consent": True, "channel_friend": False},
        {"member_id": "m2", "marketing_consent": True, "channel_friend": True},
    ]
    fill(shop, timedelta(days=30), timedelta(days=3), timedelta(hours=2), members=members)
    assert cases(shop) == ["counted", "collected", "none_saved"]
    facts = " ".join(shop.help().answer("recipients").facts)
    assert "방문 2건, 방문자 2명, 그중 회원 1명" in facts
    assert "동의한 사람은 1명(M 타깃), 채널 친구는 0명(I 타깃)" in facts
    assert [link.page for link in shop.help().answer("recipients").links] == ["sending"]


def test_saved_segments_are_named(shop: Workbench) -> None:
    fill(shop, timedelta(days=30), timedelta(hours=2))
    shop.segments = {"a": SOME, "b": NOBODY, "c": LIVE}
    answers = shop.help()
    assert answers.answer("without_number").case == "live"
    assert "‘지금 행사를 보는 손님’: 현재 조건 ‘현재 보는 페이지’" in answers.answer("without_number").facts[0]
    assert [link.segment for link in answers.answer("without_number").links] == ["c"]
    zero = answers.answer("after_install")
    assert any("‘천 번 온 손님’: 지금 0건이에요" in fact for fact in zero.facts)
    assert "b" in [link.segment for link in zero.links]
    shop.segments = {"a": SOME}
    assert shop.help().answer("without_number").case == "all_counted"


def test_results_and_languages(shop: Workbench) -> None:
    fill(shop, timedelta(days=30), timedelta(hours=2))
    found = shop.help()
    assert list(found.frame().columns) == ["question", "case", "short", "facts"]
    assert len(found.frame()) == 3
    assert found.now == shop.now
    assert found.insight().count("\n\n") == 2
    set_language("en")
    assert not any("가" <= sign <= "힣" for sign in shop.help().insight())
