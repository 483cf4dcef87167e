"""Looks through everything that is watched and keeps what a person should know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from ifdo_core.catalogue.insights import WATCHES
from ifdo_core.config import ShopSettings
from ifdo_core.discovery import benjamini_hochberg
from ifdo_core.engines import Engine
from ifdo_core.insights.daily import Series, first_day, last_whole_day, read_series
from ifdo_core.insights.detect import (
    ALPHA,
    HISTORY,
    LEAST_CHANGE,
    LEAST_EXPECTED,
    LEAST_HISTORY,
    Verdict,
    judge_count,
    judge_rate,
)
from ifdo_core.insights.result import Insight, Insights
from ifdo_core.marts import MartTables
from ifdo_core.marts.holdings import Holdings

#: A split that makes this share of the whole's change explains it; the whole is then not told beside it.
EXPLAINS = 0.6


@cache
def holidays_of(year: int) -> frozenset[date]:
    """Korea's public holidays of a year."""
    import holidays

    return frozenset(holidays.country_holidays("KR", years=year))


@dataclass(frozen=True)
class _Found:
    series: Series
    verdict: Verdict


def find_insights(
    engine: Engine,
    marts: MartTables,
    settings: ShopSettings,
    holdings: Holdings,
    now: datetime,
    day: date | None = None,
) -> Insights:
    """What was unlike itself on ``day`` (default: the last local day that is over at ``now``)."""
    last = day or last_whole_day(now, settings)
    series = [
        one
        for watch in WATCHES
        if all(holdings.has(kind) for kind in watch.needs)
        for one in _series(engine, marts, settings, watch, last, now)
    ]
    return judge(series, last, now, settings.currency)


def _series(
    engine: Engine, marts: MartTables, settings: ShopSettings, watch: Any, last: date, now: datetime
) -> Iterable[Series]:
    """The days that there is data for, none before the first."""
    first = first_day(engine, marts, settings, watch, now)
    days = HISTORY + 1 if first is None else min(HISTORY + 1, (last - first).days)  # the first day is half a day
    return () if days <= LEAST_HISTORY else read_series(engine, marts, settings, watch, last, days)


def judge(series: list[Series], last: date, now: datetime, currency: str) -> Insights:
    """The insights among ``series``, all of which end on ``last``."""
    years = {last.year, (last - timedelta(days=HISTORY)).year}
    off_days = frozenset(day for year in years for day in holidays_of(year))
    judged = [_Found(one, verdict) for one in series if (verdict := _verdict(one, off_days)) is not None]
    corrected = benjamini_hochberg([found.verdict.p for found in judged])
    worth = _Worth(series)
    items = [
        Insight(found.series, found.verdict, float(q), worth.effect(found.series, found.verdict), currency)
        for found, q in zip(judged, corrected, strict=True)
        if q <= ALPHA and _matters(found.verdict)
    ]
    told = _without_repeats(items)
    told.sort(key=lambda item: (-abs(item.effect or 0), item.q))
    return Insights(tuple(told), last, len(judged), now)


def _verdict(series: Series, off_days: frozenset[date]) -> Verdict | None:
    if series.of is not None:
        expected_rows = float(series.of[:-1].mean())
        verdict = judge_rate(series.counts, series.of)
        enough = verdict is not None and expected_rows * verdict.expected >= LEAST_EXPECTED
        return verdict if enough else None
    days = series.counts[:-1]
    if series.watch.kind == "count" and float(days.mean()) < LEAST_EXPECTED:
        return None
    if series.watch.kind == "sum" and float((days > 0).mean()) < 0.9:
        return None
    return judge_count(series.counts, series.days, off_days)


def _matters(verdict: Verdict) -> bool:
    return verdict.expected > 0 and abs(verdict.actual - verdict.expected) >= LEAST_CHANGE * verdict.expected


class _Worth:
    """What a visit, an order and a point of conversion are worth, from the days themselves."""

    def __init__(self, series: list[Series]) -> None:
        whole = {one.watch.id: float(one.counts[:-1].sum()) for one in series if one.value is None}
        self._amount, self._orders, self._visits = (whole.get(name, 0.0) for name in ("amount", "orders", "visits"))

    def effect(self, series: Series, verdict: Verdict) -> int | None:
        """Money that the day made or lost against what was expected."""
        change = verdict.actual - verdict.expected
        if series.watch.kind == "sum":
            return round(change)
        per_order = self._amount / self._orders if self._orders else 0.0
        per_visit = self._amount / self._visits if self._visits else 0.0
        match series.watch.id.split(".")[0]:
            case "visits":
                each = per_visit
            case "orders":
                each = per_order
            case "conversion":
                each = per_order * float(series.of[-1]) if series.of is not None else 0.0
            case "bounce":
                each = -per_visit * float(series.of[-1]) if series.of is not None else 0.0
            case _:
                return None
        return round(change * each) if each else None


def _without_repeats(items: list[Insight]) -> list[Insight]:
    """Of one number that moved one way, its whole and its splits tell the same story: the split that makes most of the
    change is told, else the whole; other splits only where they are no part of it."""
    told: list[Insight] = []
    families: dict[tuple[str, bool], list[Insight]] = {}
    for item in items:
        families.setdefault((item.watch.id.split(".")[0], item.rose), []).append(item)
    for family in families.values():
        whole = [item for item in family if item.series.value is None]
        splits = [item for item in family if item.series.value is not None]
        splits.sort(key=lambda item: (-abs(_moved(item)), -WATCHES.index(item.watch)))
        if not whole:
            told += _of_own_dimension(splits)
            continue
        explains = [item for item in splits if abs(_moved(item)) >= EXPLAINS * abs(_moved(whole[0]))]
        told.append(_narrowest(explains) if explains and whole[0].watch.kind != "rate" else whole[0])
    return told


def _moved(item: Insight) -> float:
    return item.verdict.actual - item.verdict.expected


def _narrowest(items: list[Insight]) -> Insight:
    """The one that is the smallest part of the shop: it says most precisely where to look. Of equal ones the later
    entry, which names a place where the earlier one names its kind."""
    return min(items, key=lambda item: (item.verdict.expected, -WATCHES.index(item.watch)))


def _of_own_dimension(splits: list[Insight]) -> list[Insight]:
    """At most one a dimension, the largest first, and none that another dimension's already tells."""
    told: list[Insight] = []
    for item in splits:
        if all(item.watch.id != other.watch.id and abs(_moved(item)) < EXPLAINS * abs(_moved(other)) for other in told):
            told.append(item)
    return told
