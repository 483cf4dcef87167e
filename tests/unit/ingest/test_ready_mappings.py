"""Exports of shop systems, told apart by their headers and read by the ready mappings. All values are invented."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines import open_engine
from ifdo_core.errors import DataError
from ifdo_core.ingest import MAPPINGS, Mapping, load, told_apart

SHOP = ShopSettings()
DOLLARS = ShopSettings(currency="USD", timezone="America/New_York")
NOW = datetime(2026, 11, 24)


@pytest.fixture
def engine():
    with open_engine("duckdb:///:memory:") as opened:
        yield opened


def rows(engine, table, *columns):
    """The rows of a table by its first column, as tuples of these columns."""
    wanted = [table.c[name] for name in columns]
    return [tuple(row) for row in engine.execute(select(*wanted).order_by(*wanted))]


def csv(path, header, *lines, encoding="utf-8-sig"):
    frame = pd.DataFrame(lines, columns=header)
    path.write_bytes(frame.to_csv(index=False).encode(encoding))
    return path


def excel(path, *lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(list(line))
    book.save(path)
    return path


def test_every_ready_mapping_is_written_and_read_alike():
    assert {"cafe24", "godomall", "smartstore", "shopify", "ga4", "cdnow", "complete_journey"} <= set(MAPPINGS)
    for mapping in MAPPINGS.values():
        assert Mapping.from_yaml(mapping.to_yaml()) == mapping


# --- Cafe24 ---------------------------------------------------------------------------------------

CAFE24 = [
    "주문번호", "품목별 주문번호", "주문일시", "결제일시(입금확인일)", "주문자ID", "상품코드", "주문상품명", "수량",
    "옵션+판매가",
    "품목별 결제금액", "총 배송비(KRW)", "사용한 적립금액(최종)", "주문 상태", "결제수단", "수령인", "실제 환불금액",
]  # fmt: skip


def cafe24_orders(path):
    def line(
        order, item, status, paid, member="m1", paid_at="2026-10-07 07:50:00", refund="", quantity="1", price="10,000"
    ):
        return [
            order, f"{order}-{item:02d}", "2026-10-07 07:46:37", paid_at, member, f"P{item}", "상품", quantity, price,
            paid, "3,000", "1,000", status, "신용카드", "받는 이", refund,
        ]  # fmt: skip

    return csv(
        path,
        CAFE24,
        line("20261007-0000001", 1, "배송완료", "9,000"),
        line("20261007-0000001", 2, "구매확정", "20000", quantity="2"),
        line("20261007-0000002", 1, "입금전 - 관리자", "10,000", paid_at="", member=""),
        line("20261007-0000003", 1, "배송완료", "10,000"),
        line("20261007-0000003", 2, "반품완료 - 환불전", "9,500"),
        line("20261007-0000004", 1, "취소완료", "10,000"),
        line("20261007-0000005", 1, "반품완료", "10,000", refund="8,000"),
        line("20261007-0000006", 1, "교환신청", "10,000"),
        line("20261007-0000007", 1, "처음 보는 말", "10,000"),
        line("20261007-0000001", 1, "구매확정", "9,000"),  # an item that comes twice counts once
        encoding="cp949",
    )


def test_cafe24_orders(engine, tmp_path):
    path = cafe24_orders(tmp_path / "cafe24.csv")
    assert (told_apart(path).name, told_apart(path).table) == ("cafe24", "orders")
    report = load(engine, SHOP, {"orders": path}, now=NOW)
    assert report.files[0].mapping == "cafe24"
    assert report.rows_rejected == 0
    found = rows(engine, tables.orders, "order_id", "amount", "status", "refunded_amount", "member_id")
    assert found == [
        ("20261007-0000001", 29_000, "paid", None, "m1"),
        ("20261007-0000002", 10_000, "pending", None, None),
        ("20261007-0000003", 19_500, "partially_refunded", 9_500, "m1"),
        ("20261007-0000004", 10_000, "cancelled", None, "m1"),
        ("20261007-0000005", 10_000, "refunded", 8_000, "m1"),
        ("20261007-0000006", 10_000, "paid", None, "m1"),
        ("20261007-0000007", 10_000, "pending", None, "m1"),
    ]
    first = engine.execute(select(tables.orders).order_by(tables.orders.c.order_id))[0]
    assert first.ts == datetime(2026, 10, 6, 22, 46, 37)
    assert (first.shipping, first.points_used, first.discount, first.payment_method) == (3000, 1000, 1000, "card")
    assert report.noted == {"cafe24.csv": {"교환신청": 1, "처음 보는 말": 1}}
    assert "처음 보는 말" in report.insight()
    items = rows(engine, tables.order_items, "line_id", "product_id", "quantity", "price", "discount")
    assert len(items) == 9
    assert items[0] == ("20261007-0000001-01", "P1", 1, 10_000, 1_000)
    assert items[1] == ("20261007-0000001-02", "P2", 2, 10_000, None)
    assert load(engine, SHOP, {"orders": path}, now=NOW).rows_loaded == 0


def test_cafe24_orders_without_their_number_and_date(engine, tmp_path):
    path = csv(
        tmp_path / "a.csv",
        ["품목별 주문번호", "상품코드", "수량", "판매가", "옵션추가 가격", "총 상품구매금액", "쿠폰 할인금액"],
        ["20261007-0000001-01", "P1", 1, 9000, 1000, 20000, 3000],
        ["20261007-0000001-02", "P2", 1, 10000, 0, 20000, 3000],
    )
    load(engine, SHOP, {"orders": path}, now=NOW)
    assert rows(engine, tables.orders, "order_id", "ts", "amount", "discount") == [
        ("20261007-0000001", datetime(2026, 10, 6, 15), 17_000, 3_000)
    ]
    assert [row[1] for row in rows(engine, tables.order_items, "line_id", "price")] == [10_000, 10_000]


def test_cafe24_members(engine, tmp_path):
    header = ["아이디", "이름", "회원등급", "이메일", "휴대폰번호", "사용가능 적립금", "회원 가입일", "생년월일",
              "양력(T)/음력(F)", "성별", "주소1", "SMS 수신여부", "e메일 수신여부", "탈퇴일",
              "총 실주문건수"]  # fmt: skip
    path = csv(
        tmp_path / "members.csv",
        header,
        ["m1", "아무개", "VIP", "a@example.com", "010-0000-0001", "1,500", "2026-01-02", "1990-03-15", "T", "여",
         "서울특별시 어느 구", "T", "F", "", 3],
        ["m2", "아무개", "일반", "", "--", "0", "2026-01-03", "1990-03-15", "F", "남", "경상남도 어느 시", "F", "F",
         "", 0],
        ["m3", "아무개", "일반", "", "", "0", "2026-01-03", "", "", "", "", "T", "T", "2026-05-05", 0],
    )  # fmt: skip
    assert (told_apart(path).name, told_apart(path).table) == ("cafe24", "members")
    report = load(engine, SHOP, {"members": path}, now=NOW)
    assert report.unknown_columns == {}
    columns = ("member_id", "phone", "birthday", "gender", "region", "marketing_consent", "consent_sms", "points")
    assert rows(engine, tables.members, *columns) == [
        ("m1", "01000000001", datetime(1990, 3, 15).date(), "female", "서울", True, True, 1500),
        ("m2", None, None, "male", "경남", False, False, 0),
        ("m3", None, None, None, None, False, False, 0),
    ]
    assert "수신 동의일" in report.insight()


def test_cafe24_members_without_the_id_say_what_is_missing(engine, tmp_path):
    path = csv(tmp_path / "members.csv", ["이름", "e메일 수신여부"], ["아무개", "T"])
    with pytest.raises(DataError) as caught:
        load(engine, SHOP, {"members": path}, now=NOW)
    assert caught.value.code == "missing_column"
    assert "member_id" in str(caught.value)


def test_cafe24_products_from_either_file(engine, tmp_path):
    path = csv(tmp_path / "p.csv", ["상품코드", "상품명", "판매가", "공급가", "상품분류 번호", "브랜드"],
               ["P1", "양말", "10,000", "4,000", "24|25", "무명"])  # fmt: skip
    assert told_apart(path).table == "products"
    load(engine, SHOP, {"products": path}, now=NOW)
    assert rows(engine, tables.products, "product_id", "name", "price", "cost", "category") == [
        ("P1", "양말", 10_000, 4_000, "24|25")
    ]
    orders = cafe24_orders(tmp_path / "orders.csv")
    assert load(engine, SHOP, {"products": orders}, now=NOW).tables["products"].loaded == 2


# --- 고도몰 ---------------------------------------------------------------------------------------


def test_godomall_orders(engine, tmp_path):
    header = ["주문 번호", "상품주문번호", "주문일자", "입금일자", "회원 아이디", "상품코드", "상품명", "상품수량",
    "판매가",
              "옵션 금액", "총 품목 금액", "총 결제 금액", "총 배송 금액", "사용된 총 마일리지", "총 환불금액",
              "클레임 완료일자",
              "주문상태", "수취인 이름"]  # fmt: skip
    path = excel(
        tmp_path / "godo.xlsx",
        header,
        ["2610070001", "1", "2026-10-07 10:00:00", "2026-10-07", "m1", "G1", "가", 1, "9,000", "1,000", "30,000",
         "32,000",
         "3,000", "1,000", 0, "0000-00-00 00:00:00", "배송완료", "받는 이"],
        ["2610070001", "2", "2026-10-07 10:00:00", "2026-10-07", "m1", "G2", "나", 2, "10,000", "0", "30,000", "32,000",
         "3,000", "1,000", 0, "0000-00-00 00:00:00", "환불완료", "받는 이"],
        ["2610070002", "3", "2026-10-07 10:00:00", "0000-00-00", "", "G1", "가", 1, "10,000", "0", "10,000", "13,000",
         "3,000", "0", 0, "", "입금대기", "받는 이"],
        ["2610070003", "4", "2026-10-07 10:00:00", "2026-10-07", "m2", "G1", "가", 1, "10,000", "0", "10,000", "13,000",
         "3,000", "0", "10,000", "2026-10-09 09:00:00", "환불완료", "받는 이"],
        ["2610070003", "5", "2026-10-07 10:00:00", "2026-10-07", "m2", "G1", "가", 1, "10,000", "0", "10,000", "13,000",
         "3,000", "0", "10,000", "", "교환추가완료", "받는 이"],
    )  # fmt: skip
    assert told_apart(path).name == "godomall"
    report = load(engine, SHOP, {"orders": path}, now=NOW)
    assert report.rows_rejected == 0
    columns = ("order_id", "amount", "status", "refunded_amount", "refunded_at", "points_used", "shipping")
    assert rows(engine, tables.orders, *columns) == [
        ("2610070001", 29_000, "partially_refunded", 20_000, None, 1_000, 3_000),
        ("2610070002", 10_000, "pending", None, None, 0, 3_000),
        ("2610070003", 10_000, "refunded", 10_000, datetime(2026, 10, 9), 0, 3_000),
    ]
    assert [row[0] for row in rows(engine, tables.order_items, "line_id")] == ["1", "2", "3", "4"]
    assert report.noted == {"godo.xlsx": {"교환추가완료": 1}}


def test_godomall_orders_one_row_each(engine, tmp_path):
    path = excel(
        tmp_path / "godo.xlsx",
        ["주문 번호", "주문일자", "입금일자", "총 결제 금액", "총 배송 금액", "주문상태", "회원 아이디"],
        ["2610070001", "2026-10-07 10:00:00", "2026-10-07", "13,000", "3,000", "구매확정", "m1"],
        ["2610070002", "2026-10-07 10:00:00", "", "13,000", "3,000", "", "m1"],
    )
    load(engine, SHOP, {"orders": path}, now=NOW)
    assert rows(engine, tables.orders, "order_id", "amount", "status") == [
        ("2610070001", 10_000, "paid"),
        ("2610070002", 10_000, "pending"),
    ]


def test_godomall_members_never_touch_the_password(engine, tmp_path):
    path = csv(
        tmp_path / "members.csv",
        [
            "아이디",
            "등급",
            "이메일",
            "휴대폰번호",
            "비밀번호(암호화문자)",
            "메일수신여부",
            "SMS수신여부",
            "마일리지",
            "성별",
            "생일",
            "가입승인일",
        ],
        [
            "m1",
            "일반",
            "a@example.com",
            "010-0000-0001",
            "never-to-be-read",
            "y",
            "n",
            "500",
            "w",
            "1990-03-15",
            "2026-01-02",
        ],
    )
    assert told_apart(path).name == "godomall"
    report = load(engine, SHOP, {"members": path}, now=NOW)
    assert report.unknown_columns == {}
    held = engine.frame(select(tables.members)).astype(str).to_csv() + engine.frame(select(tables.loads)).to_csv()
    assert "never-to-be-read" not in held
    assert rows(engine, tables.members, "member_id", "marketing_consent", "consent_sms", "gender") == [
        ("m1", True, False, "female")
    ]


# --- Smart Store ----------------------------------------------------------------------------------


def test_smartstore_orders_below_their_notice(engine, tmp_path):
    path = excel(
        tmp_path / "smartstore.xlsx",
        ["구매자에게 연락할 때는 개인정보를 지켜 주세요."],
        ["상품주문번호", "주문번호", "주문일시", "상품번호", "상품명", "수량", "상품가격", "옵션가격",
         "최종 상품별 할인액",
         "최종 상품별 총 주문금액", "배송비 묶음번호", "배송비 합계", "주문상태", "클레임상태", "구매자ID",
         "통합배송지", "결제수단"],
        ["2026100700000011", "2026100700000001", "2026-10-07 10:00:00", "100000001", "가", 2, 10000, 1000, 2000,
         20000, "B1",
         3000, "배송중", None, "mask****", "어느 곳", "네이버페이"],
        ["2026100700000012", "2026100700000001", "2026-10-07 10:00:00", "100000002", "나", 1, 5000, 0, 0, 5000, "B1",
         3000, "배송완료", "반품완료", "mask****", "어느 곳", "네이버페이"],
        ["2026100700000021", "2026100700000002", 46132.5588, 100000001, "가", 1, 10000, None, 0, 10000, "B2",
         0, "결제완료", "취소요청", "mask****", "어느 곳", "신용카드 간편결제"],
    )  # fmt: skip
    assert (told_apart(path).name, told_apart(path).table) == ("smartstore", "orders")
    report = load(engine, SHOP, {"orders": path}, now=NOW)
    assert report.rows_rejected == 0
    columns = ("order_id", "amount", "status", "refunded_amount", "shipping", "member_id", "payment_method")
    assert rows(engine, tables.orders, *columns) == [
        ("2026100700000001", 25_000, "partially_refunded", 5_000, 3_000, None, "naverpay"),
        ("2026100700000002", 10_000, "paid", None, 0, None, "card"),
    ]
    assert report.noted == {"smartstore.xlsx": {"취소요청": 1}}
    assert rows(engine, tables.order_items, "line_id", "product_id", "quantity", "price", "discount")[0] == (
        "2026100700000011", "100000001", 2, 11_000, 2_000,
    )  # fmt: skip
    second = engine.execute(select(tables.orders.c.ts).order_by(tables.orders.c.order_id))[1][0]
    assert second == datetime(2026, 4, 20, 4, 24, 40, 320_000)


def test_a_damaged_order_number_is_set_aside_with_its_order(engine, tmp_path):
    path = csv(
        tmp_path / "smartstore.csv",
        ["상품주문번호", "주문번호", "주문일시", "상품번호", "수량", "상품가격", "최종 상품별 총 주문금액"],
        ["1", "2.0261E+15", "2026-10-07", "100000001", 1, 1000, 1000],
        ["2", "2026100700000002", "2026-10-07", "100000001", 1, 1000, 1000],
    )
    report = load(engine, SHOP, {"orders": path}, now=NOW)
    assert report.rejected[["row", "column", "value", "reason"]].values.tolist() == [
        [1, "주문번호", "2.0261E+15", "damaged_id"]
    ]
    assert rows(engine, tables.orders, "order_id") == [("2026100700000002",)]


def test_a_locked_workbook_asks_for_no_password(engine, tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(DataError) as caught:
        load(engine, SHOP, {"orders": path}, mapping="smartstore", now=NOW)
    assert caught.value.code in ("password", "unreadable_file")


# --- Shopify --------------------------------------------------------------------------------------


def test_shopify_orders(engine, tmp_path):
    header = ["Name", "Email", "Financial Status", "Subtotal", "Shipping", "Discount Code", "Discount Amount",
    "Created at",
              "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Lineitem discount",
              "Cancelled at",
              "Payment Method", "Refunded Amount", "Billing Name"]  # fmt: skip
    path = csv(
        tmp_path / "orders_export.csv",
        header,
        ["#1001", "A@Example.com", "paid", "30.00", "5.00", "WELCOME", "3.33", "2026-10-07 10:00:00 -0400", 2,
         "Cup - Blue", "11.11",
         "'0012", "0.00", "", "Shopify Payments", "0.00", "Somebody"],
        ["#1001", "", "", "", "", "", "", "2026-10-07 10:00:00 -0400", 1, "Card", "11.11", "", "0", "", "", "", ""],
        ["#1002", "b@example.com", "partially_refunded", "20.00", "0", "", "", "2026-10-07 10:00:00 -0400", 2, "Cup",
         "10.00", "C1",
         "0", "", "", "10.00", ""],
        ["#1003", "b@example.com", "paid", "20.00", "0", "", "", "2026-10-07 10:00:00 -0400", 2, "Cup", "10.00", "C1",
         "0",
         "2026-10-08 10:00:00 -0400", "", "0", ""],
        ["#1004", "b@example.com", "voided", "20.00", "0", "", "", "2026-10-07 10:00:00 -0400", 2, "Cup", "10.00",
         "C1", "0",
         "", "", "0", ""],
    )  # fmt: skip
    assert (told_apart(path).name, told_apart(path).table) == ("shopify", "orders")
    report = load(engine, DOLLARS, {"orders": path}, now=NOW)
    assert report.rows_rejected == 0
    assert rows(engine, tables.orders, "order_id", "amount", "status", "refunded_amount", "member_id", "coupon") == [
        ("#1001", 3_000, "paid", 0, "a@example.com", "WELCOME"),
        ("#1002", 2_000, "partially_refunded", 1_000, "b@example.com", None),
        ("#1003", 2_000, "cancelled", 0, "b@example.com", None),
        ("#1004", 2_000, "cancelled", 0, "b@example.com", None),
    ]
    assert rows(engine, tables.orders, "order_id", "ts")[0][1] == datetime(2026, 10, 7, 14)
    assert sorted(row[0] for row in rows(engine, tables.order_items, "product_id")) == [
        "0012",
        "C1",
        "C1",
        "C1",
        "Card",
    ]


def test_shopify_customers_and_products(engine, tmp_path):
    customers = csv(
        tmp_path / "customers.csv",
        ["Customer ID", "First Name", "Email", "Accepts Email Marketing", "Accepts SMS Marketing", "Phone", "Tags"],
        ["'7001", "Some", "A@example.com", "yes", "no", "'+82 10-0000-0001", "vip"],
    )
    products = csv(
        tmp_path / "products.csv",
        ["Handle", "Title", "Vendor", "Type", "Variant SKU", "Variant Price", "Variant Inventory Qty", "Image Src"],
        ["cup", "Cup", "Nobody", "Kitchen", "C1", "10.00", "5", "https://example.com/1.png"],
        ["cup", "", "", "", "C2", "12.50", "-1", ""],
        ["cup", "", "", "", "", "", "", "https://example.com/2.png"],
        ["card", "Card", "", "", "", "1.00", "", ""],
    )
    assert told_apart(customers).table == "members"
    assert told_apart(products).table == "products"
    report = load(engine, DOLLARS, {"members": customers, "products": products}, now=NOW)
    assert report.rows_rejected == 0
    assert rows(engine, tables.members, "member_id", "phone", "marketing_consent", "consent_sms") == [
        ("7001", "01000000001", True, False)
    ]
    assert rows(engine, tables.products, "product_id", "name", "brand", "price", "stock") == [
        ("C1", "Cup", "Nobody", 1_000, 5),
        ("C2", "Cup", "Nobody", 1_250, -1),
        ("Card", "Card", None, 100, None),
    ]


# --- GA4 ------------------------------------------------------------------------------------------


def ga4_events():
    def event(name, micros, user="u1", items=(), **params):
        return {
            "event_date": "20261007",
            "event_timestamp": micros,
            "event_name": name,
            "event_params": [
                {"key": key, "value": {"string_value": None if isinstance(v, int) else v,
                "int_value": v if isinstance(v, int) else None}}
                for key, v in params.items()
            ],
            "user_pseudo_id": user,
            "user_id": None,
            "device": {"category": "mobile", "operating_system": "Android", "language": "ko-kr",
                       "web_info": {"browser": "Samsung Internet"}},
            "geo": {"country": "South Korea", "region": "Seoul", "city": "(not set)"},
            "collected_traffic_source": {"manual_source": "naver", "manual_medium": "cpc"},
            "ecommerce": {"transaction_id": "T1" if name == "purchase" else "(not set)",
                          "purchase_revenue": 25000.0 if name == "purchase" else None},
            "items": [{"item_id": item, "item_category": "컵", "price": price, "quantity": 1} for item, price in items],
        }  # fmt: skip

    start = 1_791_331_200_000_000
    page = "https://www.shop.example/product/detail.html?product_no=1&utm_campaign=fall"
    return [
        event(
            "page_view",
            start,
            ga_session_id=5,
            page_location=page,
            page_referrer="https://m.search.naver.com/search?query=컵",
        ),
        event("view_item", start + 10, items=[("A", 10000.0)], ga_session_id=5, page_location=page, value=10000),
        event(
            "purchase",
            start + 20,
            items=[("A", 10000.0), ("B", 15000.0)],
            ga_session_id=5,
            page_location=page,
            value=25000,
        ),
        event("page_view", start + 30, user=None, ga_session_id=6, page_location=page),
    ]


@pytest.mark.parametrize("kind", ["frame", "parquet", "jsonl"])
def test_ga4_events(engine, tmp_path, kind):
    source = frame = pd.DataFrame(ga4_events())
    if kind == "parquet":
        source = tmp_path / "events_20261007.parquet"
        frame.to_parquet(source)
    elif kind == "jsonl":
        source = tmp_path / "events_20261007.json"
        frame.assign(event_timestamp=frame["event_timestamp"].astype(str)).to_json(
            source, orient="records", lines=True, force_ascii=False
        )
    assert (told_apart(source).name, told_apart(source).table) == ("ga4", "events")
    report = load(engine, SHOP, {"events": source}, now=NOW)
    assert report.rows_read == 4
    assert report.rejected[["row", "column", "reason"]].values.tolist() == [[4, "user_pseudo_id", "missing"]]
    columns = ("ts", "name", "product_id", "value", "order_id", "visit_id", "visitor_id")
    assert rows(engine, tables.events, *columns) == [
        (datetime(2026, 10, 7, 0, 0, 0, 0), "page_view", None, None, None, "u1.5", "u1"),
        (datetime(2026, 10, 7, 0, 0, 0, 10), "view_item", "A", 10_000, None, "u1.5", "u1"),
        (datetime(2026, 10, 7, 0, 0, 0, 20), "purchase", "A", 25_000, "T1", "u1.5", "u1"),
        (datetime(2026, 10, 7, 0, 0, 0, 20), "purchase", "B", None, "T1", "u1.5", "u1"),
    ]
    first = engine.execute(select(tables.events).where(tables.events.c.name == "page_view"))[0]
    assert (first.device, first.os, first.browser, first.country, first.region, first.city, first.language) == (
        "mobile", "android", "samsung_internet", "KR", "서울", None, "ko",
    )  # fmt: skip
    assert (first.utm_source, first.utm_medium, first.utm_campaign) == ("naver", "cpc", "fall")
    assert (first.page_host, first.page_path, first.page_type) == (
        "www.shop.example",
        "/product/detail.html",
        "product",
    )
    assert first.referrer_host == "m.search.naver.com"
    assert load(engine, SHOP, {"events": source}, now=NOW).rows_loaded == 0


def test_ga4_purchases_as_orders(engine):
    frame = pd.DataFrame(ga4_events())
    report = load(engine, SHOP, {"orders": [frame, frame]}, mapping="ga4", now=NOW)
    assert rows(engine, tables.orders, "order_id", "amount", "visitor_id", "status") == [("T1", 25_000, "u1", "paid")]
    assert rows(engine, tables.order_items, "product_id", "price", "quantity") == [("A", 10_000, 1), ("B", 15_000, 1)]
    assert report.tables["order_items"].duplicate == 2


# --- others ---------------------------------------------------------------------------------------


def test_coupang_orders(engine, tmp_path):
    path = excel(
        tmp_path / "coupang.xlsx",
        ["묶음배송번호", "주문번호", "주문일", "옵션ID", "등록상품명", "구매수(수량)", "옵션판매가(판매단가)", "배송비",
         "도서산간 추가배송비", "수취인이름"],
        ["B1", "10000000000001", "2026-10-07 07:46:37", "70001", "가", 2, 5000, 2500, 3000, "받는 이"],
        ["B1", "10000000000001", "2026-10-07 07:46:37", "70002", "나", 1, 7000, 2500, 3000, "받는 이"],
    )  # fmt: skip
    assert told_apart(path).name == "coupang"
    report = load(engine, SHOP, {"orders": path, "products": path}, now=NOW)
    assert report.unknown_columns == {}
    assert rows(engine, tables.orders, "order_id", "amount", "shipping", "status") == [
        ("10000000000001", 17_000, 5_500, "paid")
    ]
    assert rows(engine, tables.products, "product_id", "name") == [("70001", "가"), ("70002", "나")]


def test_woocommerce_orders(engine, tmp_path):
    path = csv(
        tmp_path / "orders.csv",
        ["order_id", "order_date", "status", "order_total", "shipping_total", "customer_id", "line_item_1"],
        ["7", "10/07/2026 10:00", "wc-completed", "33.00", "3.00", "0", "sku:A|quantity:1|total:30"],
        ["8", "10/07/2026 10:00", "on-hold", "10.00", "0", "5", ""],
    )
    assert told_apart(path).name == "woocommerce"
    load(engine, DOLLARS, {"orders": path}, mapping="woocommerce", now=NOW)
    assert rows(engine, tables.orders, "order_id", "ts", "amount", "status") == [
        ("7", datetime(2026, 10, 7, 14), 3_000, "paid"),
        ("8", datetime(2026, 10, 7, 14), 1_000, "pending"),
    ]


def test_product_feeds(engine, tmp_path):
    google = csv(
        tmp_path / "google.csv",
        ["id", "title", "link", "image_link", "availability", "price", "brand", "product_type"],
        [
            "P1",
            "양말",
            "https://shop.example/p/1",
            "https://shop.example/1.png",
            "in stock",
            "15000 KRW",
            "무명",
            "의류",
        ],
    )
    naver = tmp_path / "ep.tsv"
    naver.write_text(
        "id\ttitle\tprice_pc\tlink\timage_link\tcategory_name1\tcategory_name2\tbrand\n"
        "P2\t모자\t9000\thttps://shop.example/p/2\thttps://shop.example/2.png\t의류\t모자\t무명\n"
    )
    load(engine, SHOP, {"products": [google, naver]}, now=NOW)
    assert rows(engine, tables.products, "product_id", "name", "price", "category") == [
        ("P1", "양말", 15_000, "의류"),
        ("P2", "모자", 9_000, "의류 > 모자"),
    ]


# --- telling apart --------------------------------------------------------------------------------


def test_headers_nobody_knows():
    assert told_apart(["id", "name"]) is None
    assert told_apart(["품목별주문번호"]).name == "cafe24"  # without blanks it is the same name
    assert told_apart(["id", "name"], table="orders") is None


@pytest.mark.parametrize(
    ("header", "name", "table"),
    [
        (["주문번호", "품목별 주문번호", "수량"], "cafe24", "orders"),
        (["아이디", "e메일 수신여부"], "cafe24", "members"),
        (["상품코드", "상품명", "상품분류 번호"], "cafe24", "products"),
        (["주문 번호", "총 품목 금액", "주문상태"], "godomall", "orders"),
        (["아이디", "메일수신여부", "마일리지"], "godomall", "members"),
        (["상품코드", "상품명(기본)"], "godomall", "products"),
        (["상품주문번호", "주문번호", "통합배송지"], "smartstore", "orders"),
        (["상품번호(스마트스토어)", "상품명"], "smartstore", "products"),
        (["Name", "Lineitem name", "Subtotal"], "shopify", "orders"),
        (["Customer ID", "Accepts Email Marketing"], "shopify", "members"),
        (["Handle", "Variant Price"], "shopify", "products"),
        (["Title", "URL handle", "Price"], "shopify", "products"),
        (["event_name", "event_params"], "ga4", "events"),
        (["주문번호", "묶음배송번호", "구매수(수량)"], "coupang", "orders"),
        (["order_id", "order_total"], "woocommerce", "orders"),
        (["id", "image_link", "availability"], "product_feeds", "products"),
        (["id", "price_pc"], "product_feeds", "products"),
    ],
)
def test_told_apart_by_header(header, name, table):
    told = told_apart(header)
    assert (told.name, told.table) == (name, table)
