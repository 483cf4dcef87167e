"""Every condition answers alike on DuckDB, ClickHouse (chdb) and PostgreSQL: as counted by hand on the golden shop,
and as the oracle says on a random one of fifty visits, with every operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, TypeVar

import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.catalogue import CATEGORIES, conditions_in
from ifdo_core.engines import Engine
from ifdo_core.segments.model import AnyOf, Leaf
from tests.golden.propose import expected
from tests.golden.shop import golden_shop
from tests.oracle import Oracle, Shop
from tests.oracle.borders import NOW, texts
from tests.property.comparing import assert_same_panel, check_marts
from tests.property.loading import fill
from tests.property.segments import Drawer
from tests.property.shops import random_case

T = TypeVar("T")
KINDS = ("duckdb", "chdb", pytest.param("postgresql", marks=pytest.mark.postgres))
#: Conditions of the past by the heading they stand under.
HEADINGS = [heading for heading in CATEGORIES if heading != "live"]
#: Leaves in one statement.
AT_ONCE = 25


@dataclass(frozen=True)
class Loaded:
    workbench: Workbench
    oracle: Oracle
    now: datetime


@pytest.fixture(scope="module", params=KINDS)
def golden(request: pytest.FixtureRequest, fresh: Callable[[str, str], Engine]) -> Iterator[Loaded]:
    shop, now = golden_shop()
    yield from loaded(fresh(request.param, "ifdo_golden"), shop, now)


@pytest.fixture(scope="module", params=KINDS)
def random(request: pytest.FixtureRequest, fresh: Callable[[str, str], Engine]) -> Iterator[Loaded]:
    case = random_case(Random(100), people=16, events=40, least=12)
    yield from loaded(fresh(request.param, "ifdo_random"), case.shop, case.now)


def loaded(engine: Engine, shop: Shop, now: datetime) -> Iterator[Loaded]:
    with engine:
        workbench = fill(engine, shop)
        yield Loaded(workbench, Oracle(shop, now), now)
        workbench.close()


def pieces(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


@pytest.mark.parametrize("heading", HEADINGS)
def test_golden_shop(golden: Loaded, heading: str):
    ids = {entry.id for entry in conditions_in(heading)}
    questions = [question for question in expected() if question.condition in ids]
    assert questions
    for some in pieces(questions):
        preview = golden.workbench.preview(Segment(AnyOf(tuple(question.leaf for question in some))), now=golden.now)
        found = dict(zip(map(str, some), preview.conditions.visits_7d, strict=True))
        assert found == {str(question): len(question.visits) for question in some}


def test_marts(random: Loaded):
    check_marts(random.workbench, random.oracle.shop)


@pytest.mark.parametrize("kind", KINDS)
def test_signs_that_mean_something_to_a_database(fresh: Callable[[str, str], Engine], kind: str):
    """The texts of the borders, all in one shop; each question is asked of all of them."""
    asked = texts()
    shop = Shop(
        [{**event, "event_id": f"e{n}", "visitor_id": f"v{n}"} for n, b in enumerate(asked) for event in b.shop.events]
    )
    where = AnyOf(tuple(leaf_from(border.where) for border in asked))
    with fresh(kind, "ifdo_texts") as engine:
        workbench = fill(engine, shop)
        preview = workbench.preview(Segment(where), now=NOW)
        assert_same_panel(preview, Oracle(shop, NOW).preview(where), Segment(where))
        workbench.close()


def leaf_from(where: dict[str, Any]) -> Leaf:
    read = Segment.from_dict({"format": 1, "where": where}).where
    assert isinstance(read, Leaf)
    return read


@pytest.mark.parametrize("heading", HEADINGS)
def test_random_shop(random: Loaded, heading: str):
    leaves: list[Leaf] = []
    for entry in conditions_in(heading):
        leaves += Drawer(Random(entry.id), random.oracle).leaves(entry, each=1)
    for some in pieces(list(dict.fromkeys(leaves))):
        segment = Segment(AnyOf(tuple(some)))
        preview = random.workbench.preview(segment, now=random.now)
        assert_same_panel(preview, random.oracle.preview(segment.where), segment)
