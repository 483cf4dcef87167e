"""What the pages of products share: the missing data, the choice of a product, links from a pair to its people."""

from __future__ import annotations

import streamlit as st

from ifdo_core.formats import money_text
from ifdo_core.messages import Message
from ifdo_core.messages.offer import offer
from ifdo_core.recommend.audience import bought_without
from ifdo_core.recommend.baskets import Level
from ifdo_core.segments.link import pack
from ifdo_ui import cache
from ifdo_ui.composer.desk import begin_draft
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import seed, state
from ifdo_ui.text import _, distinct, plain


def missing(opened: cache.Shop) -> bool:
    """Says what is missing where the shop has no lines of orders."""
    holdings = opened.workbench.holdings
    if holdings.has("orders") and holdings.has("order_items"):
        return False
    lacking = _("주문 상품") if holdings.has("orders") else _("주문")
    st.info(_("{what} 데이터가 없어 함께 산 상품을 찾을 수 없어요.", what=lacking), icon=":material/shopping_basket:")
    st.page_link(PAGES["data"], label=_("설정 › 데이터에서 파일을 올려 주세요."), icon=":material/upload:")
    return True


def pick_product(label: str, products: list[tuple[str, str]], key: str) -> str:
    """One of ``products`` (id, name), the first at the start; typing searches."""
    names = distinct(dict(products))
    return st.selectbox(
        label,
        list(names),
        format_func=lambda product: names[product],
        key=seed(key, products[0][0]),
        filter_mode="contains",
    )


def pick_products(label: str, products: list[tuple[str, str]], key: str, most: int = 20) -> list[str]:
    """Several of ``products`` (id, name)."""
    names = distinct(dict(products))
    return st.multiselect(
        label,
        list(names),
        format_func=lambda product: names[product],
        key=key,
        max_selections=most,
        placeholder=_("상품 이름으로 찾기"),
        filter_mode="contains",
    )


def people_link(opened: cache.Shop, level: Level, first: tuple[str, str], second: tuple[str, str]) -> None:
    """Bought A and not yet B: into the segment builder, or as a draft of a message to them. Both are (id, name)."""
    workbench = opened.workbench
    if level == "product" and not workbench.together.baskets(workbench.now).offered(second[0]):
        st.caption(_("지금 상품 목록에 없어서 권하지 않아요."))
        return
    segment = bought_without(first[0], second[0], level=level, names=(first[1], second[1]))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            PAGES["segments"],
            label=_("‘{b}’ 아직 안 산 사람", b=plain(second[1])),
            icon=":material/filter_alt:",
            query_params={"segment": pack(segment)},
        )
        if st.button(
            _("메시지 쓰기"), icon=":material/chat:", type="tertiary",
            key=f"people.write.{level}.{first[0]}.{second[0]}",
            help=_("이 사람들을 세그먼트로 저장하고, 보낼 메시지의 초안을 열어요."),
        ):  # fmt: skip
            begin_draft(state(), _offer(opened, level, first, second), segment)
            st.switch_page(PAGES["messages"])


def _offer(opened: cache.Shop, level: Level, first: tuple[str, str], second: tuple[str, str]) -> Message:
    """The draft: the product with its price and address, as the catalogue has them."""
    workbench = opened.workbench
    price, url = workbench.together.goods(workbench.now).offer_of(second[0]) if level == "product" else (None, "")
    told = "" if price is None else money_text(price, workbench.settings.currency)
    return offer(first[1], second[1], price=told, url=url)
