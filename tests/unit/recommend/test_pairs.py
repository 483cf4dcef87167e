"""Counting pairs: against two loops, in blocks of any size, bounded, and day by day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.recommend.pairs import count_pairs
from tests.unit.recommend.shops import baskets_of, counted, pairs_as_dict, random_lists

LISTS = st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=6), min_size=1, max_size=30)


@given(LISTS, st.integers(1, 60), st.integers(1, 4))
def test_pairs_equal_two_loops(lists: list[list[object]], block: int, floor: int) -> None:
    baskets = baskets_of(lists)
    found = count_pairs(baskets.matrix, floor, block=block)
    assert pairs_as_dict(baskets, found) == {pair: n for pair, n in counted(lists).items() if n >= floor}
    assert found.baskets == len(lists)


@given(LISTS, LISTS)
def test_a_new_day_is_added(before: list[list[object]], after: list[list[object]]) -> None:
    whole = baskets_of(before + after)
    old = np.arange(len(whole)) < len(before)
    told = count_pairs(whole.where(old).matrix).plus(count_pairs(whole.where(~old).matrix))
    fresh = count_pairs(whole.matrix)
    for name in ("first", "second", "count", "items"):
        assert (getattr(told, name) == getattr(fresh, name)).all()
    assert told.baskets == fresh.baskets


def test_too_many_pairs_raise_the_floor() -> None:
    lists = random_lists(3)
    baskets = baskets_of(lists)
    found = count_pairs(baskets.matrix, max_pairs=20, block=50)
    assert found.raised
    assert len(found) <= 20
    assert pairs_as_dict(baskets, found) == {pair: n for pair, n in counted(lists).items() if n >= found.floor}


def test_an_order_of_5000_lines_stays_within_its_blocks() -> None:
    lists: list[list[object]] = [[f"i{item}" for item in range(5000)], ["i1", "i2"], ["i1", "i2"]]
    found = count_pairs(baskets_of(lists).matrix, 2, block=1_000_000)
    assert len(found) == 1
    assert found.count.tolist() == [3]


def test_numbers_and_texts_are_one_item() -> None:
    baskets = baskets_of([[7, "8"], ["7", 8], ["7", "9"]])
    assert baskets.items.tolist() == ["7", "8", "9"]
    assert pairs_as_dict(baskets, count_pairs(baskets.matrix)) == {("7", "8"): 2, ("7", "9"): 1}


@pytest.mark.parametrize("lists", [[["a"]], [["a"], ["b"]], [["a", "b"]]])
def test_the_smallest_shops(lists: list[list[object]]) -> None:
    baskets = baskets_of(lists)
    assert pairs_as_dict(baskets, count_pairs(baskets.matrix)) == dict(counted(lists))
