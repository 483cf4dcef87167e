"""The days of each watched number: one grouped query a watch, over the days before and the day itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, String, case, cast, func, null, select

from ifdo_core import tables
from ifdo_core.catalogue.insights import Watch
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, local_date
from ifdo_core.marts import MartTables
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.purchases import counts, net_amount

#: A day whose last half hour is not over yet still counts as over: a demo's or an import's now is its newest event.
LATE = time(23, 30)
Array = Any  # a NumPy array


@dataclass(frozen=True)
class Series:
    """One number over ``days`` (oldest first). ``of``: of a rate how many rows the flag could be true for, else None.
    ``value``: of a split its raw value."""

    watch: Watch
    value: str | None
    days: tuple[date, ...]
    counts: Array
    of: Array | None


def last_whole_day(now: datetime, settings: ShopSettings) -> date:
    """The newest local day that is over."""
    local = now.replace(tzinfo=UTC).astimezone(settings.zone)
    return local.date() if local.time() >= LATE else local.date() - timedelta(days=1)


def read_series(
    engine: Engine, marts: MartTables, settings: ShopSettings, watch: Watch, last: date, days: int
) -> Iterator[Series]:
    """Every split of ``watch`` over ``days`` days up to ``last``; a day without rows is 0."""
    first = last - timedelta(days=days - 1)
    span = tuple(first + timedelta(days=n) for n in range(days))
    frame: Any = engine.frame(_query(marts, settings, watch, first, last))
    if frame.empty:
        return
    frame = frame.dropna(subset=["value"]) if watch.by else frame
    place = {day: n for n, day in enumerate(span)}
    for value, rows in frame.groupby("value", dropna=False, sort=True):
        numbers, of = np.zeros(days), np.zeros(days)
        for day, number, rows_of in zip(rows["day"], rows["number"], rows["rows"], strict=True):
            at = place[day.date() if isinstance(day, datetime) else day]
            numbers[at], of[at] = float(number), float(rows_of)
        yield Series(watch, str(value) if watch.by else None, span, numbers, of if watch.kind == "rate" else None)


def _query(marts: MartTables, settings: ShopSettings, watch: Watch, first: date, last: date) -> Query:
    """Columns day, value, number, rows."""
    day, source, columns, kept = _rows(marts, settings, watch)
    value = columns[watch.by] if watch.by else cast(null(), String)
    column = columns[watch.column] if watch.column else None
    rows = select(day.label("day"), value.label("value"), *([column.label("column")] if column is not None else []))
    inner = rows.select_from(source).where(day >= first, day <= last, *kept).subquery("rows").c
    flat = inner["column"] if column is not None else None
    number: ColumnElement[Any] = func.count()
    if flat is not None:
        number = func.sum(flat if watch.kind == "sum" else case((flat, 1), else_=0))
    return select(
        inner.day, inner.value, cast(number, BigInteger).label("number"), cast(func.count(), BigInteger).label("rows")
    ).group_by(inner.day, inner.value)


def _rows(
    marts: MartTables, settings: ShopSettings, watch: Watch
) -> tuple[ColumnElement[Any], Any, Any, list[ColumnElement[bool]]]:
    """The local day of a row, what to select from, its columns by name, and which rows count."""
    o = marts.person_orders.c
    valid = counts(o, None, Cut())
    match watch.source:
        case "visits":
            return marts.visits.c.started_on, marts.visits, marts.visits.c, []
        case "orders":
            return o.ordered_on, marts.person_orders, {"amount": net_amount(o, None, Cut())}, [valid]
        case "lines":
            b = marts.baskets
            return local_date(b.c.ts, settings.timezone), b, b.c, []
        case "members":
            m = tables.members
            return local_date(m.c.joined_at, settings.timezone), m, m.c, [m.c.joined_at.is_not(None)]


def first_day(engine: Engine, marts: MartTables, settings: ShopSettings, watch: Watch, now: datetime) -> date | None:
    """The first day of which there is anything: days before it are not days of nothing."""
    day, source, _, kept = _rows(marts, settings, watch)
    until = day <= now.replace(tzinfo=UTC).astimezone(settings.zone).date()
    return engine.scalar(select(func.min(day)).select_from(source).where(until, *kept))
