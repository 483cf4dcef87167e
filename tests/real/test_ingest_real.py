"""Real data through the ready mappings, with the totals its README states."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select

from ifdo_core.config import ShopSettings
from ifdo_core.engines import open_engine
from ifdo_core.ingest import load, propose_mapping, told_apart
from ifdo_core.tables import events, members, order_items, orders, products

SHARED = Path(os.environ.get("IFDO_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data"
NOW = datetime(2026, 11, 24)

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the real data is not here")


@pytest.fixture
def engine():
    with open_engine("duckdb:///:memory:") as opened:
        yield opened


def one(engine, *columns):
    return tuple(engine.execute(select(*columns))[0])


@pytest.mark.parametrize("currency", ["USD", "KRW"])  # the mapping knows that the file is in dollars
def test_cdnow(engine, currency):
    source = {"orders": SHARED / "CDNOW_master.txt"}
    report = load(engine, ShopSettings(currency=currency), source, mapping="cdnow", now=NOW)
    assert (report.rows_read, report.rows_loaded, report.rows_duplicate, report.rows_rejected) == (69_659, 69_659, 0, 0)
    assert one(engine, func.count(), func.sum(orders.c.amount)) == (69_659, 250_031_563)
    assert engine.scalar(select(func.count(orders.c.member_id.distinct()))) == 23_570
    assert one(engine, func.min(orders.c.ts), func.max(orders.c.ts)) == (
        datetime(1996, 12, 31, 15),
        datetime(1998, 6, 29, 15),
    )
    assert "1" in {row[0] for row in engine.execute(select(orders.c.member_id))}
    again = load(engine, ShopSettings(currency=currency), source, mapping="cdnow", now=NOW)
    assert (again.rows_loaded, again.rows_duplicate) == (0, 69_659)


def test_complete_journey(engine):
    folder = SHARED / "complete-journey"
    sources = {
        "orders": folder / "transactions.parquet",
        "products": folder / "products.parquet",
        "members": folder / "demographics.parquet",
    }
    assert {name: told_apart(path).table for name, path in sources.items()} == {name: name for name in sources}
    report = load(engine, ShopSettings(currency="USD"), sources, mapping="complete_journey", now=NOW)
    assert report.rows_rejected == 0
    raw = pd.read_parquet(folder / "transactions.parquet")
    cents = int((raw["sales_value"] * 100).round().sum())
    assert one(engine, func.count(), func.sum(orders.c.amount)) == (38_896, cents)
    assert engine.scalar(select(func.count(orders.c.member_id.distinct()))) == 631
    assert engine.scalar(select(func.count()).select_from(order_items)) == 365_929
    assert engine.scalar(select(func.count(order_items.c.product_id.distinct()))) == 39_520
    # Twelve lines have a price and no quantity: what was paid for them is in their orders alone.
    lines = func.sum(order_items.c.price * order_items.c.quantity - func.coalesce(order_items.c.discount, 0))
    odd = raw[(raw["quantity"] == 0) & (raw["sales_value"] > 0)]
    assert engine.scalar(select(lines)) == cents - int((odd["sales_value"] * 100).round().sum())
    assert engine.scalar(select(func.count()).select_from(products)) == 39_510
    assert engine.scalar(select(func.count()).select_from(products).where(products.c.category.is_(None))) == 124
    assert engine.scalar(select(func.count()).select_from(members)) == 202
    baskets = raw.groupby("basket_id")["sales_value"].sum().mul(100).round().astype(int)
    held = engine.frame(select(orders.c.order_id, orders.c.amount)).set_index("order_id")["amount"]
    assert held.to_dict() == {str(basket): value for basket, value in baskets.items()}
    assert load(engine, ShopSettings(currency="USD"), sources, mapping="complete_journey", now=NOW).rows_loaded == 0


def test_rees46_events_through_a_proposal(engine):
    path = SHARED / "rees46_2019-10-01_first_events.csv"
    proposal = propose_mapping(path, table="events")
    # A visitor of this log is its user id, which the names alone cannot know.
    mapping = proposal.choosing("visitor_id", "user_id").mapping
    report = load(engine, ShopSettings(currency="USD"), {"events": path}, mapping=mapping, now=NOW)
    assert (report.rows_read, report.rows_rejected) == (5_019, 0)
    assert (report.rows_loaded, report.rows_duplicate) == (5_016, 3)  # three rows are repeated
    assert engine.scalar(select(func.count(events.c.visitor_id.distinct()))) == 1_755
    assert engine.scalar(select(func.count(events.c.visit_id.distinct()))) == 1_906
    assert engine.scalar(select(func.min(events.c.ts))) == datetime(2019, 10, 1)


def test_online_retail_lines_through_a_proposal(engine):
    path = SHARED / "online_retail_ii_2009-12_2010-11.parquet"
    proposal = propose_mapping(path, table="orders")
    assert proposal.lines
    shop = ShopSettings(currency="GBP", timezone="Europe/London")
    frame = pd.read_parquet(path)
    digits = frame[frame["InvoiceNo"].str.fullmatch(r"\d+") & frame["CustomerID"].notna()]
    report = load(engine, shop, {"orders": digits}, mapping=proposal.mapping, now=NOW)
    assert report.rows_read == 393_190
    assert report.rows_rejected == 0
    assert one(engine, func.count(), func.sum(orders.c.amount)) == (18_439, 852_012_526)
    assert engine.scalar(select(func.count(orders.c.member_id.distinct()))) == 4_268
    assert engine.scalar(select(func.count()).select_from(order_items)) == 393_190
    # Cancellations are negative lines that say nothing of what they cancel: each is named, none is guessed at.
    other = load(
        engine, shop, {"orders": frame[frame["InvoiceNo"].str.startswith("C")]}, mapping=proposal.mapping, now=NOW
    )
    assert set(other.rejected["reason"]) <= {"negative", "same_order"}
    assert other.rows_read == 9_877
    assert other.rows_rejected == 9_876  # one of them is of a positive quantity


def test_clickstream_with_date_and_time_apart(engine, tmp_path):
    mapping = tmp_path / "clickstream.yaml"
    mapping.write_text(
        """
        format: 1
        name: clickstream
        files:
          - table: events
            read: {delimiter: ';'}
            tables:
              events:
                event_id: {join: [COOKIE, Click_order], with: '-'}
                ts: {join: [Date, Time], with: ' '}
                visitor_id: COOKIE
                name: {value: page_view, when: Webpage}
                page_title: Webpage
        """
    )
    path = SHARED / "clickstream_shop_1997-1999.csv"
    report = load(engine, ShopSettings(), {"events": path}, mapping=mapping, now=NOW)
    assert (report.rows_read, report.rows_rejected) == (24_344, 0)
    assert report.rows_loaded + report.rows_duplicate == 24_344
    assert engine.scalar(select(func.count(events.c.visitor_id.distinct()))) == 1_240
