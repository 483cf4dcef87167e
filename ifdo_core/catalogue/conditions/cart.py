"""전자상거래, the cart (semantics.md, 'Visits': recent cart amount; 'Rulings': what a reading is)."""

from ifdo_core.catalogue.factories import (
    BRAND,
    CATEGORY,
    OF_BRAND,
    OF_CATEGORY,
    OF_PRODUCT,
    PRODUCT,
    Unit,
    at_visit_end,
    days,
    did,
    visit_fact,
)

_HOURS: Unit = ("시간", "hours")
_PERIOD = "이번 방문이 끝난 때부터 거꾸로 센 기간이에요."
_PERIOD_EN = "The period ends at the visit's end."

CONDITIONS = (
    at_visit_end("cart.recent_amount", "최근 장바구니 금액", "Recent cart amount", "money", "recent_cart_amount",
        "gte 50000",
        ("방문이 끝나기 전 24시간 동안 장바구니 총액이 가장 컸을 때의 금액이에요. 담거나 뺀 적이 없으면 값 없음이에요.",
         "The highest cart total in the 24 hours up to the visit's end; unknown when the cart was not touched.")),
    at_visit_end("cart.amount", "장바구니 금액", "Cart amount", "money", "cart_amount", "gte 30000",
        ("방문이 끝날 때 장바구니에 남은 금액이에요. 구매하면 0원이 되고, 담은 적이 없으면 값 없음이에요.",
         "The total at the visit's end: 0 after a purchase, unknown for one who never used the cart.")),
    visit_fact("cart.has_items", "장바구니 보유", "Has a cart", "boolean", "has_cart", "is_true",
        ("방문이 끝날 때 장바구니 금액이 0원보다 커요.", "The cart total was above 0 at the visit's end.")),
    visit_fact("cart.age_hours", "장바구니 보관 시간", "Cart age in hours", "number", "cart_age_hours", "between 24|72",
        ("마지막 구매 뒤 처음 담은 때부터 방문이 끝날 때까지예요. 그 뒤로 담지 않았으면 값 없음이에요.",
         "From the first add since the last purchase to the visit's end; unknown with none."),
        unit=_HOURS, quick=(1, 24, 72)),
    visit_fact("cart.hours_since_last_add", "마지막 담기 후 경과 시간", "Hours since last add to cart", "number",
        "hours_since_last_add", "gte 1",
        ("마지막으로 담은 때부터 방문이 끝날 때까지예요. 구매한 뒤로 담지 않았으면 값 없음이에요.",
         "From the newest add to the visit's end; unknown when nothing was added since the last purchase."),
        unit=_HOURS, quick=(1, 3, 24)),
    visit_fact("cart.free_shipping_gap", "무료배송까지 남은 금액", "Amount left to free shipping", "money",
        "free_shipping_gap", "between 1|20000",
        ("설정의 무료배송 기준에서 장바구니 금액을 뺀 값이에요. 기준이 없거나 장바구니가 비었으면 값 없음이에요.",
         "The shop's free-shipping threshold less the cart total; unknown without a threshold or with an empty cart."),
        quick=(5_000, 10_000, 20_000)),
    did("cart.added", "장바구니 담기 횟수", "Times added to cart", "add_to_cart", "gte 1 ; category=아우터 ; days=7",
        ("상품·카테고리·브랜드를 비워 두면 모든 담기를 세요. " + _PERIOD,
         "Every add when product, category and brand are left empty. " + _PERIOD_EN),
        PRODUCT, CATEGORY, BRAND, days(7), only=(OF_PRODUCT, OF_CATEGORY, OF_BRAND), needs=("events", "products")),
    did("cart.removed", "장바구니 삭제 횟수", "Times removed from cart", "remove_from_cart", "gte 1 ; days=7",
        ("remove_from_cart 이벤트 수예요. " + _PERIOD, "remove_from_cart events. " + _PERIOD_EN), days(7)),
    did("cart.viewed", "장바구니 조회 횟수", "Times the cart was opened", "view_cart", "gte 2 ; days=3",
        ("view_cart 이벤트 수예요. " + _PERIOD, "view_cart events. " + _PERIOD_EN), days(3)),
)  # fmt: skip
