"""The shop that benchmarks run on: the demo shop at any size, kept between runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from statistics import median

import pandas as pd
from sqlalchemy import delete, select

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
    later = events.c.ts > instant(_cut(engine, total))
    held = engine.frame(select(events).where(later).order_by(events.c.ts))
    engine.write(delete(events).where(later))
    build_s = timed(lambda: workbench.rebuild(progress))
    size = ceil(len(held) / PIECES)
    taken: list[float] = []
    for start in range(0, len(held), size):
        _merge(engine, held[start : start + size])
        taken.append(timed(workbench.catch_up))
    return Building(total, total - len(held), build_s, tuple(taken))


def _cut(engine: Engine, total: int) -> datetime:
    """The moment that leaves the newest pieces of the ``total`` events after it."""
    ts = tables.events.c.ts
    return engine.scalar(select(ts).order_by(ts.desc()).offset(int(total * PIECE * PIECES)).limit(1))


def _merge(engine: Engine, held: pd.DataFrame) -> None:
    with engine.staging(tables.events) as staging:
        staging.add(held)
        staging.merge()
