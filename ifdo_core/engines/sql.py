"""Expressions that mean the same on every engine (semantics.md, 'Time').

Each construct is one class with a template per dialect; ``{0}``, ``{1}`` are its rendered arguments.
Timestamps are naive UTC with microseconds, dates are local dates, zones are IANA names (text).
Unless said otherwise a null argument gives null.

Traps these avoid, all of which give wrong numbers in silence: an interval bound on ClickHouse
becomes a date; ``lag`` on a first row gives 1970 there (number rows with ``row_number`` and join or
compare instead); integer division truncates towards zero; a numeric in PostgreSQL is a Decimal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from string import Formatter
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Insert,
    Integer,
    Select,
    String,
    TableClause,
    case,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ifdo_core.engines.dialects import dialect_name

#: What a construct takes: a column expression, or a plain value where that makes sense.
Operand = ColumnElement[Any] | Any

#: A SELECT of whatever columns.
Query = Select[*tuple[Any, ...]]

#: Microseconds of a day, and the days by which differences are lifted above zero before dividing.
_DAY = 86_400_000_000
_LIFT_DAYS = 10_000_000

#: The largest number of flags one bit mask holds: a signed 64-bit integer has 63 bits to use.
MASK_BITS = 63


@dataclass(frozen=True)
class Templates:
    """How one construct is written on each engine; ``{0}`` is its first argument."""

    duckdb: str
    postgresql: str
    clickhouse: str


class _Construct(FunctionElement[Any]):
    """An expression written differently on each engine."""

    inherit_cache = True
    templates: ClassVar[Templates]


@compiles(_Construct)
def _render(element: _Construct, compiler: SQLCompiler, **options: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    options.pop("add_to_result_map", None)
    template: str | None = getattr(element.templates, dialect_name(compiler.dialect), None)
    # What the template leaves out is not compiled: its values would be parameters of nothing.
    arguments = [
        compiler.process(clause, **options) if template is None or place in _places(template) else ""
        for place, clause in enumerate(element.clauses)
    ]
    if template is None:  # str(expression) without an engine: for reading only
        return f"{type(element).__name__.lower().lstrip('_')}({', '.join(arguments)})"
    return template.format(*arguments)


@cache
def _places(template: str) -> frozenset[int]:
    """The numbers of the arguments that ``template`` uses."""
    return frozenset(int(name) for _, name, _, _ in Formatter().parse(template) if name is not None)


# --- instants --------------------------------------------------------------------------------


class _Micros(_Construct):
    type = BigInteger()
    templates = Templates(
        duckdb="epoch_us({0})",
        postgresql="CAST(extract(epoch FROM {0}) * 1000000 AS BIGINT)",
        clickhouse="toUnixTimestamp64Micro({0})",
    )


class _FromMicros(_Construct):
    type = DateTime()
    templates = Templates(
        duckdb="make_timestamp(CAST({0} AS BIGINT))",
        # An interval of up to 2^53 µs is exact in double precision: until the year 2255.
        postgresql=(
            "(TIMESTAMP '1970-01-01 00:00:00' + make_interval(secs => CAST({0} AS DOUBLE PRECISION) / 1000000))"
        ),
        clickhouse="fromUnixTimestamp64Micro(CAST({0} AS BIGINT), 'UTC')",
    )


class _AddSeconds(_Construct):
    type = DateTime()
    templates = Templates(
        duckdb="make_timestamp(epoch_us({0}) + CAST(round(CAST({1} AS DOUBLE) * 1000000) AS BIGINT))",
        postgresql="({0} + make_interval(secs => CAST({1} AS DOUBLE PRECISION)))",
        clickhouse="addMicroseconds({0}, CAST(round(toFloat64({1}) * 1000000) AS BIGINT))",
    )


class _SecondsBetween(_Construct):
    type = Float()
    templates = Templates(
        duckdb="(CAST(epoch_us({1}) - epoch_us({0}) AS DOUBLE) / 1000000)",
        postgresql="(CAST(extract(epoch FROM {1}) - extract(epoch FROM {0}) AS DOUBLE PRECISION))",
        clickhouse="((toUnixTimestamp64Micro({1}) - toUnixTimestamp64Micro({0})) / 1000000)",
    )


class _WholeDays(_Construct):
    type = Integer()
    # Lifted above zero, the truncating division of integers is a floor; doubles would round at a day's edge.
    templates = Templates(
        duckdb=f"((epoch_us({{1}}) - epoch_us({{0}}) + {_LIFT_DAYS * _DAY}) // {_DAY} - {_LIFT_DAYS})",
        postgresql="CAST(floor((extract(epoch FROM {1}) - extract(epoch FROM {0})) / 86400) AS BIGINT)",
        clickhouse=(
            "(intDiv(toUnixTimestamp64Micro({1}) - toUnixTimestamp64Micro({0})"
            f" + {_LIFT_DAYS * _DAY}, {_DAY}) - {_LIFT_DAYS})"
        ),
    )


def micros(ts: Operand) -> ColumnElement[int]:
    """Microseconds since 1970-01-01 UTC, exact, negative before it."""
    return _Micros(ts)


def from_micros(value: Operand) -> ColumnElement[Any]:
    """The timestamp ``value`` microseconds after 1970-01-01 UTC; the inverse of ``micros``."""
    return _FromMicros(value)


def instant(moment: datetime) -> ColumnElement[Any]:
    """A naive UTC moment as a timestamp of the engine, exact to the microsecond."""
    return literal(moment, DateTime)


def add_seconds(ts: Operand, seconds: Operand) -> ColumnElement[Any]:
    """``ts`` plus ``seconds`` (a number, may be negative or have a fraction down to microseconds)."""
    return _AddSeconds(ts, seconds)


def seconds_between(start: Operand, end: Operand) -> ColumnElement[float]:
    """``end`` − ``start`` in seconds, a float; negative when ``end`` is earlier."""
    return _SecondsBetween(start, end)


def whole_days(start: Operand, end: Operand) -> ColumnElement[int]:
    """floor((``end`` − ``start``) / 24 h), exact to the microsecond."""
    return _WholeDays(start, end)


# --- the shop's calendar ---------------------------------------------------------------------


class _LocalDate(_Construct):
    type = Date()
    templates = Templates(
        duckdb="CAST((({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1}) AS DATE)",
        postgresql="CAST((({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1}) AS DATE)",
        clickhouse="toDate32(toTimeZone({0}, {1}))",
    )


class _LocalHour(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="CAST(extract(hour FROM (({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1})) AS INTEGER)",
        postgresql="CAST(extract(hour FROM (({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1})) AS INTEGER)",
        clickhouse="CAST(toHour(toTimeZone({0}, {1})) AS INTEGER)",
    )


class _LocalWeekday(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="CAST(extract(isodow FROM (({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1})) - 1 AS INTEGER)",
        postgresql="CAST(extract(isodow FROM (({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1})) - 1 AS INTEGER)",
        clickhouse="CAST(toDayOfWeek(toTimeZone({0}, {1}), 1) AS INTEGER)",
    )


class _LocalDayOfMonth(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="CAST(extract(day FROM (({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1})) AS INTEGER)",
        postgresql="CAST(extract(day FROM (({0}) AT TIME ZONE 'UTC' AT TIME ZONE {1})) AS INTEGER)",
        clickhouse="CAST(toDayOfMonth(toTimeZone({0}, {1})) AS INTEGER)",
    )


class _DateDaysBetween(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="date_diff('day', {0}, {1})",
        postgresql="({1} - {0})",
        clickhouse="dateDiff('day', {0}, {1})",
    )


class _AddDays(_Construct):
    type = Date()
    templates = Templates(
        duckdb="CAST({0} + CAST({1} AS INTEGER) AS DATE)",
        postgresql="({0} + CAST({1} AS INTEGER))",
        clickhouse="addDays({0}, {1})",
    )


class _MonthDay(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="CAST(extract(month FROM {0}) * 100 + extract(day FROM {0}) AS INTEGER)",
        postgresql="CAST(extract(month FROM {0}) * 100 + extract(day FROM {0}) AS INTEGER)",
        clickhouse="CAST(toMonth({0}) * 100 + toDayOfMonth({0}) AS INTEGER)",
    )


def local_date(ts: Operand, zone: str) -> ColumnElement[Any]:
    """The date of the UTC timestamp ``ts`` in ``zone``."""
    return _LocalDate(ts, literal(zone, String))


def local_hour(ts: Operand, zone: str) -> ColumnElement[int]:
    """The hour (0–23) of ``ts`` in ``zone``."""
    return _LocalHour(ts, literal(zone, String))


def local_weekday(ts: Operand, zone: str) -> ColumnElement[int]:
    """The weekday of ``ts`` in ``zone``: 0 = Monday … 6 = Sunday."""
    return _LocalWeekday(ts, literal(zone, String))


def local_day_of_month(ts: Operand, zone: str) -> ColumnElement[int]:
    """The day of the month (1–31) of ``ts`` in ``zone``."""
    return _LocalDayOfMonth(ts, literal(zone, String))


def date_days_between(start: Operand, end: Operand) -> ColumnElement[int]:
    """``end`` − ``start`` in days, for two dates; negative when ``end`` is earlier."""
    return _DateDaysBetween(start, end)


def add_days(day: Operand, days: Operand) -> ColumnElement[Any]:
    """The date ``days`` (an integer, may be negative) after the date ``day``."""
    return _AddDays(day, days)


def month_day(day: Operand) -> ColumnElement[int]:
    """Month and day of a date as the integer MMDD: 1 March is 301."""
    return _MonthDay(day)


# --- text ------------------------------------------------------------------------------------


class _Contains(_Construct):
    type = Boolean()
    templates = Templates(
        duckdb="contains({0}, {1})",
        postgresql="(strpos({0}, {1}) > 0)",
        clickhouse="(position({0}, {1}) > 0)",
    )


class _StartsWith(_Construct):
    type = Boolean()
    templates = Templates(
        duckdb="starts_with({0}, {1})",
        postgresql="starts_with({0}, {1})",
        clickhouse="startsWith({0}, {1})",
    )


class _EndsWith(_Construct):
    type = Boolean()
    templates = Templates(
        duckdb="suffix({0}, {1})",
        postgresql='(right({0}, length({1})) = {1} COLLATE "C")',
        clickhouse="endsWith({0}, {1})",
    )


class _RegexMatches(_Construct):
    type = Boolean()
    # On all three '.' takes a line break too; with "C" PostgreSQL's classes are ASCII, as RE2's are.
    templates = Templates(
        duckdb="regexp_matches({0}, {1}, 's')",
        postgresql='(({0}) COLLATE "C" ~ {1})',
        # match() looks for the pattern's literal part first and takes half a Korean letter before '?' or '*' for one;
        # a branch that never matches keeps it from looking.
        clickhouse="match({0}, concat('(?:', {1}, ')|[^\\\\s\\\\S]'))",
    )


class _Like(_Construct):
    type = Boolean()
    templates = Templates(
        duckdb="(({0}) LIKE {1} ESCAPE '\\')",
        postgresql='(({0}) COLLATE "C" LIKE {1})',
        clickhouse="(({0}) LIKE {1})",
    )


class _JsonText(_Construct):
    type = String()
    templates = Templates(
        # A key is looked up by pointer: names with dots or quotes stay names.
        duckdb="CASE WHEN json_valid({0}) THEN json_extract_string({0}, {2}) END",
        postgresql='(ifdo_json({0}) ->> {1}) COLLATE "C"',
        clickhouse=(
            "CASE WHEN JSONType({0}) != 'Object' OR JSONType({0}, {1}) = 'Null' THEN NULL"
            " WHEN JSONType({0}, {1}) = 'String' THEN JSONExtractString({0}, {1})"
            " ELSE JSONExtractRaw({0}, {1}) END"
        ),
    )


def contains(text: Operand, needle: Operand) -> ColumnElement[bool]:
    """Whether ``needle`` occurs in ``text``: plain and case-sensitive; '' occurs in every text."""
    return _Contains(text, needle)


def starts_with(text: Operand, needle: Operand) -> ColumnElement[bool]:
    """Whether ``text`` begins with ``needle``: plain and case-sensitive."""
    return _StartsWith(text, needle)


def ends_with(text: Operand, needle: Operand) -> ColumnElement[bool]:
    """Whether ``text`` ends with ``needle``: plain and case-sensitive."""
    return _EndsWith(text, needle)


def regex_matches(text: Operand, pattern: str) -> ColumnElement[bool]:
    """Whether ``pattern`` matches somewhere in ``text``; case-sensitive, '.' includes line breaks.

    Patterns are portable where RE2 and PostgreSQL's advanced syntax agree: literals, ``.``, classes,
    ``\\d \\w \\s`` (ASCII), groups, ``|``, ``* + ? {m,n}``, ``^`` and ``$`` (ends of the whole text),
    and ``(?i)`` at the very start.
    """
    return _RegexMatches(text, literal(pattern, String))


def glob_matches(text: Operand, pattern: str) -> ColumnElement[bool]:
    """Whether the whole of ``text`` fits ``pattern``, where ``*`` stands for any characters or none."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return _Like(text, literal(escaped.replace("*", "%"), String))


