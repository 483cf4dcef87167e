"""Bought again: of each product or category the share of buyers who came back for it, and the days between."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, DateTime, Integer, case, cast, func, select

from ifdo_core.engines.sql import whole_days
from ifdo_core.reports.asked import Asked, Cells, Frame

#: Fewer buyers than this say nothing about a share.
LEAST_PEOPLE = 20
LEAST_GAPS = 5


def cells(asked: Asked) -> Cells:
    (dimension,) = asked.dimensions
    rows = asked.rows()
    thing, person, ts, order_id = (rows.columns(name) for name in (dimension.column, "person", "ts", "order_id"))
    bought = (
        select(thing.label("d0"), person.label("person"), ts.label("ts"), order_id.label("order_id"))
        .select_from(rows.source)
        .where(thing.is_not(None))
        .distinct()
        .subquery("bought")
    )
    b = bought.c
    when: dict[str, Any] = {"partition_by": (b.d0, b.person), "order_by": (b.ts, b.order_id)}
    numbered = select(
        b.d0, b.person, b.ts, func.row_number().over(**when).label("n"),
        func.lag(b.ts, type_=DateTime).over(**when).label("lag_ts"),
    ).subquery("numbered").c  # fmt: skip
    gap = case((numbered.n > 1, whole_days(numbered.lag_ts, numbered.ts)), else_=-1)
    gaps = select(numbered.d0, numbered.n, gap.label("gap")).subquery("gaps").c
    query = select(
        gaps.d0, cast(gaps.gap, Integer).label("gap"),
        cast(func.count(), BigInteger).label("times"),
        cast(func.sum(case((gaps.n == 2, 1), else_=0)), BigInteger).label("again"),
    ).group_by(gaps.d0, gaps.gap)  # fmt: skip
    frame = summary(asked.frame(query))
    frame = frame[frame["customers"] >= min(LEAST_PEOPLE, int(frame["customers"].max()) if len(frame) else 0)]
    if asked.report.top is not None:
        frame = frame.nlargest(asked.report.top, "customers")
    frame = frame.sort_values([asked.report.metrics[0], "d0"], ascending=[asked.report.chart == "bar", True])
    return Cells(frame.reset_index(drop=True), asked.dimensions, asked.metrics, {})


def summary(gaps: Frame) -> Frame:
    """``gaps``: d0, gap (-1: a first purchase), times, again (second purchases). Columns d0, customers,
    repurchase_rate (per cent), median_gap_days (unknown with fewer than LEAST_GAPS)."""
    rows: list[tuple[Any, int, float, float]] = []
    for thing, group in gaps.groupby("d0"):
        customers = int(group.loc[group["gap"] < 0, "times"].sum())
        later = group[group["gap"] >= 0].sort_values("gap")
        rows.append((thing, customers, 100.0 * int(later["again"].sum()) / max(customers, 1), _median(later)))
    return pd.DataFrame(rows, columns=["d0", "customers", "repurchase_rate", "median_gap_days"])


def _median(later: Frame) -> float:
    """The weighted median of the gaps: the lower middle and the upper one, averaged."""
    times = later["times"].to_numpy(dtype=np.int64)
    total = int(times.sum())
    if total < LEAST_GAPS:
        return float("nan")
    upto = np.cumsum(times)
    values = later["gap"].to_numpy(dtype=float)
    low = values[np.searchsorted(upto, (total + 1) // 2)]
    high = values[np.searchsorted(upto, total // 2 + 1)]
    return float((low + high) / 2)
