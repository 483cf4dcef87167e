"""One customer: found by what may be known of them, told in order, masked by role, no number out of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.errors import DataError, NotAllowed
from ifdo_core.i18n import using
from ifdo_core.person.export import log_timeline, timeline_csv
from ifdo_core.person.result import Window
from ifdo_core.roles import ROLES
from ifdo_core.store import open_store

NOW = datetime(2026, 11, 24, 3, 0)
ADMIN, MARKETER, VIEWER = ROLES["admin"], ROLES["marketer"], ROLES["viewer"]


def at(days: float, minutes: float = 0) -> str:
    return (NOW - timedelta(days=days) + timedelta(minutes=minutes)).isoformat() + "Z"


def event(visitor: str, name: str, ts: str, **more: object) -> dict[str, object]:
    return {"visitor_id": visitor, "name": name, "ts": ts, **more}


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    events = [
        event("phone", "page_view", at(9), utm_source="naver", utm_medium="cpc", page_url="https://s.kr/"),
        event("phone", "add_to_cart", at(9, 1), product_id="P1"),
        event("phone", "add_to_cart", at(9, 2), product_id="P2"),
        event("phone", "remove_from_cart", at(9, 3), product_id="P2"),
        event("phone", "login", at(9, 4), member_id="kim"),
        event("desk", "page_view", at(2), member_id="kim"),
        event("stranger", "page_view", at(1)),
        event("stranger", "page_view", at(0)),
    ]
    orders = [
        {"order_id": f"O{n}", "ts": at(days), "amount": 10_000 * n, "member_id": "kim", "status": "paid"}
        for n, days in enumerate((200, 150, 100, 50, 9), start=1)
    ]
    orders[2] |= {"status": "partially_refunded", "refunded_amount": 5_000, "refunded_at": at(95)}
    orders.append({"order_id": "OC", "ts": at(3), "amount": 7_000, "member_id": "kim", "status": "cancelled"})
    orders.append({"order_id": "OX", "ts": at(4), "amount": 3_000, "member_id": "lee@shop.kr", "status": "paid"})
    members = [
        {"member_id": "kim", "joined_at": at(300), "phone": "010-1234-5678", "email": "kim@shop.kr", "grade": "GOLD"},
        {"member_id": "lee@shop.kr", "joined_at": at(30), "phone": "010-9999-5678", "email": "lee@shop.kr"},
    ]
    messages = [
        {"message_id": "m1", "ts": at(8), "channel": "brand_message", "status": "delivered", "member_id": "kim",
         "campaign": "가을", "opened_at": at(8, 5)},
    ]  # fmt: skip
    with Workbench.open("duckdb:///:memory:") as opened:
        opened.load(
            events=pd.DataFrame(events), orders=pd.DataFrame(orders), members=pd.DataFrame(members),
            messages=pd.DataFrame(messages),
            products=pd.DataFrame([{"product_id": f"P{n}", "name": f"상품{n}"} for n in (1, 2)]),
            order_items=pd.DataFrame([{"order_id": "O5", "product_id": "P1", "quantity": 1, "price": 50_000}]),
        )  # fmt: skip
        opened.refresh()
        yield opened


# --- finding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "matched"), [
    ("kim", "member"), ("m:kim", "member"), ("O3", "order"), ("OC", "order"), ("phone", "visitor"), ("ki", "member"),
    (" desk ", "visitor"), ("KIM", "member"),
])  # fmt: skip
def test_the_person_is_found_by_any_id(workbench: Workbench, text: str, matched: str):
    found = workbench.find_customers(text, MARKETER)
    assert found["person"].tolist() == ["m:kim"]
    assert found["matched"].tolist() == [matched]
    assert found["order_count"].tolist() == [5]


@pytest.mark.parametrize("text", ["010-1234-5678", "01012345678", "+82 10-1234-5678", "kim@shop.kr", "KIM@SHOP.KR"])
def test_telephone_and_mail_are_for_those_who_may_see_them(workbench: Workbench, text: str):
    assert workbench.find_customers(text, ADMIN)["person"].tolist() == ["m:kim"]
    for role in (MARKETER, VIEWER):
        with pytest.raises(NotAllowed):
            workbench.find_customers(text, role)


def test_an_id_that_is_an_address_cannot_be_spelt_out(workbench: Workbench):
    for part in ("lee", "shop.kr", "@shop", "ee@sho"):
        try:
            found = workbench.find_customers(part, MARKETER)
        except NotAllowed:
            continue
        assert "m:lee@shop.kr" not in set(found["person"]), part
    whole = workbench.find_customers("lee@shop.kr", MARKETER)
    assert whole["person"].tolist() == ["m:lee@shop.kr"]
    assert whole["customer"].tolist() == ["***@***"]
    assert workbench.customer("lee@shop.kr", role=MARKETER).name == "***@***"
    assert workbench.find_customers("lee", ADMIN)["customer"].tolist() == ["lee@shop.kr"]


@pytest.mark.parametrize("text", ["", "   ", "nobody", "'; DROP TABLE orders; --", "%", "m:", "v:kim"])
def test_nobody(workbench: Workbench, text: str):
    assert workbench.find_customers(text, MARKETER).empty
    with pytest.raises(DataError, match="맞는 고객이 없어요"):
        workbench.customer(text)


def test_several_are_not_one():
    rows = [{"order_id": f"O{n}", "ts": at(n), "amount": 1_000, "member_id": f"park{n}"} for n in (1, 2)]
    with Workbench.open("duckdb:///:memory:") as opened:
        opened.load(orders=pd.DataFrame(rows))
        assert opened.find_customers("p").empty  # too short a part
        assert len(opened.find_customers("park")) == 2
        with pytest.raises(DataError, match="맞는 고객이 2명"):
            opened.customer("park")


# --- what happened -------------------------------------------------------------------------------


def test_everything_is_there_in_order(workbench: Workbench):
    found = workbench.customer("kim")
    frame = found.frame()
    assert frame["at"].is_monotonic_decreasing
    assert found.counts() == {"order": 6, "cart": 2, "visit": 2, "message": 1, "refund": 1, "grade": 2, "joined": 1}
    told = frame.set_index("kind")["text"]
    assert told["refund"] == "5,000원 환불 · 주문 O3"
    assert told["message"] == "브랜드 메시지 · 가을 · 열어 봄"
    assert list(told["cart"]) == ["뺌: 상품2", "담음: 상품1, 상품2"]
    assert any("5만원 · 상품1" in text for text in told["order"])
    assert any(text.endswith("취소") for text in told["order"])
    assert found.state["order_count"] == 5
    assert found.state["total_amount"] == 10_000 * (1 + 2 + 3 + 4 + 5) - 5_000
    with using("en"):
        assert "opened" in " ".join(workbench.customer("kim").frame()["text"])


def test_nothing_after_now_is_told(workbench: Workbench):
    assert (workbench.customer("kim").frame()["at"] <= workbench.now).all()


def test_a_visitor_who_never_bought(workbench: Workbench):
    found = workbench.customer("stranger")
    assert found.person == "v:stranger"
    assert not found.is_member
    assert "아직 산 적이 없어요" in found.insight()
    assert (found.by_model, found.by_cycle, found.grade(), found.profile) == (None, None, "", {})
    assert "NaN" not in found.figure().to_json()
    assert "NaN" not in found.figure("grades").to_json()


# --- how they stand --------------------------------------------------------------------------------


def test_the_window_by_the_own_cycle_is_the_middle_half_of_the_gaps(workbench: Workbench):
    found = workbench.customer("kim")
    gaps, since = [50, 50, 50, 41], 9
    low, high = np.quantile(gaps, [0.25, 0.75]) - since
    assert found.by_cycle == Window(round(low), round(high))


def test_the_standing_is_that_of_the_refresh(workbench: Workbench):
    found = workbench.customer("kim")
    rfm = workbench.rfm().frame().set_index("customer")
    assert found.grade() == rfm.loc["kim", "grade"]
    churn = workbench.analysis.churn().frame().set_index("customer")
    assert found.standing["churn_risk"] == churn.loc["kim", "risk"]
    assert found.reasons() == churn.loc["kim", "reasons"]
    assert "nan" not in found.insight().lower()


def test_before_the_first_refresh():
    with Workbench.open("duckdb:///:memory:") as workbench:
        workbench.load(orders=pd.DataFrame([{"order_id": "O", "ts": at(1), "amount": 1_000, "member_id": "a"}]))
        found = workbench.customer("a")
        assert found.standing == {}
        assert "아직 돌지 않아" in found.insight()
        assert found.recommend() is None
        assert found.matching() is not None


def test_segments_and_recommendations(workbench: Workbench):
    found = workbench.customer("kim")
    assert found.matching() is not None
    told = found.recommend(3)
    assert told is not None
    assert len(told.frame()) <= 3


# --- who may see it ----------------------------------------------------------------------------------


def test_personal_data_is_masked_unless_the_role_allows(workbench: Workbench):
    masked = workbench.customer("kim", role=ADMIN)
    assert "010-****-5678" in masked.profile.values()
    assert "k***@shop.kr" in masked.profile.values()
    assert "01012345678" in workbench.customer("kim", role=ADMIN, masked=False).profile.values()
    with pytest.raises(NotAllowed):
        workbench.customer("kim", role=MARKETER, masked=False)


def test_a_file_is_logged(workbench: Workbench, tmp_path: Path):
    from ifdo_core.lists.export import Actor

    found = workbench.customer("kim")
    text = timeline_csv(found, ("order",), ("언제", "무엇", "내용", "금액")).decode("utf-8-sig")
    assert text.count("\n") == 7
    with open_store(f"sqlite:///{tmp_path}/state.db") as store:
        log_timeline(found, 6, Actor("me", MARKETER, "download"), store.exports, NOW)
        assert store.exports.frame(10, 0)[["what", "rows", "masked"]].to_numpy().tolist() == [["timeline", 6, True]]
        with pytest.raises(NotAllowed):
            log_timeline(found, 6, Actor("me", VIEWER, "download"), store.exports, NOW)
