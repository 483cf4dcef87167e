"""What the shop allows to be recommended, whatever the numbers say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ifdo_core.errors import DataError
from ifdo_core.recommend.baskets import Texts
from ifdo_core.recommend.goods import Goods


@dataclass(frozen=True)
class Policy:
    """``in_stock``: only what is not known to be sold out. ``not_bought_days``: not what the member bought within so
    many days. ``same_model``: whether other sizes and colours of what is in the cart may come. Prices in the
    currency's smallest unit. ``allowed``, ``blocked``: categories, those below them included. ``pinned``: products
    that come first, in this order. ``margin_weight`` 0 … 1: how much the margin counts beside the score."""

    in_stock: bool = True
    not_bought_days: int | None = None
    same_model: bool = False
    price_low: int | None = None
    price_high: int | None = None
    allowed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    margin_weight: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.margin_weight <= 1:
            raise DataError("margin_weight", "마진 비중은 0과 1 사이예요.", "보지 않으려면 0을 적어 주세요.")
        if self.price_low is not None and self.price_high is not None and self.price_low > self.price_high:
            raise DataError("price_band", "가격대의 시작이 끝보다 커요.", "두 값을 바꿔 주세요.")

    def allows(self, goods: Goods, items: Texts, cart: frozenset[str], lately: frozenset[str]) -> NDArray[np.bool_]:
        """Which of ``items`` may be recommended beside ``cart``; what left the catalogue may not, where there is
        one. ``lately``: what the member bought within ``not_bought_days``."""
        if goods.table.empty:
            known = pd.DataFrame(index=pd.Index(items), columns=goods.table.columns)
            fine = np.ones(len(items), dtype=bool)
        else:
            known = goods.table.reindex(items)
            fine = np.isin(items, goods.table.index.to_numpy().astype(object))
        fine &= ~np.isin(items, np.array(sorted(cart | lately), dtype=object))
        stock, price = (
            pd.to_numeric(known[name]).to_numpy(dtype=float, na_value=np.nan) for name in ("stock", "price")
        )
        if self.in_stock:
            fine &= ~(stock <= 0)
        if self.price_low is not None:
            fine &= price >= self.price_low
        if self.price_high is not None:
            fine &= price <= self.price_high
        category = known["category"].fillna("").astype("str").to_numpy()
        if self.allowed:
            fine &= np.array([_within(name, self.allowed) for name in category], dtype=bool)
        if self.blocked:
            fine &= ~np.array([_within(name, self.blocked) for name in category], dtype=bool)
        if not self.same_model and cart:
            models = {str(name) for name in goods.table["model"].reindex(sorted(cart)).dropna()}
            fine &= ~known["model"].isin(models).to_numpy()
        return fine


def _within(category: str, chosen: tuple[str, ...]) -> bool:
    return any(category == name or category.startswith(name + " > ") for name in chosen)
