"""Operators as SQL: a value, an operator and what it is compared with (semantics.md, '모수')."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, not_, true

from ifdo_core.engines.sql import contains, date_days_between, ends_with, regex_matches, starts_with
from ifdo_core.segments.model import Value

Flag = ColumnElement[bool]

#: Operators that say 'no element does' of a set, with the one they deny.
DENIED = {"ne": "eq", "not_in": "in", "not_contains": "contains", "none_of": "any_of"}

_COMPARISONS: dict[str, Callable[[ColumnElement[Any], Any], Flag]] = {
    "eq": lambda x, value: x == value,
    "ne": lambda x, value: x != value,
    "gt": lambda x, value: x > value,
    "gte": lambda x, value: x >= value,
    "lt": lambda x, value: x < value,
    "lte": lambda x, value: x <= value,
    "between": lambda x, value: x.between(value[0], value[1]),
    "in": lambda x, value: x.in_(value),
    "not_in": lambda x, value: x.not_in(value),
    "contains": lambda x, value: contains(x, value),
    "not_contains": lambda x, value: not_(contains(x, value)),
    "starts_with": lambda x, value: starts_with(x, value),
    "ends_with": lambda x, value: ends_with(x, value),
    "matches": lambda x, value: regex_matches(x, value),
    "is_known": lambda x, value: x.is_not(None),
    "is_unknown": lambda x, value: x.is_(None),
    "is_true": lambda x, value: x == true(),
    "is_false": lambda x, value: x == false(),
    "any_of": lambda x, value: x.in_(value),
}


def compare(x: ColumnElement[Any], op: str, value: Value) -> Flag:
    """``x op value`` for one value; null where ``x`` is unknown, but for is_known and is_unknown."""
    return _COMPARISONS[op](x, value)


def compare_date(x: ColumnElement[Any], op: str, value: Value, today: ColumnElement[Any]) -> Flag:
    """``x`` is a local date, ``today`` the local date of 'as of'.

    in_last_days N: today and the N - 1 days before it. A day after today is in no last days, and
    ``not_in_last_days`` is the opposite for every known date.
    """
    if op in ("is_known", "is_unknown"):
        return compare(x, op, value)
    if op in ("in_last_days", "not_in_last_days"):
        ago = date_days_between(x, today)
        inside = and_(ago >= 0, ago < cast(int, value))
        return inside if op == "in_last_days" else not_(inside)
    if op == "between":
        low, high = (date.fromisoformat(str(item)) for item in cast(tuple[str, str], value))
        return x.between(low, high)
    day = date.fromisoformat(str(value))
    return {"on": x == day, "before": x < day, "after": x > day}[op]
