"""The home page's parts: the state of the data in a few numbers, and what to do next."""

from __future__ import annotations

import streamlit as st

from ifdo_core.doctor import Finding
from ifdo_core.formats import count_text, day_text, missing_text, time_text
from ifdo_ui import cache
from ifdo_ui.builder.examples import examples
from ifdo_ui.state import EXAMPLE
from ifdo_ui.text import _, local_date, plain
from ifdo_ui.widgets.picture import chart

_ICONS = {
    "ok": ":material/check_circle:",
    "young": ":material/schedule:",
    "missing": ":material/radio_button_unchecked:",
}


def numbers(opened: cache.Shop) -> None:
    """Last event, visits of 24 hours and 7 days, members."""
    workbench = opened.workbench
    traffic = cache.traffic(opened)
    findings = {finding.table: finding for finding in workbench.doctor().findings}
    events, members = findings["events"], findings["members"]
    with st.container(key="numbers"):
        columns = st.columns(4)
    columns[0].metric(
        _("마지막 방문 이벤트"),
        day_text(local_date(events.last, workbench.settings.zone)) if events.last else _("아직 없음"),
        help=time_text(events.last, workbench.settings.zone) if events.last else None,
        border=True,
        height="stretch",
    )
    columns[1].metric(_("최근 24시간 방문"), _count(traffic.total_visits_24h, "건"), border=True, height="stretch")
    columns[2].metric(
        _("최근 7일 방문"),
        _count(traffic.total_visits_7d, "건"),
        border=True,
        height="stretch",
    )
    columns[3].metric(_("회원"), _count(members.rows or None, "명"), border=True, height="stretch")


def _count(number: int | None, unit: str) -> str:
    return missing_text() if number is None else count_text(number, unit)


def daily(opened: cache.Shop) -> None:
    """The visits of the last 7 days, day by day."""
    traffic = cache.traffic(opened)
    if traffic.total_visits_7d:
        st.subheader(_("최근 7일의 방문"), anchor=False)
        chart(traffic.figure(), key="home.daily")


def data_state(opened: cache.Shop) -> None:
    """Each kind of data in a sentence, with what to do where it is missing."""
    st.subheader(_("데이터 상태"), anchor=False)
    for finding in opened.workbench.doctor().findings:
        _finding(finding)


def _finding(finding: Finding) -> None:
    hint = f" :gray[{plain(finding.hint)}]" if finding.hint else ""
    st.markdown(f"{_ICONS[finding.state]} {plain(finding.text)}{hint}")


def next_steps(opened: cache.Shop, pages: dict[str, str]) -> None:
    """What to do now, the most useful first. ``pages``: paths of the pages to go to."""
    st.subheader(_("다음에 할 일"), anchor=False)
    saved = cache.store().list()
    if opened.workbench.doctor().findings[0].state == "missing":
        st.page_link(
            pages["data"], label=_("방문 데이터가 아직 없어요. 파일을 올려 시작하세요."), icon=":material/upload:"
        )
    for item in examples() if not saved else ():
        st.page_link(
            pages["segments"],
            label=plain(item.question),
            icon=f":material/{item.icon}:",
            query_params={"segment": EXAMPLE + item.id},
        )
    if saved:
        st.page_link(
            pages["segments"],
            label=_("저장한 세그먼트 {count}개의 모수를 확인하세요.", count=len(saved)),
            icon=":material/filter_alt:",
        )
    if opened.workbench.is_demo:
        st.page_link(pages["data"], label=_("내 쇼핑몰 데이터로 바꿔 보세요."), icon=":material/database:")
