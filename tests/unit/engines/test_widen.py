"""A database of an older version gets the columns that came since."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Column, MetaData, Table

from ifdo_core import tables
from ifdo_core.engines import open_engine
from ifdo_core.workbench import Workbench


@pytest.mark.parametrize("kind", ["duckdb", "chdb"])
def test_a_column_that_came_later(kind: str, tmp_path: Path) -> None:
    url = str(tmp_path / "shop.duckdb") if kind == "duckdb" else "clickhousedb:///?interface=chdb"
    engine = open_engine(url)
    older = [Column(one.name, one.type, nullable=one.nullable) for one in tables.members.columns if one.name != "name"]
    old = Table("members", MetaData(), *older)
    engine.create([old])
    engine.append(old, pd.DataFrame({"member_id": ["m1"]}))
    engine.widen([tables.members])
    engine.widen([tables.members])
    engine.append(tables.members, pd.DataFrame({"member_id": ["m2"], "name": ["한결"]}))
    found = engine.frame(tables.members.select().order_by(tables.members.c.member_id))
    assert found.name.isna().tolist() == [True, False]
    engine.close()
    if kind == "duckdb":
        with Workbench.open(url) as workbench:
            workbench.load(members=pd.DataFrame({"member_id": ["m1"], "name": ["나래"]}))
