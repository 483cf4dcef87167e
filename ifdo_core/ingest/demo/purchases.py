"""When members buy and for how much: BG/NBD for the days, Gamma-Gamma for the money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ifdo_core.ingest.demo.calendar import DAY, HOUR, Calendar
from ifdo_core.ingest.demo.parts import Floats, Ints, stream

#: BG/NBD, per week: purchase rates of customers are Gamma(r, alpha), and after every repeat purchase a customer
#: leaves for good with a probability of their own that is Beta(a, b). Gamma-Gamma, in won: the mean spend of a
#: customer varies with a rate that is Gamma(q, v), one purchase is Gamma(p, that rate).
PROCESS: dict[str, float] = {"r": 0.85, "alpha": 6.0, "a": 0.8, "b": 3.0, "p": 6.0, "q": 4.0, "v": 31_000.0}


@dataclass(frozen=True)
class Purchases:
    """Purchase days of customers, ordered by (customer, time): ``at`` in ms of UTC, ``spend`` in won."""

    customer: Ints
    at: Ints
    spend: Floats
    last_seen: Ints  # per customer, the day of the last purchase


def _lifetimes(rng: np.random.Generator, first: Floats, until: float) -> tuple[Ints, Floats]:
    """Simulate everybody at once, one purchase a round: customer numbers and times in days."""
    size = len(first)
    rate = rng.gamma(PROCESS["r"], 1 / PROCESS["alpha"], size)  # per week
    leave = rng.beta(PROCESS["a"], PROCESS["b"], size)
    who, when = np.arange(size), first.copy()
    all_who, all_when = [who], [when]
    while len(who):
        when = when + rng.exponential(1.0, len(who)) / rate[who] * 7
        bought = when < until
        who, when = who[bought], when[bought]
        all_who.append(who)
        all_when.append(when)
        stays = rng.random(len(who)) >= leave[who]
        who, when = who[stays], when[stays]
    customer, at = np.concatenate(all_who), np.concatenate(all_when)
    order = np.lexsort([at, customer])
    return customer[order], at[order]


def first_purchases(rng: np.random.Generator, calendar: Calendar, customers: int) -> Floats:
    """When customers first bought, in days: ever more of them, from the shop's opening to the end."""
    weights = calendar.weights()
    per_day = np.concatenate([np.linspace(0.45, 1.0, calendar.history_days) * weights[: 7 * (calendar.days // 7)].mean(), weights])
    if calendar.history_days:
        per_day[: calendar.history_days] *= weights[: max(1, calendar.days // 4)].mean() / weights.mean()
    shares = np.concatenate([[0.0], np.cumsum(per_day) / per_day.sum()])
    edges = np.arange(len(per_day) + 1) - float(calendar.history_days)
    edges[-1] = calendar.end_day
    return np.interp(rng.random(customers), shares, edges)


def customers_for(calendar: Calendar, orders: float) -> int:
    """How many customers it takes for this many orders after day 0, by trying it out on a few thousand."""
    rng = stream(calendar.seed, "pilot")
    trial = 4000
    _, when = _lifetimes(rng, first_purchases(rng, calendar, trial), calendar.end_day)
    return max(20, round(orders * trial / max(1, int((when >= 0).sum()))))


def simulate(calendar: Calendar, customers: int) -> Purchases:
    """One purchase a day at most, at the shop's usual hours, three hours apart at least."""
    rng = stream(calendar.seed, "purchases")
    customer, when = _lifetimes(rng, first_purchases(rng, calendar, customers), calendar.end_day)
    day = np.floor(when).astype(np.int64)
    kept = np.concatenate([[True], (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])])
    customer, day = customer[kept], day[kept]
    at = calendar.moments(rng, day, before_end=2 * HOUR)
    order = np.lexsort([at, customer])
    customer, at = customer[order], at[order]
    kept = np.concatenate([[True], (customer[1:] != customer[:-1]) | (at[1:] - at[:-1] >= 4 * HOUR)])
    customer, at = customer[kept], at[kept]
    scale = rng.gamma(PROCESS["q"], 1 / PROCESS["v"], customers)
    spend = rng.gamma(PROCESS["p"], 1.0, len(customer)) / scale[customer]
    last = np.full(customers, -calendar.history_days, dtype=np.int64)
    np.maximum.at(last, customer, (at - calendar.midnight) // DAY)
    return Purchases(customer, at, spend, last)
