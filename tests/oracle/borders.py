"""The borders of semantics.md as small shops with answers known beforehand: asked of the oracle and of the engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.shop import Row, Shop

TICK = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: Monday 23 November, 21:00 in Seoul.
NOW = datetime(2026, 11, 23, 12)
NEW_YORK = "America/New_York"


@dataclass(frozen=True)
class Border:
    """``where``: a segment's tree; ``visits``: the matching ones of 7 days by the id of their first event."""

    name: str
    shop: Shop
    where: dict[str, Any]
    visits: set[str]
    now: datetime = NOW
    in_24h: int | None = None


def event(id: str, ts: datetime, visitor: str = "v", name: str = "page_view", **columns: Any) -> Row:
    return {"event_id": id, "ts": ts, "visitor_id": visitor, "name": name, **columns}


def order(id: str, ts: datetime, amount: int = 10_000, status: str = "paid", **columns: Any) -> Row:
    return {"order_id": id, "ts": ts, "amount": amount, "status": status, **columns}


def ask(condition: str, op: str, value: Any = None, **params: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"condition": condition, "op": op}
    if value is not None:
        asked["value"] = value
    return {**asked, "params": params} if params else asked


def not_(part: dict[str, Any]) -> dict[str, Any]:
    return {"not": part}


def at(zone: str, *moment: int, fold: int = 0) -> datetime:
    """Naive UTC of a time on the clock of ``zone``."""
    return datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None)  # type: ignore[misc, arg-type]


ANY = ask("traffic.visit_count", "gte", 1)


def windows() -> list[Border]:
    """semantics.md, 'Time': half-open on the left; nothing after now."""
    marks = {"now": NOW, "24h": NOW - DAY, "24h+": NOW - DAY + TICK, "7d": NOW - 7 * DAY, "7d+": NOW - 7 * DAY + TICK}
    shop = Shop([event(name, ts, visitor=name) for name, ts in marks.items()] + [event("later", NOW + TICK, "later")])
    going_on = Shop([event("e1", NOW - MINUTE), event("e2", NOW), event("e3", NOW + TICK), event("e4", NOW + MINUTE)])
    long_ago = Shop([event("e1", NOW - 7 * DAY), event("e2", NOW - 7 * DAY + 20 * MINUTE)])
    late_login = Shop([event("e1", NOW - HOUR), event("e2", NOW + HOUR, member_id="m")], members=[{"member_id": "m"}])
    late_orders = Shop(
        [event("e1", NOW, "a", member_id="a"), event("e2", NOW, "b", member_id="b")],
        [
            order("o1", NOW + TICK, member_id="a"),
            order("o2", NOW - DAY, status="refunded", refunded_at=NOW + TICK, member_id="b"),
        ],
    )
    return [
        Border("windows", shop, ANY, {"now", "24h", "24h+", "7d+"}, in_24h=2),
        Border("a visit going on has what happened so far", going_on, ask("traffic.pages_in_visit", "eq", 2), {"e1"}),
        Border("a visit lies in a window when its start does", long_ago, ANY, set()),
        Border("a log-in after now tells nothing", late_login, ask("member.is_member", "is_true"), set()),
        Border("an order after now, a refund after now", late_orders, ask("purchase.order_count", "eq", 1), {"e2"}),
    ]


def visits() -> list[Border]:
    """semantics.md, 'Visits': more than 30 minutes; or as the source says."""
    start = NOW - HOUR * 5

    def pause(gap: timedelta, minutes: int = 30) -> Shop:
        return Shop([event("e1", start), event("e2", start + gap)], visit_gap_minutes=minutes)

    sourced = Shop(
        [
            event("a1", start, visit_id="s1"),
            event("b1", start + MINUTE),
            event("a2", start + 40 * MINUTE, visit_id="s1"),
            event("b2", start + 32 * MINUTE),
            event("c1", start + 33 * MINUTE, visit_id="s2"),
            event("d1", start, "other", visit_id="s1"),
        ]
    )
    return [
        Border("a pause of exactly 30 minutes", pause(30 * MINUTE), ANY, {"e1"}),
        Border("a microsecond more", pause(30 * MINUTE + TICK), ANY, {"e1", "e2"}),
        Border("a gap of the shop's own", pause(10 * MINUTE + TICK, minutes=10), ANY, {"e1", "e2"}),
        Border("visit ids of the source", sourced, ANY, {"a1", "b1", "b2", "c1", "d1"}),
        Border("the source's visit is one", sourced, ask("traffic.pages_in_visit", "eq", 2), {"a1"}),
        Border("the first by start and id", sourced, ask("traffic.is_first_visit", "is_true"), {"a1", "d1"}),
    ]


