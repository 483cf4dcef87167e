"""A million rows go to disk without going through memory: measured in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, cast, func, literal, select

from ifdo_core import Workbench, tables
from ifdo_core.bench.export import MEMORY_AIM, one_export
from ifdo_core.engines.sql import insert_from

ROWS = 1_000_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose visits are the demo's, many times over."""
    path = tmp_path_factory.mktemp("large") / "shop.duckdb"
    from ifdo_core.demo import fill_demo

    with Workbench.open(path) as workbench:
        fill_demo(workbench, 10_000, days=14)
        visits = tables.visits
        held = workbench.engine.scalar(select(func.count()).select_from(visits))
        times = select(func.range(-(-ROWS // held) - 1).label("n")).subquery("times")
        number = func.unnest(times.c.n).label("number")
        many = select(number).subquery("many")
        columns = [
            (visits.c.visit_id + "-" + cast(many.c.number, visits.c.visit_id.type)).label("visit_id"),
            *(column for column in visits.c if column.name != "visit_id"),
        ]
        query = select(*columns).select_from(visits.join(many, literal(True)))
        workbench.engine.write(insert_from(visits, query))
        assert workbench.engine.scalar(select(cast(func.count(), BigInteger)).select_from(visits)) >= ROWS
    return path


@pytest.mark.slow
@pytest.mark.skipif("IFDO_LARGE" not in os.environ, reason="takes minutes: `make deep` runs it")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_million_rows_take_little_memory(shop: Path, kind: str, tmp_path: Path):
    found = one_export(shop, tmp_path / f"list.{kind}", "ours")
    print(found)
    assert found["rows"] >= ROWS
    assert found["extra_mb"] < MEMORY_AIM
    assert [file.name for file in tmp_path.iterdir()] == [f"list.{kind}"], "nothing temporary is left"
