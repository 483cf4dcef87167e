"""The form: the fields that the message's type takes, each with what is left of its limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ifdo_core.i18n import current_language
from ifdo_core.messages import Message
from ifdo_core.messages.check import counted
from ifdo_core.messages.codec import MAX_TEXT
from ifdo_core.messages.images import shared_ratio, uploaded_facts
from ifdo_core.messages.limits import TypeLimits, limits
from ifdo_core.messages.model import Button, Card, Commerce, Coupon, Head, Image, Item, Links, Video
from ifdo_core.messages.problems import field_name
from ifdo_core.messages.render import used_variables
from ifdo_core.messages.variables import VARIABLES
from ifdo_ui import cache
from ifdo_ui.composer.desk import Desk
from ifdo_ui.composer.picture import address_key, picture
from ifdo_ui.state import state, widget
from ifdo_ui.text import _

_WEB = ("WL", "AL")


def draw(desk: Desk) -> Message:
    """Draws the form from the desk's message; answers the message as it is now filled in."""
    given = desk.message
    form = _Form(desk)
    kinds = limits().types
    name = form.text("name", given.name, _("메시지 이름"), counted=False)
    kind = st.selectbox(
        _("종류"), list(kinds), index=list(kinds).index(given.type), key=form.key("type"),
        format_func=lambda one: kinds[one].label(),
    )  # fmt: skip
    filled = form.fields(replace(given, name=name, type=kind), kinds[kind])
    form.counts(filled)
    return filled


def anchor(path: str) -> str:
    """The id of a field on the page."""
    return "field-" + "".join(one if one.isalnum() else "-" for one in path)


def count_line(message: Message, path: str) -> str:
    """What the text has used of its limit ('3자 초과 · 79/76자'); '' where it has none."""
    told = counted(message, path)
    if told is None:
        return ""
    used, limit = told
    line = _("{used}/{limit}자", used=f"{used:,}", limit=f"{limit:,}")
    return f":red[**{_('{over}자 초과', over=used - limit)}** · {line}]" if used > limit else line


def held(typed: str | None) -> str:
    """What a message takes of a text: of one pasted by mistake, as much as can be read again."""
    return (typed or "")[:MAX_TEXT]


def on_typed(desk: Desk, path: str, key: str) -> Callable[[], None]:
    """For the input with ``key``: takes what was typed before anything is drawn, so that whoever leaves the page right
    after typing loses nothing."""
    drawn = desk.revision

    def keep() -> None:
        state()
        if desk.revision == drawn:  # else the input is about to start afresh from another message
            desk.typed(path, held(widget(key, "")))

    return keep


def _variables() -> str:
    """A table of the variables, each with what stands there for a member."""
    rows = [
        f"| `#{{{name}}}` | {one.en if current_language() == 'en' else one.example} | "
        + (f"{one.example} |" if current_language() == "en" else "")
        for name, one in VARIABLES.items()
    ]
    head = f"| {_('변수')} | " + (f"{_('뜻')} | " if current_language() == "en" else "") + f"{_('예')} |"
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rows])


