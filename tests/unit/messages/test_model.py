"""Messages as text and back, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ifdo_core.errors import MessageError
from ifdo_core.messages import Message
from ifdo_core.messages.limits import limits
from tests.unit.messages.samples import SAMPLES


@pytest.mark.parametrize("kind", limits().types)
def test_every_type_goes_to_text_and_back(kind: str) -> None:
    message = SAMPLES[kind]
    assert Message.from_json(message.to_json()) == message
    assert Message.from_yaml(message.to_yaml()) == message
    assert Message.from_dict(message.to_dict()).type == kind


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ([], "$", "not_a_message"),
        ({"type": "letter"}, "type", "unknown_type"),
        ({"format": 2}, "format", "unknown_format"),
        ({"texts": "x"}, "texts", "unknown_name"),
        ({"text": 5}, "text", "wrong_type"),
        ({"adult": "yes"}, "adult", "wrong_type"),
        ({"commerce": {"price": True}}, "commerce.price", "wrong_type"),
        ({"buttons": [{}, {"links": {"web": "x"}}]}, "buttons[1].links.web", "unknown_name"),
        ({"cards": "x"}, "cards", "wrong_type"),
        ({"cards": [{}] * 51}, "cards", "too_many_parts"),
        ({"fallbacks": {"이름": 3}}, "fallbacks.이름", "wrong_type"),
        ({"text": "x" * 20_001}, "text", "text_is_huge"),
    ],
)
def test_what_is_no_message_is_refused_with_its_place(data: Any, path: str, code: str) -> None:
    with pytest.raises(MessageError) as caught:
        Message.from_dict(data)
    assert (caught.value.path, caught.value.code) == (path, code)
    assert str(caught.value).startswith(path)


@pytest.mark.parametrize("text", ["{", "[1"])
def test_broken_text(text: str) -> None:
    with pytest.raises(MessageError):
        Message.from_json(text)
    with pytest.raises(MessageError):
        Message.from_yaml(text)
