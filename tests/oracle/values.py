"""What a condition's value is for a visit or a member: every kind of spec, read to plain loops.

``None`` is unknown; sets are Python sets, and an empty set is known (semantics.md, 'Negation over sets').
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ifdo_core.catalogue.spec import (
    After,
    Aggregate,
    DaysSince,
    Except,
    FirstTime,
    Followed,
    GradeBefore,
    Has,
    HeldOut,
    LandingMessage,
    MemberFact,
    Param,
    PersonColumn,
    Property,
    Ratio,
    RecommendedProducts,
    ScoreColumn,
    SegmentEntered,
    SendsLeft,
    Spec,
    StateColumn,
    Streak,
    Unanswered,
    VisitColumn,
    VisitFact,
    VisitFlag,
    Where,
)
from tests.oracle.history import History, cart_amounts, ever_counted, json_property, number
from tests.oracle.replies import MESSAGE_SOURCES, after, held_out, message_rows, sends_left, streak, unanswered
from tests.oracle.shop import Row, in_order, seconds, whole_days

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """Who is asked about: a visit as of its end, or (``visit`` is None) a member as of now."""

    history: History
    person: str
    member_id: str | None
    as_of: datetime
    visit: Row | None = None

    @classmethod
    def of_visit(cls, history: History, visit: Row) -> Subject:
        return cls(history, visit["person"], visit["member_id"], visit["ended_at"], visit)

    @classmethod
    def of_member(cls, history: History, member_id: str) -> Subject:
        return cls(history, f"m:{member_id}", member_id, history.now)


def value_of(subject: Subject, spec: Spec, params: Params) -> Any:
    """The value of ``spec`` for ``subject``; ``params`` with defaults filled in."""
    if isinstance(spec, VisitColumn):
        return subject.visit[spec.name]  # type: ignore[index]
    if isinstance(spec, VisitFlag):
        value = subject.visit[spec.column]  # type: ignore[index]
        return None if value is None else value in spec.values
    if isinstance(spec, VisitFact):
        return VISIT_FACTS[spec.name](subject.visit, subject.history)  # type: ignore[arg-type]
    if isinstance(spec, StateColumn):
        return order_fact(subject, spec.name)
    if isinstance(spec, MemberFact):
        return member_fact(subject, spec.name)
    if isinstance(spec, ScoreColumn):
        told = [row for row in subject.history.shop.scores if row["person"] == subject.person]
        return told[0].get(spec.name) if told else None
    if isinstance(spec, GradeBefore):
        told = [row for row in subject.history.shop.scores if row["person"] == subject.person]
        days = str(params[spec.ago.name])
        return told[0].get("previous_rfm_grade" + ("" if days == "30" else f"_{days}")) if told else None
    if isinstance(spec, RecommendedProducts):
        shown = {row["product_id"] for row in subject.history.shop.recommended if row["person"] == subject.person}
        return shown or None
    if isinstance(spec, SegmentEntered):
        return days_in_segment(subject, params[spec.segment.name])
    if isinstance(spec, PersonColumn):
        return subject.history.person_state(subject.person)[spec.name]
    if isinstance(spec, DaysSince):
        rows = rows_of(subject, spec.of, params)
        return whole_days(max(row["ts"] for row in rows), subject.as_of) if rows else None
    if isinstance(spec, LandingMessage):
        told = json_property({"params": subject.visit["landing_query"]}, "ifdo_mid")  # type: ignore[index]
        sent = [row for row in subject.history.shop.messages if row["message_id"] == told]
        return sent[0].get(spec.column) if sent else None
    if isinstance(spec, Property):
        return property_of(subject, spec, params)
    if isinstance(spec, Aggregate):
        return aggregate(rows_of(subject, spec, params), spec, params, subject.history)
    if isinstance(spec, Ratio):
        part, whole = value_of(subject, spec.part, params), value_of(subject, spec.whole, params)
        return part * spec.times / whole if whole else None
    if isinstance(spec, Has):
        return bool(rows_of(subject, spec.of, params))
    if isinstance(spec, FirstTime):
        rows = rows_of(subject, spec.of, params)
        since = subject.as_of - timedelta(days=params[spec.days.name])
        return int(bool(rows) and min(row["ts"] for row in rows) > since)
    if isinstance(spec, Except):
        return left_over(subject, spec, params)
    if isinstance(spec, Followed):
        return followed(subject, spec, params)
    if isinstance(spec, Unanswered):
        return unanswered(rows_of(subject, spec.of, params), params[spec.hours.name], subject.as_of)
    if isinstance(spec, After):
        messages = rows_of(subject, spec.cause, params)
        return after(rows_of(subject, spec.of, params), messages, params[spec.hours.name])
    if isinstance(spec, Streak):
        return streak(rows_of(subject, spec.of, params), subject.as_of)
    if isinstance(spec, HeldOut):
        return held_out(subject.history, subject.member_id, params.get(spec.campaign.name))
    if isinstance(spec, SendsLeft):
        return sends_left(subject.history, subject.member_id, params[spec.days.name])
    raise TypeError(f"no past value of {spec}")


def days_in_segment(subject: Subject, segment_id: str) -> int | None:
    """Local days since the refresh first saw the person in the segment."""
    shop = subject.history.shop
    told = [row for row in shop.entries if (row["segment_id"], row["person"]) == (segment_id, subject.person)]
    if not told or told[0]["entered_on"] is None:
        return None
    return (shop.local_date(subject.history.now) - told[0]["entered_on"]).days


# --- of one visit -----------------------------------------------------------------------------

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def time_slot(hour: int) -> str:
    if hour < 6:
        return "dawn"
    if hour < 11:
        return "morning"
    if hour < 14:
        return "noon"
    if hour < 18:
        return "afternoon"
    return "evening" if hour < 22 else "night"


def hours(first: datetime | None, second: datetime) -> float | None:
    return None if first is None else seconds(first, second) / 3600


def free_shipping_gap(visit: Row, history: History) -> int | None:
    threshold, amount = history.shop.free_shipping_from, visit["cart_amount"]
    if threshold is None or amount is None or amount <= 0:
        return None
    return max(threshold - amount, 0)


def days_since_previous_visit(visit: Row, _: History) -> int | None:
    previous = visit["previous_visit_at"]
    return None if previous is None else whole_days(previous, visit["started_at"])


VISIT_FACTS: dict[str, Callable[[Row, History], Any]] = {
    "source_medium": lambda visit, _: f"{visit['source']} / {visit['medium']}",
    "is_returning": lambda visit, _: visit["visit_number"] > 1,
    "avg_pages_per_visit": lambda visit, _: visit["lifetime_pages"] / visit["visit_number"],
    "days_since_first_visit": lambda visit, _: whole_days(visit["first_visit_at"], visit["ended_at"]),
    "days_since_previous_visit": days_since_previous_visit,
    "weekday": lambda visit, _: WEEKDAYS[visit["weekday"]],
    "time_slot": lambda visit, _: time_slot(visit["hour"]),
    "has_cart": lambda visit, _: (visit["cart_amount"] or 0) > 0,
    "cart_age_hours": lambda visit, _: hours(visit["cart_started_at"], visit["ended_at"]),
    "hours_since_last_add": lambda visit, _: hours(visit["cart_last_add_at"], visit["ended_at"]),
    "free_shipping_gap": free_shipping_gap,
}

# --- of a buyer -------------------------------------------------------------------------------


def order_fact(subject: Subject, name: str) -> Any:
    """semantics.md, 'Money'; as of the visit's end, of a member at now."""
    history = subject.history
    state = history.order_state(subject.person, subject.as_of)
    count, first, last = state["order_count"], state["first_order_at"], state["last_order_at"]
    if name in state:
        return state[name]
    if name == "has_purchased":
        return count > 0
    if name == "is_one_time":
        return count == 1
    if name == "is_repeat":
        return count > 1
    if count == 0:
        return None
    if name == "avg_gap_days":
        return seconds(first, last) / 86400 / (count - 1) if count > 1 else None
    return {
        "aov": state["total_amount"] / count,
        "first_order_on": history.shop.local_date(first),
        "last_order_on": history.shop.local_date(last),
        "days_since_last_order": whole_days(last, subject.as_of),
        "days_since_first_order": whole_days(first, subject.as_of),
    }[name]


