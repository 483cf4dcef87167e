"""Buttons, links, coupons, prices and videos: what ``check`` asks of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ifdo_core.messages.counting import length
from ifdo_core.messages.kakao_words import NAME_COUPON, NUMBER_COUPON, SHIPPING_COUPON, WON
from ifdo_core.messages.limits import Span, TypeLimits, limits
from ifdo_core.messages.model import Button, Commerce, Coupon, Links, Message, Video
from ifdo_core.messages.problems import Problem
from ifdo_core.messages.variables import VARIABLE, VARIABLES, filled

_VIDEO = re.compile(r"https://tv\.kakao\.com/(v/\d+|channel/\d+/cliplink/\d+)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:\S+|alimtalk=coupon://\S+")
_CHANNEL_COUPON = "alimtalk=coupon://"


def counts(path: str, count: int, span: Span) -> Iterator[Problem]:
    if count < span.min:
        yield Problem("too_few", path, facts={"count": count, "limit": span.min, "short": span.min - count})
    if count > span.max:
        yield Problem("too_many", path, facts={"count": count, "limit": span.max, "over": count - span.max})


# --- buttons --------------------------------------------------------------------------------------


def buttons(
    prefix: str, given: tuple[Button, ...], kind: TypeLimits, with_coupon: bool, targeting: str | None
) -> Iterator[Problem]:
    """``prefix``: 'cards[0].' or ''."""
    if kind.cards is not None and not prefix:
        return  # a carousel has buttons on its cards alone
    path = f"{prefix}buttons"
    if with_coupon and kind.buttons_with_coupon < len(given) <= kind.buttons.max:
        facts = {"limit": kind.buttons_with_coupon, "over": len(given) - kind.buttons_with_coupon}
        yield Problem("too_many_with_coupon", path, facts=facts)
    else:
        yield from counts(path, len(given), kind.buttons)
    names = [one.name.strip() for one in given]
    for place, button in enumerate(given):
        at = f"{path}[{place}]"
        if not names[place]:
            yield Problem("missing", f"{at}.name")
        elif names[place] in names[:place]:
            yield Problem("same_button", f"{at}.name", "warning", {"name": names[place]})
        yield from _button(at, button, kind, targeting)
        if button.kind == "AC" and "AC" in kind.button_kinds:
            yield from _channel_button(at, place, len(given), kind)


def _button(path: str, button: Button, kind: TypeLimits, targeting: str | None) -> Iterator[Problem]:
    known = limits().buttons.get(button.kind)
    if known is None:
        yield Problem("unknown_button", f"{path}.kind", facts={"kind": button.kind})
        return
    if button.kind not in kind.button_kinds:
        yield Problem("button_not_here", f"{path}.kind", facts={"kind": known.ko})
    if known.name is not None and button.name != known.name:
        yield Problem("button_name_fixed", f"{path}.name", facts={"name": known.name})
    if targeting is not None and targeting not in known.targeting:
        yield Problem("button_for_targeting", f"{path}.kind", facts={"targets": ", ".join(known.targeting)})
    links = button.links
    if known.links == "mobile" and not links.mobile.strip():
        yield Problem("link_missing", f"{path}.links.mobile")
    if known.links == "any_two" and sum(bool(one.strip()) for one in (links.mobile, links.android, links.ios)) < 2:
        yield Problem("links_missing", f"{path}.links")


def _channel_button(path: str, place: int, count: int, kind: TypeLimits) -> Iterator[Problem]:
    right = 0 if kind.vertical else count - 1
    if place != right:
        yield Problem("button_first" if kind.vertical else "button_last", path)


# --- links ----------------------------------------------------------------------------------------


def links_of(message: Message) -> Iterator[Problem]:
    """Every link of the message that is written, and those that must be."""
    for place, item in enumerate(message.items):
        if not item.links.mobile.strip():
            yield Problem("link_missing", f"items[{place}].links.mobile")
        yield from _links(f"items[{place}].links", item.links)
    for name, some in (("head.links", message.head.links if message.head else None), ("tail", message.tail)):
        if some is not None:
            if not some.mobile.strip() and (name == "tail" or some != Links()):
                yield Problem("link_missing", f"{name}.mobile")
            yield from _links(name, some)
    parts = [("", message.buttons, message.coupon, message.image)]
    parts += [(f"cards[{n}].", card.buttons, card.coupon, card.image) for n, card in enumerate(message.cards)]
    for prefix, given, coupon, image in parts:
        for place, button in enumerate(given):
            yield from _links(f"{prefix}buttons[{place}].links", button.links)
        if coupon is not None:
            yield from _coupon_links(f"{prefix}coupon.links", coupon.links)
        if image is not None and image.link:
            yield from _web(f"{prefix}image.link", image.link)


def _links(path: str, links: Links) -> Iterator[Problem]:
    for name in ("mobile", "pc"):
        yield from _web(f"{path}.{name}", getattr(links, name))
    for name in ("android", "ios"):
        link = getattr(links, name)
        if link and not _SCHEME.fullmatch(VARIABLE.sub("x", link)):
            yield Problem("not_a_scheme", f"{path}.{name}", facts={"link": link[:60]})
        yield from _long(f"{path}.{name}", link)


def _web(path: str, link: str) -> Iterator[Problem]:
    if not link:
        return
    plain = VARIABLE.sub("x", link)  # a variable inside is fine if the rest is an address
    try:
        parts = urlsplit(plain)
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme not in ("http", "https") or "." not in host or re.search(r"\s", plain):
        yield Problem("not_a_link", path, facts={"link": link[:60]})
    yield from _long(path, link)


def _long(path: str, link: str) -> Iterator[Problem]:
    if length(link) > limits().link_chars:
        yield Problem("link_too_long", path, facts={"length": length(link), "limit": limits().link_chars})


def _coupon_links(path: str, links: Links) -> Iterator[Problem]:
    of_channel = any(one.startswith(_CHANNEL_COUPON) for one in (links.android, links.ios))
    if not links.mobile.strip() and not of_channel:
        yield Problem("link_missing", f"{path}.mobile")
    yield from _links(path, links)


# --- coupon, price, video -------------------------------------------------------------------------


def coupon(path: str, given: Coupon | None, values: Mapping[str, str]) -> Iterator[Problem]:
    """``values``: what will stand in the variables, as ``check`` takes it; a title is tried with examples too."""
    if given is None:
        return
    if not given.description.strip():
        yield Problem("missing", f"{path}.description")
    examples = {name: one.example for name, one in VARIABLES.items()}
    for known in (examples, {**examples, **values}):
        yield from coupon_title(f"{path}.title", filled(given.title, known))


def coupon_title(path: str, title: str) -> Iterator[Problem]:
    """Whether a filled-in title has one of the five shapes; a variable that is not known is told elsewhere."""
    if title == SHIPPING_COUPON or VARIABLE.search(title):
        return
    number, named = NUMBER_COUPON.fullmatch(title), NAME_COUPON.fullmatch(title)
    rules = limits().coupons
    if number is not None:
        limit = rules["max_amount"] if number[2] == WON else rules["max_rate"]
        plain = number[1].isascii() and number[1].isdigit() and not number[1].startswith("0")
        if not plain or not 1 <= int(number[1]) <= limit:
            yield Problem("coupon_number", path, facts={"limit": limit})
    elif named is not None:
        if length(named[1]) > rules["max_name"] or re.search(r"\s", named[1]):
            yield Problem("coupon_name", path, facts={"limit": rules["max_name"]})
    else:
        yield Problem("coupon_title", path, facts={"title": title[:40]})


def commerce(path: str, given: Commerce | None) -> Iterator[Problem]:
    if given is None:
        return
    rules = limits().prices
    if not given.title.strip():
        yield Problem("missing", f"{path}.title")
    if given.price is None:
        yield Problem("price_missing", f"{path}.price")
    for name in ("price", "sale_price"):
        amount = getattr(given, name)
        if amount is not None and not 0 <= amount <= rules["max"]:
            yield Problem("price_range", f"{path}.{name}")
    rate, fixed, sale = given.discount_rate, given.discount_fixed, given.sale_price
    if rate is not None and not rules["min_rate"] <= rate <= rules["max_rate"]:
        yield Problem("rate_range", f"{path}.discount_rate")
    if fixed is not None and not 1 <= fixed <= rules["max_fixed"]:
        yield Problem("fixed_range", f"{path}.discount_fixed", facts={"limit": rules["max_fixed"]})
    told = (rate is not None) + (fixed is not None)
    if (sale is None and told) or (sale is not None and told != 1):
        yield Problem("price_combination", f"{path}.sale_price")
    elif sale is not None and given.price is not None:
        yield from _arithmetic(path, given.price, sale, rate, fixed)


def _arithmetic(path: str, price: int, sale: int, rate: int | None, fixed: int | None) -> Iterator[Problem]:
    """Kakao does not check this, but a wrong discount misleads (표시광고법)."""
    if sale >= price:
        yield Problem("price_order", f"{path}.sale_price")
    elif fixed is not None and price - sale != fixed:
        yield Problem("price_difference", f"{path}.discount_fixed", facts={"fixed": price - sale})
    elif rate is not None and abs((price - sale) / price * 100 - rate) > 1:
        yield Problem("price_sum", f"{path}.discount_rate", facts={"rate": round((price - sale) / price * 100)})


def video(path: str, given: Video | None) -> Iterator[Problem]:
    if given is None:
        return
    if not given.url:
        yield Problem("missing", f"{path}.url")
    elif not _VIDEO.fullmatch(given.url) or length(given.url) > limits().video_chars:
        yield Problem("not_a_video", f"{path}.url")
    if given.private and (given.thumbnail is None or not given.thumbnail.url):
        yield Problem("thumbnail_missing", f"{path}.thumbnail")
