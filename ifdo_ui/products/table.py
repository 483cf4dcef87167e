"""The rules as a table with a search, its file, and the people of a chosen rule."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from ifdo_core.formats import decimal_text
from ifdo_core.recommend.rules import Rules
from ifdo_ui import cache
from ifdo_ui.frame import fragment
from ifdo_ui.products.common import people_link
from ifdo_ui.text import _

_MOST = 500


@fragment("together.rules")
def draw(opened: cache.Shop, found: Rules) -> None:
    """Searched in the core; at most 500 rows at once."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
            _("규칙 검색"), key="together.query", type="search", icon=":material/search:",
            placeholder=_("상품 이름이나 번호"), label_visibility="collapsed", live="300ms", width=280,
        )  # fmt: skip
        sure = st.toggle(
            _("우연이 아닌 것만"), value=True, key="together.sure", help=_("보정한 p값(q)이 0.05 이하예요.")
        )
        redundant = st.toggle(
            _("겹치는 규칙도"), key="together.redundant", help=_("더 짧은 규칙이 같은 말을 하면 접어 둬요.")
        )
    shown = found.table(query, sure=sure, redundant=redundant, limit=_MOST)
    if shown.empty:
        st.info(_("찾는 규칙이 없어요. 검색어를 줄이거나 기준을 낮춰 보세요."), icon=":material/search_off:")
        return
    numbers, words = st.column_config.NumberColumn, st.column_config.TextColumn
    picked = st.dataframe(
        _worded(shown),
        hide_index=True,
        height=440,
        key="together.table",
        on_select="rerun",
        selection_mode="single-row",
        column_order=("if", "then", "confidence", "lift", "interval", "baskets", "buyers", "timing", "q"),
        column_config={
            "if": words(_("이 상품을 사면"), width=170, pinned=True),
            "then": words(_("함께 사요"), width=190),
            "confidence": st.column_config.ProgressColumn(
                _("함께 산 비율"), format="%.1f %%", min_value=0, max_value=100, width=130
            ),
            "lift": numbers(_("우연의 몇 배"), format="%.1f", width=100),
            "interval": words(_("95 % 구간"), alignment="right", width=110),
            "baskets": numbers(_("주문"), format="localized", width=70),
            "buyers": numbers(_("산 사람"), format="localized", width=80),
            "timing": words(_("언제"), width=120),
            "q": words(_("q값"), alignment="right", width=90, help=_("우연일 위험을 여러 번 본 만큼 보정한 값이에요.")),
        },
    )
    st.caption(
        _(
            "규칙 {rules}개 · 줄을 고르면 그 사람들로 세그먼트를 만들 수 있어요.",
            rules=f"{len(shown):,}",
        )
    )
    for place in cast(Any, picked).selection.rows[:1]:
        pair = found.pair_at(shown, place)
        if pair is not None:
            people_link(opened, found.level, *pair)
    st.download_button(
        _("규칙 내려받기 (CSV)"),
        found.csv,
        file_name="rules.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _worded(shown: Any) -> Any:
    """The interval and the q value as text."""
    out = shown.copy()
    out["interval"] = [
        f"{decimal_text(low)} ~ {decimal_text(high)}"
        for low, high in zip(shown["lift_low"], shown["lift_high"], strict=True)
    ]
    out["confidence"] = shown["confidence"] * 100
    out["q"] = ["< 0.001" if value < 0.001 else f"{value:.3f}" for value in shown["q_value"]]
    return out