# --- of a member ------------------------------------------------------------------------------


def member_fact(subject: Subject, name: str) -> Any:
    """The standing at now; unknown for those without a row, but for ``is_member``."""
    if name == "is_member":
        return subject.member_id is not None
    history, shop = subject.history, subject.history.shop
    row = history.members.get(subject.member_id) if subject.member_id is not None else None
    if name == "days_since_login":
        return days_since_login(history, subject.member_id, row)
    if row is None:
        return None
    today, now = shop.local_date(history.now), history.now
    if name == "joined_not_bought":
        return not history.valid_orders(subject.person, now)
    if name in ("has_phone", "has_email"):
        return bool(row.get(name.removeprefix("has_")))
    if name == "message_target":
        return message_target(row)
    if name == "tags":
        return None if row.get("tags") is None else {tag for tag in row["tags"].split("|") if tag}
    if name in MEMBER_COLUMNS:
        column, fact = MEMBER_COLUMNS[name]
        known = row.get(column)
        return None if known is None else fact(known, today, now, shop.local_date)
    return row.get(name)


def days_since_login(history: History, member_id: str | None, row: Row | None) -> int | None:
    """By the member's row, else by the newest login event of the member's visitors."""
    told = row.get("last_login_at") if row else None
    if told is None and member_id is not None:
        told = max((e["ts"] for e in history.events_of(f"m:{member_id}") if e["name"] == "login"), default=None)
    return None if told is None else whole_days(told, history.now)


