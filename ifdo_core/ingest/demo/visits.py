"""Who visits when, and which visits end in an order: the plan that the events are then made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ifdo_core.ingest.demo.calendar import DAY, HOUR, MINUTE, Calendar
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, pick, spread, stream
from ifdo_core.ingest.demo.purchases import Purchases, customers_for, simulate

#: Shares of all visits: orders of customers, and the visits of two groups of people. The rest come once.
ORDERS_SHARE, MEMBERS_SHARE, RETURNING_SHARE = 0.032, 0.15, 0.26
#: Orders that came to nothing, as a share of those of the known process. They are extra, so that the valid orders
#: are exactly those of the process.
LOST_SHARE = 0.08
GUESTS = 0.14  # customers who never sign up
SPACE = 2 * HOUR  # between the starts of two visits of a person; no visit is as long

CUSTOMER, MEMBER, RETURNING, ONCE = range(4)  # groups of people
KEPT, CANCELLED, REFUNDED, PENDING = range(4)  # what becomes of an order
ANONYMOUS, SIGNED_IN, LOGS_IN, SIGNS_UP = range(4)  # how a visit comes to be known as a member's


@dataclass(frozen=True)
class People:
    """People numbered by group; each has one visitor id (a browser or device) or several."""

    group: Ints
    member: Ints  # number of the member, -1 for those who never sign up
    first_visitor: Ints  # one more than people: the visitors of person i begin here

    def __len__(self) -> int:
        return len(self.group)

    @property
    def members(self) -> int:
        return int(self.member.max(initial=-1)) + 1

    @property
    def visitors(self) -> int:
        return int(self.first_visitor[-1])

    @property
    def person_of_visitor(self) -> Ints:
        return np.repeat(np.arange(len(self)), np.diff(self.first_visitor))


@dataclass(frozen=True)
class Visits:
    """Planned visits in the order of their starts (ms of UTC)."""

    person: Ints
    visitor: Ints
    start: Ints
    order: Ints  # number of the order placed, -1 for none
    auth: Ints
    first: Flags  # the person's first collected visit

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Demand:
    """Orders wanted, in the order of time: who, when, for how much, and what becomes of them."""

    person: Ints
    at: Ints
    spend: Floats
    fate: Ints
    visitor: Ints  # known for orders of guests and those placed in a visit, else -1


@dataclass(frozen=True)
class Plan:
    calendar: Calendar
    purchases: Purchases
    people: People
    visits: Visits
    demand: Demand
    joined_before: Flags  # by member number: signed up before the first collected day


@dataclass(frozen=True)
class _Rows:
    """Visits not yet in order; ``purchase`` is a row of ``Purchases``, -1 for none."""

    person: Ints
    start: Ints
    purchase: Ints


def make_plan(calendar: Calendar, target: int) -> Plan:
    """The plan for about ``target`` visits."""
    purchases = simulate(calendar, customers_for(calendar, target * ORDERS_SHARE))
    customers = len(purchases.customers.rate)
    rows = [_customer_visits(calendar, purchases)]
    sizes = [customers]
    for name, share, least, extra in (("members", MEMBERS_SHARE, 1, 4.5), ("returning", RETURNING_SHARE, 2, 1.6)):
        found, size = _regulars(calendar, name, target * share, least, extra, sum(sizes))
        rows.append(found)
        sizes.append(size)
    joined = _without_crowding(_concatenated(rows))
    once = _passers_by(calendar, target - len(joined.person), joined.start, sum(sizes))
    sizes.append(len(once.person))
    return _assembled(calendar, purchases, _concatenated([joined, once]), _people(calendar.seed, sizes))


# --- when people come -------------------------------------------------------------------------


def _customer_visits(calendar: Calendar, purchases: Purchases) -> _Rows:
    """The visits in which customers buy, others around them, and some of those who have not bought for long."""
    rng = stream(calendar.seed, "customer visits")
    bought = np.flatnonzero(purchases.at >= calendar.midnight)
    at = purchases.at[bought]
    start = at - np.clip(rng.lognormal(np.log(9), 0.5, len(at)), 3, 27).astype(np.int64) * MINUTE
    rows = [_Rows(purchases.customer[bought], start, bought)]
    for mean, days in ((1.3, -4.0), (0.9, 6.0)):
        row, _ = spread(rng.poisson(mean, len(at)))
        day = (at[row] - calendar.midnight) / DAY + rng.exponential(abs(days), len(row)) * np.sign(days)
        rows.append(_browsing(calendar, rng, purchases.customer[bought][row], day))
    row, _ = spread(rng.poisson(1.2 * calendar.days / 120, len(purchases.customers.rate)))
    opening = purchases.at[np.searchsorted(purchases.customer, row)] / DAY - calendar.midnight / DAY
    start_day = np.maximum(opening - 5, 0)
    day = start_day + rng.random(len(row)) * (calendar.end_day - start_day)
    rows.append(_browsing(calendar, rng, row, day))
    return _concatenated(rows)


def _browsing(calendar: Calendar, rng: np.random.Generator, person: Ints, day: Floats) -> _Rows:
    inside = (day >= 0) & (day < calendar.end_day)
    start = calendar.moments(rng, np.floor(day[inside]).astype(np.int64))
    return _Rows(person[inside], start, np.full(len(start), -1, dtype=np.int64))


def _regulars(
    calendar: Calendar, name: str, visits: float, least: int, extra: float, first_person: int
) -> tuple[_Rows, int]:
    """People who come again and again without buying: ``least`` visits and about ``extra`` more.

    Their visits follow the shop's rhythm; some began before the first collected day and will go on after the last.
    """
    rng = stream(calendar.seed, name)
    span = calendar.rhythm[-1]
    size = max(5, round(visits * 1.45 / (least + extra)))
    row, number = spread(least + rng.poisson(rng.gamma(0.7, extra / 0.7, size)))
    pace = rng.lognormal(np.log(3.5), 0.8, size) * np.minimum(1, calendar.days / 60)
    gaps = np.where(number == 0, 0.0, rng.exponential(1.0, len(row)) * pace[row])
    walked = np.cumsum(gaps)
    begin = rng.uniform(-0.25 * span, span, size)
    at = begin[row] + walked - walked[np.flatnonzero(number == 0)][row]
    inside = (at >= 0) & (at < span)
    day = np.searchsorted(calendar.rhythm, at[inside], side="right") - 1
    start = calendar.moments(rng, np.minimum(day, calendar.days - 1))
    return _Rows(first_person + row[inside], start, np.full(len(start), -1, dtype=np.int64)), size


def _passers_by(calendar: Calendar, visits: int, others: Ints, first_person: int) -> _Rows:
    """People who come once, on days that make the whole traffic follow the calendar; the last comes at the very end."""
    rng = stream(calendar.seed, "passers-by")
    size = max(visits, 1)
    taken = np.bincount(np.clip(calendar.day_of(others), 0, calendar.days - 1), minlength=calendar.days)
    wanted = calendar.weights / calendar.weights.sum() * (len(others) + size)
    start = calendar.moments(rng, pick(rng, np.maximum(wanted - taken, 1e-6), size))
    start[-1] = calendar.end_ms
    return _Rows(first_person + np.arange(size), start, np.full(size, -1, dtype=np.int64))


def _concatenated(rows: list[_Rows]) -> _Rows:
    return _Rows(
        np.concatenate([part.person for part in rows]),
        np.concatenate([part.start for part in rows]),
        np.concatenate([part.purchase for part in rows]),
    )


def _without_crowding(rows: _Rows) -> _Rows:
    """Leave out visits that would overlap another one of the same person; never one with a purchase."""
    order = np.lexsort([rows.start, rows.person])
    person, start, purchase = rows.person[order], rows.start[order], rows.purchase[order]
    close = np.zeros(len(order) + 1, dtype=np.bool_)
    close[1:-1] = (person[1:] == person[:-1]) & (start[1:] - start[:-1] < SPACE)
    buys_next = np.append(purchase[1:] >= 0, False)
    kept = (purchase >= 0) | ~(close[:-1] | (close[1:] & buys_next))
    return _Rows(person[kept], start[kept], purchase[kept])


# --- who they are -----------------------------------------------------------------------------


def _people(seed: int, sizes: list[int]) -> People:
    rng = stream(seed, "people")
    group = np.repeat(np.arange(len(sizes)), sizes)
    signs_up = (group == MEMBER) | ((group == CUSTOMER) & (rng.random(len(group)) >= GUESTS))
    member = np.where(signs_up, np.cumsum(signs_up) - 1, -1)
    devices = np.where(signs_up, 1 + pick(rng, [55, 35, 10], len(group)), 1)
    return People(group, member, np.concatenate([[0], np.cumsum(devices)]))


def _visitors(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    """The device of each visit: mostly the person's first one."""
    devices = np.diff(people.first_visitor)[person]
    other = rng.random(len(person)) < 0.4
    chosen = np.where(other, (rng.random(len(person)) * devices).astype(np.int64), 0)
    return people.first_visitor[person] + chosen


