"""Segments as YAML and back: one, many, several documents; faults with their place; references between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifdo_core import Segment
from ifdo_core.errors import SegmentError
from ifdo_core.segments.exchange import read_segments, write_segments
from ifdo_core.segments.model import Leaf
from ifdo_core.segments.starters import starters
from ifdo_core.store import Store, open_store
from ifdo_core.store.incoming import conflicts, take_in

OFTEN = Segment(Leaf("traffic.visit_count", "gte", 5), "자주 온 사람")
CART = Segment(Leaf("cart.recent_amount", "gte", 50_000), "장바구니: 5만 #1 'x'")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/state.db") as opened:
        yield opened


def test_one_is_the_tree_of_a_segment_file():
    text = write_segments({"seg_1": OFTEN})
    assert Segment.from_yaml(text) == OFTEN
    [read] = read_segments(text)
    assert (read.segment, read.path, read.name) == (OFTEN, "$", OFTEN.name)


@pytest.mark.parametrize("number", [0, 2, 31])
def test_many_come_back_as_they_were(number: int):
    kept = {item.id: item.segment() for item in starters()[:number]}
    if not kept:
        assert write_segments(kept)
        with pytest.raises(SegmentError, match="세그먼트가 없어요"):
            read_segments(write_segments(kept))
        return
    found = read_segments(write_segments(kept))
    assert {read.id: read.segment for read in found} == kept


def test_documents_one_after_the_other():
    found = read_segments(f"{OFTEN.to_yaml()}---\n{CART.to_yaml()}")
    assert [read.segment for read in found] == [OFTEN, CART]


def test_a_fault_has_its_place_and_leaves_the_others():
    text = """
format: 1
segments:
  - {id: a, name: 좋은 것, where: {condition: traffic.visit_count, op: gte, value: 3}}
  - {id: b, name: 오타, where: {all: [{condition: traffic.visit_cuont, op: gte, value: 3}]}}
  - {id: c, name: 값, where: {condition: traffic.visit_count, op: gte, value: 많이}}
  - 3
"""
    found = read_segments(text)
    assert [read.segment is None for read in found] == [False, True, True, True]
    assert [read.path for read in found] == [f"segments[{place}]" for place in range(4)]
    assert str(found[1].fault).startswith("where.all[0].condition: 모르는 조건")
    assert "where.value: 숫자가 와야" in str(found[2].fault)
    assert found[1].name == "오타"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "세그먼트가 없어요"),
        ("a: [1", "YAML을 읽을 수 없습니다"),
        ("!!python/object/apply:os.system ['true']", "YAML을 읽을 수 없습니다"),
        ("x" * 5_000_001, "너무 커요"),
    ],
)
def test_what_is_no_such_file_is_refused(text: str, said: str):
    with pytest.raises(SegmentError, match=said):
        read_segments(text)


@pytest.mark.parametrize("text", ["[]", "3", "format: 2\nsegments: []", "format: 1\nsegments: {}", "a: 1"])
def test_other_yaml_is_a_fault_in_words(text: str):
    assert [read.fault is not None for read in read_segments(text)] == [True]


@settings(max_examples=300)
@given(text=st.text(max_size=200) | st.text("format: 1segments\n-{}[]&*!|>'\"%@`#", max_size=200))
def test_no_text_is_a_stack_trace(text: str):
    try:
        for read in read_segments(text):
            assert (read.segment is None) == (read.fault is not None)
    except SegmentError:
        pass


# --- into the store ---------------------------------------------------------------------------


def test_references_follow_their_new_ids_whatever_the_order(store: Store):
    outer = Segment(Leaf("analysis.in_segment", "any_of", ("b", "a")), "바깥")
    text = write_segments({"o": outer, "a": OFTEN, "b": CART})
    found = take_in(store, read_segments(text))
    ids = {item.read.id: item.saved.id for item in found if item.saved}
    assert [item.read.id for item in found] == ["o", "a", "b"]
    assert store.get(ids["o"]).readable().where == Leaf("analysis.in_segment", "any_of", (ids["b"], ids["a"]))


def test_out_and_in_again_gives_equal_segments(store: Store, tmp_path: Path):
    first = store.save(OFTEN)
    store.save(Segment(Leaf("analysis.in_segment", "none_of", (first.id,)), "나머지"))
    text = write_segments(dict(store.segments))
    with open_store(f"sqlite:///{tmp_path}/other.db") as other:
        take_in(other, read_segments(text))
        assert {item.name for item in other.list()} == {"나머지", OFTEN.name}
        again = write_segments(dict(other.segments))
        assert take_in(store, read_segments(again), "skip")[0].saved is None


@pytest.mark.parametrize(("taken", "names"), [("number", 2), ("replace", 1), ("skip", 1)])
def test_a_name_that_is_taken(store: Store, taken, names: int):
    old = store.save(OFTEN)
    new = Segment(Leaf("traffic.visit_count", "gte", 9), OFTEN.name)
    rows = read_segments(write_segments({"x": new}))
    assert conflicts(store, rows) == {OFTEN.name}
    [arrival] = take_in(store, rows, taken)
    assert len(store.list()) == names
    kept = store.get(old.id).readable().where
    assert kept == (new.where if taken == "replace" else OFTEN.where)
    assert arrival.renamed == (taken == "number")
    assert (arrival.saved is None) == (taken == "skip") == bool(arrival.why)


def test_one_that_names_what_is_nowhere_is_left_out_in_words(store: Store):
    rows = read_segments(write_segments({"o": Segment(Leaf("analysis.in_segment", "any_of", ("gone",)), "바깥")}))
    [arrival] = take_in(store, rows)
    assert arrival.saved is None
    assert "gone" in arrival.why
    assert store.list() == []


def test_a_circle_in_a_file_is_left_out_in_words(store: Store):
    a = Segment(Leaf("analysis.in_segment", "any_of", ("b",)), "갑")
    b = Segment(Leaf("analysis.in_segment", "any_of", ("a",)), "을")
    found = take_in(store, read_segments(write_segments({"a": a, "b": b})))
    assert not any(item.saved for item in found)
    assert all(item.why for item in found)
