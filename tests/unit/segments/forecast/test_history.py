"""The history by 24-hour block against plain loops over the list of matching visits."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pandas as pd
import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.segments.forecast.history import read_history
from ifdo_core.segments.model import Leaf
from ifdo_core.segments.subjects import Visits
from tests.oracle import Shop
from tests.property.loading import opened

NOW = datetime(2026, 11, 24, 3, 17, 5, 250_000)
DAY = timedelta(days=1)


def shop(seed: int) -> Shop:
    """A hundred visits of eight people over three weeks, some exactly on a border between two blocks."""
    random = Random(seed)
    moments = [NOW - timedelta(days=random.uniform(0, 21)) for _ in range(90)]
    moments += [NOW - DAY * whole for whole in range(10)]
    return Shop(
        [
            {
                "event_id": f"e{number}",
                "ts": moment,
                "visitor_id": f"v{random.randrange(8)}",
                "name": "page_view",
                "device": random.choice(["mobile", "desktop"]),
            }
            for number, moment in enumerate(moments)
        ]
    )


def blocks(visits: pd.DataFrame) -> list[tuple[int, str]]:
    """(age in blocks, visitor) of each visit: block 0 is (now − 24 h, now]."""
    found: list[tuple[int, str]] = []
    for row in visits.itertuples():
        age = 0
        while not (NOW - (age + 1) * DAY < row.started_at <= NOW - age * DAY):
            age += 1
        found.append((age, str(row.visitor_id)))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("span", [1, 3, 7])
def test_history_is_what_loops_count(seed: int, span: int) -> None:
    where = Leaf("traffic.device", "in", ("mobile",))
    with opened(shop(seed)) as workbench:
        history = _history(workbench, where, span)
        everything, matching = blocks(workbench.visits()), blocks(workbench.visits(Segment(where)))
        preview = workbench.preview(Segment(where), now=NOW)
    days = max(age for age, _ in everything)
    assert history.days == days
    for place in range(days):
        age = days - 1 - place
        assert history.total[place] == sum(each == age for each, _ in everything)
        assert history.visits[place] == sum(each == age for each, _ in matching)
        window = [(each, visitor) for each, visitor in matching if age <= each < age + span and each < days]
        assert history.sums()[place] == len(window)
        assert history.visitors()[place] == len({visitor for _, visitor in window})
    if span == 7:
        assert (history.sums()[-1], history.visitors()[-1]) == (preview.visits_7d, preview.visitors_7d)


def _history(workbench: Workbench, where: Leaf, span: int):
    visits = Visits(workbench._marts.at(NOW), workbench.settings, NOW, timedelta(days=400))
    return read_history(workbench.engine, visits, where, span)
