"""One report: the finding, the picture, the table, and the segment behind a row."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core.catalogue.reports import Report
from ifdo_core.exports import csv_bytes
from ifdo_core.formats import time_text
from ifdo_core.i18n import current_language
from ifdo_core.reports import ReportResult
from ifdo_ui import cache
from ifdo_ui.frame import fragment, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import choose, chosen, say
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import pickable
from ifdo_ui.widgets.whom import whom

#: Days of the period that can be chosen; "" is the report's own, "all" everything.
PERIODS = ("", "7", "30", "90", "180", "365", "all")


def draw(opened: cache.Shop, report: Report) -> None:
    st.button(
        _("모든 리포트"), icon=":material/arrow_back:", type="tertiary", key="report.back", on_click=say,
        kwargs={"report": "", "days": "", "segment": ""},
    )  # fmt: skip
    heading(report.label(current_language()), report.remark(current_language()))
    period, segment_id = _narrow(report)
    _body(opened, report.id, period, segment_id)


def _narrow(report: Report) -> tuple[str, str]:
    """The period and the saved segment, both in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="report-narrow"):
        words = {"": _("기본 기간"), "all": _("전체 기간")}
        period = st.selectbox(
            _("기간"),
            PERIODS if report.days else ("",),
            index=PERIODS.index(chosen("days", PERIODS)) if report.days else 0,
            format_func=lambda days: words.get(days) or _("최근 {days}일", days=days),
            key=f"report.days.{report.id}",
            disabled=not report.days,
            help=None if report.days else _("이 리포트는 언제나 전체 기간을 봐요."),
            width=180,
        )
        saved = {"": _("모든 고객"), **{item.id: item.name for item in cache.store().list() if item.segment}}
        segment_id = st.selectbox(
            _("세그먼트"),
            list(saved),
            index=list(saved).index(chosen("segment", tuple(saved))),
            format_func=lambda key: saved[key],
            key=f"report.segment.{report.id}",
            width=260,
        )
    choose("days", period, PERIODS)
    choose("segment", segment_id, tuple(saved))
    return period, segment_id


@fragment("report.body")
def _body(opened: cache.Shop, report_id: str, period: str, segment_id: str) -> None:
    with st.spinner(_("세고 있어요"), show_time=True):
        result = cache.report(opened, report_id, period, segment_id)
    if result.missing:
        st.info(plain(result.insight()), icon=":material/info:")
        st.page_link(PAGES["data"], label=_("설정 › 데이터"), icon=":material/upload:")
        return
    st.markdown(f"**{plain(result.insight())}**")
    if not result.cells.frame.empty:
        _table(opened, result, pickable(result.figure(), f"report.figure.{report_id}"))
    st.caption(_("기준 시각 {time}", time=time_text(result.now, opened.workbench.settings.zone)))


def _table(opened: cache.Shop, result: ReportResult, cell: int | None) -> None:
    """The rows, or rows and columns where that is how they are read; the file always has the rows. ``cell``: the row
    behind what was picked in the picture."""
    frame, labels, units = result.frame(), result.labels(), result.units()
    shown = result.grid() if result.is_grid else frame
    if result.is_grid:
        units = dict.fromkeys(shown.columns[1:], result.cells.metrics[0].unit)
    rounded = {name: 0 for name, unit in units.items() if unit == "money" and name in shown}
    event: Any = st.dataframe(
        shown.round(rounded),
        column_config={name: _column(labels.get(name, name), units.get(name)) for name in shown.columns},
        hide_index=True,
        width="stretch",
        placeholder="",  # a month that is not over
        key=f"report.table.{result.report.id}",
        on_select="rerun",
        selection_mode="single-row",
    )
    st.download_button(
        _("CSV 받기"),
        csv_bytes(frame.rename(columns=labels)),
        file_name=f"{result.report.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    _people(opened, result, list(event.selection.rows), cell)


def _people(opened: cache.Shop, result: ReportResult, rows: list[int], cell: int | None) -> None:
    """Those behind the row or the cell that was picked; before that, those the report is about."""
    if rows and result.is_grid:
        exact, near = result.grid_segment(rows[0]), result.near_grid_segment(rows[0])
    elif rows or cell is not None:
        place = rows[0] if rows else cell or 0
        exact, near = result.segment(place), result.near_segment(place)
    else:
        whom(opened, result.audience())
        st.caption(_("표의 행이나 그림의 칸을 고르면 그 고객으로 세그먼트나 메시지를 만들 수 있어요."))
        return
    whom(opened, exact or near)
    if exact is None:
        st.caption(_("조건만으로는 이 칸의 고객과 꼭 같게 고를 수 없어, 가장 가까운 조건으로 골랐어요."))


def _column(label: str, unit: str | None) -> Any:
    if unit is None:
        return st.column_config.TextColumn(label)
    forms = {"percent": "%.1f %%", "number": "%.2f", "days": "%.0f"}
    return st.column_config.NumberColumn(label, format=forms.get(unit, "localized"))
