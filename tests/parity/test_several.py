"""Overlap, comparison, hints and membership on the three engines against plain loops; the SQL shown, run elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.engines import Engine, open_engine
from ifdo_core.segments.contrast import ATTRIBUTES
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not
from ifdo_core.segments.preview import Preview
from tests.oracle import Oracle
from tests.parity.test_conditions import KINDS, Loaded, loaded
from tests.property.loading import fill
from tests.property.segments import Drawer
from tests.property.several import combinations, shares, told
from tests.property.shops import random_case

CASE = random_case(Random(102), people=16, events=40, least=12)
TREES: dict[str, Node] = {
    "again": Leaf("traffic.is_returning", "is_true"),
    "looked": AllOf((Leaf("traffic.pages_in_visit", "gte", 2), Not(Leaf("traffic.is_bounce", "is_true")))),
    "buyers": Leaf("analysis.in_segment", "any_of", ("seg_bought",)),
    "carts": AnyOf((Leaf("cart.has_items", "is_true"), Leaf("cart.added", "gte", 1, (("days", 7),)))),
}
COUNTED = ("visits_7d", "visits_24h", "visitors_7d", "visitors_24h", "members_7d", "members_24h")
SEGMENTS = {name: Segment(tree, name) for name, tree in TREES.items()}


@pytest.fixture(scope="module", params=KINDS)
def shop(request: pytest.FixtureRequest, fresh: Callable[[str, str], Engine]) -> Iterator[Loaded]:
    yield from loaded(fresh(request.param, "ifdo_several"), CASE.shop, CASE.now)


def test_overlap(shop: Loaded):
    found = shop.workbench.overlap(SEGMENTS, now=shop.now)
    assert told(found.combinations) == combinations(shop.oracle, TREES)
    sizes = {row.segment: (row.visits, row.visitors) for row in found.sizes.itertuples()}
    assert sizes == {
        name: (len(shop.oracle.matching(tree, "7d")), len(shop.oracle.visitors(tree, "7d")))
        for name, tree in TREES.items()
    }
    assert len(set(sizes.values())) > 1


def test_sizes(shop: Loaded):
    assert shop.workbench.sizes(SEGMENTS, now=shop.now) == {
        name: len(shop.oracle.matching(tree, "7d")) for name, tree in TREES.items()
    }


def test_comparison(shop: Loaded):
    a, b = SEGMENTS["looked"], SEGMENTS["again"]
    found = shop.workbench.compare(a, b, now=shop.now)
    inside = [{visit["visit_id"] for visit in shop.oracle.matching(tree.where, "7d")} for tree in (a, b)]
    first, second = inside
    assert found.numbers.loc["visits"].tolist() == [
        len(first), len(second), len(first & second), len(first - second), len(second - first),
    ]  # fmt: skip
    for attribute in ATTRIBUTES:
        rows = found.differences[found.differences["attribute"] == attribute]
        wanted = shares(shop.oracle, (a.where, b.where), attribute)
        pairs = {row.text: (row.visits_a, row.visits_b) for row in rows.itertuples()}
        assert sorted(pairs.values()) == sorted(wanted.values()), attribute


def test_hints(shop: Loaded):
    asked = Segment(AllOf((TREES["again"], Leaf("traffic.visit_count", "gte", 2))))
    found = shop.workbench.hints(asked, now=shop.now)
    assert found.visits_7d == len(shop.oracle.matching(asked.where, "7d"))
    assert {hint.change.kind for hint in found.all} >= {"threshold", "add"}
    for hint in found.all:
        assert hint.visits_7d == len(shop.oracle.matching(hint.segment.where, "7d")), hint.text
        assert hint.difference == hint.visits_7d - found.visits_7d != 0
    sizes = [abs(hint.difference) for hint in found.all]
    assert sizes == sorted(sizes, reverse=True)


def test_who_is_in_which(shop: Loaded):
    """For every visitor and member of the shop; by a shop's own now, which here is its newest event's."""
    oracle = Oracle(CASE.shop, shop.workbench.now)
    visits = oracle.window("7d")
    asked = [("visitor", visit["visitor_id"]) for visit in visits]
    asked += [("member", visit["member_id"]) for visit in visits if visit["member_id"]]
    for kind, who in dict.fromkeys(asked):
        found = shop.workbench.matching(**{kind: who}, segments=SEGMENTS)
        own = sorted(
            (visit for visit in visits if visit[f"{kind}_id"] == who),
            key=lambda visit: (visit["started_at"], visit["visit_id"].encode()),
        )
        assert found.visits == len(own)
        for row in found.rows.itertuples():
            matched = [visit for visit in own if oracle.visit_matches(TREES[row.segment], visit)]
            assert (row.matches, row.visits) == (bool(matched), len(matched))
            assert bool(row.last_visit_matches) == oracle.visit_matches(TREES[row.segment], own[-1])


# --- 'show SQL' runs as is --------------------------------------------------------------------


def previews(workbench: Workbench) -> list[Preview]:
    """At the shop's own now, as the builder shows them; one segment asks for all that could depend on a connection's
    settings: nulls of joins, time zones."""
    drawer = Drawer(Random(7), Oracle(CASE.shop, workbench.now))
    every = AnyOf(
        (
            Not(Leaf("member.age", "gte", 30)),
            AllOf((Leaf("purchase.days_since_last", "is_unknown"), Leaf("traffic.hour", "between", (9, 20)))),
            Leaf("member.join_date", "in_last_days", 400),
            Leaf("cart.added", "gte", 1, (("days", 7),)),
            Leaf("analysis.in_segment", "none_of", ("seg_bought",)),
        )
    )
    found = [workbench.preview(Segment(tree)) for tree in (every, *(drawer.tree() for _ in range(16)))]
    assert len({preview.visits_7d for preview in found}) > 3
    return found


def check_shown(found: list[Preview], run: Callable[[str], Any]) -> None:
    """``run`` knows nothing but the database: what it counts is what the panel shows."""
    for preview in found:
        row = run(preview.sql)
        assert {name: row[name] for name in COUNTED} == {name: getattr(preview, name) for name in COUNTED}, preview.sql


def test_shown_sql_on_duckdb(tmp_path: Path):
    import duckdb

    with open_engine(tmp_path / "shop.duckdb") as engine:
        workbench = fill(engine, CASE.shop)
        found = previews(workbench)
        workbench.close()
    with duckdb.connect(str(tmp_path / "shop.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'America/New_York'")

        def run(text: str) -> dict[str, Any]:
            asked = connection.execute(text)
            names = [column[0] for column in asked.description]
            return dict(zip(names, asked.fetchall()[0], strict=True))

        check_shown(found, run)


@pytest.mark.postgres
def test_shown_sql_on_postgresql(fresh: Callable[[str, str], Engine], postgresql_url: str):
    import psycopg
    from psycopg.rows import dict_row

    with fresh("postgresql", "ifdo_shown") as engine:
        workbench = fill(engine, CASE.shop)
        place = postgresql_url.split("host=")[1]
        with psycopg.connect(f"host={place} user=ifdo dbname=ifdo_shown", row_factory=dict_row) as connection:
            connection.execute("SET TIME ZONE 'America/New_York'")
            check_shown(previews(workbench), lambda text: connection.execute(text).fetchone())
        workbench.close()


def test_shown_sql_on_clickhouse(fresh: Callable[[str, str], Engine]):
    """On a connection with the database's own settings, under which an unmatched join gives 0 and not null."""
    import clickhouse_connect

    with fresh("chdb", "ifdo_shown") as engine:
        workbench = fill(engine, CASE.shop)
        client = clickhouse_connect.get_client(interface="chdb", database="ifdo_shown")
        try:
            check_shown(previews(workbench), lambda text: first_row(client.query(text)))
        finally:
            client.close()
            workbench.close()


def first_row(result: Any) -> dict[str, Any]:
    return dict(zip(result.column_names, result.result_rows[0], strict=True))
