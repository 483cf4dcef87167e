"""Edits of the tree: each on a small example, and laws on random trees."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.errors import SegmentError
from ifdo_core.segments import edit
from ifdo_core.segments.check import read_leaf, read_segment
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, Segment, leaves

A = Leaf("traffic.visit_count", "gte", 5)
B = Leaf("purchase.order_count", "lte", 0)
C = Leaf("acquisition.sns", "in", ("instagram",))
D = Leaf("traffic.is_first_visit", "is_true")
TREE = AllOf((A, AnyOf((B, Not(C)))))


def test_get_and_places_go_by_indices() -> None:
    assert edit.get(TREE, ()) == TREE
    assert edit.get(TREE, (1, 1, 0)) == C
    assert [address for address, _ in edit.places(TREE)] == [(), (0,), (1,), (1, 0), (1, 1), (1, 1, 0)]
    assert list(edit.places(None)) == []


@pytest.mark.parametrize("address", [(2,), (0, 0), (1, 1, 1), (-1,), (1, 2)])
def test_an_address_that_leads_nowhere_is_an_error(address: edit.Address) -> None:
    for act in (edit.get, edit.remove, edit.wrap, edit.negate, edit.path_of):
        with pytest.raises(LookupError):
            act(TREE, address)
    with pytest.raises(LookupError):
        edit.replace(TREE, address, D)


def test_addresses_and_paths_of_errors_lead_to_one_another() -> None:
    assert edit.path_of(TREE, (1, 1, 0)) == "where.all[1].any[1].not"
    assert edit.address_of("where.all[1].any[1].not.value[3]") == (1, 1, 0)
    assert edit.address_of("where") == ()
    assert edit.address_of("where.op") == ()
    with pytest.raises(SegmentError) as caught:
        read_segment({"format": 1, "where": {"all": [{"not": {"condition": "x.y", "op": "gte"}}]}})
    assert edit.address_of(caught.value.path) == (0, 0)


def test_replace() -> None:
    assert edit.replace(TREE, (1, 1, 0), D) == AllOf((A, AnyOf((B, Not(D)))))
    assert edit.replace(TREE, (), D) == D


def test_remove_takes_emptied_groups_along() -> None:
    assert edit.remove(TREE, (1, 1, 0)) == AllOf((A, AnyOf((B,))))
    assert edit.remove(TREE, (1,)) == AllOf((A,))
    assert edit.remove(AllOf((A, AnyOf((Not(C),)))), (1, 0, 0)) == AllOf((A,))
    assert edit.remove(AllOf((AnyOf((Not(C),)),)), (0, 0, 0)) is None
    assert edit.remove(A, ()) is None


def test_insert() -> None:
    assert edit.insert(TREE, (1,), D) == AllOf((A, AnyOf((B, Not(C), D))))
    assert edit.insert(TREE, (1,), D, 0) == AllOf((A, AnyOf((D, B, Not(C)))))
    assert edit.insert(TREE, (), D, 99) == AllOf((A, AnyOf((B, Not(C))), D))
    assert edit.insert(None, (), D) == AllOf((D,))
    assert edit.insert(A, (), D) == AllOf((A, D))
    assert edit.insert(TREE, (1, 1), D) == AllOf((A, AnyOf((B, AllOf((Not(C), D))))))


def test_wrap_and_unwrap() -> None:
    wrapped = edit.wrap(TREE, (0,), "any")
    assert wrapped == AllOf((AnyOf((A,)), AnyOf((B, Not(C)))))
    assert edit.unwrap(wrapped, (0,)) == TREE
    assert edit.unwrap(TREE, (1,)) == AllOf((A, B, Not(C)))
    assert edit.unwrap(AllOf((A,)), ()) == A
    assert edit.unwrap(TREE, ()) == TREE
    assert edit.unwrap(Not(AllOf((A,))), (0,)) == Not(A)
    with pytest.raises(LookupError):
        edit.unwrap(TREE, (0,))


def test_toggle_and_negate() -> None:
    assert edit.toggle(TREE, (1,)) == AllOf((A, AllOf((B, Not(C)))))
    assert edit.toggle(edit.toggle(TREE, ()), ()) == TREE
    with pytest.raises(LookupError):
        edit.toggle(TREE, (0,))
    assert edit.negate(TREE, (0,)) == AllOf((Not(A), AnyOf((B, Not(C)))))
    assert edit.negate(TREE, (1, 1)) == AllOf((A, AnyOf((B, C))))
    assert edit.negate(TREE, (1, 1, 0)) == AllOf((A, AnyOf((B, C))))


def test_move_stops_at_the_ends() -> None:
    three = AllOf((A, B, C))
    assert edit.move(three, (0,), 1) == AllOf((B, A, C))
    assert edit.move(three, (2,), -1) == AllOf((A, C, B))
    assert edit.move(three, (0,), -1) == three
    assert edit.move(three, (2,), 5) == three
    assert edit.move(three, (2,), -9) == AllOf((C, A, B))
    assert edit.move(Not(A), (0,), 1) == Not(A)
    assert edit.move(A, (), 1) == A


def test_without_a_leaf_takes_every_occurrence() -> None:
    assert edit.without(TREE, A) == AllOf((AnyOf((B, Not(C))),))
    assert edit.without(TREE, C) == AllOf((A, AnyOf((B,))))
    assert edit.without(AllOf((A, Not(A))), A) is None
    assert edit.without(TREE, D) == TREE
    assert edit.without(AllOf((A, AnyOf((B, A)))), A) == AllOf((AnyOf((B,)),))


def test_a_new_condition_is_that_of_its_example() -> None:
    assert edit.default_leaf("traffic.visit_count") == A
    assert edit.default_leaf("behaviour.page_viewed").param("days") == 30
    with pytest.raises(KeyError):
        edit.default_leaf("no.such")


@pytest.mark.parametrize("condition_id", CONDITIONS)
def test_every_condition_has_a_start_that_is_accepted(condition_id: str) -> None:
    leaf = edit.default_leaf(condition_id)
    assert read_leaf(Segment(where=leaf).to_dict()["where"]) == leaf


# --- laws -------------------------------------------------------------------------------------

nodes: st.SearchStrategy[Node] = st.recursive(
    st.sampled_from([A, B, C, D]),
    lambda inner: (
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=8,
)


@st.composite
def spots(draw: st.DrawFn) -> tuple[Node, edit.Address]:
    node = draw(nodes)
    return node, draw(st.sampled_from([address for address, _ in edit.places(node)]))


def holds(node: Node | None, true: frozenset[Leaf]) -> bool:
    """Whether the tree holds when exactly the leaves in ``true`` do."""
    if node is None:
        return True
    if isinstance(node, Leaf):
        return node in true
    if isinstance(node, Not):
        return not holds(node.part, true)
    return (all if isinstance(node, AllOf) else any)(holds(part, true) for part in node.parts)


WORLDS = [
    frozenset(leaf for leaf, on in zip((A, B, C, D), bits, strict=True) if on)
    for bits in product((False, True), repeat=4)
]


def meaning(node: Node | None) -> tuple[bool, ...]:
    return tuple(holds(node, world) for world in WORLDS)


@given(spots())
def test_replacing_a_node_with_itself_changes_nothing(spot: tuple[Node, edit.Address]) -> None:
    node, address = spot
    assert edit.replace(node, address, edit.get(node, address)) == node
    assert edit.address_of(edit.path_of(node, address) + ".value") == address


@given(spots())
def test_removing_leaves_no_empty_group_and_only_the_rest(spot: tuple[Node, edit.Address]) -> None:
    node, address = spot
    left = edit.remove(node, address)
    gone = list(leaves(edit.get(node, address)))
    kept = [] if left is None else list(leaves(left))
    assert sorted(map(repr, kept + gone)) == sorted(map(repr, leaves(node)))
    assert all(edit.children(part) or isinstance(part, Leaf) for _, part in edit.places(left))


@given(spots(), nodes)
def test_what_was_inserted_can_be_removed(spot: tuple[Node, edit.Address], new: Node) -> None:
    node, address = spot
    here = edit.get(node, address)
    if isinstance(here, AllOf | AnyOf):
        for index in range(len(here.parts) + 1):
            grown = edit.insert(node, address, new, index)
            assert edit.get(grown, (*address, index)) == new
            assert edit.remove(grown, (*address, index)) == node


@given(spots())
def test_wrapping_keeps_the_meaning_and_negating_turns_it_round(spot: tuple[Node, edit.Address]) -> None:
    node, address = spot
    assert meaning(edit.wrap(node, address, "any")) == meaning(node)
    assert meaning(edit.wrap(node, address, "all")) == meaning(node)
    here = edit.get(node, address)
    assert meaning(edit.negate(here, ())) == tuple(not held for held in meaning(here))
    if not (address and isinstance(edit.get(node, address[:-1]), Not)):
        assert edit.negate(node, address) == edit.replace(node, address, edit.negate(here, ()))


@given(nodes, st.sampled_from([A, B, C, D]))
def test_without_a_leaf_it_is_nowhere(node: Node, leaf: Leaf) -> None:
    left = edit.without(node, leaf)
    assert left is None or leaf not in set(leaves(left))
    assert [other for other in leaves(node) if other != leaf] == ([] if left is None else list(leaves(left)))
    assert (left == node) == (leaf not in set(leaves(node)))
