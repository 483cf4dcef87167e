"""The small language in which a condition says what its value is.

A spec is data. ``ifdo_core.segments.compile`` reads it to SQL; ``tests/oracle`` reads it to plain
loops. A spec never names a dialect, a join or a window function.

*As of.* Every value is asked for a **subject**: a visit (then 'as of' is the visit's end and the
history is that of the visit's person) or a member (then 'as of' is ``now``). semantics.md, 'Visits'
and 'Whose history'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Param:
    """Stands for the value of the condition's parameter ``name``."""

    name: str


Constant = str | int | float | bool | tuple[str, ...] | None

#: What a ``Where`` compares with. ``in`` takes a tuple; ``glob`` a text with ``*`` for anything, which on ``page_url``
#: may match the full URL or its path;
#: ``category`` is ``eq`` or a child of it ('아우터' holds '아우터 > 코트'); ``range`` a text 'a..b',
#: either end may be empty; ``is_known`` ignores the value.
WhereOp = Literal["eq", "ne", "in", "glob", "category", "gte", "lte", "range", "is_true", "is_known"]


@dataclass(frozen=True)
class Where:
    """Keeps the rows whose ``column`` satisfies ``op``.

    ``value`` may be a ``Param``; when that parameter is not given the filter is left out.
    ``column`` may be ``params.<key>``: a property of the event's JSON ``params``.
    """

    column: str
    op: WhereOp
    value: Constant | Param = None


@dataclass(frozen=True)
class VisitColumn:
    """A column of the ``visits`` mart; only visits have it."""

    name: str


@dataclass(frozen=True)
class VisitFlag:
    """True where the visit's ``column`` is one of ``values``, unknown where the column is."""

    column: str
    values: tuple[str | int, ...]


@dataclass(frozen=True)
class VisitFact:
    """A fact worked out from the columns of one visit; unknown where a column it needs is.

    Named facts, understood by both interpreters:

    - source_medium: source, ' / ', medium
    - is_returning: visit_number > 1
    - avg_pages_per_visit: lifetime_pages / visit_number, a float
    - days_since_first_visit: whole days (24 h) from first_visit_at to ended_at
    - days_since_previous_visit: whole days from previous_visit_at to started_at
    - weekday: 'mon' … 'sun' for weekday 0 … 6
    - time_slot: by hour: 'dawn' 0-5, 'morning' 6-10, 'noon' 11-13, 'afternoon' 14-17, 'evening' 18-21, 'night' 22-23
    - has_cart: cart_amount > 0; false, not unknown, where cart_amount is unknown
    - cart_age_hours: hours from cart_started_at to ended_at, a float
    - hours_since_last_add: hours from cart_last_add_at to ended_at, a float
    - free_shipping_gap: settings.free_shipping_from - cart_amount, not below 0; known only with a threshold and
      cart_amount > 0
    """

    name: str


@dataclass(frozen=True)
class StateColumn:
    """The person's state as of the subject: in ``visits`` at the visit's end, in ``people`` at now.

    Named facts, understood by both interpreters: order_count, total_amount, aov, max_order_amount,
    last_order_amount, has_purchased, is_one_time, is_repeat, first_order_on, last_order_on,
    days_since_last_order, days_since_first_order, avg_gap_days.
    """

    name: str


@dataclass(frozen=True)
class MemberFact:
    """A fact of the member row at now, or derived from it.

    Named facts: is_member, joined_on, days_since_join, joined_not_bought, grade, age, age_group,
    gender, birthday_in_days, birth_month, region, marketing_consent, consent_on, channel_friend,
    message_target, has_phone, has_email, points, friend_since_days (whole days from friend_at to now),
    days_since_login (the same from last_login_at), points_expiring_days and coupon_expiring_days (local days from
    now's to that of the column, negative once past), tags (a set), and every further column of ``members``.
    """

    name: str


@dataclass(frozen=True)
class PersonColumn:
    """A column of ``people`` (state at now), for conditions about the visitor as a whole."""

    name: str


Source = Literal["events", "orders", "items", "visits"]
Function = Literal["count", "sum", "max", "distinct", "distinct_days", "latest", "largest_group", "set"]


@dataclass(frozen=True)
class Aggregate:
    """``function`` over the rows of ``source`` of the subject's person up to 'as of'.

    - rows: ``events``, with the brand of their product, and as category their own, else their product's;
      ``orders`` valid as of the subject (semantics.md, 'Refunds'), with ``amount`` net of what was refunded by
      then; ``items`` = lines of those orders with product, category, brand (the last two of the product);
      ``visits`` by their start
    - ``days``: only rows in (as of - days x 24 h, as of]; None = all history
    - ``function``: count rows; sum/max of ``column``; ``distinct`` values of ``column``; ``distinct_days``
      local days; ``latest`` value of ``column`` by (ts, id); ``largest_group`` = the largest count of rows
      that share one ``column``; ``set`` of values of ``column``
    - ``within``: only rows of the subject's own visit
    - ``count``, ``sum``, ``distinct*`` and ``largest_group`` are 0 when nothing is there, the others unknown
    """

    source: Source
    function: Function
    column: str | None = None
    where: tuple[Where, ...] = ()
    days: int | Param | None = None
    within: Literal["history", "visit"] = "history"


@dataclass(frozen=True)
class DaysSince:
    """Whole days (24 h) from the newest matching row of ``of`` to 'as of'; unknown when there is none."""

    of: Aggregate


@dataclass(frozen=True)
class LiveValue:
    """What the visitor does right now; no past, so no 모수 (semantics.md, '모수')."""

    name: str


@dataclass(frozen=True)
class SavedSegments:
    """The ids of the saved segments that hold the visit, each condition of them with its own 'as of'; or the member.

    Always known (semantics.md, 'Segment in segment').
    """


Spec = (
    VisitColumn | VisitFlag | VisitFact | StateColumn | MemberFact | PersonColumn | Aggregate | DaysSince | LiveValue
    | SavedSegments
)  # fmt: skip
