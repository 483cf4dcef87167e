"""Korean working days: when the result of an application is due, and how many are left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

#: Days a review takes at least and at most (product.md, 'within 2–3 working days').
REVIEW_DAYS = (2, 3)
_SEOUL = ZoneInfo("Asia/Seoul")


def korean_day(now: datetime) -> date:
    """The day in Korea at ``now`` (naive UTC)."""
    return now.replace(tzinfo=UTC).astimezone(_SEOUL).date()


def is_working_day(day: date) -> bool:
    """Monday to Friday and no public holiday of Korea, substitutes included."""
    return day.weekday() < 5 and holiday_name(day) is None


def holiday_name(day: date) -> str | None:
    """The Korean name of the public holiday; None on other days."""
    import holidays

    korean: Any = holidays.country_holidays("KR", language="ko")
    return korean.get(day)


def due_on(now: datetime, days: int = REVIEW_DAYS[1]) -> date:
    """The Korean working day by which a review that begins at ``now`` (naive UTC) is done."""
    day, left = korean_day(now), days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_left(now: datetime, due: date) -> int:
    """Working days from tomorrow to ``due``; 0 on the day itself, below 0 for those past it."""
    today = korean_day(now)
    first, last, sign = (today, due, 1) if due >= today else (due, today, -1)
    return sign * sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def holidays_between(now: datetime, due: date) -> list[tuple[date, str]]:
    """Public holidays on weekdays that lengthen the wait, with their names."""
    today = korean_day(now)
    days = [today + timedelta(days=n) for n in range(1, max((due - today).days, 0) + 1)]
    return [(day, name) for day in days if day.weekday() < 5 and (name := holiday_name(day)) is not None]
