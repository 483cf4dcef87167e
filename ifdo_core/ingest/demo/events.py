"""What happens on the pages of visits: events as rows of numbers, in the order of time, piece by piece."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace

import numpy as np

from ifdo_core.ingest.demo.arrivals import Arrivals
from ifdo_core.ingest.demo.crowd import Crowd
from ifdo_core.ingest.demo.orders import Orders
from ifdo_core.ingest.demo.pages import (
    BOARD,
    CART,
    CATEGORY,
    CHECKOUT,
    COMPLETE,
    EVENT,
    HOME,
    JOIN,
    LOGIN,
    PRODUCT,
    SEARCH,
    Pages,
)
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, Texts, parts, texts, weights_of
from ifdo_core.ingest.demo.products import Catalogue
from ifdo_core.ingest.demo.steps import ADDING, AT_CART, BUYS, PAID_AFTER, Steps
from ifdo_core.ingest.demo.visits import SIGNED_IN, People, Visits

NAMES = (
    "page_view", "view_item", "view_item_list", "search", "view_promotion", "view_cart", "begin_checkout", "purchase",
    "login", "sign_up", "add_to_cart", "remove_from_cart", "add_payment_info", "add_shipping_info", "add_to_wishlist",
    "view_review", "write_review", "share", "restock_alert", "coupon_download", "scroll", "chat_start",
    "user_engagement", "select_item", "select_promotion", "click", "form_submit", "file_download", "exception",
)  # fmt: skip
_CODE = {name: code for code, name in enumerate(NAMES)}
_ENGAGED = np.unique(np.rint(np.geomspace(2, 900, 60)).astype(np.int64))  # seconds that user_engagement can tell


@dataclass
class Events:
    """One row an event. Numbers stand for texts; -1 is missing, in ``click`` and ``tag`` 0 is none."""

    ts: Ints
    name: Ints
    visit: Ints  # number among all visits
    visitor: Ints
    member: Ints
    page: Ints  # with its host
    titled: Flags
    referrer: Ints  # a page, or behind the pages a place outside
    channel: Ints
    tag: Ints
    click: Ints
    agent: Ints
    product: Ints
    category: Ints
    quantity: Ints
    value: Ints
    cart: Ints
    order: Ints
    term: Ints
    params: Ints

    def __len__(self) -> int:
        return len(self.ts)

    def rows(self, which: Ints | Flags) -> Events:
        return Events(**{item.name: getattr(self, item.name)[which] for item in fields(self)})

    def then(self, other: Events) -> Events:
        return Events(
            **{
                item.name: np.concatenate([getattr(self, item.name), getattr(other, item.name)])
                for item in fields(self)
            }
        )


@dataclass(frozen=True)
class Carts:
    """What lies in the carts, carried on from piece to piece.

    Devices on which a member ever logs in share one cart; on any other device it is the device's own, since nobody
    can tell whose it is.
    """

    of_visitor: Ints  # number of each visitor's cart
    worth: Ints  # won, by cart; changed as the events go on

    @classmethod
    def empty(cls, people: People, visits: Visits) -> Carts:
        known = np.zeros(people.visitors, dtype=np.bool_)
        known[visits.visitor[visits.auth >= SIGNED_IN]] = True
        own = len(people) + np.arange(people.visitors)
        of_visitor = np.where(known, people.person_of_visitor, own)
        return cls(of_visitor, np.zeros(len(people) + people.visitors, dtype=np.int64))


class Params:
    """The texts that ``params`` of events can be, numbered."""

    def __init__(self, pages: Pages) -> None:
        self._methods, self._method_weights = weights_of(parts("people")["payment_methods"])
        groups: dict[str, list[dict[str, object]]] = {
            "promotion": [{"promotion_id": pages.paths[page].rpartition("/")[2]} for page in pages.of(EVENT)],
            "scroll": [{"percent_scrolled": percent} for percent in (25, 50, 75, 90)],
            "engaged": [{"engagement_time_msec": int(seconds) * 1000} for seconds in _ENGAGED],
            "method": [{"payment_type": method} for method in self._methods],
            "coupon": [{"coupon": name} for name in parts("people")["coupons"]],
            "list": [{"item_list_id": name} for name in ("best", "new", "category", "recommended")],
            "element": [{"element": name} for name in ("btn_size", "btn_color", "btn_detail", "btn_size_guide")],
            "sign_up_form": [{"form_name": "회원가입"}],
            "board_form": [{"form_name": name} for name in ("상품문의", "입점문의")],
            "share": [{"method": name} for name in ("kakaotalk", "link", "instagram")],
            "results": [{"result_count": number} for number in (24, 12, 7, 3, 41, 0, 18, 9)],
            "sold_out": [{"availability": "out_of_stock"}],
            "outbound": [{"outbound": True}],
        }
        self.texts: Texts = texts([json.dumps(one, ensure_ascii=False) for group in groups.values() for one in group])
        self.first: dict[str, int] = {}
        self.count: dict[str, int] = {}
        begin = 0
        for name, group in groups.items():
            self.first[name], self.count[name] = begin, len(group)
            begin += len(group)

    def some(self, rng: np.random.Generator, group: str, size: int, skew: float = 1.0) -> Ints:
        """Members of a group at random, with ``skew`` > 1 the first ones more often."""
        return self.first[group] + (rng.random(size) ** skew * self.count[group]).astype(np.int64)

    def engaged(self, ms: Ints) -> Ints:
        return self.first["engaged"] + np.searchsorted(_ENGAGED[1:], ms // 1000)


@dataclass(frozen=True)
class _Happening:
    """Rows of one event name: at which steps, how long after the arrival, with which params."""

    name: str
    step: Ints
    after: Ints
    params: Ints | None = None


def happenings(
    rng: np.random.Generator, steps: Steps, visits: Visits, event_page: Ints, params: Params, catalogue: Catalogue
) -> list[_Happening]:
    """What happens at the steps."""
    size, kind = len(steps.visit), steps.kind
    adding = steps.part == ADDING
    buys = steps.goal[steps.visit] == BUYS
    before = ~steps.last
    following = np.append(kind[1:], -1)  # kind of the visit's next page, where there is one
    sold_out = (steps.product >= 0) & (catalogue.stock[steps.product] == 0)
    out = [_Happening("page_view", np.arange(size), np.zeros(size, dtype=np.int64))]

    def add(name: str, where: Flags, share: float, low: float, high: float, group: str = "", skew: float = 1.0) -> None:
        step = np.flatnonzero(where if share == 1 else where & (rng.random(size) < share))
        after = steps.stay[step] * rng.uniform(low, high, len(step))
        given = params.some(rng, group, len(step), skew) if group else None
        out.append(_Happening(name, step, np.maximum(after, 50).astype(np.int64), given))

    add("view_item", kind == PRODUCT, 0.97, 0.01, 0.05)
    add("view_item_list", kind == CATEGORY, 0.85, 0.01, 0.08)
    add("search", kind == SEARCH, 1, 0.01, 0.05)
    add("view_cart", kind == CART, 1, 0.01, 0.05)
    add("begin_checkout", kind == CHECKOUT, 1, 0.01, 0.05)
    add("login", kind == LOGIN, 1, 0.85, 0.95)
    add("sign_up", kind == JOIN, 1, 0.85, 0.95)
    add("add_to_cart", adding, 1, 0.4, 0.85)
    add("remove_from_cart", (steps.part == AT_CART) & ~buys, 0.1, 0.4, 0.8)
    add("add_shipping_info", kind == CHECKOUT, 0.6, 0.3, 0.5)
    add("add_payment_info", kind == CHECKOUT, 0.75, 0.55, 0.9, "method", 1.5)
    add("add_to_wishlist", (kind == PRODUCT) & ~adding, 0.025, 0.3, 0.9)
    add("view_review", kind == PRODUCT, 0.06, 0.2, 0.8)
    add("share", kind == PRODUCT, 0.004, 0.3, 0.9, "share", 1.7)
    add("restock_alert", sold_out, 0.05, 0.3, 0.9)
    add("coupon_download", kind == EVENT, 0.12, 0.2, 0.8, "coupon")
    add("scroll", kind < CART, 0.11, 0.2, 0.8, "scroll", 0.6)
    add("select_item", before & (following == PRODUCT) & (kind != PRODUCT), 0.45, 0.9, 0.98, "list", 1.4)
    add("click", kind == PRODUCT, 0.03, 0.2, 0.9, "element")
    add("form_submit", kind == JOIN, 1, 0.8, 0.84, "sign_up_form")
    add("form_submit", kind == BOARD, 0.02, 0.7, 0.95, "board_form")
    add("write_review", (kind == BOARD) & (visits.auth[steps.visit] >= SIGNED_IN), 0.04, 0.6, 0.95)
    add("file_download", kind == BOARD, 0.015, 0.2, 0.9)
    add("exception", kind <= CHECKOUT, 0.0015, 0.05, 0.9)
    add("chat_start", (kind == PRODUCT) | (kind == CART), 0.002, 0.3, 0.9)
    for name, where, low, high in (
        ("view_promotion", ((kind == EVENT) | (kind == HOME)) & (rng.random(size) < 0.25), 0.02, 0.1),
        ("select_promotion", before & (following == EVENT) & (rng.random(size) < 0.5), 0.9, 0.98),
    ):
        step = np.flatnonzero(where)
        after = np.maximum(steps.stay[step] * rng.uniform(low, high, len(step)), 50).astype(np.int64)
        out.append(_Happening(name, step, after, params.first["promotion"] + event_page[steps.visit[step]]))
    step = np.flatnonzero(kind == COMPLETE)
    out.append(_Happening("purchase", step, np.full(len(step), PAID_AFTER)))
    step = np.flatnonzero(steps.last & (rng.random(size) < 0.18))
    begin = steps.at[np.flatnonzero(steps.first)][steps.visit[step]]
    engaged = (steps.at[step] + steps.stay[step] - begin) * rng.uniform(0.5, 1.0, len(step))
    after = np.maximum(steps.stay[step] * 0.98, 60).astype(np.int64)
    after[kind[step] == COMPLETE] += PAID_AFTER
    out.append(_Happening("user_engagement", step, after, params.engaged(engaged.astype(np.int64))))
    return [_told(one, params, sold_out) for one in out]


def _told(one: _Happening, params: Params, sold_out: Flags) -> _Happening:
    """With what such events tell by their place alone, so that no other chance falls differently for it."""
    step, first = one.step, params.first
    if one.name == "search":
        return replace(one, params=first["results"] + step % params.count["results"])
    if one.name == "view_item":
        return replace(one, params=np.where(sold_out[step], first["sold_out"], -1))
    if one.name == "begin_checkout":
        return replace(one, params=np.where(step % 5 == 0, first["coupon"] + step % params.count["coupon"], -1))
    if one.name == "click" and one.params is not None:
        return replace(one, params=np.where(step % 7 == 0, first["outbound"], one.params))
    return one


def make_events(
    rng: np.random.Generator,
    visits: Visits,
    first_visit: int,
    arrivals: Arrivals,
    steps: Steps,
    pages: Pages,
    catalogue: Catalogue,
    people: People,
    crowd: Crowd,
    orders: Orders,
    event_page: Ints,
    carts: Carts,
    params: Params,
) -> Events:
    """The events of ``visits``, by time; ``carts`` is brought to its state after them."""
    found = happenings(rng, steps, visits, event_page, params, catalogue)
    step = np.concatenate([one.step for one in found])
    name = np.repeat([_CODE[one.name] for one in found], [len(one.step) for one in found])
    ts = steps.at[step] + np.concatenate([one.after for one in found])
    given = np.concatenate([np.full(len(one.step), -1) if one.params is None else one.params for one in found])
    order = np.lexsort([step, ts])
    step, name, ts, given = step[order], name[order], ts[order], given[order]
    visit = steps.visit[step]
    size = len(step)
    page, referrer = _addresses(rng, visits, arrivals, steps, pages, crowd)
    landed = steps.first[step]
    product, quantity, value = _goods(rng, steps, step, name, visits, orders, catalogue)
    category = np.where(product >= 0, catalogue.leaf[product], -1)
    listed = name == _CODE["view_item_list"]
    category = np.where(listed, steps.page[step] - pages.first[CATEGORY], category)
    cart = _cart_values(rng, name, carts.of_visitor[visits.visitor[visit]], ts, value, carts.worth)
    value = np.where((name == _CODE["add_to_cart"]) & (rng.random(size) < 0.03), -1, value)
    return Events(
        ts=ts,
        name=name.astype(np.int8),
        visit=(visit + first_visit).astype(np.int32),
        visitor=visits.visitor[visit],
        member=_members(visits, people, steps, step, name),
        page=page[step],
        titled=(rng.random(len(steps.visit)) >= 0.02)[step],
        referrer=referrer[step],
        channel=arrivals.channel[visit].astype(np.int8),
        tag=np.where(landed, arrivals.tag[visit], 0).astype(np.int32),
        click=np.where(landed, arrivals.click[visit], 0),
        agent=np.where(rng.random(len(visits)) < 0.01, -1, arrivals.agent)[visit].astype(np.int8),
        product=product.astype(np.int16),
        category=np.where(rng.random(size) < 0.04, -1, category).astype(np.int16),
        quantity=quantity.astype(np.int32),
        value=value,
        cart=cart,
        order=np.where(name == _CODE["purchase"], visits.order[visit], -1).astype(np.int32),
        term=np.where(name == _CODE["search"], steps.page[step] - pages.first[SEARCH], -1).astype(np.int16),
        params=given.astype(np.int16),
    )


def _addresses(
    rng: np.random.Generator, visits: Visits, arrivals: Arrivals, steps: Steps, pages: Pages, crowd: Crowd
) -> tuple[Ints, Ints]:
    """By step: the page on the host of the visit's device, and the page or outside place it was reached from."""
    page = steps.page + pages.size * crowd.mobile[visits.visitor][steps.visit]
    outside = np.where(arrivals.referrer >= 0, arrivals.referrer + 2 * pages.size, -1)
    before = np.append(-1, page[:-1])
    before[rng.random(len(before)) < 0.03] = -1  # browsers that do not tell
    return page.astype(np.int32), np.where(steps.first, outside[steps.visit], before).astype(np.int32)