def clocks() -> list[Border]:
    """semantics.md, 'Time': days, weekdays and hours of the shop's zone."""
    seoul = Shop([event("before", at("Asia/Seoul", 2026, 11, 22, 23, 59, 59), "a")])
    seoul.events.append(event("midnight", at("Asia/Seoul", 2026, 11, 23, 0), "b"))
    back = Shop(
        [
            event("summer", at(NEW_YORK, 2026, 11, 1, 1, 30), "a"),
            event("winter", at(NEW_YORK, 2026, 11, 1, 1, 30, fold=1), "b"),
            event("last", at(NEW_YORK, 2026, 11, 1, 23, 59), "c"),
            event("eve", at(NEW_YORK, 2026, 10, 31, 23, 59), "d"),
        ],
        timezone=NEW_YORK,
    )
    after_back = at(NEW_YORK, 2026, 11, 2, 0, 30)
    forward = Shop(
        [
            event("before", datetime(2026, 3, 8, 6, 59, 59), "a"),
            event("after", datetime(2026, 3, 8, 7), "b"),
        ],
        timezone=NEW_YORK,
    )
    after_forward = datetime(2026, 3, 9, 3)
    # 23 hours lie between the two noons, so no whole day of 24 has passed
    noons = Shop(
        [event("sat", at(NEW_YORK, 2026, 3, 7, 12)), event("sun", at(NEW_YORK, 2026, 3, 8, 12))], timezone=NEW_YORK
    )
    return [
        Border("midnight in Seoul", seoul, ask("traffic.is_weekend", "is_true"), {"before"}),
        Border("the hour of midnight", seoul, ask("traffic.hour", "eq", 0), {"midnight"}),
        Border("the date of midnight", seoul, ask("traffic.date", "on", "2026-11-23"), {"midnight"}),
        Border("today alone", seoul, ask("traffic.date", "in_last_days", 1), {"midnight"}),
        Border("no day at all", seoul, ask("traffic.date", "in_last_days", 0), set()),
        Border("an hour that comes twice", back, ask("traffic.hour", "eq", 1), {"summer", "winter"}, after_back),
        Border("a day of 25 hours", back, ask("traffic.date", "on", "2026-11-01"), {"summer", "winter", "last"},
               after_back, 2),
        Border("an hour that never comes", forward, ask("traffic.hour", "eq", 3), {"after"}, after_forward),
        Border("a day has 24 hours", noons, ask("traffic.days_since_previous_visit", "eq", 0), {"sun"}, after_forward),
        Border("two dates all the same", noons, ask("traffic.visit_days_in_period", "eq", 2, days=7), {"sun"},
               after_forward),
    ]  # fmt: skip


def ties() -> list[Border]:
    """Everything is ordered by (ts, event_id), ids byte by byte."""
    origin = {"utm_source": "naver"}
    first = Shop([event("b", NOW), event("B", NOW, **origin), event("가", NOW)])
    identity = Shop(
        [event("a", NOW, member_id="m1"), event("B", NOW, member_id="m2")],
        members=[{"member_id": "m1", "grade": "VIP"}, {"member_id": "m2"}],
    )
    cart = Shop(
        [
            event("1", NOW, "a", "add_to_cart", value=5_000),
            event("2", NOW, "a", "purchase"),
            event("3", NOW, "b", "purchase"),
            event("4", NOW, "b", "add_to_cart", value=5_000),
        ]
    )
    searches = Shop(
        [event("10", NOW, name="search", search_term="ten"), event("9", NOW, name="search", search_term="9")]
    )
    orders = Shop(
        [event("e", NOW, member_id="m")], [order("a", NOW, 2, member_id="m"), order("B", NOW, 1, member_id="m")]
    )
    return [
        Border("the first event by bytes of its id", first, ask("acquisition.source", "eq", "naver"), {"B"}),
        Border("the newest log-in", identity, ask("member.grade", "in", ["VIP"]), {"B"}),
        Border("bought and carted at once", cart, ask("cart.amount", "eq", 5_000), {"3"}),
        Border("carted and bought at once", cart, ask("cart.amount", "eq", 0), {"1"}),
        Border("the newest search", searches, ask("behaviour.last_search_term", "eq", "9"), {"10"}),
        Border("the newest order", orders, ask("purchase.last_order_amount", "eq", 2), {"e"}),
    ]


