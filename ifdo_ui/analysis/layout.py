"""The page of customer analysis: one view at a time, its name in the address."""

from __future__ import annotations

import streamlit as st

from ifdo_core import jobs
from ifdo_core.formats import date_text, time_text
from ifdo_ui import cache
from ifdo_ui.analysis import churn, record, rfm, value
from ifdo_ui.frame import guard, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import choose, chosen
from ifdo_ui.text import _, plain

VIEWS = {"rfm": rfm.draw, "value": value.draw, "churn": churn.draw}


def draw(opened: cache.Shop) -> None:
    """The chosen view; without orders what is missing and where to go."""
    workbench = opened.workbench
    if not workbench.holdings.has("orders"):
        heading(_("고객 분석"), _("주문이 있어야 고객을 분석할 수 있어요. 아직 주문 데이터가 없어요."))
        st.page_link(PAGES["data"], label=_("설정 › 데이터에서 주문 파일을 올려 주세요."), icon=":material/upload:")
        return
    heading(_("고객 분석"), _("기준 시각 {moment}", moment=time_text(workbench.now, workbench.settings.zone)))
    view = chosen("view", tuple(VIEWS))
    words = {"rfm": _("RFM 등급"), "value": _("고객 가치"), "churn": _("이탈 위험")}
    left, right = st.columns([3, 1], vertical_alignment="center")
    with right:
        _refresh(opened)
    with left:
        picked = st.segmented_control(
            _("보기"), list(VIEWS), default=view, format_func=lambda name: words[name], required=True,
            label_visibility="collapsed", key="analysis.view",
        )  # fmt: skip
        choose("view", picked, tuple(VIEWS))
        view = picked
    with guard():
        VIEWS[view](opened)
    with guard():
        record.draw(opened)


def _refresh(opened: cache.Shop) -> None:
    """When everybody was scored last; the button scores them now."""
    workbench = opened.workbench
    newest = jobs.newest_done(workbench.engine)
    told = _("조건에 쓰이는 점수: {day}", day=date_text(newest[0])) if newest else _("조건에 쓸 점수가 아직 없어요.")
    st.caption(told)
    if st.button(_("지금 분석하기"), icon=":material/refresh:", key="analysis.refresh"):
        place = st.empty()
        workbench.refresh(lambda share, doing: place.progress(min(max(share, 0.0), 1.0), plain(doing)))
        cache.forget_analysis(opened)
        st.rerun()
