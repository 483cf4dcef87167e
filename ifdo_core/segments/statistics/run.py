"""Runs the scans and judges what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.catalogue.aspects import ASPECTS, Aspect, InVisit
from ifdo_core.config import ShopSettings
from ifdo_core.discovery import benjamini_hochberg
from ifdo_core.engines import Engine
from ifdo_core.i18n import current_language, translate
from ifdo_core.marts import MartTables
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments.explain import explain
from ifdo_core.segments.model import Segment, leaves
from ifdo_core.segments.reasons import NO_NUMBER
from ifdo_core.segments.statistics.contrast import contrast
from ifdo_core.segments.statistics.query import UNKNOWN, breakdown_query, in_visit_query, visitors_query
from ifdo_core.segments.statistics.result import COLUMNS, Statistics
from ifdo_core.segments.subjects import Visits

#: A difference is named when all of these hold: chance is unlikely (q), it is no trifle (lift, share points), and
#: enough visits are behind it (matching ones, or as many as would be expected).
MAX_Q, MIN_LIFT, MIN_POINTS, MIN_VISITS = 0.05, 1.2, 0.005, 10
#: Values of one dimension that are kept: the most frequent in the segment, then in all visits.
MOST_VALUES = 60


def statistics(
    engine: Engine,
    marts: MartTables,
    settings: ShopSettings,
    holdings: Holdings,
    segment: Segment,
    now: datetime,
    window: timedelta | None,
) -> Statistics:
    """Every dimension whose data is there, over the visits that start within ``window`` before ``now``.

    Without visits, or with a live condition, the result is empty and has a ``reason``.
    """
    known = [reason for reason in explain(segment, holdings, now) if reason.code in NO_NUMBER]
    if known:
        return Statistics(segment, now, settings.timezone, reason=known[0])

    def visits() -> Visits:
        return Visits(marts, settings, now, window)

    asked = [item for item in ASPECTS.values() if all(holdings.has(kind) for kind in item.needs)]
    single = [item for item in asked if not isinstance(item.value, InVisit)]
    several = [item for item in asked if isinstance(item.value, InVisit)]
    total = engine.execute(visitors_query(visits(), segment.where))[0]
    rows = _rows(single, engine.execute(breakdown_query(visits(), segment.where, single)))
    rows += _rows_in_visit(several, engine.execute(in_visit_query(visits(), segment.where, several)))
    rest = total.visits_all - total.visits
    effects = (
        max(1.0, total.squares / total.visits) if total.visits else 1.0,
        max(1.0, total.squares_rest / rest) if rest else 1.0,
    )
    frame = _judged(_kept(rows), total.visits, rest, effects, _tied(segment, asked))
    return Statistics(
        segment, now, settings.timezone, total.visits, total.visits_all, total.visitors, total.visitors_all, frame
    )


_Row = tuple[str, str, str, int, int]  # dimension, value, label, visits, visits of all


def _rows(dimensions: Sequence[Aspect], found: Iterable[Any]) -> list[_Row]:
    out: list[_Row] = []
    for row in found:
        *values, visits, visits_all = row
        place, value = next((place, value) for place, value in enumerate(values) if value is not None)
        dimension = dimensions[place]
        out.append((dimension.id, value, _label(dimension, value), visits, visits_all))
    return out


def _rows_in_visit(dimensions: Sequence[Aspect], found: Iterable[Any]) -> list[_Row]:
    return [(dimensions[row[0]].id, row[1], row[2] or row[1], row[3], row[4]) for row in found]


def _label(dimension: Aspect, value: str) -> str:
    if value == UNKNOWN and UNKNOWN not in dimension.values:
        return translate("알 수 없음")
    if dimension.id == "when.hour_of_week":
        days, hours = ASPECTS["when.weekday"].values, ASPECTS["when.hour"].values
        day, hour = divmod(int(value), 24)
        place = 0 if current_language() == "ko" else 1
        return f"{list(days.values())[day][place]} {hours[str(hour)][place]}"
    both = dimension.values.get(value)
    return value if both is None else both[0 if current_language() == "ko" else 1]


def _kept(rows: list[_Row]) -> pd.DataFrame:
    """The most frequent values of each dimension, dimensions in the order of the catalogue."""
    frame = pd.DataFrame(rows, columns=["dimension", "value", "label", "visits", "visits_all"])
    places = {name: place for place, name in enumerate(ASPECTS)}
    frame["place"] = frame["dimension"].map(places)
    frame = frame.sort_values(["place", "visits", "visits_all", "value"], ascending=[True, False, False, True])
    most = {name: 200 if entry.ordered else MOST_VALUES for name, entry in ASPECTS.items()}
    nth = frame.groupby("dimension").cumcount()
    return frame[nth < frame["dimension"].map(most)].drop(columns="place").reset_index(drop=True)


def _tied(segment: Segment, dimensions: Iterable[Aspect]) -> set[str]:
    """Dimensions that a condition of the segment decides: a difference there only repeats the condition."""
    ids = {leaf.condition for leaf in leaves(segment.where)}
    return {item.id for item in dimensions if any(one.startswith(item.tied) for one in ids if item.tied)}


def _judged(frame: pd.DataFrame, visits: int, rest: int, effects: tuple[float, float], tied: set[str]) -> pd.DataFrame:
    if not visits or frame.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    others = frame["visits_all"] - frame["visits"]
    of, of_rest = _wholes(frame, frame["visits"], visits), _wholes(frame, others, rest)
    told = contrast(frame["visits"], of.clip(lower=1), others, of_rest, *effects)
    outside = frame["dimension"].map({name: entry.of_known for name, entry in ASPECTS.items()}).astype(bool)
    unknown = frame["value"] == UNKNOWN
    for name in ("share", "share_all", "lift", "low", "high", "p"):
        frame[name] = np.where((outside & unknown) | (of == 0), np.nan, getattr(told, name))
    frame["tied"] = frame["dimension"].isin(tied)
    expected = frame["share_all"] * of
    tested = ~unknown & ~frame["tied"] & (np.maximum(frame["visits"], expected) >= MIN_VISITS)
    frame["q"] = np.nan
    frame.loc[tested, "q"] = benjamini_hochberg(frame.loc[tested, "p"].to_numpy())
    large = (frame["lift"] >= MIN_LIFT) | (frame["lift"] <= 1 / MIN_LIFT)
    points = (frame["share"] - frame["share_all"]).abs() >= MIN_POINTS
    frame["notable"] = tested & (frame["q"] <= MAX_Q) & large & points
    return frame[list(COLUMNS)]


def _wholes(frame: pd.DataFrame, counts: pd.Series[int], whole: int) -> pd.Series[int]:
    """What each row is a part of: all visits, or of a dimension ``of_known`` those whose value is known."""
    known = counts.where(frame["value"] != UNKNOWN, 0)
    of_known = frame["dimension"].map({name: entry.of_known for name, entry in ASPECTS.items()}).astype(bool)
    return known.groupby(frame["dimension"]).transform("sum").where(of_known, whole)
