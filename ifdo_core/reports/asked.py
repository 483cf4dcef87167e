"""A report with everything needed to answer it, and the cells it is answered with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ifdo_core.catalogue import DIMENSIONS, METRICS
from ifdo_core.catalogue.reports import Dimension, Metric, Report
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query
from ifdo_core.reports.grains import Grains, Rows
from ifdo_core.reports.query import base_metrics, grouped_query, with_ratios

#: A pandas DataFrame. Its stubs cannot follow columns that are named by data, so shapes do without them.
Frame = Any


@dataclass(frozen=True)
class Asked:
    """One report over rows with ``start`` < time <= ``end`` (naive UTC; None: no bound)."""

    report: Report
    engine: Engine
    grains: Grains
    settings: ShopSettings
    start: datetime | None
    end: datetime

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return tuple(DIMENSIONS[name] for name in self.report.dimensions)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return tuple(METRICS[name] for name in self.report.metrics)

    def rows(self, *dimensions: Dimension) -> Rows:
        return self.grains.rows(self.report.grain, dimensions or self.dimensions)

    def frame(self, query: Query) -> Frame:
        return self.engine.frame(query)

    def grouped(
        self,
        dimensions: tuple[Dimension, ...],
        metrics: tuple[Metric, ...],
        *kept: Any,
        rows: Rows | None = None,
        whole: bool = False,
    ) -> Frame:
        """``metrics`` by ``dimensions`` (columns d0, d1 …); ``whole``: whatever the period."""
        source = rows or self.rows(*dimensions)
        base = base_metrics(metrics, dict(METRICS))
        start = None if whole else self.start
        query = grouped_query(source, dimensions, base, start, self.end, kept)
        return with_ratios(self.frame(query), metrics)


@dataclass(frozen=True)
class Cells:
    """What a shape found: one row a cell with d0, d1 (raw values) and the metrics by id.

    ``low`` and ``high`` are columns where the first metric has an interval. ``facts``: what its sentence needs.
    """

    frame: Frame
    dimensions: tuple[Dimension, ...]
    metrics: tuple[Metric, ...]
    facts: dict[str, Any]
