"""The small language in which a condition says what its value is.

A spec is data. ``ifdo_core.segments.compile`` reads it to SQL; ``tests/oracle`` reads it to plain
loops. A spec never names a dialect, a join or a window function.

*As of.* Every value is asked for a **subject**: a visit (then 'as of' is the visit's end and the
history is that of the visit's person) or a member (then 'as of' is ``now``). semantics.md, 'Visits'
and 'Whose history'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Param:
    """Stands for the value of the condition's parameter ``name``."""

    name: str


#: Event columns that are numbers; any other number of an event stands in its ``params``.
EVENT_NUMBERS = ("value", "quantity", "cart_value")
#: What counts as a plain number in a text, as a regular expression.
PLAIN_NUMBER = "-?[0-9]{1,15}([.][0-9]{1,9})?"
#: Which column 'category:신발' asks for.
GOODS = {"product": "product_id", "category": "category", "brand": "brand"}
#: One test of a property: its name, how it is compared, with what.
PROPERTY_TEST = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.-]{0,79})\s*(>=|<=|!=|=|>|<)\s*([^\s<>=](?:.*\S)?)\s*")

Constant = str | int | float | bool | tuple[str, ...] | None

#: What a ``Where`` compares with. ``in`` takes a tuple; ``glob`` a text with ``*`` for anything, which on ``page_url``
#: may match the full URL or its path;
#: ``category`` is ``eq`` or a child of it ('아우터' holds '아우터 > 코트'); ``range`` a text 'a..b',
#: either end may be empty; ``is_known`` ignores the value; ``goods`` a text 'product:…', 'category:…' or 'brand:…' that
#: says itself which column it asks for; ``tests`` a text of tests of the event's properties, 'price>=100000 & size=L',
#: as numbers where the text after the sign is a plain one.
WhereOp = Literal[
    "eq", "ne", "in", "glob", "category", "gte", "lte", "range", "is_true", "is_known", "goods", "tests"
]  # fmt: skip


@dataclass(frozen=True)
class Where:
    """Keeps the rows whose ``column`` satisfies ``op``.

    ``value`` may be a ``Param``; when that parameter is not given the filter is left out.
    ``column`` may be ``params.<key>``: a property of the event's JSON ``params``; ``gte`` and ``lte`` read it as a
    number, and one that is no plain number (``-12.5``) as unknown.
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

    Named facts: is_member, joined_on, days_since_join, joined_not_bought, grade, age, age_group, gender,
    birthday_in_days, birth_month, region, marketing_consent, consent_on, channel_friend, message_target, has_phone,
    has_email, points, friend_since_days (whole days from friend_at to now), days_since_login (the same from
    last_login_at, else from the newest login event), points_expiring_days and coupon_expiring_days (local days from
    now's to that of the column, negative once past), tags (a set), and every further column of ``members``.
    """

    name: str


@dataclass(frozen=True)
class PersonColumn:
    """A column of ``people`` (state at now), for conditions about the visitor as a whole."""

    name: str


Source = Literal[
    "events", "pages", "orders", "items", "visits", "placed", "refunds", "cart", "wishlist",
    "sent", "delivered", "opened", "clicked", "closed", "failed",
]  # fmt: skip
Function = Literal["count", "sum", "max", "distinct", "distinct_days", "latest", "largest_group", "most", "set"]


