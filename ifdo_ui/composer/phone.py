"""The message as it looks in KakaoTalk, drawn with HTML and CSS; everything of a shop's or a person's is escaped."""

from __future__ import annotations

import base64
from contextlib import suppress
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from ifdo_core.messages import Message
from ifdo_core.messages.images import UPLOADED, reduced
from ifdo_core.messages.kakao_words import HOUR, WON
from ifdo_core.messages.limits import limits
from ifdo_core.messages.model import Button, Commerce, Coupon, Image
from ifdo_core.messages.rules import Furniture
from ifdo_ui import cache
from ifdo_ui.text import _, element, tag

_STYLE = Path(__file__).with_name("phone.css")
FOLD = 180  # characters after which KakaoTalk folds a text
_WIDTH = 560  # of an image: two points for each of the phone's


def draw(message: Message, around: Furniture, channel: str, dark: bool) -> None:
    """The phone with one message in a chat."""
    st.html(_STYLE)
    st.html(phone_html(message, around, channel, dark))


def phone_html(message: Message, around: Furniture, channel: str, dark: bool) -> str:
    """The phone as HTML."""
    name = element("div", tag("span", channel[:1] or "·", "kt-face") + tag("b", channel), "kt-name")
    label = tag("p", f"{around.label} {channel}", "kt-ad")
    foot = element("div", tag("p", around.opt_out, "kt-out") + tag("span", HOUR, "kt-hour"), "kt-foot")
    inside = name + label + _body(message) + foot
    return element("div", element("div", inside, "kt-screen"), "kt-phone kt-dark" if dark else "kt-phone")


def small(message: Message) -> None:
    """The message alone and reduced, for a gallery."""
    st.html(_STYLE)
    st.html(element("div", _body(message), "kt-screen kt-small"))


def _body(message: Message) -> str:
    return _carousel(message) if message.cards else element("div", _bubble(message), "kt-bubble")


def _bubble(message: Message) -> str:
    kind = limits().types[message.type]
    parts = [
        tag("div", message.header, "kt-header") if message.header else "",
        _video(message),
        _image(message.image, kind.id),
        _items(message),
        _text(message.text),
        _commerce(message.commerce),
        tag("p", message.extra, "kt-extra") if message.extra else "",
        _coupon(message.coupon),
        _buttons(message.buttons, vertical=kind.vertical),
    ]
    return "".join(parts)


def _carousel(message: Message) -> str:
    cards: list[str] = []
    if message.head is not None:
        head = message.head
        inside = _image(head.image, "carousel") + tag("div", head.header, "kt-header") + _text(head.text)
        cards.append(element("div", inside, "kt-card"))
    for card in message.cards:
        inside = (
            _image(card.image, "carousel")
            + (tag("div", card.header, "kt-header") if card.header else "")
            + _text(card.text)
            + _commerce(card.commerce)
            + (tag("p", card.extra, "kt-extra") if card.extra else "")
            + _coupon(card.coupon)
            + _buttons(card.buttons, vertical=False)
        )
        cards.append(element("div", inside, "kt-card"))
    if message.tail is not None:
        cards.append(element("div", tag("span", _("더보기")), "kt-card kt-more"))
    return element("div", "".join(cards), "kt-carousel", tabindex="0")


def _text(text: str) -> str:
    """The body; a long one is folded behind '전체보기'."""
    if not text:
        return ""
    lines = escape(text).replace("\n", "<br>")
    if len(text) <= FOLD:
        return element("p", lines, "kt-text")
    short = escape(text[:FOLD]).replace("\n", "<br>") + "…"
    return (
        "<details class='kt-fold'><summary>"
        + element("p", short, "kt-text kt-short")
        + tag("span", _("전체보기"), "kt-all")
        + "</summary>"
        + element("p", lines, "kt-text")
        + "</details>"
    )


def _source(url: str) -> str | None:
    """What an <img> may load: an uploaded file inline, or a web address."""
    if url.startswith(UPLOADED):
        with suppress(ValueError):
            return _inline(url)
        return None
    return url if urlsplit(url).scheme == "https" else None


@lru_cache(maxsize=200)
def _inline(url: str) -> str:
    """An uploaded file as the phone needs it: all of it goes to the browser again with every change of the message.
    Raises ValueError where it is gone or broken, which is not remembered."""
    data = cache.store().messages.image(url)
    if data is None:
        raise ValueError(url)
    return "data:image/jpeg;base64," + base64.b64encode(reduced(data, _WIDTH)).decode()


def _image(image: Image | None, shape: str) -> str:
    if image is None:
        return ""
    source = _source(image.url) if image.url.startswith(UPLOADED) else None
    if source is None:
        return element("div", tag("span", _("이미지")), f"kt-image kt-empty kt-shape-{escape(shape)}")
    return element("div", f'<img src="{escape(source)}" alt="">', "kt-image")


def _video(message: Message) -> str:
    return "" if message.video is None else element("div", tag("span", "▶"), "kt-image kt-empty kt-video")


def _items(message: Message) -> str:
    rows = [
        element("div", tag("span", item.title) + _image(item.image, "item"), "kt-item" if place else "kt-item kt-first")
        for place, item in enumerate(message.items)
    ]
    return "".join(rows)


def _commerce(goods: Commerce | None) -> str:
    if goods is None:
        return ""
    prices = ""
    if goods.sale_price is not None:
        off = f"{goods.discount_rate}%" if goods.discount_rate else ""
        prices += tag("b", off, "kt-off") if off else ""
        prices += tag("b", _won(goods.sale_price)) + tag("s", _won(goods.price))
    elif goods.price is not None:
        prices += tag("b", _won(goods.price))
    return tag("p", goods.title, "kt-goods") + element("p", prices, "kt-price")


def _won(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}{WON}"


def _coupon(coupon: Coupon | None) -> str:
    if coupon is None:
        return ""
    return element("div", tag("b", coupon.title) + tag("span", coupon.description), "kt-coupon")


def _buttons(buttons: tuple[Button, ...], *, vertical: bool) -> str:
    if not buttons:
        return ""
    inside = "".join(
        tag("span", one.name or "·", "kt-button kt-yellow" if one.kind == "AC" else "kt-button") for one in buttons
    )
    return element("div", inside, "kt-buttons" if vertical else "kt-buttons kt-row")
