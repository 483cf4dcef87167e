"""The report of a segment: what differs from all visits in words, then a picture a dimension."""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue.aspects import ASPECTS, GROUPS
from ifdo_core.formats import count_text, percent_text, time_text
from ifdo_core.i18n import current_language
from ifdo_core.segments.model import Segment
from ifdo_core.segments.statistics.result import Statistics
from ifdo_ui import cache
from ifdo_ui.lists import head
from ifdo_ui.text import _, plain
from ifdo_ui.to_data import to_data
from ifdo_ui.widgets.picture import chart

#: Pictures that need the whole width.
_WIDE = ("when.hour_of_week",)


def draw(opened: cache.Shop, segment: Segment) -> None:
    head.draw(opened, segment, _("통계 리포트"))
    window = head.window()
    with st.spinner(_("전체 방문과 비교하고 있어요"), show_time=False):
        found = cache.statistics(opened, segment, window)
    if not found.visits:
        st.info(plain(found.insight()), icon=":material/info:")
        to_data(opened)
        return
    _findings(found)
    time = time_text(found.now, opened.workbench.settings.zone)
    st.caption(_("기준 시각 {time} · 파란색이 이 세그먼트, 회색이 전체 방문이에요.", time=time))
    for group, both in GROUPS.items():
        names = [name for name in found.dimensions if ASPECTS[name].group == group]
        if names:
            st.subheader(both[current_language() != "ko"], anchor=False)
            _pictures(found, names)


def _findings(found: Statistics) -> None:
    share = (found.visits or 0) / (found.visits_all or 1) * 100
    with st.container(border=True, key="findings"):
        st.markdown(
            _(
                "**방문 {visits}**, 방문자 {visitors}. 전체 방문의 {share}예요.",
                visits=count_text(found.visits, "건"),
                visitors=count_text(found.visitors, "명"),
                share=percent_text(share),
            )
        )
        st.markdown("\n".join(f"- {plain(line)}" for line in found.insight().splitlines()))


def _pictures(found: Statistics, names: list[str]) -> None:
    """Two beside each other; those with a finding come first."""
    ordered = sorted((name for name in names if name not in _WIDE), key=lambda name: found.differences(name).empty)
    for start in range(0, len(ordered), 2):
        columns = st.columns(2, gap="medium")
        for column, name in zip(columns, ordered[start : start + 2], strict=False):
            with column:
                _picture(found, name)
    for name in names:
        if name in _WIDE:
            _picture(found, name)


def _picture(found: Statistics, name: str) -> None:
    with st.container(border=True, key=f"report-{name.replace('.', '-')}", height="stretch"):
        st.markdown(f"**{plain(found.title(name))}**")
        chart(found.figure(name), key=f"report.{name}")