def message_target(row: Row) -> set[str]:
    """product.md, 'Brand message targeting'."""
    if row.get("opted_out") or not row.get("phone"):
        return set()
    consent, friend = row.get("marketing_consent"), row.get("channel_friend")
    told = {"M": consent is True, "N": consent is True and friend is not True, "I": friend is True}
    return {target for target, fits in told.items() if fits}


def birthday_in(born: date, year: int) -> date:
    """29 February counts as 28 February in other years."""
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return born.replace(year=year)


def age(born: date, today: date) -> int:
    return today.year - born.year - (today < birthday_in(born, today.year))


def age_group(years: int) -> str:
    if years < 20:
        return "10s"
    return "60s+" if years >= 60 else f"{years // 10 * 10}s"


def days_to_birthday(born: date, today: date) -> int:
    days = [(birthday_in(born, year) - today).days for year in (today.year, today.year + 1)]
    return min(day for day in days if day >= 0)


#: Fact → the column it is read from and how, given (value, today, now, local date of a moment).
MEMBER_COLUMNS: dict[str, tuple[str, Callable[[Any, date, datetime, Callable[[datetime], date]], Any]]] = {
    "joined_on": ("joined_at", lambda value, today, now, local: local(value)),
    "days_since_join": ("joined_at", lambda value, today, now, local: whole_days(value, now)),
    "age": ("birthday", lambda value, today, now, local: age(value, today)),
    "age_group": ("birthday", lambda value, today, now, local: age_group(age(value, today))),
    "birthday_in_days": ("birthday", lambda value, today, now, local: days_to_birthday(value, today)),
    "birth_month": ("birthday", lambda value, today, now, local: value.month),
    "consent_on": ("consent_at", lambda value, today, now, local: local(value)),
    "friend_since_days": ("friend_at", lambda value, today, now, local: whole_days(value, now)),
    "points_expiring_days": ("points_expire_on", lambda value, today, now, local: (value - today).days),
    "coupon_expiring_days": ("coupon_expires_on", lambda value, today, now, local: (value - today).days),
}

# --- aggregates -------------------------------------------------------------------------------


