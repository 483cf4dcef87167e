"""The forecast on the daily buying of real shops: each order is an event of its buyer, so that a day's visits are those
who bought. The aims are those of the demo shop: the interval holds 75 to 85 times of 100, and naive is beaten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ifdo_core import Segment, ShopSettings, Workbench
from ifdo_core.segments.forecast.model import FIRST_ORIGIN
from ifdo_core.segments.forecast.result import Backtest
from ifdo_core.segments.model import Leaf

EVERY = Segment(Leaf("traffic.visit_count", "gte", 1))
AGAIN = Segment(Leaf("traffic.visit_count", "gte", 2))


def backtest(events: pd.DataFrame, zone: str, segment: Segment, monkeypatch: pytest.MonkeyPatch) -> Backtest:
    """Over all origins of the series, not only the last twelve weeks."""
    monkeypatch.setattr("ifdo_core.segments.forecast.result.ORIGINS", 10_000)
    with Workbench.open("duckdb:///:memory:") as workbench:
        workbench.configure(ShopSettings(timezone=zone))
        assert workbench.load(events=events).rows_rejected == 0
        forecast = workbench.forecast(segment)
    assert forecast.backtest is not None
    assert len(forecast.backtest.frame()) > 200 - FIRST_ORIGIN
    return forecast.backtest


def cdnow(shared: Path) -> pd.DataFrame:
    rows = pd.read_csv(shared / "data/CDNOW_master.txt", sep=r"\s+", header=None, dtype=str)
    day = pd.to_datetime(rows[1], format="%Y%m%d")
    noon = day + pd.Timedelta(hours=12) + pd.to_timedelta(np.arange(len(rows)) % 3600, unit="s")
    return pd.DataFrame({"ts": noon, "visitor_id": rows[0], "name": "purchase", "event_id": rows.index.astype(str)})


def retail(shared: Path) -> pd.DataFrame:
    lines = pd.read_parquet(shared / "data/online_retail_ii_2009-12_2010-11.parquet")
    lines["InvoiceNo"] = lines["InvoiceNo"].astype(str)
    lines = lines[lines["InvoiceNo"].str.fullmatch(r"\d+") & lines["CustomerID"].notna()]
    orders = lines.groupby("InvoiceNo").agg(ts=("InvoiceDate", "min"), visitor_id=("CustomerID", "first")).reset_index()
    return orders.assign(visitor_id=orders["visitor_id"].astype(int).astype(str), name="purchase").rename(
        columns={"InvoiceNo": "event_id"}
    )


@pytest.mark.parametrize("segment", [EVERY, AGAIN], ids=["every", "again"])
def test_online_retail(shared: Path, monkeypatch: pytest.MonkeyPatch, segment: Segment) -> None:
    found = backtest(retail(shared), "Europe/London", segment, monkeypatch)
    assert 0.75 <= (found.coverage or 0) <= 0.85
    assert (found.mase or 9) < 0.9
    assert (found.error_ratio or 9) < 1.0


def test_cdnow(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = backtest(cdnow(shared), "America/New_York", EVERY, monkeypatch)
    assert 0.75 <= (found.coverage or 0) <= 0.85
    assert (found.mase or 9) < 0.9