@dataclass(frozen=True)
class Aggregate:
    """``function`` over the rows of ``source`` of the subject's person up to 'as of'.

    Rows:

    - ``events``, with the brand and list_price of their product; as category their own, else their product's; as
      unit_price ``params.price``, else their product's price; on_sale where the list price is above it; video: address
      or title of the video played, '' without; percent: 0 of video_start, 100 of video_complete, else
      ``params.video_percent``; names_coupon: false for a purchase, which ends the cart, else whether ``params.coupon``
      is known
    - ``pages``: page_view events with dwell_s, the seconds to the next page of the visit, of the last one the engaged
      time told from it on (unknown where none is told)
    - ``orders`` valid as of the subject (semantics.md, 'Refunds'), with ``amount`` net of what was refunded by then
      and the local ``hour``
    - ``items`` = lines of those orders with product, category, brand (the last two of the product), list_amount = price
      times quantity, order_discount = that of their order
    - ``visits`` by their start
    - ``placed``: orders of any status, as it is known now; ``paid``: it says that they were paid at some time
    - ``refunds``: what came back of paid orders, in whole or part, at refunded_at (else when they were placed), with
      the ``amount`` of what came back
    - ``cart``: one row a product whose added less removed ``quantity`` (1 where unknown) since the last purchase is
      above 0, with category, brand and price of the product
    - ``wishlist``: one row a product whose newest wishlist event is an add
    - messages to the person, by the member they went to, else by the visitor that saw them, each at its own time:
      ``sent`` those accepted or delivered, at ts; ``delivered`` at delivered_at (ts where the time is not known);
      ``failed`` at failed_at (else ts); ``opened``, ``clicked`` and ``closed`` at the time of that; with
      ``is_clicked``: clicked by 'as of'

    Of these rows:

    - ``days``: only rows in (as of - days x 24 h, as of]; None = all history; not for cart and wishlist
    - ``function``: count rows; sum/max of ``column``; ``distinct`` values of ``column``; ``distinct_days``
      local days; ``latest`` value of ``column`` by (ts, id); ``largest_group`` = the largest count of rows
      (of items: of orders) that share one ``column``; ``most``: the ``column`` that most rows have, of several the one
      with the newest row by (ts, id); ``set`` of values of ``column``, of categories with all above them
    - ``column``: a name, or the parameter that names one: ``value``, ``quantity``, ``cart_value``, else a number in
      ``params``
    - ``within``: only rows of the subject's own visit
    - ``order``: of items, only lines of the first or last order by (ts, order_id)
    - ``count``, ``sum``, ``distinct*`` and ``largest_group`` are 0 when nothing is there, the others unknown
    """

    source: Source
    function: Function
    column: str | Param | None = None
    where: tuple[Where, ...] = ()
    days: int | Param | None = None
    within: Literal["history", "visit"] = "history"
    order: Literal["any", "first", "last"] = "any"


@dataclass(frozen=True)
class Ratio:
    """``part`` x ``times`` / ``whole``, a float; unknown where ``whole`` is 0 or unknown."""

    part: Aggregate
    whole: Aggregate
    times: int = 1


@dataclass(frozen=True)
class Has:
    """True where a row of ``of`` is there, else false."""

    of: Aggregate


@dataclass(frozen=True)
class FirstTime:
    """1 where the oldest row of ``of`` in all history lies in the last ``days``, else 0."""

    of: Aggregate
    days: Param


@dataclass(frozen=True)
class Except:
    """``of`` (count or distinct) without what ``minus`` has too.

    Rows of ``of`` and of ``minus`` are told apart by the columns ``by`` ('visit' = the visit they belong to); () = all
    of them are alike, so that one row of ``minus`` leaves 0. Unknown equals unknown. ``later``: only a row of ``minus``
    at or after the newest one of ``of`` takes these away.
    """

    of: Aggregate
    minus: Aggregate
    by: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True)
class Followed:
    """How many events ``steps[0]`` in the last ``days`` are followed by the other steps.

    Each step is an event later by (ts, event_id) than that of the step before it, all of them within ``hours`` of the
    first and up to 'as of'. A step is some names, or the parameter that names one; ``steps`` may itself be a parameter
    'view_item>add_to_cart'.

    - ``never`` (two steps): those that are not followed, and whose hours lie wholly before 'as of'
    - ``paid``: an order that was paid at some time, though perhaps refunded later, is a purchase as well, at its own
      time and after any event of that time
    - ``cart``: instead of their number the sum of what the cart held at them (semantics.md, 'Recent cart amount')
    """

    steps: tuple[tuple[str, ...] | Param, ...] | Param
    hours: Param
    days: Param
    never: bool = False
    paid: bool = False
    cart: bool = False


