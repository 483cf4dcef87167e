"""친구톡 carried over type by type, with a list of what changed."""

from __future__ import annotations

from typing import Any

import pytest

from ifdo_core.errors import MessageError, NotAllowed
from ifdo_core.i18n import using
from ifdo_core.messages.check import can_be_sent, check
from ifdo_core.messages.friendtalk import carry_over, refuse
from ifdo_core.messages.limits import limits
from ifdo_core.messages.templates import templates

BUTTON = {"name": "보기", "type": "WL", "url_mobile": "https://a.kr", "url_pc": "https://a.kr/pc"}
IMAGE = {"img_url": "https://a.kr/1.jpg", "img_link": "https://a.kr"}
GOODS = {"title": "코트", "regular_price": 100_000, "discount_price": 90_000, "discount_rate": 10}
CARD = {"header": "하나", "message": "글", "attachment": {"image": IMAGE, "button": [BUTTON]}}
DRAFTS: dict[str, dict[str, Any]] = {
    "FT": {"message": "안녕하세요", "attachment": {"button": [BUTTON]}},
    "FI": {"message": "안녕하세요", "attachment": {"image": IMAGE, "button": [BUTTON]}},
    "FW": {"message": "안녕", "attachment": {"image": IMAGE}},
    "FL": {"header": "목록", "attachment": {"item": {"list": [{"title": f"{n}", **IMAGE, "url_mobile": "https://a.kr"}
                                                       for n in range(4)]}}},
    "FC": {"carousel": {"list": [CARD, CARD], "tail": {"url_mobile": "https://a.kr"}}},
    "FM": {"attachment": {"image": IMAGE, "commerce": GOODS, "button": [BUTTON]}},
    "FA": {"carousel": {"list": [{"attachment": {"image": IMAGE, "commerce": GOODS, "button": [BUTTON]}}] * 2}},
    "FP": {"attachment": {"video": {"video_url": "https://tv.kakao.com/v/1"}}},
}  # fmt: skip


@pytest.mark.parametrize("kind", limits().types.values(), ids=lambda kind: kind.friendtalk)
def test_every_type_is_carried_over_whole(kind) -> None:
    found = carry_over({"message_type": kind.friendtalk, **DRAFTS[kind.friendtalk]})
    assert found.message.type == kind.id
    assert can_be_sent(check(found.message)), check(found.message)
    assert len(found.changes) == 1


def test_what_no_longer_fits_is_cut_and_told() -> None:
    found = carry_over({"message_type": "FW", "ad_flag": "N", "message": "(광고) " + "가" * 80,
                        "attachment": {"image": IMAGE, "button": [BUTTON] * 5}})  # fmt: skip
    assert (len(found.message.text), len(found.message.buttons)) == (76, 2)
    assert len(found.changes) == 5
    many = carry_over({"message_type": "FC", "carousel": {"list": [CARD] * 10}})
    assert len(many.message.cards) == 6


def test_new_ones_and_unknown_ones_are_refused() -> None:
    assert isinstance(refuse(), NotAllowed)
    with pytest.raises(MessageError):
        carry_over({"message_type": "XX"})


def test_templates_pass() -> None:
    assert {one.message.type for one in templates()} == set(limits().types)
    for one in templates():
        assert can_be_sent(check(one.message)), (one.id, check(one.message))


def test_what_changed_is_told_in_the_language_of_the_reader() -> None:
    with using("en"):
        found = carry_over({"message_type": "FW", **DRAFTS["FW"]})
    assert found.changes == ("Type: FW → Wide image",)
