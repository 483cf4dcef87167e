"""Does a value satisfy an operator? (semantics.md, '모수' and 'Negation over sets')"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "gt": lambda value, wanted: value > wanted,
    "gte": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "lte": lambda value, wanted: value <= wanted,
    "between": lambda value, wanted: wanted[0] <= value <= wanted[1],
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "contains": lambda value, wanted: wanted in value,
    "not_contains": lambda value, wanted: wanted not in value,
    "starts_with": lambda value, wanted: value.startswith(wanted),
    "ends_with": lambda value, wanted: value.endswith(wanted),
    "matches": lambda value, wanted: re.search(wanted, value) is not None,
    "is_true": lambda value, wanted: value is True,
    "is_false": lambda value, wanted: value is False,
    "any_of": lambda value, wanted: any(one in value for one in wanted),
    "all_of": lambda value, wanted: all(one in value for one in wanted),
    "none_of": lambda value, wanted: not any(one in value for one in wanted),
}
#: Over a set of texts these mean 'no element does'; the others 'some element does'.
NEGATIVE = {"ne", "not_in", "not_contains"}
SET_OPERATORS = {"any_of", "all_of", "none_of"}


def satisfied(value: Any, op: str, wanted: Any, today: date) -> bool:
    """Two-valued: unknown values satisfy nothing but ``is_unknown``. ``today``: the local date of 'as of'."""
    if op == "is_known":
        return value is not None
    if op == "is_unknown":
        return value is None
    if value is None:
        return False
    if isinstance(value, date):
        return date_satisfied(value, op, wanted, today)
    if isinstance(value, set) and op not in SET_OPERATORS:
        told = [COMPARE[op](element, wanted) for element in value]
        return all(told) if op in NEGATIVE else any(told)
    return COMPARE[op](value, wanted)


def date_satisfied(value: date, op: str, wanted: Any, today: date) -> bool:
    if op in ("in_last_days", "not_in_last_days"):
        within = today - timedelta(days=wanted) < value <= today
        return within if op == "in_last_days" else not within
    if op == "between":
        return date.fromisoformat(wanted[0]) <= value <= date.fromisoformat(wanted[1])
    day = date.fromisoformat(wanted)
    return {"on": value == day, "before": value < day, "after": value > day}[op]
