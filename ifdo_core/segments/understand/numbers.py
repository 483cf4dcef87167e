"""Amounts, counts, durations, periods and dates as people write them, in Korean and English."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

#: Days of a span's unit.
_SPAN = {"일": 1, "주": 7, "주일": 7, "달": 30, "개월": 30, "년": 365, "day": 1, "week": 7, "month": 30, "year": 365}
_WORDS = {
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_UNITS = {
    "원": "money", "won": "money", "krw": "money",
    "회": "count", "번": "count", "건": "count", "차례": "count", "time": "count", "order": "count",
    "개": "pieces", "장": "pieces", "종": "pieces", "item": "pieces", "product": "pieces", "명": "pieces",
    "일": "days", "day": "days", "주": "weeks", "week": "weeks", "달": "months", "개월": "months", "month": "months",
    "페이지": "pages", "page": "pages", "px": "plain", "배": "plain", "%": "percent", "퍼센트": "percent",
    "세": "age", "살": "age", "years old": "age", "월": "month", "시": "clock",
}  # fmt: skip
_SECONDS = {
    "시간": 3600,
    "hour": 3600,
    "h": 3600,
    "분": 60,
    "minute": 60,
    "min": 60,
    "초": 1,
    "second": 1,
    "sec": 1,
    "s": 1,
}
_SINO_LETTERS = "[일이삼사오육칠팔구십백천만억]+"
_SINO_DIGITS = {letter: value for value, letter in enumerate("일이삼사오육칠팔구", 1)}
_SINO_STEPS = {"십": 10, "백": 100, "천": 1000}
_STEPS = {"억": 10**8, "만": 10**4, "천": 10**3, "k": 10**3, "m": 10**6}

_PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_FIGURE = rf"(?:(?:{_PLAIN}\s*[억만천]\s*)+(?:{_PLAIN})?|{_PLAIN}(?:[km](?![a-z]))?)"
_COUNTED = r"(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)(?=\s*(?:번|회|건|개|달))"
#: Amounts in words, '칠만 원': of money alone, since '이' and '일' are words of their own elsewhere.
_SINO = rf"(?<![가-힣]){_SINO_LETTERS}(?:\s{_SINO_LETTERS})*(?=\s*원)"
_SPELT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten)(?![a-z])"
_TIMES = r"(?:once|twice)(?![a-z])"
_DURATION = r"(?:시간|분|초|hours?|minutes?|mins?|seconds?|secs?|[hs](?![a-z]))"
_NUMBER = rf"[₩$]?\s*(?:{_FIGURE}|{_COUNTED}|{_SINO}|{_SPELT})"
_UNIT = (
    r"(?:원|won(?![a-z])|krw(?![a-z])|회|번|건|차례|times?(?![a-z])|orders?(?![a-z])|개월|개|장|종|명"
    r"|items?(?![a-z])|products?(?![a-z])|일(?!요)|days?(?![a-z])|주일?|weeks?(?![a-z])|달|months?(?![a-z])"
    r"|페이지|pages?(?![a-z])|px(?![a-z])|배|%|퍼센트|세|살|years\s+old|월|시(?!간))"
)
_ONE = rf"(?:{_NUMBER}\s*{_DURATION}(?:\s*{_NUMBER}\s*{_DURATION})*|{_TIMES}|{_NUMBER}(?:\s*{_UNIT})?)"
_AFTER = (
    r"(?:이상|넘게|넘는|넘은|넘어|초과|이하|미만|이내|까지|안쪽|or\s+more|or\s+older|and\s+over|and\s+older|or\s+less"
    r"|or\s+fewer|or\s+under|or\s+younger|plus(?![a-z])|\+)"
)
_BEFORE = (
    r"(?:more\s+than|over|above|exceeding|greater\s+than|at\s+least|minimum|from|less\s+than|fewer\s+than|under|below"
    r"|at\s+most|up\s+to|no\s+more\s+than|exactly|>=|<=|≥|≤|>|<)"
)
_OPS = {
    "이상": "gte", "or more": "gte", "or older": "gte", "and over": "gte", "and older": "gte",
    "plus": "gte", "+": "gte",
    "at least": "gte", "minimum": "gte", "from": "gte", ">=": "gte", "≥": "gte",
    "넘게": "gt", "넘는": "gt", "넘은": "gt", "넘어": "gt", "초과": "gt",
    "more than": "gt", "over": "gt", "above": "gt",
    "exceeding": "gt", "greater than": "gt", ">": "gt",
    "이하": "lte", "이내": "lte", "까지": "lte", "안쪽": "lte", "or less": "lte", "or fewer": "lte", "or under": "lte",
    "or younger": "lte", "at most": "lte", "up to": "lte", "no more than": "lte", "<=": "lte", "≤": "lte",
    "미만": "lt", "less than": "lt", "fewer than": "lt", "under": "lt", "below": "lt", "<": "lt", "exactly": "eq",
}  # fmt: skip

_RANGE = re.compile(
    rf"(?:between\s+)?({_ONE})\s*(?:~|–|-|에서|부터|\bto\b|\band\b)\s*({_ONE})(?:\s*(?:사이|까지))?(?:\s*(전|ago)(?![a-z\uac00-\ud7a3]))?",
    re.IGNORECASE,
)
_SINGLE = re.compile(
    rf"(?:({_BEFORE})\s*)?({_ONE})(?:\s*(전|ago)(?![a-z\uac00-\ud7a3]))?(?:도|만|을|를)?(?:\s*({_AFTER}))?",
    re.IGNORECASE,
)
_PART = re.compile(rf"({_NUMBER})\s*({_DURATION})", re.IGNORECASE)
_SPAN_UNIT = r"(주일|개월|일(?!요)|주|달|년|days?|weeks?|months?|years?)"
_SPAN_WORDS = re.compile(
    r"(?:최근|지난|the\s+last|the\s+past|last|past|in\s+the\s+last|within)?\s*"
    r"(일주일|한\s*주|한\s*달|보름|하루|24\s*시간|week(?![a-z])|month(?![a-z])|24\s*h(?:ours?)?(?![a-z]))"
    r"\s*(?:동안|간|이내에?|안에|내에?)?(?=[\s,.에]|$)", re.IGNORECASE)  # fmt: skip
_PERIOD_ENDS = r"\s*(?:동안|간(?![가-힣])|이내에?|안(?:에|이|인)?|내에?)"
_PERIODS = (
    re.compile(rf"(?:최근|지난)\s*({_NUMBER})\s*{_SPAN_UNIT}(?:{_PERIOD_ENDS})?", re.IGNORECASE),
    re.compile(rf"({_NUMBER})\s*{_SPAN_UNIT}{_PERIOD_ENDS}(?![가-힣]{{2}})", re.IGNORECASE),
    re.compile(
        r"(?:(?:in|within|over|during|for)\s+)?(?:the\s+)?(?:last|past|previous)\s+"
        rf"({_NUMBER})\s*{_SPAN_UNIT}(?![a-z])",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:in|within)\s+({_NUMBER})\s*{_SPAN_UNIT}(?![a-z])", re.IGNORECASE),
)
_NAMED = {"일주일": 7, "한주": 7, "한달": 30, "보름": 15, "하루": 1, "24시간": 1, "week": 7, "month": 30}
_DAY = re.compile(r"(?:(before|until|after|since|on)\s+)?(\d{4})[-./](\d{1,2})[-./](\d{1,2})\s*(~|전|이전|후|이후)?")

_DAY_OPS = {
    "전": "before", "이전": "before", "before": "before", "until": "before",
    "후": "after", "이후": "after", "after": "after", "since": "after",
}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number as it was said: ``low`` and ``high`` of a range or one value, in ``unit``; durations in seconds."""

    op: str  # eq, gt, gte, lt, lte, between; '' where none was said
    low: float
    high: float
    unit: str  # money count pieces days pages percent age month clock duration plain
    ago: bool = False


