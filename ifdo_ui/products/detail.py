"""One product with its partners: rules from it, its surroundings, and what stands in for it."""

from __future__ import annotations

import streamlit as st

from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.recommend.rules import SURE, Rules, timing_word
from ifdo_ui import cache
from ifdo_ui.frame import fragment
from ifdo_ui.products.common import people_link, pick_product
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import chart

_MOST = 8


@fragment("together.product")
def draw(opened: cache.Shop, found: Rules) -> None:
    """The items that have a rule, those with the most orders first."""
    products = found.named_items()
    item = pick_product(_("상품"), products, f"together.item.{found.level}")
    left, right = st.columns([2, 3], gap="large")
    with left:
        _partners(opened, found, item, dict(products)[item])
        if found.level == "product":
            _instead(opened, item)
    with right:
        chart(found.figure(item), key=f"together.around.{item}")


def _partners(opened: cache.Shop, found: Rules, item: str, name: str) -> None:
    st.subheader(_("함께 사는 것"), anchor=False)
    partners = found.partners(item, _MOST)
    if partners.empty:
        st.markdown(_("이 기준에서 우연보다 자주 함께 사는 상품은 없어요. 최소 주문 수나 확신도를 낮춰 보세요."))
    for row in partners.itertuples():
        partner = next(iter(row.consequents))
        told = _(
            "{share}가 함께 구매 · {lift}배 · 주문 {count} · {timing}",
            share=percent_text(row.confidence * 100),
            lift=decimal_text(row.lift),
            count=count_text(row.baskets, "건"),
            timing=timing_word(row.timing),
        )
        if row.q_value > SURE:
            told += " · " + _("아직 우연일 수 있어요")
        st.markdown(f"**{plain(found.source.label(partner))}**  \n:gray[{plain(told)}]")
        people_link(opened, found.level, (item, name), (partner, found.source.label(partner)))


def _instead(opened: cache.Shop, item: str) -> None:
    """What is looked at with it and bought instead of it."""
    workbench = opened.workbench
    rivals = workbench.together.rivals(workbench.now, item, 5)
    if rivals.empty:
        return
    st.subheader(_("비교해 보는 것 (대체)"), anchor=False)
    for row in rivals.itertuples():
        sure = _("확실해요") if row.relation == "substitute" else _("드물어 아직 확실하지 않아요")
        told = _(
            "함께 본 날 {viewed}, 함께 산 주문 {bought} · {sure}",
            viewed=count_text(row.viewed_together, "건"), bought=count_text(row.bought_together, "건"), sure=sure,
        )  # fmt: skip
        st.markdown(f"**{plain(row.name)}**  \n:gray[{plain(told)}]")
