"""Numbers, money and time as people read them, in Korean and English (screens.md, 'Everywhere').

Every function takes ``language`` ('ko', 'en'; default: the current one) and gives one line of text.
A number that is not there (None, NaN, infinite) is said in words, never shown as 0 or a dash.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import TypeGuard
from zoneinfo import ZoneInfo

from ifdo_core.config import ShopSettings
from ifdo_core.i18n import current_language

Number = int | float | Decimal

#: Wide enough for any float, so that rounding never fails.
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)
_MISSING = {"ko": "조회할 수 없음", "en": "not available"}
_SYMBOLS = {"KRW": "₩", "USD": "$", "EUR": "€", "JPY": "¥", "GBP": "£", "CNY": "CN¥", "VND": "₫"}
#: Currencies that Korean counts in 만 and 억, with the word after the number.
_KOREAN_WORDS = {"KRW": "원", "JPY": "엔", "VND": "동"}
_KOREAN_STEPS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))
_ENGLISH_STEPS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))
#: Korean counters in English, for one and for many; '건' counts whatever the heading says.
_COUNTERS = {
    "명": ("person", "people"),
    "건": ("", ""),
    "회": ("time", "times"),
    "개": ("item", "items"),
    "일": ("day", "days"),
    "주": ("week", "weeks"),
    "개월": ("month", "months"),
    "시간": ("hour", "hours"),
    "페이지": ("page", "pages"),
}
_WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Steps of relative time: seconds, Korean word, English word.
_AGES = (
    (365 * 86_400, "년", "year"),
    (30 * 86_400, "개월", "month"),
    (86_400, "일", "day"),
    (3_600, "시간", "hour"),
    (60, "분", "minute"),
)
_DURATIONS = ((86_400, "일", "d"), (3_600, "시간", "h"), (60, "분", "min"), (1, "초", "s"))


def missing_text(language: str | None = None) -> str:
    """What stands in a number's place when there is none."""
    return _MISSING[_lang(language)]


# --- plain numbers ----------------------------------------------------------------------------


def count_text(number: Number | None, unit: str = "", language: str | None = None) -> str:
    """'1,234명'; in English '1,234 people'. ``unit``: a Korean counter, or a word of the language itself."""
    if not _there(number):
        return missing_text(language)
    text = decimal_text(number, 0)
    if _lang(language) == "ko":
        return text + unit
    one, many = _COUNTERS.get(unit, (unit, unit))
    return f"{text} {one if text in ('1', '-1') else many}".rstrip()


def decimal_text(number: Number | None, digits: int = 1, language: str | None = None) -> str:
    """'1,234.5': rounded half away from zero to ``digits`` decimals, with thousands."""
    if not _there(number):
        return missing_text(language)
    rounded = _rounded(number, digits)
    return f"{rounded:,.{digits}f}"


def number_text(number: Number | None, language: str | None = None) -> str:
    """'1,234' or '0.25': as many decimals as it has, six at most."""
    if not _there(number):
        return missing_text(language)
    text = f"{_rounded(number, 6):,.6f}"
    return text.rstrip("0").rstrip(".")


def percent_text(percent: Number | None, digits: int = 1, language: str | None = None) -> str:
    """'12.3 %' of a number that is in per cent already."""
    if not _there(percent):
        return missing_text(language)
    return f"{decimal_text(percent, digits)} %"


def size_text(size: int | None, language: str | None = None) -> str:
    """'1.2 MB' of a number of bytes (1 MB = 1,000,000 bytes)."""
    if not _there(size):
        return missing_text(language)
    if size < 1_000:
        return f"{size} B"
    scaled, unit = Decimal(size), "B"
    for step in ("kB", "MB", "GB", "TB"):
        scaled, unit = scaled / 1_000, step
        if _rounded(scaled, 1) < 1_000:
            break
    return f"{decimal_text(scaled, 1)} {unit}"


