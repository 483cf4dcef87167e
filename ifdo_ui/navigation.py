"""The menu: sections with the pages that exist; each issue brings its own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ifdo_ui.text import _

_FOLDER = Path(__file__).resolve().parent.parent / "pages"
_NAMES = (
    "home", "segments", "compare", "analysis", "customer", "together", "recommend", "evaluation", "reports", "messages",
    "sending", "results", "consents", "channel", "data", "exports", "review", "help",
)  # fmt: skip
#: Where links between pages lead.
PAGES = {name: str(_FOLDER / f"{name}.py") for name in _NAMES}


def menu() -> dict[str, list[st.Page]]:
    """Section → its pages, as ``st.navigation`` takes them."""
    return {
        _("오늘"): [
            st.Page(PAGES["home"], title=_("홈"), icon=":material/home:", url_path="home", default=True),
        ],
        _("고객"): [
            st.Page(PAGES["segments"], title=_("세그먼트"), icon=":material/filter_alt:", url_path="segments"),
            st.Page(PAGES["compare"], title=_("세그먼트 비교"), icon=":material/compare_arrows:", url_path="compare"),
            st.Page(PAGES["analysis"], title=_("고객 분석"), icon=":material/groups:", url_path="analysis"),
            st.Page(PAGES["customer"], title=_("고객 찾기"), icon=":material/person_search:", url_path="customer"),
        ],
        _("상품"): [
            st.Page(PAGES["together"], title=_("함께 구매"), icon=":material/hub:", url_path="together"),
            st.Page(PAGES["recommend"], title=_("추천"), icon=":material/recommend:", url_path="recommendations"),
            st.Page(PAGES["evaluation"], title=_("추천 평가"), icon=":material/target:", url_path="evaluation"),
        ],
        _("메시지"): [
            st.Page(PAGES["messages"], title=_("브랜드 메시지"), icon=":material/chat:", url_path="messages"),
            st.Page(PAGES["sending"], title=_("발송"), icon=":material/send:", url_path="sending"),
            st.Page(PAGES["results"], title=_("결과"), icon=":material/monitoring:", url_path="results"),
            st.Page(PAGES["consents"], title=_("수신 동의"), icon=":material/handshake:", url_path="consents"),
            st.Page(PAGES["channel"], title=_("채널 연동"), icon=":material/link:", url_path="channel"),
        ],
        _("실시간"): [
            st.Page(PAGES["reports"], title=_("리포트"), icon=":material/bar_chart:", url_path="reports"),
        ],
        _("설정"): [
            st.Page(PAGES["data"], title=_("데이터"), icon=":material/database:", url_path="data"),
            st.Page(PAGES["exports"], title=_("내보내기 기록"), icon=":material/history:", url_path="exports"),
            st.Page(PAGES["review"], title=_("신청 심사"), icon=":material/fact_check:", url_path="review"),
            st.Page(PAGES["help"], title=_("도움말"), icon=":material/help:", url_path="help"),
        ],
    }