def _members(visits: Visits, people: People, steps: Steps, step: Ints, name: Ints) -> Ints:
    """The member an event is known to be of: from the login on, from the start where the browser remembers."""
    visit = steps.visit[step]
    entered = np.where(np.isin(steps.kind, (LOGIN, JOIN)), np.arange(len(steps.kind)), -1)
    auth_step = np.full(len(visits), np.iinfo(np.int64).max)
    here = np.flatnonzero(entered >= 0)
    auth_step[steps.visit[here]] = here
    signs = (name == _CODE["login"]) | (name == _CODE["sign_up"])
    known = (visits.auth[visit] == SIGNED_IN) | (step > auth_step[visit]) | ((step == auth_step[visit]) & signs)
    known &= visits.auth[visit] > 0
    return np.where(known, people.member[visits.person[visit]], -1).astype(np.int32)


def _goods(
    rng: np.random.Generator, steps: Steps, step: Ints, name: Ints, visits: Visits, orders: Orders, catalogue: Catalogue
) -> tuple[Ints, Ints, Ints]:
    """Product, quantity and value (won) of each event."""
    on_product = (name != _CODE["page_view"]) & (name != _CODE["scroll"]) & (name != _CODE["user_engagement"])
    product = np.where(on_product & (rng.random(len(step)) >= 0.005), steps.product[step], -1)
    adds, removes = name == _CODE["add_to_cart"], name == _CODE["remove_from_cart"]
    product[adds] = steps.product[step[adds]]
    # what is taken out is what the visit put in first
    put = np.flatnonzero(steps.part == ADDING)
    first_put = np.zeros(len(visits), dtype=np.int64)
    first_put[steps.visit[put][::-1]] = put[::-1]
    taken = first_put[steps.visit[step[removes]]]
    product[removes] = steps.product[taken]
    quantity = np.where(adds, steps.quantity[step], -1)
    quantity[removes] = steps.quantity[taken]
    value = np.where(adds | removes, catalogue.price[product] * quantity, -1)
    views = (name == _CODE["view_item"]) & (product >= 0) & (rng.random(len(step)) >= 0.08)
    value = np.where(views, catalogue.price[product], value)
    bought = np.flatnonzero((name == _CODE["purchase"]) & (rng.random(len(step)) >= 0.03))
    value[bought] = orders.amount[visits.order[steps.visit[step[bought]]]]
    return product, quantity, value


