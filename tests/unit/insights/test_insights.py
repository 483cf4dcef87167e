"""Insights: silent where nothing happened, quick where something did (issue: false alarms controlled)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.catalogue import REPORTS, find
from ifdo_core.catalogue.insights import WATCHES
from ifdo_core.i18n import LANGUAGES, using
from ifdo_core.insights.daily import Series
from ifdo_core.insights.detect import HISTORY, judge_count, judge_rate
from ifdo_core.insights.find import judge
from ifdo_core.lookups import wording

LAST = date(2026, 9, 15)  # no public holiday in its eight weeks but 15 August
WEEKLY = np.array([1.0, 0.95, 0.9, 0.95, 1.1, 1.3, 1.2])
WATCH = {watch.id: watch for watch in WATCHES}
NOW = datetime(2026, 9, 16)


def days(last: date) -> tuple[date, ...]:
    return tuple(last - timedelta(days=HISTORY - n) for n in range(HISTORY + 1))


def a_shop(dice: np.random.Generator, last: date, **planted: float) -> list[Series]:
    """Eight weeks and a day of a shop of which nothing is new but what is ``planted``: watch.value → factor of the last
    day. Visits vary more than Poisson's, sales are sums of skewed orders, and everything has its week."""
    span = days(last)
    week = np.array([WEEKLY[day.weekday()] for day in span])
    channels = {"organic_search": 220.0, "organic_social": 120.0, "direct": 160.0, "email": 18.0}
    factor = {name: planted.get(f"visits.channel.{name}", 1.0) for name in channels}
    by_channel = {}
    for name, level in channels.items():
        mean = level * week
        mean[-1] *= factor[name]
        by_channel[name] = dice.poisson(mean * dice.gamma(60.0, 1 / 60.0, len(span))).astype(float)
    visits = np.sum(list(by_channel.values()), axis=0)
    rate = np.full(len(span), 0.05)
    rate[-1] *= planted.get("conversion", 1.0)
    converted = dice.binomial(visits.astype(int), rate).astype(float)
    amount = np.array([dice.lognormal(10.8, 0.7, int(n)).sum() for n in converted])
    bounced = dice.binomial(visits.astype(int), 0.4).astype(float)
    joins = dice.poisson(15 * week).astype(float)
    series = [Series(WATCH["visits.channel"], name, span, numbers, None) for name, numbers in by_channel.items()]
    return [
        *series,
        Series(WATCH["visits"], None, span, visits, None),
        Series(WATCH["conversion"], None, span, converted, visits),
        Series(WATCH["bounce"], None, span, bounced, visits),
        Series(WATCH["orders"], None, span, converted, None),
        Series(WATCH["amount"], None, span, amount, None),
        Series(WATCH["joins"], None, span, joins, None),
    ]


def test_where_nothing_happened_few_days_carry_an_insight():
    dice = np.random.default_rng(11)
    shown = sum(bool(judge(a_shop(dice, LAST + timedelta(days=n % 7)), LAST + timedelta(days=n % 7), NOW, "KRW").items)
                for n in range(400))  # fmt: skip
    assert shown / 400 <= 0.05 + 0.018  # 0.05 and what 400 days may show of it by chance, one-sided 5 %


@pytest.mark.parametrize(
    ("planted", "watch", "value", "rose"),
    [
        ({"visits.channel.organic_social": 0.4}, "visits.channel", "organic_social", False),
        ({"visits.channel.organic_search": 1.7}, "visits.channel", "organic_search", True),
        ({"conversion": 0.3}, "conversion", None, False),
        ({"conversion": 2.2}, "conversion", None, True),
    ],
)
def test_what_was_planted_is_found_within_two_days(
    planted: dict[str, float], watch: str, value: str | None, rose: bool
):
    """On the first day or on the second, which sees the first among the days before it."""
    dice = np.random.default_rng(5)
    found = 0
    for _ in range(60):
        hits = [
            any(item.watch.id == watch and item.series.value == value and item.rose == rose for item in told.items)
            for told in (judge(a_shop(dice, LAST, **planted), LAST, NOW, "KRW") for _ in range(2))
        ]
        found += any(hits)
    assert found >= 57  # 95 % of 60


