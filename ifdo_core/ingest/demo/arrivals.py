"""How visits come to the demo shop: channel, campaign, referrer, click id, device and landing page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np

from ifdo_core.ingest.demo.calendar import Calendar
from ifdo_core.ingest.demo.pages import BOARD, CART, CATEGORY, EVENT, HOME, PRODUCT
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, Texts, parts, pick, texts

NEW, RETURNING, MEMBER = range(3)  # classes of visits, columns 'new', 'returning' and 'member' of traffic.yaml
_LANDINGS = {"home": HOME, "category": CATEGORY, "product": PRODUCT, "event": EVENT, "cart": CART, "board": BOARD}

_MONTH_SHARE = 0.7  # visits of a channel with campaigns that carry the month's one while it runs


@dataclass(frozen=True)
class Arrivals:
    """How each of some visits comes. ``tag``, ``referrer`` and ``agent`` are positions in the lists of ``Sources``."""

    channel: Ints
    landing: Ints  # kind of page
    tag: Ints  # 0: no UTM
    referrer: Ints  # -1: none
    click: Ints  # random number the click id is made of, 0: none
    agent: Ints
    bounce: Floats  # factor of leaving at once


class Sources:
    """The channels of data/demo/traffic.yaml, ready to be drawn from."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._channels: list[dict[str, Any]] = parts("traffic")["channels"]
        self._weights = _weights(self._channels)
        self._terms: list[str] = parts("catalogue")["search_terms"]
        self._month_of_day = np.array([calendar.month_campaign(day)[0] for day in range(calendar.days)])
        self._year_of_month = {month: calendar.date(day).year for day, month in enumerate(self._month_of_day.tolist())}
        self._weekday = np.array([calendar.date(day).weekday() for day in range(calendar.days)])
        self._tags: list[dict[str, str]] = [{}]
        self._tag_rules = [self._tags_of(channel) for channel in self._channels]
        self._referrers: list[str] = []
        self._referrer_rules = [self._referrers_of(channel) for channel in self._channels]
        self._agents()

    # --- the lists that positions point into ---

    def utm(self, name: str) -> Texts:
        """By tag: the value of this UTM parameter, None where it is not given."""
        return texts([tag.get(name) for tag in self._tags])

    @property
    def queries(self) -> Texts:
        """By tag: the UTM part of the landing URL."""
        return texts(["&".join(f"{name}={quote(value)}" for name, value in tag.items()) for tag in self._tags])

    @property
    def page_queries(self) -> Texts:
        """By tag: the parameters of the landing URL as ingest keeps them."""
        return texts([json.dumps(tag, ensure_ascii=False) if tag else None for tag in self._tags])

    @property
    def referrers(self) -> Texts:
        return texts(self._referrers)

    @property
    def referrer_hosts(self) -> Texts:
        return texts([urlsplit(url).hostname for url in self._referrers])

    @property
    def clicks(self) -> list[tuple[str, str, str]]:
        """By channel: name of the click id, and what stands before and behind the random part; '' without one."""
        out: list[tuple[str, str, str]] = []
        for channel in self._channels:
            before, _, behind = channel.get("click", "").partition("{click}")
            out.append((channel.get("click_id", ""), before, behind))
        return out

    def _agents(self) -> None:
        """Devices first, in the order of the file, then the browsers inside apps."""
        traffic = parts("traffic")
        rows = [(None, *row[1:]) for row in traffic["devices"]] + traffic["inapp_devices"]
        self.agent_inapp, self.agent_device, self.agent_os, self.agent_browser, self.agent_text = (
            texts([row[column] for row in rows]) for column in range(5)
        )
        in_app = {(row[0], row[2]): at for at, row in enumerate(rows)}
        self._inside = np.array(
            [
                [
                    in_app.get((channel.get("inapp", ""), row[2]), own) if row[1] == "mobile" else own
                    for own, row in enumerate(rows[: len(traffic["devices"])])
                ]
                for channel in self._channels
            ]
        )
        self._inside_share = np.array([channel.get("inapp_share", 1.0) for channel in self._channels])

    def _tags_of(self, channel: dict[str, Any]) -> tuple[int, int, int]:
        """Append the channel's tags: where they begin, how many standing campaigns and how many variants each has.

        The campaigns of the months follow the standing ones, January first, so that a tag's number is arithmetic.
        """
        source = channel.get("utm_source")
        if source is None:
            return 0, 0, 0
        base = {"utm_source": source} | ({"utm_medium": channel["utm_medium"]} if "utm_medium" in channel else {})
        standing = [name for key in channel.get("campaigns", []) for name in parts("traffic")["campaigns"][key]]
        campaigns = [{"utm_campaign": name} for name in standing]
        for month, (slug, title, *_) in parts("traffic")["months"].items():
            year = self._year_of_month.get(month, self._calendar.end.year)
            if standing:
                campaigns.append({"utm_campaign": f"{title}_{year}", "utm_id": f"{year}-{slug}"})
        if channel.get("term"):
            variants = [{"utm_term": term} for term in self._terms]
        else:
            variants = [{"utm_content": content} for content in channel.get("contents", [])] or [{}]
        begin = len(self._tags)
        self._tags += [base | campaign | variant for campaign in campaigns or [{}] for variant in variants]
        return begin, len(standing), len(variants)

    def _referrers_of(self, channel: dict[str, Any]) -> tuple[Ints, Floats]:
        """Append the channel's referrers: their positions (-1 for none) and weights."""
        at: list[int] = []
        weights: list[float] = []
        for url, weight in channel.get("referrers", {"": 1}).items():
            found = [url.replace("{term}", quote(term)) for term in self._terms] if "{term}" in url else [url]
            for one in found:
                at.append(len(self._referrers) if one else -1)
                weights.append(weight / len(found))
                self._referrers += [one] if one else []
        return np.array(at, dtype=np.int64), np.array(weights, dtype=np.float64)

    # --- drawing ---

    def draw(self, rng: np.random.Generator, start: Ints, kind: Ints, device: Ints, phone: Flags) -> Arrivals:
        """How visits with these starts, classes and devices come."""
        size = len(start)
        day = np.clip(self._calendar.day_of(start), 0, self._calendar.days - 1)
        channel = _by_row(rng, self._weights, (kind * 7 + self._weekday[day]) * 2 + phone)
        landing, tag = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        referrer = np.full(size, -1, dtype=np.int64)
        clicked = np.zeros(size, dtype=np.bool_)
        month = self._month_of_day[day]
        for number, rules in enumerate(self._channels):
            here = np.flatnonzero(channel == number)
            lands = list(rules["land"])
            kinds = np.array([_LANDINGS[name] for name in lands])
            landing[here] = kinds[pick(rng, list(rules["land"].values()), len(here))]
            tagged = here[rng.random(len(here)) < rules.get("utm_share", 1.0)]
            tag[tagged] = self._draw_tags(rng, number, month[tagged])
            at, weights = self._referrer_rules[number]
            referrer[here] = at[pick(rng, weights, len(here))]
            clicked[here] = ("click" in rules) & (rng.random(len(here)) < rules.get("click_share", 1.0))
        inside = phone & (rng.random(size) < self._inside_share[channel])
        bounce = np.array([rules["bounce"] for rules in self._channels])
        return Arrivals(
            channel=channel, landing=landing, tag=tag, referrer=referrer,
            click=np.where(clicked, rng.integers(1, 2**62, size), 0),
            agent=np.where(inside, self._inside[channel, device], device),
            bounce=bounce[channel],
        )  # fmt: skip

    def _draw_tags(self, rng: np.random.Generator, channel: int, month: Ints) -> Ints:
        begin, standing, variants = self._tag_rules[channel]
        if variants == 0:
            return np.zeros(len(month), dtype=np.int64)
        usual = rng.integers(0, max(standing, 1), len(month))
        monthly = (month > 0) & (standing > 0) & (rng.random(len(month)) < _MONTH_SHARE)
        campaign = np.where(monthly, standing + month - 1, usual)
        return begin + campaign * variants + rng.integers(0, variants, len(month))


def _weights(channels: list[dict[str, Any]]) -> Floats:
    """Weights of the channels by class of visit, weekday and whether on a phone: (3 · 7 · 2) rows."""
    rows = [
        [
            channel[name] * channel.get("weekday", {}).get(weekday, 1.0) * (phone or not channel.get("mobile", False))
            for channel in channels
        ]
        for name in ("new", "returning", "member")
        for weekday in range(7)
        for phone in (False, True)
    ]
    return np.array(rows, dtype=np.float64)


def _by_row(rng: np.random.Generator, weights: Floats, row: Ints) -> Ints:
    """For each entry of ``row`` a column of ``weights``, as likely as that row says."""
    shares = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    flat = (shares + np.arange(len(shares))[:, None]).ravel()
    drawn = np.searchsorted(flat, row + rng.random(len(row)), side="right")
    return np.clip(drawn - row * weights.shape[1], 0, weights.shape[1] - 1)
