"""A shop of plain rows into a workbench, past the readers of files: what is compared is what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

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
    )


def fill(engine: Engine, shop: Shop) -> Workbench:
    """A workbench on an empty ``engine`` that holds nothing but ``shop``; its marts are built once."""
    engine.create(list(tables.canonical.tables.values()))
    for name in tables.KEYS:
        rows = getattr(shop, name, [])  # the oracle knows no messages yet
        if rows:
            table = tables.canonical.tables[name]
            engine.append(table, frame_of(rows, table))
    facts = [{"name": name, "value": value} for name, value in settings_of(shop).to_rows().items()]
    engine.write(insert(tables.settings).values(facts))
    saved = {name: Segment(node, name) for name, node in shop.segments.items()}
    workbench = Workbench(engine, saved)
    workbench.rebuild()
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
