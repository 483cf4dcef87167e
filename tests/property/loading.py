"""A shop of plain rows into a workbench, past the readers of files: what is compared is what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pandas as pd
from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Table

from ifdo_core import ShopSettings, Workbench, tables
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


def fill(workbench: Workbench, shop: Shop) -> None:
    """Takes the shop's rows and settings into an empty workbench."""
    workbench.configure(
        ShopSettings(
            timezone=shop.timezone,
            visit_gap_minutes=shop.visit_gap_minutes,
            own_hosts=shop.own_hosts,
            free_shipping_from=shop.free_shipping_from,
        )
    )
    for name in tables.KEYS:
        rows = getattr(shop, name)
        if rows:
            table = tables.canonical.tables[name]
            workbench.engine.append(table, frame_of(rows, table))
    workbench.rebuild()


@contextmanager
def opened(shop: Shop, url: str = "duckdb:///:memory:") -> Iterator[Workbench]:
    """A workbench that holds nothing but ``shop``."""
    with Workbench.open(url) as workbench:
        fill(workbench, shop)
        yield workbench
