"""The help page: three questions, answered from the state of the shop that is open."""

from __future__ import annotations

import streamlit as st

from ifdo_core.questions import Answer
from ifdo_ui import cache
from ifdo_ui.navigation import PAGES
from ifdo_ui.text import plain

_ICONS = {"data": ":material/database:", "segments": ":material/filter_alt:", "sending": ":material/send:"}


def draw(opened: cache.Shop) -> None:
    for answer in cache.help_of(opened).answers:
        _answer(answer)


def _answer(answer: Answer) -> None:
    with st.container(border=True, key=f"help-{answer.id}"):
        st.subheader(plain(answer.question), anchor=answer.id)
        st.markdown(f"**{plain(answer.short)}**")
        if answer.facts:
            st.markdown("\n".join(f"- {plain(fact)}" for fact in answer.facts))
        for link in answer.links:
            params = {"segment": link.segment} if link.segment else None
            st.page_link(PAGES[link.page], label=plain(link.label), icon=_ICONS[link.page], query_params=params)
