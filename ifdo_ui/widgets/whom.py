"""From a number to its people: how many, and two ways on: a segment in the builder, a message to them."""

from __future__ import annotations

import streamlit as st

from ifdo_core import Segment
from ifdo_core.errors import IfdoError
from ifdo_core.segments.link import pack
from ifdo_ui import cache
from ifdo_ui.navigation import PAGES
from ifdo_ui.text import _, plain


def whom(opened: cache.Shop, segment: Segment, told: str = "", *, named: bool = True) -> None:
    """``told``: what the picture or the table says of them, such as '25명'. ``named`` False: what stands above names
    them already."""
    name = " · ".join(part for part in (f"**{plain(segment.name)}**", plain(told)) if part)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if named:
            st.markdown(name, width="content")
        st.caption(_members(opened, segment), width="content")
        query = {"segment": pack(segment)}
        st.page_link(PAGES["segments"], label=_("세그먼트로"), icon=":material/filter_alt:", query_params=query)
        st.page_link(PAGES["messages"], label=_("메시지로"), icon=":material/chat:", query_params=query)


def _members(opened: cache.Shop, segment: Segment) -> str:
    """How many members the conditions hold for; customers without a membership and scores of yesterday make it differ
    from what a picture says."""
    if not opened.workbench.holdings.has("members"):
        return ""
    try:
        count = cache.member_count(opened, segment)
    except IfdoError:  # a saved segment that cannot be read is told about where it is edited
        return ""
    return _("조건에 맞는 회원 {count}명", count=f"{count:,}")
