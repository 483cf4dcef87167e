"""Files in by the browser: what they are, their mapping, the report, and numbers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import App

Visit = Callable[..., Any]

VISITS = """일시,방문자ID,이벤트,페이지주소,유입경로,장바구니금액,비고
2026-11-24 10:00:00,v1,page_view,https://shop.example.com/,https://www.instagram.com/,,a
2026-11-24 10:01:00,v1,add_to_cart,https://shop.example.com/product/1,,"65,000원",b
2026-11-24 11:00:00,v2,page_view,https://shop.example.com/,https://search.naver.com/,,c
언젠가,v3,page_view,https://shop.example.com/,,,d
"""
ORDERS = """주문번호,주문일시,받은돈,회원ID,주문상태
A1,2026-11-23 12:00:00,"52,000원",m1,결제완료
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[App]:
    app = App(tmp_path / "app", IFDO_URL=str(tmp_path / "shop.duckdb"))
    app.wait()
    yield app
    assert "Traceback" not in app.stop()


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize(("language", "size"), [("ko", "desk"), ("en", "phone")])
def test_files_become_numbers(shop: App, visit: Visit, tmp_path: Path, language: str, size: str) -> None:
    korean = language == "ko"
    (tmp_path / "visits.csv").write_bytes(VISITS.encode("cp949"))  # as Excel in Korea saves it
    page = visit(f"{shop.url}/data?lang={language}", size)
    page.locator("input[type=file]").set_input_files(tmp_path / "visits.csv")
    card = page.locator("[class*=st-key-file-]").first
    expect(card.get_by_text("visits.csv")).to_be_visible()
    expect(page.get_by_label("무슨 데이터인가요?" if korean else "What data is it?")).to_be_visible()
    button(page, "파일 1개 불러오기" if korean else "Load the files (1)").click()
    report = page.locator(".st-key-report")
    expect(report).to_contain_text("4줄을 읽어 3건" if korean else "4 rows were read, 3")
    expect(button(page, "빼 둔 행 내려받기 (CSV)" if korean else "Download the rows set aside (CSV)")).to_be_visible()
    with page.expect_download() as download:
        button(page, "빼 둔 행 내려받기 (CSV)" if korean else "Download the rows set aside (CSV)").click()
    assert "언젠가" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    page.goto(f"{shop.url}/segments?segment=example.cart&lang={language}")
    expect(page.locator(".ifdo-numbers .week b")).to_have_text("1건" if korean else "1")
    if size == "phone":
        page.locator(".ifdo-toggle summary").click()
    expect(page.locator(".ifdo-reason").first).to_contain_text("늘어나는 중" if korean else "still growing")


def test_a_column_that_is_needed_is_asked_for(shop: App, visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    page = visit(f"{shop.url}/data")
    page.locator("input[type=file]").set_input_files(tmp_path / "orders.csv")
    page.get_by_label("무슨 데이터인가요?").click()
    page.get_by_role("option", name="주문", exact=True).click()
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("주문 금액 (amount)")
    expect(button(page, "파일 1개 불러오기")).to_be_disabled()


def test_lines_without_a_price_are_said_to_be_left_out(shop: App, visit: Visit, tmp_path: Path) -> None:
    lines = "주문번호,주문일시,회원아이디,상품코드,수량,결제금액\n1,2026-11-01 10:00,a,P1,1,5000\n"
    (tmp_path / "lines.csv").write_bytes(lines.encode("cp949"))
    page = visit(f"{shop.url}/data", "phone")
    page.locator("input[type=file]").set_input_files(tmp_path / "lines.csv")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("주문 상품은 넣지 않아요")
    button(page, "파일 1개 불러오기").click()
    expect(page.locator(".st-key-report")).to_contain_text("1줄을 읽어 1건")
    table = page.locator(".ifdo-doctor")
    assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")  # nothing cut on a phone


def test_a_file_that_cannot_be_read_says_what_to_do(shop: App, visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    page = visit(f"{shop.url}/data")
    page.locator("input[type=file]").set_input_files(tmp_path / "empty.csv")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("빈 파일이에요")


def test_the_demo_is_left_alone_and_one_s_own_shop_is_apart(demo: App, visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    page = visit(f"{demo.url}/data")
    expect(page.locator("input[type=file]")).to_have_count(0)
    button(page, "내 데이터로 써 보기").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "visits.csv")
    button(page, "파일 1개 불러오기").click()
    expect(page.locator(".st-key-report")).to_contain_text("4줄을 읽어")
    page.get_by_role("link", name="홈").click()
    expect(page.get_by_text("방문 이벤트 3건")).to_be_visible()
    other = visit(f"{demo.url}/")  # somebody else still sees the demo
    expect(other.get_by_text("데모 쇼핑몰").first).to_be_visible()
    page.get_by_role("link", name="데이터", exact=True).click()
    button(page, "데모 쇼핑몰로 돌아가기").click()
    expect(button(page, "내 데이터로 써 보기")).to_be_visible()