def people() -> list[Border]:
    """semantics.md, 'Identity' and 'Whose history'."""
    devices = Shop(
        [
            event("pc", NOW - 2 * DAY, "pc"),
            event("phone", NOW - DAY, "phone", member_id="m"),
            event("pc2", NOW - HOUR, "pc", member_id="m"),
        ],
        [order("o", NOW - 3 * DAY, member_id="m"), order("p", NOW - 30 * HOUR, visitor_id="pc")],
        members=[{"member_id": "m"}],
    )
    handed_on = Shop(
        [event("old", NOW - 2 * DAY, member_id="m1"), event("new", NOW, member_id="m2")],
        [order("o", NOW - 3 * DAY, member_id="m1")],
    )
    stranger = Shop([event("e", NOW)], [order("o", NOW - DAY), order("p", NOW - DAY, visitor_id="nobody")])
    return [
        Border("a visit before the log-in is the member's", devices, ask("member.is_member", "is_true"),
               {"pc", "phone", "pc2"}),
        Border("one history of two devices", devices, ask("traffic.visit_count", "eq", 2), {"phone"}),
        Border("orders of the member and of its visitor", devices, ask("purchase.order_count", "eq", 2),
               {"phone", "pc2"}),
        Border("a visitor's newest member has all its visits", handed_on, ask("purchase.has_purchased", "is_true"),
               set()),
        Border("an order of nobody known", stranger, ask("purchase.has_purchased", "is_true"), set()),
    ]  # fmt: skip


def carts() -> list[Border]:
    """semantics.md, 'Recent cart amount'."""

    def returns(after: timedelta, **cart: Any) -> Shop:
        return Shop([event("a", NOW - after, name="view_cart", **cart), event("b", NOW)])

    recent = ask("cart.recent_amount", "gte", 50_000)
    sums = Shop(
        [
            event("1", NOW - 9 * MINUTE, name="add_to_cart", value=30_000),
            event("2", NOW - 8 * MINUTE, name="add_to_cart", value=30_000),
            event("3", NOW - 7 * MINUTE, name="remove_from_cart", value=20_000),
            event("4", NOW - 6 * MINUTE, name="add_to_cart"),
            event("5", NOW - 5 * MINUTE, name="view_cart"),
        ]
    )
    bought = Shop(
        [
            event("1", NOW - 9 * MINUTE, name="add_to_cart", value=30_000),
            event("2", NOW - 8 * MINUTE, name="purchase", cart_value=90_000),
            event("3", NOW - 7 * MINUTE, name="add_to_cart", value=10_000),
        ]
    )
    emptied = Shop([event("1", NOW - MINUTE, name="add_to_cart", value=9), event("2", NOW, name="purchase")])
    other_device = Shop(
        [
            event("a", NOW - HOUR, "pc", "view_cart", cart_value=70_000, member_id="m"),
            event("b", NOW, "phone", member_id="m"),
        ]
    )
    return [
        Border("read 24 hours ago exactly", returns(DAY, cart_value=50_000), recent, {"a"}),
        Border("read a microsecond less ago", returns(DAY - TICK, cart_value=50_000), recent, {"a", "b"}),
        Border("nothing read is unknown", returns(HOUR), ask("cart.recent_amount", "is_unknown"), {"a", "b"}),
        Border("the highest of the running total", sums, ask("cart.recent_amount", "eq", 60_000), {"1"}),
        Border("what is left", sums, ask("cart.amount", "eq", 40_000), {"1"}),
        Border("a purchase is no reading", bought, ask("cart.recent_amount", "eq", 30_000), {"1"}),
        Border("a purchase empties", bought, ask("cart.amount", "eq", 10_000), {"1"}),
        Border("the emptied cart is 0", emptied, ask("cart.amount", "eq", 0), {"1"}),
        Border("no cart is unknown, not 0", returns(HOUR), ask("cart.amount", "lte", 0), set()),
        Border("the cart of the other device", other_device, recent, {"a", "b"}),
    ]