#: How often events tell the value of the cart.
_TELLS_CART: dict[str, float] = {
    "add_to_cart": 0.8, "remove_from_cart": 0.8, "view_cart": 0.85, "begin_checkout": 0.6, "purchase": 0.05,
}  # fmt: skip


def _cart_values(rng: np.random.Generator, name: Ints, cart: Ints, ts: Ints, value: Ints, worth: Ints) -> Ints:
    """The cart's value after each event that tells it; updates ``worth``. A purchase tells what it empties."""
    shares: Floats = np.array([_TELLS_CART.get(one, 0.0) for one in NAMES])
    here = np.flatnonzero(shares[name] > 0)
    here = here[np.lexsort([ts[here], cart[here]])]
    which, what = cart[here], name[here]
    bought = what == _CODE["purchase"]
    sign = np.where(what == _CODE["add_to_cart"], 1, np.where(what == _CODE["remove_from_cart"], -1, 0))
    change = sign * value[here]
    new_cart = np.append(True, which[1:] != which[:-1])[: len(which)]
    begins = new_cart | np.append(False, bought[:-1])[: len(which)]
    start = np.maximum.accumulate(np.where(begins, np.arange(len(here)), 0))
    total = np.cumsum(change)
    after = total - total[start] + change[start] + np.where(new_cart[start], worth[which], 0)
    last = np.append(new_cart[1:], True)[: len(which)]
    worth[which[last]] = np.where(bought, 0, after)[last]
    out = np.full(len(name), -1, dtype=np.int64)
    tells = rng.random(len(here)) < shares[what]
    out[here[tells]] = after[tells]
    return out


def sign_ups(events: Events) -> tuple[Ints, Ints]:
    """Members who signed up, and when."""
    rows = events.name == _CODE["sign_up"]
    return events.member[rows], events.ts[rows]