def rows_of(subject: Subject, spec: Aggregate, params: Params) -> list[Row]:
    """The rows an aggregate looks at, oldest first."""
    history = subject.history
    if spec.within == "visit":
        rows = history.event_rows(subject.visit["own_events"])  # type: ignore[index]
    elif spec.source == "events":
        rows = history.event_rows(history.events_of(subject.person))
    elif spec.source == "pages":
        rows = history.pages_of(subject.person)
    elif spec.source == "orders":
        rows = history.valid_orders(subject.person, subject.as_of)
        rows = [{**row, "hour": history.shop.local(row["ts"]).hour} for row in rows]
    elif spec.source == "items":
        orders = in_order(history.valid_orders(subject.person, subject.as_of), "order_id")
        wanted = {"any": orders, "first": orders[:1], "last": orders[-1:]}[spec.order]
        rows = history.lines(wanted)
    elif spec.source == "placed":
        rows = history.placed(subject.person)
    elif spec.source == "refunds":
        rows = history.refunds(subject.person)
    elif spec.source in MESSAGE_SOURCES:
        rows = message_rows(history, subject.person, spec.source, subject.as_of)
    elif spec.source in ("cart", "wishlist"):
        held = history.cart if spec.source == "cart" else history.wishlist
        rows = [{**row, "ts": subject.as_of} for row in held(subject.person, subject.as_of)]
    else:
        rows = [{**visit, "ts": visit["started_at"]} for visit in history.visits_of(subject.person)]
    rows = [row for row in rows if row["ts"] <= subject.as_of]
    days = params.get(spec.days.name) if isinstance(spec.days, Param) else spec.days
    if days is not None:
        rows = [row for row in rows if row["ts"] > subject.as_of - timedelta(days=days)]
    for where in spec.where:
        rows = [row for row in rows if keeps(row, where, params)]
    return rows


def keeps(row: Row, where: Where, params: Params) -> bool:
    """Whether the row passes a filter; one whose parameter is not given keeps everything."""
    wanted: Any = where.value
    if isinstance(wanted, Param):
        if wanted.name not in params:
            return True
        wanted = params[wanted.name]
    if where.op == "goods":
        kind, named = wanted.split(":", 1)
        told = row.get({"product": "product_id"}.get(kind, kind))
        return told is not None and (told == named or (kind == "category" and told.startswith(f"{named} > ")))
    if where.op == "tests":
        return all(property_test(row, text) for text in wanted.split("&"))
    if where.column.startswith("params."):
        value = json_property(row, where.column.removeprefix("params."))
        if where.op in ("gte", "lte"):
            value = number(value)
    else:
        value = row.get(where.column)
    if value is None:
        return False
    if where.op == "is_known":
        return True
    if where.op == "is_true":
        return value is True
    if where.op == "category":
        return value == wanted or value.startswith(f"{wanted} > ")
    if where.op == "glob":
        path = row.get("page_path") if where.column == "page_url" else None
        return glob(value, wanted) or (path is not None and glob(path, wanted))
    if where.op == "range":
        low, _, high = wanted.partition("..")
        return (low == "" or value >= int(low)) and (high == "" or value <= int(high))
    return {
        "eq": lambda: value == wanted,
        "ne": lambda: value != wanted,
        "in": lambda: value in wanted,
        "gte": lambda: value >= wanted,
        "lte": lambda: value <= wanted,
    }[where.op]()


def property_test(row: Row, text: str) -> bool:
    """'price>=100000', 'size=L'."""
    place = min(text.index(sign) for sign in "<>=!" if sign in text)
    name, rest = text[:place].strip(), text[place:]
    sign = rest[:2] if rest[:2] in (">=", "<=", "!=") else rest[:1]
    wanted: Any = rest[len(sign) :].strip()
    value: Any = row.get(name) if name in ("value", "quantity", "cart_value") else json_property(row, name)
    aim = number(wanted)
    if aim is not None:
        value, wanted = number(None if value is None else str(value)), aim
    elif value is not None:
        value = str(value)
    if value is None:
        return False
    if aim is None:
        return (value != wanted) if sign == "!=" else (value == wanted)
    return {
        "=": value == wanted,
        "!=": value != wanted,
        ">": value > wanted,
        "<": value < wanted,
        ">=": value >= wanted,
        "<=": value <= wanted,
    }[sign]


