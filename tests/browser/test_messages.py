"""Brand messages in the browser: written, checked, sent as a rehearsal, and the channel's application decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from ifdo_core.clock import utc_now
from ifdo_core.messages.channel import Channel, Draft
from ifdo_core.messages.prerequisites import Details
from ifdo_core.store import open_store
from ifdo_ui.composer.desk import PAUSE
from tests.browser.conftest import App
from tests.unit.messages.test_channel import picture

Visit = Callable[..., Any]
WIDE_ENOUGH = "document.querySelector('[data-testid=stMain]').scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A demo shop of its own: what is written here must not stand in another test's way."""
    app = App(tmp_path_factory.mktemp("messages"), IFDO_DEMO_VISITS="6000", IFDO_ROLE="admin")
    app.wait()
    yield app
    assert "Traceback" not in app.stop()


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name)


def pick(page: Any, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option).first.click()


@pytest.mark.parametrize(("language", "size"), [("ko", "desk"), ("en", "phone")])
def test_a_message_is_written_checked_and_rehearsed(shop: App, visit: Visit, language: str, size: str) -> None:
    korean = language == "ko"
    page = visit(f"{shop.url}/messages?lang={language}", size)
    pick(page, "템플릿" if korean else "Template", "신상품 와이드" if korean else "New")
    body = page.get_by_role("textbox", name="본문" if korean else "Body", exact=True).first
    expect(body).to_have_value("새로 나온 옷을 가장 먼저 만나 보세요")
    body.fill("가" * 79)
    body.press("Control+Enter")
    fault = page.locator("[data-testid=stAlert]").filter(has_text="79").first
    expect(fault).to_contain_text("3자 초과" if korean else "79/76")
    fault.locator("a[href='#field-text']").first.click()
    assert page.evaluate("location.hash") == "#field-text"
    body.fill("겨울 신상품을 가장 먼저 만나 보세요")
    body.press("Control+Enter")
    expect(page.locator(".kt-bubble")).to_contain_text("겨울 신상품")
    assert page.evaluate(WIDE_ENOUGH) <= 0
    page.goto(f"{shop.url}/sending?lang={language}")
    button(page, "확인하러 가기" if korean else "Check it").click()
    expect(page.locator(".ifdo-plan")).to_contain_text("연습" if korean else "Rehearsal")
    assert page.evaluate(WIDE_ENOUGH) <= 0
    button(page, "연습 시작" if korean else "Start the rehearsal").click()
    # at night it waits for the morning: then nothing 'was' sent yet
    told = re.compile("연습이라 실제로 보내지 않" if korean else "A rehearsal; nothing w")
    expect(page.get_by_text(told)).to_be_visible()
    assert page.evaluate(WIDE_ENOUGH) <= 0


def test_the_application_goes_from_the_form_to_its_approval(shop: App, visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "consent.png").write_bytes(picture())
    with open_store(f"sqlite:///{shop.log.parent}/state.db") as store:
        Channel(store.messages).save(Draft(Details(alimtalk_on=date.today())), "shop", utc_now())
    page = visit(f"{shop.url}/channel?lang=ko", "desk")
    for label, value in {
        "채널 ID": "@아라담", "고객센터 전화번호": "1588-1234", "사업자등록번호": "124-81-00998",
        "결과를 받을 이메일": "crm@shop.example.com", "연결할 발신번호": "02-123-4567", "채널 친구 수": "60000",
    }.items():  # fmt: skip
        field = page.get_by_label(label, exact=True).first
        field.fill(value)
        field.press("Enter")
    page.get_by_text("비즈니스 인증을 받았어요").click()
    lacking = page.locator(".ifdo-needs li:not(.holds)")
    expect(lacking).to_have_text([re.compile("080")])
    for place in range(4):
        page.locator("[data-testid=stRadio]").nth(place).get_by_text("네", exact=True).click()
    page.locator("input[type=file]").set_input_files(tmp_path / "consent.png")
    expect(page.get_by_text("붙인 이미지예요")).to_be_visible()
    button(page, "080 번호 발급 요청").click()
    expect(page.get_by_text("080 번호 발급을 요청했어요")).to_be_visible()
    page.goto(f"{shop.url}/review?lang=ko")
    number = page.get_by_label("발급할 번호")
    number.fill("080-123-4567")
    number.press("Enter")
    page.get_by_role("button", name="발급", exact=True).click()
    expect(page.get_by_text("발급한 번호: 080-123-4567")).to_be_visible()
    page.goto(f"{shop.url}/channel?lang=ko")
    for place in range(4):  # what was kept with the request for a number is there again
        expect(page.locator("[data-testid=stRadio]").nth(place).locator("input").nth(1)).to_be_checked()
    button(page, "연동하고 M/N 신청").click()
    expect(page.get_by_text("영업일로")).to_be_visible()
    page.goto(f"{shop.url}/review?lang=ko")
    page.get_by_role("button", name="승인", exact=True).click()
    expect(page.get_by_text("메일은 보내지 못했어요")).to_be_visible()
    page.goto(f"{shop.url}/channel?lang=en")
    expect(page.get_by_text("M and N are approved")).to_be_visible()


