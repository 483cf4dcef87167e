"""A shop of plain rows into a workbench, past the readers of files: what is compared is what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

import pandas as pd
from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Table, insert

from ifdo_core import Segment, ShopSettings, Workbench, tables
from ifdo_core.engines import Engine, open_engine
from tests.oracle import Row, Shop


def frame_of(rows: Sequence[Row], table: Table) -> pd.DataFrame:
    """``rows`` with every column of ``table``, missing values included."""
    frame = pd.DataFrame([[row.get(column.name) for column in table.columns] for row in rows], dtype="object")
    frame.columns = [column.name for column in table.columns]
    for column in table.columns:
        if isinstance(column.type, Integer | BigInteger):
            frame[column.name] = frame[column.name].astype("Int64")
        elif isinstance(column.type, Boolean):
            frame[column.name] = frame[column.name].astype("boolean")
        elif isinstance(column.type, DateTime):
            frame[column.name] = frame[column.name].astype("datetime64[us]")
    return frame


def settings_of(shop: Shop) -> ShopSettings:
    return ShopSettings(
        timezone=shop.timezone,
        visit_gap_minutes=shop.visit_gap_minutes,
        own_hosts=shop.own_hosts,
        free_shipping_from=shop.free_shipping_from,
        message_cap=shop.message_cap,
    )


def fill(engine: Engine, shop: Shop) -> Workbench:
    """A workbench on an empty ``engine`` that holds nothing but ``shop``; its marts are built once."""
    engine.create(list(tables.canonical.tables.values()))
    for name in tables.KEYS:
        rows = getattr(shop, name)
        if rows:
            table = tables.canonical.tables[name]
            engine.append(table, frame_of(rows, table))
    facts = [{"name": name, "value": value} for name, value in settings_of(shop).to_rows().items()]
    engine.write(insert(tables.settings).values(facts))
    saved = {name: Segment(node, name) for name, node in shop.segments.items()}
    workbench = Workbench(engine, saved)
    workbench.rebuild()
    if shop.scores:
        engine.append(tables.scores, frame_of([{**row, "run": 2} for row in shop.scores], tables.scores))
        older = [{"person": row["person"], "run": run, "rfm_grade": "VIP"} for row in shop.scores for run in (1, 3)]
        engine.append(tables.scores, frame_of(older, tables.scores))  # a run before, and one that is not done
        states = ((1, "done"), (2, "done"), (3, "running"))
        runs = [{"run": n, "status": s, "day": date(2026, 1, 1), "data_version": 1} for n, s in states]
        moments = {"as_of": datetime(2026, 1, 1), "started_at": datetime(2026, 1, 1)}
        engine.append(tables.score_runs, frame_of([{**row, **moments} for row in runs], tables.score_runs))
    return workbench


@contextmanager
def opened(shop: Shop) -> Iterator[Workbench]:
    """A workbench in memory that holds nothing but ``shop``."""
    with open_engine("duckdb:///:memory:") as engine:
        workbench = fill(engine, shop)
        try:
            yield workbench
        finally:
            workbench.close()
