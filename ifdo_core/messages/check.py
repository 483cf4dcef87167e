"""Whether Kakao will take a message: every fault with its field and a way out (data/messages/limits.yaml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ifdo_core.messages import check_parts as part
from ifdo_core.messages.counting import breaks, length
from ifdo_core.messages.fields import TextField, text_fields
from ifdo_core.messages.images import ImageFacts, check_images
from ifdo_core.messages.kakao_words import AD, DISGUISED
from ifdo_core.messages.limits import Span, TextLimit, TypeLimits, limits
from ifdo_core.messages.model import Card, Message
from ifdo_core.messages.problems import Problem
from ifdo_core.messages.variables import VARIABLES, filled, is_broken, names_in


def check(
    message: Message,
    *,
    targeting: str | None = None,
    images: Mapping[str, ImageFacts | None] | None = None,
    longest: Mapping[str, str] | None = None,
) -> tuple[Problem, ...]:
    """The faults of ``message``, in the order of its fields; errors keep it from being sent, warnings do not.

    ``targeting``: 'M', 'N' or 'I', where it is known. ``images``: facts of the uploaded images by their address,
    None for a file that is gone or broken; given, an image by web address is warned of.
    ``longest``: for each variable the longest value that will stand there; by default its fallback.
    """
    kind = limits().types[message.type]
    values = longest or dict(message.fallbacks)
    found = [
        *_fields(message, kind),
        *_texts(message, kind, values),
        *_variables(message),
        *_numbers(message, kind),
        *part.buttons("", message.buttons, kind, message.coupon is not None, targeting),
        *part.coupon("coupon", message.coupon, values),
        *part.commerce("commerce", message.commerce),
        *part.video("video", message.video),
        *part.links_of(message),
        *_cards(message, kind, targeting, values),
        *check_images(message, kind, images),
    ]
    order = {field.path: place for place, field in enumerate(text_fields(message))}
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.severity, order.get(one.path, len(order)))))


def can_be_sent(problems: tuple[Problem, ...]) -> bool:
    return not any(one.severity == "error" for one in problems)


def limit_of(message: Message, path: str) -> TextLimit | None:
    """The limit under which the text at ``path`` is counted; None where there is none."""
    field = next((one for one in text_fields(message) if one.path == path), None)
    return None if field is None else limits().types[message.type].texts.get(field.limit)


def counted(message: Message, path: str) -> tuple[int, int] | None:
    """(38, 76) of '38/76자' for the text at ``path``, variables by their fallbacks."""
    limit = limit_of(message, path)
    field = next((one for one in text_fields(message) if one.path == path), None)
    if limit is None or field is None:
        return None
    return length(filled(field.text, dict(message.fallbacks))), limit.chars


# --- what there is --------------------------------------------------------------------------------

_EMPTY: tuple[object, ...] = ("", None, ())


def _fields(message: Message, kind: TypeLimits) -> Iterator[Problem]:
    for name in ("text", "header", "extra", "image", "video", "commerce", "items", "head", "cards", "tail",
                 "buttons", "coupon"):  # fmt: skip
        empty = getattr(message, name) in _EMPTY
        if not empty and name not in kind.fields:
            yield Problem("not_accepted", name)
        if empty and kind.fields.get(name, False) and name not in ("cards", "items", "buttons"):
            yield Problem("missing", name)


def _card_fields(path: str, card: Card, kind: TypeLimits) -> Iterator[Problem]:
    for name in ("header", "text", "extra", "image", "commerce", "coupon"):
        empty = getattr(card, name) in _EMPTY
        if not empty and name not in kind.card_fields:
            yield Problem("not_accepted", f"{path}.{name}")
        if empty and kind.card_fields.get(name, False):
            yield Problem("missing", f"{path}.{name}")


def _numbers(message: Message, kind: TypeLimits) -> Iterator[Problem]:
    if kind.items is not None:
        yield from part.counts("items", len(message.items), kind.items)
        for place, item in enumerate(message.items):
            if place and not item.title.strip():
                yield Problem("missing", f"items[{place}].title")
            if not item.image.url:
                yield Problem("missing", f"items[{place}].image")
    span: Span | None = kind.cards_with_head if message.head is not None else kind.cards
    span = span or kind.cards
    if span is not None:
        yield from part.counts("cards", len(message.cards), span)


def _cards(message: Message, kind: TypeLimits, targeting: str | None, values: Mapping[str, str]) -> Iterator[Problem]:
    if message.head is not None and kind.cards is not None:
        for name in ("header", "text"):
            if not getattr(message.head, name).strip():
                yield Problem("missing", f"head.{name}")
        if not message.head.image.url:
            yield Problem("missing", "head.image")
    if kind.cards is None:
        return
    for place, card in enumerate(message.cards):
        path = f"cards[{place}]"
        yield from _card_fields(path, card, kind)
        yield from part.buttons(f"{path}.", card.buttons, kind, card.coupon is not None, targeting)
        yield from part.coupon(f"{path}.coupon", card.coupon, values)
        yield from part.commerce(f"{path}.commerce", card.commerce)
    adding = [place for place, card in enumerate(message.cards) for one in card.buttons if one.kind == "AC"]
    yield from (Problem("one_channel_button", f"cards[{place}].buttons") for place in adding[1:])


# --- texts ----------------------------------------------------------------------------------------


def _texts(message: Message, kind: TypeLimits, values: Mapping[str, str]) -> Iterator[Problem]:
    for field in text_fields(message):
        limit = kind.texts.get(field.limit)
        if limit is not None:
            yield from _measured(field, filled(field.text, {name: values.get(name, "") for name in VARIABLES}), limit)
        if field.limit and AD in field.text:
            yield Problem("ad_word", field.path, "warning")
        word = next((one for one in DISGUISED if field.limit and one in field.text), None)
        if word is not None:
            yield Problem("disguised_ad", field.path, facts={"word": word})


def _measured(field: TextField, text: str, limit: TextLimit) -> Iterator[Problem]:
    size, lines = length(text), breaks(text)
    if size > limit.chars:
        facts = {"over": size - limit.chars, "length": size, "limit": limit.chars}
        yield Problem("too_long", field.path, facts=facts)
    elif limit.warn_chars is not None and size > limit.warn_chars:
        facts = {"length": size, "limit": limit.warn_chars}
        yield Problem("too_long_somewhere", field.path, "warning", facts)
    if lines > limit.breaks:
        yield Problem("too_many_breaks", field.path, facts={"breaks": lines, "limit": limit.breaks})
    elif limit.warn_breaks is not None and lines > limit.warn_breaks:
        facts = {"breaks": lines, "limit": limit.warn_breaks}
        yield Problem("many_breaks_somewhere", field.path, "warning", facts)


def _variables(message: Message) -> Iterator[Problem]:
    fallbacks = dict(message.fallbacks)
    asked: set[str] = set()
    for field in text_fields(message):
        names = names_in(field.text)
        if is_broken(field.text):
            yield Problem("bad_variable", field.path)
        if names and not field.variables:
            yield Problem("variable_not_here", field.path)
        for name in names:
            if name not in VARIABLES:
                known = ", ".join(f"#{{{one}}}" for one in VARIABLES)
                yield Problem("unknown_variable", field.path, facts={"name": name, "known": known})
            elif name not in fallbacks and name not in asked:
                asked.add(name)
                yield Problem("no_fallback", field.path, "warning", {"name": name})
