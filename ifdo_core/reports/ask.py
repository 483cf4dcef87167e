"""A report asked by its id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from ifdo_core.catalogue import METRICS, REPORTS
from ifdo_core.catalogue.reports import Report
from ifdo_core.config import ShopSettings
from ifdo_core.doctor import KINDS
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query
from ifdo_core.errors import DataError
from ifdo_core.marts import MartTables
from ifdo_core.marts.holdings import Holdings
from ifdo_core.reports.asked import Asked, Cells
from ifdo_core.reports.grains import Grains
from ifdo_core.reports.result import ReportResult
from ifdo_core.reports.shapes import SHAPES
from ifdo_core.segments.goods import product_names


def find_report(report_id: str) -> Report:
    """Raises DataError 'unknown_report' with near ids."""
    found = REPORTS.get(report_id)
    if found is not None:
        return found
    from difflib import get_close_matches

    near = get_close_matches(report_id, list(REPORTS), 3, 0.4) or list(REPORTS)[:3]
    raise DataError(
        "unknown_report",
        "'{report}'(은)는 모르는 리포트예요.",
        "혹시 {near}를 찾으세요?",
        report=report_id,
        near=", ".join(near),
    )


def ask(
    engine: Engine,
    marts: MartTables,
    settings: ShopSettings,
    holdings: Holdings,
    report_id: str,
    now: datetime,
    *,
    start: datetime | None = None,
    persons: Query | None = None,
    compare: bool = True,
) -> ReportResult:
    """The report as of ``now``. ``start``: another beginning of the period than the entry's ``days``; ``persons``: only
    these people; ``compare``: also the period of the same length before."""
    report = find_report(report_id)
    missing = tuple(KINDS[kind][0] for kind in report.needs if not holdings.has(kind))
    begins = start or (now - timedelta(days=report.days) if report.days else None)
    asked = Asked(report, engine, Grains(marts, settings, now, persons), settings, begins, now)
    if missing:
        nothing = pd.DataFrame(columns=[*(f"d{n}" for n in range(len(asked.dimensions))), *report.metrics])
        cells = Cells(nothing, asked.dimensions, asked.metrics, {})
        return ReportResult(report, cells, now, begins, settings.zone, settings.currency, {}, None, missing)
    cells = SHAPES[report.shape](asked)
    names = _names(engine, cells)
    previous = _previous(asked) if compare else None
    return ReportResult(report, cells, now, begins, settings.zone, settings.currency, names, previous)


def _previous(asked: Asked) -> float | None:
    """The first metric over the period before, where it can be added up."""
    metric = asked.metrics[0]
    if asked.start is None or metric.function is None or asked.report.shape != "grouped":
        return None
    before = Asked(
        asked.report, asked.engine, asked.grains, asked.settings, asked.start - (asked.end - asked.start), asked.start
    )
    found = before.grouped((), (METRICS[metric.id],))
    value = found[metric.id].iloc[0] if len(found) else None
    return None if value is None or pd.isna(value) else float(value)


def _names(engine: Engine, cells: Cells) -> Mapping[str, str]:
    """Names of the products that the cells show."""
    places = [n for n, dimension in enumerate(cells.dimensions) if dimension.column in ("product_id", "first_product")]
    return product_names(engine, (str(value) for place in places for value in cells.frame[f"d{place}"].dropna()))
