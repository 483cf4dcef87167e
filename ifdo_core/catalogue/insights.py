"""What is watched every day: one entry a number and the dimension it is split by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ifdo_core.catalogue.entry import Needs

#: 'visits' and 'orders' count rows of a mart by local day; 'lines' sums the lines of baskets.
Source = Literal["visits", "orders", "lines", "members"]
#: 'count' of rows, 'sum' of won, 'rate': the share of rows that are so.
Kind = Literal["count", "sum", "rate"]


@dataclass(frozen=True)
class Watch:
    """A number of each day.

    ``column``: what is summed, or the flag whose share is taken. ``by``: the column it is split by (None: the whole
    shop). ``words``: the lookup list of its values. ``condition``: the one whose value a split is, for the segment of
    those people. ``report``: where to look further. ``down``, ``up``: what to do, in both languages.
    """

    id: str
    ko: str
    en: str
    source: Source
    kind: Kind
    needs: tuple[Needs, ...]
    down: tuple[str, str]
    up: tuple[str, str]
    column: str | None = None
    by: str | None = None
    words: str | None = None
    condition: str | None = None
    report: str | None = None
    #: Whom to speak to: condition, operator and value, beside the condition of the split. ``split_param``: its
    #: parameter that takes the split's value.
    audience: tuple[str, str, int | None] | None = None
    split_param: str | None = None

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.ko


_RETURN = ("traffic.visits_in_period", "gte", 1)
_LEFT_A_CART = ("cart.has_items", "is_true", None)
_VISITS_DOWN = (
    "광고·게시물·링크가 멈추지 않았는지 보고, 최근 방문자에게 다시 올 이유를 보내 보세요.",
    "See whether an ad, a post or a link has stopped, and give recent visitors a reason to return.",
)
_VISITS_UP = (
    "무엇이 사람을 데려왔는지 확인하고, 그 방문자에게 첫 구매 혜택을 보여 주세요.",
    "Find what brought them, and show these visitors an offer for a first purchase.",
)
_RATE_DOWN = (
    "결제·장바구니 화면과 품절, 배송비를 확인하고, 담고 떠난 방문자에게 알림을 보내 보세요.",
    "Check checkout, cart, stock and shipping fees, and remind those who left a cart.",
)
_RATE_UP = ("잘된 이유를 찾아 다른 유입에도 같은 것을 해 보세요.", "Find what worked and repeat it elsewhere.")
_SALES_DOWN = (
    "방문과 전환이 함께 줄었는지부터 보고, 재고와 가격이 바뀌지 않았는지 확인하세요.",
    "See first whether visits and conversion fell too, then check stock and prices.",
)
_SALES_UP = (
    "재고가 모자라지 않는지 보고, 함께 사는 상품을 옆에 보여 주세요.",
    "Watch the stock, and show what is bought with it beside it.",
)
_BOUNCE_DOWN = (
    "첫 화면이 나아진 이유를 찾아 다른 화면에도 해 보세요.",
    "Find what the landing page does better and repeat it.",
)
_BOUNCE_UP = (
    "느려지거나 깨진 화면이 없는지, 광고와 첫 화면이 맞는지 확인하세요.",
    "Look for slow or broken pages, and for ads that promise something else.",
)
_JOINS_DOWN = ("가입 화면과 가입 혜택 안내를 확인하세요.", "Check the sign-up page and its offer.")
_JOINS_UP = ("새 회원에게 첫 구매 쿠폰을 보내 보세요.", "Send new members a coupon for a first purchase.")

WATCHES: tuple[Watch, ...] = (
    Watch("visits", "방문", "Visits", "visits", "count", ("events",), _VISITS_DOWN, _VISITS_UP, audience=_RETURN),
    Watch("visits.channel", "방문", "Visits", "visits", "count", ("events",), _VISITS_DOWN, _VISITS_UP, by="channel",
          words="channel", condition="acquisition.channel", audience=_RETURN),
    Watch("visits.sns", "방문", "Visits", "visits", "count", ("events",), _VISITS_DOWN, _VISITS_UP, by="sns",
          words="sns", condition="acquisition.sns", audience=_RETURN),
    Watch("visits.search", "방문", "Visits", "visits", "count", ("events",), _VISITS_DOWN, _VISITS_UP,
          by="search_engine", words="search_engine", condition="acquisition.search_engine", audience=_RETURN),
    Watch("visits.device", "방문", "Visits", "visits", "count", ("events",), _VISITS_DOWN, _VISITS_UP, by="device",
          words="device", condition="traffic.device", audience=_RETURN),
    Watch("conversion", "구매 전환율", "Conversion rate", "visits", "rate", ("events", "orders"), _RATE_DOWN, _RATE_UP,
          column="converted", audience=_LEFT_A_CART),
    Watch("conversion.device", "구매 전환율", "Conversion rate", "visits", "rate", ("events", "orders"), _RATE_DOWN,
          _RATE_UP, column="converted", by="device", words="device", condition="traffic.device",
          audience=_LEFT_A_CART),
    Watch("conversion.channel", "구매 전환율", "Conversion rate", "visits", "rate", ("events", "orders"), _RATE_DOWN,
          _RATE_UP, column="converted", by="channel", words="channel", condition="acquisition.channel",
          audience=_LEFT_A_CART),
    Watch("bounce", "이탈률", "Bounce rate", "visits", "rate", ("events",), _BOUNCE_DOWN, _BOUNCE_UP,
          column="is_bounce"),
    Watch("orders", "주문", "Orders", "orders", "count", ("orders",), _SALES_DOWN, _SALES_UP, report="ecommerce.trend"),
    Watch("amount", "매출", "Sales", "orders", "sum", ("orders",), _SALES_DOWN, _SALES_UP, column="amount",
          report="ecommerce.trend"),
    Watch("amount.category", "매출", "Sales", "lines", "sum", ("orders", "order_items", "products"), _SALES_DOWN,
          _SALES_UP, column="amount", by="category", report="product.category",
          audience=("commerce.category_viewed", "gte", 1), split_param="category"),
    Watch("joins", "회원 가입", "Sign-ups", "members", "count", ("members",), _JOINS_DOWN, _JOINS_UP,
          audience=("member.joined_not_bought", "is_true", None)),
)  # fmt: skip
