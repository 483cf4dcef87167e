"""The marts, row by row and column by column, against the oracle's loops."""

from __future__ import annotations

from hypothesis import given

from tests.property.comparing import check_marts
from tests.property.depth import examples
from tests.property.loading import opened
from tests.property.shops import Case, cases


@examples(60)
@given(case=cases())
def test_marts_of_small_shops(case: Case):
    with opened(case.shop) as workbench:
        check_marts(workbench, case.shop)


@examples(25)
@given(case=cases(people=10, events=40))
def test_marts_of_busy_shops(case: Case):
    with opened(case.shop) as workbench:
        check_marts(workbench, case.shop)
