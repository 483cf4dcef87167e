"""Oracle and engine against what was counted by hand (``expected.yaml``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ifdo_core import Segment, Workbench
from tests.golden.propose import PAST, Question, answer, expected, golden_oracle
from tests.golden.shop import golden_shop
from tests.property.comparing import daily_of
from tests.property.loading import opened

#: The visits of the last 24 hours, counted by hand.
LAST_DAY = {"ahn-3", "bae-5", "cho-3", "dan-mo-2", "gil-2", "gil-3", "ina-2", "joo-2", "moon-6"}
#: The six conditions that shops of this kind know best; the last one is live.
SEED = (
    "acquisition.search_engine", "acquisition.sns", "cart.recent_amount", "traffic.visit_count",
    "purchase.order_count", "live.current_page",
)  # fmt: skip
each_question = pytest.mark.parametrize("question", expected(), ids=str)


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    """The whole shop, with what happens after now."""
    with opened(golden_shop()[0]) as filled:
        yield filled


@pytest.fixture(scope="module")
def ended() -> Iterator[Workbench]:
    """The shop as if it ended at now, which is then its own now."""
    shop, now = golden_shop()
    with opened(replace(shop, events=[event for event in shop.events if event["ts"] <= now])) as filled:
        assert filled.now == now
        yield filled


def all_of(*leaves: dict[str, Any]) -> dict[str, Any]:
    return {"format": 1, "where": {"all": list(leaves)}}


def test_every_condition_is_counted_by_hand():
    """``make golden`` proposes what is missing; a person counts."""
    asked = {(question.condition, question.asked) for question in expected()}
    assert [entry.id for entry in PAST if (entry.id, entry.example) not in asked] == []
    assert {question.condition for question in expected()} == {entry.id for entry in PAST}


def test_reasons_are_written_out():
    told = {question.condition for question in expected() if question.why}
    assert set(SEED) - told == {"live.current_page"}
    assert len(told) >= 31


@each_question
def test_oracle(question: Question):
    assert answer(question.leaf) == sorted(question.visits)


@each_question
def test_engine_counts(workbench: Workbench, question: Question):
    preview = workbench.preview(Segment(question.leaf), now=golden_shop()[1])
    assert (preview.visits_7d, preview.visits_24h) == (len(question.visits), len(LAST_DAY & set(question.visits)))


@each_question
def test_engine_lists(ended: Workbench, question: Question):
    segment = Segment(question.leaf)
    assert sorted(ended.visits(segment, "7d").visit_id) == sorted(question.visits)
    assert sorted(ended.visits(segment, "24h").visit_id) == sorted(LAST_DAY & set(question.visits))


def test_the_shop_as_a_whole(workbench: Workbench):
    everything = all_of({"condition": "traffic.visit_count", "op": "gte", "value": 1})
    preview = workbench.preview(everything, now=golden_shop()[1])
    assert (preview.total_visits_7d, preview.visits_7d, preview.visits_24h) == (28, 28, 9)
    # all twelve; in the last day gil came twice
    assert (preview.visitors_7d, preview.visitors_24h) == (12, 8)
    # M03, M04 (on two devices), M05, M07, M09; M08 logs in after now, M12 never came
    assert (preview.members_7d, preview.members_24h) == (5, 3)
    days = (1, 2, 3, 3, 3, 3, 7, 6)
    assert daily_of(preview.daily) == {date(2026, 11, 10 + n): (count, count) for n, count in enumerate(days)}


def test_the_visits_of_the_last_day():
    assert {visit["visit_id"] for visit in golden_oracle().window("24h")} == LAST_DAY


def test_guided_sns(workbench: Workbench):
    """'Who came from Instagram or Facebook?': ahn-1 and ahn-2, one visitor, no member; none today."""
    asked = all_of({"condition": "acquisition.sns", "op": "in", "value": ["instagram", "facebook"]})
    preview = workbench.preview(asked, now=golden_shop()[1])
    assert (preview.visits_7d, preview.visitors_7d, preview.members_7d, preview.visits_24h) == (2, 1, 0, 0)
    assert preview.share_7d == 2 / 28


def test_guided_cart(workbench: Workbench):
    """'Who had 50,000 won in the cart?': ahn twice, cho, han, moon twice. With 70,000 ahn falls out."""
    for value, visits, visitors, members in ((50_000, 6, 4, 2), (70_000, 4, 3, 2)):
        asked = all_of({"condition": "cart.recent_amount", "op": "gte", "value": value})
        preview = workbench.preview(asked, now=golden_shop()[1])
        assert (preview.visits_7d, preview.visitors_7d, preview.members_7d) == (visits, visitors, members)


def test_guided_often_but_never_bought(workbench: Workbench):
    """'Who comes often and never bought?': bae-5. Of five and more visits there are three, moon bought by then; of
    visits without an order before their end there are 18."""
    asked = all_of(
        {"condition": "traffic.visit_count", "op": "gte", "value": 5},
        {"condition": "purchase.order_count", "op": "lte", "value": 0},
    )
    preview = workbench.preview(asked, now=golden_shop()[1])
    assert (preview.visits_7d, preview.visits_24h, preview.visitors_7d, preview.members_7d) == (1, 1, 1, 0)
    told = preview.conditions.set_index("condition")
    assert told.visits_7d.to_dict() == {"traffic.visit_count": 3, "purchase.order_count": 18}
    assert told.without_7d.to_dict() == {"traffic.visit_count": 18, "purchase.order_count": 3}


def test_the_seed_condition_without_a_past(workbench: Workbench):
    asked = all_of({"condition": "live.current_page", "op": "contains", "value": "/product/"})
    preview = workbench.preview(asked, now=golden_shop()[1])
    assert preview.visits_7d is None
    assert preview.reason is not None
    assert preview.reason.code == "live"


def test_members_at_now(ended: Workbench):
    """M03 bought for 100,000 + 100,000, M12 (never on the site) for 310,000; M04 for 89,000, M05 for 30,000; M07's
    only order came back and M09 bought nothing. M08's order is after now."""
    rich = all_of({"condition": "purchase.total_amount", "op": "gte", "value": 200_000})
    assert sorted(ended.members(rich, "now").member_id) == ["M03", "M12"]
    never = all_of({"condition": "purchase.order_count", "op": "lte", "value": 0})
    assert sorted(ended.members(never, "now").member_id) == ["M07", "M09"]
    friends_or_not_known = {"format": 1, "where": {"not": {"condition": "member.channel_friend", "op": "is_false"}}}
    assert sorted(ended.members(friends_or_not_known, "now").member_id) == ["M04", "M05", "M07", "M09"]