@pytest.mark.parametrize(("language", "size"), [("ko", "desk"), ("en", "phone")])
def test_results_say_what_may_be_said(shop: App, visit: Visit, language: str, size: str) -> None:
    page = visit(f"{shop.url}/results?lang={language}", size)
    expect(page.locator("[data-testid=stAlert]").first).to_contain_text(
        "아직 알 수 없어요" if language == "ko" else "We cannot tell yet"
    )
    expect(page.get_by_text("구매율" if language == "ko" else "Share of buyers", exact=True).first).to_be_visible()
    expect(page.locator("[data-testid=stPlotlyChart] svg").first).to_be_visible()
    assert page.evaluate(WIDE_ENOUGH) <= 0


def test_what_was_typed_can_be_undone_at_once(shop: App, visit: Visit) -> None:
    page = visit(f"{shop.url}/messages?lang=ko", "desk")
    body = page.get_by_role("textbox", name="본문", exact=True).first
    undo = button(page, "되돌리기")
    for text in ("첫 번째", "두 번째"):
        body.fill(text)
        expect(page.locator(".kt-phone .kt-bubble")).to_contain_text(text)
        page.wait_for_timeout(PAUSE.total_seconds() * 1000)  # else both were typed at one go
    expect(undo).to_be_enabled()
    expect(page.get_by_role("combobox", name="저장된 메시지")).to_have_value("두 번째")
    undo.click()
    expect(body).to_have_value("첫 번째")


#: Whether the box is still the one that was typed into, and where the caret stands.
WATCHED = "(box => { window.box = box; window.left = 0; box.addEventListener('blur', () => window.left++) })"
STILL = "[window.box === document.activeElement, window.left, window.box.selectionStart]"


def field(page: Any, name: str) -> Any:
    """The box of a text, clicked into and watched."""
    box = page.get_by_role("textbox", name=name, exact=True).first
    box.click()
    box.evaluate(WATCHED)
    return box


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_text_is_checked_while_it_is_typed(shop: App, visit: Visit, size: str) -> None:
    page = visit(f"{shop.url}/messages?lang=ko", size)
    pick(page, "템플릿", "신상품 와이드")
    body = page.get_by_role("textbox", name="본문", exact=True).first
    expect(body).to_have_value("새로 나온 옷을 가장 먼저 만나 보세요")
    faults = page.locator("[data-testid=stAlert]")
    for name, text, limit in (("본문", "가" * 79, 76), ("버튼 1 › 이름", "가" * 11, 8)):
        box = field(page, name)
        box.press("Control+a")
        page.keyboard.type(text[:5])
        expect(page.get_by_text(f"5/{limit}자").first).to_be_visible()
        page.keyboard.type(text[5:])
        expect(page.get_by_text(f"3자 초과 · {len(text)}/{limit}자").first).to_be_visible()
        expect(faults.filter(has_text=f"{len(text)}/{limit}자").first).to_contain_text("3자 초과")
        expect(page.locator(".kt-phone .kt-bubble")).to_contain_text(text)
        assert page.evaluate(STILL) == [True, 0, len(text)]
        box.press("Control+Home")
        for _ in range(3):
            box.press("Delete")
        expect(page.get_by_text(f"{limit}/{limit}자").first).to_be_visible()
        assert page.evaluate(STILL) == [True, 0, 0]
    expect(faults.filter(has_text="초과")).to_have_count(0)
    assert page.evaluate(WIDE_ENOUGH) <= 0


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_nothing_typed_is_lost_and_undo_takes_a_run_of_it(shop: App, visit: Visit, size: str) -> None:
    page = visit(f"{shop.url}/messages?lang=ko", size)
    body = field(page, "본문")
    words = "안녕하세요 #{이름}님, 기획전이 열렸어요. "
    pauses = (0, 30, 90, 220, 0, 260, 150)  # around the pause in which a text is taken, and the time a drawing takes
    typed = ""
    for place, char in enumerate(words * 2):
        page.keyboard.type(char)
        page.wait_for_timeout(pauses[place % len(pauses)])
        typed += char
        assert body.input_value() == typed
    expect(page.locator(".kt-phone .kt-bubble")).to_contain_text("기획전이 열렸어요", use_inner_text=True)
    expect(page.get_by_text("값이 없는 회원에게는", exact=True)).to_be_visible()
    assert page.evaluate(STILL) == [True, 0, len(typed)]
    page.wait_for_timeout(2 * PAUSE.total_seconds() * 1000)  # on a busy machine the last of it is taken late
    page.keyboard.type("끝")
    expect(page.locator(".kt-phone .kt-bubble")).to_contain_text("열렸어요. 끝")
    button(page, "되돌리기").click()
    expect(body).to_have_value(typed)
    button(page, "다시").click()
    expect(body).to_have_value(typed + "끝")


