"""The limits of ``data/messages/limits.yaml``, typed: one dated table for validator, composer and docs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from ifdo_core.i18n import current_language

LIMITS_FILE = Path(__file__).resolve().parents[2] / "data" / "messages" / "limits.yaml"


@dataclass(frozen=True)
class TextLimit:
    """How long a text may be, and the lower figures at which some dealer may refuse it (None: no such figure)."""

    chars: int
    breaks: int
    warn_chars: int | None
    warn_breaks: int | None
    source: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Span:
    """How many of something there may be."""

    min: int
    max: int


@dataclass(frozen=True)
class TypeLimits:
    """Everything about one type of message. ``fields``: name → required; what is not named is not accepted."""

    id: str
    ko: str
    en: str
    kakao: str  # chatBubbleType
    friendtalk: str  # code of the 친구톡 type it replaces
    fields: Mapping[str, bool]
    card_fields: Mapping[str, bool]
    texts: Mapping[str, TextLimit]
    buttons: Span
    buttons_with_coupon: int
    vertical: bool
    button_kinds: tuple[str, ...]
    items: Span | None
    cards: Span | None
    cards_with_head: Span | None
    slots: Mapping[str, str]
    price: int

    def label(self, language: str | None = None) -> str:
        return self.ko if (language or current_language()) == "ko" else self.en


@dataclass(frozen=True)
class Slot:
    """A place for an image. Ratios are height / width."""

    id: str
    ko: str
    en: str
    width: int
    height: int
    min_ratio: float
    max_ratio: float
    same_ratio: bool


@dataclass(frozen=True)
class ButtonKind:
    """``links``: 'mobile', 'any_two' or 'none'; ``name``: the only text it may have, where it is fixed."""

    code: str
    ko: str
    en: str
    links: str
    name: str | None
    targeting: tuple[str, ...]


@dataclass(frozen=True)
class Targeting:
    """``approval``: of the channel's application; ``manual_from``: the first day on which a person may send with it,
    None while it serves automatic messages only."""

    approval: bool
    manual_from: date | None


@dataclass(frozen=True)
class Limits:
    """The whole table."""

    as_of: date
    sources: Mapping[str, str]
    types: Mapping[str, TypeLimits]
    buttons: Mapping[str, ButtonKind]
    link_chars: int
    video_chars: int
    prices: Mapping[str, int]
    coupons: Mapping[str, int]
    image_formats: tuple[str, ...]
    image_bytes: int
    image_width: int
    slots: Mapping[str, Slot]
    targetings: Mapping[str, Targeting]
    zone: str
    opens: time
    default_until: time
    until: time
    reservation_days: int


@cache
def limits() -> Limits:
    """The table, read once."""
    given: dict[str, Any] = yaml.safe_load(LIMITS_FILE.read_text(encoding="utf-8"))
    images, hours = given["images"], given["hours"]
    return Limits(
        as_of=given["as_of"],
        sources=MappingProxyType(given["sources"]),
        types=MappingProxyType(
            {name: _type(name, row, given["prices_won"][name]) for name, row in given["types"].items()}
        ),
        buttons=MappingProxyType({code: _button(code, row) for code, row in given["buttons"].items()}),
        link_chars=given["links"]["chars"],
        video_chars=given["video"]["chars"],
        prices=MappingProxyType({name: value for name, value in given["prices"].items() if isinstance(value, int)}),
        coupons=MappingProxyType({name: value for name, value in given["coupons"].items() if isinstance(value, int)}),
        image_formats=tuple(images["formats"]),
        image_bytes=images["max_bytes"],
        image_width=images["min_width"],
        slots=MappingProxyType({name: _slot(name, row) for name, row in images["slots"].items()}),
        targetings=MappingProxyType(
            {name: Targeting(row["approval"], row["manual_from"]) for name, row in given["targetings"].items()}
        ),
        zone=hours["zone"],
        opens=time.fromisoformat(hours["from"]),
        default_until=time.fromisoformat(hours["default_until"]),
        until=time.fromisoformat(hours["until"]),
        reservation_days=given["reservation_days"]["max"],
    )


def _type(name: str, row: dict[str, Any], price: int) -> TypeLimits:
    cards, items = row.get("cards"), row.get("items")
    return TypeLimits(
        id=name,
        ko=row["ko"],
        en=row["en"],
        kakao=row["kakao"],
        friendtalk=row["friendtalk"],
        fields=_fields(row["fields"]),
        card_fields=_fields(row.get("card", {})),
        texts=MappingProxyType({key: _text(one) for key, one in row["limits"].items()}),
        buttons=_span(row["buttons"]),
        buttons_with_coupon=row["buttons"]["with_coupon"],
        vertical=row["buttons"]["layout"] == "vertical",
        button_kinds=tuple(row["buttons"]["kinds"]),
        items=None if items is None else _span(items),
        cards=None if cards is None else _span(cards),
        cards_with_head=None if cards is None or "with_head" not in cards else _span(cards["with_head"]),
        slots=MappingProxyType(row.get("slots", {})),
        price=price,
    )


def _fields(row: dict[str, str]) -> Mapping[str, bool]:
    return MappingProxyType({name: rule == "required" for name, rule in row.items()})


def _text(row: dict[str, Any]) -> TextLimit:
    warn = row.get("warn", {})
    return TextLimit(
        row["chars"], row["breaks"], warn.get("chars"), warn.get("breaks"), tuple(row["source"]), row.get("note", "")
    )


def _span(row: dict[str, Any]) -> Span:
    return Span(row["min"], row["max"])


def _slot(name: str, row: dict[str, Any]) -> Slot:
    return Slot(
        name, row["ko"], row["en"], row["width"], row["height"], row["min_ratio"], row["max_ratio"],
        row.get("same_ratio", False),
    )  # fmt: skip


def _button(code: str, row: dict[str, Any]) -> ButtonKind:
    targeting = tuple(row.get("targeting", ("M", "N", "I")))
    return ButtonKind(code, row["ko"], row["en"], row["links"], row.get("name"), targeting)
