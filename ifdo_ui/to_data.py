"""The way to the page that takes files, where a screen is empty for want of visits."""

from __future__ import annotations

import streamlit as st

from ifdo_ui import cache
from ifdo_ui.navigation import PAGES
from ifdo_ui.text import _


def to_data(opened: cache.Shop) -> None:
    """A link to the data page, if the shop has no visits; else nothing."""
    if not opened.workbench.holdings.has("events"):
        st.page_link(PAGES["data"], label=_("설정 › 데이터로 가기"), icon=":material/database:")
