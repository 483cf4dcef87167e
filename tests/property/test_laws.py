"""The laws at the end of semantics.md: what must hold whatever a condition means, so no oracle is asked."""

from __future__ import annotations

from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from ifdo_core import Segment, Workbench
from ifdo_core.segments.model import AllOf, AnyOf, Node, Not
from ifdo_core.segments.preview import Preview
from tests.oracle import Oracle
from tests.property.comparing import NUMBERS
from tests.property.depth import examples
from tests.property.loading import opened
from tests.property.segments import Drawer
from tests.property.shops import Case, cases

COUNTS = NUMBERS[:6]
dices = st.randoms(use_true_random=False)


def numbers(preview: Preview) -> tuple[int, ...]:
    return tuple(getattr(preview, name) for name in COUNTS)


@examples(30)
@given(case=cases(people=6, events=16), dice=dices)
def test_laws(case: Case, dice: Random):
    oracle = Oracle(case.shop, case.now)
    assume(oracle.visits)
    drawer = Drawer(dice, oracle)
    a, b, c = (drawer.tree(depth=1) for _ in range(3))
    with opened(case.shop) as workbench:

        def ask(node: Node) -> Preview:
            return workbench.preview(Segment(node), now=case.now)

        told = {node: ask(node) for node in (a, b, c)}
        for node, preview in told.items():
            # n(S) + n(NOT S) = all
            rest = ask(Not(node))
            assert preview.visits_7d + rest.visits_7d == preview.total_visits_7d == rest.total_visits_7d
            assert preview.visits_24h + rest.visits_24h == preview.total_visits_24h
            # what is not not so is so
            assert numbers(ask(Not(Not(node)))) == numbers(preview)
            # 24 h ≤ 7 d; members ≤ visitors ≤ visits
            visits_24h, visits_7d, visitors_24h, visitors_7d, members_24h, members_7d = numbers(preview)
            assert visits_24h <= visits_7d <= preview.total_visits_7d
            assert visitors_24h <= visitors_7d <= visits_7d
            assert members_24h <= members_7d <= visitors_7d
            assert visitors_24h <= visits_24h
            # the days add up to the week
            assert preview.daily.visits.sum() == visits_7d
            assert preview.daily.total.sum() == preview.total_visits_7d
        # De Morgan
        assert numbers(ask(Not(AllOf((a, b))))) == numbers(ask(AnyOf((Not(a), Not(b)))))
        assert numbers(ask(Not(AnyOf((a, b))))) == numbers(ask(AllOf((Not(a), Not(b)))))
        # the order of conditions changes nothing, nor does saying one twice
        both, either = ask(AllOf((a, b, c))), ask(AnyOf((a, b, c)))
        assert numbers(both) == numbers(ask(AllOf((c, a, b, c))))
        assert numbers(either) == numbers(ask(AnyOf((b, c, a, b))))
        # an AND is never larger than its parts, an OR never smaller
        for preview in told.values():
            assert all(less <= more for less, more in zip(numbers(both), numbers(preview), strict=True))
            assert all(less <= more for less, more in zip(numbers(preview), numbers(either), strict=True))
        # |A| + |B| = |A and B| + |A or B|
        two, one = ask(AllOf((a, b))), ask(AnyOf((a, b)))
        assert told[a].visits_7d + told[b].visits_7d == two.visits_7d + one.visits_7d


@examples(20)
@given(case=cases(people=6, events=16), dice=dices)
def test_a_count_and_its_list_agree(case: Case, dice: Random):
    with opened(case.shop) as workbench:
        oracle = Oracle(case.shop, workbench.now)
        assume(oracle.visits)
        segment = Segment(Drawer(dice, oracle).tree())
        assert lists(workbench, segment) == numbers(workbench.preview(segment))


def lists(workbench: Workbench, segment: Segment) -> tuple[int, ...]:
    """As long as the lists that a page or an export shows, in the order of ``COUNTS``."""
    return tuple(
        len(of(segment, window))
        for of in (workbench.visits, workbench.visitors, workbench.members)
        for window in ("24h", "7d")
    )