def json_text(text: Operand, key: str) -> ColumnElement[str]:
    """The value at ``key`` of a JSON object kept as text: a string as it is, others as JSON writes them.

    Null when the key is missing or null, or when ``text`` is no JSON object. How a number with
    trailing zeros or a nested value is spaced differs by engine.
    """
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    return _JsonText(text, literal(key, String), literal(pointer, String))


# --- numbers and flags -----------------------------------------------------------------------


class _AsInt(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="CAST({0} AS INTEGER)",
        postgresql="CAST({0} AS INTEGER)",
        clickhouse="CAST({0} AS INTEGER)",
    )


class _Bucket(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="CAST(hash({0}) % {1} AS INTEGER)",
        postgresql="((hashtext({0}) & 2147483647) % {1})",
        clickhouse="CAST(cityHash64({0}) % {1} AS INTEGER)",
    )


class _Fingerprint(_Construct):
    type = BigInteger()
    templates = Templates(
        duckdb="CAST(hash({0}) >> 1 AS BIGINT)",
        postgresql="(hashtextextended({0}, 0) & 9223372036854775807)",
        clickhouse="CAST(bitShiftRight(cityHash64({0}), 1) AS BIGINT)",
    )


class _Digest(_Construct):
    type = String()
    templates = Templates(
        duckdb="md5({0})",
        postgresql="md5({0})",
        clickhouse="lower(hex(MD5({0})))",
    )


