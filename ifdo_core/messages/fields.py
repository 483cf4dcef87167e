"""The texts of a message with their paths: which may hold variables, and by which limit each is measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from ifdo_core.messages.model import Button, Commerce, Coupon, Links, Message

_LINKS = ("mobile", "pc", "android", "ios")
_STEP = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True)
class TextField:
    """``limit``: a name in ``TypeLimits.texts``, '' for links; ``variables``: whether #{…} may stand in it."""

    path: str
    text: str
    limit: str
    variables: bool


def text_fields(message: Message) -> Iterator[TextField]:
    """Every text that is sent, empty ones too where the part they belong to is there."""
    yield TextField("text", message.text, "text", True)
    yield TextField("header", message.header, "header", True)
    yield TextField("extra", message.extra, "extra", True)
    yield from _image("image", message.image)
    if message.video is not None:
        yield from _image("video.thumbnail", message.video.thumbnail)
    yield from _commerce("commerce", message.commerce)
    for place, item in enumerate(message.items):
        path = f"items[{place}]"
        yield TextField(f"{path}.title", item.title, "item" if place else "first_item", True)
        yield from _image(f"{path}.image", item.image)
        yield from _links(f"{path}.links", item.links)
    if message.head is not None:
        yield TextField("head.header", message.head.header, "head_header", True)
        yield TextField("head.text", message.head.text, "head_text", True)
        yield from _links("head.links", message.head.links)
    for place, card in enumerate(message.cards):
        path = f"cards[{place}]"
        yield TextField(f"{path}.header", card.header, "card_header", True)
        yield TextField(f"{path}.text", card.text, "card_text", True)
        yield TextField(f"{path}.extra", card.extra, "extra", True)
        yield from _image(f"{path}.image", card.image)
        yield from _commerce(f"{path}.commerce", card.commerce)
        yield from _buttons(path + ".", card.buttons)
        yield from _coupon(f"{path}.coupon", card.coupon)
    yield from _links("tail", message.tail, variables=False)
    yield from _buttons("", message.buttons)
    yield from _coupon("coupon", message.coupon)


def _image(path: str, image: object) -> Iterator[TextField]:
    link = getattr(image, "link", "")
    if link:
        yield TextField(f"{path}.link", link, "", True)


def _links(path: str, links: Links | None, variables: bool = True) -> Iterator[TextField]:
    if links is not None:
        yield from (TextField(f"{path}.{name}", getattr(links, name), "", variables) for name in _LINKS)


def _buttons(path: str, buttons: tuple[Button, ...]) -> Iterator[TextField]:
    for place, button in enumerate(buttons):
        yield TextField(f"{path}buttons[{place}].name", button.name, "button", False)
        yield from _links(f"{path}buttons[{place}].links", button.links)


def _coupon(path: str, coupon: Coupon | None) -> Iterator[TextField]:
    if coupon is not None:
        yield TextField(f"{path}.title", coupon.title, "", True)
        yield TextField(f"{path}.description", coupon.description, "coupon", True)
        yield from _links(f"{path}.links", coupon.links)


def _commerce(path: str, commerce: Commerce | None) -> Iterator[TextField]:
    if commerce is not None:
        yield TextField(f"{path}.title", commerce.title, "product", True)


def with_texts(message: Message, change: Callable[[str, str], str]) -> Message:
    """A copy in which every text that may hold variables is ``change(path, text)``."""

    def links(path: str, one: Links) -> Links:
        return replace(one, **{name: change(f"{path}.{name}", getattr(one, name)) for name in _LINKS})

    def image(path: str, one: object) -> object:
        link = getattr(one, "link", "")
        return replace(one, link=change(f"{path}.link", link)) if link else one  # type: ignore[type-var]

    def buttons(path: str, given: tuple[Button, ...]) -> tuple[Button, ...]:
        return tuple(
            replace(one, links=links(f"{path}buttons[{place}].links", one.links)) for place, one in enumerate(given)
        )

    def coupon(path: str, one: Coupon | None) -> Coupon | None:
        if one is None:
            return None
        title, description = (change(f"{path}.{name}", getattr(one, name)) for name in ("title", "description"))
        return replace(one, title=title, description=description, links=links(f"{path}.links", one.links))

    def commerce(path: str, one: Commerce | None) -> Commerce | None:
        return None if one is None else replace(one, title=change(f"{path}.title", one.title))

    changed = {name: change(name, getattr(message, name)) for name in ("text", "header", "extra")}
    items = tuple(
        replace(
            item,
            title=change(f"items[{place}].title", item.title),
            image=image(f"items[{place}].image", item.image),
            links=links(f"items[{place}].links", item.links),
        )
        for place, item in enumerate(message.items)
    )
    cards = tuple(
        replace(
            card,
            **{name: change(f"cards[{place}].{name}", getattr(card, name)) for name in ("header", "text", "extra")},
            image=image(f"cards[{place}].image", card.image),
            commerce=commerce(f"cards[{place}].commerce", card.commerce),
            buttons=buttons(f"cards[{place}].", card.buttons),
            coupon=coupon(f"cards[{place}].coupon", card.coupon),
        )
        for place, card in enumerate(message.cards)
    )
    head, video = message.head, message.video
    if head is not None:
        told = None if head.links is None else links("head.links", head.links)
        head = replace(head, header=change("head.header", head.header), text=change("head.text", head.text), links=told)
    if video is not None:
        video = replace(video, thumbnail=image("video.thumbnail", video.thumbnail))
    return replace(
        message,
        **changed,
        image=image("image", message.image),
        video=video,
        commerce=commerce("commerce", message.commerce),
        items=items,
        head=head,
        cards=cards,
        buttons=buttons("", message.buttons),
        coupon=coupon("coupon", message.coupon),
    )


def with_text(message: Message, path: str, text: str) -> Message:
    """A copy with ``text`` at ``path`` ('cards[0].buttons[1].name'; 'fallbacks.이름' stands for that variable's).

    Raises LookupError where the message has no such place.
    """
    if path.startswith("fallbacks."):
        told = {**dict(message.fallbacks), path.removeprefix("fallbacks."): text}
        return replace(message, fallbacks=tuple(sorted(told.items())))
    return _with(message, _STEP.findall(path), text, path)


def _with(part: Any, steps: list[str], text: str, path: str) -> Any:
    if not steps:
        return text
    step, *further = steps
    if isinstance(part, tuple):
        several, place = cast("tuple[Any, ...]", part), int(step)
        return (*several[:place], _with(several[place], further, text, path), *several[place + 1 :])
    if not hasattr(part, step):
        raise LookupError(path)
    return replace(part, **{step: _with(getattr(part, step), further, text, path)})
