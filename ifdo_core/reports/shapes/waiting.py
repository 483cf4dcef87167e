"""How long until the second order: the Kaplan-Meier estimate (Kaplan and Meier 1958, JASA 53), by whole days.

A customer who has not ordered again counts as at risk for as long as they have waited, so recent customers do not pull
the curve down. The interval is Greenwood's on the log-log scale, 80 %.
"""

from __future__ import annotations

from typing import Any

import numpy as np_untyped
import pandas as pd
from sqlalchemy import BigInteger, case, cast, func, select

from ifdo_core.engines.sql import instant, whole_days
from ifdo_core.reports.asked import Asked, Cells, Frame

np: Any = np_untyped

#: Two-sided 80 %.
Z80 = 1.2815515655446004
MAX_DAYS = 365


def cells(asked: Asked) -> Cells:
    orders = asked.grains.orders()
    o = orders.c
    first_ts = func.max(case((o.n == 1, o.ts)))
    second_ts = func.max(case((o.n == 2, o.ts)))
    people = select(o.person, first_ts.label("first_ts"), second_ts.label("second_ts")).group_by(o.person)
    p = people.subquery("people").c
    ordered = p.second_ts.is_not(None)
    waited = case((ordered, whole_days(p.first_ts, p.second_ts)), else_=whole_days(p.first_ts, instant(asked.end)))
    waits = select(waited.label("day"), case((ordered, 1), else_=0).label("again")).subquery("waits").c
    query = select(
        waits.day, cast(func.sum(waits.again), BigInteger).label("again"), cast(func.count(), BigInteger).label("left")
    ).group_by(waits.day)
    curve = survival(asked.frame(query))
    metric = asked.metrics[0].id
    frame = curve.rename(columns={"day": "d0", "share": metric, "at_risk": "customers"})
    facts: dict[str, object] = {}
    for days in (30, 60, 90, 180):
        known = frame[frame["d0"] <= days]
        if len(known) and frame["d0"].max() >= days:
            facts[f"within_{days}"] = float(known[metric].iloc[-1])
    quarter = frame[frame[metric] >= 25]
    if len(quarter):
        facts["quarter_days"] = int(quarter["d0"].iloc[0])
    return Cells(frame, (), asked.metrics, facts)


def survival(waits: Frame) -> Frame:
    """``waits``: day, again (ordered on that day), left (all whose wait ended that day). One row a day up to MAX_DAYS:
    day, at_risk, share (per cent who have ordered again by then), low, high."""
    columns = ["day", "at_risk", "share", "low", "high"]
    if waits.empty:
        return pd.DataFrame(columns=columns)
    sums: Any = waits.astype("int64").groupby("day").sum().sort_index()
    at_risk: Any = sums["left"].iloc[::-1].cumsum().iloc[::-1].to_numpy(dtype=float)
    again: Any = sums["again"].to_numpy(dtype=float)
    stays: Any = np.cumprod(1.0 - again / at_risk)
    rest = at_risk - again
    variance = np.cumsum(np.where(rest > 0, again / (at_risk * np.where(rest > 0, rest, 1.0)), 0.0))
    inside: Any = (stays > 0) & (stays < 1)
    logs = np.log(np.where(inside, stays, 0.5))
    spread = np.where(inside, Z80 * np.sqrt(variance) / np.abs(logs), 0.0)
    low, high = np.power(stays, np.exp(spread)), np.power(stays, np.exp(-spread))
    out = pd.DataFrame(
        {"day": sums.index, "at_risk": at_risk.astype("int64"), "share": 100 * (1 - stays),
         "low": 100 * (1 - np.where(inside, high, stays)), "high": 100 * (1 - np.where(inside, low, stays))}
    )  # fmt: skip
    return out[out["day"] <= MAX_DAYS].reset_index(drop=True)
