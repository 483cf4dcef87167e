"""The hand-written panel that the benchmark holds the builder to asks the same question."""

from __future__ import annotations

from sqlalchemy import text

from ifdo_core import Segment, Workbench
from ifdo_core.bench.twenty import ASKED, SEGMENT, panel_by_hand
from ifdo_core.demo import fill_demo
from ifdo_core.progress import quiet


def test_the_panel_by_hand_gives_the_same_numbers() -> None:
    with Workbench.open("duckdb:///:memory:") as workbench:
        fill_demo(workbench, 6_000, quiet, seed=4, days=20)
        found = workbench.preview(Segment.from_dict(SEGMENT))
        groups, people = (workbench.engine.execute(text(query)) for query in panel_by_hand(workbench.now))
    assert tuple(people[0]) == (found.visitors_7d, found.visitors_24h, found.members_7d, found.members_24h)
    assert found.visitors_7d
    assert sum(row[3] for row in groups) == found.total_visits_7d
    for place, asked in enumerate(ASKED):
        matching = sum(row[3] for row in groups if int(row[0]) >> place & 1)
        alone = found.conditions[found.conditions.condition == asked.condition].visits_7d
        assert alone.tolist() == [matching], asked.condition
