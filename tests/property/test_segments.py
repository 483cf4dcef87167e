"""Random nested segments on random shops: the whole panel, and the lists behind it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core import Segment, Workbench
from ifdo_core.errors import SegmentError
from ifdo_core.segments.model import leaves
from tests.oracle import Oracle
from tests.property.comparing import compare
from tests.property.depth import examples
from tests.property.loading import opened
from tests.property.segments import PAST, STANDING, Drawer
from tests.property.shops import Case, cases

#: Choices that hypothesis makes, and can make simpler.
dices = st.randoms(use_true_random=False)
#: A shop costs more than a question.
SEGMENTS_A_SHOP = 5


@examples(40)
@given(case=cases(people=6, events=16), dice=dices)
def test_panel(case: Case, dice: Random):
    oracle = Oracle(case.shop, case.now)
    drawer = Drawer(dice, oracle)
    with opened(case.shop) as workbench:
        for _ in range(SEGMENTS_A_SHOP):
            compare(workbench, case, oracle, Segment(drawer.tree()))


@examples(25)
@given(case=cases(people=6, events=16), dice=dices)
def test_lists_at_the_shops_own_now(case: Case, dice: Random):
    """Visits, visitors and members by name, in each window; a count and its list agree because both are these."""
    with opened(case.shop) as workbench:
        oracle = Oracle(case.shop, workbench.now)
        drawer = Drawer(dice, oracle)
        for _ in range(SEGMENTS_A_SHOP):
            assert_same_lists(workbench, oracle, Segment(drawer.tree(depth=2)))


def assert_same_lists(workbench: Workbench, oracle: Oracle, segment: Segment) -> None:
    where = segment.where
    for window in ("24h", "7d", None):
        visits = workbench.visits(segment, window)
        assert sorted(visits.visit_id) == sorted(visit["visit_id"] for visit in oracle.matching(where, window))
        visitors = workbench.visitors(segment, window)
        assert sorted(visitors.visitor_id) == sorted(oracle.visitors(where, window))
        assert visitors.visits.sum() == len(visits)
    for window in ("24h", "7d"):
        members = workbench.members(segment, window)
        assert sorted(members.member_id) == sorted(oracle.members(where, window))


@examples(25)
@given(case=cases(people=6, events=10), dice=dices)
def test_members_at_now(case: Case, dice: Random):
    """semantics.md, '모수': each member at now, by every condition that needs no visit."""
    with opened(case.shop) as workbench:
        oracle = Oracle(case.shop, workbench.now)
        drawer = Drawer(dice, oracle)
        for _ in range(SEGMENTS_A_SHOP):
            segment = Segment(drawer.tree(STANDING))
            found = workbench.members(segment, "now")
            assert sorted(found.member_id) == sorted(oracle.members_now(segment.where)), segment.to_json()
        everyone = oracle.members_now(None)
        for row in workbench.members(drawer.tree_for_all(), "now").itertuples():
            state = oracle.history.person_state(f"m:{row.member_id}")
            assert row.member_id in everyone
            told = (row.visits, row.order_count, row.total_amount)
            assert told == (state["visit_count"], state["order_count"], state["total_amount"])


@examples(10)
@given(case=cases(), dice=dices)
def test_members_at_now_refuses_what_needs_a_visit(case: Case, dice: Random):
    needing = [entry for entry in PAST if entry.needs_visit]
    with opened(case.shop) as workbench:
        drawer = Drawer(dice, Oracle(case.shop, workbench.now))
        segment = Segment(drawer.tree([*needing, STANDING[0]], depth=2))
        asked = {leaf.condition for leaf in leaves(segment.where)} & {entry.id for entry in needing}
        if asked:
            with pytest.raises(SegmentError) as refused:
                workbench.members(segment, "now")
            assert refused.value.facts["condition"] in asked
        else:
            workbench.members(segment, "now")