def purchases() -> list[Border]:
    """semantics.md, 'Money' and 'Refunds'."""
    start, end = NOW - 10 * MINUTE, NOW - MINUTE

    def shop(*orders: Row) -> Shop:
        return Shop([event("e1", start, member_id="m"), event("e2", end, member_id="m")], list(orders))

    def back(refunded_at: datetime | None, status: str = "refunded", **columns: Any) -> Shop:
        return shop(order("o", start, 10_000, status, member_id="m", refunded_at=refunded_at, **columns))

    bought, total = ask("purchase.has_purchased", "is_true"), ask("purchase.total_amount", "eq", 7_000)
    part = {"status": "partially_refunded", "refunded_amount": 3_000}
    in_visit = ask("commerce.visit_order_amount", "eq", 10_000)
    now_without = not_(ask("member.joined_not_bought", "is_false"))
    came_back = Shop(back(NOW).events, back(NOW).orders, members=[{"member_id": "m"}])
    return [
        Border("refunded at the visit's end", back(end), bought, set()),
        Border("refunded after it", back(end + TICK), bought, {"e1"}),
        Border("refunded nobody knows when", back(None), bought, set()),
        Border("refunded in part before", back(end, **part), total, {"e1"}),
        Border("refunded in part nobody knows when", back(None, **part), total, {"e1"}),
        Border("refunded in part after", back(end + TICK, **part), total, set()),
        Border("a standing never counts refunds", came_back, now_without, {"e1"}),
        Border("not paid, called off", shop(order("o", start, status="pending", member_id="m"),
               order("p", start, status="cancelled", member_id="m")), bought, set()),
        Border("ordered at the visit's start", shop(order("o", start, member_id="m")), in_visit, {"e1"}),
        Border("ordered at its end", shop(order("o", end, member_id="m")), in_visit, {"e1"}),
        Border("ordered before it", shop(order("o", start - TICK, member_id="m")), in_visit, set()),
        Border("ordered after it", shop(order("o", end + TICK, member_id="m")), bought, set()),
        Border("an order is a purchase without its event", shop(order("o", end, member_id="m")),
               ask("commerce.visit_converted", "is_true"), {"e1"}),
        Border("0 orders are known", shop(), ask("purchase.order_count", "lte", 0), {"e1"}),
        Border("no order has no largest one", shop(), ask("purchase.max_order_amount", "is_unknown"), {"e1"}),
    ]  # fmt: skip


def periods() -> list[Border]:
    """semantics.md, 'Counts over a period': (end - days x 24 hours, end]."""

    def viewed(before: timedelta) -> Shop:
        return Shop([event("a", NOW - before, name="view_item"), event("b", NOW)])

    asked = ask("behaviour.event", "gte", 1, event="view_item", days=2)
    return [
        Border("exactly two days before", viewed(2 * DAY), asked, {"a"}),
        Border("a microsecond later", viewed(2 * DAY - TICK), asked, {"a", "b"}),
        Border("nothing is 0", viewed(2 * DAY), ask("behaviour.event", "eq", 0, event="search", days=2), {"a", "b"}),
        Border("0 days hold nothing", viewed(DAY), ask("behaviour.event", "eq", 0, event="view_item", days=0),
               {"a", "b"}),
        Border("whole days since", viewed(2 * DAY), ask("behaviour.days_since_event", "eq", 2, event="view_item"),
               {"b"}),
        Border("not yet two", viewed(2 * DAY - TICK), ask("behaviour.days_since_event", "lt", 2, event="view_item"),
               {"a", "b"}),
    ]  # fmt: skip


