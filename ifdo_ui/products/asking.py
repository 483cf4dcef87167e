"""상품 › 추천: for a product, a cart, a member or a segment, with the shop's rules, and as files for its site."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from ifdo_core.formats import count_text, decimal_text, money_text
from ifdo_core.recommend.evaluate import method_word
from ifdo_core.recommend.recommender import Recommendations
from ifdo_ui import cache
from ifdo_ui.frame import fragment, guard, heading
from ifdo_ui.products import rules_of_shop
from ifdo_ui.products.common import missing, pick_product, pick_products
from ifdo_ui.state import choose, chosen, seed
from ifdo_ui.text import _, element, plain, tag

VIEWS = ("cart", "product", "member", "segment")
_MOST_SEGMENTS = 200


def draw(opened: cache.Shop) -> None:
    """The whole page."""
    heading(_("추천"), _("상품, 장바구니, 회원, 세그먼트마다 무엇을 권할지 이유와 함께 보여 드려요."))
    if missing(opened):
        return
    words = {"cart": _("장바구니"), "product": _("상품"), "member": _("회원"), "segment": _("세그먼트")}
    view = chosen("view", VIEWS)
    view = st.segmented_control(
        _("무엇에 대해"), VIEWS, default=view, required=True, format_func=lambda name: words[name],
        label_visibility="collapsed", key="recommend.view",
    )  # fmt: skip
    choose("view", view, VIEWS)
    with guard():
        _body(opened, view)


@fragment("recommend.body")
def _body(opened: cache.Shop, view: str) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        asked = _ask(opened, view)
        policy = rules_of_shop.draw(opened)
    with right:
        if asked is None:
            st.info(_("상품이나 회원을 고르면 여기에 추천이 나와요."), icon=":material/recommend:")
            return
        with st.spinner(_("추천을 고르고 있어요"), show_time=False):
            found = opened.workbench.recommend(k=10, policy=policy, **asked)
        _shown(found, opened.workbench.settings.currency)


def _ask(opened: cache.Shop, view: str) -> dict[str, Any] | None:
    """The question in the words of ``Workbench.recommend``; None while nothing is chosen."""
    together, now = opened.workbench.together, opened.workbench.now
    products = together.products(now)
    if view == "product":
        seed("recommend.product", together.best_seller(now))
        return {"product": pick_product(_("이 상품과 함께"), products, "recommend.product")}
    if view == "cart":
        if best := together.best_seller(now):  # a first look shows what the page is for
            seed("recommend.cart", [best])
        cart = pick_products(_("장바구니에 담긴 상품"), products, "recommend.cart")
        return {"basket": cart} if cart else None
    if view == "member":
        example = together.some_member(now)
        member = st.text_input(
            _("회원 번호"), key=seed("recommend.member", example), placeholder=_("예: {id}", id=example)
        )
        return {"member": member.strip()} if member.strip() else None
    saved = cache.store().list()[:_MOST_SEGMENTS]
    if not saved:
        st.info(_("저장한 세그먼트가 없어요. 세그먼트를 먼저 저장해 주세요."), icon=":material/filter_alt:")
        return None
    names = {item.id: item.name for item in saved}
    picked = st.selectbox(
        _("세그먼트"), list(names), format_func=lambda key: names[key], key=seed("recommend.segment", saved[0].id)
    )
    return {"segment": cache.store().get(picked).readable()}


def _shown(found: Recommendations, currency: str) -> None:
    st.markdown(f"**{plain(found.insight())}**")
    frame = found.frame()
    if frame.empty:
        return
    st.html(element("ol", "".join(_pick(row, currency) for row in frame.itertuples()), "ifdo-picks"))
    st.caption(_("방법: {method}", method=method_word(found.method)))
    with st.container(horizontal=True):
        for kind, label, mime in (("csv", "CSV", "text/csv"), ("json", "JSON", "application/json")):
            st.download_button(
                _("이 목록 {kind}", kind=label), found.csv if kind == "csv" else found.json,
                file_name=f"recommend.{kind}", mime=mime, icon=":material/download:", on_click="ignore",
                key=f"recommend.{kind}",
            )  # fmt: skip
    with st.expander(_("쇼핑몰에 붙이기"), type="compact", key="recommend.api"):
        st.markdown(_("이 앱의 주소에 물어보면 같은 추천을 JSON으로 받아요."))
        st.code(
            "GET /recommend?product=P1001&k=5\nGET /recommend?visitor=COOKIE_ID\nGET /recommend?basket=P1001,P1002",
            language="http",
        )


def _pick(row: Any, currency: str) -> str:
    """One recommendation: what and why; price and stock where the catalogue has them; how near it is to the first."""
    facts = [] if pd.isna(row.price) else [money_text(row.price, currency)]
    if not pd.isna(row.stock):
        facts.append(_("재고 {count}", count=count_text(row.stock, "개")) if row.stock > 0 else _("품절"))
    told = tag("b", row.name) + tag("small", row.why)
    score = _("점수 {score}", score=decimal_text(row.score * 100, 0))
    strength = element("div", element("i", "", style=f"width:{row.score:.0%}"), "ifdo-bar", title=score)
    return element("li", element("div", told) + tag("span", " · ".join(facts)) + strength)
