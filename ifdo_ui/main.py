"""The script of every session: navigation, language, and the page that was asked for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ifdo_core.i18n import LANGUAGES
from ifdo_ui import cache
from ifdo_ui.frame import guard, shop_line, style
from ifdo_ui.navigation import menu
from ifdo_ui.state import begin, choose_language, seed, widget
from ifdo_ui.text import _, tag

_LANGUAGE = "language"


def sidebar(trial: str | None) -> None:
    """The language, and whose data is shown."""
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
    if cache.shop(trial).ready():
        st.html(tag("p", shop_line(cache.shop(trial)), "ifdo-shop"))


st.set_page_config(page_title="IFDO Workbench", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
current = begin()
style()
page = st.navigation(menu(), expanded=True)
with guard():
    page.run()
with st.sidebar:
    sidebar(current.trial)
