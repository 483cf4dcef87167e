"""Recommendations on the Complete Journey, by the set-up of the data's own notes: the figures of known methods come out
as published there, and the blend is above its bar."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core.recommend.baskets import Baskets, from_frame
from ifdo_core.recommend.evaluate import METHODS, evaluate

NOW = datetime(2018, 1, 1)
SIMPLE = {task: {name: make for name, make in made.items() if name != "blend"} for task, made in METHODS.items()}


@pytest.fixture(scope="module")
def baskets(shared: Path) -> Baskets:
    folder = shared / "data" / "complete-journey"
    lines = pd.read_parquet(folder / "transactions.parquet").merge(
        pd.read_parquet(folder / "products.parquet")[["product_id", "product_type"]], on="product_id", how="left"
    )
    names = {"basket_id": "order_id", "product_type": "item", "transaction_timestamp": "ts", "household_id": "person"}
    return from_frame(lines[list(names)].rename(columns=names), "category")


def test_known_methods_give_the_published_figures(baskets: Baskets) -> None:
    frame = evaluate(baskets, NOW, methods=SIMPLE).frame().set_index(["task", "method"])
    published = {
        ("cart", "popularity"): (0.138, 0.079),
        ("cart", "knn"): (0.191, 0.114),
        ("cart", "rules"): (0.196, 0.112),
        ("next", "popularity"): (0.224, 0.188),
        ("next", "own"): (0.342, 0.318),
    }
    for place, (hit, ndcg) in published.items():
        assert frame.loc[place, "hit"] == pytest.approx(hit, abs=0.004), place
        assert frame.loc[place, "ndcg"] == pytest.approx(ndcg, abs=0.004), place
    assert frame.loc[("cart", "ease"), "hit"] > 0.245  # EASE on orders that all count alike
    assert frame.loc[("known", "ease_own"), "ndcg"] > 0.185
    assert frame.loc[("next", "own"), "orders"] == 480


@pytest.mark.slow
@pytest.mark.skipif("IFDO_LARGE" not in os.environ, reason="takes minutes: `make deep` runs it")
def test_the_blend_completes_carts(baskets: Baskets) -> None:
    methods = {"cart": {name: METHODS["cart"][name] for name in ("popularity", "ease", "blend")}}
    found = evaluate(baskets, NOW, tasks=("cart",), methods=methods)
    row = found.frame().set_index("method").loc["blend"]
    assert row["hit"] >= 0.26
    assert row["ndcg"] >= 0.157
    gaps = found.differences().set_index(["method", "against"])
    assert gaps.loc[("blend", "ease"), "better"]  # paired, on the same orders


@pytest.mark.slow
@pytest.mark.skipif("IFDO_LARGE" not in os.environ, reason="takes minutes: `make deep` runs it")
def test_the_blend_foretells_the_next_order(baskets: Baskets) -> None:
    methods = {"next": {name: METHODS["next"][name] for name in ("popularity", "own", "blend")}}
    found = evaluate(baskets, NOW, tasks=("next",), methods=methods)
    row = found.frame().set_index("method").loc["blend"]
    assert row["hit"] >= 0.36
    assert row["ndcg"] >= 0.334  # the aim is 0.335; by chance of learning it is 0.3348 … 0.3365
    gaps = found.differences().set_index(["method", "against"])
    assert gaps.loc[("blend", "own"), "better"]  # paired, on the same households
