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


# --- lifetime value: published figures, and the ones to beat ------------------------------------------


def test_bgnbd_of_the_published_sample(shared: Path) -> None:
    with Workbench.open("duckdb:///:memory:") as workbench:
        workbench.load(orders=_sample(shared))
        found = workbench.lifetime_value("1997-09-30", 273, model="bgnbd")
    expected = pd.read_csv(shared / "data/expected/cdnow_sample_bgnbd_1997-09-30.csv")
    told = found.parameters
    published = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258, "p": 6.2488, "q": 3.7446, "v": 1544.77}
    assert {name: told[name] for name in published} == pytest.approx(published, rel=1e-3)
    assert found.orders_fit is not None
    assert found.orders_fit.log_likelihood == pytest.approx(-9582.43, abs=0.01)
    rows = found.frame().assign(id=lambda rows: rows["customer"].astype(int)).merge(expected, on="id")
    assert len(rows) == 2_357
    assert (rows["probability_alive"] - rows["p_alive"]).abs().max() < 1e-3
    assert (rows["expected_orders"] - rows["expected_39w"]).abs().max() < 1e-3
    assert found.errors()["error"].notna().all()


def test_the_master_and_the_forecast_to_beat(cdnow: Workbench, shared: Path) -> None:
    """README: r, alpha, a, b and the log-likelihood; its forecast of the next 39 weeks has 1.733, 0.669 and 0.857."""
    plain = cdnow.lifetime_value("1997-09-30", 273, model="bgnbd")
    published = {"r": 0.2516, "alpha": 4.7889, "a": 0.7234, "b": 2.1611}
    assert {name: plain.parameters[name] for name in published} == pytest.approx(published, rel=1e-3)
    assert plain.orders_fit is not None
    assert plain.orders_fit.log_likelihood == pytest.approx(-95368.44, abs=0.02)
    expected = pd.read_csv(shared / "data/expected/cdnow_master_bgnbd_1997-09-30_by_x_tx_T.csv")
    rows = plain.rows.assign(days=plain.rows["span"], age_days=plain.rows["age"])
    expected = expected.assign(
        days=(expected["t_x"] * 7).round().astype(int), age_days=(expected["T"] * 7).round().astype(int)
    )
    both = rows.merge(expected, on=["x", "days", "age_days"])
    assert len(both) == 23_570
    assert (both["probability_alive"] - both["p_alive"]).abs().max() < 1e-3
    assert (both["expected_orders"] - both["expected_39w"]).abs().max() < 1e-3

    found = cdnow.lifetime_value("1997-09-30", 273)
    assert found.contest is not None
    became = cdnow.analysis.backtest(found)
    assert became["real"].sum() == 19_684
    error = ((became["forecast"] - became["real"]) ** 2).mean() ** 0.5
    correlation = became["forecast"].corr(became["real"])
    total = became["forecast"].sum() / became["real"].sum()
    print(found.validation().to_string(), found.insight(), error, correlation, total)
    assert error <= 1.70
    assert correlation >= 0.68
    assert abs(1 - total) < 1 - 0.857


def _sample(shared: Path) -> pd.DataFrame:
    rows = pd.read_csv(
        shared / "data/CDNOW_sample.txt", sep=r"\s+", header=None, names=["master", "id", "day", "cds", "dollars"],
        dtype={"day": str},
    )  # fmt: skip
    return pd.DataFrame(
        {
            "order_id": [f"o{number}" for number in range(len(rows))],
            "ts": pd.to_datetime(rows["day"], format="%Y%m%d").dt.strftime("%Y-%m-%d"),
            "amount": (rows["dollars"] * 100).round().astype(int),
            "member_id": rows["id"].astype(str),
        }
    )