def glob(text: str, pattern: str) -> bool:
    """``*`` stands for anything; the whole text must fit."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text, re.DOTALL) is not None


def aggregate(rows: list[Row], spec: Aggregate, params: Params, history: History) -> Any:
    if spec.function == "count":
        return len(rows)
    if spec.function == "distinct_days":
        return len({history.shop.local_date(row["ts"]) for row in rows})
    if spec.source in ("cart", "wishlist"):
        ordered = rows
    else:
        ids = {
            "orders": "order_id",
            "placed": "order_id",
            "refunds": "order_id",
            "items": "line_id",
            "visits": "visit_id",
            **dict.fromkeys(MESSAGE_SOURCES, "message_id"),
        }
        ordered = in_order(rows, ids.get(spec.source, "event_id"))
    numbers = spec.function in ("sum", "max")
    pairs = [(row, value) for row in ordered if (value := read(row, spec.column, params, numbers)) is not None]
    known = [value for _, value in pairs]
    if spec.function == "sum":
        return sum(known)
    if spec.function == "max":
        return max(known, default=None)
    if spec.function == "distinct":
        return len(set(known))
    if spec.function == "latest":
        return known[-1] if known else None
    if spec.function == "largest_group":
        alike = {
            (value, row["order_id"] if spec.source == "items" else place) for place, (row, value) in enumerate(pairs)
        }
        return max(Counter(value for value, _ in alike).values(), default=0)
    if spec.function == "most":
        times = Counter(known)
        best = [value for value in known if times[value] == max(times.values())]
        return best[-1] if best else None
    if spec.column == "category":
        return {above for value in known for above in with_those_above(value)}
    return set(known)


def read(row: Row, column: Any, params: Params, as_number: bool) -> Any:
    """The value of a row; a property of an event as a number where numbers are asked for."""
    if isinstance(column, Param):
        name = params[column.name]
        column = name if name in ("value", "quantity", "cart_value") else f"params.{name}"
    if not column.startswith("params."):
        return row.get(column)
    text = json_property(row, column.removeprefix("params."))
    return number(text) if as_number else text


def with_those_above(category: str) -> set[str]:
    parts = category.split(" > ")
    return {" > ".join(parts[:depth]) for depth in range(1, len(parts) + 1)}


# --- one thing and not another ----------------------------------------------------------------


def property_of(subject: Subject, spec: Property, params: Params) -> str | None:
    if spec.of == "query":
        text = subject.visit["landing_query"]  # type: ignore[index]
    else:
        text = subject.history.members.get(subject.member_id, {}).get("extra")  # type: ignore[arg-type]
    return json_property({"params": text}, params[spec.key.name])


def left_over(subject: Subject, spec: Except, params: Params) -> int:
    """What of ``spec.of`` has no counterpart in ``spec.minus``."""

    def alike(row: Row) -> tuple[str, ...]:
        return tuple(read(row, column, params, False) or "" for column in spec.by)

    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows_of(subject, spec.of, params):
        groups.setdefault(alike(row), []).append(row)
    against = rows_of(subject, spec.minus, params)
    total = 0
    for key, rows in groups.items():
        last = max(row["ts"] for row in rows)
        taken = [row for row in against if alike(row) == key and (not spec.later or row["ts"] >= last)]
        if not taken:
            total += aggregate(rows, spec.of, params, subject.history)
    return total


def followed(subject: Subject, spec: Followed, params: Params) -> int:
    """How many first steps are followed by the others in time (or, with ``never``, are not)."""
    history, end = subject.history, subject.as_of
    within, days = timedelta(hours=params[spec.hours.name]), timedelta(days=params[spec.days.name])
    if isinstance(spec.steps, Param):
        steps = [(name.strip(),) for name in params[spec.steps.name].split(">")]
    else:
        steps = [(params[step.name],) if isinstance(step, Param) else step for step in spec.steps]
    moments = [
        (event["ts"], 0, event["event_id"].encode(), event["name"]) for event in history.events_of(subject.person)
    ]
    if spec.paid:
        paid = [order for order in history.orders if ever_counted(order)]
        mine = [order for order in paid if history.person_of_order(order) == subject.person]
        moments += [(order["ts"], 1, order["order_id"].encode(), "purchase") for order in mine]
    moments.sort()
    amounts = cart_amounts(history.events_of(subject.person))
    total = 0
    for place, (ts, kind, event_id, name) in enumerate(moments):
        if kind == 1 or name not in steps[0] or not end - days < ts <= end:
            continue
        last: datetime | None = ts
        for step in steps[1:]:
            following = [n for n in range(place + 1, len(moments)) if moments[n][3] in step]
            last, place = (moments[following[0]][0], following[0]) if following else (None, len(moments))
        in_time = last is not None and last <= ts + within
        if (not in_time and ts + within <= end) if spec.never else (in_time and last <= end):  # type: ignore[operator]
            total += (amounts.get(event_id.decode()) or 0) if spec.cart else 1
    return total