class _Ratio(_Construct):
    type = Float()
    templates = Templates(
        duckdb="(CAST({0} AS DOUBLE) / nullif(CAST({1} AS DOUBLE), 0))",
        postgresql="(CAST({0} AS DOUBLE PRECISION) / nullif(CAST({1} AS DOUBLE PRECISION), 0))",
        clickhouse="(toFloat64({0}) / nullif(toFloat64({1}), 0))",
    )


def bucket(key: Operand, buckets: int) -> ColumnElement[int]:
    """One of 0 … ``buckets`` − 1 for each text, spread evenly; the same text always gets the same, on one engine."""
    return _Bucket(key, buckets)


def fingerprint(key: Operand) -> ColumnElement[int]:
    """A number of 63 bits for each text, the same for the same text on one engine; of a null it means nothing.

    Two of a million texts have the same number once in twenty million.
    """
    return _Fingerprint(key)


def digest(text: Operand) -> ColumnElement[str]:
    """The MD5 of a text as 32 hexadecimal digits: the same on every engine and in Python. Not for secrets."""
    return _Digest(text)


def as_int(flag: ColumnElement[bool]) -> ColumnElement[int]:
    """1 for true, 0 for false."""
    return _AsInt(flag)


def ratio(part: Operand, whole: Operand) -> ColumnElement[float]:
    """``part`` / ``whole`` as a float; null when ``whole`` is 0."""
    return _Ratio(part, whole)