def nulls() -> list[Border]:
    """semantics.md, '모수' and 'Negation over sets': unknown satisfies nothing, NOT is exactly the rest."""
    bare = Shop([event("e", NOW)], members=[{"member_id": "m"}])
    known = Shop([event("e", NOW, member_id="m")], members=[{"member_id": "m"}])
    young = Shop(known.events, members=[{"member_id": "m", "birthday": date(2000, 11, 24)}])
    tagged = Shop(known.events, members=[{"member_id": "m", "tags": "vip|new"}])
    pages = Shop([event("e", NOW, page_path="/a"), event("f", NOW, page_path="/b")])
    return [
        Border("not 30 or older, age unknown", known, not_(ask("member.age", "gte", 30)), {"e"}),
        Border("younger than 30, age unknown", known, ask("member.age", "lt", 30), set()),
        Border("25 tomorrow", young, ask("member.age", "eq", 25), {"e"}),
        Border("another grade than an unknown one", known, ask("member.grade", "not_in", ["VIP"]), set()),
        Border("no campaign is not another campaign", bare, ask("acquisition.campaign", "ne", "x"), set()),
        Border("unknown and not known are one", bare, not_(ask("acquisition.campaign", "is_known")), {"e"}),
        Border("an empty set is known", bare, ask("purchase.payment_method", "none_of", ["card"]), {"e"}),
        Border("an unknown set is not", known, ask("member.tag", "none_of", ["vip"]), set()),
        Border("a set knows whole elements", tagged, ask("member.tag", "any_of", ["vi"]), set()),
        Border("all of a set", tagged, ask("member.tag", "all_of", ["new", "vip"]), {"e"}),
        Border("a target nobody can be is none", known, ask("member.message_target", "none_of", ["M"]), {"e"}),
        Border("no member has no targets", bare, ask("member.message_target", "is_unknown"), {"e"}),
        Border("no page of the visit", bare, ask("behaviour.page_in_visit", "ne", "/a"), {"e"}),
        Border("some page is another", pages, ask("behaviour.page_in_visit", "ne", "/a"), set()),
        Border("two pages, two conditions", pages, {"all": [ask("behaviour.page_in_visit", "eq", "/a"),
               ask("behaviour.page_in_visit", "eq", "/b")]}, {"e"}),
        Border("the visit's host, unknown", bare, not_(ask("traffic.host", "contains", "shop")), {"e"}),
    ]  # fmt: skip


def texts() -> list[Border]:
    """Signs that mean something to a database mean themselves; upper and lower case are apart."""

    def page(path: str) -> Shop:
        return Shop([event("e", NOW, page_path=path, page_url=f"https://shop.example{path}?q=1", page_title="50%_off")])

    def viewed(url: str) -> dict[str, Any]:
        return ask("behaviour.page_viewed", "gte", 1, url=url)

    return [
        Border("% is a sign", page("/a%b"), ask("acquisition.landing_url", "contains", "a%b"), {"e"}),
        Border("% is no joker", page("/axb"), ask("acquisition.landing_url", "contains", "a%b"), set()),
        Border("_ is no joker", page("/axb"), ask("acquisition.landing_url", "starts_with", "/a_b"), set()),
        Border("case counts", page("/Event"), ask("acquisition.landing_url", "contains", "event"), set()),
        Border("a quote", page("/it's"), ask("acquisition.landing_url", "ends_with", "'s"), {"e"}),
        Border("a backslash", page("/a\\b"), ask("acquisition.landing_url", "eq", "/a\\b"), {"e"}),
        Border("a colon before a word", page("/a:b"), ask("acquisition.landing_url", "in", ["/a:b"]), {"e"}),
        Border("a star for the path", page("/event/1"), viewed("/event/*"), {"e"}),
        Border("a star for the whole address", page("/event/1"), viewed("https://*/event/1?q=1"), {"e"}),
        Border("the whole of it must fit", page("/x/event/1"), viewed("/event/*"), set()),
        Border("a dot in a pattern is a dot", page("/axb"), viewed("/a.b"), set()),
        Border("a question mark is one", page("/a"), viewed("*/a?q=*"), {"e"}),
        Border("brackets in a pattern", page("/[a]"), viewed("/[a]"), {"e"}),
        Border("a search with a regex", page("/p/12"), ask("acquisition.landing_url", "matches", r"^/p/\d+$"), {"e"}),
    ]


def parts() -> list[Border]:
    """Where one part of the day, of the week, of an age ends and the next begins."""
    hours = Shop([event(f"{hour}h", at("Asia/Seoul", 2026, 11, 22, hour, 59), f"v{hour}") for hour in range(24)])
    slots = {"dawn": (0, 5), "morning": (6, 10), "noon": (11, 13)}
    slots |= {"afternoon": (14, 17), "evening": (18, 21), "night": (22, 23)}
    days = Shop([event(f"{day}", at("Asia/Seoul", 2026, 11, day, 12), f"v{day}") for day in range(17, 24)])
    weekdays = dict(zip(("tue", "wed", "thu", "fri", "sat", "sun", "mon"), range(17, 24), strict=True))
    ages = (19, 20, 29, 30, 39, 40, 49, 50, 59, 60, 99)
    aged = Shop(
        [event(f"{age}", NOW, f"v{age}", member_id=f"m{age}") for age in ages],
        members=[{"member_id": f"m{age}", "birthday": date(2026 - age, 11, 23)} for age in ages],
    )
    groups = {"10s": (19,), "20s": (20, 29), "30s": (30, 39), "40s": (40, 49), "50s": (50, 59), "60s+": (60, 99)}
    return [
        *(Border(f"part of the day {slot}", hours, ask("traffic.time_slot", "in", [slot]),
                 {f"{hour}h" for hour in range(first, last + 1)}) for slot, (first, last) in slots.items()),
        *(Border(f"day of the week {name}", days, ask("traffic.weekday", "in", [name]), {f"{day}"})
          for name, day in weekdays.items()),
        *(Border(f"age group {group}", aged, ask("member.age_group", "in", [group]), {f"{age}" for age in within})
          for group, within in groups.items()),
    ]  # fmt: skip


