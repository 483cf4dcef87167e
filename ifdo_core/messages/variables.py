"""Variables such as #{이름}: which there are, where a text holds them, and what stands there for a member."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

import pandas as pd

VARIABLE = re.compile(r"#\{([^{}@]{1,40})\}")
_OPEN = re.compile(r"#\{(?![^{}@]{1,40}\})")


@dataclass(frozen=True)
class Variable:
    """``column``: of the members table ('order_count' and such: of the person's state); ``example``: for an empty
    shop."""

    name: str
    column: str
    kind: str  # text money number date
    example: str
    en: str


#: Variables a message may use, by their name.
VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        one.name: one
        for one in (
            Variable("이름", "name", "text", "김하나", "name"),
            Variable("등급", "grade", "text", "골드", "grade"),
            Variable("적립금", "points", "money", "3,200원", "points"),
            Variable("쿠폰수", "coupons_held", "number", "2", "coupons held"),
            Variable("지역", "region", "text", "서울", "region"),
            Variable("가입일", "joined_at", "date", "2025년 3월 2일", "join date"),
            Variable("생일", "birthday", "day", "3월 2일", "birthday"),
            Variable("적립금소멸일", "points_expire_on", "day", "12월 31일", "day points expire"),
            Variable("구매횟수", "order_count", "number", "3", "orders so far"),
            Variable("누적구매금액", "total_amount", "money", "152,000원", "amount bought"),
        )
    }
)


def names_in(text: str) -> tuple[str, ...]:
    """The variables of a text, each once, in order."""
    return tuple(dict.fromkeys(VARIABLE.findall(text)))


def is_broken(text: str) -> bool:
    """Whether a variable is opened and not closed."""
    return _OPEN.search(text) is not None


def parts_of(text: str) -> Iterator[tuple[str, str | None]]:
    """The text cut at its variables: (literal, None) and ('', variable name)."""
    at = 0
    for found in VARIABLE.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], None
        yield "", found[1]
        at = found.end()
    if at < len(text):
        yield text[at:], None


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its variables replaced; one that ``values`` lacks stays as it is."""
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def worded(value: object, kind: str) -> str:
    """A value as it stands in a message: '3,200원', '3월 2일'. Messages speak Korean."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if kind == "money":
        return f"{int(value):,}원"  # type: ignore[call-overload]
    if kind == "number":
        return f"{int(value):,}"  # type: ignore[call-overload]
    if kind in ("date", "day") and isinstance(value, (date, datetime)):
        day = f"{value.month}월 {value.day}일"
        return day if kind == "day" else f"{value.year}년 {day}"
    return str(value)