# --- putting it together ----------------------------------------------------------------------


def _assembled(calendar: Calendar, purchases: Purchases, rows: _Rows, people: People) -> Plan:
    rng = stream(calendar.seed, "assembly")
    order = np.lexsort([rows.person, rows.start])
    person, start, purchase = rows.person[order], rows.start[order], rows.purchase[order]
    visitor = _visitors(rng, people, person)
    lost, lost_at, fate = _lost_orders(calendar, rng, people, person, start, purchase)
    bought = np.flatnonzero(purchase >= 0)
    history, early = _history(calendar, rng, people, purchases)
    parts = [
        history,
        Demand(person[bought], purchases.at[purchase[bought]], purchases.spend[purchase[bought]],
               np.full(len(bought), KEPT), visitor[bought]),
        Demand(person[lost], lost_at, _some_spend(rng, len(lost)), fate, visitor[lost]),
    ]  # fmt: skip
    demand, place = _in_time(parts)
    placed = np.full(len(person), -1, dtype=np.int64)
    placed[np.concatenate([bought, lost])] = place[len(history.at) :]
    auth, first = _auth(rng, people, person, placed, early)
    visits = Visits(person.astype(np.int32), visitor.astype(np.int32), start, placed.astype(np.int32), auth, first)
    return Plan(calendar, purchases, people, visits, demand, early[: people.members])