@pytest.mark.parametrize("name", ["본문", "메시지 이름"])
def test_korean_is_composed_undisturbed(shop: App, visit: Visit, name: str) -> None:
    page = visit(f"{shop.url}/messages?lang=ko")
    box = field(page, name)
    keyboard = page.context.new_cdp_session(page)

    def compose(syllable: str) -> None:
        size = len(syllable)
        keyboard.send("Input.imeSetComposition", {"text": syllable, "selectionStart": size, "selectionEnd": size})

    word = (("ㄱ", "겨"), ("ㅇ", "우", "울"), ("ㅇ", "오", "옷"))
    for pause in (20, 300):  # typed away, and with a drawing between the letters of one syllable
        for letters in word:
            for syllable in letters:
                compose(syllable)
                page.wait_for_timeout(pause)
            keyboard.send("Input.insertText", {"text": letters[-1]})
    compose("하")  # taken as it stands on the screen, while the composition goes on
    draft = page.get_by_role("combobox", name="저장된 메시지")
    expect(draft).to_have_value("겨울옷겨울옷하")
    assert page.evaluate(STILL) == [True, 0, 7]
    compose("한")
    keyboard.send("Input.insertText", {"text": "한"})
    expect(draft).to_have_value("겨울옷겨울옷한")
    expect(box).to_have_value("겨울옷겨울옷한")


def test_who_leaves_right_after_typing_loses_nothing(shop: App, visit: Visit) -> None:
    page = visit(f"{shop.url}/messages?lang=ko")
    field(page, "본문")
    page.keyboard.type("옮기기 바로 앞")
    page.get_by_role("link", name="발송").first.click(delay=80)  # as long as a finger takes
    page.wait_for_url("**/sending**")
    page.goto(f"{shop.url}/messages?lang=ko")
    pick(page, "저장된 메시지", "옮기기 바로 앞")
    expect(page.get_by_role("textbox", name="본문", exact=True).first).to_have_value("옮기기 바로 앞")
    field(page, "본문")
    page.keyboard.press("Control+End")
    page.keyboard.type("과 뒤")
    expect(page.locator(".kt-phone .kt-bubble")).to_contain_text("옮기기 바로 앞과 뒤")
    page.reload()
    pick(page, "저장된 메시지", "옮기기 바로 앞과 뒤")
    expect(page.get_by_role("textbox", name="본문", exact=True).first).to_have_value("옮기기 바로 앞과 뒤")


def test_the_images_of_a_carousel_are_made_alike(shop: App, visit: Visit, tmp_path: Path) -> None:
    from PIL import Image

    for name, size in (("broad", (1000, 500)), ("square", (900, 900))):
        Image.new("RGB", size, "teal").save(tmp_path / f"{name}.png")
    page = visit(f"{shop.url}/messages?lang=ko", "desk")
    pick(page, "종류", "캐러셀 피드")
    # kept and drawn anew: what is uploaded from here on stays
    expect(page.get_by_role("combobox", name="저장된 메시지")).to_have_value("캐러셀 피드")
    files = page.locator("[data-testid=stFileUploader]")
    files.filter(has_text="카드 1").locator("input").set_input_files(tmp_path / "broad.png")
    expect(page.locator(".kt-card img")).to_have_count(1)
    page.get_by_role("tab", name="카드 2").click()
    files.filter(has_text="카드 2").locator("input").set_input_files(tmp_path / "square.png")
    expect(page.get_by_text("다른 카드의 비율에 맞춰요")).to_be_visible()
    expect(page.locator(".kt-card img")).to_have_count(2)
    shapes = "found => found.map(one => (one.naturalHeight / one.naturalWidth).toFixed(2))"
    assert page.locator(".kt-card img").evaluate_all(shapes) == ["0.50", "0.50"]
    expect(page.locator("[data-testid=stAlert]").filter(has_text="비율이 서로 달라요")).to_have_count(0)
