"""A bundle of two products: what a discount would bring, and what it would take away from sales that come anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from ifdo_core.errors import DataError
from ifdo_core.formats import money_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.recommend.baskets import Baskets
from ifdo_core.recommend.goods import Goods
from ifdo_core.recommend.history import DAY

_DAYS = 30
#: Extra buyers per percent of discount, as a share of those who take both without any: what one assumes until a test.
ELASTICITY = 2.0


@dataclass(frozen=True)
class Bundle:
    """Two products at a common discount, over 30 days. ``orders_a``, ``orders_b``, ``orders_both``: orders of the last
    30 days; ``take_up``: share of the orders with one alone that would take both (low, middle, high). Money in the
    currency's smallest unit. ``extra_profit``: (low, middle, high), the given-away discount subtracted."""

    now: datetime
    names: tuple[str, str]
    currency: str
    discount: float
    price: int
    bundle_price: int
    margin: int  # what stays of a bundle, 0 discount; None where a cost is unknown is refused
    orders_a: int
    orders_b: int
    orders_both: int
    take_up: tuple[float, float, float]
    given_away: int
    extra_profit: tuple[int, int, int]
    break_even: float  # take-up at which nothing is won or lost

    @property
    def cannibalises(self) -> bool:
        """The discount on sales that come anyway takes more than the extra sales bring."""
        return self.given_away > 0 and self.extra_profit[1] <= 0

    def frame(self) -> pd.DataFrame:
        """One row: what the bundle is and what it brings."""
        return pd.DataFrame(
            [
                {
                    "price": self.price, "bundle_price": self.bundle_price, "discount": self.discount,
                    "orders_a": self.orders_a, "orders_b": self.orders_b, "orders_both": self.orders_both,
                    "take_up": self.take_up[1], "break_even": self.break_even, "given_away": self.given_away,
                    "extra_profit_low": self.extra_profit[0], "extra_profit": self.extra_profit[1],
                    "extra_profit_high": self.extra_profit[2],
                }
            ]
        )  # fmt: skip

    def insight(self) -> str:
        """What to expect in a month, and whether to do it."""
        if self.orders_a + self.orders_b == 0:
            return translate("최근 30일에 두 상품의 주문이 없어 무엇을 얻을지 알 수 없어요.")
        if not self.orders_both:
            return translate(
                "최근 30일에 두 상품을 함께 산 주문이 없어 얼마나 늘지 짐작할 수 없어요. 일부에게 먼저 시험해 보세요."
            )
        low, middle, high = (money_text(amount, self.currency) for amount in self.extra_profit)
        told = translate("한 달에 이익이 {middle} 늘 것으로 보여요 ({low} ~ {high}).").format(
            middle=middle, low=low, high=high
        )
        if self.cannibalises:
            told = translate(
                "이미 함께 사는 주문에 깎아 주는 {given}이 새로 얻는 이익보다 커서 손해예요 (예상 {middle}). "
                "할인을 줄여 보세요."
            ).format(given=money_text(self.given_away, self.currency), middle=middle)
        return told + " " + translate(
            "하나만 사던 주문의 {need}가 묶음을 고르면 본전이고, 지금 짐작은 {guess}예요."
        ).format(need=percent_text(self.break_even * 100), guess=percent_text(self.take_up[1] * 100))  # fmt: skip


def plan_bundle(
    baskets: Baskets, goods: Goods, now: datetime, products: tuple[str, str], discount: float, currency: str = "KRW"
) -> Bundle:
    """``discount``: share of the common price, 0 … 0.9. Extra buyers are assumed, not known: those who take both
    without a discount, times ``ELASTICITY`` for each percent; low and high are the 95 % interval of that share of
    today. Raises DataError where a product or its price or cost is unknown."""
    a, b = products
    if a == b:
        raise DataError("same_product", "묶음에는 서로 다른 상품 두 개가 필요해요.", "다른 상품을 골라 주세요.")
    if not 0 <= discount <= 0.9:
        raise DataError("discount", "할인율은 0과 90 % 사이예요.", "0.1은 10 %예요.")
    facts: list[tuple[int, int]] = []
    for product in products:
        money = goods.money(product)
        if money is None:
            raise DataError(
                "no_cost", "‘{name}’의 가격이나 원가를 몰라 이익을 셀 수 없어요.",
                "상품 파일에 price와 cost를 넣어 주세요.",
                name=goods.name(product),
            )  # fmt: skip
        facts.append(money)
    recent = baskets.where(baskets.ts > np.datetime64(now, "us") - _DAYS * DAY)
    has = [np.asarray(recent.matrix[:, recent.places([product])].sum(axis=1)).ravel() > 0 for product in products]
    both = int((has[0] & has[1]).sum())
    n_a, n_b = int(has[0].sum()), int(has[1].sum())
    single = n_a + n_b - 2 * both
    price, cost = facts[0][0] + facts[1][0], facts[0][1] + facts[1][1]
    off = round(price * discount)
    every = n_a + n_b - both  # orders with one of the two at least
    share, low, high = _share(both, every)
    take = tuple(min(1.0, part * ELASTICITY * discount) for part in (low, share, high))
    # an order that held one of the two brings the margin of the other more, less the discount on both
    gain = (price - cost) - _kept(facts, n_a - both, n_b - both) - off
    given = both * off
    profit = tuple(round(part * single * gain - given) for part in take)
    need = given / (single * gain) if single and gain > 0 else 1.0
    return Bundle(
        now, (goods.name(a), goods.name(b)), currency, discount, price, price - off, price - cost, n_a, n_b, both,
        (take[0], take[1], take[2]), given, (min(profit), profit[1], max(profit)), min(need, 1.0),
    )  # fmt: skip


def _kept(facts: list[tuple[int, int]], only_a: int, only_b: int) -> float:
    """Mean margin of the product that is bought alone today."""
    margins = [price - cost for price, cost in facts]
    total = only_a + only_b
    return (margins[0] * only_a + margins[1] * only_b) / total if total else sum(margins) / 2


def _share(part: int, whole: int) -> tuple[float, float, float]:
    """A share with its 95 % interval (Wilson)."""
    if not whole:
        return 0.0, 0.0, 0.0
    z = 1.959963984540054
    p = part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * np.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return p, max(0.0, middle - float(half)), min(1.0, middle + float(half))
