"""Each construct of ``engines/sql.py`` gives the same, hand-counted result on every engine."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    true,
)

from ifdo_core.engines import Engine, Token, sql
from ifdo_core.errors import EngineError
from ifdo_core.tables import Key

SEOUL, NEW_YORK = "Asia/Seoul", "America/New_York"

sample = Table(
    "sample",
    MetaData(),
    Column("id", Key, nullable=False),
    Column("ts", DateTime),
    Column("later", DateTime),
    Column("day", Date),
    Column("word", String),
    Column("count", Integer),
    Column("amount", BigInteger),
    Column("share", Float),
    Column("flag", Boolean),
)
c = sample.c

#: Before and after the epoch, at its edge, at both changes of New York's clock in 2026, at a leap day.
MOMENTS = [
    datetime(1899, 12, 31, 23, 59, 59, 999999) + timedelta(days=1),
    datetime(1969, 12, 31, 14, 59, 59, 999999),
    datetime(1969, 12, 31, 15, 0),
    datetime(1969, 12, 31, 23, 59, 59, 999999),
    datetime(1970, 1, 1),
    datetime(2024, 2, 29, 14, 59, 59, 999999),
    datetime(2024, 2, 29, 15, 0),
    datetime(2026, 3, 8, 6, 59, 59, 999999),
    datetime(2026, 3, 8, 7, 0),
    datetime(2026, 3, 9, 3, 59, 59),
    datetime(2026, 3, 9, 4, 0),
    datetime(2026, 11, 1, 5, 59, 59),
    datetime(2026, 11, 1, 6, 0, 0, 1),
    datetime(2026, 11, 24, 12, 34, 56, 789012),
    None,
]


@pytest.fixture
def rows(engine: Engine) -> Callable[..., None]:
    """``rows(ts=[…], word=[…])`` puts rows into ``sample``; ids are '000', '001' …"""

    def put(**columns: list[Any]) -> None:
        engine.drop([sample])
        engine.create([sample])
        length = len(next(iter(columns.values())))
        frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
        frame.insert(0, "id", [f"{number:03}" for number in range(length)])
        engine.append(sample, frame)

    return put


def values(engine: Engine, expression: Any) -> list[Any]:
    """``expression`` for each row of ``sample`` in order: by rows and by frame, which must agree."""
    query = select(c.id, expression.label("result")).order_by(c.id)
    found = [row.result for row in engine.execute(query)]
    framed = [None if pd.isna(value) else value for value in engine.frame(query)["result"]]
    assert framed == found
    return found


def local(moment: datetime | None, zone: str) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def on(moment: datetime | None, of: Callable[[datetime], Any]) -> Any:
    return None if moment is None else of(moment)


# --- instants --------------------------------------------------------------------------------


def test_values_come_back_as_they_went_in(engine: Engine, rows: Callable[..., None]) -> None:
    given = {
        "ts": [MOMENTS[0], MOMENTS[3], MOMENTS[-2], None],
        "day": [date(1900, 1, 1), date(1969, 12, 31), date(2199, 12, 31), None],
        "word": ["한글 ‘따옴표’", "a'b\\c%d\"e\nf\\.\n", "", None],
        "count": [-(2**31), 0, 2**31 - 1, None],
        "amount": [-(2**63), 2**53 + 1, 2**63 - 1, None],
        "share": [0.1, -1e300, 5e-324, None],
        "flag": [True, False, True, None],
    }
    rows(**given)
    found = engine.execute(select(sample).order_by(c.id))
    assert [list(column) for column in zip(*[row[1:] for row in found], strict=True)] == [
        given["ts"],
        [None] * 4,
        *[given[name] for name in ("day", "word", "count", "amount", "share", "flag")],
    ]
    frame = engine.frame(select(sample).order_by(c.id))
    assert [str(kind) for kind in frame.dtypes] == [
        *["str", "datetime64[us]", "datetime64[us]", "object", "str"],
        *["Int64", "Int64", "float64", "boolean"],
    ]
    for name, column in given.items():
        assert [None if pd.isna(value) else value for value in frame[name]] == column
    whole = engine.frame(select(c.count, c.amount, c.flag).where(c.id < "003"))
    assert [str(kind) for kind in whole.dtypes] == ["int64", "int64", "bool"]


@pytest.mark.parametrize("name", ["ts", "day", "word", "count", "amount", "share", "flag"])
def test_a_literal_equals_the_value_stored(engine: Engine, rows: Callable[..., None], name: str) -> None:
    stored = {
        "ts": datetime(2026, 3, 8, 6, 59, 59, 999999),
        "day": date(1969, 12, 31),
        "word": "it's 100% \\_ 한글 :name {0} $1 %(x)s",
        "count": -7,
        "amount": 2**53 + 1,
        "share": 0.1,
        "flag": True,
    }[name]
    rows(**{name: [stored, None]})
    assert values(engine, c[name] == stored) == [True, None]
    assert values(engine, c[name].in_([stored])) == [True, None]


def test_micros_and_back(engine: Engine, rows: Callable[..., None]) -> None:
    rows(ts=MOMENTS)
    expected = [on(moment, lambda m: (m - datetime(1970, 1, 1)) // timedelta(microseconds=1)) for moment in MOMENTS]
    assert values(engine, sql.micros(c.ts)) == expected
    assert values(engine, sql.from_micros(sql.micros(c.ts))) == MOMENTS


def test_instant(engine: Engine, rows: Callable[..., None]) -> None:
    moment = datetime(2026, 11, 1, 6, 0, 0, 1)
    rows(ts=[moment - timedelta(microseconds=1), moment, None])
    assert values(engine, c.ts >= sql.instant(moment)) == [False, True, None]


@pytest.mark.parametrize("seconds", [0, -1, 86400, -1800.5, 0.000001, 10**9])
def test_add_seconds(engine: Engine, rows: Callable[..., None], seconds: float) -> None:
    moments = [*MOMENTS[1:], None]
    rows(ts=moments)
    assert values(engine, sql.add_seconds(c.ts, seconds)) == [
        on(moment, lambda m: m + timedelta(seconds=seconds)) for moment in moments
    ]


def test_add_seconds_of_a_column(engine: Engine, rows: Callable[..., None]) -> None:
    rows(ts=[datetime(2026, 1, 1), datetime(2026, 1, 1), None], count=[-90, None, 1])
    assert values(engine, sql.add_seconds(c.ts, c.count)) == [datetime(2025, 12, 31, 23, 58, 30), None, None]


def test_seconds_between(engine: Engine, rows: Callable[..., None]) -> None:
    start = datetime(2026, 1, 1, 0, 0, 0, 1)
    rows(
        ts=[start, start, start, datetime(1969, 12, 31, 23, 59, 59), None],
        later=[
            start + timedelta(minutes=30, microseconds=1),
            start,
            datetime(2025, 12, 31),
            datetime(1970, 1, 1),
            start,
        ],
    )
    assert values(engine, sql.seconds_between(c.ts, c.later)) == [1800.000001, 0.0, -86400.000001, 1.0, None]


def test_whole_days_floors_and_is_exact_at_the_edge(engine: Engine, rows: Callable[..., None]) -> None:
    start, step = datetime(2026, 3, 7, 12), timedelta(microseconds=1)
    ends = [start + timedelta(days=days) + nudge for days in (0, 1, -1, 40000) for nudge in (-step, 0 * step, step)]
    rows(ts=[*[start] * len(ends), None], later=[*ends, start])
    expected = [-1, 0, 0, 0, 1, 1, -2, -1, -1, 39999, 40000, 40000, None]
    assert values(engine, sql.whole_days(c.ts, c.later)) == expected


# --- the shop's calendar ---------------------------------------------------------------------


@pytest.mark.parametrize("zone", [SEOUL, NEW_YORK, "UTC", "Asia/Kathmandu"])
def test_local_calendar(engine: Engine, rows: Callable[..., None], zone: str) -> None:
    moments = MOMENTS[1:]
    rows(ts=moments)
    there = [local(moment, zone) for moment in moments]
    assert values(engine, sql.local_date(c.ts, zone)) == [on(m, lambda m: m.date()) for m in there]
    assert values(engine, sql.local_hour(c.ts, zone)) == [on(m, lambda m: m.hour) for m in there]
    assert values(engine, sql.local_weekday(c.ts, zone)) == [on(m, lambda m: m.weekday()) for m in there]
    assert values(engine, sql.local_day_of_month(c.ts, zone)) == [on(m, lambda m: m.day) for m in there]


def test_both_hours_of_a_repeated_hour_are_the_same_hour(engine: Engine, rows: Callable[..., None]) -> None:
    rows(ts=[datetime(2026, 11, 1, 5, 30), datetime(2026, 11, 1, 6, 30)])
    assert values(engine, sql.local_hour(c.ts, NEW_YORK)) == [1, 1]


def test_date_arithmetic(engine: Engine, rows: Callable[..., None]) -> None:
    rows(day=[date(2024, 2, 28), date(1969, 12, 31), None], count=[2, 1, 1])
    assert values(engine, sql.add_days(c.day, 2)) == [date(2024, 3, 1), date(1970, 1, 2), None]
    assert values(engine, sql.add_days(c.day, -c.count)) == [date(2024, 2, 26), date(1969, 12, 30), None]
    assert values(engine, sql.date_days_between(c.day, literal(date(2024, 3, 1)))) == [2, 19784, None]
    assert values(engine, sql.date_days_between(literal(date(2024, 3, 1)), c.day)) == [-2, -19784, None]
    assert values(engine, sql.month_day(c.day)) == [228, 1231, None]
    assert values(engine, c.day > date(1970, 1, 1)) == [True, False, None]


# --- text ------------------------------------------------------------------------------------

WORDS = ["무선 이어폰 100%", "이어폰", "AirPods_Pro", "airpods", "", "a\nb", "[가-힣]+\\d", None]


@pytest.mark.parametrize("needle", ["이어폰", "A", "_", "%", "\\d", "[", "\n", "", "'"])
def test_text_searches_are_plain_and_case_sensitive(engine: Engine, rows: Callable[..., None], needle: str) -> None:
    rows(word=WORDS)
    assert values(engine, sql.contains(c.word, needle)) == [on(w, lambda w: needle in w) for w in WORDS]
    assert values(engine, sql.starts_with(c.word, needle)) == [on(w, lambda w: w.startswith(needle)) for w in WORDS]
    assert values(engine, sql.ends_with(c.word, needle)) == [on(w, lambda w: w.endswith(needle)) for w in WORDS]


def test_needles_may_be_columns(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["000", "x", None])
    assert values(engine, sql.contains(c.id, c.word)) == [True, False, None]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^이어폰$", [1]),
        ("이어폰", [0, 1]),
        ("100%", [0]),
        ("(?i)airpods", [2, 3]),
        ("^[A-Z][a-z]+", [2]),
        (r"\d{3}", [0]),
        (r"\w", [0, 2, 3, 5, 6]),
        ("[가-힣]", [0, 1, 6]),
        ("a.b", [5]),
        ("^b", []),
        ("^$", [4]),
        (r"\\d$", [6]),
        ("이어폰|Pro", [0, 1, 2]),
        ("이어팟?", [0, 1]),
        ("어팟*폰", [0, 1]),
    ],
)
def test_regex_matches(engine: Engine, rows: Callable[..., None], pattern: str, expected: list[int]) -> None:
    rows(word=WORDS)
    found = values(engine, sql.regex_matches(c.word, pattern))
    assert [place for place, value in enumerate(found) if value] == expected
    assert found[-1] is None


def test_a_broken_regex_is_named(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["a"])
    with pytest.raises(EngineError) as caught:
        values(engine, sql.regex_matches(c.word, "(a"))
    assert caught.value.code == "bad_pattern"


PATHS = ["/event/1", "/event/", "/event", "/x/event/1", "/100%_\\sale", "/100x_\\sale", "/a\n/b", "/이벤트/봄", None]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/event/*", [0, 1]),
        ("/event", [2]),
        ("*event*", [0, 1, 2, 3]),
        ("*/1", [0, 3]),
        ("/100%_\\*", [4]),
        ("/*b", [6]),
        ("/이벤트/*", [7]),
        ("/event?", []),
        ("*", list(range(8))),
        ("", []),
    ],
)
def test_glob_matches(engine: Engine, rows: Callable[..., None], pattern: str, expected: list[int]) -> None:
    rows(word=PATHS)
    found = values(engine, sql.glob_matches(c.word, pattern))
    assert [place for place, value in enumerate(found) if value] == expected
    assert found[-1] is None


def test_json_text(engine: Engine, rows: Callable[..., None]) -> None:
    rows(
        word=[
            '{"k": "값 \\"a\\"", "n": 15, "b": true, "z": null, "a.b/c~d": "x", "e": ""}',
            '{"k": {"n": 1}}',
            "{}",
            '["k"]',
            '"k"',
            "{broken",
            "",
            None,
        ]
    )
    nothing: list[Any] = [None] * 6
    assert values(engine, sql.json_text(c.word, "k"))[0] == '값 "a"'
    assert values(engine, sql.json_text(c.word, "k"))[2:] == nothing
    assert values(engine, func.replace(sql.json_text(c.word, "k"), " ", ""))[1] == '{"n":1}'
    assert values(engine, sql.json_text(c.word, "n")) == ["15", None, *nothing]
    assert values(engine, sql.json_text(c.word, "b")) == ["true", None, *nothing]
    assert values(engine, sql.json_text(c.word, "z")) == [None, None, *nothing]
    assert values(engine, sql.json_text(c.word, "a.b/c~d")) == ["x", None, *nothing]
    assert values(engine, sql.json_text(c.word, "e")) == ["", None, *nothing]


def test_text_orders_by_bytes(engine: Engine, rows: Callable[..., None]) -> None:
    words = ["나", "가", "b", "B", "a", "-", "É", "각", "", "가나", "_"]
    rows(word=words)
    expected = sorted(words, key=lambda word: word.encode())
    assert [row.word for row in engine.execute(select(c.word).order_by(c.word))] == expected
    assert engine.scalar(select(func.min(c.word))) == expected[0]
    assert engine.scalar(select(func.max(c.word))) == expected[-1]
    assert values(engine, c.word < "a") == [word.encode() < b"a" for word in words]
    joined = literal("m:").concat(c.word)
    assert [row[0] for row in engine.execute(select(joined).order_by(joined))] == [f"m:{word}" for word in expected]


# --- numbers and flags -----------------------------------------------------------------------


def test_numbers_are_exact(engine: Engine, rows: Callable[..., None]) -> None:
    rows(amount=[2**53 + 1, 2**53 + 1, None], count=[1, 2, None], share=[0.1, 0.2, None])
    total = engine.execute(select(func.sum(c.amount), func.sum(c.count), func.avg(c.count), func.count()))
    assert total == [(2**54 + 2, 3, 1.5, 3)]
    assert [type(value) for value in total[0]] == [int, int, float, int]
    frame = engine.frame(select(func.sum(c.amount).label("a"), func.avg(c.amount).label("b"), func.count().label("n")))
    assert [str(kind) for kind in frame.dtypes] == ["int64", "float64", "int64"]
    assert values(engine, c.share + literal(0.5)) == [0.6, 0.7, None]


def test_aggregates_of_nothing_are_null_and_counts_are_zero(engine: Engine, rows: Callable[..., None]) -> None:
    rows(amount=[1], word=["a"], ts=[MOMENTS[4]], flag=[True])
    query = select(
        func.count(),
        func.count(c.amount),
        func.sum(c.amount),
        func.max(c.id),
        func.min(c.ts),
        sql.newest(c.id, c.ts, c.id),
    ).where(c.id == "none")
    assert engine.execute(query) == [(0, 0, None, None, None, None)]


def test_ratio(engine: Engine, rows: Callable[..., None]) -> None:
    rows(count=[1, -1, 7, 0, None], amount=[3, 2, 0, 5, 1])
    assert values(engine, sql.ratio(c.count, c.amount)) == [1 / 3, -0.5, None, 0.0, None]


def test_digest(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["spring:M1", "", "한글 😀"])
    wanted = [hashlib.md5(word.encode()).hexdigest() for word in ("spring:M1", "", "한글 😀")]
    assert sorted(values(engine, sql.digest(c.word))) == sorted(wanted)


def test_bucket(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=[f"낱말 {number}" for number in range(400)])
    found = values(engine, sql.bucket(c.word, 4))
    assert {found.count(place) // 50 for place in range(4)} <= {1, 2}
    assert sum(found.count(place) for place in range(4)) == 400
    assert values(engine, sql.bucket(c.word, 4)) == found
    assert set(values(engine, sql.bucket(c.word, 1))) == {0}


def test_fingerprint(engine: Engine, rows: Callable[..., None]) -> None:
    words = [f"낱말 {number}" for number in range(400)]
    rows(word=words)
    found = values(engine, sql.fingerprint(c.word))
    assert len(set(found)) == 400
    assert all(0 <= number < 2**63 for number in found)
    assert values(engine, sql.fingerprint(c.word)) == found


def test_as_int(engine: Engine, rows: Callable[..., None]) -> None:
    rows(flag=[True, False, None], count=[1, 2, None])
    assert values(engine, sql.as_int(c.flag)) == [1, 0, None]
    assert values(engine, sql.as_int(c.count > 1)) == [0, 1, None]


def test_bitmask(engine: Engine, rows: Callable[..., None]) -> None:
    rows(flag=[True, False, None], count=[1, 2, None])
    assert values(engine, sql.bitmask([c.flag, c.count > 1, c.count.is_(None)])) == [1, 2, 4]
    widest = [true()] * sql.MASK_BITS
    assert values(engine, sql.bitmask(widest)) == [2**63 - 1] * 3
    assert values(engine, sql.bitmask([])) == [0, 0, 0]
    with pytest.raises(ValueError, match="64 flags"):
        sql.bitmask([true()] * (sql.MASK_BITS + 1))


def test_bits_so_far_are_counted(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["a", "a", "a", "a", "b"], count=[1, 3, 1, 0, 62])
    mask = case({n: literal(1 << n, BigInteger) for n in range(63)}, value=c.count)
    assert values(engine, sql.bits_set(mask)) == [1] * 5
    so_far = sql.any_bit(mask).over(partition_by=c.word, order_by=c.id, rows=(None, 0))
    assert values(engine, sql.bits_set(so_far)) == [1, 2, 2, 3, 1]
    assert values(engine, cast(so_far, BigInteger)) == [2, 10, 10, 11, 1 << 62]


def test_comparisons_with_null_are_null_and_coalesce_makes_them_false(
    engine: Engine, rows: Callable[..., None]
) -> None:
    rows(count=[1, 2, None])
    assert values(engine, c.count > 1) == [False, True, None]
    assert values(engine, func.coalesce(c.count > 1, False)) == [False, True, False]
    assert values(engine, ~func.coalesce(c.count > 1, False)) == [True, False, True]
    assert values(engine, c.count.not_in([1])) == [False, True, None]
    assert values(engine, c.count.in_([])) == [False, False, None] or values(engine, c.count.in_([])) == [False] * 3
    assert values(engine, c.count.is_distinct_from(1)) == [False, True, True]


# --- aggregates and joins --------------------------------------------------------------------


def test_newest_and_oldest_go_by_time_then_id_and_keep_nulls(engine: Engine, rows: Callable[..., None]) -> None:
    first, last = datetime(1969, 12, 31), datetime(2026, 1, 1)
    rows(
        ts=[first, first, last, last, last, first],
        word=["a", "a", "a", "a", "b", "b"],
        count=[1, None, 3, None, 5, 6],
        flag=[True, False, True, False, True, False],
    )
    present = c.count.is_not(None)
    query = select(
        c.word,
        sql.newest(c.count, c.ts, c.id).label("newest"),
        sql.oldest(c.count, c.ts, c.id).label("oldest"),
        sql.newest(c.count, c.ts, c.id, present).label("newest_known"),
        sql.oldest(c.count, c.ts, c.id, where=c.count > 1).label("oldest_above_1"),
        sql.newest(c.count, c.ts, c.id, c.count > 99).label("none"),
        sql.newest(c.ts, c.ts, c.id).label("when"),
        sql.newest(c.flag, c.ts, c.id).label("flag"),
        sql.newest(c.id, c.ts, c.id).label("id"),
    )
    assert engine.execute(query.group_by(c.word).order_by(c.word)) == [
        ("a", None, 1, 3, 3, None, last, False, "003"),
        ("b", 5, 6, 5, 6, None, last, True, "004"),
    ]


def test_newest_breaks_ties_by_bytes(engine: Engine) -> None:
    engine.create([sample])
    ids = ["B", "a", "Z", "가", "-"]
    moment = datetime(2026, 1, 1)
    engine.append(sample, pd.DataFrame({"id": ids, "ts": moment, "word": ids}))
    assert engine.execute(select(sql.newest(c.word, c.ts, c.id), sql.oldest(c.word, c.ts, c.id))) == [("가", "-")]


def test_different_values_are_counted_once_and_null_is_none(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["a", "a", "a", "b", "b", "c"], count=[1, 1, 2, None, 7, None], ts=[MOMENTS[4]] * 6)
    query = select(c.word, sql.distinct_count(c.count)).group_by(c.word).order_by(c.word)
    assert engine.execute(query) == [("a", 2), ("b", 1), ("c", 0)]
    assert engine.execute(select(sql.distinct_count(c.word))) == [(3,)]


def test_an_unmatched_outer_join_is_null(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["000", "x", None], flag=[True, True, True], count=[1, 2, 3], ts=[MOMENTS[4]] * 3)
    other = sample.alias("other")
    query = (
        select(c.id, other.c.id, other.c.count, other.c.ts, other.c.flag)
        .select_from(sample.outerjoin(other, other.c.word == c.id))
        .order_by(c.id)
    )
    assert [tuple(row) for row in engine.execute(query)] == [
        ("000", "000", 1, MOMENTS[4], True),
        ("001", None, None, None, None),
        ("002", None, None, None, None),
    ]


def test_a_case_without_else_and_a_group_by_of_an_expression(engine: Engine, rows: Callable[..., None]) -> None:
    rows(ts=MOMENTS[4:6], count=[1, 2])
    assert values(engine, case((c.count > 1, c.count))) == [None, 2]
    day = sql.local_date(c.ts, SEOUL)
    query = select(day.label("day"), func.count().label("n")).group_by(day).order_by(day)
    assert engine.execute(query) == [(date(1970, 1, 1), 1), (date(2024, 2, 29), 1)]


def test_a_label_does_not_hide_a_column(engine: Engine, rows: Callable[..., None]) -> None:
    rows(count=[1, 2, 3], word=["a", "a", "b"])
    query = select(c.word, func.max(c.count).label("count")).where(c.count < 3).group_by(c.word)
    assert engine.execute(query) == [("a", 2)]


def test_row_numbers_and_running_sums(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["a", "b", "a", "b"], count=[1, 2, None, 4], ts=MOMENTS[4:8])
    number = func.row_number().over(partition_by=c.word, order_by=(c.ts, c.id))
    running = func.sum(c.count).over(partition_by=c.word, order_by=(c.ts, c.id), rows=(None, 0))
    assert values(engine, number) == [1, 1, 2, 2]
    assert values(engine, running) == [1, 2, 1, 6]


# --- statements ------------------------------------------------------------------------------


def test_what_sql_shows_is_what_runs(engine: Engine, rows: Callable[..., None]) -> None:
    rows(word=["it's 100%", "b"], ts=MOMENTS[4:6], day=[date(2026, 1, 1), None], share=[0.5, 0.25])
    query = select(func.count().label("n")).where(
        c.word == "it's 100%", c.ts == MOMENTS[4], c.day == date(2026, 1, 1), c.share == 0.5
    )
    text = engine.sql(query)
    with engine.session() as session:
        assert session.rows(text)[1] == [(1,)]


def test_create_has_drop(engine: Engine) -> None:
    assert not engine.has(sample)
    engine.create([sample])
    engine.create([sample])
    assert engine.has(sample)
    engine.drop([sample])
    engine.drop([sample])
    assert not engine.has(sample)


def test_write_fills_changes_and_clears(engine: Engine, rows: Callable[..., None]) -> None:
    rows(count=[1, 2, 3], word=["a", "b", None])
    query = select(literal("9").concat(c.id).label("id"), c.count).where(c.count < 3)
    engine.write(engine.insert_from(sample, query), delete(sample).where(c.count == 1))
    assert engine.execute(select(c.id, c.count, c.word).order_by(c.id)) == [
        ("001", 2, "b"),
        ("002", 3, None),
        ("9001", 2, None),
    ]
    engine.write(delete(sample))
    assert engine.scalar(select(func.count()).select_from(sample)) == 0
    assert engine.scalar(select(c.id)) is None


def test_a_failed_write_leaves_nothing(engine: Engine, rows: Callable[..., None]) -> None:
    if not engine.transactional:
        pytest.skip("ClickHouse has no transactions")
    rows(count=[1])
    missing = Table("missing", MetaData(), Column("id", Key))
    with pytest.raises(EngineError) as caught:
        engine.write(delete(sample), delete(missing))
    assert caught.value.code == "no_table"
    assert engine.scalar(select(func.count()).select_from(sample)) == 1


def test_a_transaction_sees_itself_and_is_undone_when_left_by_an_error(
    engine: Engine, rows: Callable[..., None]
) -> None:
    if not engine.transactional:
        pytest.skip("ClickHouse has no transactions")
    rows(count=[1])

    def clear_and_fail() -> None:
        with engine.transaction():
            engine.write(delete(sample))
            assert engine.scalar(select(func.count()).select_from(sample)) == 0
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        clear_and_fail()
    assert engine.scalar(select(func.count()).select_from(sample)) == 1


def test_a_missing_table_is_named(engine: Engine) -> None:
    with pytest.raises(EngineError) as caught:
        engine.frame(select(sample))
    assert caught.value.code == "no_table"
    assert "sample" in caught.value.text("ko")


def test_a_frame_of_no_rows_keeps_its_types(engine: Engine) -> None:
    engine.create([sample])
    frame = engine.frame(select(sample, (c.count > 1).label("more")))
    assert len(frame) == 0
    assert [str(kind) for kind in frame.dtypes] == [
        *["str", "datetime64[us]", "datetime64[us]", "object", "str"],
        *["int64", "int64", "float64", "bool", "bool"],
    ]


def test_a_running_statement_is_counted_and_can_be_cancelled(engine: Engine) -> None:
    engine.create([sample])
    engine.append(sample, pd.DataFrame({"id": [f"{number:05}" for number in range(20_000)]}))
    one, two, three = sample.alias(), sample.alias(), sample.alias()
    none = func.length(one.c.id.concat(two.c.id).concat(three.c.id)) < 0
    endless = select(func.count()).select_from(one.join(two, true()).join(three, none))
    tokens: list[Token] = []
    codes: list[str] = []

    def work() -> None:
        with engine.cancellable() as token:
            tokens.append(token)
            for query in (endless, select(literal(1))):
                with pytest.raises(EngineError) as caught:
                    engine.frame(query)
                codes.append(caught.value.code)

    thread = threading.Thread(target=work)
    thread.start()
    while engine.running == 0 and thread.is_alive():
        time.sleep(0.005)
    tokens[0].cancel()
    thread.join(timeout=60)
    assert codes == ["cancelled", "cancelled"]
    assert engine.running == 0
    assert engine.scalar(select(literal(1))) == 1
