"""The borders of semantics.md, asked of the engine."""

from __future__ import annotations

import pytest

from tests.oracle import Shop
from tests.oracle.borders import BORDERS, NOW, Border, event
from tests.property.loading import opened


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.name)
def test_border(border: Border):
    with opened(border.shop) as workbench:
        preview = workbench.preview({"format": 1, "where": border.where}, now=border.now)
        assert preview.visits_7d == len(border.visits)
        if border.in_24h is not None:
            assert preview.visits_24h == border.in_24h


@pytest.mark.parametrize("value", ['"n/a"', '""', "true", "{}", '"nan"', '"-5"'])
def test_an_engagement_time_that_is_no_number_is_unknown(value: str):
    """Properties come as the site sends them: one that cannot be read must not stop the marts of all others."""
    sent = event("e", NOW, params=f'{{"engagement_time_msec": {value}}}')
    with opened(Shop([sent])) as workbench:
        asked = {"condition": "traffic.engaged_time", "op": "is_unknown"}
        assert workbench.preview({"format": 1, "where": asked}).visits_7d == 1
