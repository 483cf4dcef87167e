"""The guided first run and the life of a segment, in the browser; every number is checked against the workbench."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from ifdo_core import Segment
from ifdo_core.formats import count_text
from ifdo_core.segments.model import AllOf, Leaf, Node
from ifdo_ui.builder.examples import CART, OFTEN, SNS
from tests.browser.conftest import App

Visit = Callable[..., Any]

WORDS = {
    "ko": {
        "open": "열어 보기", "save": "저장", "list": "목록", "more": "더보기", "undo": "되돌리기", "redo": "다시 하기",
        "search": "조건 검색", "cart": "최근 장바구니 금액", "visits": "방문 횟수", "seventy": "7만원",
    },
    "en": {
        "open": "Open", "save": "Save", "list": "List", "more": "More", "undo": "Undo", "redo": "Redo",
        "search": "Search conditions", "cart": "Recent cart amount", "visits": "Visit number",
        "seventy": "₩70K",
    },
}  # fmt: skip


def numbers(page: Any, twin: Any, node: Node, language: str) -> None:
    """The panel shows what the workbench counts; afterwards the whole page is drawn."""
    preview = twin.preview(Segment(node))
    week = page.locator(".ifdo-numbers .week b")
    expect(week).to_have_text(count_text(preview.visits_7d, "건", language))
    expect(page.locator(".ifdo-numbers .day b")).to_have_text(count_text(preview.visits_24h, "건", language))
    settled(page)


def settled(page: Any) -> None:
    """No run is under way."""
    page.wait_for_function("document.querySelector('.stApp').dataset.testScriptState === 'notRunning'")


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_guided_first_run(demo: App, twin: Any, visit: Visit, language: str, size: str) -> None:
    words = WORDS[language]
    page = visit(f"{demo.url}/segments?lang={language}", size)
    # 1. Who came from Instagram or Facebook?
    page.goto(f"{demo.url}/segments?segment=example.sns&lang={language}")
    numbers(page, twin, SNS, language)
    # 2. Who had 50,000 won or more in the cart, and 70,000?
    page.goto(f"{demo.url}/segments?segment=example.cart&lang={language}")
    numbers(page, twin, CART, language)
    page.get_by_text(words["seventy"], exact=True).click()
    seventy = AllOf((Leaf("cart.recent_amount", "gte", 70_000),))
    numbers(page, twin, seventy, language)
    expect(page.locator(".ifdo-guide li").nth(1)).to_have_class("done")
    field = page.get_by_label(words["cart"], exact=True)
    field.fill("62,500")
    field.press("Enter")
    numbers(page, twin, AllOf((Leaf("cart.recent_amount", "gte", 62_500),)), language)
    # 3. Who comes often and never bought?
    page.goto(f"{demo.url}/segments?segment=example.often&lang={language}")
    numbers(page, twin, OFTEN, language)
    if size == "phone":  # the bar at the bottom opens upward
        body = page.locator(".st-key-panel-body")
        expect(body).to_be_hidden()
        page.locator(".ifdo-toggle summary").click()
        expect(body).to_be_visible()
    preview = twin.preview(Segment(OFTEN))
    rows = page.locator(".ifdo-conditions li")
    for place, row in enumerate(preview.conditions.itertuples()):
        expect(rows.nth(place).locator("b")).to_have_text(count_text(int(row.visits_7d), "건", language))
        expect(rows.nth(place).locator("small")).to_contain_text(count_text(int(row.without_7d), "건", language))
    people = page.locator(".ifdo-people tr").nth(1).locator("td")
    expect(people.first).to_have_text(count_text(preview.visitors_7d, "명", language))
    if size == "phone":
        page.locator(".ifdo-toggle summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", ["desk", "tablet", "phone"])
def test_the_number_is_in_sight_at_every_width(demo: App, twin: Any, visit: Visit, size: str) -> None:
    page = visit(f"{demo.url}/segments?segment=example.often", size)
    numbers(page, twin, OFTEN, "ko")
    seen = """() => {
        const number = document.querySelector('.ifdo-numbers .week b'), box = number.getBoundingClientRect();
        return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === number;
    }"""
    assert page.evaluate(seen)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tops = {key: page.locator(f".st-key-head-{key}").bounding_box()["y"] for key in ("undo", "redo")}
    assert abs(tops["undo"] - tops["redo"]) < 2  # the two steps stand beside each other


def test_keys_search_and_save(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.often")
    numbers(page, twin, OFTEN, "ko")
    page.wait_for_function("window.ifdoKeys")
    search = page.get_by_label("조건 검색")
    search.wait_for()  # Streamlit loads the field's code apart: the numbers may be there before it is
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    search.blur()
    page.keyboard.press("Control+s")
    expect(page.locator(".st-key-head").get_by_text("저장됨")).to_be_visible()


def test_the_examples_are_cards_on_the_first_visit(empty: App, visit: Visit) -> None:
    page = visit(f"{empty.url}/segments")
    cards = page.locator("[class*='st-key-example-']")
    expect(cards.get_by_role("button", name="열어 보기", exact=True)).to_have_count(3)
    button(page, "열어 보기").nth(1).click()
    expect(page.get_by_label("최근 장바구니 금액", exact=True)).to_have_value("50,000")
    expect(page.locator(".ifdo-guide li")).to_have_count(3)


def test_a_condition_is_found_added_edited_and_taken_back(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.cart")
    numbers(page, twin, CART, "ko")
    page.get_by_label("조건 검색").press_sequentially("ㅂㅁㅎㅅ")
    page.locator(".st-key-found").get_by_role("button", name=re.compile("방문 횟수")).click()
    both = AllOf((*CART.parts, Leaf("traffic.visit_count", "gte", 5)))
    numbers(page, twin, both, "ko")
    page.get_by_label("방문 횟수", exact=True).fill("3")
    page.get_by_label("방문 횟수", exact=True).press("Enter")
    numbers(page, twin, AllOf((*CART.parts, Leaf("traffic.visit_count", "gte", 3))), "ko")
    field = page.get_by_label("최근 장바구니 금액", exact=True)
    field.fill("삼만")
    field.press("Enter")
    expect(page.locator(".st-key-tree [data-testid=stAlert]")).to_contain_text("금액으로 읽을 수 없어요")
    field.fill("3만")
    field.press("Enter")
    numbers(page, twin, AllOf((Leaf("cart.recent_amount", "gte", 30_000), Leaf("traffic.visit_count", "gte", 3))), "ko")
    expect(page.get_by_label("최근 장바구니 금액", exact=True)).to_have_value("3만")  # nobody's typing is replaced
    expect(page.get_by_text("(= 30,000)")).to_be_visible()
    expect(page.locator(".st-key-tree [data-testid=stAlert]")).to_have_count(0)
    button(page, "되돌리기").click()
    numbers(page, twin, AllOf((*CART.parts, Leaf("traffic.visit_count", "gte", 3))), "ko")
    expect(page.get_by_label("최근 장바구니 금액", exact=True)).to_have_value("50,000")
    button(page, "되돌리기").click()
    numbers(page, twin, both, "ko")
    button(page, "되돌리기").click()
    numbers(page, twin, CART, "ko")
    button(page, "다시 하기").click()
    numbers(page, twin, both, "ko")


def test_an_open_category_is_not_wider_than_its_column(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.cart")
    numbers(page, twin, CART, "ko")
    page.locator(".st-key-category-purchase button").first.click()
    expect(page.locator(".st-key-opened")).to_be_visible()
    settled(page)
    column = page.locator("[data-testid=stColumn]").filter(has=page.locator(".st-key-conditions")).last
    assert column.evaluate("column => column.scrollWidth <= column.clientWidth")


def test_a_choice_of_all_is_in_the_language_of_the_screen(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.sns")
    numbers(page, twin, SNS, "ko")
    page.locator("[data-testid=stMultiSelect] input").first.click()
    every = page.locator("[data-key=__select_all__] > div")
    expect(every).to_be_visible()
    told = every.evaluate("e => [getComputedStyle(e, '::after').content, getComputedStyle(e).fontSize]")
    assert told == ['"모두 고르기"', "0px"]


def test_a_typed_sentence_becomes_conditions(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=new")
    field = page.get_by_label("조건 검색")
    field.fill("최근 7일 장바구니 7만원 이상, 인스타그램")
    button(page, "2개 모두 더하기").click()
    sns = Leaf("acquisition.sns", "in", ("instagram",))
    numbers(page, twin, AllOf((Leaf("cart.recent_amount", "gte", 70_000), sns)), "ko")
    expect(field).to_have_value("")  # ready for the next one


def test_save_rename_copy_delete_bring_back_and_link(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.often")
    numbers(page, twin, OFTEN, "ko")
    name = page.get_by_label("세그먼트 이름")
    name.fill("단골 후보")
    name.press("Enter")
    button(page, "저장").click()
    expect(page.locator(".st-key-head").get_by_text("저장됨")).to_be_visible()
    page.wait_for_function("location.search.includes('seg_')")
    link = page.evaluate("location.href")
    other = visit(link, "phone")  # another browser, another session
    numbers(other, twin, OFTEN, "ko")
    expect(other.get_by_label("세그먼트 이름")).to_have_value("단골 후보")

    button(page, "목록").click()
    row = page.locator("[class*=st-key-saved-]").filter(has_text="단골 후보")
    expect(row.locator("b", has_text="건")).to_have_text(count_text(twin.preview(Segment(OFTEN)).visits_7d, "건", "ko"))
    menu(page, row, "이름 변경")
    page.get_by_label("새 이름").fill("단골이 될 손님")
    page.get_by_label("새 이름").press("Enter")
    button(page, "바꾸기").click()
    renamed = page.locator("[class*=st-key-saved-]").filter(has_text="단골이 될 손님")
    expect(renamed).to_have_count(1)
    menu(page, renamed, "복제")
    expect(page.get_by_label("세그먼트 이름")).to_have_value("단골이 될 손님 (2)")
    numbers(page, twin, OFTEN, "ko")
    button(page, "목록").click()
    expect(renamed).to_have_count(2)
    menu(page, renamed.filter(has_text="(2)"), "삭제")
    expect(renamed).to_have_count(1)
    button(page, "되살리기").click()
    expect(renamed).to_have_count(2)


def menu(page: Any, row: Any, entry: str) -> None:
    row.locator("[data-testid=stMenuButton] button").click()
    page.get_by_role("menuitem", name=entry).click()


def test_a_segment_becomes_the_audience_of_a_message(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.cart")
    numbers(page, twin, CART, "ko")
    button(page, "메시지 만들기").click()
    audience = page.get_by_role("combobox", name="받을 세그먼트")
    expect(audience).to_have_value("링크의 세그먼트: 장바구니 5만 원 이상")
    page.go_back()
    numbers(page, twin, CART, "ko")
    button(page, "저장").click()
    expect(page.locator(".st-key-head").get_by_text("저장됨")).to_be_visible()
    button(page, "메시지 만들기").click()
    expect(audience).to_have_value("장바구니 5만 원 이상")


def test_a_link_carries_what_was_not_saved(demo: App, twin: Any, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.cart")
    numbers(page, twin, CART, "ko")
    page.get_by_text("3만원", exact=True).click()
    thirty = AllOf((Leaf("cart.recent_amount", "gte", 30_000),))
    numbers(page, twin, thirty, "ko")
    numbers(visit(page.evaluate("location.href") + "&lang=en"), twin, thirty, "en")


@pytest.mark.parametrize("segment", ["seg_0000", "tree.cut-off", "tree.eNqrVg"])
def test_a_link_that_leads_nowhere_says_so(demo: App, visit: Visit, segment: str) -> None:
    page = visit(f"{demo.url}/segments?segment={segment}")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("링크")


def test_the_language_is_switched_in_place(demo: App, visit: Visit) -> None:
    page = visit(f"{demo.url}/segments?segment=example.sns")
    expect(page.get_by_text("인스타그램").first).to_be_visible()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_text("Last 7 days").first).to_be_visible()
    assert "lang=en" in page.evaluate("location.search")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_text("What to do next")).to_be_visible()
