"""The shop that benchmarks run on: the demo shop at any size, kept between runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

import pandas as pd
from sqlalchemy import delete, func, select

from ifdo_core import tables
from ifdo_core.bench.measure import timed
from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.sql import instant
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.progress import Progress
from ifdo_core.workbench import Workbench

#: The newest events come in after the marts were built: so many times, so large a share of all each time.
PIECES = 5
PIECE = 0.01


@dataclass(frozen=True)
class Building:
    """What building the marts took, of ``built`` events, and then each newer piece alone once it is merged."""

    events: int
    built: int
    build_s: float
    pieces_s: tuple[float, ...]

    @property
    def events_a_second(self) -> int:
        return round(self.built / self.build_s)

    @property
    def piece_s(self) -> float:
        return median(self.pieces_s)


def bench_path(folder: Path, visits: int) -> Path:
    return folder / f"bench-{visits}.duckdb"


def make_shop(folder: Path, visits: int, days: int, progress: Progress) -> Path:
    """The canonical tables of the demo shop in a file of their own, made where it is not there."""
    path = bench_path(folder, visits)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(".part")
    half_made.unlink(missing_ok=True)
    shop = DemoShop(seed=1, visits=visits, days=days)
    with open_engine(half_made) as engine:
        engine.create([*tables.canonical.tables.values(), *tables.derived.tables.values()])
        for name, frame in shop.frames(progress):
            engine.append(tables.canonical.tables[name], frame)
        Workbench(engine).configure(shop.settings)
    half_made.rename(path)
    return path


def time_building(workbench: Workbench, progress: Progress) -> Building:
    """Builds the marts without the newest rows, then takes these in, piece by piece; the shop is whole afterwards."""
    engine, events = workbench.engine, tables.events
    total = workbench.holdings.tables["events"].rows
    cuts = [_cut(engine, PIECE * back) for back in range(PIECES, 0, -1)]
    spans = [events.c.ts > instant(cut) for cut in cuts]
    spans[:-1] = [span & (events.c.ts <= instant(end)) for span, end in zip(spans, cuts[1:], strict=False)]
    pieces = [engine.frame(select(events).where(span)) for span in spans]
    engine.write(delete(events).where(events.c.ts > instant(cuts[0])))
    build_s = timed(lambda: workbench.rebuild(progress))
    taken: list[float] = []
    for piece in pieces:
        _merge(engine, piece)
        taken.append(timed(workbench.catch_up))
    return Building(total, total - sum(map(len, pieces)), build_s, tuple(taken))


def _cut(engine: Engine, share: float) -> datetime:
    """The moment that leaves the newest ``share`` of the events after it."""
    ts = tables.events.c.ts
    keep_out = int(engine.scalar(select(func.count()).select_from(tables.events)) * share)
    return engine.scalar(select(ts).order_by(ts.desc()).offset(keep_out).limit(1))


def _merge(engine: Engine, held: pd.DataFrame) -> None:
    with engine.staging(tables.events) as staging:
        staging.add(held)
        staging.merge()
