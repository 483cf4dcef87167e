"""Named facts of the specs as SQL: of one visit, of a buyer, of a member (``catalogue.spec`` documents each)."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, extract, func, not_, null, select

from ifdo_core import tables
from ifdo_core.engines.sql import (
    date_days_between,
    instant,
    local_date,
    month_day,
    ratio,
    seconds_between,
    whole_days,
)
from ifdo_core.segments.subjects import Subject, Visits

Fact = ColumnElement[Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Part of the day by the hour it begins with.
TIME_SLOTS = ((0, "dawn"), (6, "morning"), (11, "noon"), (14, "afternoon"), (18, "evening"), (22, "night"))
_DAY_S = 86_400


# --- of one visit -----------------------------------------------------------------------------


def _time_slot(s: Visits) -> Fact:
    later_first = sorted(TIME_SLOTS, reverse=True)
    return case(*((s.visit.hour >= start, name) for start, name in later_first))


def _free_shipping_gap(s: Visits) -> Fact:
    threshold = s.settings.free_shipping_from
    if threshold is None:
        return cast(null(), Integer)
    left = threshold - s.visit.cart_amount
    return case((s.visit.cart_amount > 0, case((left > 0, left), else_=0)))


VISIT_FACTS: dict[str, Callable[[Visits], Fact]] = {
    "source_medium": lambda s: s.visit.source.concat(" / ").concat(s.visit.medium),
    "is_returning": lambda s: s.visit.visit_number > 1,
    "avg_pages_per_visit": lambda s: ratio(s.visit.lifetime_pages, s.visit.visit_number),
    "days_since_first_visit": lambda s: whole_days(s.visit.first_visit_at, s.visit.ended_at),
    "days_since_previous_visit": lambda s: whole_days(s.visit.previous_visit_at, s.visit.started_at),
    "weekday": lambda s: case(*((s.visit.weekday == number, name) for number, name in enumerate(WEEKDAYS))),
    "time_slot": _time_slot,
    "has_cart": lambda s: func.coalesce(s.visit.cart_amount, 0) > 0,
    "cart_age_hours": lambda s: seconds_between(s.visit.cart_started_at, s.visit.ended_at) / 3600.0,
    "hours_since_last_add": lambda s: seconds_between(s.visit.cart_last_add_at, s.visit.ended_at) / 3600.0,
    "free_shipping_gap": _free_shipping_gap,
}


def visit_fact(subject: Visits, name: str) -> Fact:
    return VISIT_FACTS[name](subject)


# --- of a buyer -------------------------------------------------------------------------------


def _state(subject: Subject) -> Any:
    return subject.visit if isinstance(subject, Visits) else subject.people.c


def _gap_days(s: Subject) -> Fact:
    state = _state(s)
    days = seconds_between(state.first_order_at, state.last_order_at) / float(_DAY_S)
    return case((state.order_count >= 2, ratio(days, state.order_count - 1)))


STATE_FACTS: dict[str, Callable[[Subject], Fact]] = {
    "order_count": lambda s: _state(s).order_count,
    "total_amount": lambda s: _state(s).total_amount,
    "aov": lambda s: ratio(_state(s).total_amount, _state(s).order_count),
    "max_order_amount": lambda s: _state(s).max_order_amount,
    "last_order_amount": lambda s: _state(s).last_order_amount,
    "has_purchased": lambda s: _state(s).order_count > 0,
    "is_one_time": lambda s: _state(s).order_count == 1,
    "is_repeat": lambda s: _state(s).order_count >= 2,
    "first_order_on": lambda s: local_date(_state(s).first_order_at, s.settings.timezone),
    "last_order_on": lambda s: local_date(_state(s).last_order_at, s.settings.timezone),
    "days_since_last_order": lambda s: whole_days(_state(s).last_order_at, s.as_of),
    "days_since_first_order": lambda s: whole_days(_state(s).first_order_at, s.as_of),
    "avg_gap_days": _gap_days,
}


def state_fact(subject: Subject, name: str) -> Fact:
    return STATE_FACTS[name](subject)


# --- of a member ------------------------------------------------------------------------------


def birthday_on(year: int, number: int) -> date:
    """The day of ``year`` on which a birthday of month and day ``number`` (MMDD) falls: 29 February is the 28th
    in other years."""
    month, day = divmod(number, 100)
    if number == 229 and not calendar.isleap(year):
        day = 28
    return date(year, month, day)


def _days_to_birthday(s: Subject) -> Fact:
    today = s.today
    ahead: dict[int, int] = {}
    leap_year = (date(2000, 1, 1) + timedelta(days=offset) for offset in range(366))
    for number in (day.month * 100 + day.day for day in leap_year):
        next_one = birthday_on(today.year, number)
        if next_one < today:
            next_one = birthday_on(today.year + 1, number)
        ahead[number] = (next_one - today).days
    return case(ahead, value=month_day(s.member.c.birthday))


def _age(s: Subject) -> Fact:
    today = s.today
    born = s.member.c.birthday
    number = month_day(born)
    # on 28 February of a common year those born on the 29th turn too
    reached = (
        229 if today == date(today.year, 2, 28) and not calendar.isleap(today.year) else today.month * 100 + today.day
    )
    return today.year - cast(extract("year", born), Integer) - case((number > reached, 1), else_=0)


def _age_group(s: Subject) -> Fact:
    age = _age(s)
    return case(
        (age.is_(None), cast(null(), String)),
        (age < 20, "10s"),
        *((age < top, f"{top - 10}s") for top in (30, 40, 50, 60)),
        else_="60s+",
    )


def _has(column: str) -> Callable[[Subject], Fact]:
    def known(s: Subject) -> Fact:
        row = s.member.c
        return case((row.member_id.is_not(None), and_(row[column].is_not(None), row[column] != "")))

    return known


def _joined_not_bought(s: Subject) -> Fact:
    return case((s.member.c.member_id.is_not(None), func.coalesce(s.people.c.order_count, 0) == 0))


def _local(column: str) -> Callable[[Subject], Fact]:
    return lambda s: local_date(s.member.c[column], s.settings.timezone)


def _since(column: str) -> Callable[[Subject], Fact]:
    return lambda s: whole_days(s.member.c[column], instant(s.now))


def _days_since_login(s: Subject) -> Fact:
    """By the member's row, else by the newest login event."""
    events, identity = tables.events.c, s.marts.identity.alias("login_identity")
    newest = (
        select(identity.c.member_id, func.max(events.ts).label("ts"))
        .select_from(tables.events.join(identity, identity.c.visitor_id == events.visitor_id))
        .where(events.name == "login", events.ts <= instant(s.now), identity.c.member_id.is_not(None))
        .group_by(identity.c.member_id)
        .subquery("logins")
    )
    logins = s.beside("logins", newest, newest.c.member_id == s.member_id)
    return whole_days(func.coalesce(s.member.c.last_login_at, logins.c.ts), instant(s.now))


