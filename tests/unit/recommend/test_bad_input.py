"""Odd shops: right numbers or a clear sentence, on every way in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.errors import DataError

START = datetime(2026, 9, 1)


def opened(
    orders: list[list[object]], products: list[tuple[object, str]] | None = None, ids: list[object] | None = None
) -> Workbench:
    """Each list an order, one an hour, of one of seven members."""
    workbench = Workbench.open("duckdb:///:memory:")
    numbers = ids or [f"o{n}" for n in range(len(orders))]
    head = [
        {"order_id": numbers[n], "ts": START + timedelta(hours=n), "amount": 1000, "status": "paid",
         "member_id": f"m{n % 7}"}
        for n in range(len(orders))
    ]  # fmt: skip
    lines = [(numbers[n], item) for n, items in enumerate(orders) for item in items]
    items = pd.DataFrame(lines, columns=["order_id", "product_id"]).assign(quantity=1, price=500)
    more = {}
    if products is not None:
        more["products"] = pd.DataFrame(products, columns=["product_id", "name"]).assign(category="c", price=500)
    workbench.load(orders=pd.DataFrame(head), order_items=items, **more)
    return workbench


def rules_of(workbench: Workbench) -> dict[tuple[str, str], tuple[int, float]]:
    found = workbench.rules(min_support=1e-9, min_confidence=0.0).frame()
    return {
        (next(iter(row.antecedents)), next(iter(row.consequents))): (row.baskets, row.confidence)
        for row in found.itertuples()
    }


def test_one_basket() -> None:
    with opened([["a", "b", "c"]]) as workbench:
        assert rules_of(workbench)["a", "b"] == (1, 1.0)
        assert workbench.rules().insight()
        assert set(workbench.recommend(product="a").frame()["product"]) == {"b", "c"}
        found = workbench.evaluate()
        assert found.frame().empty
        assert "적어" in found.insight()


def test_every_basket_of_one_item() -> None:
    with opened([["a"], ["b"], ["c"]] * 20) as workbench:
        found = workbench.rules()
        assert found.frame().empty
        assert "한 가지만" in found.insight()
        assert set(workbench.recommend(product="a").frame()["product"]) == {"b", "c"}  # what is popular


def test_one_product_in_all_baskets() -> None:
    with opened([["bag", item] for item in ("a", "b", "c")] * 20) as workbench:
        assert rules_of(workbench)["a", "bag"] == (20, 1.0)
        found = workbench.rules().frame()
        assert not (found["q_value"] <= 0.05).any()  # everybody has the bag: no finding
        assert "bag" not in workbench.recommend(product="bag").frame()["product"].tolist()


def test_5000_lines_in_one_order() -> None:
    with opened([[f"p{n:04}" for n in range(5_000)], *[["p0001", "p0002"]] * 30]) as workbench:
        found = rules_of_pair(workbench, "p0001", "p0002")
        assert found == (31, 1.0)
        assert workbench.recommend(product="p0001", k=1).frame()["product"].tolist() == ["p0002"]


def rules_of_pair(workbench: Workbench, a: str, b: str) -> tuple[int, float]:
    found = workbench.rules().frame()
    row = next(r for r in found.itertuples() if r.antecedents == frozenset({a}) and r.consequents == frozenset({b}))
    return row.baskets, row.confidence


def test_ids_as_numbers_and_texts_are_one_product_and_one_order() -> None:
    with opened([[7, "8"], ["7", 8], [7, 8, "9"]], [(7, "일곱"), ("8", "여덟"), (9, "아홉")], [1, "2", 3]) as workbench:
        assert rules_of(workbench)["7", "8"] == (3, 1.0)
        for asked in (7, "7"):
            found = workbench.recommend(product=asked).frame()
            assert found["name"].tolist()[0] == "여덟"


def test_a_product_that_vanished_from_the_catalogue() -> None:
    with opened([["old", "a"]] * 20 + [["a", "b"]] * 10, [("a", "가"), ("b", "나")]) as workbench:
        assert rules_of(workbench)["old", "a"] == (20, 1.0)
        assert workbench.rules().source.label("old") == "old (목록에 없는 상품)"  # its number, and why
        assert "함께 보여 주세요" not in workbench.rules().insight()  # nobody can be shown what is gone
        assert workbench.recommend(product="old").frame()["product"].tolist()[0] == "a"
        assert "old" not in workbench.recommend(product="a").frame()["product"].tolist()
        with pytest.raises(DataError) as refused:
            workbench.recommend(product="never")
        assert "never" in refused.value.text()


def test_a_bundle_that_nobody_bought_lately_promises_nothing() -> None:
    products = pd.DataFrame({"product_id": ["a", "b"], "name": ["가", "나"], "price": 1000, "cost": 600})
    with opened([["a"]] * 20 + [["b"]] * 20) as workbench:
        workbench.load(products=products)
        plan = workbench.together.bundle(workbench.now, ("a", "b"), 0.1)
        assert (plan.orders_a, plan.orders_b, plan.orders_both) == (20, 20, 0)
        assert not plan.cannibalises
        assert "짐작할 수 없어요" in plan.insight()


def test_no_orders() -> None:
    with Workbench.open("duckdb:///:memory:") as workbench:
        assert workbench.rules().frame().empty
        assert workbench.rules().insight()
        for ask in (lambda: workbench.recommend(product="a"), workbench.evaluate):
            with pytest.raises(DataError) as refused:
                ask()
            assert "주문" in refused.value.text()
        assert workbench.together.refresh(workbench.now) is None


def test_one_order_has_no_support_above_one() -> None:
    with opened([["a", "b"]]) as workbench:
        found = workbench.rules()
        assert found.min_support == 1.0
        assert "200" not in found.insight()
