"""The oracle on shops so small that the answer is known beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from ifdo_core.segments.model import AllOf, Leaf, Node, Not
from tests.oracle.audience import Oracle, occurrences, without
from tests.oracle.borders import BORDERS, NOW, Border, event
from tests.oracle.origins import attribution
from tests.oracle.shop import Row, Shop


def node_of(tree: dict[str, Any]) -> Node:
    if "not" in tree:
        return Not(node_of(tree["not"]))
    if "all" in tree:
        return AllOf(tuple(node_of(part) for part in tree["all"]))
    value = tuple(tree["value"]) if isinstance(tree.get("value"), list) else tree.get("value")
    return Leaf(tree["condition"], tree["op"], value, tuple(sorted(tree.get("params", {}).items())))


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.name)
def test_border(border: Border):
    oracle = Oracle(border.shop, border.now)
    where = node_of(border.where)
    assert {visit["visit_id"] for visit in oracle.matching(where, "7d")} == border.visits
    if border.in_24h is not None:
        assert len(oracle.matching(where, "24h")) == border.in_24h


def test_names_of_borders_are_unique():
    assert len({border.name for border in BORDERS}) == len(BORDERS)


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ({}, ("(direct)", "(none)", "direct", None)),
        ({"utm_source": "ig", "utm_medium": "paid_social"}, ("instagram", "paid_social", "paid_social", "instagram")),
        (
            {"utm_source": "fb", "referrer": "https://www.google.com/"},
            ("facebook", "social", "organic_social", "facebook"),
        ),
        ({"click_id": "fbclid"}, ("facebook", "social", "organic_social", "facebook")),
        ({"click_id": "gclid", "referrer": "https://www.google.com/"}, ("google", "cpc", "paid_search", None)),
        ({"referrer": "https://l.instagram.com/"}, ("instagram", "social", "organic_social", "instagram")),
        ({"referrer": "https://shop.example/cart"}, ("(direct)", "(none)", "direct", None)),
        ({"referrer": "https://www.shop.example/cart"}, ("(direct)", "(none)", "direct", None)),
        ({"referrer": "https://blog.example/x"}, ("blog.example", "referral", "referral", None)),
        ({"utm_source": "newsletter", "utm_medium": "email"}, ("newsletter", "email", "email", None)),
        ({"inapp": "instagram"}, ("(direct)", "(none)", "direct", "instagram")),
        ({"utm_source": "(not set)"}, ("(direct)", "(none)", "direct", None)),
    ],
)
def test_origin(first: Row, told: tuple[str | None, ...]):
    found = attribution(first, ("shop.example",))
    assert (found["source"], found["medium"], found["channel"], found["sns"]) == told


def test_leaving_out():
    """The condition goes; a group or a ``not`` that is left empty goes with it; nothing left matches everything."""
    a, b = Leaf("traffic.hour", "eq", 1), Leaf("traffic.hour", "eq", 2)
    tree = AllOf((a, Not(AllOf((b,))), b))
    places = [(place, path) for place, path, _ in occurrences(tree)]
    assert places == [((0,), "where.all[0]"), ((1, 0, 0), "where.all[1].not.all[0]"), ((2,), "where.all[2]")]
    assert [without(tree, place) for place, _ in places] == [
        AllOf((Not(AllOf((b,))), b)),
        AllOf((a, b)),
        AllOf((a, Not(AllOf((b,))))),
    ]
    assert without(Not(a), (0,)) is None
    assert len(Oracle(Shop([event("e", NOW)]), NOW).matching(None, "7d")) == 1
