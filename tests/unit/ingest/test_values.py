"""Values as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.ingest import values

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
EPOCH = datetime(1970, 1, 1)


def times(texts, zone=SEOUL, order="ymd"):
    """Each as a naive UTC datetime, None where empty, 'bad' where not read."""
    read = values.instants(values.from_arrow(texts), zone, order)
    return [
        EPOCH + timedelta(microseconds=int(value)) if known else "bad" if bad else None
        for value, known, bad in zip(read.data, read.known, read.bad, strict=True)
    ]


# --- amounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50,000원", 50_000),
        ("₩12,000", 12_000),
        ("₩ 12,000", 12_000),
        ("￦1,000", 1_000),
        ("-₩500", -500),
        ("₩-500", -500),
        ("(1,500)", -1_500),
        ("△3,000", -3_000),
        ("−7", -7),
        ("１，２３４", 1_234),
        ("KRW 3000", 3_000),
        ("$1,234.56", Decimal("1234.56")),
        (".5", Decimal("0.5")),
        ("1e5", 100_000),
        ("+10", 10),
    ],
)
def test_amounts_in_every_dress(text, expected):
    assert values.parse_number(text) == int(Decimal(expected) * values.SCALE)


@pytest.mark.parametrize("text", ["", "원", "abc", "1,5", "1.2.3", "12%", "1,00,000", "--5", "5만", "2026-01-02"])
def test_what_is_no_amount(text):
    assert values.parse_number(text) is None


def test_decimal_comma_only_where_the_mapping_says_so():
    assert values.parse_number("1.234,56", ",") == 1_234_560_000
    assert values.parse_number("1.234,56") is None
    assert values.parse_number("1,234.56", ",") is None


def test_percentages_are_shares_only_where_they_are_asked_for():
    assert values.parse_number("12.5%", percent=True) == 125_000


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_cents_are_rounded_half_up_as_decimals_are(amount):
    cents = int((abs(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP)) * (-1 if amount < 0 else 1)
    read = values.numbers(pa.array([str(amount)]))
    assert values.to_minor(read.data, 2)[0] == cents


@given(st.integers(min_value=-(10**11), max_value=10**11))
def test_floats_mean_their_shortest_writing(thousandths):
    value = thousandths / 1000
    exact = Decimal(repr(value)) * 100
    cents = int(abs(exact).quantize(Decimal(1), ROUND_HALF_UP)) * (-1 if value < 0 else 1)
    read = values.numbers(pa.array([value]))
    assert values.to_minor(read.data, 2)[0] == cents


@given(st.integers(min_value=0, max_value=10**12))
def test_won_survives_every_dress(amount):
    texts = [str(amount), f"{amount:,}", f"{amount:,}원", f"₩{amount:,}", f"{amount}.00"]
    read = values.numbers(pa.array(texts))
    assert set(values.to_minor(read.data, 0)) == {amount}
    assert read.known.all()


def test_a_column_of_mixed_amounts():
    read = values.numbers(pa.array(["1,000", None, "", "-", "x", "(5)"]))
    assert (read.data // values.SCALE).tolist() == [1000, 0, 0, 0, 0, -5]
    assert read.known.tolist() == [True, False, False, False, False, True]
    assert read.bad.tolist() == [False, False, False, False, True, False]


@pytest.mark.parametrize("array", [pa.array([3, None]), pa.array([3.0, None]), pa.array([Decimal("3.00"), None])])
def test_typed_columns_are_read_as_they_are(array):
    read = values.integers(array)
    assert (int(read.data[0]), read.known.tolist()) == (3, [True, False])


def test_a_fraction_is_no_whole_number():
    assert values.integers(pa.array(["1.5", "2.0"])).bad.tolist() == [True, False]


def test_what_is_too_large_for_an_amount_is_bad():
    assert values.numbers(pa.array(["99999999999999999999"])).bad.all()
    assert values.numbers(pa.array([10**18])).bad.all()
    assert values.numbers(pa.array([float("inf")])).bad.all()


# --- identifiers ----------------------------------------------------------------------------------


def test_ids_keep_zeros_and_lose_a_spreadsheets_marks():
    read = values.keys(pa.array(["0012", "12.0", "'0012", '="0012"', " a1 ", "-", "1.50"]))
    assert read.data.to_pylist() == ["0012", "12", "0012", "0012", "a1", None, "1.50"]
    assert not read.bad.any()


def test_numbers_as_ids_have_no_decimal_point():
    assert values.keys(pa.array([12.0, None])).data.to_pylist() == ["12", None]
    assert values.keys(pa.array([2026112412345678901])).data.to_pylist() == ["2026112412345678901"]


def test_an_id_in_exponents_is_lost():
    assert values.keys(pa.array(["2.34E+17", "1E+05", "E+1"])).bad.tolist() == [True, True, False]


# --- yes and no -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Y", "yes", "예", "네", "동의", "O", "○", "T", "TRUE", "1", "1.0", "수신 동의"])
def test_yes(text):
    assert values.parse_boolean(text) is True


@pytest.mark.parametrize("text", ["N", "no", "아니오", "아니요", "거부", "X", "×", "F", "false", "0", "수신거부"])
def test_no(text):
    assert values.parse_boolean(text) is False


def test_neither_is_bad():
    read = values.booleans(pa.array(["Y", "아마도", None]))
    assert (read.known.tolist(), read.bad.tolist()) == ([True, False, False], [False, True, False])
    assert values.booleans(pa.array([True, None])).known.tolist() == [True, False]


# --- times ----------------------------------------------------------------------------------------

THREE_FIVE = datetime(2026, 11, 24, 6, 5)  # 15:05 in Seoul


@pytest.mark.parametrize(
    "text",
    [
        "2026. 11. 24. 오후 3:05",
        "2026. 11. 24 오후 3:05:00",
        "2026년 11월 24일 오후 3시 5분",
        "2026년 11월 24일 (화) 15시 5분",
        "2026-11-24 화요일 15:05",
        "2026/11/24 15:05",
        "2026.11.24 15:05:00",
        "2026-11-24 15:05",
        "2026-11-24T15:05:00.000",
        "2026-11-24 PM 3:05",
        "2026-11-24 3:05 pm",
        "202611241505",
        "20261124150500",
        "2026-11-24T15:05:00+09:00",
        "2026-11-24 15:05:00 +0900",
        "2026-11-24 06:05:00 UTC",
        "2026-11-24T06:05:00Z",
        "2026-11-24 15:05:00 KST",
        "1795500300",
        "1795500300000",
        "1795500300000000",
    ],
)
def test_one_moment_in_every_dress(text):
    assert times([text]) == [THREE_FIVE]


@pytest.mark.parametrize("text", ["2026년 11월 24일", "2026-11-24", "20261124", "2026. 11. 24.", "2026.11.24"])
def test_a_day_begins_at_midnight_of_the_shop(text):
    assert times([text]) == [datetime(2026, 11, 23, 15)]


def test_noon_and_midnight_of_half_days():
    texts = ["2026-11-24 오전 12:30", "2026-11-24 오후 12:30", "2026-11-24 12:30 AM"]
    assert times(texts, ZoneInfo("UTC")) == [
        datetime(2026, 11, 24, 0, 30),
        datetime(2026, 11, 24, 12, 30),
        datetime(2026, 11, 24, 0, 30),
    ]


def test_excel_serials():
    assert times(["46132.5588"], ZoneInfo("UTC")) == [datetime(2026, 4, 20, 13, 24, 40, 320_000)]
    assert times([46132.5588425926, 46132.0, None], ZoneInfo("UTC")) == [
        datetime(2026, 4, 20, 13, 24, 44),
        datetime(2026, 4, 20),
        None,
    ]


def test_what_is_no_time():
    assert times(["2026-02-30", "2026-13-01", "어제", "24/11/2026", "25:00", "20261331"]) == ["bad"] * 6


def test_a_bad_day_among_good_ones_is_alone():
    assert times(["2026-02-28", "2026-02-30"]) == [datetime(2026, 2, 27, 15), "bad"]


def test_zero_dates_say_nothing():
    assert times(["0000-00-00 00:00:00", "0000-00-00", "", None]) == [None] * 4


def test_year_last_only_where_the_mapping_says_so():
    assert times(["11/24/2026 15:05"], SEOUL, "mdy") == [THREE_FIVE]
    assert times(["24.11.2026 15:05"], SEOUL, "dmy") == [THREE_FIVE]


def test_the_hour_the_clocks_skip_and_the_one_they_show_twice():
    # 8 March and 1 November 2026 in New York
    assert times(["2026-03-08 02:30:00"], NEW_YORK) == [datetime(2026, 3, 8, 7, 30)]
    assert times(["2026-11-01 01:30:00"], NEW_YORK) == [datetime(2026, 11, 1, 5, 30)]


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2037, 12, 31)), st.sampled_from([SEOUL, NEW_YORK])
)
def test_wall_clocks_become_utc_as_the_standard_library_has_it(moment, zone):
    moment = moment.replace(fold=0)
    expected = moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    assert times([moment.isoformat(sep=" ", timespec="microseconds")], zone) == [expected]


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2037, 12, 31)))
def test_utc_and_back(moment):
    micros = np.array([(moment - EPOCH) // timedelta(microseconds=1)])
    local = values.utc_to_local(micros, SEOUL)
    assert values.local_to_utc(local, SEOUL)[0] == micros[0] or moment.year in (1987, 1988)


def test_typed_columns_of_times():
    aware = pd.Series(pd.to_datetime(["2026-11-24 15:05"]).tz_localize("Asia/Seoul"))
    naive = pd.Series(pd.to_datetime(["2026-11-24 15:05"]))
    assert times(aware) == times(naive) == [THREE_FIVE]
    assert times(naive, ZoneInfo("UTC")) == [datetime(2026, 11, 24, 15, 5)]


def test_days_are_the_shops():
    read = values.days(
        pa.array(["19900315", "1990-03-15", "1990. 3. 15.", "1990-03-14T20:00:00Z", "0000-00-00"]), SEOUL
    )
    day = (datetime(1990, 3, 15) - EPOCH).days
    assert read.data.tolist() == [day] * 4 + [0]
    assert read.known.tolist() == [True] * 4 + [False]


# --- phones and text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("010-0000-0001", "01000000001"),
        ("1000000001", "01000000001"),
        ("+82 10-0000-0001", "01000000001"),
        ("821000000001", "01000000001"),
        ("02-000-0000", "020000000"),
        ("+1 555 000 0000", "+15550000000"),
        ("010****0001", None),
    ],
)
def test_phones(text, expected):
    assert values.parse_phone(text) == expected


def test_text_of_any_type():
    assert values.as_text(pa.array(["\u00a0 a\t", "NaN", "(not set)", "\\N"])).to_pylist() == ["a", None, None, None]
    assert values.as_text(pa.array([1.5, 2.0, float("nan")])).to_pylist() == ["1.5", "2", None]
    assert values.as_text(pa.array([[{"b": 1, "a": 2}]])).to_pylist() == ['[{"a":2,"b":1}]']
    assert values.as_text(pa.nulls(2)).to_pylist() == [None, None]
    assert values.as_text(pa.array(["x", "x"]).dictionary_encode()).to_pylist() == ["x", "x"]


def test_columns_of_mixed_things_become_text():
    mixed = pd.Series(["1,000원", 12.0, None, datetime(2026, 1, 2, 3, 4, 5), True, float("nan")], dtype=object)
    assert values.from_arrow(mixed).to_pylist() == ["1,000원", "12", None, "2026-01-02 03:04:05", "true", None]
