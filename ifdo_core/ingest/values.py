"""Values as people and systems write them, made into what the tables hold.

Every reader takes an Arrow array of any type (text from a file, typed columns of a frame) and answers whole columns
at once; spelling that is out of the ordinary is read once per distinct value. A reader never raises for a bad value:
it marks it, so that the row can be set aside and named.

* amounts: '50,000원', '₩12,000', '(1,500)', '△3,000', '1.234,56' where the mapping says that the comma is decimal
* times: '2026. 11. 24. 오후 3:05', '2026년 11월 24일', '20261124', ISO with an offset, Excel serials, epoch numbers;
  naive ones are of the shop's time zone (semantics.md, 'Time') and become naive UTC
* yes and no: Y/N, 예/아니오, 동의/거부, O/X, …
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa_untyped
import pyarrow.compute as pc_untyped
import yaml
from numpy.typing import NDArray

# pyarrow has no type information of its own: its arrays are Any here, what leaves this module is typed.
pa: Any = pa_untyped
pc: Any = pc_untyped

type_error: tuple[type[Exception], ...] = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError)

Array = Any  # a pyarrow Array
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Words by which others say one of our values.
WORDS_FILE = Path(__file__).resolve().parents[2] / "data" / "mappings" / "words" / "values.yaml"

#: Order of day, month and year in dates that do not begin with a four-digit year.
DateOrder = Literal["ymd", "mdy", "dmy"]

#: Numbers are kept as whole millionths: exact for every amount up to nine billion millions.
SCALE = 1_000_000
_LARGEST = 9_000_000_000_000

MICROS_A_SECOND = 1_000_000
MICROS_A_DAY = 86_400 * MICROS_A_SECOND

#: Texts by which exports say that there is nothing.
EMPTY = frozenset(
    [
        "",
        "-",
        "--",
        "null",
        "NULL",
        "Null",
        "None",
        "nan",
        "NaN",
        "NaT",
        "<NA>",
        "N/A",
        "#N/A",
        "\\N",
        "undefined",
        "(not set)",
    ]
)
_INVISIBLE = "\ufeff\u200b\u00a0\u3000 \t\r\n"


@dataclass(frozen=True)
class Numbers:
    """Whole numbers with what is known and what could not be read; ``data`` is 0 where either fails."""

    data: Ints
    known: Flags
    bad: Flags

    @property
    def size(self) -> int:
        return len(self.data)


@dataclass(frozen=True)
class Texts:
    """An Arrow array of text (null where nothing is known) and which values could not be taken."""

    data: Array
    bad: Flags


# --- text -------------------------------------------------------------------------------------


def as_text(array: Array) -> Array:
    """Any Arrow array as text: trimmed, with null for everything that says 'nothing' (``EMPTY``).

    Whole floats lose their '.0' (12.0 → '12'), timestamps are written in ISO, nested values as JSON.
    """
    kind = array.type
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_dictionary(kind):
        return as_text(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _cleaned(array.cast(pa.string()))
    if pa.types.is_floating(kind):
        return _float_text(array)
    if pa.types.is_decimal(kind):
        return pa.array([None if v is None else _plain(v) for v in array.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pc.strftime(pc.cast(array, pa.timestamp("us", "UTC")), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_nested(kind):
        return pa.array([None if v is None else json_text(v) for v in array.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _cleaned(pa.array([None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()]))
    return _cleaned(array.cast(pa.string()))


def json_text(value: object) -> str:
    """``value`` as compact JSON; the same value always gives the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _float_text(array: Array) -> Array:
    values = array.to_numpy(zero_copy_only=False).astype(np.float64)
    known = np.isfinite(values)
    whole = known & (np.abs(values) < 2**53) & (np.floor(values) == values)
    out = pc.cast(array, pa.string())
    if whole.any():
        integers = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string())
        out = pc.if_else(pa.array(whole), integers, out)
    return pc.if_else(pa.array(known), out, pa.scalar(None, pa.string()))


def _cleaned(array: Array) -> Array:
    trimmed = pc.utf8_trim(array, characters=_INVISIBLE)
    empty = pc.is_in(trimmed, value_set=pa.array(sorted(EMPTY)))
    return pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)