def change_text(current: Number | None, previous: Number | None, language: str | None = None) -> str:
    """'▲ +12.3 % 늘었어요': arrow, sign and words, so that it reads without colour."""
    if not _there(current) or not _there(previous):
        return missing_text(language)
    korean = _lang(language) == "ko"
    if current == previous:
        return "변화 없음" if korean else "no change"
    up = current > previous
    arrow = "▲" if up else "▼"
    words = ("늘었어요" if up else "줄었어요") if korean else ("up" if up else "down")
    if previous == 0:
        was = "이전 0" if korean else "from 0"
        return f"{arrow} {'+' if up else ''}{number_text(current)} {words} ({was})"
    percent = (Decimal(str(current)) - Decimal(str(previous))) / abs(Decimal(str(previous))) * 100
    if _rounded(percent, 1) == 0:
        return "거의 같아요" if korean else "about the same"
    return f"{arrow} {'+' if up else ''}{percent_text(percent)} {words}"


# --- money ------------------------------------------------------------------------------------


def money_text(amount: Number | None, currency: str = "KRW", language: str | None = None) -> str:
    """'5만 2,300원', in English '₩52,300'. ``amount`` is in the currency's smallest unit (won, cents)."""
    if not _there(amount):
        return missing_text(language)
    whole = int(_rounded(amount, 0))
    word = _KOREAN_WORDS.get(currency)
    if _lang(language) != "ko" or word is None:
        digits = minor_digits(currency)
        return f"{_sign(whole)}{_symbol(currency)}{Decimal(abs(whole)).scaleb(-digits):,.{digits}f}"
    parts: list[str] = []
    rest = abs(whole)
    for step, name in _KOREAN_STEPS:
        if rest >= step:
            parts.append(f"{rest // step:,}{name}")
            rest %= step
    if rest or not parts:
        parts.append(f"{rest:,}")
    return _sign(whole) + " ".join(parts) + word


def money_short(amount: Number | None, currency: str = "KRW", language: str | None = None) -> str:
    """'5.2만원', '1.2억원', in English '₩52.3K': one decimal below 100 units, none above; for axes and tight places."""
    if not _there(amount):
        return missing_text(language)
    digits = minor_digits(currency)
    size = abs(_rounded(amount, 0)).scaleb(-digits)
    word = _KOREAN_WORDS.get(currency)
    korean = _lang(language) == "ko" and word is not None
    sign = _sign(amount) if size else ""
    steps = _KOREAN_STEPS if korean else _ENGLISH_STEPS
    for (step, name), finer in zip(steps, (*(step for step, _ in steps[1:]), 1), strict=True):
        if _rounded(size / finer, 0) * finer >= step:  # 99,999,999 is 1억, not 10,000만
            scaled = size / step
            text = number_text(_rounded(scaled, 1 if scaled < 100 else 0))
            return f"{sign}{text}{name}{word}" if korean else f"{sign}{_symbol(currency)}{text}{name}"
    plain = f"{size:,.{digits}f}"
    return f"{sign}{plain}{word}" if korean else f"{sign}{_symbol(currency)}{plain}"


_MONEY_PART = re.compile(r"(\d+(?:\.\d+)?)(조|억|만|천|)")
_MONEY_FACTORS = {"조": 10**12, "억": 10**8, "만": 10**4, "천": 10**3, "": 1}


def read_money(text: str, currency: str = "KRW") -> int | None:
    """What a person typed as an amount, in the smallest unit: '5만 2,300원', '7만', '1.2억', '70,000', '$52.30'.

    None where it is not an amount, or not a whole number of the smallest unit.
    """
    bare = re.sub(r"[\s,₩$€¥£₫]|원$|엔$|동$", "", text.strip())
    negative = bare.startswith("-")
    bare = bare[1:] if negative else bare
    total = Decimal(0)
    at, last = 0, 10**16
    while at < len(bare):
        part = _MONEY_PART.match(bare, at)
        if part is None or _MONEY_FACTORS[part[2]] >= last or len(part[1]) > 18:
            return None
        last = _MONEY_FACTORS[part[2]]
        total += Decimal(part[1]) * last
        at = part.end()
    amount = total.scaleb(minor_digits(currency))
    if not bare or amount != int(amount):
        return None
    return -int(amount) if negative else int(amount)


