"""The shop of the benchmarks is whole after its newest events were taken out and in again."""

from __future__ import annotations

from pathlib import Path

from ifdo_core.bench.shop import PIECES, make_shop, take_in_pieces, time_building
from ifdo_core.progress import quiet
from ifdo_core.workbench import Workbench
from tests.property.pieces import assert_same_as_rebuilt


def test_pieces_taken_in_one_after_the_other_leave_the_marts_of_the_whole(tmp_path: Path) -> None:
    with Workbench.open(make_shop(tmp_path, 30_000, 30, quiet)) as workbench:
        events = workbench.holdings.tables["events"].rows
        _, pieces = take_in_pieces(workbench, quiet)
        assert len(pieces) == PIECES
        assert_same_as_rebuilt(workbench)
        building = time_building(workbench, quiet)
        assert workbench.holdings.tables["events"].rows == building.events == events
        assert_same_as_rebuilt(workbench)
