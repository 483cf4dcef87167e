"""How rows become a report's cells: one file a shape."""

from collections.abc import Callable, Mapping

from ifdo_core.catalogue.reports.entry import Shape
from ifdo_core.reports.asked import Asked, Cells
from ifdo_core.reports.shapes import (
    cohort,
    first_bought,
    grouped,
    growth,
    index,
    next_order,
    pareto,
    paths,
    repurchase,
    waiting,
)

SHAPES: Mapping[Shape, Callable[[Asked], Cells]] = {
    "grouped": grouped.cells,
    "cohort": cohort.cells,
    "waiting": waiting.cells,
    "pareto": pareto.cells,
    "next_order": next_order.cells,
    "paths": paths.cells,
    "growth": growth.cells,
    "repurchase": repurchase.cells,
    "first_bought": first_bought.cells,
    "index": index.cells,
}
