"""Insights as the daily refresh keeps them: the items of a day first, then the mark that it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import delete, func, insert, select

from ifdo_core import tables
from ifdo_core.catalogue.insights import WATCHES
from ifdo_core.engines import Engine
from ifdo_core.insights.daily import Series
from ifdo_core.insights.detect import Verdict
from ifdo_core.insights.result import Insight, Insights

_items, _days = tables.insight_items, tables.insight_days
_COLUMNS = [column.name for column in _items.c]


def write_insights(engine: Engine, found: Insights, data_version: int, written_at: datetime) -> None:
    """In the place of what was kept of that day. A run broken off leaves items without a mark, which nobody reads."""
    engine.write(delete(_days).where(_days.c.day == found.day), delete(_items).where(_items.c.day == found.day))
    rows = [*_rows(found.items, told=True), *_rows(found.numbers, told=False)]
    if rows:
        frame = pd.DataFrame(rows).assign(day=found.day)
        frame["place"] = range(len(frame))
        frame["effect"] = frame["effect"].astype("Int64")
        engine.append(_items, frame[_COLUMNS])
    engine.write(
        insert(_days).values(
            day=found.day, as_of=found.now, data_version=data_version, watched=found.watched, written_at=written_at
        )
    )  # fmt: skip


def _rows(items: Iterable[Insight], *, told: bool) -> list[dict[str, Any]]:
    return [
        {
            "told": told, "watch": item.watch.id, "split": item.series.value, "actual": item.verdict.actual,
            "expected": item.verdict.expected, "low": item.verdict.low, "high": item.verdict.high,
            "p": item.verdict.p, "q": item.q, "effect": item.effect, "series": _written(item.series),
        }
        for item in items
    ]  # fmt: skip


def _written(series: Series) -> str:
    of = None if series.of is None else [float(value) for value in series.of]
    return json.dumps({"counts": [float(value) for value in series.counts], "of": of})


def read_insights(engine: Engine, day: date, currency: str) -> tuple[Insights, int] | None:
    """The insights of a day with the data version they were found in; None where that day is not whole."""
    marks = engine.execute(
        select(_days.c.as_of, _days.c.data_version, _days.c.watched).where(_days.c.day == day).limit(1)
    )
    if not marks:
        return None
    as_of, version, watched = marks[0]
    rows = engine.execute(
        select(*(_items.c[name] for name in _COLUMNS)).where(_items.c.day == day).order_by(_items.c.place)
    )
    watches = {watch.id: watch for watch in WATCHES}
    told: list[Insight] = []
    numbers: list[Insight] = []
    for row in rows:
        kept = dict(zip(_COLUMNS, row, strict=True))
        if kept["watch"] not in watches:  # an entry that is gone since
            continue
        series = json.loads(kept["series"])
        counts = np.asarray(series["counts"], dtype=float)
        days = tuple(day - timedelta(days=ago) for ago in range(len(counts) - 1, -1, -1))
        of = None if series["of"] is None else np.asarray(series["of"], dtype=float)
        verdict = Verdict(*(float(kept[name]) for name in ("actual", "expected", "low", "high", "p")))
        effect = kept["effect"]
        item = Insight(
            Series(watches[kept["watch"]], kept["split"], days, counts, of), verdict, float(kept["q"]),
            None if effect is None or pd.isna(effect) else int(effect), currency,
        )  # fmt: skip
        (told if kept["told"] else numbers).append(item)
    return Insights(tuple(told), day, int(watched), as_of, tuple(numbers)), int(version)


def newest_day(engine: Engine) -> date | None:
    """The last day whose insights are whole."""
    return engine.scalar(select(func.max(_days.c.day)))
