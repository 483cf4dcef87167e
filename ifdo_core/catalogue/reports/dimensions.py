"""What reports group by."""

from __future__ import annotations

from ifdo_core.catalogue.reports.entry import Dimension

#: Won: the bands in which Korean shops think of an order and of a customer.
ORDER_AMOUNTS = (0, 10_000, 30_000, 50_000, 70_000, 100_000, 150_000, 200_000, 300_000, 500_000)
CUSTOMER_AMOUNTS = (0, 30_000, 50_000, 100_000, 200_000, 300_000, 500_000, 1_000_000, 2_000_000)
PRICES = (0, 10_000, 20_000, 30_000, 50_000, 70_000, 100_000, 150_000, 300_000)
GAP_DAYS = (0, 7, 14, 30, 45, 60, 90, 120, 180, 365)
SINCE_DAYS = (0, 7, 30, 60, 90, 180, 365)
SHARES = (0, 1, 25, 50, 75, 100)

_LINES_TOO = ("orders", "lines")

DIMENSIONS: tuple[Dimension, ...] = (
    # --- when ---------------------------------------------------------------------------------
    Dimension("month", "월", "Month", _LINES_TOO, "month", "month", near="purchase.last_order_date"),
    Dimension("week", "주", "Week", _LINES_TOO, "week", "week", near="purchase.last_order_date"),
    Dimension("weekday", "요일", "Weekday", _LINES_TOO, "weekday", "weekday"),
    Dimension("hour", "시간대", "Hour", _LINES_TOO, "hour", "hour", near="purchase.order_hour"),
    # --- the order ----------------------------------------------------------------------------
    Dimension("order_amount_band", "주문 금액", "Order amount", ("orders",), "amount", "band", ORDER_AMOUNTS, "money",
              near="purchase.aov"),
    Dimension("order_number", "몇 번째 주문", "Number of the order", ("orders",), "n", "band", (1, 2, 3, 4, 5, 6, 11),
              "place", condition="purchase.order_count", reached=True),
    Dimension("gap_days_band", "앞 주문과의 간격", "Days since the order before", ("orders",), "gap_days", "band",
              GAP_DAYS, "days", near="purchase.avg_gap_days"),
    Dimension("first_or_repeat", "신규·재구매", "First or repeat", ("orders",), "kind", "wording",
              words="order_kind",
              near_values={"first": ("purchase.is_one_time", "is_true"), "repeat": ("purchase.is_repeat", "is_true"),
                           "won_back": ("purchase.avg_gap_days", "gt 90")}),
    Dimension("coupon_used", "쿠폰 사용", "Coupon used", ("orders",), "has_coupon", "wording", words="coupon_use"),
    Dimension("coupon", "쿠폰", "Coupon", ("orders",), "coupon", "text"),
    Dimension("payment_method", "결제 수단", "Payment method", ("orders",), "payment_method", "wording",
              words="payment_method", near="purchase.payment_method"),
    Dimension("discount_band", "할인율", "Discount rate", ("orders",), "discount_percent", "band",
              (0, 1, 10, 20, 30, 50), "percent", near="purchase.discount_rate"),
    Dimension("items_in_order", "주문당 상품 종류", "Products in the order", ("orders",), "items", "band",
              (1, 2, 3, 4, 5, 6, 11), "count", needs=("order_items",), near="purchase.avg_basket_size"),
    # --- the customer's beginning ---------------------------------------------------------------
    Dimension("first_purchase_month", "첫 구매 월", "Month of first purchase", _LINES_TOO, "first_month", "month",
              condition="analysis.cohort_month"),
    Dimension("first_purchase_week", "첫 구매 주", "Week of first purchase", ("orders",), "first_week", "week",
              condition="purchase.first_order_date"),
    Dimension("first_purchase_quarter", "첫 구매 분기", "Quarter of first purchase", ("orders",), "first_quarter",
              "quarter", condition="purchase.first_order_date"),
    Dimension("first_order_coupon", "첫 구매 쿠폰", "Coupon in the first order", ("orders",), "first_coupon", "wording",
              words="coupon_use",
              near_values={"1": ("purchase.coupon_share", "gt 0"), "0": ("purchase.coupon_share", "eq 0")}),
    Dimension("first_channel", "최초 유입 채널", "First channel", ("orders",), "first_channel", "wording",
              words="channel", condition="acquisition.first_channel", needs=("events",)),
    Dimension("first_category", "첫 구매 카테고리", "First category", ("orders",), "first_category", "text",
              near="purchase.first_category", needs=("order_items", "products")),
    Dimension("first_order_product", "첫 구매 상품", "First product", ("orders",), "first_product", "text",
              near="purchase.first_product", needs=("order_items",)),
    Dimension("first_product", "첫 구매 상품", "First product", ("lines",), "product_id", "text",
              condition="purchase.first_product", needs=("order_items",)),
    Dimension("months_since", "첫 구매 뒤 개월", "Months since", ("orders",), "months_since", "number"),
    Dimension("weeks_since", "첫 구매 뒤 주", "Weeks since", ("orders", "visits"), "weeks_since", "number"),
    Dimension("first_visit_week", "첫 방문 주", "Week of first visit", ("visits",), "first_week", "week"),
    Dimension("join_month", "가입 월", "Month of joining", ("orders", "members"), "join_month", "month",
              condition="member.join_date"),
    Dimension("months_since_join", "가입 뒤 개월", "Months since joining", ("orders", "members"), "months_since_join",
              "number"),
    Dimension("growth_kind", "구분", "Kind", ("orders",), "growth_kind", "wording", words="growth_kind",
              near_values={"new": ("purchase.days_since_first", "lte 30"),
                           "kept": ("analysis.lifecycle_stage", "in active|loyal"),
                           "won_back": ("purchase.avg_gap_days", "gt 30"),
                           "lost": ("analysis.lifecycle_stage", "in slipping|lost")}),
    # --- the customer now -----------------------------------------------------------------------
    Dimension("order_count_band", "구매 횟수", "Orders", ("customers",), "order_count", "band", (1, 2, 3, 4, 5, 6, 11),
              "orders", condition="purchase.order_count"),
    Dimension("total_amount_band", "누적 구매액", "Amount", ("customers",), "total_amount", "band", CUSTOMER_AMOUNTS,
              "money", condition="purchase.total_amount"),
    Dimension("aov_band", "객단가", "Order value", ("customers",), "aov", "band", ORDER_AMOUNTS, "money",
              condition="purchase.aov"),
    Dimension("days_since_last_band", "마지막 구매 뒤", "Days since last order", ("customers",), "days_since_last",
              "band", SINCE_DAYS, "days", condition="purchase.days_since_last"),
    Dimension("coupon_share_band", "쿠폰 구매 비율", "Share of orders with a coupon", ("customers",), "coupon_percent",
              "band", SHARES, "percent", condition="purchase.coupon_share"),
    Dimension("discount_share_band", "평균 할인율", "Average discount", ("customers",), "discount_percent", "band",
              (0, 1, 5, 10, 20, 30), "percent", condition="purchase.discount_rate"),
    Dimension("away_days_band", "쉬었던 기간", "Days away", ("orders",), "gap_days", "band", (90, 180, 365), "days",
              near="purchase.avg_gap_days"),
    # --- the product ----------------------------------------------------------------------------
    Dimension("product", "상품", "Product", ("lines",), "product_id", "text", condition="purchase.product",
              param="product", needs=("order_items",)),
    Dimension("category", "카테고리", "Category", ("lines",), "category", "text", condition="purchase.category",
              param="category", needs=("order_items", "products")),
    Dimension("brand", "브랜드", "Brand", ("lines",), "brand", "text", condition="purchase.brand", param="brand",
              needs=("order_items", "products")),
    Dimension("price_band", "가격대", "Price", ("lines",), "unit_price", "band", PRICES, "money",
              near="purchase.price_band", param="price", needs=("order_items",)),
)  # fmt: skip
