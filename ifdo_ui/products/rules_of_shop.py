"""The shop's own rules for recommendations, as inputs."""

from __future__ import annotations

import streamlit as st

from ifdo_core.recommend.policy import Policy
from ifdo_ui import cache
from ifdo_ui.products.common import pick_products
from ifdo_ui.state import seed
from ifdo_ui.text import _


def draw(opened: cache.Shop) -> Policy:
    """What is allowed, closed at first; the usual rules hold until somebody changes them."""
    workbench = opened.workbench
    goods = workbench.together.goods(workbench.now)
    with st.expander(_("추천 규칙"), type="compact", key="recommend.rules"):
        in_stock = st.toggle(_("재고 있는 상품만"), key=seed("rule.stock", True))
        same = st.toggle(_("같은 모델의 다른 색·크기도"), key=seed("rule.same", False))
        lately = st.toggle(_("최근에 산 상품은 빼기"), key=seed("rule.lately", False))
        days = st.number_input(_("최근 며칠"), 1, 365, key=seed("rule.days", 30), disabled=not lately)
        low, high = st.slider(
            _("가격대"), 0, goods.dearest(), key=seed("rule.price", (0, goods.dearest())), step=goods.price_step(),
            format="localized",
        )  # fmt: skip
        allowed = st.multiselect(_("이 카테고리만"), goods.categories(), key="rule.allowed", placeholder=_("모두"))
        blocked = st.multiselect(_("뺄 카테고리"), goods.categories(), key="rule.blocked", placeholder=_("없음"))
        pinned = pick_products(_("맨 위에 고정할 상품"), workbench.together.products(workbench.now), "rule.pinned", 5)
        margin = st.slider(_("마진 비중"), 0, 100, key=seed("rule.margin", 0), format="%d %%")
    return Policy(
        in_stock=in_stock,
        same_model=same,
        not_bought_days=int(days) if lately else None,
        price_low=low or None,
        price_high=high if high < goods.dearest() else None,
        allowed=tuple(allowed),
        blocked=tuple(blocked),
        pinned=tuple(pinned),
        margin_weight=margin / 100,
    )
