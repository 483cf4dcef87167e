"""The forecast in the panel: the workbench's own numbers, after the counts, with the backtest beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ifdo_core import Segment
from ifdo_core.i18n import using
from ifdo_ui import cache
from ifdo_ui.builder.examples import SNS
from tests.ui.conftest import Open, panel


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_panel_foretells(app: Open, language: str) -> None:
    test = app("segments", segment="example.sns", lang=language)
    assert not test.exception
    forecast = cache.shop().workbench.forecast(Segment(SNS))
    assert forecast.visits
    assert forecast.visitors
    assert forecast.backtest
    with using(language):
        for told in forecast.texts():
            assert told in panel(test)
    assert panel(test).index('class="ifdo-numbers"') < panel(test).index('class="ifdo-forecast"')


def test_without_history_there_is_none(app: Open, tmp_path: Path) -> None:
    test = app("segments", url=str(tmp_path / "shop.duckdb"), segment="example.cart")
    assert not test.exception
    assert 'class="ifdo-forecast"' not in panel(test)