@dataclass(frozen=True)
class Period:
    days: int


@dataclass(frozen=True)
class Day:
    """A date with where it stands: 'on', 'before', 'after'."""

    text: str
    op: str


def read_period(text: str, at: int) -> tuple[Period, int] | None:
    """A period at ``at`` and where it ends."""
    for pattern in _PERIODS:
        if (found := pattern.match(text, at)) and (number := _figure(found[1])) is not None:
            unit = found[2].lower()
            return Period(int(number * _SPAN[unit.rstrip("s") if unit.isascii() else unit])), found.end()
    if (found := _SPAN_WORDS.match(text, at)) and found.end() > at:
        said = re.sub(r"\s+", "", found[1].lower())
        if re.match(r"최근|지난|the|last|past|in|within", found[0].lower()) or not said.isascii():
            return Period(1 if said.startswith("24") else _NAMED[said]), found.end()
    return None


def read_day(text: str, at: int) -> tuple[Day, int] | None:
    """A date at ``at``: '2026-11-24 이후'."""
    found = _DAY.match(text, at)
    if found is None:
        return None
    op = _DAY_OPS.get(found[5] or found[1] or "", "on")
    return Day(f"{int(found[2]):04}-{int(found[3]):02}-{int(found[4]):02}", op), found.end()


