"""Every page in both languages, with the demo shop and without any data."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Open, shown

PAGES = ("home", "segments", "data")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens(app: Open, page: str, language: str) -> None:
    test = app(page, lang=language)
    assert not test.exception
    assert not test.error
    print(shown(test)[:500])
