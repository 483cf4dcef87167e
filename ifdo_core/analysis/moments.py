"""What 'as of' means: a date is the end of that day in the shop's time zone (semantics.md, 'RFM'; api.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ifdo_core.errors import DataError

#: What a caller may give; None is the workbench's now, a datetime is naive UTC or knows its zone.
AsOf = date | datetime | str | None


def moment(as_of: AsOf, now: datetime, zone: ZoneInfo) -> datetime:
    """``as_of`` as naive UTC. Raises DataError for a text that is no date and no time."""
    if as_of is None:
        return now
    if isinstance(as_of, str):
        as_of = _read(as_of, zone)
    if isinstance(as_of, datetime):
        return as_of.astimezone(UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
    return end_of_day(as_of, zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond of the shop's ``day``, naive UTC."""
    following = datetime.combine(day + timedelta(days=1), time(), zone)
    return following.astimezone(UTC).replace(tzinfo=None) - timedelta(microseconds=1)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The shop's day of a naive UTC moment."""
    return moment.replace(tzinfo=UTC).astimezone(zone).date()


def _read(text: str, zone: ZoneInfo) -> date | datetime:
    try:
        if len(text.strip()) <= 10:
            return date.fromisoformat(text.strip())
        given = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise DataError(
            "as_of",
            "‘{text}’은(는) 읽을 수 없는 기준일이에요.",
            "2026-11-24처럼 적어 주세요.",
            text=text,
        ) from error
    return given if given.tzinfo else given.replace(tzinfo=zone)
