"""Days and hours of the demo shop, in Seoul time, as milliseconds of UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np

from ifdo_core.ingest.demo.parts import Floats, Ints, parts, stream

DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000
SEOUL = 9 * HOUR  # Korea keeps one offset all year


@dataclass(frozen=True)
class Calendar:
    """Day 0 is the first day with visits, negative days lie before collection, the last one holds ``end``."""

    days: int
    history_days: int
    end: datetime  # naive, UTC
    seed: int

    @cached_property
    def end_ms(self) -> int:
        return round(self.end.replace(tzinfo=UTC).timestamp() * 1000)

    @cached_property
    def midnight(self) -> int:
        """The first midnight of day 0, in milliseconds of UTC."""
        last = (self.end_ms + SEOUL) // DAY
        return (last - self.days + 1) * DAY - SEOUL

    @property
    def end_day(self) -> float:
        """``end`` in days since the midnight of day 0."""
        return (self.end_ms - self.midnight) / DAY

    def date(self, day: int) -> date:
        return (datetime(1970, 1, 1) + timedelta(milliseconds=self.midnight + SEOUL)).date() + timedelta(days=day)

    def day_of(self, moments: Ints) -> Ints:
        """The day of each moment, in the shop's time zone."""
        return (moments - self.midnight) // DAY

    @cached_property
    def weights(self) -> Floats:
        """How busy each day is, day 0 first: growth, weekday, campaigns of the month, and luck."""
        traffic = parts("traffic")
        rng = stream(self.seed, "days")
        growth = np.linspace(1.0, float(traffic["growth"]), self.days)
        weekdays = np.array(traffic["weekdays"])[[self.date(day).weekday() for day in range(self.days)]]
        lift = np.array([self.month_campaign(day)[1] for day in range(self.days)])
        luck = np.exp(rng.normal(0, 0.045, self.days))
        weights: Floats = growth * weekdays * lift * luck
        weights[-1] *= max(self.share_of_day(self.end_ms), 0.002)
        return weights

    @cached_property
    def rhythm(self) -> Floats:
        """Days + 1 edges: where each day begins when busy days are stretched to be as busy as others."""
        return np.concatenate([[0.0], np.cumsum(self.weights)]) / self.weights.mean()

    def month_campaign(self, day: int) -> tuple[int, float]:
        """The month whose campaign runs on this day, 0 for none, and its lift of the traffic."""
        on = self.date(day)
        _, _, first, length, lift = parts("traffic")["months"][on.month]
        running = first <= on.day < first + length
        return (on.month, float(lift)) if running else (0, 1.0)

    @staticmethod
    def _clock() -> tuple[Floats, Floats]:
        hours = np.array(parts("traffic")["hours"], dtype=np.float64)
        shares: Floats = np.concatenate([np.zeros(1), np.cumsum(hours) / hours.sum()])
        edges: Floats = np.arange(25, dtype=np.float64) * HOUR
        return shares, edges

    def share_of_day(self, moment: int) -> float:
        """The share of a day's visits that usually lie before this time of day."""
        shares, edges = self._clock()
        return float(np.interp((moment + SEOUL) % DAY, edges, shares))

    def moments(self, rng: np.random.Generator, day: Ints, before_end: int = 1000) -> Ints:
        """A moment on each of these days by the shop's usual hours, at least ``before_end`` ms before the end."""
        shares, edges = self._clock()
        latest = self.end_ms - before_end
        room = np.ones(len(day))
        last_day = (latest - self.midnight) // DAY
        room[day >= last_day] = self.share_of_day(latest)
        day = np.minimum(day, last_day)
        return self.midnight + day * DAY + np.interp(rng.random(len(day)) * room, shares, edges).astype(np.int64)
