"""Substitutes told from complements: what is looked at together and bought instead of each other, or together."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom

from ifdo_core import Workbench
from ifdo_core.recommend.pairs import count_pairs
from ifdo_core.recommend.relations import COLUMNS, relations
from tests.unit.recommend.shops import baskets_of


def shop(orders: list[list[object]], views: list[list[object]]) -> pd.DataFrame:
    baskets = baskets_of(orders)
    return relations(baskets, count_pairs(baskets.matrix), baskets_of(views))


def planted(seed: int = 0, size: int = 3_000) -> tuple[list[list[object]], list[list[object]]]:
    """'milk1' and 'milk2' are looked at together and never bought together; 'bread' and 'butter' are bought together;
    'x0' … 'x5' are independent of everything in both."""
    rng = np.random.default_rng(seed)
    orders: list[list[object]] = []
    views: list[list[object]] = []
    for _ in range(size):
        order: list[object] = [f"x{n}" for n in range(6) if rng.random() < 0.15]
        milk = rng.random()
        order += ["milk1"] if milk < 0.2 else ["milk2"] if milk < 0.4 else []
        if rng.random() < 0.3:
            order += ["bread", "butter"] if rng.random() < 0.7 else ["bread"]
        orders.append(order or ["x0"])
        view: list[object] = [f"x{n}" for n in range(6) if rng.random() < 0.15]
        view += ["milk1", "milk2"] if rng.random() < 0.2 else []
        views.append(view or ["x1"])
    return orders, views


def test_the_planted_pairs_are_told_apart_and_chance_is_none() -> None:
    found = shop(*planted())
    told = {(row.first, row.second): row.relation for row in found.itertuples()}
    assert told == {("bread", "butter"): "complement", ("milk1", "milk2"): "substitute"}
    assert list(found.columns) == list(COLUMNS)
    milk = found.set_index("relation").loc["substitute"]
    assert milk["bought_together"] == 0
    assert milk["view_lift"] > 1


def test_bought_less_without_being_compared_is_no_substitute() -> None:
    """Two kinds of customers: their products avoid each other, and nobody looks at both."""
    orders, views = planted()
    apart = [[item for item in view if item != "milk2"] or ["x1"] for view in views]
    assert "substitute" not in set(shop(orders, apart)["relation"])


def test_compared_and_rare_is_not_called_sure() -> None:
    orders: list[list[object]] = [["a"], ["b"], ["c"], ["c"]] * 3
    views: list[list[object]] = [["a", "b"]] * 12 + [["c"]] * 30
    [row] = shop(orders, views).to_dict("records")
    assert (row["first"], row["second"], row["relation"]) == ("a", "b", "compared")


def test_p_values_are_those_of_the_hypergeometric_distribution() -> None:
    orders, views = planted(3)
    found = shop(orders, views).set_index("relation").loc["substitute"]
    sizes = {item: sum(item in order for order in orders) for item in ("milk1", "milk2")}
    exact = hypergeom.cdf(0, len(orders), sizes["milk1"], sizes["milk2"])
    assert found["expected"] == pytest.approx(sizes["milk1"] * sizes["milk2"] / len(orders))
    assert exact <= found["q_less"] <= exact * 100  # corrected for as many pairs as were looked at


def test_false_alarms_stay_rare() -> None:
    """Only chance: over many shops hardly a pair is called a substitute or a complement."""
    alarms = tests = 0
    for seed in range(15):
        rng = np.random.default_rng(seed)
        orders: list[list[object]] = [[f"x{n}" for n in range(10) if rng.random() < 0.2] or ["x0"] for _ in range(600)]
        views: list[list[object]] = [[f"x{n}" for n in range(10) if rng.random() < 0.2] or ["x0"] for _ in range(600)]
        found = shop(orders, views)
        alarms += int(found["relation"].isin(["substitute", "complement"]).sum())
        tests += 45
    assert alarms / tests < 0.02


@pytest.mark.parametrize(
    ("orders", "views"), [([], []), ([["a"]], []), ([], [["a", "b"]] * 9), ([["a", "b"]], [["c", "d"]] * 9)]
)
def test_the_smallest_shops(orders: list[list[object]], views: list[list[object]]) -> None:
    assert shop(orders, views).empty


def test_the_workbench_finds_rivals_in_events_and_orders() -> None:
    start = datetime(2026, 11, 1)
    orders, views = planted(5, 900)
    lines = [(f"o{n}", item) for n, order in enumerate(orders) for item in order]
    head = pd.DataFrame(
        {"order_id": [f"o{n}" for n in range(len(orders))],
         "ts": [start + timedelta(minutes=20 * n) for n in range(len(orders))], "amount": 1, "status": "paid",
         "visitor_id": [f"v{n}" for n in range(len(orders))]}
    )  # fmt: skip
    events = pd.DataFrame(
        [{"visitor_id": f"v{n}", "ts": start + timedelta(minutes=20 * n, seconds=at), "name": "view_item",
          "product_id": item} for n, view in enumerate(views) for at, item in enumerate(view)]
    )  # fmt: skip
    with Workbench.open("duckdb:///:memory:") as workbench:
        items = pd.DataFrame(lines, columns=["order_id", "product_id"]).assign(quantity=1, price=1)
        workbench.load(orders=head, order_items=items, events=events)
        rivals = workbench.together.rivals(workbench.now, "milk1")
        assert rivals["product"].tolist() == ["milk2"]
        assert workbench.together.rivals(workbench.now, "bread").empty
