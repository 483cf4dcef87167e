"""Random shops: few people, times drawn from a grid around every border, and nulls everywhere.

``random_shop`` takes its choices from a ``Random``: a seeded one gives a fixed shop, hypothesis's own
(``st.randoms()``) one that it can shrink.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ifdo_core.segments.model import AllOf, Leaf, Not
from tests.oracle import Row, Shop

T = TypeVar("T")
TICK = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: (zone, now): an ordinary day; right at midnight in Seoul; after New York's clocks went back, and forward.
MOMENTS = (
    ("Asia/Seoul", datetime(2026, 11, 24, 3, 30)),
    ("Asia/Seoul", datetime(2026, 11, 23, 15, 0)),
    ("America/New_York", datetime(2026, 11, 4, 5, 0)),
    ("America/New_York", datetime(2026, 3, 10, 18, 0)),
    ("Asia/Seoul", datetime(2028, 2, 28, 16, 0)),
    ("UTC", datetime(2027, 3, 1, 0, 0)),
)
#: Moments at which New York's clocks change.
CLOCK_CHANGES = (datetime(2026, 11, 1, 6), datetime(2026, 3, 8, 7))

#: Steps from one event of a visitor to the next, around the gap of 30 minutes.
STEPS = (
    timedelta(0), timedelta(0), 10 * timedelta(seconds=1), 5 * MINUTE, 5 * MINUTE, 30 * MINUTE, 30 * MINUTE + TICK,
    30 * MINUTE - TICK, 10 * MINUTE, 10 * MINUTE + TICK, 2 * HOUR, 24 * HOUR, 24 * HOUR + TICK,
)  # fmt: skip

EVENT_NAMES = (
    *["page_view"] * 12, "view_item", "view_item", "view_item", "view_item_list",
    "add_to_cart", "add_to_cart", "add_to_cart", "remove_from_cart", "view_cart", "begin_checkout",
    "add_shipping_info", "add_payment_info", "purchase", "purchase", "search", "view_search_results", "login",
    "sign_up", "scroll", "session_start", "user_engagement", "click", "select_content", "select_item",
    "add_to_wishlist", "restock_alert", "form_submit", "generate_lead", "file_download", "share", "view_promotion",
    "select_promotion", "coupon_download", "view_review", "write_review", "chat_start", "exception", "Page_View",
    "form_start", "form_start", "video_start", "video_progress", "video_complete", "remove_from_wishlist",
    "scroll", "click", "view_item", "add_to_cart", "search",
)  # fmt: skip

#: (path, title, type, product)
PAGES = (
    ("/", "홈", "home", None),
    ("/product/1", "겨울 코트", "product", "P1"),
    ("/product/2", "Winter Coat (100%)", "product", "P2"),
    ("/category/outer", "아우터", "category", None),
    ("/event/black_friday", "기획전 [블랙]", "event", None),
    ("/Event/Black", None, "event", None),
    ("/cart", "장바구니", "cart", None),
    ("/order/form", "주문", "checkout", None),
    ("/member/join", "회원가입", "signup", None),
    ("/board/검색", "게시판", "board", None),
    ("/lookbook/a*b/1", "룩북 50%_할인", "other", None),
    (None, None, None, None),
)
#: Saved segments of every shop; members without visits can be asked them too. One names the others.
SAVED = {
    "seg_bought": Leaf("purchase.order_count", "gte", 1),
    "seg_member": AllOf((Leaf("member.is_member", "is_true"),)),
    "seg_guest": AllOf(
        (
            Leaf("analysis.in_segment", "any_of", ("seg_bought", "seg_member")),
            Not(Leaf("analysis.in_segment", "all_of", ("seg_bought", "seg_member"))),
        )
    ),
}
HOSTS = ("shop.example", "m.shop.example")

#: What a first event can say about where it came from.
ORIGINS: tuple[Row, ...] = (
    {},
    {},
    {"referrer": "https://search.naver.com/search.naver?query=%EB%8B%88%ED%8A%B8+%EC%BD%94%ED%8A%B8"},
    {"referrer": "https://m.search.naver.com/", "click_id": "n_media"},
    {"referrer": "https://www.google.com/"},
    {"referrer": "https://www.google.com/", "click_id": "gclid"},
    {"referrer": "https://www.google.com/?q=coat", "click_id": "gclid", "utm_source": "google", "utm_medium": "cpc"},
    {"referrer": "https://l.instagram.com/", "inapp": "instagram"},
    {"referrer": "https://l.instagram.com/", "click_id": "fbclid", "inapp": "instagram"},
    {"referrer": "https://m.facebook.com/"},
    {"click_id": "fbclid"},
    {"inapp": "instagram"},
    {"inapp": "kakaotalk"},
    {"inapp": "none"},
    {"utm_source": "ig", "utm_medium": "Paid-Social", "utm_campaign": "블랙프라이데이", "utm_content": "banner_a"},
    {"utm_source": "Instagram", "utm_medium": "social", "utm_campaign": "launch"},
    {"utm_source": "fb", "utm_medium": "cpc", "utm_term": "운동화", "utm_id": "2026-bf-01"},
    {"utm_source": "naver", "utm_medium": "organic"},
    {"utm_source": "naver", "utm_medium": "cpc", "utm_campaign": "Brand_2026"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "launch"},
    {"utm_source": "kakao", "utm_medium": "alimtalk", "inapp": "kakaotalk"},
    {"utm_source": "criteo", "utm_medium": "display"},
    {"utm_source": "partner_x", "utm_medium": "affiliate"},
    {"utm_source": "partner_x"},
    {"utm_medium": "weird"},
    {"utm_campaign": "only-campaign"},
    {"utm_source": "(not set)", "utm_medium": " "},
    {"referrer": "https://someone.tistory.com/review/1"},
    {"referrer": "https://blog.example/post"},
    {"referrer": "https://shop.example/"},
    {"referrer": "https://search.shopping.naver.com/catalog/1", "click_id": "NaPm"},
    {"referrer": "https://chatgpt.com/"},
    {"referrer": "https://chatgpt.com/", "utm_source": "chatgpt.com", "utm_content": "banner_b"},
    {"referrer": "https://link.kakao.com/x"},
)  # fmt: skip

DEVICES: tuple[Row, ...] = (
    {},
    {
        "device": "mobile",
        "os": "ios",
        "browser": "safari",
        "country": "KR",
        "region": "서울",
        "language": "ko",
        "os_version": "17.6.1",
        "browser_version": "17.6",
        "device_brand": "apple",
        "device_model": "iPhone",
        "platform": "web",
        "screen_width": 390,
    },
    {
        "device": "desktop",
        "os": "windows",
        "browser": "chrome",
        "country": "US",
        "city": "부산",
        "language": "en",
        "os_version": "10",
        "browser_version": "120.0",
        "platform": "web",
        "screen_width": 1920,
    },
    {
        "device": "mobile",
        "os": "android",
        "browser": "samsung_internet",
        "region": "경기",
        "city": "Suwon",
        "device_brand": "samsung",
        "device_model": "SM-S928N",
        "platform": "app",
        "screen_width": 400,
    },
)
#: Parameters of a page's address.
QUERIES = (
    None, None, '{"ab": "A"}', '{"ab": "B", "ifdo_mid": "M-1"}', '{"빈칸 있는": "예 1", "a.b": "x"}',
    '{"ifdo_mid": "M-2"}', '{"ifdo_mid": "m-1", "utm_source": "ig"}',
)  # fmt: skip
#: What a property of an event of some name is called.
FITTING = {
    "scroll": "percent_scrolled", "click": "outbound", "search": "result_count", "video_progress": "video_percent",
    "view_item": "availability", "form_start": "form_name", "add_to_cart": "coupon",
}  # fmt: skip
PRODUCTS: tuple[Row, ...] = (
    {
        "product_id": "P1",
        "name": "코트",
        "category": "아우터 > 코트",
        "brand": "NORD",
        "price": 70_000,
        "list_price": 100_000,
    },
    {"product_id": "P2", "name": "Coat", "category": "아우터", "brand": "nord", "price": 50_000, "list_price": 50_000},
    {"product_id": "P3", "name": "운동화", "category": "신발", "brand": None, "price": 300_000},
    {"product_id": "P4", "name": "아우터끈", "category": "아우터끈", "brand": "NORD"},
    {"product_id": "P5", "name": "이름뿐", "category": None, "brand": None},
)
CATEGORIES = (None, None, None, "아우터", "아우터 > 코트", "신발")
SEARCH_TERMS = (None, "패딩", "롱패딩 코트", "Coat", "coat", "a.b", "100%", "a_b")
AMOUNTS = (0, 1, 10_000, 30_000, 49_999, 50_000, 50_001, 70_000, 100_000, 300_000)
CART_VALUES = (None, None, 0, 30_000, 50_000, 69_999, 70_000)
#: Properties an event of any name can carry.
PARAMS: tuple[dict[str, Any], ...] = (
    {"element": "btn_size"}, {"element": "Btn"}, {"form_name": "입점문의"}, {"method": "kakaotalk"},
    {"method": "link", "promotion_id": "winter"}, {"promotion_id": 7}, {"coupon": "WELCOME"},
    {"item_list_id": "best"}, {"payment_type": "kakaopay"}, {"engagement_time_msec": 1500},
    {"engagement_time_msec": "2500"}, {"engagement_time_msec": None, "element": None}, {},
    {"engagement_time_msec": 16_777_217}, {"form_name": "입점문의", "coupon": "WELCOME"},
    {"percent_scrolled": 75, "video_percent": 50, "video_title": "룩북"},
    {"percent_scrolled": "90.5", "video_percent": 25, "video_url": "https://v.example/1", "outbound": True},
    {"outbound": True, "result_count": 0, "percent_scrolled": 25}, {"outbound": "false", "result_count": "3"},
    {"result_count": 0, "availability": "out_of_stock"}, {"price": 49_999, "availability": "in_stock"},
    {"price": "120000", "availability": "out_of_stock"}, {"price": 70_000.5, "percent_scrolled": "deep"},
)  # fmt: skip
STATUSES = (
    "paid", "paid", "paid", "pending", "cancelled", "refunded", "partially_refunded", "shipping", "authorized",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A shop and the moment to ask it at."""

    shop: Shop
    now: datetime

    def __repr__(self) -> str:
        return f"Case(now={self.now!r}, shop={self.shop!r})"