def known_of(array: Array) -> Flags:
    """Which values are there."""
    return np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _matches(array: Array, pattern: str) -> Flags:
    found = pc.fill_null(pc.match_substring_regex(array, pattern=pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.bool_)


def distinct(array: Array) -> tuple[list[str | None], Ints]:
    """The distinct texts and, for each row, the position of its own; a last entry None stands for null."""
    encoded = array.dictionary_encode()
    codes = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return [*encoded.dictionary.to_pylist(), None], codes.astype(np.int64)


def mapped(array: Array, function: Callable[[str], str | None]) -> Array:
    """``function`` of each distinct text; null stays null."""
    values, codes = distinct(array)
    answers = pa.array([None if value is None else function(value) for value in values], pa.string())
    return answers.take(pa.array(codes))


def _select(array: Array, where: Flags) -> Array:
    return array.filter(pa.array(where))


# --- identifiers --------------------------------------------------------------------------------

_DAMAGED = r"^[0-9](\.[0-9]+)?[eE]\+[0-9]+$"


def keys(array: Array) -> Texts:
    """Identifiers: leading zeros stay, 12.0 becomes '12', a spreadsheet's guard (``'0012``, ``="0012"``) goes.

    An id that a spreadsheet turned into 2.34E+17 has lost its digits for good and is marked as bad.
    """
    text = as_text(array)
    text = pc.replace_substring_regex(text, pattern=r'^="(.*)"$', replacement=r"\1")
    text = pc.replace_substring_regex(text, pattern=r"^'", replacement="")
    text = pc.replace_substring_regex(text, pattern=r"^(-?[0-9]+)\.0+$", replacement=r"\1")
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return Texts(text, _matches(text, _DAMAGED))


# --- numbers and money --------------------------------------------------------------------------

_CURRENCY = re.compile(r"(?i)krw|usd|eur|jpy|gbp|us\$|원|won|円|[₩￦\\$€£¥]")
_GROUPED = {
    ".": re.compile(r"(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e[+-]?\d{1,3})?"),
    ",": re.compile(r"(\d{1,3}([. ']\d{3})+|\d+)?(,\d*)?(e[+-]?\d{1,3})?"),
}
_MINUS = "-−–△▲"


@lru_cache(maxsize=200_000)
def parse_number(text: str, decimal: str = ".", percent: bool = False) -> int | None:
    """One number as people write it, in millionths; None when it is none.

    ``decimal``: the decimal sign, the other of '.' and ',' groups thousands. Digits beyond the sixth decimal are cut
    off, which never changes an amount rounded to cents. '12.5%' is 0.125, and is a number only where ``percent``.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    share = text.endswith("%")
    if share and not percent:
        return None
    text = _CURRENCY.sub("", text.rstrip("%")).strip()
    if text[:1] and text[0] in _MINUS + "+":
        negative, text = negative or text[0] != "+", _CURRENCY.sub("", text[1:]).strip()
    text = text.lower()
    if not any(char.isdigit() for char in text) or not _GROUPED[decimal].fullmatch(text):
        return None
    plain = text.replace(",", "") if decimal == "." else re.sub(r"[. ']", "", text).replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    if share:
        value = value.scaleb(-2)
    if abs(value) > _LARGEST:
        return None
    scaled = int(value.scaleb(6))  # towards zero
    return -scaled if negative else scaled


def numbers(array: Array, decimal: str = ".", percent: bool = False) -> Numbers:
    """Any column as numbers in millionths."""
    kind = array.type
    if pa.types.is_integer(kind):
        data = pc.fill_null(array.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
        known, bad = known_of(array), np.abs(data) > _LARGEST
        return Numbers(np.where(bad, 0, data) * SCALE, known & ~bad, bad)
    if pa.types.is_floating(kind):
        return _from_floats(array.to_numpy(zero_copy_only=False).astype(np.float64))
    text = as_text(array)
    known = known_of(text)
    data = np.zeros(len(known), dtype=np.int64)
    bad = np.zeros(len(known), dtype=np.bool_)
    plain = _matches(text, r"^-?[0-9]{1,12}$")
    if plain.any():
        data[plain] = _select(text, plain).cast(pa.int64()).to_numpy(zero_copy_only=False) * SCALE
    rest = known & ~plain
    if rest.any():
        values, codes = distinct(_select(text, rest))
        parsed = [None if value is None else parse_number(value, decimal, percent) for value in values]
        wrong = np.array([one is None for one in parsed], dtype=np.bool_)
        data[rest] = np.array([one or 0 for one in parsed], dtype=np.int64)[codes]
        bad[rest] = wrong[codes]
    return Numbers(data, known & ~bad, bad)


def _from_floats(values: NDArray[np.float64]) -> Numbers:
    """Floats by their shortest decimal writing: 0.285 is 0.285, not the binary 0.28499…"""
    finite = np.isfinite(values)
    bad = np.isinf(values) | (finite & (np.abs(np.where(finite, values, 0)) > _LARGEST))
    usable = np.where(finite & ~bad, values, 0.0) * SCALE
    nearest = np.rint(usable)
    noise = np.abs(usable - nearest) <= 1e-9 * np.maximum(1.0, np.abs(usable))
    data = np.where(noise, nearest, np.trunc(usable)).astype(np.int64)
    return Numbers(data, finite & ~bad, bad)


def to_minor(scaled: Ints, minor_digits: int) -> Ints:
    """Millionths as whole smallest units of the currency, halves away from zero (11.765 dollars → 1177 cents)."""
    factor = SCALE // 10**minor_digits
    return np.sign(scaled) * ((np.abs(scaled) + factor // 2) // factor)


def integers(array: Array, decimal: str = ".") -> Numbers:
    """Whole numbers; a fraction is bad."""
    read = numbers(array, decimal)
    broken = read.known & (read.data % SCALE != 0)
    return Numbers(np.where(broken, 0, read.data // SCALE), read.known & ~broken, read.bad | broken)


# --- yes and no ---------------------------------------------------------------------------------


@cache
def _yes_no() -> dict[str, bool]:
    given = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))["yes_no"]
    return {str(word): says == "says_yes" for says, words in given.items() for word in words}


def parse_boolean(text: str) -> bool | None:
    """Yes or no as shops write it; None when it is neither."""
    word = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    word = re.sub(r"\.0+$", "", word)
    return _yes_no().get(word)


def booleans(array: Array) -> Numbers:
    """1 for yes, 0 for no."""
    if pa.types.is_boolean(array.type):
        known = known_of(array)
        data = pc.fill_null(array, False).to_numpy(zero_copy_only=False).astype(np.int64)
        return Numbers(data, known, np.zeros(len(known), dtype=np.bool_))
    text = as_text(array)
    values, codes = distinct(text)
    parsed = [None if value is None else parse_boolean(value) for value in values]
    known = known_of(text)
    understood = np.array([one is not None for one in parsed], dtype=np.bool_)[codes]
    data = np.array([bool(one) for one in parsed], dtype=np.int64)[codes]
    return Numbers(data, known & understood, known & ~understood)


# --- times --------------------------------------------------------------------------------------

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?$"
_ISO_OFFSET = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)? ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
)
_NO_DATE = r"^0{4}[-./]?0{2}[-./]?0{2}"
_TIME = (
    r"(?P<half>오전|오후|[aApP]\.?[mM]\.?)?\s*(?P<hour>\d{1,2})\s*(?:[:시]\s*(?:(?P<minute>\d{1,2})\s*"
    r"(?:[:분]\s*(?:(?P<second>\d{1,2})(?P<fraction>\.\d{1,9})?\s*초?)?)?)?)?\s*(?P<half2>오전|오후|[aApP]\.?[mM]\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|KST|[+-]\d{2}:?\d{2})?"
_WEEKDAY = r"\s*(?:\(\s*[월화수목금토일]\s*\)|[월화수목금토일]요일)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*[일.]?"
    + _WEEKDAY
    + rf"[\sT,]*(?:{_TIME}{_ZONE})?"
)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})[-./](?P<b>\d{1,2})[-./](?P<year>\d{4})" + rf"[\sT,]*(?:{_TIME}{_ZONE})?")


@dataclass(frozen=True)
class _Times:
    """Microseconds since 1970; ``absolute``: already UTC, else the wall clock of an unnamed zone."""

    data: Ints
    known: Flags
    bad: Flags
    absolute: Flags


def instants(array: Array, zone: ZoneInfo, order: DateOrder = "ymd") -> Numbers:
    """Points in time, as microseconds since 1970 in UTC; naive ones are the wall clock of ``zone``."""
    times = _times(array, order)
    local = times.known & ~times.absolute
    data = times.data.copy()
    if local.any():
        data[local] = local_to_utc(times.data[local], zone)
    return Numbers(data, times.known, times.bad)


def days(array: Array, zone: ZoneInfo, order: DateOrder = "ymd") -> Numbers:
    """Calendar days, as days since 1970; an instant with an offset falls on its day in ``zone``."""
    times = _times(array, order)
    data = times.data.copy()
    shifted = times.known & times.absolute
    if shifted.any():
        data[shifted] = utc_to_local(times.data[shifted], zone)
    return Numbers(np.where(times.known, data // MICROS_A_DAY, 0), times.known, times.bad)


def _times(array: Array, order: DateOrder) -> _Times:
    kind = array.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _typed_times(array)
    if pa.types.is_integer(kind):
        return _digit_times(pc.fill_null(array.cast(pa.int64()), 0).to_numpy(zero_copy_only=False), known_of(array))
    if pa.types.is_floating(kind):
        return _float_times(array.to_numpy(zero_copy_only=False).astype(np.float64))
    return _text_times(as_text(array), order)


def _typed_times(array: Array) -> _Times:
    known = known_of(array)
    aware = pa.types.is_timestamp(array.type) and array.type.tz is not None
    cast = array.cast(pa.timestamp("us", "UTC") if aware else pa.timestamp("us"), safe=False)
    data = pc.fill_null(cast.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return _Times(data, known, np.zeros(len(known), dtype=np.bool_), np.full(len(known), aware, dtype=np.bool_))


def _text_times(text: Array, order: DateOrder) -> _Times:
    """The usual spellings are read by the column, the rest one distinct text at a time."""
    known = known_of(text)
    out = _Times(
        np.zeros(len(known), dtype=np.int64),
        known.copy(),
        np.zeros(len(known), dtype=np.bool_),
        np.zeros(len(known), dtype=np.bool_),
    )
    text = pc.replace_substring_regex(
        text, pattern=r"^([0-9]{4})[./]([0-9]{2})[./]([0-9]{2})\.?", replacement=r"\1-\2-\3"
    )
    text = pc.replace_substring_regex(text, pattern=r" ?UTC$", replacement="Z")
    nothing = known & _matches(text, _NO_DATE)
    out.known[nothing] = False
    rest = known & ~nothing
    for pattern, reader in ((_ISO, _iso), (_ISO_OFFSET, _iso_offset), (r"^[0-9]{8,19}$", _digits)):
        if not rest.any():
            return out
        hit = rest & _matches(text, pattern)
        if hit.any():
            _put(out, hit, reader(_select(text, hit)))
            rest &= ~hit
    hit = rest & _matches(text, r"^[0-9]{5}(\.[0-9]+)?$")
    if hit.any():
        _put(out, hit, _float_times(_select(text, hit).cast(pa.float64()).to_numpy(zero_copy_only=False)))
        rest &= ~hit
    if rest.any():
        values, codes = distinct(_select(text, rest))
        parsed = [(None if value is None else parse_time(value, order)) for value in values]
        read = _Times(
            np.array([one[0] if one else 0 for one in parsed], dtype=np.int64)[codes],
            np.array([one is not None for one in parsed], dtype=np.bool_)[codes],
            np.array([one is None for one in parsed], dtype=np.bool_)[codes],
            np.array([bool(one and one[1]) for one in parsed], dtype=np.bool_)[codes],
        )
        _put(out, rest, read)
    return out


def _put(out: _Times, where: Flags, part: _Times) -> None:
    out.data[where], out.known[where] = part.data, part.known
    out.bad[where], out.absolute[where] = part.bad, part.absolute


def _iso(text: Array) -> _Times:
    size = len(text)
    try:
        cast = text.cast(pa.timestamp("us"))
        data = cast.cast(pa.int64()).to_numpy(zero_copy_only=False)
        return _Times(data, np.ones(size, np.bool_), np.zeros(size, np.bool_), np.zeros(size, np.bool_))
    except type_error:  # some day of the column does not exist, such as 31 February
        return _by_pandas(text, absolute=False)


def _iso_offset(text: Array) -> _Times:
    text = pc.replace_substring_regex(text, pattern=r" ?(Z|[+-][0-9:]+)$", replacement=r"\1")
    return _by_pandas(text, absolute=True)


def _by_pandas(text: Array, absolute: bool) -> _Times:
    series: Any = text.to_pandas()
    read: Any = cast(Any, pd).to_datetime(series, format="ISO8601", errors="coerce", utc=True)
    known = np.asarray(read.notna(), dtype=np.bool_)
    data = np.asarray(read.dt.tz_localize(None).astype("datetime64[us]"), dtype="datetime64[us]").astype(np.int64)
    return _Times(np.where(known, data, 0), known, ~known, np.full(len(known), absolute, dtype=np.bool_))


def _digits(text: Array) -> _Times:
    long = _matches(text, r"^[0-9]{19}$") & ~_matches(text, r"^[0-8]")
    usable = pc.if_else(pa.array(long), pa.scalar("0"), text)
    return _digit_times(usable.cast(pa.int64()).to_numpy(zero_copy_only=False), np.ones(len(text), np.bool_))


def _digit_times(value: Ints, known: Flags) -> _Times:
    """Whole numbers by their size: Excel days, YYYYMMDD, YYYYMMDDhhmm(ss), or an epoch in s, ms, µs or ns."""
    day = np.zeros(len(value), dtype=np.int64)
    clock = np.zeros(len(value), dtype=np.int64)
    written = np.zeros(len(value), dtype=np.bool_)
    for divisor, low, high in ((1, 10**7, 10**8), (10**4, 10**11, 10**12), (10**6, 10**13, 10**14)):
        hit = (value >= low) & (value < high)
        written |= hit
        day = np.where(hit, value // divisor, day)
        rest = np.where(hit, value % divisor, 0) * (10**6 // divisor if divisor > 1 else 0)
        clock = np.where(hit, rest, clock)
    civil, real = _civil(day, clock)
    absolute = np.zeros(len(value), dtype=np.bool_)
    data = np.where(written, civil, 0)
    good = written & real
    for low, high, times, over in (
        (10**8, 10**11, MICROS_A_SECOND, 1),
        (10**12, 10**13, 1_000, 1),
        (10**15, 10**16, 1, 1),
        (10**18, 9 * 10**18, 1, 1_000),
    ):
        hit = (value >= low) & (value < high)
        data = np.where(hit, np.where(hit, value, 0) * times // over, data)
        absolute |= hit
    serial = (value >= 20_000) & (value < 80_000)
    data = np.where(serial, (value - _EXCEL_EPOCH) * MICROS_A_DAY, data)
    good = known & (good | absolute | serial)
    return _Times(np.where(good, data, 0), good, known & ~good, absolute)


#: Day 25569 of a spreadsheet is 1 January 1970.
_EXCEL_EPOCH = 25_569


def _float_times(value: NDArray[np.float64]) -> _Times:
    """Excel serial days with a fraction, to the millisecond; whole floats as whole numbers."""
    known = np.isfinite(value)
    usable = np.where(known, value, 0.0)
    serial = known & (usable >= 20_000) & (usable < 80_000)
    whole = known & (np.floor(usable) == usable) & (np.abs(usable) < 2**53)
    read = _digit_times(np.where(whole, usable, 0).astype(np.int64), known & whole)
    millis = np.rint(np.where(serial, usable - _EXCEL_EPOCH, 0) * 86_400_000).astype(np.int64)
    good = serial | read.known
    return _Times(np.where(serial, millis * 1_000, read.data), good, known & ~good, read.absolute & ~serial)


def _civil(day: Ints, clock: Ints) -> tuple[Ints, Flags]:
    """YYYYMMDD and hhmmss as microseconds, and whether such a day and time exist."""
    year, month, dom = day // 10_000, day // 100 % 100, day % 100
    hour, minute, second = clock // 10_000, clock // 100 % 100, clock % 100
    real = (year >= 1800) & (year < 2300) & (month >= 1) & (month <= 12) & (dom >= 1) & (dom <= 31)
    real &= (hour < 24) & (minute < 60) & (second < 60)
    months = np.where(real, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    real &= dom <= following - first
    date_days = first + dom - 1
    return (date_days * 86_400 + hour * 3_600 + minute * 60 + second) * MICROS_A_SECOND, real


@lru_cache(maxsize=100_000)
def parse_time(text: str, order: DateOrder = "ymd") -> tuple[int, bool] | None:
    """One date or time as people write it: (microseconds, already UTC?), None when it is none.

    The year comes first and has four digits, unless ``order`` says that it comes last.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    match = _YEAR_FIRST.fullmatch(text)
    if match is not None:
        month, day = match["month"], match["day"]
    elif order != "ymd" and (match := _YEAR_LAST.fullmatch(text)) is not None:
        month, day = (match["a"], match["b"]) if order == "mdy" else (match["b"], match["a"])
    else:
        return None
    hour = _hour(match)
    if hour is None:
        return None
    fraction = round(float(match["fraction"] or 0) * MICROS_A_SECOND)
    try:
        moment = datetime(
            int(match["year"]), int(month), int(day), hour, int(match["minute"] or 0), int(match["second"] or 0)
        )
    except ValueError:
        return None
    micros = _micros(moment) + fraction
    zone = match["zone"]
    if not zone:
        return micros, False
    return micros - _offset(zone), True


def _hour(match: re.Match[str]) -> int | None:
    """The hour of 24; None for '오후 13:05' written against itself with an hour above 23 or a half day's 0."""
    hour = int(match["hour"] or 0)
    half = (match["half"] or match["half2"] or "").replace(".", "").lower()
    if not half or hour > 12:
        return hour if hour < 24 else None
    if half in ("오후", "pm"):
        return hour + 12 if hour < 12 else 12
    return hour % 12


def _offset(zone: str) -> int:
    if zone in ("Z", "UTC", "GMT"):
        return 0
    if zone == "KST":
        return 9 * 3600 * MICROS_A_SECOND
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60) * MICROS_A_SECOND


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def local_to_utc(local: Ints, zone: ZoneInfo) -> Ints:
    """Wall-clock microseconds of ``zone`` as UTC.

    A time that the clocks skipped counts on from before the change (02:30 is half an hour after 02:00), one that
    they showed twice is the first of the two: the rule of PEP 495.
    """
    index = pd.DatetimeIndex(local.view("datetime64[us]"))
    first = np.ones(len(local), dtype=np.bool_)
    aware: Any = index.tz_localize(str(zone), ambiguous=first, nonexistent="NaT")
    out = np.array(aware.tz_convert(None), dtype="datetime64[us]")
    skipped = np.isnat(out)
    result = out.astype(np.int64)
    for place in np.flatnonzero(skipped):
        moment = datetime(1970, 1, 1) + timedelta(microseconds=int(local[place]))
        result[place] = _micros(moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None))
    return result


