"""Segments within segments (semantics.md, 'Rulings'): engine against oracle, and against the tree written out."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ifdo_core import Segment, Workbench
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not
from tests.oracle import Oracle
from tests.property.comparing import NUMBERS, compare
from tests.property.depth import examples
from tests.property.loading import opened
from tests.property.segments import PAST, Drawer
from tests.property.shops import Case, cases

dices = st.randoms(use_true_random=False)
ELSE = tuple(entry for entry in PAST if entry.id != "analysis.in_segment")


def written_out(node: Node, saved: dict[str, Node]) -> Node:
    """Each condition on saved segments as the group of their trees that it stands for."""
    if isinstance(node, Not):
        return Not(written_out(node.part, saved))
    if not isinstance(node, Leaf):
        return type(node)(tuple(written_out(part, saved) for part in node.parts))
    if node.condition != "analysis.in_segment":
        return node
    assert isinstance(node.value, tuple)
    inside = tuple(written_out(saved[str(value)], saved) for value in node.value)
    joined = AllOf(inside) if node.op == "all_of" else AnyOf(inside)
    return Not(joined) if node.op == "none_of" else joined


@examples(25)
@given(case=cases(people=6, events=16), dice=dices)
def test_nested(case: Case, dice: Random):
    """Three saved segments of any conditions, each of which may name those before it; a segment that names them."""
    drawer = Drawer(dice, Oracle(case.shop, case.now))
    saved: dict[str, Node] = {}
    for name in ("seg_a", "seg_b", "seg_c"):
        saved[name] = nesting(drawer, list(saved))
    shop = replace(case.shop, segments=saved)
    nested = Case(shop, case.now)
    oracle = Oracle(shop, case.now)
    segment = Segment(nesting(drawer, list(saved)))
    with opened(shop) as workbench:
        compare(workbench, nested, oracle, segment)
        assert numbers(workbench, segment, case) == numbers(workbench, Segment(written_out(segment.where, saved)), case)


def nesting(drawer: Drawer, names: list[str]) -> Node:
    own = drawer.tree(ELSE, depth=1)
    if not names:
        return own
    op = drawer.dice.choice(("any_of", "all_of", "none_of"))
    asked = tuple(drawer.dice.choice(names) for _ in range(drawer.dice.choice((1, 2))))
    leaf = Leaf("analysis.in_segment", op, asked)
    return drawer.dice.choice((leaf, Not(leaf), AllOf((own, leaf)), AnyOf((leaf, own))))


def numbers(workbench: Workbench, segment: Segment, case: Case) -> list[object]:
    preview = workbench.preview(segment, now=case.now)
    return [getattr(preview, name) for name in NUMBERS]
