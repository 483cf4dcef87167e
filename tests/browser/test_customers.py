"""고객 분석, 고객 찾기, 리포트, 홈 and 아침 요약 in the browser: they say what they should, and nothing is cut off."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ifdo_core import Workbench
from tests.browser.conftest import App

PAGES = {
    "/": "달라진 것",
    "/digest": "받아 보기",
    "/analysis": "등급별 고객",
    "/analysis?view=value": "기대 금액이 큰 고객",
    "/analysis?view=churn": "위험이 높은 고객",
    "/reports": "코호트·리텐션",
    "/reports?report=purchase.pareto": "기준 시각",
    "/customer": "고객 찾기",
}
ENGLISH = {"/digest": "Take it with you", "/analysis": "Customers by grade", "/customer": "Find a customer"}
HANGUL = re.compile("[가-힣]")


def settled(page: Page) -> None:
    """Nothing is being computed."""
    page.wait_for_timeout(300)
    expect(page.locator("[data-testid=stSpinner]")).to_have_count(0, timeout=90_000)


def fits(page: Page) -> None:
    """The page itself never scrolls sideways."""
    wide: list[int] = page.evaluate(
        "() => [document.documentElement.scrollWidth - innerWidth,"
        " (m => m.scrollWidth - m.clientWidth)(document.querySelector('[data-testid=stMain]'))]"
    )
    assert max(wide) <= 1


@pytest.fixture(scope="module", autouse=True)
def analysed(demo: App, chromium: Any) -> None:
    """The app's own daily analysis has run; it begins by itself a few seconds after the start."""
    page = chromium.new_page()
    for _ in range(40):
        page.goto(f"{demo.url}/analysis")
        expect(page.get_by_role("button", name="지금 분석하기")).to_be_visible(timeout=60_000)
        if page.get_by_text("조건에 쓰이는 점수").count():
            break
        page.wait_for_timeout(3_000)
    expect(page.get_by_text("조건에 쓰이는 점수")).to_be_visible()
    page.close()


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole(demo: App, visit: Any, path: str, size: str):
    page = visit(demo.url + path, size=size, scheme="dark" if size == "phone" else "light")
    expect(page.get_by_text(PAGES[path], exact=False).first).to_be_visible(timeout=60_000)
    settled(page)
    fits(page)
    assert "nan" not in page.locator("[data-testid=stMain]").inner_text().lower().split()


@pytest.mark.parametrize("path", ENGLISH)
def test_in_english(demo: App, visit: Any, path: str):
    page = visit(f"{demo.url}{path}?lang=en", size="phone")
    expect(page.get_by_text(ENGLISH[path], exact=False).first).to_be_visible(timeout=60_000)
    settled(page)
    fits(page)
    text = page.locator("[data-testid=stMain]").inner_text()
    assert not HANGUL.search(text), [line for line in text.splitlines() if HANGUL.search(line)][:5]


def test_a_customer_is_found_and_the_address_says_who(demo: App, twin: Workbench, visit: Any):
    best = twin.rfm().frame().sort_values("monetary", ascending=False)
    member = next(name for name in best["customer"] if not name.startswith("v:"))
    page = visit(f"{demo.url}/customer")
    box = page.get_by_label("고객 검색")
    box.fill(member)
    box.press("Enter")
    page.get_by_role("button", name=re.compile(member)).first.click()
    expect(page.get_by_role("heading", name=f"회원 {member}")).to_be_visible()
    settled(page)
    expect(page).to_have_url(re.compile("who=m"))
    for heading in ("지나온 일", "다음 구매는 언제", "권할 상품", "들어 있는 세그먼트", "회원 정보"):
        expect(page.get_by_text(heading, exact=True)).to_be_visible()
    text = page.locator("[data-testid=stMain]").inner_text()
    assert not re.search(r"010-\d{4}-\d{4}", text)
    fits(page)
    again = visit(page.url, size="phone")
    expect(again.get_by_role("heading", name=f"회원 {member}")).to_be_visible()
    settled(again)
    fits(again)


