"""The answer of a report: a frame, a picture, a sentence, and the segment behind each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from ifdo_core.catalogue import DIMENSIONS
from ifdo_core.catalogue.reports import Dimension, Report
from ifdo_core.i18n import current_language, translate
from ifdo_core.reports.asked import Cells
from ifdo_core.reports.labels import (
    as_day,
    example_leaf,
    month_start,
    near_conditions,
    value_conditions,
    value_label,
)
from ifdo_core.reports.sentences import Told, finding
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.segments.wording import leaf_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: A condition counts over at most so many days; a report over everything asks that.
MOST_DAYS = 3650
Conditions = Callable[[Dimension, Any, int], list[dict[str, Any]]]


@dataclass(frozen=True)
class ReportResult:
    """A report over ``start`` < time <= ``end`` (naive UTC). ``missing``: kinds of data it needs and the shop lacks;
    then there are no rows and ``insight()`` says so. ``previous``: the first metric's total over the period before."""

    report: Report
    cells: Cells
    now: datetime
    start: datetime | None
    zone: ZoneInfo
    currency: str
    names: Mapping[str, str]
    previous: float | None
    missing: tuple[str, ...] = ()

    @property
    def end(self) -> datetime:
        return self.now

    def frame(self) -> pd.DataFrame:
        """One row a value of the dimensions, worded in the current language under the ids of the dimensions; metrics
        under theirs, amounts in the currency's smallest unit; 'low' and 'high' where there is an 80 % interval."""
        cells = self.cells
        out = pd.DataFrame(index=cells.frame.index)
        for place, name in enumerate(self._dimension_names()):
            out[name] = [self.value(place, raw) for raw in cells.frame[f"d{place}"]]
        if not cells.dimensions and "d0" in cells.frame:
            out["day" if self.report.shape == "waiting" else "percentile"] = cells.frame["d0"]
        known = [metric.id for metric in cells.metrics if metric.id in cells.frame]
        extra = [name for name in ("step", "size", "low", "high") if name in cells.frame]
        out[known + extra] = cells.frame[known + extra]
        return out

    def value(self, place: int, raw: Any) -> str:
        """A value of the dimension at ``place`` in words; of a path what is nobody's largest is 'others'."""
        if self.report.shape == "paths" and not isinstance(raw, str):
            return translate("그 밖")
        return value_label(self.cells.dimensions[place], raw, self.currency, self.names)

    def in_part(self) -> list[bool]:
        """Row by row, whether the period covers only a part of the week or month that the first dimension names: the
        first and the last one may be so, and their numbers are smaller for it."""
        scale = self.cells.dimensions[0].scale
        if scale not in ("week", "month"):
            return [False] * len(self.cells.frame)
        # the last day of which something lies before the period
        before = date.min if self.start is None else self._local_day(self.start - timedelta(microseconds=1))
        ends = self._local_day(self.end)
        spans = (_span(scale, raw) for raw in self.cells.frame["d0"])
        return [last > ends or first <= before for first, last in spans]

    def _local_day(self, moment: datetime) -> date:
        """The shop's day of a naive moment in UTC."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone).date()

    @property
    def is_grid(self) -> bool:
        """Two dimensions that are read as rows and columns: ``grid()``."""
        return self.report.chart == "heatmap"

    def grid(self) -> pd.DataFrame:
        """The first metric with a row for each value of the first dimension (its words in the first column) and a
        column for each of the second; null where a cell is not known."""
        frame, metric = self.cells.frame, self.cells.metrics[0].id
        order = list(dict.fromkeys(frame.sort_values("d1")["d1"]))
        wide = frame.pivot_table(index="d0", columns="d1", values=metric, aggfunc="first", sort=False, dropna=False)
        wide = wide.reindex(index=pd.Index(self._first_values()), columns=pd.Index(order))
        out = pd.DataFrame({self._dimension_names()[0]: [self.value(0, raw) for raw in wide.index]})
        for raw in order:
            out[self.value(1, raw)] = wide[raw].to_numpy()
        return out

    def _first_values(self) -> list[Any]:
        return list(dict.fromkeys(self.cells.frame["d0"]))

    def grid_segment(self, row: int) -> Segment | None:
        """The customers behind a row of ``grid()``; None where no condition says exactly them."""
        return self._of_grid(row, value_conditions)

    def near_grid_segment(self, row: int) -> Segment:
        """Customers like those behind a row of ``grid()``."""
        return self._of_grid(row, near_conditions) or self.audience()

    def _of_grid(self, row: int, conditions: Conditions) -> Segment | None:
        raw = self._first_values()[row]
        leaves = conditions(self.cells.dimensions[0], raw, self._days)
        return self._segment(leaves, [self.value(0, raw)]) if leaves else None

    def labels(self) -> dict[str, str]:
        """Column of ``frame()`` → its heading in the current language."""
        language = current_language()
        found = dict(zip(self._dimension_names(), (d.label(language) for d in self.cells.dimensions), strict=True))
        if self.report.shape == "paths":
            found |= {"from": translate("앞 주문"), "to": translate("다음 주문")}
        found |= {metric.id: metric.label(language) for metric in self.cells.metrics}
        return found | {
            "day": translate("날수"), "percentile": translate("상위 %"), "size": translate("고객 수"),
            "low": translate("80 % 구간 아래"), "high": translate("80 % 구간 위"), "step": translate("단계"),
        }  # fmt: skip

    def units(self) -> dict[str, str]:
        """Column of ``frame()`` → the unit of its numbers, of those that have one."""
        found = {metric.id: metric.unit for metric in self.cells.metrics if metric.id in self.cells.frame}
        first = self.cells.metrics[0].unit
        more = {"low": first, "high": first, "size": "people"}
        return {**found, **{name: unit for name, unit in more.items() if name in self.cells.frame}}

    def figure(self) -> go.Figure:
        """The picture. Empty where there is nothing to draw."""
        from ifdo_core.reports.figures import draw

        return draw(self)

    def insight(self) -> str:
        """The finding in words."""
        if self.missing:
            kinds = ", ".join(translate(kind) for kind in self.missing)
            return translate("{kinds} 데이터가 있어야 볼 수 있어요. 설정 › 데이터에서 올려 주세요.").format(kinds=kinds)
        return finding(self.report.shape, Told(self.cells, self.currency, self.names, self.previous))

    def segment(self, row: int) -> Segment | None:
        """The customers behind a row of ``frame()``: a segment of the conditions its dimensions have; None where one of
        them has none, since the segment would hold others too."""
        cells, shape = self.cells, self.report.shape
        values = cells.frame.iloc[row]
        if shape in ("pareto", "waiting", "paths", "index"):
            return self._own_segment(values)
        leaves: list[dict[str, Any]] = []
        cohort = shape == "cohort"  # of a cohort all its customers, however long ago they began
        for place, dimension in enumerate(cells.dimensions[:1] if cohort else cells.dimensions):
            found = value_conditions(dimension, values[f"d{place}"], self._days)
            if not found:
                return None
            leaves += found
        names = [self.value(place, values[f"d{place}"]) for place in range(1 if cohort else len(cells.dimensions))]
        return self._segment([*leaves, *self._bought()], names)

    def near_segment(self, row: int) -> Segment:
        """Customers like those behind a row that ``segment`` knows no conditions for: by its values that have one,
        exact or near; else the customers whom the report is about. A month or a week is asked only where the row says
        nothing else, for only who bought last in it is known."""
        told: list[tuple[bool, str, list[dict[str, Any]]]] = []
        for place, dimension in self._near_dimensions(row):
            raw = self.cells.frame[f"d{place}"].iloc[row]
            when = dimension.condition is None and dimension.scale in ("month", "week")
            if leaves := near_conditions(dimension, raw, self._days):
                told.append((when, self.value(place, raw), leaves))
        kept = [part for part in told if not part[0]] or told
        if not kept:
            return self.audience()
        leaves = [leaf for _, _, found in kept for leaf in found]
        return self._segment([*leaves, *self._bought()], [name for _, name, _ in kept])

    def _near_dimensions(self, row: int) -> list[tuple[int, Dimension]]:
        """The places of a row and what is asked of their values."""
        dimensions = self.cells.dimensions
        if self.report.shape == "paths":  # of later orders a customer's only known to have bought in the category
            first = dimensions[0] if self.cells.frame["step"].iloc[row] == 1 else DIMENSIONS["category"]
            return [(0, first), (1, DIMENSIONS["category"])]
        return list(enumerate(dimensions[:1] if self.report.shape == "cohort" else dimensions))

    def _bought(self) -> list[dict[str, Any]]:
        """Who never bought has an amount of 0 too, and is no customer."""
        return [{"condition": "purchase.has_purchased", "op": "is_true"}] if self.report.grain == "customers" else []

    @property
    def _days(self) -> int:
        """Of the period, for conditions that count over one."""
        return MOST_DAYS if self.start is None else min(max((self.now - self.start).days, 1), MOST_DAYS)

    def _own_segment(self, values: Any) -> Segment | None:
        """Of shapes whose rows are no values of a dimension."""
        match self.report.shape:
            case "pareto":
                share = float(values["d0"])
                leaf = {"condition": "analysis.value_percentile", "op": "lte", "value": share}
                return self._segment([leaf], [translate("상위 {share} %").format(share=f"{share:g}")])
            case "waiting":
                days = int(values["d0"])
                leaves: list[dict[str, Any]] = [
                    {"condition": "purchase.is_one_time", "op": "is_true"},
                    {"condition": "purchase.days_since_last", "op": "gte", "value": days},
                ]
                return self._segment(leaves, [translate("{days}일 넘게 다시 사지 않음").format(days=days)])
            case _:
                return None

    def audience(self) -> Segment:
        """The customers whom the report is about, for where a row has no segment of its own."""
        segment = Segment.from_dict({"format": 1, "where": example_leaf(*self.report.audience)})
        assert isinstance(segment.where, Leaf)
        name = leaf_text(segment.where, current_language(), currency=self.currency)
        return replace(segment, name=name[:200])

    def _segment(self, leaves: list[dict[str, Any]], names: list[str]) -> Segment:
        name = f"{self.report.label(current_language())} · {' · '.join(names)}"
        return Segment.all_of(name[:200], *leaves)

    def _dimension_names(self) -> list[str]:
        """Ids of the dimensions; of a path from and to."""
        names = [dimension.id for dimension in self.cells.dimensions]
        return ["from", "to"] if len(names) != len(set(names)) else names


def _span(scale: str, raw: Any) -> tuple[date, date]:
    """The first and the last day of a 'week' (its Monday) or 'month' (counted from year 0)."""
    if scale == "week":
        return as_day(raw), as_day(raw) + timedelta(days=6)
    return month_start(int(raw)), month_start(int(raw) + 1) - timedelta(days=1)
