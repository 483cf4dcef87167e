"""Marts kept up to date piece by piece are those built anew, on each engine."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import delete, insert

from ifdo_core import Workbench, tables
from ifdo_core.engines import Engine
from ifdo_core.marts.build import BROKEN_OFF
from tests.property.pieces import assert_pieces_leave_the_whole, assert_same_as_rebuilt, pieces_of, take_in
from tests.property.shops import random_case


@pytest.mark.parametrize("seed", range(3))
def test_pieces_leave_the_marts_of_the_whole(engine: Engine, seed: int):
    case = random_case(Random(seed), people=12, events=40, least=8)
    assert_pieces_leave_the_whole(engine, case.shop, seed)


def test_what_a_build_broken_off_left_is_made_whole(engine: Engine):
    """Where rows are replaced one statement after another, the next update does not trust what is there."""
    case = random_case(Random(7), people=12, events=40, least=8)
    first, second, third = pieces_of(case.shop, Random(7))
    engine.create(list(tables.canonical.tables.values()))
    workbench = Workbench(engine)
    workbench._marts.full_above = 2.0
    take_in(workbench, first)
    # as a process leaves it that was killed between taking rows away and putting them anew
    engine.write(delete(tables.visits), insert(tables.mart_state).values(name=BROKEN_OFF, value=""))
    take_in(workbench, second)
    take_in(workbench, third)
    assert_same_as_rebuilt(workbench)
    workbench.close()