def _some_spend(rng: np.random.Generator, size: int) -> Floats:
    return rng.lognormal(np.log(52_000), 0.6, size)


def _lost_orders(
    calendar: Calendar, rng: np.random.Generator, people: People, person: Ints, start: Ints, purchase: Ints
) -> tuple[Ints, Ints, Ints]:
    """Visits in which an order is placed that comes to nothing: their rows, its time and fate."""
    known = (purchase < 0) & (people.group[person] <= MEMBER) & (start < calendar.end_ms - 30 * MINUTE)
    candidates = np.flatnonzero(known)
    size = min(len(candidates), round(LOST_SHARE * int((purchase >= 0).sum())))
    recent = start[candidates] > calendar.end_ms - 4 * DAY
    weight = np.where(recent, 2.0, 1.0)
    rows = np.sort(rng.choice(candidates, size, replace=False, p=weight / weight.sum())) if size else candidates[:0]
    at = start[rows] + rng.integers(3 * MINUTE, 26 * MINUTE, size)
    refundable = at < calendar.end_ms - 16 * DAY
    fate = np.where(rng.random(size) < np.where(refundable, 0.5, 0), REFUNDED, CANCELLED)
    fate[(at > calendar.end_ms - 3 * DAY) & (rng.random(size) < 0.75)] = PENDING
    return rows, at, fate


def _history(
    calendar: Calendar, rng: np.random.Generator, people: People, purchases: Purchases
) -> tuple[Demand, Flags]:
    """Orders from before the first collected day, and which members had signed up by then."""
    old = np.flatnonzero(purchases.at < calendar.midnight)
    person, at = purchases.customer[old], purchases.at[old]
    again = np.flatnonzero(rng.random(len(old)) < LOST_SHARE / 2)
    fate = np.where(rng.random(len(again)) < 0.5, CANCELLED, REFUNDED)
    minutes = rng.integers(5, 180, len(again)) * MINUTE
    # who cancels orders again right after, who sends back had bought something else some weeks earlier
    before = at[again] - np.where(fate == CANCELLED, minutes, minutes + 30 * DAY)
    early = np.zeros(max(people.members, 1), dtype=np.bool_)
    early[people.member[person[people.member[person] >= 0]]] = True
    newcomers = (people.member >= 0) & (rng.random(len(people)) < np.where(people.group == MEMBER, 0.55, 0.3))
    early[people.member[newcomers]] = True
    people_of = np.concatenate([person, person[again]])
    demand = Demand(
        people_of,
        np.concatenate([at, before]),
        np.concatenate([purchases.spend[old], _some_spend(rng, len(again))]),
        np.concatenate([np.full(len(old), KEPT), fate]),
        np.where(people.member[people_of] < 0, people.first_visitor[people_of], -1),
    )
    return demand, early


def _in_time(parts: list[Demand]) -> tuple[Demand, Ints]:
    """All orders by time, and the place at which each row of ``parts`` now stands."""
    at = np.concatenate([part.at for part in parts])
    order = np.argsort(at, kind="stable")
    place = np.empty(len(at), dtype=np.int64)
    place[order] = np.arange(len(at))
    return (
        Demand(
            np.concatenate([part.person for part in parts])[order],
            at[order],
            np.concatenate([part.spend for part in parts])[order],
            np.concatenate([part.fate for part in parts])[order],
            np.concatenate([part.visitor for part in parts])[order],
        ),
        place,
    )


def _auth(rng: np.random.Generator, people: People, person: Ints, placed: Ints, early: Flags) -> tuple[Ints, Flags]:
    """How each visit (in the order of starts) comes to be known, and whether it is the person's first.

    A member who had not signed up before does so in one of the first visits, at the latest when first ordering.
    """
    order = np.argsort(person, kind="stable")
    who, ordered = person[order], placed[order] >= 0
    new = np.ones(len(who), dtype=np.bool_)
    new[1:] = who[1:] != who[:-1]
    begins = np.flatnonzero(new)
    size = np.diff(np.append(begins, len(who)))
    rank = np.arange(len(who)) - np.repeat(begins, size)
    first_order = np.minimum.reduceat(np.where(ordered, rank, len(who)), begins)
    latest = np.minimum(np.minimum(first_order, size - 1), 3)
    joins = np.floor(rng.random(len(begins)) * (latest + 1)).astype(np.int64)
    member = people.member[who[begins]]
    joins[early[np.maximum(member, 0)]] = -1
    joins = np.repeat(joins, size)
    ways = np.where(ordered, pick(rng, [0, 70, 30], len(who)), pick(rng, [36, 46, 18], len(who)))
    auth = np.where(rank == joins, SIGNS_UP, np.where(rank < joins, ANONYMOUS, ways))
    auth[people.member[who] < 0] = ANONYMOUS
    by_start = np.empty(len(who), dtype=np.int8)
    first = np.empty(len(who), dtype=np.bool_)
    by_start[order], first[order] = auth, new
    return by_start, first
