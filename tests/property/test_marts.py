"""The marts, row by row and column by column, against the oracle's loops."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from sqlalchemy import select

from ifdo_core import Workbench, tables
from tests.oracle import Oracle, Row
from tests.property.depth import examples
from tests.property.loading import opened
from tests.property.shops import Case, cases


def rows_of(workbench: Workbench, name: str, *key: str) -> dict[tuple[Any, ...], Row]:
    table = tables.derived.tables[name]
    found = [dict(row._mapping) for row in workbench.engine.execute(select(table))]
    by_key = {tuple(row[column] for column in key): row for row in found}
    assert len(by_key) == len(found), f"{name}: the key {key} is not unique"
    return by_key


def assert_same(found: dict[tuple[Any, ...], Row], wanted: dict[tuple[Any, ...], Row], what: str) -> None:
    assert found.keys() == wanted.keys(), what
    for key, row in found.items():
        for column, value in row.items():
            expected = wanted[key][column]
            # sums of floats may differ in the last digit, by the order in which they are added
            same = (
                abs(value - expected) < 1e-9 if isinstance(value, float) and expected is not None else value == expected
            )
            assert same, f"{what} {key}: {column} is {value!r}, the oracle says {expected!r}"


def check_marts(workbench: Workbench, case: Case) -> None:
    """Everything as of the shop's own now, its newest event."""
    oracle = Oracle(case.shop, workbench.now)
    history = oracle.history
    visits = {(visit["visit_id"],): visit for visit in oracle.visits}
    assert_same(rows_of(workbench, "visits", "visit_id"), visits, "visit")

    identity = {
        (visitor,): {
            "visitor_id": visitor,
            "member_id": history.member_of_visitor.get(visitor),
            "person": history.person_of_visitor(visitor),
        }
        for visitor in {event["visitor_id"] for event in history.events}
    }
    assert_same(rows_of(workbench, "identity", "visitor_id"), identity, "visitor")
    people = {(person["person"],): person for person in map(history.person_state, history.people())}
    assert_same(rows_of(workbench, "people", "person"), people, "person")
    baskets = {(line["order_id"], line["product_id"]): line for line in history.baskets()}
    assert_same(rows_of(workbench, "baskets", "order_id", "product_id"), baskets, "basket")


@examples(60)
@given(case=cases())
def test_marts_of_small_shops(case: Case):
    with opened(case.shop) as workbench:
        check_marts(workbench, case)


@examples(25)
@given(case=cases(people=10, events=40))
def test_marts_of_busy_shops(case: Case):
    with opened(case.shop) as workbench:
        check_marts(workbench, case)
