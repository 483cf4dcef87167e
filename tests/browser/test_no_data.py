"""A shop without data opens every page and says what is missing and where to go."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from ifdo_core.doctor import KINDS
from tests.browser.conftest import App

Visit = Callable[..., Any]
MISSING = {"ko": "데이터가 없어", "en": "no data"}


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_of_an_empty_shop(empty: App, visit: Visit, language: str, size: str) -> None:
    page = visit(f"{empty.url}/?lang={language}", size)
    expect(page.get_by_text(MISSING[language]).first).to_be_visible()
    page.goto(f"{empty.url}/data?lang={language}")
    expect(page.locator(".ifdo-doctor .ifdo-missing")).to_have_count(len(KINDS))
    page.goto(f"{empty.url}/segments?segment=example.cart&lang={language}")
    number = page.locator(".ifdo-numbers .week b")
    expect(number).to_have_text({"ko": "조회할 수 없음", "en": "not available"}[language])
    if size == "phone":
        page.locator(".ifdo-toggle summary").click()
    expect(page.locator(".ifdo-reason").first).to_contain_text(
        {"ko": "설정 › 데이터", "en": "Settings › Data"}[language]
    )


def test_health(empty: App, demo: App) -> None:
    for app in (empty, demo):
        answer = json.loads(app.health())
        assert answer["status"] == "ok"
        assert answer["data_version"]


def test_a_locked_database_is_said_in_words(empty: App, visit: Visit, tmp_path: Any) -> None:
    """A second app on the same file: what to do is on the screen, and no trace."""
    second = App(tmp_path, IFDO_URL=str(empty.log.parent / "shop.duckdb"))
    try:
        second.wait('"failed"')
        page = visit(second.url)
        expect(page.locator("[data-testid=stAlert]").first).to_contain_text("다른 프로그램이 쓰고 있어요")
        page.wait_for_load_state("networkidle")
        page.goto("about:blank")
    finally:
        second.stop()


@pytest.mark.parametrize(
    "address", ["segments?segment=example.cart&view=list", "segments?segment=example.cart&view=report", "compare"]
)
def test_a_screen_without_visits_leads_to_where_files_are_taken(empty: App, visit: Visit, address: str) -> None:
    page = visit(f"{empty.url}/{address}", "phone")
    page.locator("[data-testid=stMain]").get_by_role("link", name="설정 › 데이터로 가기").click()
    expect(page.locator("input[type=file]")).to_have_count(1)
