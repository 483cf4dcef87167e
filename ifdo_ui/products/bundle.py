"""The bundle maker: two products at a common discount, what it brings and what it takes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core.formats import count_text, money_text, percent_text
from ifdo_core.recommend.bundle import Bundle
from ifdo_core.recommend.rules import Rules
from ifdo_ui import cache
from ifdo_ui.frame import fragment
from ifdo_ui.products.common import people_link, pick_product
from ifdo_ui.state import seed
from ifdo_ui.text import _, plain


@fragment("together.bundle")
def draw(opened: cache.Shop, found: Rules) -> None:
    """The strongest pair at first."""
    workbench = opened.workbench
    if found.level != "product":
        st.info(_("묶음은 상품 단위에서 만들 수 있어요."), icon=":material/inventory_2:")
        return
    products = workbench.together.products(workbench.now)
    if len(products) < 2:
        st.info(_("묶으려면 상품이 둘은 있어야 해요."), icon=":material/inventory_2:")
        return
    names = dict(products)
    first, second = found.strongest(frozenset(names))
    seed("bundle.first", first)
    seed("bundle.second", second)
    left, right = st.columns([2, 5], gap="large")
    with left:
        a = pick_product(_("이 상품에"), products, "bundle.first")
        b = pick_product(_("이 상품을 묶어"), products, "bundle.second")
        discount = st.slider(_("할인율"), 0, 50, key=seed("bundle.discount", 10), format="%d %%")
    with right:
        plan = workbench.together.bundle(workbench.now, (a, b), discount / 100)
        show, icon = _manner(plan)
        show(plain(plan.insight()), icon=icon)
        _numbers(plan)
        st.caption(
            _(
                "가정: 할인 1 %마다 함께 사는 비율이 {step} 는다고 봐요. 실제로는 일부에게 먼저 시험해 보세요.",
                step=percent_text(2, 0),
            )
        )
        people_link(opened, "product", (a, names[a]), (b, names[b]))


def _numbers(plan: Bundle) -> None:
    """Two beside each other, so that their names have room."""
    gain = money_text(plan.extra_profit[1], plan.currency) if plan.orders_both else _("알 수 없음")
    numbers = {
        _("묶음 가격"): money_text(plan.bundle_price, plan.currency),
        _("따로 사면"): money_text(plan.price, plan.currency),
        _("함께 산 주문 (30일)"): count_text(plan.orders_both, "건"),
        _("예상 추가 이익 (30일)"): gain,
    }
    cells = [*st.columns(2), *st.columns(2)]
    for cell, (name, number) in zip(cells, numbers.items(), strict=True):
        cell.metric(name, number, border=True)


def _manner(plan: Bundle) -> tuple[Any, str]:
    """How the finding is shown: a warning, a chance, or that nothing is known yet."""
    if plan.cannibalises:
        return st.warning, ":material/warning:"
    if not plan.orders_both:
        return st.info, ":material/help:"
    return st.success, ":material/trending_up:"
