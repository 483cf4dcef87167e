"""Cohorts: who began together, followed period by period.

A cell is known once its period is over for everyone in it: the month that still runs is left out, never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, cast, func, select

from ifdo_core import tables
from ifdo_core.catalogue import DIMENSIONS, METRICS
from ifdo_core.catalogue.reports import Dimension, Metric
from ifdo_core.engines.sql import instant, local_date
from ifdo_core.reports.asked import Asked, Cells, Frame
from ifdo_core.reports.grains import month_number
from ifdo_core.reports.labels import as_day

#: How many periods are over for a row of keys.
Over = Callable[[tuple[Any, ...]], int]
#: Metrics of a cell counted before they are divided by the cohort's size.
_PARTS = ("orders", "customers", "order_amount")
MAX_PERIODS = 24
MAX_COHORTS = 18
#: Smaller cohorts say nothing about a share.
LEAST_PEOPLE = 30
#: Unless fewer names than this would be left.
LEAST_NAMES = 3


def cells(asked: Asked) -> Cells:
    cohort, _ = asked.dimensions
    metric = asked.metrics[0]
    grid = _dated_grid(asked) if cohort.scale in ("month", "week") else _named_grid(asked)
    if grid.empty:
        return Cells(grid.assign(**{metric.id: []}), asked.dimensions, asked.metrics, {})
    grid[metric.id] = _measured(grid, metric)
    return Cells(grid, asked.dimensions, asked.metrics, _facts(grid, metric))


def _counted(asked: Asked, *dimensions: Dimension) -> Frame:
    """Orders, people and amounts by ``dimensions``, of which the last is the number of periods since."""
    names = _PARTS if asked.report.grain == "orders" else ("visitors",)
    rows = asked.rows(*dimensions)
    kept = rows.columns(dimensions[-1].column) >= 0
    frame = asked.grouped(dimensions, tuple(METRICS[name] for name in names), kept, rows=rows, whole=True)
    keys = [f"d{n}" for n in range(len(dimensions))]
    frame = frame.rename(columns={"visitors": "customers"}).dropna(subset=keys)
    return frame.astype({keys[-1]: int})


def _filled(asked: Asked, sizes: Frame, counted: Frame, over: Over) -> Frame:
    """Each row of ``sizes`` (keys and size) with every period that is over: where nobody came back there is 0."""
    keys = [name for name in sizes.columns if name != "size"]
    longest = min(int(counted["since"].max()) if len(counted) else 0, MAX_PERIODS)
    rows = [(*row, period) for row in sizes.itertuples(index=False) for period in range(min(over(row), longest) + 1)]
    frame = pd.DataFrame(rows, columns=[*sizes.columns, "since"])
    out = frame.merge(counted, on=[*keys, "since"], how="left")
    values = [name for name in counted.columns if name not in (*keys, "since")]
    out[values] = out[values].fillna(0)
    return out


def _dated_grid(asked: Asked) -> Frame:
    cohort, since = asked.dimensions
    counted = _counted(asked, cohort, since).rename(columns={"d1": "since"})
    if cohort.id == "join_month":
        sizes = _members_by_month(asked)
    else:
        sizes = counted[counted["since"] == 0][["d0", "customers"]].rename(columns={"customers": "size"})
    if cohort.scale == "week" and asked.start is not None:
        sizes = sizes[[as_day(key) >= asked.start.date() for key in sizes["d0"]]]
    today = asked.grains.today
    sizes = sizes[sizes["size"] > 0].sort_values("d0").tail(MAX_COHORTS)
    grid = _filled(asked, sizes, counted, lambda row: _periods_over(cohort.scale, row[0], today))
    return grid.rename(columns={"since": "d1"})


def _named_grid(asked: Asked) -> Frame:
    """Cohorts by a name: a person counts in a period once it is over for the month in which they began."""
    cohort, since = asked.dimensions
    month = DIMENSIONS["first_purchase_month"]
    counted = _counted(asked, cohort, month, since).rename(columns={"d1": "began", "d2": "since"})
    sizes = counted[counted["since"] == 0][["d0", "began", "customers"]].rename(columns={"customers": "size"})
    whole = sizes.groupby("d0")["size"].sum()
    shown = whole[whole >= LEAST_PEOPLE] if (whole >= LEAST_PEOPLE).sum() >= LEAST_NAMES else whole
    shown = shown.nlargest(asked.report.top or len(shown)) if len(shown) else shown
    today = asked.grains.today
    sizes = sizes[sizes["d0"].isin(shown.index)]
    grid = _filled(asked, sizes, counted, lambda row: _periods_over("month", row[1], today))
    grid = grid.drop(columns="began").groupby(["d0", "since"], as_index=False).sum()
    large = grid["size"] >= LEAST_PEOPLE
    left = grid.loc[large & (grid["since"] > 0), "d0"].nunique()
    grid = grid[large] if left >= min(LEAST_NAMES, len(shown)) else grid  # of two names both may be left
    grid["_place"] = grid["d0"].map({name: place for place, name in enumerate(shown.index)})
    grid = grid.sort_values(["_place", "since"]).drop(columns="_place").reset_index(drop=True)
    return grid.rename(columns={"since": "d1"})


def _members_by_month(asked: Asked) -> Frame:
    """Of sign-ups the cohort is everyone who joined, buyers or not."""
    m = tables.members.c
    month = month_number(local_date(m.joined_at, asked.settings.timezone))
    query = (
        select(month.label("d0"), cast(func.count(), BigInteger).label("size"))
        .where(m.joined_at.is_not(None), m.joined_at <= instant(asked.end))
        .group_by(month)
    )
    return asked.frame(query)


def _periods_over(scale: str, key: Any, today: date) -> int:
    """The last whole period after the cohort's own; the own one (0) always counts."""
    weeks = scale == "week"
    running = (today - as_day(key)).days // 7 if weeks else today.year * 12 + today.month - 1 - int(key)
    return max(running - 1, 0)


def _measured(grid: Frame, metric: Metric) -> Frame:
    if metric.id == "aov":
        return (grid["order_amount"] / grid["orders"].where(grid["orders"] > 0)).astype(float)
    if metric.id == "cumulative_amount_per_customer":
        return grid.groupby("d0", sort=False)["order_amount"].cumsum() / grid["size"]
    if metric.id == "cumulative_orders_per_customer":
        return grid.groupby("d0", sort=False)["orders"].cumsum() / grid["size"]
    return 100.0 * grid["customers"] / grid["size"]


def _facts(grid: Frame, metric: Metric) -> dict[str, object]:
    """The average after one, three and six periods, each cohort by its size."""
    found: dict[str, object] = {}
    for period in (1, 3, 6):
        cells = grid[(grid["d1"] == period) & grid[metric.id].notna()]
        if len(cells):
            found[f"after_{period}"] = float(np.average(cells[metric.id], weights=cells["size"]))
    start = grid[(grid["d1"] == 1) & (grid["size"] >= LEAST_PEOPLE) & grid[metric.id].notna()]
    if len(start) > 1:
        # value by value: a whole row of numbers would turn the key 0 into 0.0, which has no name
        for end, row in (("best", start[metric.id].idxmax()), ("worst", start[metric.id].idxmin())):
            found |= {end: start.at[row, "d0"], f"{end}_value": start.at[row, metric.id]}
    return found
