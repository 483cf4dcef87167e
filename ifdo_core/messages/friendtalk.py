"""Drafts of 친구톡, which ended on 31 December 2025, carried over to brand messages type by type.

New ones cannot be written: ``refuse`` says so. What had to change is listed, so that somebody can look it over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from ifdo_core.errors import MessageError, NotAllowed
from ifdo_core.i18n import translate
from ifdo_core.messages.counting import cut, length
from ifdo_core.messages.fields import text_fields, with_texts
from ifdo_core.messages.kakao_words import AD
from ifdo_core.messages.limits import TypeLimits, limits
from ifdo_core.messages.model import Button, Card, Commerce, Coupon, Image, Item, Links, Message, Video

#: A 친구톡 with no field of its own for the type is a text.
_DEFAULT = "FT"


@dataclass(frozen=True)
class Carried:
    """The brand message, and what is not as it was: sentences."""

    message: Message
    changes: tuple[str, ...]


def refuse() -> NotAllowed:
    """What writing a new 친구톡 gets."""
    return NotAllowed(
        "friendtalk_ended",
        "친구톡은 2025년 12월 31일에 끝나서 새로 쓸 수 없어요.",
        "브랜드 메시지로 작성해 주세요. 저장해 둔 친구톡은 가져올 수 있어요.",
    )


def carry_over(draft: Mapping[str, Any]) -> Carried:
    """A 친구톡 in the raw form that dealers use (message_type, message, attachment, carousel). Raises MessageError."""
    code = str(draft.get("message_type") or draft.get("type") or _DEFAULT).upper()
    kind = next((one for one in limits().types.values() if one.friendtalk == code), None)
    if kind is None:
        raise MessageError(
            "not_a_friendtalk",
            "친구톡 종류를 알 수 없어요: {kind}.",
            "FT, FI, FW, FL, FC, FM, FA, FP 가운데 하나예요.",
            path="message_type",
            kind=code,
        )
    attachment = _dict(draft.get("attachment"))
    message = _read(draft, attachment, kind)
    changes = [translate("종류: {code} → {name}").format(code=code, name=kind.label())]
    if not draft.get("ad_flag", draft.get("adFlag", True)) or draft.get("ad_flag") == "N":
        changes.append(translate("광고 표시가 꺼져 있었지만 브랜드 메시지는 늘 광고예요."))
    message, cuts = _within(message, kind)
    return Carried(message, (*changes, *cuts))


def _dict(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Mapping[str, Any]]:
    return [_dict(one) for one in cast("list[object]", value)] if isinstance(value, list) else []


def _text(given: Mapping[str, Any], *names: str) -> str:
    return next((str(given[name]) for name in names if given.get(name)), "")


def _links(given: Mapping[str, Any]) -> Links:
    return Links(
        _text(given, "url_mobile", "linkMo", "link_mo"),
        _text(given, "url_pc", "linkPc", "link_pc"),
        _text(given, "scheme_android", "schemeAndroid"),
        _text(given, "scheme_ios", "schemeIos"),
    )


def _image(given: Mapping[str, Any]) -> Image | None:
    url = _text(given, "img_url", "image_url", "imageUrl")
    return Image(url, _text(given, "img_link", "image_link", "imageLink")) if url else None


def _buttons(given: object) -> tuple[Button, ...]:
    return tuple(Button(_text(one, "type") or "WL", _text(one, "name"), _links(one)) for one in _list(given))


def _coupon(given: object) -> Coupon | None:
    found = _dict(given)
    return Coupon(_text(found, "title"), _text(found, "description"), _links(found)) if found else None


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float)) or (isinstance(value, str) and value.isdigit()) else None


def _commerce(given: object) -> Commerce | None:
    found = _dict(given)
    if not found:
        return None
    numbers = [
        _number(found.get(name)) for name in ("regular_price", "discount_price", "discount_rate", "discount_fixed")
    ]
    return Commerce(_text(found, "title"), *numbers)


def _card(given: Mapping[str, Any]) -> Card:
    inner = _dict(given.get("attachment")) or given
    return Card(
        _text(given, "header"),
        _text(given, "message", "content"),
        _text(given, "additional_content"),
        _image(_dict(inner.get("image")) or inner),
        _commerce(inner.get("commerce")),
        _buttons(inner.get("button") or inner.get("buttons")),
        _coupon(inner.get("coupon")),
    )


def _read(draft: Mapping[str, Any], attachment: Mapping[str, Any], kind: TypeLimits) -> Message:
    video, carousel = _dict(attachment.get("video")), _dict(draft.get("carousel") or attachment.get("carousel"))
    thumbnail = _text(video, "thumbnail_url")
    tail = _dict(carousel.get("tail"))
    items = _list(_dict(attachment.get("item")).get("list"))
    return Message(
        type=kind.id,
        name=_text(draft, "name"),
        text=_text(draft, "message", "content"),
        header=_text(draft, "header"),
        extra=_text(draft, "additional_content"),
        image=_image(_dict(attachment.get("image"))),
        video=Video(_text(video, "video_url"), Image(thumbnail) if thumbnail else None) if video else None,
        commerce=_commerce(attachment.get("commerce")),
        items=tuple(Item(_text(one, "title"), _image(one) or Image(), _links(one)) for one in items),
        cards=tuple(_card(one) for one in _list(carousel.get("list"))),
        tail=_links(tail) if tail else None,
        buttons=_buttons(attachment.get("button")),
        coupon=_coupon(attachment.get("coupon")),
    )


def _within(message: Message, kind: TypeLimits) -> tuple[Message, list[str]]:
    """The message cut to what its type takes, and what was cut."""
    changes: list[str] = []

    def shorten(path: str, text: str) -> str:
        bare = text.removeprefix(AD).lstrip() if path == "text" else text
        if bare != text:
            changes.append(translate("본문의 ‘(광고)’를 뺐어요. 카카오톡이 붙여 줘요."))
        field = next((one for one in text_fields(message) if one.path == path), None)
        limit = kind.texts.get(field.limit) if field is not None else None
        if limit is None or length(bare) <= limit.chars:
            return bare
        told = translate("{path}: {length}자에서 {limit}자로 줄였어요.")
        changes.append(told.format(path=path, length=length(bare), limit=limit.chars))
        return cut(bare, limit.chars)

    out = with_texts(message, shorten)
    if kind.cards is not None and len(out.cards) > kind.cards.max:
        changes.append(
            translate("카드 {count}장 가운데 앞의 {limit}장만 남겼어요.").format(
                count=len(out.cards), limit=kind.cards.max
            )
        )
        out = replace(out, cards=out.cards[: kind.cards.max])
    if len(out.buttons) > kind.buttons.max and kind.cards is None:
        told = translate("버튼 {count}개 가운데 앞의 {limit}개만 남겼어요.")
        changes.append(told.format(count=len(out.buttons), limit=kind.buttons.max))
        out = replace(out, buttons=out.buttons[: kind.buttons.max])
    return out, changes
