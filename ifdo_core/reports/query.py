"""The one planner: which rows, which groups, which sums (architecture.md: no report has SQL of its own)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select

from ifdo_core.catalogue.reports import Dimension, Metric
from ifdo_core.engines.sql import Query, instant
from ifdo_core.reports.grains import Rows


def dimension_column(dimension: Dimension, rows: Rows) -> ColumnElement[Any]:
    """What the rows are grouped by: a band is its place among the edges."""
    column = rows.columns(dimension.column)
    if dimension.scale == "quarter":
        return column - column % 3
    if dimension.scale != "band":
        return column
    rising = list(enumerate(dimension.edges))
    return case(*((column >= edge, place) for place, edge in reversed(rising)))


def in_a_band(dimension: Dimension, rows: Rows) -> ColumnElement[bool]:
    """Rows without a band are no part of the question: a first order has no gap before it."""
    return dimension_column(dimension, rows).is_not(None)


def base_metrics(metrics: tuple[Metric, ...], known: dict[str, Metric]) -> tuple[Metric, ...]:
    """The metrics that a query counts: those asked for, with the parts of the ratios."""
    found: dict[str, Metric] = {}
    for metric in metrics:
        parts = [known[name] for name in metric.ratio] if metric.ratio else [metric]
        found.update({part.id: part for part in parts if part.function})
    return tuple(found.values())


def _measured(metric: Metric, rows: Rows) -> ColumnElement[Any]:
    column = rows.columns(metric.column) if metric.column else None
    if metric.function == "sum" and column is not None:
        return cast(func.coalesce(func.sum(column), 0), BigInteger)
    if metric.function == "distinct" and column is not None:
        return cast(func.count(column.distinct()), BigInteger)
    return cast(func.count(), BigInteger)


def grouped_query(
    rows: Rows,
    dimensions: tuple[Dimension, ...],
    metrics: tuple[Metric, ...],
    start: datetime | None,
    end: datetime | None,
    kept: tuple[ColumnElement[bool], ...] = (),
) -> Query:
    """Columns d0, d1 … and the metrics by id; rows with ``start`` < ts <= ``end``."""
    where = [*kept, *(in_a_band(dimension, rows) for dimension in dimensions if dimension.scale == "band")]
    if rows.ts is not None:
        where += [rows.ts > instant(start)] if start else []
        where += [rows.ts <= instant(end)] if end else []
    groups = [dimension_column(dimension, rows).label(f"d{n}") for n, dimension in enumerate(dimensions)]
    inner = select(
        *groups,
        *(rows.columns(metric.column).label(f"m{n}") for n, metric in enumerate(metrics) if metric.column),
    ).select_from(rows.source).where(*where).subquery("grouped")  # fmt: skip
    columns = {metric.column: inner.c[f"m{n}"] for n, metric in enumerate(metrics) if metric.column}
    flat = Rows(inner, lambda name: columns[name], None)
    keys = [inner.c[f"d{n}"] for n in range(len(groups))]
    return select(*keys, *(_measured(metric, flat).label(metric.id) for metric in metrics)).group_by(*keys)


def with_ratios(frame: pd.DataFrame, metrics: tuple[Metric, ...]) -> pd.DataFrame:
    """Adds the ratios among ``metrics``; null where the whole is 0."""
    out = frame.copy()
    for metric in metrics:
        if metric.ratio is None:
            continue
        part, whole = (out[name].astype(float) for name in metric.ratio)
        scale = 100.0 if metric.unit == "percent" else 1.0
        out[metric.id] = np.where(whole > 0, scale * part / whole.where(whole > 0, 1.0), np.nan)
    return out
