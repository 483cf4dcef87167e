"""What a report is made of, as data: dimensions to group by, metrics to count, and the report that names them.

``ifdo_core.reports`` reads these entries to SQL; no report has SQL of its own (architecture.md, 'One registry, one
entry'). A **grain** is what one row stands for before grouping:

- orders: a valid order at now, with its number among the person's orders and the facts of the person's first order
- customers: a person with a valid order at now
- lines: a distinct product of a valid order, with the order's facts
- visits: a visit, with the week of the person's first one
- members: a row of ``members``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ifdo_core.catalogue.entry import Needs

Grain = Literal["orders", "customers", "lines", "visits", "members"]
#: How the values of a dimension are read and ordered. 'band': the place among ``edges``; 'month', 'quarter':
#: counted from year 0; 'week': the Monday; 'wording': an id of a lookup list; 'text': as it is, the largest first.
Scale = Literal["band", "month", "quarter", "week", "weekday", "hour", "number", "wording", "text"]
Unit = Literal["money", "count", "people", "orders", "percent", "days", "number", "place"]
Function = Literal["count", "sum", "distinct"]
Chart = Literal["bar", "histogram", "line", "stacked_bar", "heatmap", "scatter", "sankey", "treemap", "curve", "pareto"]
#: How rows become the report's frame: see ``ifdo_core.reports.shapes``.
Shape = Literal[
    "grouped", "cohort", "waiting", "pareto", "next_order", "paths", "growth", "repurchase", "first_bought", "index"
]


@dataclass(frozen=True)
class Dimension:
    """Something to group by.

    ``column``: of the grain's rows. ``edges``: lower ends of the bands, rising; rows below the first are in no band.
    ``words``: the lookup list of a 'wording'. ``condition``: the one that holds for the customers behind one value, so
    that a bar can become a segment; where ``param`` is given, the value is that parameter of a behaviour. ``reached``:
    behind a band is everybody from its lower end on, as behind the third order all with three or more. ``near``: where
    no condition holds for exactly those customers, one that holds for customers like them; ``near_values``: the same of
    each value of a 'wording', as examples are written.
    """

    id: str
    ko: str
    en: str
    grains: tuple[Grain, ...]
    column: str
    scale: Scale
    edges: tuple[int, ...] = ()
    unit: Unit = "number"
    words: str | None = None
    condition: str | None = None
    param: str | None = None
    needs: tuple[Needs, ...] = ()
    reached: bool = False
    near: str | None = None
    near_values: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.ko


@dataclass(frozen=True)
class Metric:
    """Something to count: ``function`` over ``column`` of the grain's rows, or the ratio of two other metrics.

    A ratio of unit 'percent' is given in per cent.
    """

    id: str
    ko: str
    en: str
    unit: Unit
    function: Function | None = None
    column: str | None = None
    ratio: tuple[str, str] | None = None

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.ko


@dataclass(frozen=True)
class Report:
    """One question a shop asks again and again.

    ``metrics``: the first one is drawn. ``dimensions``: the first is the axis (of a cohort: the rows), the second the
    colour (of a cohort: the columns). ``days``: the usual period that ends at now, None for everything. ``top``: how
    many values of a 'text' dimension are shown. ``note``: how to read it, in both languages. ``audience``: conditions,
    as examples are written, of the customers whom the report is about, for rows that have no condition of their own.
    """

    id: str
    group: str
    ko: str
    en: str
    grain: Grain
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    chart: Chart
    needs: tuple[Needs, ...]
    note: tuple[str, str]
    shape: Shape = "grouped"
    days: int | None = None
    top: int | None = None
    audience: tuple[str, str] = ("purchase.days_since_last", "lte 30")

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.ko

    def remark(self, language: str) -> str:
        return self.note[1] if language == "en" else self.note[0]
