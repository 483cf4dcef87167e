"""What the shop allows to be recommended, whatever the numbers say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ifdo_core.errors import DataError
from ifdo_core.recommend.goods import Shelf

Flags = NDArray[np.bool_]


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

    def allows(self, shelf: Shelf, cart: frozenset[str], models: frozenset[str], lately: frozenset[str]) -> Flags:
        """Which products of the shelf may be recommended beside ``cart``, which has these ``models``; what left the
        catalogue may not. ``lately``: what the member bought within ``not_bought_days``."""
        fine: Flags = shelf.listed.copy()
        fine[[shelf.place[product] for product in cart | lately if product in shelf.place]] = False
        if self.in_stock:
            fine &= ~(shelf.stock <= 0)
        if self.price_low is not None:
            fine &= shelf.price >= self.price_low
        if self.price_high is not None:
            fine &= shelf.price <= self.price_high
        for chosen, wanted in ((self.allowed, True), (self.blocked, False)):
            if chosen:
                fine &= np.array([_within(name, chosen) == wanted for name in shelf.category], dtype=np.bool_)
        if not self.same_model and models:
            fine &= ~np.array([model in models for model in shelf.model], dtype=np.bool_)
        return fine


def _within(category: str, chosen: tuple[str, ...]) -> bool:
    return any(category == name or category.startswith(name + " > ") for name in chosen)
