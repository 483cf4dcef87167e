"""The pages of each visit, one step a page: which, when, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ifdo_core.ingest.demo.arrivals import MEMBER, NEW, RETURNING, Arrivals
from ifdo_core.ingest.demo.calendar import MINUTE
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
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, pick, spread
from ifdo_core.ingest.demo.products import Catalogue
from ifdo_core.ingest.demo.visits import LOGS_IN, SIGNED_IN, SIGNS_UP, Visits

BOUNCE, BROWSE, FILLS_CART, CHECKS_OUT, BUYS = range(5)  # how far a visit goes
LANDING, LOOKING, AUTH, ADDING, AT_CART, AT_CHECKOUT, DONE = range(7)  # the parts of a visit, in this order
_PARTS = 7
#: Shares by class of visit (new, returning, member): leaving at once; of the others filling the cart; of those
#: going on to the checkout.
_LEAVES, _FILLS, _GOES_ON = (0.52, 0.44, 0.33), (0.07, 0.12, 0.17), (0.22, 0.26, 0.32)
_LOOKS = {CATEGORY: 27, PRODUCT: 50, SEARCH: 9, HOME: 5, BOARD: 4, EVENT: 5}
_SECONDS = {PRODUCT: 34, BOARD: 40, EVENT: 28, CHECKOUT: 55, JOIN: 70, LOGIN: 14}  # median stay, others 16
_LONGEST = 12 * MINUTE  # of a page, so that no visit is torn apart
_LONGEST_VISIT = 90 * MINUTE
#: The purchase follows the arrival on the last page after this long.
PAID_AFTER = 400


@dataclass(frozen=True)
class Steps:
    """One row a page seen, by visit and time. ``page`` is a page of the desktop host."""

    visit: Ints  # position among the visits given
    part: Ints
    kind: Ints
    page: Ints
    product: Ints  # on product pages, else -1
    quantity: Ints  # put in the cart, where part is ADDING, else 0
    at: Ints  # ms of UTC
    stay: Ints  # ms
    first: Flags  # of its visit
    last: Flags
    goal: Ints  # by visit: how far it goes


def visit_classes(visits: Visits) -> Ints:
    known = (visits.auth == SIGNED_IN) | (visits.auth == LOGS_IN)
    return np.where(known, MEMBER, np.where(visits.first, NEW, RETURNING))


def make_steps(
    rng: np.random.Generator,
    visits: Visits,
    arrivals: Arrivals,
    pages: Pages,
    catalogue: Catalogue,
    crowd: Crowd,
    orders: Orders,
    event_page: Ints,
) -> Steps:
    """The steps of ``visits``; ``event_page`` is the event page of each visit's day."""
    goal = _goals(rng, visits, arrivals.bounce)
    first_line, lines = orders.first_line[np.maximum(visits.order, 0)], np.diff(orders.first_line)
    adds = np.where(goal == BUYS, lines[np.maximum(visits.order, 0)], 1 + pick(rng, [62, 26, 12], len(goal)))
    adds[goal < FILLS_CART] = 0
    counts = np.zeros((len(goal), _PARTS), dtype=np.int64)
    counts[:, LANDING] = 1
    counts[:, LOOKING] = np.where(goal == BOUNCE, 0, np.minimum(rng.geometric(0.43, len(goal)) - (goal > BROWSE), 30))
    counts[:, AUTH] = visits.auth >= LOGS_IN
    counts[:, ADDING] = adds
    counts[:, AT_CART] = (goal >= CHECKS_OUT) | ((goal == FILLS_CART) & (rng.random(len(goal)) < 0.6))
    counts[:, AT_CHECKOUT] = goal >= CHECKS_OUT
    counts[:, DONE] = goal == BUYS
    cell, number = spread(counts.ravel())
    visit, part = cell // _PARTS, cell % _PARTS

    kind = _kinds(rng, part, arrivals.landing[visit], visits.auth[visit])
    product = _products(rng, visit, kind, catalogue, crowd.taste[visits.person])
    quantity = np.where(part == ADDING, 1 + (rng.random(len(visit)) < 0.06), 0)
    ordered = np.flatnonzero((part == ADDING) & (goal[visit] == BUYS))
    line = first_line[visit[ordered]] + number[ordered]
    product[ordered], quantity[ordered] = orders.product[line], orders.quantity[line]
    page = pages.first[kind] + _within_kind(rng, kind, product, catalogue, pages, event_page[visit], visit)
    at, stay = _times(rng, visits, visit, kind, orders)
    first = np.append(True, visit[1:] != visit[:-1])
    return Steps(visit, part, kind, page, product, quantity, at, stay, first, np.append(first[1:], True), goal)


