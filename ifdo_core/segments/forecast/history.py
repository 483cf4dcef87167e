"""What a forecast learns from: matching visits by 24-hour block, counted in one scan of the mart.

Blocks are counted back from ``now``: block 0 is (now − 24 h, now], so that 'the last 7 days' are exactly the blocks 0
to 6, and the next 7 days are exactly the seven blocks after it. Each condition of behaviour holds as of its visit's
end, a standing as of ``now``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import case, func, select

from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, instant, whole_days
from ifdo_core.segments.compile import Compiler
from ifdo_core.segments.model import Node
from ifdo_core.segments.subjects import Visits

Floats = npt.NDArray[np.float64]

#: Older history is left out: a shop of two years ago is another shop.
WINDOW = timedelta(days=400)


@dataclass(frozen=True)
class History:
    """Counts by block, the oldest first, the last one ending at ``now``.

    ``total``: all visits; ``visits``: matching ones; ``fresh[k, g]``: of the matching visitors of block k those whose
    next matching block comes g + 1 blocks later, the last column holding all that come later or never. Distinct
    visitors of any ``span`` blocks follow from it exactly.
    """

    now: datetime
    total: Floats
    visits: Floats
    fresh: Floats
    span: int

    @property
    def days(self) -> int:
        return len(self.visits)

    def visitors(self) -> Floats:
        """Distinct matching visitors of the ``span`` blocks that end with each block; shorter at the beginning.

        A visitor counts once: at the last of its blocks inside, the one whose next one lies beyond the end.
        """
        later = self.fresh[:, ::-1].cumsum(axis=1)[:, ::-1]  # later[k, g]: next block g + 1 later or more
        found = np.zeros(self.days)
        for ago in range(self.span):
            found[ago:] += later[: self.days - ago, ago]
        return found

    def sums(self) -> Floats:
        """Matching visits of the ``span`` blocks that end with each block."""
        run = np.concatenate([[0.0], self.visits.cumsum()])
        start = np.maximum(np.arange(self.days) + 1 - self.span, 0)
        return run[1:] - run[start]


def history_query(visits: Visits, where: Node, span: int) -> Query:
    """Columns ago, gap, visitors, visits: matching visitors of the block ``ago`` whose next block is ``gap`` later
    (``span``: that many or more, or never)."""
    matches = Compiler(visits).node(where)
    visit = visits.visit
    blocks = (
        select(
            visit.visitor_id.label("visitor_id"),
            whole_days(visit.started_at, instant(visits.now)).label("ago"),
        )
        .select_from(visits.source)
        .where(*visits.where(), matches)
        .subquery("matching")
    )
    daily = (
        select(blocks.c.visitor_id, blocks.c.ago, func.count().label("visits"))
        .group_by(blocks.c.visitor_id, blocks.c.ago)
        .subquery("daily")
    )
    # time runs against ``ago``: the next block is the one before in this order. The first of a visitor has none, which
    # an aggregate over an empty frame says differently on each engine, so it is told by its number.
    by_visitor: dict[str, Any] = {"partition_by": daily.c.visitor_id, "order_by": daily.c.ago}
    steps = select(
        daily.c.ago,
        daily.c.visits,
        func.row_number().over(**by_visitor).label("n"),
        func.max(daily.c.ago).over(**by_visitor, rows=(None, -1)).label("next_ago"),
    ).subquery("steps")
    later = case((steps.c.n == 1, span), else_=steps.c.ago - steps.c.next_ago)
    told = select(steps.c.ago, steps.c.visits, case((later < span, later), else_=span).label("gap")).subquery("told")
    return select(
        told.c.ago, told.c.gap, func.count().label("visitors"), func.sum(told.c.visits).label("visits")
    ).group_by(told.c.ago, told.c.gap)


def total_query(visits: Visits) -> Query:
    """Columns ago, visits: all visits by block."""
    ago = whole_days(visits.visit.started_at, instant(visits.now))
    blocks = select(ago.label("ago")).select_from(visits.source).where(*visits.where()).subquery("blocks")
    return select(blocks.c.ago, func.count().label("visits")).group_by(blocks.c.ago)


def read_history(engine: Engine, visits: Visits, where: Node, span: int) -> History:
    """The history of ``where`` in the window of ``visits``, up to its now."""
    totals = engine.execute(total_query(visits))
    rows = engine.execute(history_query(visits, where, span)) if totals else []
    # the oldest block began before collection did, unless by luck: it holds less than a day and is left out
    days = max((int(row.ago) for row in totals), default=0)
    total, count = np.zeros(days), np.zeros(days)
    fresh = np.zeros((days, span))
    for row in totals:
        if row.ago < days:
            total[days - 1 - int(row.ago)] = row.visits
    _fill(count, fresh, rows)
    return History(visits.now, total, count, fresh, span)


def _fill(count: Floats, fresh: Floats, rows: Sequence[Any]) -> None:
    days = len(count)
    for row in rows:
        if row.ago < days:
            at = days - 1 - int(row.ago)
            count[at] += int(row.visits)
            fresh[at, int(row.gap) - 1] += int(row.visitors)
