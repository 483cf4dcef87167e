"""From the nth order to the next: the share who go on, among those who had the time to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, and_, case, cast, func, select

from ifdo_core.engines.sql import instant, seconds_between
from ifdo_core.reports.asked import Asked, Cells
from ifdo_core.reports.query import dimension_column, in_a_band
from ifdo_core.reports.shapes.waiting import Z80

#: Within how many days the next order must come; the longest that leaves half of the history to look at.
HORIZONS = (180, 90, 60, 30)


def cells(asked: Asked) -> Cells:
    (dimension,) = asked.dimensions
    rows = asked.rows()
    n, person, ts = (rows.columns(name) for name in ("n", "person", "ts"))
    span = asked.frame(select(func.min(ts).label("first")).select_from(rows.source))["first"]
    first = None if span.empty or span.isna().all() else span.iloc[0]
    days = next((days for days in HORIZONS if first is not None and (asked.end - first).days >= 2 * days), HORIZONS[-1])
    following = asked.grains.orders().alias("following")
    soon = and_(
        following.c.person == person,
        following.c.n == n + 1,
        seconds_between(ts, following.c.ts) <= days * 86_400,
    )
    source: Any = rows.source.outerjoin(following, soon)
    went_on = case((following.c.n.is_not(None), 1), else_=0)
    inner = select(dimension_column(dimension, rows).label("d0"), went_on.label("went_on")).select_from(source).where(
        ts <= instant(asked.end - timedelta(days=days)), in_a_band(dimension, rows)
    ).subquery("orders_with_next").c  # fmt: skip
    query = select(
        inner.d0,
        cast(func.count(), BigInteger).label("customers"),
        cast(func.sum(inner.went_on), BigInteger).label("went_on"),
    ).group_by(inner.d0)
    frame = asked.frame(query).sort_values("d0").reset_index(drop=True)
    metric = asked.metrics[0].id
    share = frame["went_on"] / frame["customers"]
    frame[metric] = 100.0 * share
    centre, half = wilson(frame["went_on"].to_numpy(dtype=float), frame["customers"].to_numpy(dtype=float))
    frame["low"], frame["high"] = 100 * (centre - half), 100 * (centre + half)
    return Cells(frame, asked.dimensions, asked.metrics, {"days": days})


def wilson(part: np.ndarray[Any, Any], whole: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Centre and half-width of Wilson's 80 % interval of a share (Wilson 1927, JASA 22)."""
    whole = np.maximum(whole, 1.0)
    share = part / whole
    z2 = Z80**2
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z80 * np.sqrt(share * (1 - share) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return centre, half
