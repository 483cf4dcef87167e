"""Product blocks of a message filled from the shop's products: titles, prices, images and links, within the limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ifdo_core.errors import MessageError
from ifdo_core.messages.kakao_words import LOOK
from ifdo_core.messages.limits import TypeLimits, limits
from ifdo_core.messages.model import Button, Card, Commerce, Image, Item, Links, Message

_PRICE_MOST = 99_999_999


@dataclass(frozen=True)
class Goods:
    """A product for a message; prices in won, None where unknown."""

    product_id: str
    name: str
    price: int | None = None
    list_price: int | None = None
    image_url: str = ""
    url: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Goods:
        """From a row of ``products`` or of a recommendation; what is missing stays empty."""
        import pandas as pd

        def told(name: str) -> Any:
            value = row.get(name)
            return None if value is None or pd.isna(value) else value

        price, listed = (None if told(name) is None else int(told(name)) for name in ("price", "list_price"))
        name, image, url = (str(told(name) or "") for name in ("name", "image_url", "url"))
        return cls(str(row["product_id"]), name, price, listed, image, url)


def takes(type_: str) -> tuple[int, int] | None:
    """How few and how many products a type takes; None for those without products."""
    kind = limits().types[type_]
    if "commerce" in kind.fields:
        return 1, 1
    span = kind.items or kind.cards
    return None if span is None else (span.min, span.max)


def fill(message: Message, goods: Sequence[Goods]) -> Message:
    """``message`` with its product blocks made of ``goods``; what else it holds stays.

    Raises MessageError where the type takes no products or fewer are there than it needs.
    """
    span, kind = takes(message.type), limits().types[message.type]
    if span is None:
        raise MessageError(
            "no_products", "이 종류의 메시지에는 상품이 들어가지 않아요.", "커머스나 캐러셀, 리스트를 골라 주세요."
        )
    least, most = span
    if len(goods) < least:
        raise MessageError(
            "few_products", "상품이 {count}개예요. {least}개가 필요해요.", "상품을 더 골라 주세요.",
            count=len(goods), least=least,
        )  # fmt: skip
    chosen = list(goods)[:most]
    if "commerce" in kind.fields:
        one = chosen[0]
        buttons = (_button(one, kind, message.buttons), *message.buttons[1:])
        return replace(message, commerce=_commerce(one, kind), image=_image(one, message.image), buttons=buttons)
    if kind.items is not None:
        return replace(message, items=tuple(_item(one, place, kind) for place, one in enumerate(chosen)))
    return replace(message, cards=tuple(_card(one, place, kind, message) for place, one in enumerate(chosen)))


def _cut(text: str, kind: TypeLimits, limit: str) -> str:
    """One line within the limit; what is cut off ends in '…'."""
    line, most = " ".join(text.split()), kind.texts[limit].chars
    kept = line
    while len(kept.encode("utf-16-le")) // 2 > most:
        kept = kept[:-1]
    return kept if kept == line else kept[:-1].rstrip() + "…"


def _commerce(one: Goods, kind: TypeLimits) -> Commerce:
    title = _cut(one.name, kind, "product")
    listed, now = one.list_price, one.price
    if listed is not None and now is not None and 0 < now < listed <= _PRICE_MOST:
        rate = round((listed - now) / listed * 100)
        return Commerce(title, listed, now, rate) if rate else Commerce(title, now)
    known = now if now is not None else listed
    return Commerce(title, None if known is None else min(known, _PRICE_MOST))


def _image(one: Goods, before: Image | None) -> Image:
    link = one.url if one.url.startswith(("http://", "https://")) else ""
    return Image(one.image_url or (before.url if before is not None else ""), link)


def _button(one: Goods, kind: TypeLimits, before: Sequence[Button]) -> Button:
    """The button that was there, leading to the product."""
    given = before[0] if before else Button("WL", _cut(LOOK, kind, "button"))
    return replace(given, links=replace(given.links, mobile=one.url)) if given.kind == "WL" else given


def _item(one: Goods, place: int, kind: TypeLimits) -> Item:
    return Item(_cut(one.name, kind, "item" if place else "first_item"), Image(one.image_url), Links(mobile=one.url))


def _card(one: Goods, place: int, kind: TypeLimits, message: Message) -> Card:
    before = message.cards[place] if place < len(message.cards) else Card()
    parts: dict[str, Any] = {"image": _image(one, before.image), "buttons": (_button(one, kind, before.buttons),)}
    if "commerce" in kind.card_fields:
        parts["commerce"] = _commerce(one, kind)
    if "header" in kind.card_fields:
        parts["header"] = _cut(one.name, kind, "card_header")
    if "text" in kind.card_fields:
        parts["text"] = before.text or _cut(one.name, kind, "card_text")
    return replace(before, **parts)
