"""A shop that arrives in pieces, some rows of them more than once."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal
from sqlalchemy import insert, select

from ifdo_core import Workbench, tables
from ifdo_core.engines import Engine
from ifdo_core.ingest.demo import DemoShop
from ifdo_core.marts import MartTables
from tests.oracle import Row, Shop
from tests.property.loading import frame_of, settings_of

PIECES = 3

Frames = dict[str, pd.DataFrame]


def demo_frames(seed: int, visits: int, days: int) -> Frames:
    """The canonical tables of a demo shop."""
    made: dict[str, list[pd.DataFrame]] = {}
    for name, frame in DemoShop(seed=seed, visits=visits, days=days).frames():
        made.setdefault(name, []).append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in made.items()}


def merge(workbench: Workbench, frames: Frames) -> None:
    for name, frame in frames.items():
        with workbench.engine.staging(tables.canonical.tables[name]) as staging:
            staging.add(frame)
            staging.merge()


def pieces_of(shop: Shop, dice: random.Random) -> list[dict[str, list[Row]]]:
    """Each row in one piece; some come once more, changed, in a later one."""
    found: list[dict[str, list[Row]]] = [{name: [] for name in tables.KEYS} for _ in range(PIECES)]
    for name, key in tables.KEYS.items():
        for row in getattr(shop, name):
            first = dice.randrange(PIECES)
            found[first][name].append(row)
            if first + 1 < PIECES and dice.random() < 0.15:
                other = dice.choice(getattr(shop, name))
                found[first + 1][name].append({**other, key: row[key]})
    return found


def take_in(workbench: Workbench, piece: dict[str, list[Row]]) -> None:
    given = {name: frame_of(rows, tables.canonical.tables[name]) for name, rows in piece.items() if rows}
    merge(workbench, given)
    workbench.catch_up()


def marts(workbench: Workbench) -> dict[str, pd.DataFrame]:
    keys: dict[str, list[str]] = {
        "people": ["person"],
        "baskets": ["order_id", "product_id"],
        "identity": ["visitor_id"],
    }
    frames: dict[str, Any] = {table.name: workbench.engine.frame(select(table)) for table in MartTables.main().all()}
    return {
        name: frame.sort_values(keys.get(name, [frame.columns[0]])).reset_index(drop=True)
        for name, frame in frames.items()
    }


def assert_same_as_rebuilt(workbench: Workbench) -> None:
    """The marts as they are, and built anew, row by row."""
    kept_up = marts(workbench)
    workbench.rebuild()
    for name, rebuilt in marts(workbench).items():
        assert_frame_equal(kept_up[name], rebuilt, obj=name)


def assert_pieces_leave_the_whole(engine: Engine, shop: Shop, seed: int) -> None:
    """After each piece the marts kept up to date are those built anew, row by row."""
    engine.create(list(tables.canonical.tables.values()))
    facts = [{"name": name, "value": value} for name, value in settings_of(shop).to_rows().items()]
    engine.write(insert(tables.settings).values(facts))
    workbench = Workbench(engine)
    workbench._marts.full_above = 2.0  # even a shop of which everything is touched is built in part
    for piece in pieces_of(shop, random.Random(seed)):
        take_in(workbench, piece)
        assert_same_as_rebuilt(workbench)
    workbench.close()