def bitmask(flags: Sequence[ColumnElement[bool]]) -> ColumnElement[int]:
    """An integer whose bit i is set where ``flags[i]`` is true; false and null are 0.

    At most ``MASK_BITS`` flags (ValueError beyond): split more into several masks.
    """
    if len(flags) > MASK_BITS:
        raise ValueError(f"{len(flags)} flags do not fit into a mask of {MASK_BITS} bits")
    total: ColumnElement[int] = literal(0, BigInteger)
    for place, flag in enumerate(flags):
        total = total + case((flag, literal(1 << place, BigInteger)), else_=literal(0, BigInteger))
    return total


# --- aggregates ------------------------------------------------------------------------------


class _Newest(_Construct):
    templates = Templates(
        duckdb="arg_max_null({0}, row({1}, {2})) FILTER (WHERE {3})",
        postgresql='(array_agg({0} ORDER BY {1} DESC, {2} COLLATE "C" DESC) FILTER (WHERE {3}))[1]',
        # ClickHouse would skip a null value; inside a tuple it is kept.
        clickhouse="argMaxIf(tuple({0}), tuple({1}, {2}), {3}).1",
    )


class _Oldest(_Construct):
    templates = Templates(
        duckdb="arg_min_null({0}, row({1}, {2})) FILTER (WHERE {3})",
        postgresql='(array_agg({0} ORDER BY {1}, {2} COLLATE "C") FILTER (WHERE {3}))[1]',
        clickhouse="argMinIf(tuple({0}), tuple({1}, {2}), {3}).1",
    )