def _goals(rng: np.random.Generator, visits: Visits, bounce: Floats) -> Ints:
    group = visit_classes(visits)
    leaves, fills, goes_on = (np.array(shares)[group] for shares in (_LEAVES, _FILLS, _GOES_ON))
    goal = np.full(len(group), BROWSE)
    filling = rng.random(len(group)) < fills
    goal[filling] = FILLS_CART
    goal[filling & (rng.random(len(group)) < goes_on)] = CHECKS_OUT
    goal[(rng.random(len(group)) < leaves * bounce) & (visits.auth <= SIGNED_IN)] = BOUNCE
    goal[visits.order >= 0] = BUYS
    return goal


def _kinds(rng: np.random.Generator, part: Ints, landing: Ints, auth: Ints) -> Ints:
    looked = np.array(list(_LOOKS))[pick(rng, list(_LOOKS.values()), len(part))]
    of_part = np.array([HOME, HOME, LOGIN, PRODUCT, CART, CHECKOUT, COMPLETE])[part]
    kind = np.where(part == LANDING, landing, np.where(part == LOOKING, looked, of_part))
    return np.where((part == AUTH) & (auth == SIGNS_UP), JOIN, kind)


def _products(rng: np.random.Generator, visit: Ints, kind: Ints, catalogue: Catalogue, taste: Ints) -> Ints:
    """Products looked at: mostly of the category the visit is about, now and then the one before once more."""
    about = np.where(rng.random(len(taste)) < 0.6, taste, pick(rng, np.bincount(catalogue.top), len(taste)))
    seen = np.flatnonzero(kind == PRODUCT)
    wish = np.where(rng.random(len(seen)) < 0.75, about[visit[seen]], -1)
    found = catalogue.by_popularity(rng, wish)
    again = np.flatnonzero((visit[seen][1:] == visit[seen][:-1]) & (rng.random(max(len(seen) - 1, 0)) < 0.12)) + 1
    found[again] = found[again - 1]
    product = np.full(len(visit), -1, dtype=np.int64)
    product[seen] = found
    return product


def _within_kind(
    rng: np.random.Generator,
    kind: Ints,
    product: Ints,
    catalogue: Catalogue,
    pages: Pages,
    event_page: Ints,
    visit: Ints,
) -> Ints:
    """Which page of its kind each step shows; a category page is that of a popular product."""
    out = np.maximum(product, 0)
    for which in (SEARCH, BOARD):
        here = np.flatnonzero(kind == which)
        out[here] = (rng.random(len(here)) ** 1.6 * len(pages.of(which))).astype(np.int64)
    here = np.flatnonzero(kind == EVENT)
    standing = rng.random(len(here)) < 0.25
    out[here] = np.where(standing, rng.integers(0, 2, len(here)), event_page[here])
    here = np.flatnonzero(kind == CATEGORY)
    # the category of the product seen next in the visit, as people go from lists to products
    following = np.full(len(kind), -1, dtype=np.int64)
    following[:-1] = np.where(visit[1:] == visit[:-1], product[1:], -1)
    some = catalogue.by_popularity(rng, np.full(len(here), -1))
    out[here] = catalogue.leaf[np.where(following[here] >= 0, following[here], some)]
    return out


def _times(rng: np.random.Generator, visits: Visits, visit: Ints, kind: Ints, orders: Orders) -> tuple[Ints, Ints]:
    """Arrival and stay on each page; in visits with an order the last page is reached just before its time."""
    medians = np.array([_SECONDS.get(at, 16) for at in range(COMPLETE + 3)], dtype=np.float64)
    seconds = np.clip(rng.lognormal(np.log(medians[kind]), 0.85), 1.5, _LONGEST / 1000)
    ends = np.cumsum(seconds)
    size = np.bincount(visit, minlength=len(visits))
    before = np.repeat(np.append(0.0, ends)[np.cumsum(size) - size], size)
    reached = ends - seconds - before
    last = np.cumsum(size) - 1
    whole = reached[last]
    order_at = orders.at[np.maximum(visits.order, 0)]
    room = np.where(visits.order >= 0, order_at - visits.start - PAID_AFTER, np.minimum(whole * 1000, _LONGEST_VISIT))
    factor = (room / np.maximum(whole, 1e-9))[visit]
    at = visits.start[visit] + np.rint(reached * factor).astype(np.int64)
    return at, np.rint(seconds * np.where(whole[visit] > 0, factor, 1000.0)).astype(np.int64)
