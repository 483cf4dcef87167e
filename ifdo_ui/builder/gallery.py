"""Ready segments with their 모수 now: by purpose, with search; one click opens one in the builder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ifdo_core.formats import count_text, missing_text
from ifdo_core.segments.sizes import Size
from ifdo_core.segments.starters import Starter, found, purposes
from ifdo_ui import cache
from ifdo_ui.builder import actions, searched
from ifdo_ui.state import state, widget
from ifdo_ui.text import _, element, plain, tag

_QUERY, _PURPOSE = "starters.query", "starters.purpose"
_PAGE = 9


def draw(opened: cache.Shop) -> None:
    """The search, the purposes and the cards."""
    headings = purposes()
    with st.container(horizontal=True, vertical_alignment="center"):
        searched.field(_QUERY, _("시작 세트 검색"), _("하고 싶은 일로 찾기 (예: 쿠폰)"))
        st.pills(
            _("목적"), list(headings), format_func=lambda key: headings[key], key=_PURPOSE, label_visibility="collapsed"
        )
    shown = found(widget(_QUERY, ""), widget(_PURPOSE, None))
    if not shown:
        st.caption(_("맞는 세그먼트가 없어요. 다른 낱말로 찾거나 목적을 풀어 주세요."))
        return
    most = _PAGE * state().starter_pages
    card = partial(_card, headings)
    places = searched.rows(shown, most, card, actions.more_starters, "starters", across=3)
    sizes = cache.several(opened, "starters", None, lambda workbench: workbench.starters()).sizes
    for place, item in places:
        place.html(_number(sizes[item.id]))


def _number(size: Size) -> str:
    number = missing_text() if size.visits_7d is None else count_text(size.visits_7d, "건")
    why = tag("small", size.reason.parts()[0]) if size.reason is not None else ""
    return element("p", tag("span", _("최근 7일")) + " " + tag("b", number), "ifdo-now") + why


def _card(headings: Mapping[str, str], item: Starter) -> DeltaGenerator:
    """The card; its number's place, where 'counting' stands until it is known."""
    with st.container(border=True, key=f"starter-{item.id}", height="stretch", gap="xsmall"):
        st.badge(headings[item.purpose], color="gray")
        st.markdown(f"**{plain(item.name)}**")
        place = st.empty()
        place.html(element("p", tag("span", _("최근 7일 모수를 세는 중이에요")), "ifdo-now"))
        st.caption(f"{plain(item.why)} {plain(item.todo)}")
        st.button(
            _("열어 보기"),
            key=f"starter.{item.id}",
            width="stretch",
            on_click=actions.open_starter,
            args=(item.id,),
        )
    return place