def test_nobody_is_said_in_words(demo: App, visit: Any):
    page = visit(f"{demo.url}/customer?q=nobody-has-this-id")
    expect(page.get_by_text("맞는 고객이 없어요", exact=False)).to_be_visible()
    page = visit(f"{demo.url}/customer?who=m:gone")
    expect(page.get_by_text("맞는 고객이 없어요", exact=False)).to_be_visible()


def test_a_report_becomes_a_segment(demo: App, visit: Any):
    page = visit(f"{demo.url}/reports?report=ecommerce.trend")
    link = page.get_by_role("link", name="세그먼트로")
    expect(link).to_be_visible(timeout=60_000)
    link.click()
    expect(page.get_by_text("마지막 구매 후 경과일", exact=False).first).to_be_visible()
    expect(page).to_have_url(re.compile("segment=tree"))


def test_the_address_says_which_report_is_open(demo: App, visit: Any):
    page = visit(f"{demo.url}/reports")
    page.get_by_role("button", name="고객 파레토").click()
    expect(page).to_have_url(re.compile("report=purchase.pareto"))
    page.get_by_role("button", name="모든 리포트").click()
    expect(page.get_by_role("button", name="고객 파레토")).to_be_visible()
    expect(page).not_to_have_url(re.compile("report="))


def test_the_digest_is_shown_in_the_demo_and_not_sent(demo: App, visit: Any):
    page = visit(f"{demo.url}/digest")
    page.get_by_role("button", name="이메일로 보내기").click()
    box = page.get_by_role("textbox", name="받는 사람 이메일")
    box.fill("team@shop.example")
    box.press("Control+Enter")
    page.get_by_role("button", name="메시지 보기").click()
    expect(page.get_by_text("보내지 않고 보여 드리기만 해요", exact=False)).to_be_visible(timeout=30_000)


def test_the_cut_points_show_their_effect_before_they_are_kept(demo: App, visit: Any):
    page = visit(f"{demo.url}/analysis?view=churn")
    page.get_by_text("위험 단계의 경계 바꾸기").click()
    box = page.get_by_label("높음: 몇 %부터")
    box.fill("90")
    box.press("Enter")
    expect(page.get_by_role("button", name="저장")).to_be_visible()


def picked(page: Page, chart: int, across: float, down: float) -> None:
    """A click in the ``chart``-th picture, at these shares of its width and height."""
    box = page.locator("[data-testid=stPlotlyChart]").nth(chart).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)


@pytest.mark.parametrize(
    ("path", "chart", "across", "down"),
    [
        ("/analysis", 0, 0.25, 0.5),  # grid
        ("/analysis", 1, 0.15, 0.2),  # treemap
        ("/reports?report=product.category", 0, 0.1, 0.2),  # treemap
        ("/reports?report=cohort.purchase_retention", 0, 0.2, 0.5),  # heat map
        ("/reports?report=purchase.category_path", 0, 0.1, 0.8),  # flows
        ("/reports?report=purchase.pareto", 0, 0.5, 0.16),  # line
    ],
)
def test_a_cell_of_a_chart_leads_to_its_people(
    demo: App, visit: Any, path: str, chart: int, across: float, down: float
):
    page = visit(demo.url + path)
    expect(page.locator("[data-testid=stPlotlyChart] .main-svg").nth(2 * chart)).to_be_visible(timeout=60_000)
    settled(page)
    page.wait_for_timeout(700)
    links = page.get_by_role("link", name="세그먼트로")

    def shown() -> list[str | None]:
        return [links.nth(n).get_attribute("href") for n in range(links.count())]

    before = shown()
    for nudge in (0.0, 0.03, -0.03, 0.06, -0.06):  # where a line or a flow is hangs on the data
        picked(page, chart, across, down + nudge)
        for _ in range(20):
            page.wait_for_timeout(300)
            if shown() not in (before, []):
                break
        else:
            continue
        break
    settled(page)
    assert shown() != before
    expect(page.get_by_text("조건에 맞는 회원", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="메시지로").first).to_be_visible()
