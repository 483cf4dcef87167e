"""The borders of semantics.md, asked of the engine."""

from __future__ import annotations

import pytest

from tests.oracle.borders import BORDERS, Border
from tests.property.loading import opened


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.name)
def test_border(border: Border):
    with opened(border.shop) as workbench:
        preview = workbench.preview({"format": 1, "where": border.where}, now=border.now)
        assert preview.visits_7d == len(border.visits)
        if border.in_24h is not None:
            assert preview.visits_24h == border.in_24h
