"""A staging merges by key, the same on every engine; all or nothing where there are transactions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.staging import Counts
from ifdo_core.errors import EngineError

products, members = tables.products, tables.members


@pytest.fixture
def shop(engine: Engine) -> Iterator[Engine]:
    """An engine with the canonical tables, empty; afterwards no helper table may be left."""
    engine.create(tables.canonical.sorted_tables)
    yield engine
    assert helper_tables(engine) == []


def helper_tables(engine: Engine) -> list[str]:
    queries = {
        "duckdb": "SELECT table_name FROM duckdb_tables()",
        "postgresql": "SELECT relname FROM pg_class WHERE relkind = 'r'",
        "clickhouse": "SELECT name FROM system.tables WHERE database = currentDatabase()",
    }
    with engine.session() as session:
        return [name for (name,) in session.rows(queries[engine.dialect])[1] if name.startswith("staging_")]


def frame(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def goods(*rows: tuple[str, Any], name: str = "상품") -> pd.DataFrame:
    return frame(product_id=[key for key, _ in rows], price=[price for _, price in rows], name=[name] * len(rows))


def merge(engine: Engine, *frames: pd.DataFrame, table: Any = products) -> Counts:
    with engine.staging(table) as staging:
        for each in frames:
            staging.add(each)
        return staging.merge()


def prices(engine: Engine) -> list[tuple[str, Any]]:
    rows = engine.execute(select(products.c.product_id, products.c.price).order_by(products.c.product_id))
    return [(row.product_id, row.price) for row in rows]


def test_new_changed_equal_and_repeated_rows(shop: Engine) -> None:
    assert merge(shop, goods(("a", 1), ("b", 2), ("c", None))) == Counts(loaded=3, duplicate=0)
    assert prices(shop) == [("a", 1), ("b", 2), ("c", None)]
    # a: equal; b: changed; c: null to a value; d: new, twice, the last one wins; e: new
    later = goods(("a", 1), ("b", 3), ("c", 4), ("d", 5), ("d", None)), goods(("e", None))
    assert merge(shop, *later) == Counts(loaded=4, duplicate=2)
    assert prices(shop) == [("a", 1), ("b", 3), ("c", 4), ("d", None), ("e", None)]
    assert merge(shop, *later) == Counts(loaded=0, duplicate=6)
    assert merge(shop, goods(("c", None))) == Counts(loaded=1, duplicate=0)
    assert prices(shop)[2] == ("c", None)


def test_the_last_one_wins_across_chunks_even_when_it_equals_the_table(shop: Engine) -> None:
    merge(shop, goods(("a", 1)))
    assert merge(shop, goods(("a", 2)), goods(("a", 1))) == Counts(loaded=0, duplicate=2)
    assert prices(shop) == [("a", 1)]


def test_every_type_of_column_is_compared(shop: Engine) -> None:
    first: dict[str, Any] = {
        "member_id": "회원 1",
        "joined_at": datetime(2026, 1, 1, 0, 0, 0, 1),
        "birthday": date(1969, 12, 31),
        "gender": "",
        "marketing_consent": False,
        "points": 2**53 + 1,
        "reviews_written": 0,
        "tags": "a'b\\c\n한글",
    }
    changes: dict[str, list[Any]] = {
        "joined_at": [datetime(2026, 1, 1, 0, 0, 0, 2), None],
        "birthday": [date(1970, 1, 1), None],
        "gender": [" ", None],
        "marketing_consent": [True, None],
        "points": [2**53 + 2, None],
        "reviews_written": [-1, None],
        "tags": ["a'b\\c\n한굴", None],
        "extra": ["{}", None],
        "grade": ["", None],
    }
    row = dict(first)
    assert merge(shop, frame(**{k: [v] for k, v in row.items()}), table=members) == Counts(1, 0)
    for name, values in changes.items():
        for value in values:
            row[name] = value
            given = frame(**{k: [v] for k, v in row.items()})
            assert merge(shop, given, table=members) == Counts(1, 0), (name, value)
            assert merge(shop, given, table=members) == Counts(0, 1), (name, value)
    found = shop.execute(select(members))
    assert len(found) == 1
    assert {name: getattr(found[0], name) for name in row} == row


def test_random_merges_equal_a_dictionary(shop: Engine) -> None:
    dice = random.Random(7)
    known: dict[str, Any] = {}
    for _ in range(6):
        rows = [(dice.choice("abcdefgh"), dice.choice([None, 0, 1, 2])) for _ in range(dice.randrange(1, 12))]
        wanted = {**known, **dict(rows)}
        loaded = sum(1 for key in wanted if key not in known or known[key] != wanted[key])
        cut = dice.randrange(len(rows) + 1)
        chunks = [goods(*part) for part in (rows[:cut], rows[cut:]) if part]
        assert merge(shop, *chunks) == Counts(loaded=loaded, duplicate=len(rows) - loaded)
        assert dict(prices(shop)) == wanted
        known = wanted


def test_merging_again_in_the_same_staging_changes_nothing(shop: Engine) -> None:
    with shop.staging(products) as staging:
        staging.add(goods(("a", 1), ("a", 2)))
        assert staging.merge() == Counts(loaded=1, duplicate=1)
        assert staging.merge() == Counts(loaded=0, duplicate=2)
        staging.add(goods(("b", 1)))
        assert staging.merge() == Counts(loaded=1, duplicate=2)
    assert prices(shop) == [("a", 2), ("b", 1)]


def test_leaving_without_a_merge_changes_nothing(shop: Engine) -> None:
    merge(shop, goods(("a", 1)))
    with shop.staging(products) as staging:
        staging.add(goods(("a", 2), ("b", 3)))
        assert prices(shop) == [("a", 1)]
    assert prices(shop) == [("a", 1)]
    with shop.staging(products) as staging:
        assert staging.merge() == Counts(0, 0)


def test_a_bad_chunk_changes_nothing(shop: Engine) -> None:
    merge(shop, goods(("a", 1)))
    with pytest.raises(EngineError) as caught:
        merge(shop, goods(("b", 1)), goods(("c", "많음")))
    assert caught.value.code == "bad_value"
    with pytest.raises(EngineError) as caught:
        merge(shop, goods(("b", 1)), frame(product_id=["c", None], name=["x", "y"]))
    assert (caught.value.code, caught.value.facts["column"], caught.value.facts["count"]) == (
        "missing_value",
        "product_id",
        1,
    )
    assert prices(shop) == [("a", 1)]


def test_a_merge_that_fails_half_way_changes_nothing(shop: Engine) -> None:
    if not shop.transactional:
        pytest.skip("ClickHouse has no transactions")
    merge(shop, goods(("a", 1)))
    shop.drop([tables.touched])
    orders = frame(
        order_id=["o"], ts=[datetime(2026, 1, 1)], amount=[1], status=["paid"], member_id=["m"], visitor_id=["v"]
    )
    with pytest.raises(EngineError) as caught:
        merge(shop, orders, table=tables.orders)
    assert caught.value.code == "no_table"
    assert shop.scalar(select(func.count()).select_from(tables.orders)) == 0

    def merge_and_fail() -> None:
        with shop.transaction():
            shop.create([tables.touched])
            merge(shop, goods(("a", 2), ("b", 3)))
            assert [key for key, _ in prices(shop)] == ["a", "b"]
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        merge_and_fail()
    assert prices(shop) == [("a", 1)]


def test_two_merges_in_one_transaction(shop: Engine) -> None:
    with shop.transaction():
        assert merge(shop, goods(("a", 1))) == Counts(1, 0)
        assert merge(shop, goods(("a", 2), ("b", 1))) == Counts(2, 0)
        assert prices(shop) == [("a", 2), ("b", 1)]
    assert prices(shop) == [("a", 2), ("b", 1)]


def test_both_versions_of_a_row_are_put_right_by_merging_again(shop: Engine) -> None:
    if shop.transactional:
        pytest.skip("only a crash on an engine without transactions leaves both versions")
    shop.append(products, goods(("a", 1), ("a", 2), ("b", 1)))
    assert merge(shop, goods(("a", 2), ("b", 1))) == Counts(loaded=0, duplicate=2)
    assert prices(shop) == [("a", 2), ("b", 1)]


def test_two_stagings_of_one_table_do_not_meet(shop: Engine) -> None:
    with shop.staging(products) as other:
        other.add(goods(("z", 1)))
        assert merge(shop, goods(("a", 1))) == Counts(1, 0)
    assert prices(shop) == [("a", 1)]


def test_what_a_merge_touched_is_kept_for_the_marts(shop: Engine) -> None:
    def orders(member: str | None) -> pd.DataFrame:
        return frame(order_id=["o"], ts=[datetime(2026, 1, 1)], amount=[1], status=["paid"], member_id=[member])

    merge(shop, orders("m1"), table=tables.orders)
    merge(shop, orders("m2"), table=tables.orders)
    owner, touched = tables.touched.c.owner, tables.touched.c.id
    found = shop.execute(select(touched).where(owner == "member_id").distinct().order_by(touched))
    assert [row.id for row in found] == ["m1", "m2"]


def test_many_rows_in_chunks_and_parts(shop: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    size, chunk = 20_000, 3_000
    monkeypatch.setattr("ifdo_core.engines.staging.PART_ROWS", 6_000)
    keys = [f"p{number:06}" for number in range(size)]
    whole = pd.DataFrame({"product_id": keys, "name": "x", "price": range(size)})
    chunks = [whole[start : start + chunk] for start in range(0, size, chunk)]
    assert merge(shop, *chunks) == Counts(loaded=size, duplicate=0)
    changed = whole.assign(price=[price if price % 3 else None for price in range(size)])
    expected = len(range(0, size, 3))
    assert merge(shop, changed, whole[:0]) == Counts(loaded=expected, duplicate=size - expected)
    query = select(func.count(), func.count(products.c.price), func.sum(products.c.price))
    assert shop.execute(query) == [(size, size - expected, sum(p for p in range(size) if p % 3))]


def test_a_staging_is_used_inside_its_block() -> None:
    with open_engine(":memory:") as engine, pytest.raises(RuntimeError, match="with block"):
        engine.staging(products).add(goods(("a", 1)))
