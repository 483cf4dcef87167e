"""A small random shop of orders, and the same orders as plain rows for the slow answers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 24, 3, 0)  # 12 o'clock in Seoul
CATEGORIES = ("상의", "하의", "신발")


@dataclass(frozen=True)
class Order:
    """A valid order, in the shop's own terms."""

    order_id: str
    member: str
    ts: datetime  # naive UTC
    amount: int
    coupon: str | None
    discount: int
    products: tuple[str, ...]

    @property
    def day(self) -> date:
        return self.ts.replace(tzinfo=ZoneInfo("UTC")).astimezone(SEOUL).date()

    @property
    def month(self) -> int:
        return self.day.year * 12 + self.day.month - 1


def category(product: str) -> str:
    return CATEGORIES[int(product[1:]) % len(CATEGORIES)]


def random_orders(seed: int, members: int = 60) -> list[Order]:
    """Nine months of orders; some members order once, some often, some twice within a day."""
    dice = random.Random(seed)
    orders: list[Order] = []
    for number in range(members):
        at = NOW - timedelta(days=dice.uniform(1, 270))
        for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
            if at >= NOW:
                break
            products = tuple(dice.sample([f"P{n}" for n in range(9)], dice.choice((1, 1, 2, 3))))
            coupon = dice.choice((None, None, "WELCOME"))
            discount = dice.choice((0, 0, 3_000, 10_000))
            orders.append(
                Order(f"o{len(orders):04}", f"m{number:03}", at.replace(microsecond=0), dice.randrange(5_000, 200_000),
                      coupon, discount, products)
            )  # fmt: skip
            at += timedelta(days=dice.choice((0.2, 5, 20, 45, 100, 130)))
    return orders


def frames(orders: list[Order]) -> dict[str, pd.DataFrame]:
    """What a shop would load: those orders, and some that count for nothing."""
    rows = [
        {"order_id": o.order_id, "ts": o.ts.isoformat() + "Z", "amount": o.amount, "member_id": o.member,
         "coupon": o.coupon, "discount": o.discount, "status": "paid", "payment_method": "card"}
        for o in orders
    ]  # fmt: skip
    rows += [{**rows[n], "order_id": f"x{n}", "status": "cancelled"} for n in range(0, len(rows), 7)]
    items = [
        {"order_id": o.order_id, "product_id": p, "quantity": 1, "price": 1_000 * (int(p[1:]) + 1)}
        for o in orders
        for p in o.products
    ]
    names = sorted({p for o in orders for p in o.products})
    products = [{"product_id": p, "name": f"상품 {p}", "category": category(p), "brand": "B"} for p in names]
    members = [{"member_id": m, "joined_at": "2026-01-05"} for m in sorted({o.member for o in orders})]
    return {
        "orders": pd.DataFrame(rows),
        "order_items": pd.DataFrame(items),
        "products": pd.DataFrame(products),
        "members": pd.DataFrame(members),
    }


def by_member(orders: list[Order]) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = {}
    for order in sorted(orders, key=lambda o: (o.ts, o.order_id)):
        found.setdefault(order.member, []).append(order)
    return found
