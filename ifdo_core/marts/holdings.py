"""What data a shop holds: the ground of every 'why is this missing'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.engines import Engine


@dataclass(frozen=True)
class Holding:
    """One kind of data: how many rows, and from when to when (UTC) where the rows have a time."""

    table: str
    rows: int
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True)
class Holdings:
    """Every canonical table, those without rows included."""

    tables: dict[str, Holding]
    analysed: bool = False  # a refresh of the customer analysis is done

    def has(self, table: str) -> bool:
        return table in self.tables and self.tables[table].rows > 0

    @property
    def first_event(self) -> datetime | None:
        return self.tables["events"].first


_TIME = {"events": "ts", "orders": "ts", "members": "joined_at", "messages": "ts"}


def read_holdings(engine: Engine) -> Holdings:
    found: dict[str, Holding] = {}
    for name in tables.KEYS:
        table = tables.canonical.tables[name]
        columns = [func.count()]
        if name in _TIME:
            ts = table.c[_TIME[name]]
            columns += [func.min(ts), func.max(ts)]
        row = tuple(engine.execute(select(*columns).select_from(table))[0])
        found[name] = Holding(name, *row)
    runs = tables.score_runs
    done = engine.scalar(select(func.count()).select_from(runs).where(runs.c.status == "done")) or 0
    return Holdings(found, bool(done))
