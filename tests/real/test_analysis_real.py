"""Customer analysis on published data, against tables that other programs made (shared/data/README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core import Workbench


@pytest.fixture(scope="module")
def cdnow(shared: Path) -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as workbench:
        workbench.load(orders=shared / "data/CDNOW_master.txt", mapping="cdnow")
        yield workbench


def test_rfm_of_cdnow_customer_by_customer(cdnow: Workbench, shared: Path) -> None:
    expected = pd.read_csv(shared / "data/expected/cdnow_rfm_1998-06-30_365d.csv")
    found = cdnow.rfm(as_of="1998-06-30", lookback_days=365).frame()
    found["customer"] = found["customer"].astype(int)
    found = found.sort_values("customer")[["customer", "recency", "frequency", "monetary", "r", "f", "m"]]
    assert (found.to_numpy() == expected.sort_values("customer").to_numpy()).all()


@pytest.mark.parametrize(("as_of", "days", "name"), [
    ("1998-06-30", 365, "cdnow_1998-06-30_365d"),
    ("1997-12-31", 365, "cdnow_1997-12-31_365d"),
    ("1998-06-30", 100_000, "cdnow_1998-06-30_all"),
])  # fmt: skip
def test_customers_by_combination(cdnow: Workbench, shared: Path, as_of: str, days: int, name: str) -> None:
    expected = pd.read_csv(shared / f"data/expected/rfm_counts_{name}.csv").set_index(["R", "F", "M"])["customers"]
    found = cdnow.rfm(as_of, days).frame().groupby(["r", "f", "m"]).size()
    assert found.to_dict() == expected.to_dict()


def test_rfm_of_complete_journey(shared: Path) -> None:
    folder = shared / "data/complete-journey"
    with Workbench.open("duckdb:///:memory:") as workbench:
        workbench.load(orders=folder / "transactions.parquet", mapping="complete_journey")
        found = workbench.rfm("2017-12-31").frame()
    expected = pd.read_csv(shared / "data/expected/complete_journey_rfm_2017-12-31_365d.csv")
    found["household"] = found["customer"].astype(int)
    columns = ["household", "recency", "frequency", "monetary", "r", "f", "m"]
    assert (found.sort_values("household")[columns].to_numpy() == expected.sort_values("household").to_numpy()).all()
    counts = pd.read_csv(shared / "data/expected/rfm_counts_complete_journey_2017-12-31_365d.csv")
    assert found.groupby(["r", "f", "m"]).size().to_dict() == counts.set_index(["R", "F", "M"])["customers"].to_dict()
