"""What changed: the insights of a day on the home page, each with its picture, its segment and its report."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from ifdo_core.formats import day_text
from ifdo_core.insights import Insight
from ifdo_core.insights.daily import last_whole_day
from ifdo_core.segments.link import pack
from ifdo_ui import cache
from ifdo_ui.frame import fragment
from ifdo_ui.navigation import PAGES
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import chart

_DAYS = 7


@fragment("home.changes")
def draw(opened: cache.Shop) -> None:
    """Yesterday's, or those of one of the days before."""
    workbench = opened.workbench
    if not any(workbench.holdings.has(kind) for kind in ("events", "orders")):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="home-changes"):
        st.subheader(_("달라진 것"), anchor=False)
        st.page_link(PAGES["digest"], label=_("아침 요약 보기"), icon=":material/wb_sunny:")
    last = last_whole_day(workbench.now, workbench.settings)
    days = [last - timedelta(days=n) for n in range(_DAYS)]
    day: date = st.segmented_control(
        _("날짜"),
        days,
        default=last,
        format_func=day_text,
        required=True,
        key="home.changes.day",
        label_visibility="collapsed",
    )
    with st.spinner(_("평소와 견주고 있어요"), show_time=True):
        found = cache.insights(opened, day)
    if not found.items:
        st.markdown(f":material/check_circle: {plain(found.insight())}")
    for place, item in enumerate(found.items):
        card(item, place)


def card(item: Insight, place: int) -> None:
    """What, evidence, why, what to do, and where each leads."""
    icon = ":material/trending_up:" if item.rose else ":material/trending_down:"
    with st.container(border=True, key=f"insight-{place}"):
        words, picture = st.columns([3, 2], vertical_alignment="center")
        with words:
            st.markdown(f"{icon} **{plain(item.what())}**")
            st.caption(plain(" ".join(part for part in (item.evidence(), item.why()) if part)))
            st.markdown(plain(item.todo()))
            _links(item)
        chart(item.figure(), key=f"insight.{item.day}.{place}", place=picture)


def _links(item: Insight) -> None:
    segment = item.segment()
    with st.container(horizontal=True):
        if segment is not None:
            st.page_link(
                PAGES["segments"],
                label=_("세그먼트 만들기"),
                icon=":material/filter_alt:",
                query_params={"segment": pack(segment)},
            )
            st.page_link(
                PAGES["messages"],
                label=_("메시지 쓰기"),
                icon=":material/chat:",
                query_params={"segment": pack(segment)},
            )
        if item.watch.report:
            st.page_link(
                PAGES["reports"],
                label=_("리포트 보기"),
                icon=":material/bar_chart:",
                query_params={"report": item.watch.report},
            )
