"""The statistics of a segment are the same on all three engines, and add up to the preview's numbers."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pandas as pd

from ifdo_core import Segment
from ifdo_core.engines import Engine
from ifdo_core.segments.model import Leaf
from tests.property.loading import fill
from tests.property.shops import random_case

SEGMENT = Segment(Leaf("traffic.visit_count", "gte", 2))


def test_statistics(fresh: Callable[[str, str], Engine], postgresql_url: str):
    case = random_case(Random(107), people=16, events=60, least=12)
    found: dict[str, pd.DataFrame] = {}
    for kind in ("duckdb", "chdb", "postgresql"):
        with fresh(kind, "ifdo_statistics") as engine:
            workbench = fill(engine, case.shop)
            told = workbench.statistics(SEGMENT, now=case.now)
            preview = workbench.preview(SEGMENT, now=case.now)
            assert (told.visits, told.visits_all) == (preview.visits_7d, preview.total_visits_7d)
            assert told.visitors == preview.visitors_7d
            found[kind] = told.frame()
            workbench.close()
    assert found["duckdb"].visits.sum() > 0
    assert found["duckdb"].dimension.str.startswith("what.").any()
    for kind in ("chdb", "postgresql"):
        pd.testing.assert_frame_equal(found[kind], found["duckdb"], check_dtype=False)
