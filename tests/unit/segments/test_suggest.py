"""Values offered for a condition, with the visits that have them, on the hand-counted shop as it ends at its now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.catalogue import CONDITIONS
from tests.golden.shop import golden_shop
from tests.property.loading import opened


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    shop, now = golden_shop()
    with opened(replace(shop, events=[event for event in shop.events if event["ts"] <= now])) as filled:
        yield filled


def counted(found: pd.DataFrame) -> dict[str, int]:
    return {value: n for value, n in zip(found.value, found.visits, strict=True) if n}


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("traffic.device_brand", {"apple": 3, "samsung": 2}),
        ("traffic.platform", {"web": 6, "app": 2}),
        ("acquisition.own_message", {"email": 1, "alimtalk": 1, "brand_message": 1}),
        ("cart.product", {"P1001": 4, "P1002": 3, "P1003": 3, "P1005": 3}),
        ("commerce.wishlist_product", {"P1001": 2, "P1004": 2, "P1002": 1, "P1003": 1}),
        ("commerce.top_brand", {"NORD": 13, "RUN": 2}),
        ("purchase.last_status", {"paid": 8, "refunded": 2, "pending": 2, "delivered": 1}),
        ("member.tag", {"VIP": 2, "인플루언서": 2, "후기왕": 2}),
        ("member.message_target", {"M": 4, "N": 2, "I": 5}),
    ],
)
def test_counts(workbench: Workbench, condition: str, wanted: dict[str, int]):
    assert counted(workbench.suggest(condition)) == wanted


def test_every_condition_with_values_answers(workbench: Workbench):
    for entry in CONDITIONS.values():
        found = workbench.suggest(entry.id)
        assert list(found.columns) == ["value", "label", "visits"]
        assert set(entry.values) <= set(workbench.suggest(entry.id, limit=1_000).value)


def test_names_of_landing_parameters_and_custom_fields(workbench: Workbench):
    found = workbench.suggest("acquisition.landing_query_param", param="param")
    assert counted(found) == {"ifdo_mid": 4, "ab": 3}
    found = workbench.suggest("member.custom_field", param="field")
    assert counted(found) == {"skin_type": 5, "size": 2}


def test_events_with_their_visits(workbench: Workbench):
    found = workbench.suggest("behaviour.event", param="event", query="찜")
    assert counted(found) == {"add_to_wishlist": 1, "remove_from_wishlist": 1}