def random_case(dice: Random, people: int = 5, events: int = 30, least: int = 1) -> Case:
    """A shop of ``least`` to ``people`` visitors and up to ``events`` events each."""
    zone, now = dice.choice(MOMENTS)
    grid = borders(now, zone)
    visitors = [f"{dice.choice(('v', 'V', '방'))}{number}" for number in range(dice.randint(least, people))]
    members = [f"{dice.choice(('m', 'M', '회'))}{number}" for number in range(dice.randint(least // 2, people))]
    maker = _Maker(dice, now, grid, members)
    shop = Shop(
        timezone=zone,
        visit_gap_minutes=dice.choice((30, 30, 30, 10)),
        own_hosts=HOSTS[:1] if dice.random() < 0.9 else (),
        free_shipping_from=dice.choice((None, 50_000, 70_000)),
    )
    for visitor in visitors:
        shop.events += maker.events_of(visitor, dice.choice((1, 3, dice.randint(0, events))))
    shop.orders = maker.orders(visitors, shop.events, dice.randint(0, 3 * people))
    shop.order_items = maker.items(shop.orders)
    shop.products = [dict(row) for row in PRODUCTS if dice.random() < 0.8]
    shop.segments = dict(SAVED)
    shop.messages = maker.messages()
    shop.members = [maker.member(member) for member in members if dice.random() < 0.85]
    people = [f"m:{member}" for member in members] + [f"v:{visitor}" for visitor in visitors]
    marks = Random(dice.random())
    shop.scores = [score_of(person, marks) for person in people if marks.random() < 0.8]
    today = shop.local_date(now)
    for person in people:
        shown = [f"P{number}" for number in range(1, 6) if marks.random() < 0.3]
        shop.recommended += [{"person": person, "product_id": product} for product in shown]
        for segment_id in SAVED:
            if marks.random() < 0.6:
                since = marks.choice((None, today, *(today - timedelta(days=ago) for ago in (1, 3, 4, 30))))
                shop.entries.append({"segment_id": segment_id, "person": person, "entered_on": since})
    shop.messages += messages_to(Random(dice.random()), grid, list(members), list(visitors))
    shop.message_cap = marks.choice((1, 2, 3))
    return Case(shop, now)


def messages_to(dice: Random, grid: Sequence[datetime], members: list[str], visitors: list[str]) -> list[Row]:
    """Messages of every status to members, and some on the site to visitors; times around every border of hours."""
    found: list[Row] = []
    spans = (timedelta(0), HOUR, HOUR + TICK, 24 * HOUR, 24 * HOUR - TICK, 48 * HOUR, 72 * HOUR, 72 * HOUR + TICK)

    def maybe(chance: float, moment: datetime) -> datetime | None:
        return moment + dice.choice(spans) if dice.random() < chance else None

    for number in range(4 * len(members) + 2 * len(visitors)):
        onsite = number >= 4 * len(members)
        at = dice.choice(grid)
        status = dice.choice(("delivered", "delivered", "delivered", "accepted", "failed", "holdout"))
        arrived = status == "delivered"
        found.append(
            {
                "message_id": f"G{number * 7919 % 10_000:04d}",
                "ts": at,
                "channel": "onsite" if onsite else dice.choice(("brand_message", "brand_message", "alimtalk", "email")),
                "status": dice.choice(("accepted", "delivered")) if onsite else status,
                "member_id": None if onsite or not members else dice.choice(members),
                "visitor_id": dice.choice(visitors) if onsite or dice.random() < 0.1 else None,
                "campaign": dice.choice((None, "spring_sale_bm", "launch")),
                "content": dice.choice((None, "popup_new", "banner_a")),
                "variant": dice.choice((None, "A", "B")),
                "delivered_at": maybe(0.7, at) if arrived else None,
                "opened_at": maybe(0.4, at) if arrived or onsite else None,
                "clicked_at": maybe(0.4, at) if arrived or onsite else None,
                "closed_at": maybe(0.4, at) if onsite else None,
                "failed_at": maybe(0.5, at) if status == "failed" else None,
                "failure": dice.choice((None, "blocked", "3020")) if status == "failed" else None,
            }
        )
    return found


def score_of(person: str, dice: Random) -> Row:
    """What a refresh might have found, each value unknown now and then."""
    told: Row = {
        **{f"{name}_score": dice.randint(1, 5) for name in "rfm"},
        "rfm_sum": dice.randint(3, 15),
        "rfm_grade": dice.choice(("VIP", "이탈 우려", "단골")),
        **{f"previous_rfm_grade{ago}": dice.choice(("VIP", "이탈 우려")) for ago in ("", "_1", "_7", "_90")},
        "rfm_move": dice.choice(("up", "same", "down", "new", "gone")),
        **{
            f"{name}_probability": dice.choice((0.0, 30.0, 60.0, 70.0, 99.5)) for name in ("alive", "churn", "purchase")
        },
        "churn_risk": dice.choice(("low", "mid", "high")),
        "predicted_value": dice.choice((0, 199_999, 200_000)),
        "lifetime_value": dice.choice((999_999, 1_000_000)),
        "predicted_orders": dice.choice((0.0, 0.5, 1.0, 2.25)),
        "next_purchase_due_days": dice.choice((-8, -7, 0, 7, 8)),
        "cycle_ratio": dice.choice((0.5, 1.5, 2.0)),
        "cohort_month": dice.choice(("2026-09", "2026-10")),
        "cohort_age_months": dice.choice((0, 3)),
        "value_tier": dice.choice("ABC"),
        "value_percentile": dice.choice((10.0, 12.5, 100.0)),
        "lifecycle_stage": dice.choice(("visitor", "first_time_buyer", "lost")),
        "affinity_category": dice.choice(("스킨케어", "아우터 > 코트")),
        "affinity_brand": dice.choice(("NORD", "nord")),
        "discount_sensitivity": dice.choice(("low", "mid", "high")),
        "preferred_hour": dice.choice((0, 19, 22, 23)),
    }
    return {"person": person, **{name: value for name, value in told.items() if dice.random() < 0.85}}


def borders(now: datetime, zone: str) -> list[datetime]:
    """Moments around which an answer changes, each with the microseconds beside it."""
    midnights = [midnight(now, zone, days) for days in (0, 1, 2, 7, 8)]
    marks = [now, now - 24 * HOUR, now - 168 * HOUR, now - 30 * DAY, now - 30 * MINUTE, *midnights]
    marks += [moment for moment in CLOCK_CHANGES if now - 8 * DAY < moment < now]
    plain = [now - HOUR, now - 12 * HOUR, now - 3 * DAY, now - 5 * DAY, now - 10 * DAY, now - 90 * DAY, now - 400 * DAY]
    return [mark + by for mark in marks for by in (-TICK, timedelta(0), TICK)] + plain * 2


def midnight(now: datetime, zone: str, days: int) -> datetime:
    """The local midnight ``days`` before that of ``now``, in UTC."""
    local = now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    day = local.date() - timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


class _Maker:
    """Rows of one shop; ids are unique, and neither in the order of time nor in that of a dictionary."""

    def __init__(self, dice: Random, now: datetime, grid: Sequence[datetime], members: Sequence[str]) -> None:
        self.dice = dice
        self.now = now
        self.grid = grid
        self.member_ids = members
        self.made = 0

    def id(self) -> str:
        self.made += 1
        return f"{self.dice.choice(('e', 'E', '9', '가', 'ab'))}{self.made}"

    def maybe(self, chance: float, value: T) -> T | None:
        return value if self.dice.random() < chance else None

    def events_of(self, visitor: str, number: int) -> list[Row]:
        """Runs of events that begin on the grid; every second visitor has some visit ids of the source."""
        dice = self.dice
        with_ids = dice.random() < 0.3
        known_from = dice.choice((0, 0, 3, number)) if self.member_ids else number
        member = dice.choice(self.member_ids) if self.member_ids else None
        grid = dice.choice((self.grid, [ts for ts in self.grid if self.now - 8 * DAY < ts]))
        found: list[Row] = []
        while len(found) < number:
            ts = dice.choice(grid)
            origin, device = dice.choice(ORIGINS), dice.choice(DEVICES)
            for _ in range(min(dice.choice((1, 1, 2, 3, 6)), number - len(found))):
                row = self.event(visitor, ts, origin, device)
                if len(found) >= known_from and dice.random() < 0.4:
                    row["member_id"] = member if dice.random() < 0.9 else dice.choice(self.member_ids)
                if with_ids and dice.random() < 0.6:
                    row["visit_id"] = dice.choice(("s1", "s2", "S2"))
                found.append(row)
                ts += dice.choice(STEPS)
                origin = origin if dice.random() < 0.3 else {}
        return found

    def event(self, visitor: str, ts: datetime, origin: Row, device: Row) -> Row:
        dice = self.dice
        name = dice.choice(EVENT_NAMES)
        path, title, kind, product = dice.choice(PAGES)
        host = dice.choice(HOSTS)
        row: Row = {"event_id": self.id(), "ts": ts, "visitor_id": visitor, "name": name, **origin, **device}
        if path is not None and dice.random() < 0.8:
            query = dice.choice(("", "?utm=1", "?a=/event/black"))
            row |= {"page_url": f"https://{host}{path}{query}", "page_host": host, "page_path": path}
            row |= {"page_title": title, "page_type": kind, "page_query": dice.choice(QUERIES)}
            row["is_internal"] = dice.choice((None, None, None, True))
        if name in ("view_item", "add_to_cart", "remove_from_cart", "restock_alert") or "wishlist" in name:
            row["product_id"] = product or dice.choice(("P1", "P1", "P2", "P3", "P5", "P9", None))
        elif name == "page_view":
            row["product_id"] = product
        if name in ("view_item", "view_item_list", "add_to_cart"):
            row["category"] = dice.choice(CATEGORIES)
        if name in ("add_to_cart", "remove_from_cart"):
            row["value"] = dice.choice((None, *AMOUNTS))
            row["quantity"] = dice.choice((None, 1, 1, 2))
        if "cart" in name or name in ("begin_checkout", "purchase") or dice.random() < 0.05:
            row["cart_value"] = dice.choice(CART_VALUES)
        if "search" in name or dice.random() < 0.05:
            row["search_term"] = dice.choice(SEARCH_TERMS)
        if dice.random() < 0.5:
            fitting = [params for params in PARAMS if FITTING.get(name) in params]
            row["params"] = json.dumps(dice.choice(fitting or PARAMS), ensure_ascii=False)
        return row

    def orders(self, visitors: Sequence[str], events: Sequence[Row], number: int) -> list[Row]:
        """Some at the very time of an event; whose they are is known by member, visitor, both or neither."""
        dice = self.dice
        moments = [*self.grid, *[row["ts"] for row in events] * 2]
        found: list[Row] = []
        for _ in range(number):
            ts = dice.choice(moments)
            status = dice.choice(STATUSES)
            amount = dice.choice(AMOUNTS)
            came_back = status in ("refunded", "partially_refunded") and dice.random() < 0.8
            row: Row = {"order_id": self.id(), "ts": ts, "amount": amount, "status": status}
            row["visitor_id"] = self.maybe(0.6, dice.choice((*visitors, "unheard-of")))
            row["member_id"] = self.maybe(0.5, dice.choice((*self.member_ids, "only-here")))
            row["refunded_amount"] = dice.choice((amount, amount // 2, None)) if came_back else None
            row["refunded_at"] = max(ts, dice.choice(moments)) if came_back and dice.random() < 0.7 else None
            row["discount"] = dice.choice((None, 0, 1_000))
            row["points_used"] = dice.choice((None, 0, 500))
            row["coupon"] = dice.choice((None, "WELCOME", "welcome"))
            row["payment_method"] = dice.choice((None, "card", "kakaopay", "naverpay", "bank_transfer"))
            row["channel"] = dice.choice((None, "pc", "mobile", "app"))
            row["region"] = dice.choice((None, "서울", "제주"))
            found.append(row)
        return found

    def items(self, orders: Sequence[Row]) -> list[Row]:
        dice = self.dice
        return [
            {
                "line_id": self.id(),
                "order_id": order["order_id"],
                "product_id": dice.choice(("P1", "P1", "P2", "P3", "P4", "P5", "P9")),
                "quantity": dice.choice((1, 1, 2, 5)),
                "price": dice.choice(AMOUNTS),
                "discount": dice.choice((None, 0, 1_000)),
            }
            for order in [*orders, {"order_id": "no-such-order"}]
            for _ in range(dice.choice((0, 1, 1, 2)))
        ]

    def messages(self) -> list[Row]:
        dice = self.dice
        return [
            {
                "message_id": message_id,
                "ts": dice.choice(self.grid),
                "channel": dice.choice(("brand_message", "alimtalk", "email")),
                "status": dice.choice(("accepted", "delivered")),
                "campaign": dice.choice((None, "spring_sale_bm", "launch")),
            }
            for message_id in ("M-1", "M-2", "M-3")
            if dice.random() < 0.9
        ]

    def member(self, member_id: str) -> Row:
        """Each column unknown now and then; birthdays on and around the local day and on 29 February."""
        dice, maybe = self.dice, self.maybe
        today = self.now.date()
        near = [today + timedelta(days=by) for by in (-1, 0, 1, 2, 30)]
        born = [date(1990, day.month, min(day.day, 28)) for day in near] + [date(2004, 2, 29), date(1961, 12, 31)]
        flags = (
            "marketing_consent", "channel_friend", "consent_sms", "consent_email", "consent_push", "opted_out",
            "dormant", "was_referred",
        )  # fmt: skip
        moments = ("joined_at", "consent_at", "friend_at", "last_login_at")
        return {
            "member_id": member_id,
            "grade": dice.choice((None, "VIP", "GOLD", "vip")),
            "birthday": maybe(0.8, dice.choice(born)),
            "gender": dice.choice((None, "female", "male")),
            "region": dice.choice((None, "서울", "제주")),
            "phone": dice.choice((None, "010-0000-0000", "")),
            "email": dice.choice((None, "a@example.com")),
            "points": dice.choice((None, 0, 4_999, 5_000)),
            "signup_channel": dice.choice((None, "email", "kakao_sync")),
            "referral_count": dice.choice((None, 0, 1, 3)),
            "reviews_written": dice.choice((None, 0, 2)),
            "coupons_held": dice.choice((None, 0, 2)),
            "points_expire_on": maybe(0.7, dice.choice(near)),
            "coupon_expires_on": maybe(0.7, dice.choice(near)),
            "tags": dice.choice((None, "인플루언서", "인플루언서|vip", "VIP")),
            "extra": dice.choice(EXTRAS),
            **{name: dice.choice((None, True, False)) for name in flags},
            **{name: maybe(0.8, dice.choice(self.grid)) for name in moments},
        }


EXTRAS = (
    None, '{"skin_type": "지성", "vip": "예"}', '{"skin_type": "건성", "shoe size": 265}',
    '{"shoe size": "270", "vip": null}',
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn, people: int = 3, events: int = 8) -> Case:
    """Small shops that hypothesis can make smaller still."""
    return random_case(draw(st.randoms(use_true_random=False)), people, events)