@cache
def minor_digits(currency: str) -> int:
    """Digits of the currency's smallest unit: 0 for won, 2 for dollars."""
    return ShopSettings(currency=currency).minor_digits


# --- time -------------------------------------------------------------------------------------


def duration_text(seconds: Number | None, language: str | None = None, *, exact: bool = False) -> str:
    """'3분 20초', '1시간 5분': the two largest units, rounded to the smaller of them unless ``exact``."""
    if not _there(seconds):
        return missing_text(language)
    column = 1 if _lang(language) == "ko" else 2
    gap = "" if column == 1 else " "
    whole = abs(int(_rounded(seconds, 0)))
    if exact and seconds != int(seconds):
        return f"{number_text(seconds)}{gap}{_DURATIONS[-1][column]}"
    for index, (step, *_) in enumerate(_DURATIONS[:-1]):
        finer = _DURATIONS[index + 1][0]
        if whole >= step - finer / 2 and not exact:
            whole = (whole + finer // 2) // finer * finer
            break
    parts: list[str] = []
    for unit in _DURATIONS:
        if whole >= unit[0]:
            parts.append(f"{whole // unit[0]:,}{gap}{unit[column]}")
            whole %= unit[0]
    sign = "-" if seconds < 0 and parts else ""
    return sign + (" ".join(parts if exact else parts[:2]) or f"0{gap}{_DURATIONS[-1][column]}")


def date_text(day: date | None, language: str | None = None, *, weekday: bool = False) -> str:
    """'2026-11-24', with ``weekday`` '2026-11-24 (화)'."""
    if day is None:
        return missing_text(language)
    text = f"{day.year:04}-{day.month:02}-{day.day:02}"
    return f"{text} ({_WEEKDAYS[_lang(language)][day.weekday()]})" if weekday else text


def day_text(day: date | None, language: str | None = None) -> str:
    """'11월 24일 (화)', 'Tue 24 Nov': a day of this year, as charts name it."""
    if day is None:
        return missing_text(language)
    weekday = _WEEKDAYS[_lang(language)][day.weekday()]
    if _lang(language) == "ko":
        return f"{day.month}월 {day.day}일 ({weekday})"
    return f"{weekday} {day.day} {_MONTHS[day.month - 1]}"


def time_text(ts: datetime | None, zone: ZoneInfo, language: str | None = None) -> str:
    """'2026-11-24 21:05' in the shop's ``zone``, of a naive UTC ``ts``."""
    if ts is None:
        return missing_text(language)
    local = ts.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
    return f"{date_text(local)} {local:%H:%M}"


def relative_time_text(then: datetime | None, now: datetime, language: str | None = None) -> str:
    """'3일 전', '2시간 후', '방금' between two naive UTC times; whole units, rounded down."""
    if then is None:
        return missing_text(language)
    korean = _lang(language) == "ko"
    seconds = (now - then).total_seconds()
    for step, ko, en in _AGES:
        units = int(abs(seconds) // step)
        if units:
            if korean:
                return f"{units:,}{ko} {'전' if seconds > 0 else '후'}"
            words = f"{units:,} {en}{'' if units == 1 else 's'}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "방금" if korean else "just now"


# --- shared -----------------------------------------------------------------------------------


def _lang(language: str | None) -> str:
    return "en" if (language or current_language()) == "en" else "ko"


def _there(number: Number | None) -> TypeGuard[Number]:
    return number is not None and math.isfinite(number)


def _rounded(number: Number, digits: int) -> Decimal:
    """Half away from zero, on the digits a person sees: 0.125 to two digits is 0.13. Never minus zero."""
    exact = number if isinstance(number, Decimal) else Decimal(str(number))
    rounded = exact.quantize(Decimal(1).scaleb(-digits), context=_WIDE)
    return rounded or abs(rounded)


def _sign(number: Number) -> str:
    return "-" if number < 0 else ""


def _symbol(currency: str) -> str:
    return _SYMBOLS.get(currency, currency + " ")
