"""``bench builder``: a segment of twenty conditions nested three deep while it is edited: its first preview, previews
after a change of one condition, and the same panel asked of ClickHouse's in-process engine."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import select, text

from ifdo_core import tables
from ifdo_core.bench.measure import Result, Row, peak_memory_mb, timed
from ifdo_core.bench.shop import make_shop
from ifdo_core.bench.twenty import ASKED, SEGMENT, panel_by_hand
from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.sql import instant
from ifdo_core.marts import MartTables
from ifdo_core.progress import Progress, part
from ifdo_core.segments.bits import BitStore
from ifdo_core.segments.compile import WEEK
from ifdo_core.segments.edit import places, replace
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.segments.preview import Preview, audience_query, panel_query, preview
from ifdo_core.segments.subjects import Visits
from ifdo_core.workbench import Workbench

ROUNDS = 5


def bench_builder(
    progress: Progress, *, visits: int = 3_000_000, days: int = 30, folder: str = "var/bench", browser: bool = True
) -> Result:
    """Ratios for the 7-day window of ``visits`` visits of ``days`` days. ``browser`` is for ``bench segments``."""
    path = make_shop(Path(folder), visits, days, part(progress, 0.0, 0.3))
    with Workbench.open(path) as workbench:
        workbench.catch_up(part(progress, 0.3, 0.5))
        segment = Segment.from_dict(SEGMENT)
        first, by_hand, edits = _while_editing(workbench, segment, part(progress, 0.5, 0.8))
        rows = [
            Row("first preview of 20 conditions", "hand-written SQL on the mart", first, by_hand, "times", 1.5),
            Row("after a change of one", "first preview", statistics.median(edits), first, "times", 0.4),
        ]
        figures: dict[str, float | int | str] = {
            "visits in 7 days": workbench.preview(segment).total_visits_7d or 0,
            "slowest change / first preview": round(max(edits) / first, 2),
        }
        left_out: tuple[str, ...] = ()
        if find_spec("chdb"):
            theirs = _on_clickhouse(workbench, segment, part(progress, 0.8, 1.0))
            rows.append(Row("first preview of 20 conditions", "the same panel on chdb", first, theirs, "times", 1.0))
        else:
            left_out = ("chdb: left out (not installed)",)
        figures["peak memory MB"] = peak_memory_mb()
    return Result("builder", tuple(rows), figures, left_out)


def _while_editing(workbench: Workbench, segment: Segment, progress: Progress) -> tuple[float, float, list[float]]:
    """Median seconds of a first preview and of the panel by hand, taking turns; seconds after each change."""
    engine, now = workbench.engine, workbench.now
    by_hand = [text(query) for query in panel_by_hand(now)]
    firsts: list[float] = []
    hands: list[float] = []
    edits: list[float] = []
    for turn in range(ROUNDS + 1):
        progress(turn / (ROUNDS + 1), f"{turn} / {ROUNDS}")
        kept = BitStore(engine)  # what a workbench knows that was just opened
        first = timed(lambda kept=kept: _preview(workbench, segment, kept))
        kept.settle()
        hand = timed(lambda: [engine.execute(query) for query in by_hand])
        changes = [timed(lambda one=one, kept=kept: _preview(workbench, one, kept)) for one in _changed(segment)]
        kept.clear()
        if turn:  # the first turn warms up
            firsts.append(first)
            hands.append(hand)
            edits += changes
    return statistics.median(firsts), statistics.median(hands), edits


def _preview(workbench: Workbench, segment: Segment, kept: BitStore) -> Preview:
    marts, version = MartTables.main(), workbench.data_version
    settings, holdings, now = workbench.settings, workbench.holdings, workbench.now
    return preview(workbench.engine, marts, settings, holdings, segment, now, kept=(kept, version))


def _changed(segment: Segment) -> Iterator[Segment]:
    """The segment after one more edit each: every condition gets another value in turn."""
    where = segment.where
    leaves = [(address, node) for address, node in places(where) if isinstance(node, Leaf)]
    for (address, leaf), asked in zip(leaves, ASKED, strict=True):
        where = replace(where, address, Leaf(leaf.condition, leaf.op, asked.changed))
        yield Segment(where, segment.name)


def _on_clickhouse(workbench: Workbench, segment: Segment, progress: Progress) -> float:
    """Median seconds of the panel's two statements there, on a copy of the window's visits."""
    with open_engine("clickhousedb:///?interface=chdb") as engine:
        _copy(workbench, engine, progress)
        found = Visits(MartTables.main(), workbench.settings, workbench.now, WEEK)
        panel = panel_query(found, segment.conditions())
        audience = audience_query(Visits(MartTables.main(), workbench.settings, workbench.now, WEEK), segment.where)
        ask = [panel, audience]
        taken = [timed(lambda: [engine.execute(query) for query in ask]) for _ in range(ROUNDS + 1)]
        return statistics.median(taken[1:])


def _copy(workbench: Workbench, engine: Engine, progress: Progress) -> None:
    visits = tables.visits
    engine.create([visits])
    of_window = select(visits).where(visits.c.started_at > instant(workbench.now - WEEK))
    for piece in workbench.engine.stream(of_window, rows=200_000):
        progress(0.5, "chdb")
        engine.append(visits, piece)
