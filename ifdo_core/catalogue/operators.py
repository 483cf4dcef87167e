"""Operators and value types: which operators a type allows, and what value each one takes.

The 309 conditions use seven operator sets; they are fixed by the value type, so an entry never lists
operators of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ValueType = Literal[
    "category", "string", "id", "integer", "number", "money", "percent", "score", "duration_s",
    "boolean", "date", "count", "sum", "text_set", "set",
]  # fmt: skip
Kind = Literal["attribute", "behaviour", "standing", "live"]

#: What stands behind an operator: nothing, one value, a list, a pair [low, high], a number of days.
Arity = Literal["none", "one", "many", "pair", "days"]


@dataclass(frozen=True)
class Operator:
    id: str
    arity: Arity
    ko: str  # wording after the value: '{value} 이상'
    en: str


def _ops(*rows: tuple[str, Arity, str, str]) -> dict[str, Operator]:
    return {row[0]: Operator(*row) for row in rows}


OPERATORS: dict[str, Operator] = _ops(
    ("eq", "one", "{value}", "is {value}"),
    ("ne", "one", "{value} 아님", "is not {value}"),
    ("gt", "one", "{value} 초과", "more than {value}"),
    ("gte", "one", "{value} 이상", "{value} or more"),
    ("lt", "one", "{value} 미만", "less than {value}"),
    ("lte", "one", "{value} 이하", "{value} or less"),
    ("between", "pair", "{low}~{high}", "{low} to {high}"),
    ("in", "many", "{value} 중 하나", "any of {value}"),
    ("not_in", "many", "{value} 아님", "none of {value}"),
    ("contains", "one", "‘{value}’ 포함", "contains ‘{value}’"),
    ("not_contains", "one", "‘{value}’ 포함 안 함", "does not contain ‘{value}’"),
    ("starts_with", "one", "‘{value}’(으)로 시작", "starts with ‘{value}’"),
    ("ends_with", "one", "‘{value}’(으)로 끝남", "ends with ‘{value}’"),
    ("matches", "one", "정규식 {value} 일치", "matches regex {value}"),
    ("is_known", "none", "값 있음", "is known"),
    ("is_unknown", "none", "값 없음", "is unknown"),
    ("is_true", "none", "예", "yes"),
    ("is_false", "none", "아니요", "no"),
    ("on", "one", "{value} 당일", "on {value}"),
    ("before", "one", "{value} 이전", "before {value}"),
    ("after", "one", "{value} 이후", "after {value}"),
    ("in_last_days", "days", "최근 {value}일 안", "in the last {value} days"),
    ("not_in_last_days", "days", "최근 {value}일 안이 아님", "not in the last {value} days"),
    ("any_of", "many", "{value} 중 하나라도", "any of {value}"),
    ("all_of", "many", "{value} 모두", "all of {value}"),
    ("none_of", "many", "{value} 없음", "none of {value}"),
)

_KNOWN = ("is_known", "is_unknown")
_COMPARE = ("eq", "ne", "gt", "gte", "lt", "lte", "between")
_TEXT = ("eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches")

TYPE_OPERATORS: dict[ValueType, tuple[str, ...]] = {
    "category": ("in", "not_in", *_KNOWN),
    "id": ("in", "not_in", *_KNOWN),
    "string": (*_TEXT, *_KNOWN),
    "text_set": (*_TEXT, *_KNOWN),
    "boolean": ("is_true", "is_false", *_KNOWN),
    "date": ("on", "before", "after", "between", "in_last_days", "not_in_last_days", *_KNOWN),
    "set": ("any_of", "all_of", "none_of", *_KNOWN),
    "count": _COMPARE,
    "sum": _COMPARE,
    **dict.fromkeys(("integer", "number", "money", "percent", "score", "duration_s"), (*_COMPARE, *_KNOWN)),
}