class _Form:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        #: Below each text that has a limit, the place of its count.
        self.places: list[tuple[str, DeltaGenerator]] = []
        self.images = uploaded_facts(desk.message, cache.store().messages.image)

    def key(self, path: str) -> str:
        return f"composer.{self.desk.revision}.{path}"

    # --- inputs -------------------------------------------------------------------------------

    def text(self, path: str, value: str, label: str = "", *, tall: bool = False, counted: bool = True) -> str:
        """A text with its count below ('38/76자'), unless it has no limit of its own."""
        self.mark(path)
        words, key = label or field_name(path), self.key(path)
        keep = on_typed(self.desk, path, key)
        if tall:
            found = st.text_area(words, value, key=key, height=120, on_change=keep)
        else:
            found = st.text_input(words, value, key=key, on_change=keep)
        if counted:  # at once, and never first empty: the page must not jump while somebody types
            line = count_line(self.desk.message, path)
            self.places.append((path, st.caption(line) if line else st.empty()))
        return held(found)

    def mark(self, path: str) -> None:
        """Where a problem's link leads."""
        st.html(f'<span class="kt-mark" id="{anchor(path)}"></span>')

    def counts(self, message: Message) -> None:
        """The counts again, where the form made another message of it."""
        if message != self.desk.message:
            for path, place in self.places:
                if line := count_line(message, path):
                    place.caption(line)

    def number(self, path: str, value: int | None) -> int | None:
        self.mark(path)
        found = st.number_input(field_name(path), min_value=0, value=value, step=1, key=self.key(path))
        return None if found is None else int(found)

    # --- parts --------------------------------------------------------------------------------

    def fields(self, message: Message, kind: TypeLimits) -> Message:
        """What the type takes; what it does not take is left out of the message."""
        takes = kind.fields
        parts: dict[str, Any] = {}
        if "header" in takes:
            parts["header"] = self.text("header", message.header)
        if "text" in takes:
            parts["text"] = self.text("text", message.text, tall=True)
            with st.popover(_("변수")):
                st.caption(_("본문에 그대로 적으면 회원마다 값이 들어가요."))
                st.markdown(_variables())
        if "image" in takes:
            parts["image"] = self.image("image", message.image or Image(), kind.slots["image"])
        if "video" in takes:
            parts["video"] = self.video(message.video or Video())
        if "commerce" in takes:
            parts["commerce"] = self.commerce("commerce", message.commerce or Commerce())
        if "extra" in takes:
            parts["extra"] = self.text("extra", message.extra)
        if "items" in takes:
            parts["items"] = self.items(message, kind)
        if "cards" in takes:
            parts["cards"] = self.cards(message, kind)
        if "head" in takes:
            parts["head"] = self.head(message)
        if "tail" in takes:
            parts["tail"] = self.tail(message)
        if "buttons" in takes:
            parts["buttons"] = self.buttons("", message.buttons, kind)
        if "coupon" in takes:
            parts["coupon"] = self.coupon("coupon", message.coupon)
        blank = Message(type=message.type, name=message.name, adult=message.adult, push=message.push)
        return self.fallbacks(replace(blank, **parts, fallbacks=message.fallbacks))

    def fallbacks(self, message: Message) -> Message:
        """What stands where a variable is empty: asked for each one that is used."""
        names = used_variables(message)
        if not names:
            return replace(message, fallbacks=())
        before = dict(message.fallbacks)
        found: dict[str, str] = {}
        st.markdown(f"**{_('값이 없는 회원에게는')}**")
        for name in names:
            leave = st.checkbox(
                _("#{name} 값이 없으면 보내지 않기", name=f"{{{name}}}"), name not in before,
                key=self.key(f"leave.{name}"),
            )  # fmt: skip
            if not leave:
                found[name] = self.text(f"fallbacks.{name}", before.get(name, ""), _("대신 넣을 말"), counted=False)
        return replace(message, fallbacks=tuple(sorted(found.items())))

    def image(self, path: str, image: Image, slot: str, *, link: bool = True) -> Image:
        """``link``: whether the image itself leads somewhere."""
        self.mark(path)
        ratio = shared_ratio(self.desk.message, path, self.images)
        with st.container(border=True):
            key = self.key(f"{path}.file")
            typed = on_typed(self.desk, f"{path}.url", address_key(key))
            url = picture(field_name(path), key, image.url, limits().slots[slot], ratio, typed)
            return Image(url, self.text(f"{path}.link", image.link, counted=False) if link else image.link)

    def video(self, video: Video) -> Video:
        url = self.text("video.url", video.url, _("카카오TV 주소"), counted=False)
        private = st.checkbox(_("비공개 동영상"), video.private, key=self.key("video.private"))
        thumbnail = self.image("video.thumbnail", video.thumbnail or Image(), "image")
        return Video(url, thumbnail if thumbnail != Image() else None, private)

    def commerce(self, path: str, goods: Commerce) -> Commerce:
        title = self.text(f"{path}.title", goods.title)
        left, right = st.columns(2)
        with left:
            price = self.number(f"{path}.price", goods.price)
            rate = self.number(f"{path}.discount_rate", goods.discount_rate)
        with right:
            sale = self.number(f"{path}.sale_price", goods.sale_price)
            fixed = self.number(f"{path}.discount_fixed", goods.discount_fixed)
        return Commerce(title, price, sale, rate, fixed)

    def links(self, path: str, links: Links, *, app: bool = False) -> Links:
        mobile = self.text(f"{path}.mobile", links.mobile, counted=False)
        if not app:
            return replace(links, mobile=mobile)
        return replace(
            links, mobile=mobile, android=self.text(f"{path}.android", links.android, counted=False),
            ios=self.text(f"{path}.ios", links.ios, counted=False),
        )  # fmt: skip

    def buttons(self, prefix: str, given: tuple[Button, ...], kind: TypeLimits) -> tuple[Button, ...]:
        known = limits().buttons
        wanted = st.number_input(
            _("버튼 수"), kind.buttons.min, kind.buttons.max,
            min(max(len(given), kind.buttons.min), kind.buttons.max), key=self.key(f"{prefix}buttons"),
        )  # fmt: skip
        out: list[Button] = []
        for place in range(int(wanted)):
            path = f"{prefix}buttons[{place}]"
            button = given[place] if place < len(given) else Button()
            with st.container(border=True):
                code = st.selectbox(
                    field_name(f"{path}.kind"), kind.button_kinds, key=self.key(f"{path}.kind"),
                    index=kind.button_kinds.index(button.kind) if button.kind in kind.button_kinds else 0,
                    format_func=lambda one: known[one].en if current_language() == "en" else known[one].ko,
                )  # fmt: skip
                fixed = known[code].name
                name = fixed if fixed is not None else self.text(f"{path}.name", button.name)
                links = self.links(f"{path}.links", button.links, app=code == "AL") if code in _WEB else Links()
            out.append(Button(code, name, links))
        return tuple(out)

    def coupon(self, path: str, given: Coupon | None) -> Coupon | None:
        if not st.checkbox(_("쿠폰 넣기"), given is not None, key=self.key(path)):
            return None
        coupon = given or Coupon()
        title = self.text(f"{path}.title", coupon.title, counted=False)
        description = self.text(f"{path}.description", coupon.description)
        return Coupon(title, description, self.links(f"{path}.links", coupon.links))

    def items(self, message: Message, kind: TypeLimits) -> tuple[Item, ...]:
        span = kind.items
        count = span.min if span is not None else 0
        out: list[Item] = []
        for place, tab in enumerate(st.tabs([field_name(f"items[{n}]") for n in range(count)])):
            item = message.items[place] if place < len(message.items) else Item()
            path = f"items[{place}]"
            with tab:
                title = self.text(f"{path}.title", item.title)
                image = self.image(f"{path}.image", item.image, kind.slots["item" if place else "first_item"],
                                   link=False)  # the item has a link of its own  # fmt: skip
                out.append(Item(title, image, self.links(f"{path}.links", item.links)))
        return tuple(out)

    def cards(self, message: Message, kind: TypeLimits) -> tuple[Card, ...]:
        span = kind.cards
        least, most = (1, span.max) if span is not None else (0, 0)
        count = int(st.number_input(_("카드 수"), least, most, max(len(message.cards), 2), key=self.key("cards")))
        out: list[Card] = []
        for place, tab in enumerate(st.tabs([field_name(f"cards[{n}]") for n in range(count)])):
            card = message.cards[place] if place < len(message.cards) else Card()
            with tab:
                out.append(self.card(f"cards[{place}]", card, kind))
        return tuple(out)

    def card(self, path: str, card: Card, kind: TypeLimits) -> Card:
        takes, parts = kind.card_fields, dict[str, Any]()
        if "header" in takes:
            parts["header"] = self.text(f"{path}.header", card.header)
        if "text" in takes:
            parts["text"] = self.text(f"{path}.text", card.text, tall=True)
        if "image" in takes:
            parts["image"] = self.image(f"{path}.image", card.image or Image(), kind.slots["card"])
        if "commerce" in takes:
            parts["commerce"] = self.commerce(f"{path}.commerce", card.commerce or Commerce())
        if "extra" in takes:
            parts["extra"] = self.text(f"{path}.extra", card.extra)
        parts["buttons"] = self.buttons(f"{path}.", card.buttons, kind)
        parts["coupon"] = self.coupon(f"{path}.coupon", card.coupon)
        return Card(**parts)

    def head(self, message: Message) -> Head | None:
        if not st.checkbox(_("인트로 카드 넣기"), message.head is not None, key=self.key("head")):
            return None
        head = message.head or Head()
        header = self.text("head.header", head.header)
        text = self.text("head.text", head.text, tall=True)
        return Head(header, text, self.image("head.image", head.image, "carousel", link=False), head.links)

    def tail(self, message: Message) -> Links | None:
        if not st.checkbox(_("더보기 넣기"), message.tail is not None, key=self.key("tail")):
            return None
        return self.links("tail", message.tail or Links())
