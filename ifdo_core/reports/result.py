"""The answer of a report: a frame, a picture, a sentence, and the segment behind each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.catalogue.reports import Report
from ifdo_core.i18n import current_language, translate
from ifdo_core.reports.asked import Cells
from ifdo_core.reports.labels import value_conditions, value_label
from ifdo_core.reports.sentences import Told, finding
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.segments.wording import leaf_text

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class ReportResult:
    """A report over ``start`` < time <= ``end`` (naive UTC). ``missing``: kinds of data it needs and the shop lacks;
    then there are no rows and ``insight()`` says so. ``previous``: the first metric's total over the period before."""

    report: Report
    cells: Cells
    now: datetime
    start: datetime | None
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
        """The customers behind a row of ``grid()``."""
        raw = self._first_values()[row]
        leaves = value_conditions(self.cells.dimensions[0], raw)
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
            "low": translate("80% 구간 아래"), "high": translate("80% 구간 위"), "step": translate("단계"),
        }  # fmt: skip

    def units(self) -> dict[str, str]:
        """Column of ``frame()`` → the unit of its numbers, of those that have one."""
        found = {metric.id: metric.unit for metric in self.cells.metrics if metric.id in self.cells.frame}
        first = self.cells.metrics[0].unit
        return {**found, **{name: first for name in ("low", "high") if name in self.cells.frame}}

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
        cells = self.cells
        values = cells.frame.iloc[row]
        own = self._own_segment(values)
        if own is not None or self.report.shape in ("pareto", "waiting", "paths"):
            return own
        leaves: list[dict[str, Any]] = []
        cohort = self.report.shape == "cohort"  # of a cohort all its customers, however long ago they began
        for place, dimension in enumerate(cells.dimensions[:1] if cohort else cells.dimensions):
            found = value_conditions(dimension, values[f"d{place}"])
            if not found:
                return None
            leaves += found
        names = [self.value(place, values[f"d{place}"]) for place in range(1 if cohort else len(cells.dimensions))]
        if self.report.grain == "customers":  # who never bought has an amount of 0 too
            leaves.append({"condition": "purchase.has_purchased", "op": "is_true"})
        return self._segment(leaves, names) if leaves else None

    def _own_segment(self, values: Any) -> Segment | None:
        """Of shapes whose rows are no values of a dimension."""
        match self.report.shape:
            case "pareto":
                share = float(values["d0"])
                leaf = {"condition": "analysis.value_percentile", "op": "lte", "value": share}
                return self._segment([leaf], [translate("상위 {share}%").format(share=f"{share:g}")])
            case "waiting":
                days = int(values["d0"])
                leaves: list[dict[str, Any]] = [
                    {"condition": "purchase.is_one_time", "op": "is_true"},
                    {"condition": "purchase.days_since_last", "op": "gte", "value": days},
                ]
                return self._segment(leaves, [translate("{days}일 넘게 다시 사지 않음").format(days=days)])
            case "paths" if int(values["step"]) == 1 and isinstance(values["d0"], str):
                found = value_conditions(self.cells.dimensions[0], values["d0"])
                return self._segment(found, [self.value(0, values["d0"])]) if found else None
            case _:
                return None

    def audience(self) -> Segment:
        """The customers whom the report is about, for where a row has no segment of its own."""
        condition, asked = self.report.audience
        op, value, params = parse_example(asked, CONDITIONS[condition])
        leaf: dict[str, Any] = {"condition": condition, "op": op}
        if value is not None:
            leaf["value"] = list(value) if isinstance(value, tuple) else value
        if params:
            leaf["params"] = dict(params)
        segment = Segment.from_dict({"format": 1, "where": leaf})
        assert isinstance(segment.where, Leaf)
        name = leaf_text(segment.where, current_language(), currency=self.currency)
        return replace(segment, name=name[:200])

    def _segment(self, leaves: list[dict[str, Any]], names: list[str]) -> Segment:
        name = f"{self.report.label(current_language())} · {' · '.join(names)}"
        return Segment.from_dict({"format": 1, "name": name[:200], "where": {"all": leaves}})

    def _dimension_names(self) -> list[str]:
        """Ids of the dimensions; of a path from and to."""
        names = [dimension.id for dimension in self.cells.dimensions]
        return ["from", "to"] if len(names) != len(set(names)) else names