def utc_to_local(utc: Ints, zone: ZoneInfo) -> Ints:
    """UTC microseconds as the wall clock of ``zone``."""
    aware: Any = pd.DatetimeIndex(utc.view("datetime64[us]")).tz_localize("UTC").tz_convert(str(zone))
    return np.array(aware.tz_localize(None), dtype="datetime64[us]").astype(np.int64)


# --- phones -------------------------------------------------------------------------------------


def parse_phone(text: str) -> str | None:
    """Digits only; Korean numbers begin with 0 again where a spreadsheet or a country code took it away."""
    text = unicodedata.normalize("NFKC", text)
    if "*" in text:
        return None  # masked: nobody's number
    digits = re.sub(r"\D", "", re.sub(r"\.0+$", "", text))
    if text.lstrip("' ").startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if not digits.startswith("82"):
            return f"+{digits}" if digits else None
    if digits.startswith("82") and len(digits) >= 11:
        digits = "0" + digits[2:].lstrip("0")
    if re.fullmatch(r"1[016789]\d{7,8}", digits):
        digits = "0" + digits
    return digits or None


def phones(array: Array) -> Array:
    return mapped(as_text(array), parse_phone)


# --- back to columns ----------------------------------------------------------------------------


def from_arrow(values: Sequence[object]) -> Array:
    """A column of a frame as an Arrow array; columns of mixed things (a spreadsheet's) become text."""
    try:
        return _combined(pa.Array.from_pandas(values))
    except type_error:
        return pa.array([_cell_text(value) for value in values], pa.string())


def _combined(array: Array) -> Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _cell_text(value: object) -> str | None:
    """One cell of a mixed column as text, as ``as_text`` would write it."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, (dict, list)):
        return json_text(cast(object, value))
    return str(value)
