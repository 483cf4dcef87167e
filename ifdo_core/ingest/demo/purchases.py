"""When customers buy and for how much: BG/NBD for the days, Gamma-Gamma for the money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ifdo_core.ingest.demo.calendar import HOUR, MINUTE, Calendar
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, stream

#: BG/NBD, per week: purchase rates of customers are Gamma(r, alpha), and after every repeat purchase a customer
#: leaves for good with a probability of their own that is Beta(a, b). Gamma-Gamma, in won: the mean spend of a
#: customer varies with a rate that is Gamma(q, v), one purchase is Gamma(p, that rate).
PROCESS: dict[str, float] = {"r": 0.85, "alpha": 6.0, "a": 0.8, "b": 3.0, "p": 6.0, "q": 4.0, "v": 31_000.0}

_PILOT = 4000  # customers tried out to learn how many orders one makes


@dataclass(frozen=True)
class Customers:
    """What governs each customer, by customer number."""

    rate: Floats  # purchases a week while active
    leaves: Floats  # probability to leave for good after a repeat purchase
    mean_spend: Floats  # won
    active: Flags  # has not left by the end


@dataclass(frozen=True)
class Purchases:
    """Purchases ordered by (customer, time): ``at`` in ms of UTC, ``spend`` in won."""

    customer: Ints
    at: Ints
    spend: Floats
    customers: Customers


@dataclass(frozen=True)
class _Lives:
    customer: Ints
    day: Floats
    rate: Floats
    leaves: Floats
    active: Flags


def _lives(rng: np.random.Generator, first: Floats, until: float) -> _Lives:
    """Simulate everybody at once, one purchase a round; days are counted from day 0."""
    size = len(first)
    rate = rng.gamma(PROCESS["r"], 1 / PROCESS["alpha"], size)  # per week
    leaves = rng.beta(PROCESS["a"], PROCESS["b"], size)
    active = np.ones(size, dtype=np.bool_)
    who, when = np.arange(size), first
    all_who, all_when = [who], [when]
    while len(who):
        when = when + rng.exponential(1.0, len(who)) / np.maximum(rate[who], 1e-12) * 7
        bought = when < until
        who, when = who[bought], when[bought]
        all_who.append(who)
        all_when.append(when)
        stays = rng.random(len(who)) >= leaves[who]
        active[who[~stays]] = False
        who, when = who[stays], when[stays]
    customer, day = np.concatenate(all_who), np.concatenate(all_when)
    order = np.lexsort([day, customer])
    return _Lives(customer[order], day[order], rate, leaves, active)


def _first_purchases(rng: np.random.Generator, calendar: Calendar, customers: int) -> Floats:
    """When customers first bought, in days: ever more of them, from the shop's opening to the end."""
    weights = calendar.weights
    early = weights[: max(1, calendar.days // 4)].mean()
    per_day = np.concatenate([np.linspace(0.45, 1.0, calendar.history_days) * early, weights])
    shares = np.concatenate([[0.0], np.cumsum(per_day) / per_day.sum()])
    edges = np.arange(len(per_day) + 1) - float(calendar.history_days)
    edges[-1] = calendar.end_day
    return np.interp(rng.random(customers), shares, edges)


def customers_for(calendar: Calendar, orders: float) -> int:
    """How many customers it takes for this many orders from day 0 on, by trying it out on a few thousand."""
    rng = stream(calendar.seed, "pilot")
    lives = _lives(rng, _first_purchases(rng, calendar, _PILOT), calendar.end_day)
    return max(20, round(orders * _PILOT / max(1, int((lives.day >= 0).sum()))))


def simulate(calendar: Calendar, customers: int) -> Purchases:
    """One purchase a day at most, at the shop's usual hours, four hours apart at least."""
    rng = stream(calendar.seed, "purchases")
    lives = _lives(rng, _first_purchases(rng, calendar, customers), calendar.end_day)
    customer, day = lives.customer, np.floor(lives.day).astype(np.int64)
    kept = _spaced(customer, day, 1)
    customer = customer[kept]
    at = calendar.moments(rng, day[kept], before_end=MINUTE)
    order = np.lexsort([at, customer])
    customer, at = customer[order], at[order]
    kept = _spaced(customer, at, 4 * HOUR)
    customer, at = customer[kept], at[kept]
    scale = rng.gamma(PROCESS["q"], 1 / PROCESS["v"], customers)
    spend = rng.gamma(PROCESS["p"], 1.0, len(customer)) / scale[customer]
    return Purchases(customer, at, spend, Customers(lives.rate, lives.leaves, PROCESS["p"] / scale, lives.active))


def _spaced(who: Ints, when: Ints, least: int) -> Flags:
    """Which of the rows, ordered by (who, when), come at least ``least`` after the row before of the same one."""
    kept = np.ones(len(who), dtype=np.bool_)
    kept[1:] = (who[1:] != who[:-1]) | (when[1:] - when[:-1] >= least)
    return kept
