"""Products in a segment are called by the shop's names, in its sentence, its rows and the lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ifdo_core import Segment, Workbench, tables
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.segments.goods import are_products
from ifdo_core.segments.model import leaves
from ifdo_core.segments.wording import leaf_text, sentence
from tests.golden.shop import golden_shop
from tests.property.loading import opened


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    with opened(golden_shop()[0]) as filled:
        yield filled


@pytest.fixture(scope="module")
def names(workbench: Workbench) -> dict[str, str]:
    p = tables.products.c
    return dict(workbench.engine.execute(select(p.product_id, p.name)))


def segment(*where: dict[str, Any]) -> Segment:
    return Segment.from_dict({"format": 1, "name": "", "where": {"all": list(where)}})


CART = {"condition": "cart.product", "op": "any_of", "value": ["P1001", "gone"]}
SWITCH = {
    "condition": "purchase.a_not_b", "op": "gte", "value": 1,
    "params": {"did": "product:P1001", "not": "category:없는 분류"},
}  # fmt: skip
BOUGHT = {"condition": "purchase.product", "op": "gte", "value": 1, "params": {"product": "P1002"}}


def test_a_sentence_calls_them_by_name(workbench: Workbench, names: dict[str, str]):
    said = sentence(workbench.resolve(segment(CART, SWITCH, BOUGHT)), "ko")
    assert names["P1001"] in said
    assert names["P1002"] in said
    assert "gone" in said, "what the shop does not know stays as it is"
    assert "P1001" not in said
    assert "P1002" not in said


def test_also_within_saved_segments(workbench: Workbench, names: dict[str, str]):
    workbench.segments = {"a": replace(segment(BOUGHT), name="산 사람")}
    inside = workbench.resolve(segment({"condition": "analysis.in_segment", "op": "any_of", "value": ["a"]}))
    (leaf,) = leaves(inside.where)
    (within,) = leaves(leaf.inner[0].where)
    assert names["P1002"] in leaf_text(within, "en")


def test_the_rows_of_a_preview_do(workbench: Workbench, names: dict[str, str]):
    told = workbench.preview(segment(CART, BOUGHT)).conditions
    assert names["P1001"] in told.astype(str).to_string()


def test_names_are_no_part_of_the_segment(workbench: Workbench):
    asked = segment(CART, BOUGHT)
    named = workbench.resolve(asked)
    assert named == asked
    assert hash(named) == hash(asked)
    assert named.to_dict() == asked.to_dict()


def test_lists_to_choose_from_show_names(workbench: Workbench, names: dict[str, str]):
    for condition in ("cart.product", "commerce.last_product", "purchase.first_product"):
        found = workbench.suggest(condition)
        assert found.label.tolist() == [names.get(value, value) for value in found.value]
    found = workbench.suggest("cart.product", names["P1001"][:3])
    assert "P1001" in set(found.value), "found by the name"


def test_which_conditions_hold_products():
    found = {one.id for one in CONDITIONS.values() if are_products(one)}
    assert {"cart.product", "commerce.last_product", "commerce.wishlist_product", "purchase.last_product"} <= found
    assert not found & {"purchase.distinct_products", "commerce.products_viewed", "purchase.product", "cart.category"}
