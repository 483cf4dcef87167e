"""Random shops that arrive in random pieces: the marts kept up to date are those built anew, row by row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.engines import open_engine
from tests.property.depth import examples
from tests.property.pieces import assert_pieces_leave_the_whole
from tests.property.shops import Case, cases


@examples(20)
@given(case=cases(people=6, events=30), seed=st.integers(0, 2**32))
def test_pieces_leave_the_marts_of_the_whole(case: Case, seed: int):
    with open_engine("duckdb:///:memory:") as engine:
        assert_pieces_leave_the_whole(engine, case.shop, seed)
