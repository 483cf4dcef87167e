"""A brand message as a tree of values, as JSON or YAML; what it may hold says ``limits``, whether it does ``check``.

``Message.from_dict`` refuses what is not a message at all (unknown names, wrong types) with the path; a message that is
one but breaks a limit is read, so that it can be shown and put right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ifdo_core.errors import MessageError

FORMAT = 1


@dataclass(frozen=True)
class Links:
    """Where a click leads: ``mobile`` and ``pc`` are web addresses, the other two schemes of an app."""

    mobile: str = ""
    pc: str = ""
    android: str = ""
    ios: str = ""


@dataclass(frozen=True)
class Image:
    """``url``: a web address, or 'image:<id>' of one that was uploaded here; ``link``: where a click leads."""

    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class Button:
    """``kind``: a code of ``limits().buttons``."""

    kind: str = "WL"
    name: str = ""
    links: Links = Links()


@dataclass(frozen=True)
class Coupon:
    """``title``: one of five shapes, such as '5000원 할인 쿠폰'."""

    title: str = ""
    description: str = ""
    links: Links = Links()


@dataclass(frozen=True)
class Commerce:
    """A product with its prices in won."""

    title: str = ""
    price: int | None = None
    sale_price: int | None = None
    discount_rate: int | None = None
    discount_fixed: int | None = None


@dataclass(frozen=True)
class Item:
    """One line of a wide item list."""

    title: str = ""
    image: Image = Image()
    links: Links = Links()


@dataclass(frozen=True)
class Video:
    """``url``: a Kakao TV address; ``thumbnail`` is needed where the video is private."""

    url: str = ""
    thumbnail: Image | None = None
    private: bool = False


@dataclass(frozen=True)
class Head:
    """The intro card of a carousel commerce."""

    header: str = ""
    text: str = ""
    image: Image = Image()
    links: Links | None = None


@dataclass(frozen=True)
class Card:
    """One card of a carousel."""

    header: str = ""
    text: str = ""
    extra: str = ""
    image: Image | None = None
    commerce: Commerce | None = None
    buttons: tuple[Button, ...] = ()
    coupon: Coupon | None = None


@dataclass(frozen=True)
class Message:
    """One brand message of any type. ``fallbacks``: variable → what stands there when a member has no value for it;
    a variable without one leaves such members out."""

    type: str = "text"
    name: str = ""
    text: str = ""
    header: str = ""
    extra: str = ""
    image: Image | None = None
    video: Video | None = None
    commerce: Commerce | None = None
    items: tuple[Item, ...] = ()
    head: Head | None = None
    cards: tuple[Card, ...] = ()
    tail: Links | None = None
    buttons: tuple[Button, ...] = ()
    coupon: Coupon | None = None
    fallbacks: tuple[tuple[str, str], ...] = ()
    adult: bool = False
    push: bool = True
    format: int = FORMAT

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Message:
        """Raises MessageError with the path of the first thing that does not belong."""
        from ifdo_core.messages.codec import read_message

        return read_message(data)

    @classmethod
    def from_json(cls, text: str) -> Message:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _unreadable("JSON", error) from error
        return cls.from_dict(data)

    @classmethod
    def from_yaml(cls, text: str) -> Message:
        try:
            data = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise _unreadable("YAML", error) from error
        return cls.from_dict(data)

    def to_dict(self) -> dict[str, Any]:
        from ifdo_core.messages.codec import written

        return written(self)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), allow_unicode=True, sort_keys=False)


def _unreadable(kind: str, error: Exception) -> MessageError:
    return MessageError(
        "not_readable",
        "메시지 {kind}를 읽을 수 없어요: {detail}",
        "형식을 확인해 주세요.",
        path="$",
        kind=kind,
        detail=str(error)[:200],
    )
