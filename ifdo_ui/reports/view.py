"""One report: the finding, the picture, the table, and the segment behind a row."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core import Segment
from ifdo_core.catalogue.reports import Report
from ifdo_core.exports import csv_bytes
from ifdo_core.formats import time_text
from ifdo_core.i18n import current_language
from ifdo_core.reports import ReportResult
from ifdo_core.segments.link import pack
from ifdo_ui import cache
from ifdo_ui.frame import fragment, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import choose, chosen, say
from ifdo_ui.text import _, plain

#: Days of the period that can be chosen; "" is the report's own, "all" everything.
PERIODS = ("", "7", "30", "90", "180", "365", "all")
_PLOT = {"displayModeBar": False}


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
        drawn: Any = st.plotly_chart(
            result.figure(), key=f"report.figure.{report_id}", config=_PLOT, on_select="rerun", selection_mode="points"
        )
        _table(result, _row_of(result, drawn.selection.points))
    st.caption(_("기준 시각 {time}", time=time_text(result.now, opened.workbench.settings.zone)))


def _row_of(result: ReportResult, points: list[Any]) -> int | None:
    """The row behind a bar or a point that was picked; None where points and rows are not one to one."""
    single = len(result.cells.dimensions) == 1 and result.report.chart in ("bar", "histogram", "line")
    if not points or not (single or result.report.chart == "scatter"):
        return None
    place = int(points[0].get("point_index", -1))
    if result.report.chart == "scatter":
        known = result.cells.frame.dropna(subset=[metric.id for metric in result.cells.metrics[:2]]).index
        return int(result.cells.frame.index.get_loc(known[place])) if 0 <= place < len(known) else None
    return place if 0 <= place < len(result.cells.frame) else None


def _table(result: ReportResult, point: int | None) -> None:
    """The rows, or rows and columns where that is how they are read; the file always has the rows."""
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
        key=f"report.table.{result.report.id}",
        on_select="rerun",
        selection_mode="single-row",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("CSV 받기"),
            csv_bytes(frame.rename(columns=labels)),
            file_name=f"{result.report.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        rows = list(event.selection.rows) or ([] if point is None else [point])
        segment_of = result.grid_segment if result.is_grid else result.segment
        own = segment_of(rows[0]) if rows else None
        _segment_link(own or result.audience())
    if own is None:
        has_rows = any(segment_of(row) is not None for row in range(min(len(shown), 3)))
        st.caption(
            _("표의 행이나 그림의 막대를 고르면 그 고객으로 세그먼트를 만들 수 있어요.")
            if has_rows
            else _("이 리포트의 한 칸은 조건으로 그대로 옮길 수 없어, 리포트가 말하는 고객으로 만들어 드려요.")
        )


def _segment_link(segment: Segment) -> None:
    st.page_link(
        PAGES["segments"],
        label=_("‘{name}’ 세그먼트 만들기", name=plain(segment.name)),
        icon=":material/filter_alt:",
        query_params={"segment": pack(segment)},
    )


def _column(label: str, unit: str | None) -> Any:
    if unit is None:
        return st.column_config.TextColumn(label)
    forms = {"percent": "%.1f %%", "number": "%.2f", "days": "%.0f"}
    return st.column_config.NumberColumn(label, format=forms.get(unit, "localized"))
