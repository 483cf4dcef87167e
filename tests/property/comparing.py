"""The panel of the engine against the oracle's counts, number by number."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ifdo_core import Segment, Workbench
from ifdo_core.segments.model import leaves
from ifdo_core.segments.preview import Preview
from tests.oracle import Oracle
from tests.oracle.audience import Counts
from tests.property.shops import Case

NUMBERS = (
    "visits_24h", "visits_7d", "visitors_24h", "visitors_7d", "members_24h", "members_7d", "total_visits_24h",
    "total_visits_7d", "share_7d",
)  # fmt: skip


def assert_same_panel(preview: Preview, counts: Counts, segment: Segment) -> None:
    found = {name: getattr(preview, name) for name in NUMBERS}
    wanted = {name: getattr(counts, name) for name in NUMBERS}
    rows = [
        (row.path, row.condition, row.visits_24h, row.visits_7d, row.without_24h, row.without_7d)
        for row in preview.conditions.itertuples()
    ]
    differing = [
        f"{leaf}\n    engine {row}\n    oracle {want}"
        for leaf, row, want in zip(leaves(segment.where), rows, counts.conditions, strict=True)
        if row != want
    ]
    assert not differing, "\n".join(differing)
    assert found == wanted, segment.to_json()
    assert daily_of(preview.daily) == counts.daily, segment.to_json()


def daily_of(daily: pd.DataFrame) -> dict[date, tuple[int, int]]:
    """The daily line as the oracle gives it: days without any visit are left out."""
    return {row.date: (row.visits, row.total) for row in daily.itertuples() if row.total}


def compare(workbench: Workbench, case: Case, oracle: Oracle, segment: Segment) -> None:
    """The panel at the case's now; without any event up to it there are no numbers."""
    preview = workbench.preview(segment, now=case.now)
    if oracle.visits:
        assert_same_panel(preview, oracle.preview(segment.where), segment)
    else:
        assert all(getattr(preview, name) is None for name in NUMBERS)
        assert preview.reason is not None
        assert preview.reason.code == "not_collected"
