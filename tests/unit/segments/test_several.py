"""Overlap, comparison, hints and membership: what they say, their pictures, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.errors import DataError
from ifdo_core.segments import edit
from ifdo_core.segments.hints import thresholds
from ifdo_core.segments.model import AllOf, Leaf
from ifdo_core.segments.overlap import MAX_SEGMENTS
from tests.golden.shop import golden_shop
from tests.oracle import Shop
from tests.property.loading import opened

NOW = golden_shop()[1]
CART = Segment(Leaf("cart.recent_amount", "gte", 50_000), "장바구니")
NEVER = Segment(Leaf("purchase.order_count", "lte", 0), "사지 않음")
LIVE = Segment(Leaf("live.on_site", "is_true"), "접속 중")
#: As counted by hand: 'Who had 50,000 won in the cart?' six visits of four visitors, of visits without an order 18.


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    with opened(golden_shop()[0]) as filled:
        yield filled


def named(*segments: Segment) -> dict[str, Segment]:
    return {segment.name: segment for segment in segments}


def test_overlap_says_who_shares_most(workbench: Workbench):
    found = workbench.overlap(named(CART, NEVER), now=NOW)
    sizes = found.sizes.set_index("segment")
    assert sizes["visits"].to_dict() == {"장바구니": 6, "사지 않음": 18}
    assert found.combinations["visits"].sum() == 28
    both = found.frame()[found.frame()["장바구니"] & found.frame()["사지 않음"]]
    shared = int(both["visits"].iloc[0])
    assert f"{shared}건, ‘장바구니’의" in found.insight()
    assert found.insight("사지 않음") == found.insight()
    figure: Any = found.figure()
    bars = figure.data[0]
    assert sum(bars.y) == 6 + 18 - shared
    assert len(found.figure(narrow=True).data) <= len(figure.data)


def test_overlap_leaves_out_what_has_no_number(workbench: Workbench):
    found = workbench.overlap(named(CART, LIVE), now=NOW)
    assert found.names == ("장바구니",)
    assert "모수가 없어요" in found.left_out["접속 중"]
    assert "둘 이상" in found.insight()
    many = {str(number): CART for number in range(MAX_SEGMENTS + 1)}
    with pytest.raises(DataError, match="20개까지"):
        workbench.overlap(many)


def test_overlap_of_the_saved_ones_by_default(workbench: Workbench):
    workbench.segments = {"seg_1": CART, "seg_2": NEVER}
    assert set(workbench.overlap(now=NOW).names) == {"장바구니", "사지 않음"}
    workbench.segments = {}
    assert workbench.overlap(now=NOW).combinations.empty


def test_comparison(workbench: Workbench):
    found = workbench.compare(CART, NEVER, now=NOW)
    visits = found.numbers.loc["visits"]
    assert (visits["a"], visits["b"]) == (6, 18)
    assert visits["only_a"] + visits["both"] == 6
    assert found.insight().startswith("‘장바구니’ 6건, ‘사지 않음’ 18건")
    assert (found.frame()["share_a"] <= 1).all()
    assert found.frame()["difference"].abs().is_monotonic_decreasing
    assert found.figure().data
    same = workbench.compare(CART, CART, now=NOW)
    assert same.names == ("장바구니", "장바구니 (2)")
    assert same.numbers.loc["visits", "both"] == 6
    assert same.told.empty
    nobody = Segment(Leaf("traffic.visit_count", "gte", 1_000))
    assert workbench.compare(CART, nobody, now=NOW).insight().endswith("견줄 것이 없어요.")
    with pytest.raises(DataError, match="접속 중"):
        workbench.compare(CART, LIVE)


def test_hints_lead_to_what_they_say(workbench: Workbench):
    asked = Segment(AllOf((Leaf("traffic.visit_count", "gte", 5), NEVER.where)))
    found = workbench.hints(asked, now=NOW)
    assert found.visits_7d == 1
    drops = {hint.change.leaf.condition: hint for hint in found.all if hint.change.kind == "drop"}
    # by hand: without the number of visits 18, without the orders 3
    assert drops["traffic.visit_count"].visits_7d == 18
    assert drops["purchase.order_count"].visits_7d == 3
    assert drops["traffic.visit_count"].segment.where == AllOf((NEVER.where,))
    assert found.widen()[0] is drops["traffic.visit_count"] is found.all[0]
    assert "‘방문 횟수 5회 이상’ 빼기: 1건 → 18건" in found.insight()
    assert all(hint.visits_7d for hint in found.narrow())
    for path in found.frame()["path"]:
        edit.get(asked.where, edit.address_of(path))
    assert workbench.hints(LIVE, now=NOW).visits_7d is None
    assert "모수가 없어요" in workbench.hints(LIVE, now=NOW).insight()


@pytest.mark.parametrize(
    ("leaf", "values"),
    [
        (Leaf("cart.recent_amount", "gte", 50_000), [30_000, 70_000]),
        (Leaf("cart.recent_amount", "gte", 200_000), [100_000, 400_000]),
        (Leaf("acquisition.sns", "in", ("instagram",)), []),
        (Leaf("traffic.is_bounce", "is_true"), []),
    ],
)
def test_neighbours_of_a_threshold(leaf: Leaf, values: list[int]):
    assert [other.value for other in thresholds(leaf)] == values


def test_neighbours_of_a_period():
    found = [other.param("days") for other in thresholds(Leaf("cart.viewed", "eq", 2, (("days", 14),)))]
    assert found == [7, 30]


def test_who_is_in_which():
    """Who never came is in none; one of visitor and member must be given."""
    with opened(golden_shop()[0]) as shop:
        found = shop.matching(visitor="nobody", segments=named(CART, NEVER))
        assert (found.visits, found.names) == (0, ())
        assert "방문이 없어" in found.insight()
        with pytest.raises(DataError, match="하나를"):
            shop.matching()


def test_members_of_a_shop_without_visits():
    shop = Shop(
        members=[{"member_id": "M1"}, {"member_id": "M2"}],
        orders=[{"order_id": "O1", "ts": NOW, "amount": 10_000, "member_id": "M1", "status": "paid"}],
    )
    bought = Segment(Leaf("purchase.order_count", "gte", 1), "샀음")
    with opened(shop) as workbench:
        asked = named(bought, CART)
        assert workbench.matching(member="M1", segments=asked).names == ("샀음",)
        found = workbench.matching(member="M2", segments=asked)
        assert found.names == ()
        assert "방문 데이터가 있어야" in found.left_out["장바구니"]
