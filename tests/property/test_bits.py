"""A panel counted from kept bits is the panel of the statements, number by number, however it came to be kept."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from ifdo_core import Segment, Workbench
from ifdo_core.segments import bits
from ifdo_core.segments.preview import Preview
from tests.oracle import Oracle
from tests.property.comparing import NUMBERS
from tests.property.depth import examples
from tests.property.loading import opened
from tests.property.segments import Drawer
from tests.property.shops import Case, cases

QUESTIONS = 4


def by_statements(workbench: Workbench, segment: Segment, case: Case, window: timedelta) -> Preview:
    with patch.object(type(workbench.engine), "columnar", False):
        return workbench.preview(segment, now=case.now, window=window)


@examples(8)
@given(case=cases(people=6, events=16), dice=st.randoms(use_true_random=False))
def test_kept_and_not_kept(case: Case, dice: Random):
    drawer = Drawer(dice, Oracle(case.shop, case.now))
    few = dice.choice([0, bits.FEW])  # 0: every window is read behind the first question
    budget = dice.choice([bits.BUDGET, 1_200])  # room for a condition or two: most are asked for anew
    with patch.object(bits, "FEW", few), opened(case.shop) as workbench:
        workbench._bits.budget = budget
        earlier: list[Segment] = []
        for _ in range(QUESTIONS):
            segment = dice.choice([Segment(drawer.tree()), *earlier])
            earlier.append(segment)
            window = dice.choice([timedelta(days=7), timedelta(days=3, hours=5)])
            kept = workbench.preview(segment, now=case.now, window=window)
            workbench._bits.settle()
            plain = by_statements(workbench, segment, case, window)
            for name in (*NUMBERS, "reason", "sql"):
                assert getattr(kept, name) == getattr(plain, name), (name, segment.to_json())
            assert_frame_equal(kept.conditions, plain.conditions)
            assert_frame_equal(kept.daily, plain.daily)
            assert workbench._bits._nbytes() <= budget
