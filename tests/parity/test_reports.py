"""Every report gives the same cells on DuckDB, ClickHouse (chdb) and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.catalogue import REPORTS
from ifdo_core.engines import Engine
from tests.unit.reports.shop import NOW, frames, random_orders

KINDS = ("chdb", pytest.param("postgresql", marks=pytest.mark.postgres))


def _loaded(engine: Engine) -> Workbench:
    workbench = Workbench(engine)
    events = pd.DataFrame(
        {"ts": ["2026-11-01T00:00:00Z", "2026-11-09T00:00:00Z", "2026-11-20T00:00:00Z"], "name": "page_view",
         "visitor_id": ["v1", "v1", "v2"], "member_id": ["m000", None, "m001"],
         "referrer": ["https://www.instagram.com/", None, None]}
    )  # fmt: skip
    workbench.load(**frames(random_orders(5, members=80)), events=events)
    return workbench


@pytest.fixture(scope="module")
def reference(fresh: Callable[[str, str], Engine]) -> Iterator[Workbench]:
    with _loaded(fresh("duckdb", "")) as workbench:
        yield workbench


@pytest.fixture(scope="module", params=KINDS)
def other(request: pytest.FixtureRequest, fresh: Callable[[str, str], Engine]) -> Iterator[Workbench]:
    with _loaded(fresh(request.param, "ifdo_test_reports")) as workbench:
        yield workbench


@pytest.mark.parametrize("report_id", list(REPORTS))
def test_a_report_is_the_same_everywhere(reference: Workbench, other: Workbench, report_id: str):
    expected = reference.report(report_id, end=NOW).frame()
    assert len(expected) or report_id == "cohort.visit_retention"
    pd.testing.assert_frame_equal(other.report(report_id, end=NOW).frame(), expected, check_dtype=False)