def _until(column: str) -> Callable[[Subject], Fact]:
    return lambda s: date_days_between(s.local_today(as_of_now=True), s.member.c[column])


MEMBER_FACTS: dict[str, Callable[[Subject], Fact]] = {
    "is_member": lambda s: s.member_id.is_not(None),
    "joined_on": _local("joined_at"),
    "days_since_join": _since("joined_at"),
    "joined_not_bought": _joined_not_bought,
    "age": _age,
    "age_group": _age_group,
    "birthday_in_days": _days_to_birthday,
    "birth_month": lambda s: cast(extract("month", s.member.c.birthday), Integer),
    "consent_on": _local("consent_at"),
    "has_phone": _has("phone"),
    "has_email": _has("email"),
    "friend_since_days": _since("friend_at"),
    "days_since_login": _days_since_login,
    "points_expiring_days": _until("points_expire_on"),
    "coupon_expiring_days": _until("coupon_expires_on"),
}


def member_fact(subject: Subject, name: str) -> Fact:
    """A named fact, or else the column of ``members`` of that name."""
    fact = MEMBER_FACTS.get(name)
    return fact(subject) if fact else subject.member.c[name]


def message_targets(subject: Subject) -> dict[str, ColumnElement[bool]]:
    """Which targeting reaches the member (product.md, 'Brand message targeting'); null for those who have no row.

    Members who opted out and those without a number are in none. N is M without the friends: who is not known to be one
    is sent to, and Kakao leaves out those who are.
    """
    row = subject.member.c
    reachable = and_(_has("phone")(subject), not_(func.coalesce(row.opted_out, False)))
    consent, friend = func.coalesce(row.marketing_consent, False), row.channel_friend
    targets = {
        "M": and_(reachable, consent),
        "N": and_(reachable, consent, not_(func.coalesce(friend, False))),
        "I": and_(reachable, func.coalesce(friend, False)),
    }
    # 'unknown and false' is false: without a row nothing is told, so that the set is unknown
    return {name: case((row.member_id.is_not(None), flag)) for name, flag in targets.items()}