def read_number(text: str, at: int) -> tuple[Number, int] | None:
    """A number with its unit and comparison at ``at``, and where it ends."""
    if found := _RANGE.match(text, at):
        high = _one(found[2])
        # '3~5만원', '24~72시간': what is said once is of both
        shared = _one(found[1].strip() + re.sub(r"^[\d,.\s₩$]+", "", found[2].strip()))
        for low in (shared, _one(found[1])):
            if low and high and low[1] in ("plain", high[1]) and low[0] <= high[0]:
                return Number("between", low[0], high[0], high[1], ago=bool(found[3])), found.end()
    found = _SINGLE.match(text, at)
    if found is None or not (one := _one(found[2])):
        return None
    said = re.sub(r"\s+", " ", (found[4] or found[1] or "").lower())
    return Number(_OPS.get(said, "gte" if found[3] else ""), one[0], one[0], one[1], ago=bool(found[3])), found.end()


def other_ops(number: Number) -> tuple[Number, ...]:
    """The readings of a number, the likeliest first: what was said; 'more than' is often meant as 'or more'."""
    if number.op == "gt":
        return number, replace(number, op="gte")
    return (number,)


def _one(text: str) -> tuple[float, str] | None:
    text = text.strip().lower()
    if text in ("once", "twice"):
        return (1 if text == "once" else 2), "count"
    parts = _PART.findall(text)
    if parts:
        seconds = sum((_figure(number) or 0) * _SECONDS[_bare(unit)] for number, unit in parts)
        return seconds, "duration"
    found = re.fullmatch(rf"({_NUMBER})\s*({_UNIT})?", text, re.IGNORECASE)
    if found is None or (number := _figure(found[1])) is None:
        return None
    unit = _UNITS.get(re.sub(r"\s+", " ", found[2]), "") or _UNITS[_bare(found[2])] if found[2] else "plain"
    if unit in ("weeks", "months"):
        return number * (7 if unit == "weeks" else 30), "days"
    if unit == "plain" and (re.search(r"[₩$]|[억만천]\s*$|\dk$", found[1])):
        unit = "money"
    return number, unit


def _bare(unit: str) -> str:
    return unit.removesuffix("s") if unit.isascii() and len(unit) > 1 else unit.removesuffix("일") or unit


def _figure(text: str) -> float | None:
    bare = re.sub(r"[₩$,\s]", "", text.lower())
    if bare in _WORDS:
        return _WORDS[bare]
    if re.fullmatch(_SINO_LETTERS, bare):
        return _sino(bare)
    total, found = 0.0, False
    for part, step in re.findall(r"(\d+(?:\.\d+)?)([억만천km]?)", bare):
        total += float(part) * _STEPS.get(step, 1)
        found = True
    return total if found else None


def _sino(letters: str) -> float:
    """'이십오만삼천' → 253,000: digits times ten, hundred, thousand, and all before '만' and '억' times that."""
    total, group, digit = 0, 0, 0
    for letter in letters:
        if letter in _SINO_DIGITS:
            digit = _SINO_DIGITS[letter]
        elif letter in _SINO_STEPS:
            group, digit = group + (digit or 1) * _SINO_STEPS[letter], 0
        else:
            total, group, digit = total + (group + digit or 1) * _STEPS[letter], 0, 0
    return total + group + digit
