"""What reports count."""

from __future__ import annotations

from ifdo_core.catalogue.reports.entry import Metric

METRICS: tuple[Metric, ...] = (
    Metric("orders", "주문", "Orders", "orders", "distinct", "order_id"),
    Metric("customers", "고객", "Customers", "people", "distinct", "person"),
    Metric("order_amount", "구매액", "Amount", "money", "sum", "amount"),
    Metric("discount_amount", "할인액", "Discounts", "money", "sum", "discount"),
    Metric("list_amount", "정가 합계", "List amount", "money", "sum", "list_amount"),
    Metric("units", "판매 수량", "Units", "count", "sum", "quantity"),
    Metric("repeat_orders", "재구매 주문", "Repeat orders", "orders", "sum", "is_repeat"),
    Metric("repeat_customers", "재구매 고객", "Repeat customers", "people", "sum", "is_repeat_customer"),
    Metric("customer_orders", "주문", "Orders", "orders", "sum", "order_count"),
    Metric("customer_amount", "구매액", "Amount", "money", "sum", "total_amount"),
    Metric("visitors", "방문자", "Visitors", "people", "distinct", "person"),
    Metric("aov", "객단가", "Order value", "money", ratio=("order_amount", "orders")),
    Metric("customer_aov", "객단가", "Order value", "money", ratio=("customer_amount", "customer_orders")),
    Metric("amount_per_customer", "고객당 구매액", "Amount per customer", "money", ratio=("order_amount", "customers")),
    Metric("orders_per_customer", "고객당 주문", "Orders per customer", "number", ratio=("orders", "customers")),
    Metric("discount_rate", "할인율", "Discount rate", "percent", ratio=("discount_amount", "list_amount")),
    Metric("repeat_rate", "재구매율", "Repeat rate", "percent", ratio=("repeat_customers", "customers")),
    # worked out by the shape of a report, not by a query of one row
    Metric("retention_rate", "재구매 고객 비율", "Share who bought again", "percent"),
    Metric("visit_retention_rate", "다시 온 방문자 비율", "Share who came again", "percent"),
    Metric("buyer_rate", "구매한 회원 비율", "Share who bought", "percent"),
    Metric("cumulative_amount_per_customer", "고객당 누적 구매액", "Amount per customer so far", "money"),
    Metric("cumulative_orders_per_customer", "고객당 누적 주문", "Orders per customer so far", "number"),
    Metric("cumulative_rate", "누적 비율", "Share so far", "percent"),
    Metric("cumulative_amount_share", "누적 구매액 비중", "Share of the amount so far", "percent"),
    Metric("next_order_rate", "다음 구매 전환율", "Go on to the next order", "percent"),
    Metric("repurchase_rate", "재구매율", "Bought again", "percent"),
    Metric("second_order_rate", "재구매율", "Ordered again", "percent"),
    Metric("median_gap_days", "재구매 주기(중앙값)", "Median days between", "days"),
    Metric("order_amount_index", "구매액 지수", "Amount index", "number"),
    Metric("net_customers", "순증", "Net change", "people"),
)
