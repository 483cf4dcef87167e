"""All reports by group, with a search; those whose data is missing say so."""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue import REPORTS
from ifdo_core.catalogue.reports import GROUPS, Report
from ifdo_core.i18n import current_language
from ifdo_ui import cache
from ifdo_ui.frame import heading, shop_line
from ifdo_ui.state import say, widget
from ifdo_ui.text import _, plain

_QUERY = "reports.query"
_PER_ROW = 3


def draw(opened: cache.Shop) -> None:
    heading(_("리포트"), shop_line(opened))
    st.text_input(
        _("리포트 검색"),
        key=_QUERY,
        type="search",
        icon=":material/search:",
        placeholder=_("이름이나 내용으로 찾기 (예: 재구매, 코호트)"),
        label_visibility="collapsed",
        live="200ms",
        width=360,
    )
    query = str(widget(_QUERY, "")).strip().casefold()
    found = [report for report in REPORTS.values() if _matches(report, query)]
    if not found:
        st.caption(_("‘{query}’에 맞는 리포트가 없어요.", query=plain(query)))
    for group, (ko, en, icon) in GROUPS.items():
        reports = [report for report in found if report.group == group]
        if not reports:
            continue
        st.markdown(f"#### :material/{icon}: {en if current_language() == 'en' else ko}")
        for start in range(0, len(reports), _PER_ROW):
            for column, report in zip(st.columns(_PER_ROW), reports[start : start + _PER_ROW], strict=False):
                with column, st.container(border=True, height="stretch", key=f"report-{report.id.replace('.', '-')}"):
                    _card(opened, report)


def _card(opened: cache.Shop, report: Report) -> None:
    st.button(
        f"**{plain(report.label(current_language()))}**",
        type="tertiary",
        key=f"reports.open.{report.id}",
        on_click=say,
        kwargs={"report": report.id},
    )
    missing = any(not opened.workbench.holdings.has(kind) for kind in report.needs)
    st.caption(_("아직 데이터가 없어 볼 수 없어요.") if missing else plain(report.remark(current_language())))


def _matches(report: Report, query: str) -> bool:
    told = " ".join((report.ko, report.en, *report.note, report.id)).casefold()
    return all(word in told for word in query.split())
