"""The demo shop as a whole: its tables, piece by piece, its settings, and the truth behind its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.config import ShopSettings
from ifdo_core.i18n import translate
from ifdo_core.ingest.demo.arrivals import Sources
from ifdo_core.ingest.demo.calendar import DAY, HOUR, Calendar
from ifdo_core.ingest.demo.columns import identifiers
from ifdo_core.ingest.demo.crowd import Crowd, make_crowd, member_frame
from ifdo_core.ingest.demo.events import Carts, Events, Params, make_events, sign_ups
from ifdo_core.ingest.demo.messages import message_frame
from ifdo_core.ingest.demo.orders import Orders, line_frame, make_orders, order_frame
from ifdo_core.ingest.demo.pages import Pages, hosts, make_pages
from ifdo_core.ingest.demo.parts import Ints, parts, stream
from ifdo_core.ingest.demo.products import Catalogue, make_catalogue
from ifdo_core.ingest.demo.purchases import PROCESS
from ifdo_core.ingest.demo.rows import EventTable
from ifdo_core.ingest.demo.steps import make_steps, visit_classes
from ifdo_core.ingest.demo.visits import SIGNED_IN, Plan, Visits, make_plan

DEFAULT_VISITS = 75_000
DEFAULT_END = datetime(2026, 11, 23, 14, 59, 59)  # the last second of a day in Seoul
_PIECE = 25_000  # visits made at once: small enough for a machine with little memory
_FRAME = 20_000  # events of a frame: on its way into a database each takes memory three times
_OPENED = 900  # days from the shop's opening to the first collected day, at the earliest sign-up

Progress = Callable[[float, str], None]


def _silent(_share: float, _text: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class _World:
    """Everything that is known before the first event is made."""

    plan: Plan
    catalogue: Catalogue
    crowd: Crowd
    orders: Orders
    pages: Pages


class DemoShop:
    """A shop of ``visits`` visits in the ``days`` days before ``end`` (naive, UTC), and orders of three times as long.

    The same arguments make the same bytes. The newest event is at ``end``, to the millisecond.
    """

    def __init__(self, seed: int = 1, visits: int | None = None, days: int = 120, end: datetime | None = None) -> None:
        self.visits = DEFAULT_VISITS if visits is None else visits
        if self.visits < 1 or days < 1:
            raise ValueError("a demo shop needs at least one visit and one day")
        self.calendar = Calendar(days, 2 * days, end or DEFAULT_END, seed)

    @cached_property
    def _world(self) -> _World:
        plan = make_plan(self.calendar, self.visits)
        catalogue = make_catalogue(self.calendar.seed)
        pages = make_pages(self.calendar, catalogue)
        return _World(plan, catalogue, make_crowd(plan, catalogue), make_orders(plan, catalogue), pages)

    @property
    def settings(self) -> ShopSettings:
        return ShopSettings(
            name=parts("catalogue")["shop"]["name"], own_hosts=hosts(), free_shipping_from=50_000, demo=True
        )

    def frames(self, progress: Progress | None = None) -> Iterator[tuple[str, pd.DataFrame]]:
        """(table, rows) until all is told, each table with the columns of ``ifdo_core.tables``, events in order.

        ``progress`` is called with the share done and what is being done.
        """
        report = progress or _silent
        report(0.0, translate("데모 쇼핑몰을 준비하고 있어요"))
        world = self._world
        yield "products", world.catalogue.frame(f"https://{hosts()[0]}")
        yield "orders", order_frame(world.plan, world.orders, world.crowd)
        yield "order_items", line_frame(world.orders, world.catalogue)
        joined = _joined_early(world.plan)
        sources, params = Sources(self.calendar), Params(world.pages)
        order_ids = world.orders.ids.to_numpy(dtype=object)
        table = EventTable(world.pages, sources, world.catalogue, world.crowd, params, order_ids)
        number = 1
        for done, events in self._pieces(world, sources, params):
            report(0.05 + 0.9 * done, translate("데모 쇼핑몰의 방문을 만들고 있어요"))
            member, at = sign_ups(events)
            joined[member] = at
            for start in range(0, len(events), _FRAME):
                rows = events.rows(np.arange(start, min(start + _FRAME, len(events))))
                yield "events", table.frame(rows, number + start)
            number += len(events)
        logged_in, paid, points = _standing(world, joined)
        members = member_frame(world.plan, world.crowd, joined, logged_in, paid, points)
        yield "members", members
        yield "messages", message_frame(self.calendar, members)
        report(1.0, translate("데모 쇼핑몰이 준비됐어요"))

    def _pieces(self, world: _World, sources: Sources, params: Params) -> Iterator[tuple[float, Events]]:
        """Events up to the start of the next piece's first visit; what is later waits for that piece."""
        plan = world.plan
        carts = Carts.empty(plan.people, plan.visits)
        device_phone = world.crowd.mobile
        waiting: Events | None = None
        starts = range(0, len(plan.visits), _PIECE)
        for piece, begin in enumerate(starts):
            rng = stream(self.calendar.seed, "events", piece)
            visits = _cut(plan.visits, begin, begin + _PIECE)
            arrivals = sources.draw(
                rng, visits.start, visit_classes(visits),
                world.crowd.device[visits.visitor], device_phone[visits.visitor],
            )  # fmt: skip
            event_page = self._event_pages(world.pages, visits.start)
            steps = make_steps(
                rng, visits, arrivals, world.pages, world.catalogue, world.crowd, world.orders, event_page
            )
            events = make_events(
                rng, visits, begin, arrivals, steps, world.pages, world.catalogue, plan.people, world.crowd,
                world.orders, event_page, carts, params,
            )  # fmt: skip
            if waiting is not None:
                events = waiting.then(events)
                events = events.rows(np.argsort(events.ts, kind="stable"))
            last = begin + _PIECE >= len(plan.visits)
            until = self.calendar.end_ms + 1 if last else int(plan.visits.start[begin + _PIECE])
            ready = int(np.searchsorted(events.ts, until))
            waiting = events.rows(np.arange(ready, len(events)))
            yield min(1.0, (begin + _PIECE) / len(plan.visits)), events.rows(np.arange(ready))

    def _event_pages(self, pages: Pages, start: Ints) -> Ints:
        """The event page of each visit's day: the month's campaign while it runs, else the first standing one."""
        by_day = np.array([self.calendar.month_campaign(day)[0] for day in range(self.calendar.days)])
        day = np.clip(self.calendar.day_of(start), 0, self.calendar.days - 1)
        return np.maximum(pages.event_of_month[by_day[day]], 0)

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What the shop was made by.

        ``process``: the parameters of BG/NBD (per week) and Gamma-Gamma (won, before discounts).
        ``customers``: one row a customer, by the person that the workbench knows: purchases a week while active,
        probability to leave after a repeat purchase, mean spend, first purchase, purchases up to the end, and
        whether still active then. The valid orders of the shop are exactly these purchases.
        ``pairs``: products planted to be bought together: who buys ``a`` takes ``b`` with ``probability``.
        ``campaigns``: the campaigns that ran, by Seoul date, and how many times the usual traffic they brought.
        """
        world = self._world
        return {
            "process": dict(PROCESS),
            "customers": _customers(world),
            "pairs": _pairs(world.catalogue),
            "campaigns": self._campaigns(),
        }

    def _campaigns(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        months = parts("traffic")["months"]
        for day in range(self.calendar.days):
            month, lift = self.calendar.month_campaign(day)
            on = self.calendar.date(day)
            if not month:
                continue
            if out and out[-1]["last_day"] == on - timedelta(days=1):
                out[-1]["last_day"] = on
            else:
                slug, title, *_ = months[month]
                out.append({"slug": slug, "title": title, "first_day": on, "last_day": on, "lift": lift})
        return out


def _cut(visits: Visits, begin: int, end: int) -> Visits:
    rows = slice(begin, end)
    return Visits(
        visits.person[rows], visits.visitor[rows], visits.start[rows], visits.order[rows],
        visits.auth[rows], visits.first[rows],
    )  # fmt: skip


def _joined_early(plan: Plan) -> Ints:
    """By member: when those signed up who did before the first collected day; the others have not yet."""
    rng = stream(plan.calendar.seed, "joined")
    size = plan.people.members
    latest = np.full(size, plan.calendar.midnight)
    member = plan.people.member[plan.demand.person]
    mine = member >= 0
    np.minimum.at(latest, member[mine], plan.demand.at[mine] - HOUR // 4)
    opened = plan.calendar.midnight - _OPENED * DAY
    at = latest - (rng.random(size) ** 1.5 * np.maximum(latest - opened, DAY)).astype(np.int64)
    return np.where(plan.joined_before[:size], at, np.iinfo(np.int64).min)


def _standing(world: _World, joined: Ints) -> tuple[Ints, Ints, Ints]:
    """By member at the end: newest login (ms, -1 unknown), won paid, points spent."""
    plan, orders = world.plan, world.orders
    size = plan.people.members
    visits = plan.visits
    seen = np.flatnonzero(visits.auth >= SIGNED_IN)
    logged_in = np.full(size, -1, dtype=np.int64)
    np.maximum.at(logged_in, plan.people.member[visits.person[seen]], visits.start[seen])
    logged_in = np.where(logged_in >= 0, np.maximum(logged_in, joined), -1)
    member = plan.people.member[orders.person]
    counted = orders.kept & (member >= 0)
    net = np.where(orders.kept, orders.amount - orders.refunded, 0)
    paid = np.bincount(member[counted], weights=net[counted], minlength=size).astype(np.int64)
    points = np.bincount(member[counted], weights=orders.points[counted], minlength=size).astype(np.int64)
    return logged_in, paid, points


def _customers(world: _World) -> pd.DataFrame:
    purchases, people = world.plan.purchases, world.plan.people
    size = len(purchases.customers.rate)
    member = people.member[:size]
    guest = "v:" + pd.Series(identifiers("v", people.first_visitor[:size], 7))
    first = np.searchsorted(purchases.customer, np.arange(size))
    return pd.DataFrame(
        {
            "person": ("m:" + pd.Series(identifiers("M", member, 6))).where(member >= 0, guest),
            "rate": purchases.customers.rate,
            "leaves": purchases.customers.leaves,
            "mean_spend": purchases.customers.mean_spend,
            "first_at": (purchases.at[first] * 1000).astype("datetime64[us]"),
            "purchases": np.bincount(purchases.customer, minlength=size),
            "active": purchases.customers.active,
        }
    )


def _pairs(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {"a": catalogue.ids[at], "b": catalogue.ids[catalogue.partner[at]], "probability": float(catalogue.attach[at])}
        for at in np.flatnonzero(catalogue.partner >= 0)
    ]
