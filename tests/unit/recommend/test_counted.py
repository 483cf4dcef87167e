"""Counts brought up to date equal counts made anew, whatever changed, and only the changed days are counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifdo_core import Workbench
from ifdo_core.recommend import counted
from ifdo_core.recommend.baskets import Baskets, from_frame
from ifdo_core.recommend.counted import Counted, count_shop, updated
from ifdo_core.recommend.pairs import Pairs, count_pairs

START = date(2026, 1, 1)
Day = list[tuple[int, list[int]]]  # each order: its buyer (0: unknown) and its items


def baskets_of(days: dict[int, Day]) -> Baskets:
    rows = [
        {
            "order_id": f"{day:03}-{at:03}",
            "item": f"i{item}",
            "ts": pd.Timestamp(START) + pd.Timedelta(days=day, hours=at % 20),
            "person": f"p{buyer}" if buyer else None,
        }
        for day, orders in days.items()
        for at, (buyer, items) in enumerate(orders)
        for item in items
    ]
    frame = pd.DataFrame(rows, columns=["order_id", "item", "ts", "person"])
    return from_frame(frame.sort_values(["order_id", "item"], kind="stable"))


def same(one: tuple[Baskets, Pairs], other: tuple[Baskets, Pairs]) -> None:
    assert one[0].items.tolist() == other[0].items.tolist()
    assert one[0].ts.tolist() == other[0].ts.tolist()
    assert one[0].people.tolist() == other[0].people.tolist()
    assert one[0].person.tolist() == other[0].person.tolist()
    assert (one[0].matrix != other[0].matrix).nnz == 0
    assert one[0].matrix.indices.tolist() == other[0].matrix.indices.tolist()
    for name in ("first", "second", "count", "items"):
        assert getattr(one[1], name).tolist() == getattr(other[1], name).tolist(), name
    assert (one[1].baskets, one[1].floor) == (other[1].baskets, other[1].floor)


orders = st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(0, 9), min_size=1, max_size=6)), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.integers(0, 6), orders, max_size=7), st.dictionaries(st.integers(0, 8), orders, max_size=4))
def test_changed_days_in_the_place_of_the_old_equal_counting_anew(
    before: dict[int, Day], changed: dict[int, Day]
) -> None:
    old, new = baskets_of(before), baskets_of({**before, **changed})
    days = [START + timedelta(days=day) for day in changed]
    found = updated(old, count_pairs(old.matrix), baskets_of(changed), days)
    same(found, (new, count_pairs(new.matrix)))


@pytest.fixture
def shop() -> Workbench:
    workbench = Workbench.open("duckdb:///:memory:")
    workbench.load(**tables_of(range(40)))
    return workbench


def tables_of(numbers: range, status: str = "paid") -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(7)
    goods = [sorted(set(rng.choice(12, 4).tolist())) for _ in range(100)]
    lines = [(f"o{n:03}", f"P{product}") for n in numbers for product in goods[n]]
    rows = [
        {"order_id": f"o{n:03}", "ts": datetime(2026, 9, 1) + timedelta(hours=9 * n), "amount": 1000,
         "status": status, "member_id": f"m{n % 7}"}
        for n in numbers
    ]  # fmt: skip
    items = pd.DataFrame(lines, columns=["order_id", "product_id"]).assign(quantity=1, price=500)
    return {"orders": pd.DataFrame(rows), "order_items": items}


def anew(shop: Workbench, level: str = "product") -> Counted:
    return count_shop(shop.engine, shop.marts_at(shop.now), level)


@pytest.mark.parametrize("level", ["product", "category"])
def test_new_days_cancelled_orders_and_new_names_are_taken_in(
    shop: Workbench, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    real = counted.read_baskets

    def watched(*given: object, **more: object) -> Baskets:
        found = real(*given, **more)
        read.append(len(found))
        return found

    monkeypatch.setattr(counted, "read_baskets", watched)
    changes = [
        {"products": pd.DataFrame([(f"P{n}", f"상품 {n}", f"c{n % 3}") for n in range(12)],
                                  columns=["product_id", "name", "category"])},
        tables_of(range(40, 46)),
        {"orders": tables_of(range(38, 40), "cancelled")["orders"]},
        {},
    ]  # fmt: skip
    shop.together.pairs(shop.now, level)
    for change in changes:
        if change:
            shop.load(**change)
        del read[:]
        mine = shop.together.baskets(shop.now, level), shop.together.pairs(shop.now, level)
        if "products" not in change:  # which gives every line its first category
            assert sum(read) <= 12
        fresh = anew(shop, level)
        same(mine, (fresh.baskets, fresh.pairs))
        assert mine[0].labels == fresh.baskets.labels
