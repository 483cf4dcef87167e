"""From what is asked of the workbench to the recommender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import pandas as pd

from ifdo_core.errors import DataError
from ifdo_core.i18n import translate
from ifdo_core.recommend.policy import Policy
from ifdo_core.recommend.recommender import Recommendations
from ifdo_core.recommend.together import Together
from ifdo_core.segments import Segment


class Door(Protocol):
    """What of the workbench is needed here."""

    @property
    def together(self) -> Together: ...

    def members(self, segment: Segment, window: str | None = None) -> pd.DataFrame: ...


#: product, basket, member, visitor, segment
Given = tuple[object, Sequence[object] | None, object, object, Segment | None]


def ask(door: Door, now: datetime, given: Given, k: int, policy: Policy | None) -> Recommendations:
    """Exactly one question: a product or a basket (with or without a person), a person, or a segment."""
    product, basket, member, visitor, segment = given
    recommender = door.together.recommender(now)
    person = f"m:{member}" if member is not None else None
    if visitor is not None:
        person = door.together.person_of(str(visitor), now)
    cart = [product] if product is not None else list(basket) if basket is not None else None
    asked = (cart is not None or person is not None) + (segment is not None)
    if asked != 1 or (product is not None and basket is not None) or (member is not None and visitor is not None):
        raise DataError(
            "what_to_recommend",
            "무엇에 대한 추천인지 하나만 알려 주세요.",
            "product, basket, member, visitor, segment 중 하나예요.",
        )
    if segment is not None:
        people = [f"m:{member}" for member in door.members(segment)["member_id"]]
        return recommender.for_people(people, segment.name or translate("세그먼트"), k=k, policy=policy)
    if cart:
        return recommender.for_cart(cart, person=person, k=k, policy=policy)
    return recommender.for_person(person or "v:", k=k, policy=policy)
