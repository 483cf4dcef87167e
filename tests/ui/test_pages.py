"""Every page in both languages, with the demo shop and without any data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ifdo_ui.builder.examples import CART, OFTEN, SNS
from tests.ui.conftest import Open, panel, shown

PAGES = (
    "home", "digest", "segments", "analysis", "customer", "together", "recommend", "evaluation", "reports",
    "messages", "sending", "results", "consents", "channel", "data", "exports", "review", "help",
)  # fmt: skip
TITLES = {
    "home": ("홈", "Home"),
    "segments": ("세그먼트", "Segments"),
    "analysis": ("고객 분석", "Customer analysis"),
    "customer": ("고객 찾기", "Find a customer"),
    "digest": ("아침 요약", "Morning digest"),
    "exports": ("내보내기 기록", "Export log"),
    "together": ("함께 구매", "Bought together"),
    "recommend": ("추천", "Recommendations"),
    "evaluation": ("추천 평가", "Evaluation"),
    "reports": ("리포트", "Reports"),
    "messages": ("브랜드 메시지", "Brand messages"),
    "sending": ("발송", "Sending"),
    "results": ("메시지 결과", "Message results"),
    "consents": ("수신 동의", "Consents"),
    "channel": ("채널 연동", "Channel"),
    "review": ("신청 심사", "Review applications"),
    "data": ("데이터", "Data"),
    "help": ("도움말", "Help"),
}
HANGUL = range(0xAC00, 0xD7A4)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens(app: Open, page: str, language: str) -> None:
    test = app(page, lang=language)
    assert not test.exception
    assert not test.error
    assert TITLES[page][language == "en"] in shown(test)


@pytest.mark.parametrize("page", [*PAGES, "segments?segment=example.often", "segments?segment=example.sns"])
def test_an_english_page_has_no_korean(app: Open, page: str) -> None:
    name, _, query = page.partition("?segment=")
    test = app(name, lang="en", **({"segment": query} if query else {}))
    # in quotes, and in front of each pick, stand the names of the shop's own products
    words = [re.sub("‘[^’]*’|(?<=<li><div><b>)[^<]*", "", line) for line in shown(test).splitlines()]
    korean = {line for line in words if any(ord(char) in HANGUL for char in line)}
    # a phone shows the message as KakaoTalk draws it, a table of variables what is filled into it
    in_message = re.compile(r'class="kt-(phone|screen)|^\| `#\{')
    assert not {line for line in korean if line != "한국어" and not in_message.search(line)}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_without_data(app: Open, page: str, language: str, tmp_path: Path) -> None:
    test = app(page, url=str(tmp_path / "shop.duckdb"), lang=language)
    assert not test.exception
    assert not test.error
    if page != "segments":
        assert {"ko": "없", "en": "no data"}[language] in shown(test)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_builder_without_data_says_why_there_is_no_number(app: Open, language: str, tmp_path: Path) -> None:
    test = app("segments", url=str(tmp_path / "shop.duckdb"), lang=language, segment="example.cart")
    assert not test.exception
    assert {"ko": "조회할 수 없음", "en": "not available"}[language] in panel(test)
    assert {"ko": "아직 수집된 방문이 없어", "en": "No visits have been collected"}[language] in panel(test)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("view", ["value", "churn"])
def test_the_views_of_customer_analysis(app: Open, view: str, language: str) -> None:
    test = app("analysis", lang=language, view=view)
    assert not test.exception
    assert not test.error
    assert {"ko": "앞으로", "en": "next"}[language] in shown(test)
    if language == "en":
        assert not {line for line in shown(test).splitlines() if any(ord(char) in HANGUL for char in line)} - {"한국어"}


def test_analysing_now_gives_the_conditions_their_scores(app: Open) -> None:
    from ifdo_core import jobs
    from ifdo_ui import cache

    test = app("analysis")
    test.button(key="analysis.refresh").click().run()
    assert not test.exception
    assert not test.error
    assert jobs.newest_done(cache.shop().workbench.engine)


@pytest.mark.parametrize(("example", "where"), [("sns", SNS), ("cart", CART), ("often", OFTEN)])
def test_an_example_opens_with_its_numbers(app: Open, example: str, where: object) -> None:
    from ifdo_core import Segment
    from ifdo_ui import cache

    test = app("segments", segment=f"example.{example}")
    preview = cache.shop().workbench.preview(Segment(where))  # type: ignore[arg-type]
    assert preview.visits_7d
    assert f"<b>{preview.visits_7d:,}건</b>" in panel(test)
    assert f"<b>{preview.visits_24h:,}건</b>" in panel(test)


def test_a_shop_that_cannot_be_opened_is_said_in_words(app: Open, tmp_path: Path) -> None:
    (tmp_path / "shop.duckdb").write_text("this is no database")
    test = app("home", url=str(tmp_path / "shop.duckdb"))
    assert not test.exception
    assert test.error
    assert "Traceback" not in shown(test)
