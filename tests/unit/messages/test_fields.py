"""The texts of a message by their paths."""

from __future__ import annotations

import pytest

from ifdo_core.messages import Message
from ifdo_core.messages.fields import text_fields, with_text
from ifdo_core.messages.limits import limits
from tests.unit.messages.samples import SAMPLES


def texts(message: Message) -> dict[str, str]:
    return {one.path: one.text for one in text_fields(message)}


@pytest.mark.parametrize("kind", limits().types)
def test_every_text_is_replaced_at_its_path_and_no_other(kind: str) -> None:
    message = SAMPLES[kind]
    for path in texts(message):
        assert texts(with_text(message, path, "새 글")) == texts(message) | {path: "새 글"}


def test_what_is_not_sent_has_a_place_too() -> None:
    message = SAMPLES["text"]
    assert with_text(message, "name", "봄").name == "봄"
    assert dict(with_text(message, "fallbacks.이름", "회원").fallbacks) == {"이름": "회원"}
    assert dict(with_text(message, "fallbacks.등급", "일반").fallbacks) == {"이름": "고객", "등급": "일반"}


@pytest.mark.parametrize("path", ["image.link", "cards[0].text", "buttons[7].name", "texts"])
def test_a_place_that_the_message_does_not_have(path: str) -> None:
    with pytest.raises(LookupError):
        with_text(SAMPLES["text"], path, "새 글")
