"""The screens of products in the browser: bought together, recommendations, evaluation; what they say is what the
workbench says, nothing is cut off at the side, and a pair's people become a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import App

Visit = Callable[..., Any]
#: Korean at both sizes, English once.
WHERE = [("ko", "desk"), ("ko", "phone"), ("en", "desk")]

#: Nothing of an element is cut off.
WHOLE = "it => it.scrollWidth <= it.clientWidth && it.getBoundingClientRect().right <= innerWidth"


def fits(page: Any) -> None:
    """Nothing sticks out at the side of the page."""
    page.wait_for_timeout(300)
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]


def tab(page: Any, name: str) -> None:
    page.get_by_test_id("stMainBlockContainer").get_by_role("radio", name=name, exact=True).click()


@pytest.mark.parametrize(("language", "size"), WHERE)
def test_together_and_from_a_pair_to_a_message(demo: App, twin: Any, visit: Visit, language: str, size: str) -> None:
    korean = language == "ko"
    page = visit(f"{demo.url}/together?lang={language}", size)
    main = page.get_by_test_id("stMainBlockContainer")
    expect(main.get_by_role("heading", name="함께 구매" if korean else "Bought together")).to_be_visible()
    if korean:
        expect(main).to_contain_text(twin.rules().insight().split(".")[0][:20])
    expect(main.get_by_test_id("stPlotlyChart")).to_be_visible()
    fits(page)
    for name in ("규칙 표", "열지도", "묶음 만들기") if korean else ("Rules", "Heat map", "Bundle"):
        tab(page, name)
        expect(main.locator("[data-testid=stDataFrame], [data-testid=stPlotlyChart], [data-testid=stMetric]").first
               ).to_be_visible()  # fmt: skip
        fits(page)
    tab(page, "상품별" if korean else "By product")
    expect(main.get_by_role("heading", name="함께 사는 것" if korean else "Bought with it")).to_be_visible()
    fits(page)
    main.get_by_role("button", name="메시지 쓰기" if korean else "Write a message").first.click()
    expect(main.get_by_role("heading", name="브랜드 메시지" if korean else "Brand messages")).to_be_visible()
    expect(main).to_contain_text("카카오톡 기준을 모두 지켰어요" if korean else "All of KakaoTalk's limits are kept")
    fits(page)


@pytest.mark.parametrize(("language", "size"), WHERE)
def test_recommendations_have_reasons_and_obey_the_shop(
    demo: App, twin: Any, visit: Visit, language: str, size: str
) -> None:
    korean = language == "ko"
    page = visit(f"{demo.url}/recommendations?lang={language}&view=product", size)
    main = page.get_by_test_id("stMainBlockContainer")
    found = twin.recommend(product=twin.together.best_seller(twin.now))
    picks = main.locator(".ifdo-picks li")
    expect(picks).to_have_count(len(found.frame()))
    expect(picks.first).to_contain_text(str(found.frame()["name"][0]))
    for reason in picks.locator("small").all():  # in full, also on a phone
        assert reason.evaluate(WHOLE)
    for kind in ("CSV", "JSON"):
        label = f"이 목록 {kind}" if korean else f"This list as {kind}"
        expect(main.get_by_role("button", name=label)).to_be_visible()
    fits(page)
    tab(page, "회원" if korean else "Members")
    main.get_by_label("회원 번호" if korean else "Member id").fill(twin.together.some_member(twin.now))
    page.keyboard.press("Enter")
    expect(main.locator(".ifdo-picks li").first).to_be_visible()
    fits(page)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A demo shop with orders enough to measure on."""
    app = App(tmp_path_factory.mktemp("larger"), IFDO_DEMO_VISITS="60000")
    app.wait()
    yield app
    assert "Traceback" not in app.stop()


@pytest.mark.parametrize(("language", "size"), WHERE)
def test_the_evaluation_is_measured_and_shown(larger: App, visit: Visit, language: str, size: str) -> None:
    korean = language == "ko"
    page = visit(f"{larger.url}/evaluation?lang={language}", size)
    main = page.get_by_test_id("stMainBlockContainer")
    expect(main.get_by_role("heading", name="추천 평가" if korean else "Evaluation")).to_be_visible()
    begin = main.get_by_role("button", name="지금 재기" if korean else "Measure now")
    expect(begin.or_(main.get_by_test_id("stPlotlyChart").first)).to_be_visible(timeout=60_000)
    if begin.count():  # the first who asks; afterwards it is kept
        begin.click()
    expect(main.get_by_test_id("stDataFrame")).to_have_count(3, timeout=180_000)
    expect(main.get_by_test_id("stPlotlyChart")).to_have_count(3)
    expect(main).to_contain_text("장바구니 채우기" if korean else "Completing a cart")
    fits(page)


def test_too_few_orders_to_measure_are_said(demo: App, visit: Visit) -> None:
    page = visit(f"{demo.url}/evaluation")
    main = page.get_by_test_id("stMainBlockContainer")
    told = main.get_by_text("마지막 28일에 물어볼 주문이 적어 재지 않았어요").first
    measure = main.get_by_role("button", name="지금 재기")
    expect(measure.or_(told).first).to_be_visible()
    if measure.is_visible():  # else the daily refresh was here first
        measure.click()
    expect(told).to_be_visible(timeout=60_000)
