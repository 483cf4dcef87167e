"""What people and their devices are like: tastes, homes, devices, and the table of members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.ingest.demo.calendar import DAY, SEOUL
from ifdo_core.ingest.demo.columns import chosen, dates, datetimes, flags, identifiers, integers
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, Texts, parts, pick, stream, texts, weights_of
from ifdo_core.ingest.demo.products import Catalogue
from ifdo_core.ingest.demo.visits import Plan


@dataclass(frozen=True)
class Crowd:
    """Facts of people (``taste``, ``home``) and of visitors (the rest), as positions in lists; -1 is unknown."""

    taste: Ints  # the top category they like most
    home: Ints  # region
    device: Ints  # position in data/demo/traffic.yaml 'devices', as it really is
    region: Ints  # of the visits, as far as it is known
    city: Ints
    country: Ints
    language: Ints
    region_names: Texts
    city_names: Texts
    region_weights: Floats

    @property
    def mobile(self) -> Flags:
        kinds = np.array([row[1] == "mobile" for row in parts("traffic")["devices"]])
        return kinds[self.device]

    def some_regions(self, rng: np.random.Generator, size: int) -> Ints:
        return pick(rng, self.region_weights, size)


COUNTRIES = texts(["KR", "US", "JP", "CN", "VN"])
LANGUAGES = texts(["ko", "en", "ja", "zh", "vi"])


def make_crowd(plan: Plan, catalogue: Catalogue) -> Crowd:
    """Draw the facts of everybody."""
    rng = stream(plan.calendar.seed, "crowd")
    people = plan.people
    regions = parts("people")["regions"]
    weights = np.array([weight for weight, _ in regions.values()], dtype=np.float64)
    home = pick(rng, weights, len(people))
    taste = pick(rng, np.bincount(catalogue.top, weights=catalogue.popularity), len(people))
    of = people.person_of_visitor
    size = len(of)
    away = rng.random(size) < 0.04
    region = np.where(away, pick(rng, weights, size), home[of])
    city_names, city = _cities(rng, list(regions.values()), region)
    country = pick(rng, [97.6, 0.9, 0.8, 0.4, 0.3], size)
    language = np.where((country == 0) & (rng.random(size) < 0.985), 0, np.where(country == 0, 1, country))
    region[(country > 0) | (rng.random(size) < 0.05)] = -1
    city[(region < 0) | (rng.random(size) < 0.12)] = -1
    devices = np.array([row[0] for row in parts("traffic")["devices"]], dtype=np.float64)
    second = np.arange(size) - people.first_visitor[of] > 0
    desktop = np.array([row[1] == "desktop" for row in parts("traffic")["devices"]])
    device = np.where(second, pick(rng, devices * np.where(desktop, 2.2, 0.7), size), pick(rng, devices, size))
    told = rng.random(size)  # two of a hundred browsers tell no country or no language
    return Crowd(
        taste=taste, home=home, device=device, region=region, city=city,
        country=np.where(told < 0.01, -1, country), language=np.where(told > 0.985, -1, language),
        region_names=texts(list(regions)), city_names=city_names, region_weights=weights,
    )  # fmt: skip


def _cities(
    rng: np.random.Generator, regions: list[tuple[float, dict[str, float]]], region: Ints
) -> tuple[Texts, Ints]:
    names: list[str] = []
    city = np.full(len(region), -1, dtype=np.int64)
    for number, (_, cities) in enumerate(regions):
        here = np.flatnonzero(region == number)
        labels, weights = weights_of(cities)
        city[here] = len(names) + pick(rng, weights, len(here))
        names += labels
    return texts(names), city


def member_frame(plan: Plan, crowd: Crowd, joined: Ints, logged_in: Ints, paid: Ints, points: Ints) -> pd.DataFrame:
    """The members table: those who had signed up by the end.

    By member number: ``joined`` and ``logged_in`` (newest login) in ms of UTC, negative for never; won ``paid`` at
    the end and ``points`` spent.
    """
    rng = stream(plan.calendar.seed, "members")
    words, end = parts("people"), plan.calendar.end_ms
    person = np.flatnonzero(plan.people.member >= 0)
    size = len(person)
    today = (end + SEOUL) // DAY

    def known(share: float) -> Flags:
        return rng.random(size) < share

    def after_joining(most_days: int) -> Ints:
        return joined + (rng.random(size) ** 2 * np.minimum(end - joined, most_days * DAY)).astype(np.int64)

    age = np.clip(np.where(rng.random(size) < 0.75, rng.normal(31, 6.5, size), rng.normal(44, 9, size)), 15, 78)
    birthday = (today - age * 365.25 - rng.random(size) * 365).astype(np.int64)
    gender = pick(rng, [74, 25, 1], size)
    thresholds = np.array(list(words["grades"].values()))
    grade = np.searchsorted(thresholds, paid, side="right") - 1
    grade[~known(0.985)] = -1
    consent = rng.random(size) < 0.64
    friend = rng.random(size) < np.where(consent, 0.52, 0.27)
    channels, channel_weights = weights_of(words["signup_channels"])
    by_kakao = pick(rng, channel_weights, size)
    friend |= (by_kakao == 0) & (rng.random(size) < 0.3)
    consent_at, friend_at = after_joining(400), after_joining(300)
    earned = np.maximum(paid // 100 + rng.choice([0, 1000, 2000, 3000], size, p=[0.3, 0.3, 0.25, 0.15]) - points, 0)
    coupons = rng.poisson(np.where(consent, 1.4, 0.7))
    bought = paid > 0
    reviews = rng.poisson(np.where(bought, 0.6, 0.0))
    old_login = after_joining(500)
    last_login = np.where(logged_in >= 0, logged_in, old_login)
    dormant = (end - last_login > 330 * DAY) & known(0.9)
    tags = np.where(rng.random(size) < 0.06, rng.integers(0, len(words["tags"]), size), -1)
    skin = words["skin_types"]
    frame = pd.DataFrame(
        {
            "member_id": pd.Series(identifiers("M", np.arange(size), 6)),
            "joined_at": datetimes(joined, known(0.995)),
            "grade": chosen(texts(list(words["grades"])), grade),
            "birthday": dates(birthday, known(0.81)),
            "gender": chosen(texts(["female", "male", "other"]), np.where(known(0.88), gender, -1)),
            "region": chosen(crowd.region_names, np.where(known(0.93), crowd.home[person], -1)),
            "phone": _where_known(identifiers("010-0000-", rng.integers(0, 10_000, size), 4), known(0.96)),
            "email": _where_known(_mails(size), known(0.93)),
            "marketing_consent": flags(consent, known(0.985)),
            "consent_at": datetimes(consent_at, consent & known(0.95)),
            "channel_friend": flags(friend, known(0.92)),
            "points": integers(earned // 10 * 10, known(0.98)),
            "consent_sms": flags(consent & (rng.random(size) < 0.9), known(0.97)),
            "consent_email": flags(consent & (rng.random(size) < 0.7), known(0.97)),
            "consent_push": flags(rng.random(size) < 0.3, known(0.6)),
            "opted_out": flags(rng.random(size) < 0.03, known(0.99)),
            "dormant": flags(dormant, known(0.99)),
            "was_referred": flags(rng.random(size) < 0.07, known(0.95)),
            "signup_channel": chosen(texts(channels), np.where(known(0.95), by_kakao, -1)),
            "friend_at": datetimes(friend_at, friend & known(0.85)),
            "referral_count": integers(rng.poisson(0.12, size), known(0.97)),
            "reviews_written": integers(reviews, known(0.97)),
            "coupons_held": integers(coupons, known(0.97)),
            "points_expire_on": dates(today + rng.integers(1, 365, size), (earned >= 10) & known(0.8)),
            "coupon_expires_on": dates(today + rng.integers(0, 60, size), (coupons > 0) & known(0.95)),
            "last_login_at": datetimes(last_login, known(0.96)),
            "tags": chosen(texts(list(words["tags"])), tags),
            "extra": chosen(texts([f'{{"skin_type":"{kind}"}}' for kind in skin]),
                            np.where(known(0.35), rng.integers(0, len(skin), size), -1)),
        }
    )  # fmt: skip
    frame["name"] = _names(plan.calendar.seed, size)
    return frame[(joined <= end) & (joined > np.iinfo(np.int64).min)].reset_index(drop=True)


def _names(seed: int, size: int) -> pd.Series[Any]:
    """A name for most members."""
    rng, words = stream(seed, "names"), parts("people")["names"]
    families, weights = weights_of(words["family"])
    family = texts(families)[pick(rng, weights, size)]
    given = texts(words["given"])[rng.integers(0, len(words["given"]), size)]
    return _where_known(family + given, rng.random(size) < 0.93)


def _mails(size: int) -> pd.Series[str]:
    return pd.Series(identifiers("member", np.arange(size), 6)) + "@example.com"


def _where_known(values: Any, known: Flags) -> pd.Series[Any]:
    return pd.Series(values).where(known)
