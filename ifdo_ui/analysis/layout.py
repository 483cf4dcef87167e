"""The page of customer analysis: one view at a time, its name in the address."""

from __future__ import annotations

import streamlit as st

from ifdo_core.formats import time_text
from ifdo_ui import cache
from ifdo_ui.analysis import rfm
from ifdo_ui.frame import guard, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import choose, chosen
from ifdo_ui.text import _

VIEWS = {"rfm": rfm.draw}


def draw(opened: cache.Shop) -> None:
    """The chosen view; without orders what is missing and where to go."""
    workbench = opened.workbench
    if not workbench.holdings.has("orders"):
        heading(_("고객 분석"), _("주문이 있어야 고객을 분석할 수 있어요. 아직 주문 데이터가 없어요."))
        st.page_link(PAGES["data"], label=_("설정 › 데이터에서 주문 파일을 올려 주세요."), icon=":material/upload:")
        return
    heading(_("고객 분석"), _("기준 시각 {moment}", moment=time_text(workbench.now, workbench.settings.zone)))
    view = chosen("view", tuple(VIEWS))
    words = {"rfm": _("RFM 등급")}
    if len(VIEWS) > 1:
        picked = st.segmented_control(
            _("보기"), list(VIEWS), default=view, format_func=lambda name: words[name], required=True,
            label_visibility="collapsed", key="analysis.view",
        )  # fmt: skip
        choose("view", picked, tuple(VIEWS))
        view = picked
    with guard():
        VIEWS[view](opened)
