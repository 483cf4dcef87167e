"""What each of our columns holds, and how a column of somebody's file becomes that."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa_untyped
import yaml
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer

from ifdo_core.ingest import values
from ifdo_core.ingest.mapping import TABLES
from ifdo_core.ingest.readers import simplified
from ifdo_core.ingest.values import Array, DateOrder, Flags, Numbers
from ifdo_core.tables import Key

pa: Any = pa_untyped

Kind: TypeAlias = Literal[
    "key", "text", "money", "integer", "instant", "day", "boolean", "phone", "json", "status", "word"
]

#: Columns read in a way their type does not tell.
_SPECIAL: Mapping[str, Kind] = MappingProxyType(
    {
        "orders.status": "status",
        "order_items.status": "status",
        "members.phone": "phone",
        "events.params": "json",
        "members.extra": "json",
        "order_items.paid": "money",
        "members.points": "integer",
        "products.stock": "integer",
    }
)

#: Columns with values of our own (data/lookups/values.yaml), by the list of words that lead there.
_WORD_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "events.device": "device",
        "events.os": "os",
        "events.browser": "browser",
        "events.country": "country",
        "events.region": "region",
        "events.language": "language",
        "orders.payment_method": "payment_method",
        "orders.channel": "order_channel",
        "orders.region": "region",
        "members.gender": "gender",
        "members.region": "region",
        "members.signup_channel": "signup_channel",
        "messages.channel": "message_channel",
        "messages.status": "message_status",
    }
)

#: Columns whose values may be below zero.
_SIGNED = frozenset(["products.stock", "members.points"])

#: Times that may lie ahead: what will expire.
_AHEAD = frozenset(["members.points_expire_on", "members.coupon_expires_on"])


@dataclass(frozen=True)
class Target:
    """One of our columns: how it is read and what it may hold."""

    table: str
    name: str
    kind: Kind
    words: str | None  # list of words
    signed: bool
    ahead: bool
    small: bool  # 32 bits


@cache
def target(table: str, name: str) -> Target:
    full = f"{table}.{name}"
    words = _WORD_LISTS.get(full)
    column = TABLES[table].columns.get(name)
    kind: Kind = "word" if words else _SPECIAL.get(full) or _kind_of(column)
    small = column is not None and isinstance(column.type, Integer) and not isinstance(column.type, BigInteger)
    return Target(table, name, kind, words, full in _SIGNED, full in _AHEAD, small)


def _kind_of(column: Column[Any] | None) -> Kind:
    kind = None if column is None else column.type
    if isinstance(kind, Key):
        return "key"
    if isinstance(kind, Boolean):
        return "boolean"
    if isinstance(kind, BigInteger):
        return "money"
    if isinstance(kind, Integer):
        return "integer"
    if isinstance(kind, DateTime):
        return "instant"
    if isinstance(kind, Date):
        return "day"
    return "text"


@dataclass(frozen=True)
class Conversion:
    """What reading needs to know of the shop and the file. ``latest``: times after it (µs, UTC) lie in the future."""

    zone: ZoneInfo
    minor_digits: int
    decimal: str
    dates: DateOrder
    latest: int


@dataclass(frozen=True)
class Converted:
    """A column as our table holds it, null where unknown, and the reason against each row ('' where none)."""

    data: Array
    reasons: Mapping[str, Flags]

    def bad(self) -> Flags:
        out = np.zeros(len(self.data), dtype=np.bool_)
        for flags in self.reasons.values():
            out |= flags
        return out


def convert(array: Array, to: Target, how: Conversion) -> Converted:
    """A column of a file as ``to`` holds it."""
    if to.kind == "key":
        read = values.keys(array)
        return Converted(read.data, {"damaged_id": read.bad})
    if to.kind in ("money", "integer"):
        number = values.numbers(array, how.decimal) if to.kind == "money" else values.integers(array, how.decimal)
        return from_numbers(number, to, how)
    if to.kind == "instant":
        return _times(values.instants(array, how.zone, how.dates), pa.timestamp("us"), how.latest, to)
    if to.kind == "day":
        latest = how.latest // values.MICROS_A_DAY + 1  # whatever the zone
        return _times(values.days(array, how.zone, how.dates), pa.date32(), latest, to)
    if to.kind == "boolean":
        flag = values.booleans(array)
        return Converted(pa.array(flag.data != 0, mask=~flag.known), {"not_a_boolean": flag.bad})
    if to.kind == "phone":
        return Converted(values.phones(array), {})
    if to.kind == "json":
        text = values.as_text(array)
        good = values.mapped(text, lambda one: one if _is_object(one) else None)
        return Converted(good, {"not_json": values.known_of(text) & ~values.known_of(good)})
    if to.words is not None:
        return Converted(values.mapped(values.as_text(array), word_reader(to.words)), {})
    return Converted(values.as_text(array), {})


def from_numbers(number: Numbers, to: Target, how: Conversion) -> Converted:
    """Millionths (money) or whole numbers (integer) as the column holds them."""
    data = values.to_minor(number.data, how.minor_digits) if to.kind == "money" else number.data
    reasons = {"not_an_amount" if to.kind == "money" else "not_an_integer": number.bad}
    if not to.signed:
        reasons["negative"] = number.known & (data < 0)
    if to.small:
        reasons["too_large"] = number.known & (np.abs(data) >= 2**31)
        data = np.where(reasons["too_large"], 0, data)
    return Converted(pa.array(data, pa.int32() if to.small else pa.int64(), mask=~number.known), reasons)


def _times(read: Numbers, kind: Any, latest: int, to: Target) -> Converted:
    whole = pa.int32() if kind == pa.date32() else pa.int64()
    data = pa.array(read.data, whole, mask=~read.known).cast(kind)
    reasons = {"not_a_time": read.bad}
    if not to.ahead:
        reasons["future"] = read.known & (read.data > latest)
    return Converted(data, reasons)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


# --- words ----------------------------------------------------------------------------------------


@cache
def _words() -> Mapping[str, Any]:
    return yaml.safe_load(values.WORDS_FILE.read_text(encoding="utf-8"))


@cache
def word_reader(name: str) -> Callable[[str], str | None]:
    """From a shop's word to ours for a list of words; a word that is not listed stays as it is."""
    lists = _words()[name]
    nothing = {simplified(word) for word in lists.get("unknown", ())}
    whole = {simplified(word): ours for ours, words in lists.get("is", {}).items() for word in (ours, *words)}
    starts = sorted(
        ((simplified(word), ours) for ours, words in lists.get("begins", {}).items() for word in words),
        key=lambda pair: -len(pair[0]),
    )
    holds = [(simplified(word), ours) for ours, words in lists.get("holds", {}).items() for word in words]

    def read(text: str) -> str | None:
        word = simplified(text)
        if word in nothing:
            return None
        found = whole.get(word)
        if found is None:
            found = next((ours for start, ours in starts if word.startswith(start)), None)
        if found is None:
            found = next((ours for part, ours in holds if part in word), None)
        return text if found is None else found

    return read


#: Statuses an order may have, and what a line's word may lead to beside: 'noted' counts as paid and is named in the
#: report, 'drop' is a line that must not be counted.
STATUSES = ("pending", "paid", "cancelled", "refunded", "partially_refunded")


def status_reader(words: Mapping[str, tuple[str, ...]]) -> Callable[[str], tuple[str, bool]]:
    """From a shop's word for a status to ours, and whether it is to be named in the report.

    The longest beginning that fits decides. A word nobody knows is pending, and is named: to count an order that was
    not paid is worse than to ask.
    """
    generic = _words()["status"]["begins"]
    starts: dict[str, str] = {simplified(word): ours for ours, given in generic.items() for word in given}
    starts.update({simplified(word): ours for ours, given in words.items() for word in given})
    ordered = sorted(starts.items(), key=lambda pair: -len(pair[0]))
    own = {simplified(status): status for status in STATUSES}

    def read(text: str) -> tuple[str, bool]:
        word = simplified(re.sub(r"^wc-", "", text.strip()))
        if word in own:
            return own[word], False
        found = next((ours for start, ours in ordered if word.startswith(start)), None)
        if found is None:
            return "pending", True
        return ("paid", True) if found == "noted" else (found, found == "drop")

    return read
