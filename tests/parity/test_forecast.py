"""The history a forecast learns from is the same on DuckDB, ClickHouse and PostgreSQL, hence the forecast too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from ifdo_core.engines import Engine, open_engine
from ifdo_core.segments.forecast.history import History, read_history
from ifdo_core.segments.model import Leaf, Node
from ifdo_core.segments.subjects import Visits
from tests.parity.conftest import KINDS
from tests.property.loading import fill
from tests.unit.segments.forecast.test_history import NOW, shop

WHERES: tuple[Node, ...] = (
    Leaf("traffic.device", "in", ("mobile",)),
    Leaf("traffic.visits_in_period", "gte", 3, (("days", 7),)),
)


def histories(engine: Engine) -> list[History]:
    workbench = fill(engine, shop(7))
    found: list[History] = []
    for where in WHERES:
        visits = Visits(workbench._marts.at(NOW), workbench.settings, NOW, timedelta(days=400))
        found.append(read_history(engine, visits, where, 7))
    workbench.close()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_history(fresh: Callable[[str, str], Engine], kind: str) -> None:
    with open_engine("duckdb:///:memory:") as engine:
        expected = histories(engine)
    with fresh(kind, "ifdo_forecast") as engine:
        found = histories(engine)
    assert all(history.visits.sum() > 20 for history in expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.total, other.total)
        np.testing.assert_array_equal(one.visits, other.visits)
        np.testing.assert_array_equal(one.fresh, other.fresh)
