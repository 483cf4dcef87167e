"""The shop that benchmarks run on: the demo shop at any size, kept between runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import delete, func, select

from ifdo_core import tables
from ifdo_core.bench.measure import timed
from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.sql import instant
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.progress import Progress
from ifdo_core.workbench import Workbench

#: The newest share of the events, which comes in after the marts were built.
APPENDED = 0.01


@dataclass(frozen=True)
class Building:
    """What building the marts took: whole, and for the newest rows alone once they are merged."""

    events: int
    appended: int
    build_s: float
    append_s: float

    @property
    def events_a_second(self) -> int:
        return round((self.events - self.appended) / self.build_s)


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
    """Builds the marts without the newest rows, then takes these in; the shop is whole afterwards."""
    engine = workbench.engine
    events, total = tables.events, workbench.holdings.tables["events"].rows
    cut = _cut(engine)
    later = events.c.ts > instant(cut)
    held = engine.frame(select(events).where(later))
    engine.write(delete(events).where(later))
    build_s = timed(lambda: workbench.rebuild(progress))
    _merge(engine, held)
    append_s = timed(workbench.catch_up)
    return Building(total, len(held), build_s, append_s)


def _cut(engine: Engine) -> datetime:
    """The moment that leaves the newest ``APPENDED`` of the events after it."""
    ts = tables.events.c.ts
    keep_out = int(engine.scalar(select(func.count()).select_from(tables.events)) * APPENDED)
    return engine.scalar(select(ts).order_by(ts.desc()).offset(keep_out).limit(1))


def _merge(engine: Engine, held: pd.DataFrame) -> None:
    with engine.staging(tables.events) as staging:
        staging.add(held)
        staging.merge()