def test_a_weekend_is_no_news():
    """A shop that always doubles on Saturdays: the seasonality is taken out."""
    span = days(date(2026, 9, 12))  # a Saturday
    dice = np.random.default_rng(2)
    p_values = []
    for _ in range(200):
        numbers = dice.poisson([200.0 if day.weekday() == 5 else 100.0 for day in span]).astype(float)
        verdict = judge_count(numbers, span, frozenset())
        assert verdict is not None
        assert verdict.expected == pytest.approx(200, rel=0.15)
        p_values.append(verdict.p)
    assert np.mean(np.array(p_values) < 0.05) <= 0.09
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.08)  # p-values of nothing are even


def test_p_values_of_rates_are_even_where_nothing_happened():
    dice = np.random.default_rng(3)
    p_values = []
    for _ in range(400):
        of = dice.poisson(400, HISTORY + 1).astype(float)
        verdict = judge_rate(dice.binomial(of.astype(int), 0.06).astype(float), of)
        assert verdict is not None
        p_values.append(verdict.p)
    assert np.mean(np.array(p_values) < 0.05) <= 0.08
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("watch", WATCHES, ids=lambda watch: watch.id)
def test_an_entry_names_what_there_is(watch: Any):
    for condition in (watch.condition, watch.audience and watch.audience[0]):
        assert condition is None or find(condition) is not None
    assert watch.report is None or watch.report in REPORTS
    assert watch.words is None or wording(watch.words)
    assert all((watch.ko, watch.en, *watch.down, *watch.up))


# --- on a shop --------------------------------------------------------------------------------


def events(seed: int, fall: float) -> pd.DataFrame:
    """Nine weeks of visits from two places; on the last day ``fall`` of those from Instagram are left."""
    dice = np.random.default_rng(seed)
    last = date(2026, 9, 15)
    rows = []
    for n in range(63):
        day = last - timedelta(days=62 - n)
        for source, level in (("https://www.instagram.com/", 60), ("https://www.google.com/", 90)):
            share = fall if day == last and "instagram" in source else 1.0
            for k in range(dice.poisson(level * share * WEEKLY[day.weekday()])):
                at = datetime(day.year, day.month, day.day) + timedelta(seconds=int(dice.integers(0, 85_800)))
                rows.append((f"{at.isoformat()}+09:00", f"v{n}-{source[12]}-{k}", "page_view", source))
    rows.append(("2026-09-15T23:59:00+09:00", "v-last", "page_view", None))
    return pd.DataFrame(rows, columns=["ts", "visitor_id", "name", "referrer"])


def test_a_fall_on_a_real_shop_is_told_with_its_segment():
    with Workbench.open("duckdb:///:memory:") as shop:
        shop.load(events=events(4, fall=0.35))
        found = shop.insights()
        assert found.day == date(2026, 9, 15)
        [item] = found.items
        assert (item.series.value, item.rose) == ("instagram", False)
        assert item.verdict.actual == pytest.approx(item.verdict.expected * 0.35, rel=0.5)
        assert "인스타그램 방문이 평소보다" in item.what()
        segment = item.segment()
        assert segment is not None
        assert shop.preview(segment).visits_7d
        assert found.frame()["watch"].tolist() == [item.watch.id]
        assert item.figure().data
        for language in LANGUAGES:
            with using(language):
                assert found.insight()
        # the day before, nothing had happened
        assert not shop.insights(date(2026, 9, 14)).items


def test_too_little_history_says_so():
    with Workbench.open("duckdb:///:memory:") as shop:
        assert "4주" in shop.insights().insight()
        shop.load(events=events(4, fall=1.0).tail(500))
        found = shop.insights()
        assert (found.watched, found.items) == (0, ())
