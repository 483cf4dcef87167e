"""Numbers, money and time as people read them (screens.md, 'Everywhere')."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core import formats
from ifdo_core.formats import (
    change_text,
    count_text,
    date_text,
    day_text,
    decimal_text,
    duration_text,
    missing_text,
    money_short,
    money_text,
    number_text,
    percent_text,
    read_money,
    relative_time_text,
    size_text,
    time_text,
)
from ifdo_core.i18n import using

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 24, 12, 0, 0)


# --- plain numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "unit", "ko", "en"),
    [
        (1234, "건", "1,234건", "1,234"),
        (1204, "명", "1,204명", "1,204 people"),
        (1, "명", "1명", "1 person"),
        (0, "회", "0회", "0 times"),
        (1_234_567, "", "1,234,567", "1,234,567"),
        (-5, "개", "-5개", "-5 items"),
        (3, "visits", "3visits", "3 visits"),
        (2.5, "건", "3건", "3"),
        (None, "명", "조회할 수 없음", "not available"),
        (math.nan, "명", "조회할 수 없음", "not available"),
        (math.inf, "명", "조회할 수 없음", "not available"),
        (np.int64(1234), "건", "1,234건", "1,234"),
        (np.float64(12.0), "건", "12건", "12"),
    ],
)
def test_counts(number: float | None, unit: str, ko: str, en: str) -> None:
    assert count_text(number, unit, "ko") == ko
    assert count_text(number, unit, "en") == en


def test_the_language_is_that_of_the_context_unless_given() -> None:
    assert count_text(2, "명") == "2명"
    with using("en"):
        assert count_text(2, "명") == "2 people"
        assert count_text(2, "명", "ko") == "2명"


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (12.345, 1, "12.3"),
        (12.35, 1, "12.4"),
        (0.125, 2, "0.13"),
        (-0.04, 1, "0.0"),
        (1234.5, 0, "1,235"),
        (5, 1, "5.0"),
    ],
)
def test_decimals_are_rounded_as_written(number: float, digits: int, text: str) -> None:
    assert decimal_text(number, digits) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1234, "1,234"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (1e-9, "0"),
        (-0.0, "0"),
        (1e15, "1,000,000,000,000,000"),
        (2.0, "2"),
    ],
)
def test_numbers_show_the_decimals_they_have(number: float, text: str) -> None:
    assert number_text(number) == text


def test_percent_has_a_space() -> None:
    assert percent_text(12.3) == "12.3 %"
    assert percent_text(100, 0) == "100 %"
    assert percent_text(-0.01) == "0.0 %"
    assert percent_text(None, language="en") == "not available"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"), (2 * 10**9, "2.0 GB")],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("current", "previous", "ko", "en"),
    [
        (112.3, 100, "▲ +12.3 % 늘었어요", "▲ +12.3 % up"),
        (95, 100, "▼ -5.0 % 줄었어요", "▼ -5.0 % down"),
        (100, 100, "변화 없음", "no change"),
        (0, 0, "변화 없음", "no change"),
        (100.01, 100, "거의 같아요", "about the same"),
        (120, 0, "▲ +120 늘었어요 (이전 0)", "▲ +120 up (from 0)"),
        (-3, 0, "▼ -3 줄었어요 (이전 0)", "▼ -3 down (from 0)"),
        (-50, -100, "▲ +50.0 % 늘었어요", "▲ +50.0 % up"),
        (None, 100, "조회할 수 없음", "not available"),
        (100, None, "조회할 수 없음", "not available"),
    ],
)
def test_changes_read_without_colour(current: float | None, previous: float | None, ko: str, en: str) -> None:
    assert change_text(current, previous, "ko") == ko
    assert change_text(current, previous, "en") == en


# --- money ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "ko", "en"),
    [
        (0, "0원", "₩0"),
        (9_999, "9,999원", "₩9,999"),
        (10_000, "1만원", "₩10,000"),
        (10_005, "1만 5원", "₩10,005"),
        (50_000, "5만원", "₩50,000"),
        (52_300, "5만 2,300원", "₩52,300"),
        (12_345_678, "1,234만 5,678원", "₩12,345,678"),
        (100_000_000, "1억원", "₩100,000,000"),
        (100_000_001, "1억 1원", "₩100,000,001"),
        (123_456_789, "1억 2,345만 6,789원", "₩123,456,789"),
        (10**12, "1조원", "₩1,000,000,000,000"),
        (-52_300, "-5만 2,300원", "-₩52,300"),
        (52_299.5, "5만 2,300원", "₩52,300"),
        (None, "조회할 수 없음", "not available"),
    ],
)
def test_won(amount: float | None, ko: str, en: str) -> None:
    assert money_text(amount, language="ko") == ko
    assert money_text(amount, language="en") == en


def test_other_currencies() -> None:
    assert money_text(5_230, "USD", "ko") == money_text(5_230, "USD", "en") == "$52.30"
    assert money_text(-5, "USD") == "-$0.05"
    assert money_text(52_300, "JPY", "ko") == "5만 2,300엔"
    assert money_text(52_300, "JPY", "en") == "¥52,300"
    assert money_text(5_230, "CHF", "en") == "CHF 52.30"


@pytest.mark.parametrize(
    ("amount", "ko", "en"),
    [
        (9_999, "9,999원", "₩10K"),
        (50_000, "5만원", "₩50K"),
        (52_300, "5.2만원", "₩52.3K"),
        (99_999, "10만원", "₩100K"),
        (994_999, "99.5만원", "₩995K"),
        (999_499, "99.9만원", "₩999K"),
        (999_500, "100만원", "₩1M"),
        (99_994_999, "9,999만원", "₩100M"),
        (99_995_000, "1억원", "₩100M"),
        (99_999_999, "1억원", "₩100M"),
        (120_000_000, "1.2억원", "₩120M"),
        (999_600_000, "10억원", "₩1B"),
        (123_456_789_012, "1,235억원", "₩123B"),
        (0, "0원", "₩0"),
        (-52_300, "-5.2만원", "-₩52.3K"),
        (None, "조회할 수 없음", "not available"),
    ],
)
def test_short_won(amount: float | None, ko: str, en: str) -> None:
    assert money_short(amount, language="ko") == ko
    assert money_short(amount, language="en") == en


def test_short_dollars() -> None:
    assert money_short(52_300, "USD") == "$523.00"
    assert money_short(123_456_789, "USD", "en") == "$1.2M"


amounts = st.integers(-(10**15), 10**15)


@given(amounts)
def test_money_reads_back(amount: int) -> None:
    for currency in ("KRW", "JPY", "VND", "USD", "EUR"):
        for language in ("ko", "en"):
            assert read_money(money_text(amount, currency, language), currency) == amount


@given(amounts)
def test_short_money_is_near_and_never_longer_than_it_says(amount: int) -> None:
    text = money_short(amount, language="ko")
    near = read_money(text)
    assert near is not None
    assert abs(near - amount) <= max(abs(amount) * 0.051, 1)
    assert "10,000만" not in text
    assert "10,000억" not in text
    assert "1,000K" not in money_short(amount, language="en")
    assert "1,000M" not in money_short(amount, language="en")


@given(amounts, amounts)
def test_more_money_is_never_shown_as_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    shown_low, shown_high = read_money(money_short(low)), read_money(money_short(high))
    assert shown_low is not None
    assert shown_high is not None
    assert shown_low <= shown_high


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("7만", 70_000),
        ("5만 2,300원", 52_300),
        ("70,000", 70_000),
        ("1.2억", 120_000_000),
        ("3천", 3_000),
        ("2만5천원", 25_000),
        (" ₩52,300 ", 52_300),
        ("-3만원", -30_000),
        ("0", 0),
        ("", None),
        ("만", None),
        ("abc", None),
        ("5만6만", None),
        ("0.5", None),
        ("1.00005만", None),
        ("1e5", None),
        ("--5", None),
        ("9" * 40, None),
    ],
)
def test_what_people_type_as_money(text: str, amount: int | None) -> None:
    assert read_money(text) == amount


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_none(text: str) -> None:
    assert read_money(text) is None or isinstance(read_money(text), int)


def test_dollars_are_typed_with_cents() -> None:
    assert read_money("$52.30", "USD") == 5_230
    assert read_money("52", "USD") == 5_200
    assert read_money("52.305", "USD") is None


# --- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "ko", "en"),
    [
        (0, "0초", "0 s"),
        (0.4, "0초", "0 s"),
        (59, "59초", "59 s"),
        (59.6, "1분", "1 min"),
        (200, "3분 20초", "3 min 20 s"),
        (3_599, "1시간", "1 h"),
        (3_900, "1시간 5분", "1 h 5 min"),
        (86_399, "1일", "1 d"),
        (90_000, "1일 1시간", "1 d 1 h"),
        (-75, "-1분 15초", "-1 min 15 s"),
        (None, "조회할 수 없음", "not available"),
    ],
)
def test_durations(seconds: float | None, ko: str, en: str) -> None:
    assert duration_text(seconds, "ko") == ko
    assert duration_text(seconds, "en") == en


@given(st.integers(0, 10**8))
def test_exact_durations_add_up(seconds: int) -> None:
    sizes = {"일": 86_400, "시간": 3_600, "분": 60, "초": 1}
    total = 0
    for part in duration_text(seconds, "ko", exact=True).split():
        unit = next(unit for unit in sizes if part.endswith(unit))
        total += int(part.removesuffix(unit).replace(",", "")) * sizes[unit]
    assert total == seconds


@given(st.floats(0, 10**8))
def test_rounded_durations_have_two_units_at_most(seconds: float) -> None:
    assert len(duration_text(seconds, "ko").split()) <= 2


def test_exact_fractions_of_a_second() -> None:
    assert duration_text(90.5, "ko", exact=True) == "90.5초"


def test_dates() -> None:
    day = date(2026, 11, 24)
    assert date_text(day) == "2026-11-24"
    assert date_text(day, "ko", weekday=True) == "2026-11-24 (화)"
    assert date_text(day, "en", weekday=True) == "2026-11-24 (Tue)"
    assert day_text(day, "ko") == "11월 24일 (화)"
    assert day_text(day, "en") == "Tue 24 Nov"
    assert date_text(None) == day_text(None) == "조회할 수 없음"


def test_times_are_in_the_shops_zone() -> None:
    assert time_text(datetime(2026, 11, 24, 15, 30), SEOUL) == "2026-11-25 00:30"
    assert time_text(datetime(2026, 7, 1, 12, 0), ZoneInfo("Europe/Paris")) == "2026-07-01 14:00"
    assert time_text(None, SEOUL, "en") == "not available"


@pytest.mark.parametrize(
    ("ago", "ko", "en"),
    [
        (timedelta(seconds=0), "방금", "just now"),
        (timedelta(seconds=59), "방금", "just now"),
        (timedelta(seconds=60), "1분 전", "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59분 전", "59 minutes ago"),
        (timedelta(hours=1), "1시간 전", "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23시간 전", "23 hours ago"),
        (timedelta(days=3), "3일 전", "3 days ago"),
        (timedelta(days=45), "1개월 전", "1 month ago"),
        (timedelta(days=364), "12개월 전", "12 months ago"),
        (timedelta(days=800), "2년 전", "2 years ago"),
        (timedelta(hours=-2), "2시간 후", "in 2 hours"),
        (timedelta(seconds=-30), "방금", "just now"),
    ],
)
def test_relative_times(ago: timedelta, ko: str, en: str) -> None:
    assert relative_time_text(NOW - ago, NOW, "ko") == ko
    assert relative_time_text(NOW - ago, NOW, "en") == en


def test_an_unknown_time_is_said() -> None:
    assert relative_time_text(None, NOW, "ko") == missing_text("ko")


# --- anything ---------------------------------------------------------------------------------


@given(st.one_of(st.none(), st.integers(), st.floats(), st.decimals(allow_nan=False)))
def test_no_number_breaks_a_format(number: float | Decimal | None) -> None:
    for show in (count_text, decimal_text, number_text, percent_text, money_text, money_short, duration_text):
        for language in ("ko", "en"):
            text = show(number, language=language)
            assert text
            assert "nan" not in text.lower()
            assert "E+" not in text
    assert change_text(number, 100)


def test_everything_public_is_documented() -> None:
    public = [getattr(formats, name) for name in dir(formats) if name.endswith(("_text", "_money", "_short"))]
    assert len(public) >= 14
    assert all(entry.__doc__ for entry in public)