def families() -> list[Border]:
    """A category holds those below it, not those whose name goes on; an event's own goes before its product's."""
    names = ("아우터", "아우터 > 코트", "아우터 > 코트 > 롱", "아우터끈", "아우터>코트", "신발 > 아우터")
    seen = [event(f"e{n}", NOW, f"v{n}", "view_item", category=name) for n, name in enumerate(names)]
    seen.append(event("own", NOW, "a", "view_item", category="신발", product_id="p"))
    seen.append(event("product's", NOW, "b", "view_item", product_id="p"))
    shop = Shop(seen, products=[{"product_id": "p", "name": "코트", "category": "아우터"}])
    return [
        Border("a category and those below", shop, ask("commerce.category_viewed", "gte", 1, category="아우터"),
               {"e0", "e1", "e2", "product's"}),
        Border("a category further down", shop, ask("commerce.category_viewed", "gte", 1, category="아우터 > 코트"),
               {"e1", "e2"}),
    ]  # fmt: skip


def targets() -> list[Border]:
    """product.md, 'Brand message targeting': who can be reached by M, N and I."""
    phone = {"phone": "010-0000-0000"}
    members: dict[str, Row] = {
        "consent": {**phone, "marketing_consent": True, "channel_friend": False},
        "both": {**phone, "marketing_consent": True, "channel_friend": True},
        "friend": {**phone, "marketing_consent": False, "channel_friend": True},
        "friend?": {**phone, "marketing_consent": True},
        "consent?": {**phone, "channel_friend": False},
        "neither": {**phone, "marketing_consent": False, "channel_friend": False},
        "out": {**phone, "marketing_consent": True, "channel_friend": True, "opted_out": True},
        "no number": {"marketing_consent": True, "channel_friend": True},
        "empty number": {"phone": "", "marketing_consent": True, "channel_friend": True},
    }
    shop = Shop([event(name, NOW, name, member_id=name) for name in members])
    shop.members = [{"member_id": name, **row} for name, row in members.items()]
    reached = {"M": {"consent", "both", "friend?"}, "N": {"consent", "friend?"}, "I": {"both", "friend"}}
    return [
        *(Border(f"reached by {target}", shop, ask("member.message_target", "any_of", [target]), names)
          for target, names in reached.items()),
        Border("reached by M and I", shop, ask("member.message_target", "all_of", ["M", "I"]), {"both"}),
        Border("reached by nothing", shop, ask("member.message_target", "none_of", ["M", "N", "I"]),
               {"consent?", "neither", "out", "no number", "empty number"}),
    ]  # fmt: skip


def birthdays() -> list[Border]:
    def born(day: date, now: datetime) -> Shop:
        return Shop([event("e", now, member_id="m")], members=[{"member_id": "m", "birthday": day}])

    leap = date(2004, 2, 29)
    eve, day, after = (at("Asia/Seoul", 2027, *moment) for moment in ((2, 27, 23, 59), (2, 28, 0, 0), (3, 1, 0, 0)))
    return [
        Border("29 February, the day before", born(leap, eve), ask("member.birthday_in_days", "eq", 1), {"e"}, eve),
        Border("29 February in a common year", born(leap, day), ask("member.birthday_in_days", "eq", 0), {"e"}, day),
        Border("a year older on the 28th", born(leap, day), ask("member.age", "eq", 23), {"e"}, day),
        Border("the next one is a leap year's", born(leap, after), ask("member.birthday_in_days", "eq", 365), {"e"},
               after),
    ]  # fmt: skip


BORDERS: tuple[Border, ...] = tuple(
    border
    for group in (
        windows,
        visits,
        clocks,
        ties,
        people,
        carts,
        purchases,
        periods,
        nulls,
        texts,
        parts,
        families,
        targets,
        birthdays,
    )
    for border in group()
)