def _at_extreme(
    construct: type[_Construct],
    value: ColumnElement[Any],
    ts: ColumnElement[Any],
    tie: ColumnElement[Any],
    where: ColumnElement[bool] | None,
) -> ColumnElement[Any]:
    element = construct(value, ts, tie, literal(True) if where is None else where)
    element.type = value.type
    return element


def newest(
    value: ColumnElement[Any], ts: ColumnElement[Any], tie: ColumnElement[str], where: ColumnElement[bool] | None = None
) -> ColumnElement[Any]:
    """Aggregate: ``value`` (which may be null) of the row with the greatest (``ts``, ``tie``).

    ``where`` limits the rows looked at, as in ``newest(member_id, ts, event_id, member_id.is_not(None))``;
    null when there are none. ``ts`` and ``tie`` (text, compared byte by byte) must not be null.
    """
    return _at_extreme(_Newest, value, ts, tie, where)


def oldest(
    value: ColumnElement[Any], ts: ColumnElement[Any], tie: ColumnElement[str], where: ColumnElement[bool] | None = None
) -> ColumnElement[Any]:
    """Aggregate: ``value`` of the row with the least (``ts``, ``tie``); otherwise as ``newest``."""
    return _at_extreme(_Oldest, value, ts, tie, where)


class _DistinctCount(_Construct):
    type = BigInteger()
    templates = Templates(
        # DuckDB keeps a table of all groups' values for count(DISTINCT …); a list in each group is put together faster.
        duckdb="coalesce(list_unique(list({0}) FILTER (WHERE {0} IS NOT NULL)), 0)",
        postgresql="count(DISTINCT {0})",
        clickhouse="uniqExact({0})",
    )


def distinct_count(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Aggregate: how many different values ``column`` has, null not among them. For groups of few rows each."""
    return _DistinctCount(column)


class _AnyBit(_Construct):
    type = BigInteger()
    templates = Templates(duckdb="bit_or({0})", postgresql="bit_or({0})", clickhouse="groupBitOr({0})")


class _BitsSet(_Construct):
    type = Integer()
    templates = Templates(
        duckdb="CAST(bit_count({0}) AS INTEGER)",
        postgresql="CAST(bit_count(CAST({0} AS bit(64))) AS INTEGER)",
        clickhouse="CAST(bitCount({0}) AS INTEGER)",
    )


def any_bit(mask: ColumnElement[int]) -> FunctionElement[Any]:
    """Aggregate, also over a window: the bits set in any of the numbers ``mask`` (BigInteger, none of them null)."""
    return _AnyBit(mask)


def bits_set(mask: ColumnElement[int]) -> ColumnElement[int]:
    """How many bits of a number are set."""
    return _BitsSet(mask)


# --- statements ------------------------------------------------------------------------------


def insert_from(table: TableClause, query: Query) -> Insert:
    """INSERT INTO ``table`` the rows of ``query``, matched by the names of its columns."""
    return table.insert().from_select([column.name for column in query.selected_columns], query)
