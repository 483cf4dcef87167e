"""What comes from a segment, in the browser: report, list, file, comparison, ready segments; numbers are the core's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from ifdo_core import Segment
from ifdo_core.catalogue.lists import COLUMNS
from ifdo_core.formats import count_text
from ifdo_core.i18n import translate, using
from ifdo_core.segments.model import AllOf
from ifdo_core.segments.starters import starters
from ifdo_ui.builder.examples import CART
from tests.browser.conftest import App
from tests.browser.test_segments import numbers, settled

Visit = Callable[..., Any]
Word = Callable[[str], str]

pytestmark = pytest.mark.parametrize(("language", "size"), [("ko", "desk"), ("ko", "phone"), ("en", "desk")])


@pytest.fixture
def word(language: str) -> Iterator[Word]:
    """A text of the screen in the language of the test, which the core speaks meanwhile too."""
    with using(language):
        yield translate


def fits(page: Any) -> None:
    """Nothing hangs over the side of the screen, and nothing is left in Korean that is not from the shop."""
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_report(demo: App, twin: Any, visit: Visit, word: Word, language: str, size: str) -> None:
    found = twin.statistics(Segment(CART))
    page = visit(f"{demo.url}/segments?segment=example.cart&view=report&lang={language}", size)
    findings = page.locator(".st-key-findings")
    expect(findings).to_contain_text(count_text(found.visits, "건", language))
    expect(findings).to_contain_text(count_text(found.visitors, "명", language))
    first = found.insight().splitlines()[0]
    expect(findings.locator("li").first).to_contain_text(first[:30])
    expect(page.locator("[class*=st-key-report-] .js-plotly-plot")).to_have_count(len(found.dimensions))
    fits(page)
    day = twin.statistics(Segment(CART), "24h")
    page.get_by_text(word("24시간"), exact=True).first.click()
    expect(findings).to_contain_text(count_text(day.visits, "건", language))
    page.wait_for_function("location.search.includes('window=24h')")
    page.reload()
    expect(findings).to_contain_text(count_text(day.visits, "건", language))
    page.get_by_role("button", name=word("세그먼트로")).click()
    numbers(page, twin, CART, language)


def test_the_list_is_searched_turned_and_taken(
    demo: App, twin: Any, visit: Visit, word: Word, language: str, size: str, tmp_path: Path
) -> None:
    total = twin.preview(Segment(CART)).visitors_7d
    page = visit(f"{demo.url}/segments?segment=example.cart&view=list&lang={language}", size)
    pager = page.locator(".st-key-list-pager")
    expect(pager).to_contain_text(count_text(total, "명", language))
    expect(page.locator("[data-testid=stDataFrame] canvas").first).to_be_visible()
    fits(page)
    expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)  # it would leave no trace in the log
    somebody = str(twin.listing(Segment(CART), "visitors", limit=1).frame().visitor_id.iloc[0])
    field = page.locator(".st-key-list-tools input[type=search], .st-key-list-tools input").first
    field.fill(somebody)
    field.press("Enter")
    expect(pager).to_contain_text(count_text(1, "명", language))
    page.wait_for_function("id => location.search.includes(id)", arg=somebody)
    field.fill("")
    field.press("Enter")
    expect(pager).to_contain_text(count_text(total, "명", language))
    settled(page)
    page.get_by_role("button", name=word("열 고르기"), exact=True).click()
    usual = [column for column in COLUMNS["visitors"] if column.usual]
    chosen = page.locator("[data-testid=stPopoverBody] button[aria-pressed=true]")
    expect(chosen).to_have_text([column.label() for column in usual])
    region = next(column for column in COLUMNS["visitors"] if column.name == "region")
    page.locator("[data-testid=stPopoverBody]").get_by_text(region.label(), exact=True).click()
    names = [column.name for column in (*usual, region)]
    page.wait_for_function(
        "wanted => new URLSearchParams(location.search).get('columns') === wanted", arg=",".join(names)
    )
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_text("CSV", exact=True).click()
    settled(page)
    page.get_by_role("button", name=word("{count} 파일 만들기").format(count=count_text(total, "명", language))).click()
    with page.expect_download() as taken:
        page.get_by_role("button", name=word("내려받기"), exact=True).click()
    file = tmp_path / "list.csv"
    taken.value.save_as(file)
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert len(rows) - 1 == total
    assert rows[0][-1] == region.label()
    fits(page)
    page.goto(f"{demo.url}/exports?lang={language}")
    expect(page.locator("[data-testid=stDataFrame] canvas").first).to_be_visible()
    fits(page)


def test_personal_data_is_masked_and_mail_is_shown(
    demo: App, visit: Visit, word: Word, language: str, size: str, tmp_path: Path
) -> None:
    asked = f"view=list&what=members&columns=member_id,phone,email&lang={language}"
    page = visit(f"{demo.url}/segments?segment=example.cart&{asked}", size)
    expect(page.locator(".st-key-list-pager")).to_be_visible()
    expect(page.get_by_role("switch", name=word("개인정보 보기"))).to_be_disabled()
    settled(page)
    page.get_by_text("CSV", exact=True).click()
    settled(page)
    page.locator(".st-key-take").get_by_role("button").first.scroll_into_view_if_needed()
    page.locator("[class*='st-key-take-file'] button").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name=word("내려받기"), exact=True).click()
    file = tmp_path / "members.csv"
    taken.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    assert "***@" in text
    assert not re.search(r"01\d-?\d{4}-?\d{4}", text)
    page.get_by_role("button", name=word("이메일로 보내기")).click()
    to = page.get_by_label(word("받는 사람 이메일"))
    to.fill("marketing@shop.example")
    to.press("Enter")
    page.get_by_role("button", name=word("메시지 보기")).click()
    mailed = page.locator(".st-key-mailed")
    expect(mailed).to_contain_text("marketing@shop.example")
    expect(mailed).to_contain_text("members.csv")


def test_two_are_compared_and_the_address_says_which(
    demo: App, twin: Any, visit: Visit, word: Word, language: str, size: str
) -> None:
    a, b = (next(item for item in starters() if item.id == name) for name in ("cart_big", "often_never_bought"))
    found = twin.compare(a.segment(), b.segment())
    page = visit(f"{demo.url}/compare?tab=two&a=starter.{a.id}&b=starter.{b.id}&lang={language}", size)
    table = page.locator(".ifdo-contrast tr").nth(1).locator("td")
    for place, number in enumerate(found.numbers.loc["visits"]):
        expect(table.nth(place)).to_have_text(count_text(int(number), "건", language))
    fits(page)
    page.get_by_role("tab", name=word("겹침")).click()
    expect(
        page.locator(".st-key-compare-upset .js-plotly-plot, [class*=compare-upset] .js-plotly-plot")
    ).to_be_visible()
    page.get_by_role("tab", name=word("누가 어디에")).click()
    page.wait_for_function("location.search.includes('tab=who')")
    page.get_by_text(word("방문자 ID"), exact=True).click()
    visitor = str(twin.visitors(a.segment()).iloc[0].visitor_id)
    field = page.get_by_label("ID", exact=True)
    field.fill(visitor)
    field.press("Enter")
    expect(page.locator("[role=tabpanel] strong").last).to_contain_text(a.name)
    page.wait_for_function("id => location.search.includes(id)", arg=visitor)
    page.reload()
    expect(page.get_by_label("ID", exact=True)).to_have_value(visitor)
    fits(page)


def test_a_ready_segment_is_found_and_opened(
    demo: App, twin: Any, visit: Visit, word: Word, language: str, size: str
) -> None:
    sizes = twin.starters().sizes
    page = visit(f"{demo.url}/segments?lang={language}", size)
    cards = page.locator(".st-key-ready").get_by_role("button", name=word("열어 보기"), exact=True)
    expect(cards).to_have_count(9)
    for item in starters()[:3]:
        card = page.locator(f".st-key-starter-{item.id}")
        expect(card.locator("b").last).to_have_text(count_text(sizes[item.id].visits_7d, "건", language))
    fits(page)
    field = page.get_by_label(word("시작 세트 검색"))
    item = next(item for item in starters() if item.id == "cart_big")
    field.fill(item.name)
    expect(cards).to_have_count(1)
    page.locator(f".st-key-starter-{item.id}").get_by_role("button").click()
    where = item.segment().where
    numbers(page, twin, where if isinstance(where, AllOf) else AllOf((where,)), language)
    fits(page)
