"""Product blocks from the shop's products or from what the recommender offers."""

from __future__ import annotations

import streamlit as st
from sqlalchemy import select

from ifdo_core import Workbench, tables
from ifdo_core.messages.goods import Goods, fill, takes
from ifdo_ui import cache
from ifdo_ui.composer.desk import Desk
from ifdo_ui.frame import done
from ifdo_ui.text import _, distinct

_MOST = 3_000


def draw(opened: cache.Shop, desk: Desk) -> None:
    """For the types that take products; nothing for the others, or without products."""
    span = takes(desk.message.type)
    if span is None or not opened.workbench.holdings.has("products"):
        return
    with st.expander(_("상품으로 채우기"), icon=":material/shopping_bag:"):
        known = cache.several(opened, "composer.goods", (), _known)
        names = distinct({one: item.name for one, item in known.items()})
        least, most = span
        chosen = st.multiselect(
            _("상품 ({least}~{most}개)", least=least, most=most), list(known), max_selections=most,
            key=f"composer.goods.{desk.message.type}", format_func=names.__getitem__,
            placeholder=_("이름으로 찾기"),
        )  # fmt: skip
        with st.container(horizontal=True):
            if st.button(_("고른 상품으로 채우기"), disabled=len(chosen) < least, key="composer.goods.fill"):
                _put(desk, [known[one] for one in chosen])
            if st.button(_("추천으로 채우기"), icon=":material/recommend:", key="composer.goods.recommend"):
                _put(desk, _recommended(opened, known, most))
        st.caption(
            _("이름은 글자 수에 맞게 자르고, 정가보다 싸면 할인율을 넣어요. 추천은 지금 가장 살 만한 상품이에요.")
        )


def _known(workbench: Workbench) -> dict[str, Goods]:
    p = tables.products.c
    columns = (p.product_id, p.name, p.price, p.list_price, p.image_url, p.url)
    frame = workbench.engine.frame(select(*columns).order_by(p.name, p.product_id).limit(_MOST))
    return {str(row["product_id"]): Goods.of(row) for row in frame.to_dict("records")}


def _recommended(opened: cache.Shop, known: dict[str, Goods], most: int) -> list[Goods]:
    """What the segment chosen below would most likely buy; all members where none is chosen."""
    from ifdo_ui.state import widget

    segment_id = widget("composer.segment", None)
    saved = {one.id: one.segment for one in cache.store().list() if one.segment is not None}
    segment = saved.get(segment_id) if segment_id else None
    found = opened.workbench.recommend(segment=segment or {"format": 1, "where": _BUYERS}, k=most)
    return [known[str(one)] for one in found.frame()["product"] if str(one) in known]


_BUYERS = {"condition": "purchase.order_count", "op": "gte", "value": 1}


def _put(desk: Desk, goods: list[Goods]) -> None:
    done(lambda: desk.put(fill(desk.message, goods)))
