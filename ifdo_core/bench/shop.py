"""The shop that benchmarks run on: the demo shop at any size, kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import NamedTuple

import pandas as pd
from sqlalchemy import delete, func, select

from ifdo_core import tables
from ifdo_core.bench.measure import timed
from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.sql import instant
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.marts import MartTables
from ifdo_core.progress import Progress, part
from ifdo_core.workbench import Workbench

#: The newest events come in after the marts were built: so many times, so large a share of all each time.
PIECES = 5
PIECE = 0.01


class Taken(NamedTuple):
    """Seconds on the clock, and of processor time of all threads."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Building:
    """What building the marts of all ``events`` from nothing took, and each newest piece alone once it is merged.

    ``builds``: before the pieces were taken in and after, for the machine's speed changes from minute to minute.
    """

    events: int
    builds: tuple[Taken, Taken]
    pieces: tuple[Taken, ...]

    @property
    def events_a_second(self) -> int:
        return round(self.events / self.build.wall_s)

    @property
    def build(self) -> Taken:
        return Taken(*map(mean, zip(*self.builds, strict=True)))

    @property
    def piece(self) -> Taken:
        return Taken(*map(median, zip(*self.pieces, strict=True)))


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
    """All marts from nothing but without the newest events, these by pieces, then all from nothing; the shop is whole
    afterwards. The first build counts as if it had been of all events: its time is linear in them."""
    engine, marts = workbench.engine, MartTables.main().all()
    before, pieces = take_in_pieces(workbench, part(progress, 0.0, 0.6))
    engine.drop(marts)
    engine.create(marts)
    after = _taken(lambda: workbench.rebuild(part(progress, 0.6, 1.0)))
    whole = 1 / (1 - PIECE * PIECES)
    return Building(
        workbench.holdings.tables["events"].rows, (Taken(*(taken * whole for taken in before)), after), pieces
    )


def take_in_pieces(workbench: Workbench, progress: Progress) -> tuple[Taken, tuple[Taken, ...]]:
    """Builds the marts without the newest events, then takes these in, piece by piece: what the build and each piece
    took."""
    engine, events = workbench.engine, tables.events
    later = events.c.ts > instant(_cut(engine))
    held = engine.frame(select(events).where(later).order_by(events.c.ts))
    engine.write(delete(events).where(later))
    build = _taken(lambda: workbench.rebuild(progress))
    size = ceil(len(held) / PIECES)
    taken: list[Taken] = []
    for start in range(0, len(held), size):
        _merge(engine, held[start : start + size])
        taken.append(_taken(workbench.catch_up))
    return build, tuple(taken)


def _taken(work: Callable[[], object]) -> Taken:
    start = process_time()
    wall_s = timed(work)
    return Taken(wall_s, process_time() - start)


def _cut(engine: Engine) -> datetime:
    """The moment that leaves the newest pieces of the events after it."""
    return engine.scalar(select(func.percentile_disc(1 - PIECE * PIECES).within_group(tables.events.c.ts)))


def _merge(engine: Engine, held: pd.DataFrame) -> None:
    with engine.staging(tables.events) as staging:
        staging.add(held)
        staging.merge()