@dataclass(frozen=True)
class Unanswered:
    """How many messages of ``of`` (delivered) were not clicked within ``hours``, all of them before 'as of'."""

    of: Aggregate
    hours: Param


@dataclass(frozen=True)
class After:
    """How many orders of ``of`` were placed at or within ``hours`` after a message of ``cause`` (delivered)."""

    of: Aggregate
    cause: Aggregate
    hours: Param


@dataclass(frozen=True)
class Streak:
    """How many messages of ``of`` (delivered) there are after the newest one, by (ts, id), that was clicked or opened
    by 'as of'; unknown without any."""

    of: Aggregate


@dataclass(frozen=True)
class HeldOut:
    """Whether the member was held out of ``campaign`` (any, where it is not given) up to now; unknown for others than
    members."""

    campaign: Param


@dataclass(frozen=True)
class SendsLeft:
    """settings.message_cap less the brand messages sent to the member in the ``days`` before now, not below 0; unknown
    for others than members."""

    days: Param


@dataclass(frozen=True)
class Property:
    """The text at ``key`` of a JSON object: ``query``, the parameters of the visit's landing URL, or ``extra``, what
    the member's row had beyond the columns we know."""

    of: Literal["query", "extra"]
    key: Param


@dataclass(frozen=True)
class LandingMessage:
    """A column of the message whose id the visit's landing URL carries as ``ifdo_mid``."""

    column: Literal["channel", "campaign"]


@dataclass(frozen=True)
class DaysSince:
    """Whole days (24 h) from the newest matching row of ``of`` to 'as of'; unknown when there is none."""

    of: Aggregate


@dataclass(frozen=True)
class LiveValue:
    """What the visitor does right now; no past, so no 모수 (semantics.md, '모수')."""

    name: str


@dataclass(frozen=True)
class ScoreColumn:
    """A column of ``scores``: what the newest refresh that is done found of the person; unknown before the first."""

    name: str


#: Days before a refresh of which ``scores`` holds the RFM grade, and the column that holds it.
GRADES_BEFORE = {
    1: "previous_rfm_grade_1", 7: "previous_rfm_grade_7", 30: "previous_rfm_grade", 90: "previous_rfm_grade_90"
}  # fmt: skip


@dataclass(frozen=True)
class GradeBefore:
    """The person's RFM grade so many days before the newest refresh that is done; ``ago``: one of GRADES_BEFORE."""

    ago: Param


@dataclass(frozen=True)
class RecommendedProducts:
    """The products that the newest refresh that is done recommends to the person; unknown where it has none."""


@dataclass(frozen=True)
class SegmentEntered:
    """Local days from the one on which a refresh first saw the person in the saved segment to now's; unknown for those
    who are not in it, or were before it was first looked at."""

    segment: Param


@dataclass(frozen=True)
class SavedSegments:
    """The ids of the saved segments that hold the visit, each condition of them with its own 'as of'; or the member.

    Always known (semantics.md, 'Segment in segment').
    """


Spec = (
    VisitColumn | VisitFlag | VisitFact | StateColumn | MemberFact | PersonColumn | Property | LandingMessage
    | Aggregate | DaysSince | Ratio | Has | FirstTime | Except | Followed | ScoreColumn | GradeBefore
    | RecommendedProducts | SegmentEntered | SavedSegments | LiveValue | Unanswered | After | Streak | HeldOut
    | SendsLeft
)  # fmt: skip


def aggregates_of(spec: Spec) -> tuple[Aggregate, ...]:
    """The aggregates a spec reads."""
    match spec:
        case Aggregate():
            return (spec,)
        case DaysSince(of) | Has(of) | FirstTime(of, _) | Unanswered(of, _) | Streak(of):
            return (of,)
        case After(of, cause, _):
            return (of, cause)
        case Ratio(part, whole, _):
            return (part, whole)
        case Except(of, minus, _, _):
            return (of, minus)
        case _:
            return ()
