"""Rules of the Complete Journey, against mlxtend's, kept in a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core.recommend.baskets import from_frame
from ifdo_core.recommend.rules import find_rules

COLUMNS = ["support", "confidence", "lift", "leverage", "conviction", "zhangs_metric"]
COLUMNS += ["antecedent support", "consequent support"]


def test_complete_journey(shared: Path) -> None:
    folder = shared / "data" / "complete-journey"
    lines = pd.read_parquet(folder / "transactions.parquet").merge(
        pd.read_parquet(folder / "products.parquet")[["product_id", "product_type"]], on="product_id", how="left"
    )
    names = {"basket_id": "order_id", "product_type": "item", "transaction_timestamp": "ts", "household_id": "person"}
    baskets = from_frame(lines[list(names)].rename(columns=names), "category")
    assert len(baskets) == 38_869
    expected = pd.read_csv(shared / "data" / "expected" / "complete_journey_rules_s0.01_c0.1.csv")
    found = find_rules(baskets, datetime(2018, 1, 1), min_support=0.01, min_confidence=0.1, max_len=None)
    ours = found.frame()
    assert len(found.pairs.at_least(389)) == 160
    assert len(ours) == len(expected) == 297
    ours = ours.assign(
        antecedents=[" + ".join(sorted(items)) for items in ours["antecedents"]],
        consequents=[" + ".join(sorted(items)) for items in ours["consequents"]],
    )
    keys = ["antecedents", "consequents"]
    both = expected.merge(ours, on=keys, suffixes=("_theirs", ""), how="inner")
    assert len(both) == 297
    for column in COLUMNS:
        assert both[column].to_numpy() == pytest.approx(both[f"{column}_theirs"].to_numpy(), abs=1e-9)
