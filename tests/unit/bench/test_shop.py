"""The shop of the benchmarks is whole after its newest events were taken out and in again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.bench.shop import PIECES, make_shop, time_building
from ifdo_core.progress import quiet
from ifdo_core.workbench import Workbench


def test_pieces_taken_in_one_after_the_other_leave_the_marts_of_the_whole(tmp_path: Path) -> None:
    counted = select(func.count(), func.sum(tables.visits.c.events), func.max(tables.visits.c.ended_at))
    with Workbench.open(make_shop(tmp_path, 30_000, 30, quiet)) as workbench:
        building = time_building(workbench, quiet)
        taken_in = workbench.engine.execute(counted)
        workbench.rebuild(quiet)
        assert taken_in == workbench.engine.execute(counted)
        assert len(building.pieces_s) == PIECES
        assert workbench.holdings.tables["events"].rows == building.events > building.built
