"""The demo shop, built where it is missing: the workbench's data when no other is named."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow

from ifdo_core import tables
from ifdo_core.engines import open_engine
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.progress import Progress, part

if TYPE_CHECKING:
    from ifdo_core.workbench import Workbench


#: DuckDB's part of the memory for the demo of usual size, which must fit a small cloud machine beside the app.
MEMORY_MIB = 150


def demo_path(visits: int | None) -> Path:
    """Where the demo shop of a size lies: under IFDO_HOME, else under 'var' of the working directory."""
    home = Path(os.environ.get("IFDO_HOME", "var"))
    return home / (f"demo-{visits}.duckdb" if visits else "demo.duckdb")


def open_demo(kind: type[Workbench], progress: Progress | None = None) -> Workbench:
    """The demo shop from its file, made first where it is not there or was left half made.

    IFDO_DEMO_VISITS sets the size. The same seed gives the same shop.
    """
    asked = os.environ.get("IFDO_DEMO_VISITS")
    visits = int(asked) if asked else None
    path = demo_path(visits)
    path.parent.mkdir(parents=True, exist_ok=True)
    workbench = kind(open_engine(path, memory_mib=None if visits else MEMORY_MIB))
    if not workbench.is_demo or not workbench.data_version:
        fill_demo(workbench, visits, progress)
    return workbench


def fill_demo(
    workbench: Workbench,
    visits: int | None = None,
    progress: Progress | None = None,
    *,
    seed: int = 1,
    days: int = 120,
    end: datetime | None = None,
) -> None:
    """Replaces what the workbench holds by the demo shop. The mark 'demo' is set last, so a half-made one is redone."""
    engine = workbench.engine
    every = [*tables.canonical.tables.values(), *tables.derived.tables.values()]
    engine.drop(every)
    engine.create(every)
    shop = DemoShop(seed=seed, visits=visits, days=days, end=end)
    for name, frame in shop.frames(part(progress, 0.0, 0.4)):
        engine.append(tables.canonical.tables[name], frame)
        pyarrow.default_memory_pool().release_unused()
    workbench.configure(shop.settings)
    workbench.rebuild(part(progress, 0.4, 1.0))
