"""DuckDB finds rows by numbers kept beside their keys: the same rows as by the keys themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Column, MetaData, Table, delete, func, select, text

from ifdo_core import Workbench, tables
from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.duckdb import DuckDBEngine
from tests.property.pieces import assert_same_as_rebuilt, demo_frames, merge

identity = tables.identity
asked = Table("asked", MetaData(), Column("id", tables.Key))


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine("duckdb:///:memory:") as opened:
        given = Table("given", MetaData(), *(Column(one.name, one.type) for one in identity.columns))
        opened.create([identity, given, asked])
        ids = [f"v{number}" for number in range(5_000)]
        members = [f"m{number}" if number % 10 == 0 else None for number in range(5_000)]
        opened.append(given, pd.DataFrame({"visitor_id": ids, "member_id": members, "known_at": None, "person": ids}))
        opened.write(opened.insert_from(identity, select(given)))
        yield opened


def numbered() -> Iterator[tuple[str, str]]:
    for table in tables.derived.sorted_tables:
        for key in table.info.get(tables.SOUGHT, ()):
            yield table.name, key


def found(engine: Engine, *ids: str, by: Column[str] = identity.c.visitor_id) -> list[str]:
    engine.write(delete(asked))
    engine.append(asked, pd.DataFrame({"id": pd.Series(ids, dtype="object")}))
    query = select(identity.c.visitor_id).where(engine.found(by, select(asked.c.id)))
    return sorted(row.visitor_id for row in engine.execute(query))


def test_those_asked_for_are_found_once(engine: Engine) -> None:
    assert found(engine, "v3", "v4999", "v3", "nobody", "") == ["v3", "v4999"]
    assert found(engine) == []


def test_rows_without_the_key_are_not_found(engine: Engine) -> None:
    assert found(engine, "m20", "m21", "", by=identity.c.member_id) == ["v20"]


def test_they_are_found_to_be_removed(engine: Engine) -> None:
    engine.append(asked, pd.DataFrame({"id": ["v1", "v2"]}))
    engine.write(delete(identity).where(engine.found(identity.c.visitor_id, select(asked.c.id))))
    assert engine.scalar(select(func.count()).select_from(identity)) == 4_998
    assert found(engine, "v1", "v2", "v3") == ["v3"]


def test_two_keys_with_the_same_number_are_told_apart(engine: Engine) -> None:
    with engine.session() as session:
        session.run("UPDATE identity SET visitor_id_number = (SELECT any_value(hash('v7') >> 1) FROM identity)")
    assert found(engine, "v7") == ["v7"]


def test_numbers_are_in_no_result(engine: Engine) -> None:
    assert [column for column in engine.frame(select(identity)).columns if "number" in column] == []


def test_they_are_found_where_the_same_transaction_has_added_some(engine: Engine) -> None:
    fresh = pd.DataFrame({"visitor_id": ["w1", "w2"], "member_id": "m3", "known_at": None, "person": "m:m3"})
    with engine.transaction():
        engine.append(identity, fresh)
        assert found(engine, "v3", "w2", "nobody") == ["v3", "w2"]
        assert found(engine, "m3", "m20", by=identity.c.member_id) == ["v20", "w1", "w2"]


def test_loads_and_updates_may_share_a_transaction(tmp_path: Path) -> None:
    events = demo_frames(seed=5, visits=3_000, days=20)["events"]
    part = events.ts.rank(pct=True)
    with Workbench.open(str(tmp_path / "shop.duckdb")) as workbench:
        merge(workbench, {"events": events[part <= 0.9]})
        workbench.catch_up()
        with workbench.engine.transaction():
            for after, upto in ((0.9, 0.95), (0.95, 1.0)):
                merge(workbench, {"events": events[(part > after) & (part <= upto)]})
                workbench.catch_up()
        assert_same_as_rebuilt(workbench)


@pytest.mark.parametrize("change", ["without numbers", "numbers of another version"])
def test_a_file_with_other_numbers_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    frames = demo_frames(seed=5, visits=600, days=20)
    newest = frames["events"].ts > frames["events"].ts.quantile(0.97)
    path = str(tmp_path / "shop.duckdb")
    with monkeypatch.context() as older:
        older.setattr(DuckDBEngine, "keeping", "of before")
        with Workbench.open(path) as workbench:
            merge(workbench, {**frames, "events": frames["events"][~newest]})
            workbench.catch_up()
            with workbench.engine.session() as session:
                for table, key in numbered():
                    if change == "without numbers":
                        session.run(f"ALTER TABLE {table} DROP COLUMN {key}_number")
                    else:
                        session.run(f"UPDATE {table} SET {key}_number = {key}_number + 1")
    with Workbench.open(path) as workbench:
        merge(workbench, {"events": frames["events"][newest]})
        workbench.catch_up()
        assert_same_as_rebuilt(workbench)
        without = select(func.count()).select_from(tables.visits).where(text("visitor_id_number IS NULL"))
        assert workbench.engine.scalar(without) == 0
