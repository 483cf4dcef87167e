"""전자상거래, the cart (semantics.md, 'Visits': recent cart amount; 'Rulings': what a reading is)."""

from ifdo_core.catalogue.factories import (
    BRAND,
    CATEGORY,
    ITEMS,
    OF_BRAND,
    OF_CATEGORY,
    OF_PRODUCT,
    PRODUCT,
    TIMES,
    WON,
    Unit,
    at_visit_end,
    behaviour,
    days,
    did,
    from_history,
    hours,
    named,
    visit_fact,
)
from ifdo_core.catalogue.spec import Aggregate, Followed, Param

_HOURS: Unit = ("시간", "hours")
_PERIOD = "이번 방문이 끝난 때부터 거꾸로 센 기간이에요."
_PERIOD_EN = "The period ends at the visit's end."

_LEFT = "마지막 구매 뒤 담은 것에서 뺀 것을 뺀, 방문이 끝날 때의 장바구니예요."
_LEFT_EN = "The cart at the visit's end: added less removed since the last purchase."
_ADDS, _ENDS = ("add_to_cart",), ("add_to_cart", "purchase")
_LEFT_ALONE = (
    "담은 뒤 정한 시간 동안 더 담지도 사지도 않은 장바구니예요. 그 시간이 방문이 끝나기 전에 다 지난 것만 세요."
)
_LEFT_ALONE_EN = (
    "Carts that nothing was added to and nothing bought from in the hours after an add, all before the visit's end."
)

CONDITIONS = (
    at_visit_end("cart.recent_amount", "최근 장바구니 금액", "Recent cart amount", "money", "recent_cart_amount",
        "gte 50000",
        ("방문이 끝나기 전 24시간 동안 장바구니 총액이 가장 컸을 때의 금액이에요. 담거나 뺀 적이 없으면 값 없음이에요.",
         "The highest cart total in the 24 hours up to the visit's end; unknown when the cart was not touched.")),
    at_visit_end("cart.amount", "장바구니 금액", "Cart amount", "money", "cart_amount", "gte 30000",
        ("방문이 끝날 때 장바구니에 남은 금액이에요. 구매하면 0원이 되고, 담은 적이 없으면 값 없음이에요.",
         "The total at the visit's end: 0 after a purchase, unknown for one who never used the cart.")),
    from_history("cart.item_count", "장바구니 상품 종류 수", "Distinct products in cart", "integer",
        Aggregate("cart", "count"), "gte 2", (_LEFT + " 없으면 0이에요.", _LEFT_EN + " 0 when there is nothing in it."),
        unit=ITEMS, quick=(1, 2, 3, 5)),
    from_history("cart.quantity", "장바구니 수량", "Units in cart", "integer",
        Aggregate("cart", "sum", "quantity"), "gte 3",
        (_LEFT + " 수량을 모르면 하나로 세요.", _LEFT_EN + " One unit where the quantity is unknown."),
        unit=ITEMS, quick=(1, 3, 5)),
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
    from_history("cart.product", "장바구니에 담긴 상품", "Product in cart", "set",
        Aggregate("cart", "set", "product_id"), "any_of P1001|P1002", (_LEFT, _LEFT_EN), needs=("events", "products")),
    from_history("cart.category", "장바구니에 담긴 카테고리", "Category in cart", "set",
        Aggregate("cart", "set", "category"), "any_of 아우터",
        (_LEFT + " 아래 카테고리도 함께 봐요.", _LEFT_EN + " Categories below it are included."),
        needs=("events", "products")),
    from_history("cart.brand", "장바구니에 담긴 브랜드", "Brand in cart", "set",
        Aggregate("cart", "set", "brand"), "any_of NORD", (_LEFT, _LEFT_EN), needs=("events", "products")),
    from_history("cart.max_item_price", "장바구니 최고가 상품", "Dearest item in cart", "money",
        Aggregate("cart", "max", "price"), "gte 100000",
        ("장바구니에 담긴 상품 중 가장 비싼 것의 상품 정보 가격이에요. 장바구니가 비었으면 값 없음이에요.",
         "Price in the product list of the dearest product in the cart; unknown with an empty cart."),
        needs=("events", "products")),
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
    behaviour("cart.abandoned", "장바구니 이탈", "Cart abandoned",
        Followed((_ADDS, _ENDS), Param("after_h"), Param("days"), never=True, paid=True),
        "gte 1 ; after_h=1 ; days=7", (_LEFT_ALONE, _LEFT_ALONE_EN),
        hours("after_h", "담은 뒤", "After", 1), days(7), needs=("events", "orders"), unit=TIMES),
    behaviour("cart.abandoned_amount", "이탈한 장바구니 금액", "Amount in abandoned carts",
        Followed((_ADDS, _ENDS), Param("after_h"), Param("days"), never=True, paid=True, cart=True),
        "gte 50000 ; after_h=24 ; days=7",
        (_LEFT_ALONE + " 마지막으로 담았을 때의 장바구니 금액을 더해요.",
         _LEFT_ALONE_EN + " What the cart held at the last add, summed."),
        hours("after_h", "담은 뒤", "After", 24), days(7),
        type="sum", needs=("events", "orders"), unit=WON, quick=(30_000, 50_000, 100_000)),
    from_history("cart.coupon_applied", "장바구니 쿠폰 적용", "Coupon applied in cart", "boolean",
        Aggregate("events", "latest", "names_coupon",
            (named("add_to_cart", "remove_from_cart", "view_cart", "begin_checkout", "purchase"),)),
        "is_true",
        ("가장 나중 장바구니 이벤트(담기·빼기·조회·결제 시작)에 coupon 속성이 있어요. 구매하면 끝나요.",
         "The newest cart event (add, remove, view, begin checkout) has a property 'coupon'; a purchase ends it.")),
)  # fmt: skip
