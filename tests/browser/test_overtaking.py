"""Typing does not queue stale queries: in a real session an edit stops the statement of the edit before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import App


@pytest.fixture
def slow(tmp_path: Path) -> Any:
    script = Path(__file__).with_name("slow_page.py")
    more = {"PYTHONPATH": str(script.parents[2]), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}
    app = App(tmp_path, script, IFDO_TEST_LOG=str(tmp_path / "running"), **more)
    app.wait("ok", seconds=60, path="/_stcore/health")
    yield app
    assert "Traceback" not in app.stop()


def running(slow: App) -> list[int]:
    """The most statements that ever ran at once, and those that run now."""
    return [int(number) for number in (slow.log.parent / "running").read_text().split()]


def test_an_edit_stops_the_query_before(slow: App, visit: Callable[..., Any]) -> None:
    page = visit(slow.url)
    found = page.locator(".found")
    expect(found).to_have_text("100")
    field = page.get_by_label("number")
    for number in ("7", "8", "9"):
        field.fill(number)
        field.press("Enter")
        page.wait_for_timeout(500)
    assert running(slow)[1] == 1
    field.fill("100")
    field.press("Enter")
    expect(page.locator(".asked")).to_have_text("100")
    expect(found).to_have_text("100")
    page.wait_for_timeout(200)
    assert running(slow) == [1, 0]


def test_another_part_of_the_page_goes_first(slow: App, visit: Callable[..., Any]) -> None:
    """What a user does elsewhere on the page need not wait for the query; the number is counted again behind it."""
    page = visit(slow.url)
    expect(page.locator(".found")).to_have_text("100")
    field = page.get_by_label("number")
    field.fill("7")
    field.press("Enter")
    page.wait_for_timeout(500)
    word = page.get_by_label("word")
    word.fill("naver")
    word.press("Enter")
    expect(page.locator(".said")).to_have_text("naver", timeout=10_000)
    page.wait_for_timeout(300)
    assert running(slow) == [1, 1]


def test_who_leaves_takes_the_query_along(slow: App, visit: Callable[..., Any]) -> None:
    page = visit(slow.url)
    expect(page.locator(".found")).to_have_text("100")
    field = page.get_by_label("number")
    field.fill("7")
    field.press("Enter")
    page.wait_for_timeout(500)
    assert running(slow)[1] == 1
    page.goto("about:blank")
    page.wait_for_timeout(1_500)
    assert running(slow) == [1, 0]
