"""The script of every session: navigation, language, and the page that was asked for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ifdo_core.i18n import LANGUAGES
from ifdo_core.roles import current_role, given_role, roles_within
from ifdo_ui import cache
from ifdo_ui.frame import guard, shop_line, style
from ifdo_ui.navigation import menu
from ifdo_ui.state import act_as, begin, choose_language, seed, widget
from ifdo_ui.text import _, tag

_LANGUAGE, _ROLE = "language", "role"


def sidebar(trial: str | None) -> None:
    """The language, the role, and whose data is shown."""
    names = {"ko": _("한국어"), "en": "English"}
    st.segmented_control(
        _("언어"),
        LANGUAGES,
        format_func=lambda language: names[language],
        key=seed(_LANGUAGE, begin().language),
        on_change=lambda: choose_language(widget(_LANGUAGE, "ko")),
        required=True,
        label_visibility="collapsed",
    )
    _role()
    if cache.shop(trial).ready():
        st.html(tag("p", shop_line(cache.shop(trial)), "ifdo-shop"))


def _role() -> None:
    """In which role the session acts: the given one, or one that may do less, to see what others see."""
    words = {role.id: role.label() for role in roles_within(given_role())}
    st.selectbox(
        _("역할"),
        list(words),
        format_func=lambda role_id: words[role_id],
        key=seed(_ROLE, current_role().id),
        on_change=lambda: act_as(widget(_ROLE, "")),
        filter_mode=None,
        help=_("이 앱에 주어진 역할까지 고를 수 있어요. 개인정보와 내보내기를 역할이 정해요."),
    )


st.set_page_config(page_title="IFDO Workbench", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
current = begin()
style()
page = st.navigation(menu(), expanded=True)
with guard():
    page.run()
with st.sidebar, guard():
    sidebar(current.trial)
