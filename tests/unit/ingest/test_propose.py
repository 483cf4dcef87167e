"""Mappings found by looking at names and values."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest
from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines import open_engine
from ifdo_core.errors import DataError
from ifdo_core.ingest import Mapping, load, propose_mapping

NOW = datetime(2026, 11, 24)


def found(proposal):
    return {guess.source: (guess.table, guess.column) for guess in proposal.guesses if guess.column}


def test_korean_orders_are_understood(tmp_path):
    path = tmp_path / "주문목록.csv"
    frame = pd.DataFrame(
        {"주문번호": ["1"], "주문일시": ["2026-11-01 10:00"], "결제금액": ["50,000원"], "회원아이디": ["m1"],
         "주문상태": ["배송완료"], "배송메모": ["문 앞"]}
    )  # fmt: skip
    path.write_bytes(frame.to_csv(index=False).encode("cp949"))
    proposal = propose_mapping(path)
    assert (proposal.table, proposal.ready, proposal.missing, proposal.lines) == ("orders", None, (), False)
    assert found(proposal) == {
        "주문번호": ("orders", "order_id"),
        "주문일시": ("orders", "ts"),
        "결제금액": ("orders", "amount"),
        "회원아이디": ("orders", "member_id"),
        "주문상태": ("orders", "status"),
    }
    shown = proposal.frame()
    assert list(shown.columns) == ["table", "source", "column", "samples", "confidence", "why"]
    assert shown.set_index("source").loc["결제금액", "samples"] == "50,000원"
    assert shown["confidence"].between(0, 1).all()
    mapping = proposal.mapping
    assert Mapping.from_yaml(mapping.to_yaml()) == mapping
    with open_engine("duckdb:///:memory:") as engine:
        assert load(engine, ShopSettings(), {"orders": path}, mapping=mapping, now=NOW).rows_loaded == 1


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        (["event_time", "event_type", "user_session", "user_id", "cookie_id", "page_url"], "events"),
        (["회원ID", "가입일", "등급", "휴대폰번호", "성별"], "members"),
        (["상품코드", "상품명", "카테고리", "판매가", "재고"], "products"),
        (["InvoiceNo", "InvoiceDate", "total", "CustomerID"], "orders"),
    ],
)
def test_the_table_is_told_by_the_names(columns, table):
    values = {
        name: ["2026-01-01 10:00" if "time" in name or "Date" in name or "일" in name else "5"] for name in columns
    }
    proposal = propose_mapping(pd.DataFrame(values))
    assert (proposal.table, proposal.missing) == (table, ())


def test_lines_of_orders_are_seen_and_loaded_into_two_tables():
    frame = pd.DataFrame(
        {
            "InvoiceNo": ["1", "1", "2"],
            "StockCode": ["a", "b", "a"],
            "Quantity": [2, 1, 1],
            "InvoiceDate": ["2026-11-01 10:00"] * 3,
            "UnitPrice": ["1.50", "2.00", "1.50"],
            "CustomerID": ["7", "7", None],
        }
    )
    proposal = propose_mapping(frame, table="orders")
    assert proposal.lines
    assert not proposal.missing
    with open_engine("duckdb:///:memory:") as engine:
        load(engine, ShopSettings(currency="GBP"), {"orders": frame}, mapping=proposal.mapping, now=NOW)
        orders = engine.execute(select(tables.orders).order_by(tables.orders.c.order_id))
        assert [(o.order_id, o.amount, o.member_id) for o in orders] == [("1", 500, "7"), ("2", 150, None)]


def test_lines_without_a_price_are_said_to_be_left_out():
    columns = {
        "주문번호": ["1"],
        "주문일시": ["2026-11-01 10:00"],
        "상품코드": ["P1"],
        "수량": ["2"],
        "결제금액": ["5,000원"],
    }
    proposal = propose_mapping(pd.DataFrame(columns), table="orders")
    assert proposal.lines
    assert not proposal.missing
    assert proposal.priceless
    with open_engine("duckdb:///:memory:") as engine:
        load(engine, ShopSettings(), {"orders": pd.DataFrame(columns)}, mapping=proposal.mapping, now=NOW)
        assert engine.scalar(select(func.count()).select_from(tables.orders)) == 1
        assert engine.scalar(select(func.count()).select_from(tables.order_items)) == 0
    paid = proposal.choosing("paid", "결제금액", "order_items")
    assert not paid.priceless
    with open_engine("duckdb:///:memory:") as engine:
        load(engine, ShopSettings(), {"orders": pd.DataFrame(columns)}, mapping=paid.mapping, now=NOW)
        assert engine.scalar(select(func.count()).select_from(tables.order_items)) == 1


def test_values_that_do_not_fit_make_a_name_doubtful():
    frame = pd.DataFrame({"주문번호": ["1"], "주문일시": ["어제쯤"], "결제금액": ["5"]})
    guesses = {guess.source: guess for guess in propose_mapping(frame, table="orders").guesses}
    assert guesses["주문일시"].why == "doubtful"
    assert guesses["주문일시"].confidence < 0.5


def test_values_tell_where_names_do_not():
    frame = pd.DataFrame({"id": ["m1"], "비고": ["a@example.com"]})
    assert found(propose_mapping(frame, table="members"))["비고"] == ("members", "email")


def test_what_is_only_likely_is_shown_but_not_used_unasked():
    frame = pd.DataFrame({"주문번호": ["1"], "언제": ["2026-11-01 10:00"], "결제금액": ["5"]})
    proposal = propose_mapping(frame, table="orders")
    assert found(proposal)["언제"] == ("orders", "ts")
    with open_engine("duckdb:///:memory:") as engine:
        with pytest.raises(DataError) as caught:
            load(engine, ShopSettings(), {"orders": frame}, now=NOW)
        assert caught.value.code == "missing_column"
        assert "언제" in str(caught.value)
        assert load(engine, ShopSettings(), {"orders": frame}, mapping=proposal.mapping, now=NOW).rows_loaded == 1


def test_a_choice_of_ones_own():
    frame = pd.DataFrame({"주문번호": ["1"], "x": ["2026-11-01"], "결제금액": ["5"], "주문금액": ["6"]})
    proposal = propose_mapping(frame, table="orders").choosing("ts", "x").choosing("amount", "주문금액")
    assert found(proposal)["x"] == ("orders", "ts")
    assert found(proposal)["주문금액"] == ("orders", "amount")
    assert "결제금액" not in found(proposal)
    assert found(proposal.choosing("amount", None)).get("주문금액") is None
    assert proposal.choosing("amount", None).missing == ("amount",)


def test_a_ready_mapping_is_shown_column_by_column():
    frame = pd.DataFrame({"Name": ["#1"], "Created at": ["2026-11-01"], "Lineitem name": ["Cup"], "Lineitem price": [1],
                          "Lineitem quantity": [1], "Notes": ["x"]})  # fmt: skip
    proposal = propose_mapping(frame)
    assert (proposal.ready, proposal.table, proposal.mapping.name) == ("shopify", "orders", "shopify")
    assert found(proposal)["Lineitem price"] == ("order_items", "price")
    assert "Notes" not in found(proposal)


def test_our_own_names_are_sure():
    frame = pd.DataFrame({"ts": ["2026-11-01"], "visitor_id": ["v"], "name": ["page_view"], "params": ["{}"]})
    proposal = propose_mapping(frame)
    assert proposal.table == "events"
    assert {guess.confidence for guess in proposal.guesses} == {1.0}
