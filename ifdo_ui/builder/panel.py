"""The right column: 모수. The two numbers first, then what stands behind them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from ifdo_core.formats import count_text, missing_text, percent_text, time_text
from ifdo_core.segments.preview import Preview
from ifdo_core.segments.reasons import Reason
from ifdo_ui import cache
from ifdo_ui.builder import actions, nearby
from ifdo_ui.frame import fragment
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import state
from ifdo_ui.text import _, element, tag
from ifdo_ui.widgets.picture import chart

_MAX_ROWS = 30


@fragment(actions.PANEL)
def draw(opened: cache.Shop) -> None:
    """Until the new number is there the old one stays on screen, greyed by Streamlit."""
    builder = state().builder
    segment = builder.draft.segment() if builder else None
    if builder is None or segment is None:
        every = cache.traffic(opened)
        st.html(_numbers(every.visits_7d, every.visits_24h) + _why(every))
        if every.visits_7d is not None:
            with st.container(key="panel-body"):
                st.caption(_("아직 조건이 없어 모든 방문을 셌어요. 조건을 고르면 그 모수로 바뀌어요."))
        return
    numbers = st.empty()
    preview = cache.preview(opened, segment, lambda week, day: numbers.html(_numbers(week, day)), builder.saved_id)
    numbers.html(_numbers(preview.visits_7d, preview.visits_24h) + _why(preview))
    with st.container(key="panel-body"):
        _html(_people(preview) + _share(preview))
        if preview.visits_7d is not None:
            chart(preview.figure(), key="panel.daily")
        _html(_conditions(preview))
        if preview.now is not None:
            zone = opened.workbench.settings.zone
            st.caption(_("기준 시각 {time} · 모수는 지난 방문 수예요", time=time_text(preview.now, zone)))
        if preview.reasons:
            st.page_link(PAGES["help"], label=_("왜 이런지 도움말에서 보기"), icon=":material/help:")
        if preview.visits_7d is not None:
            nearby.draw(opened, builder, segment)
        _sql(preview)


def _html(inner: str) -> None:
    """``st.html`` refuses an empty text."""
    if inner:
        st.html(inner)


def _numbers(visits_7d: int | None, visits_24h: int | None) -> str:
    """The two large numbers; what cannot be known says so in words."""
    return element(
        "div",
        _number(_("최근 7일"), visits_7d, "week") + _number(_("24시간"), visits_24h, "day"),
        "ifdo-numbers",
        role="status",
    )


def _number(caption: str, visits: int | None, css: str) -> str:
    known = visits is not None
    shown = tag("b", count_text(visits, "건") if known else missing_text(), "" if known else "ifdo-unknown")
    return element("div", tag("span", caption) + shown, css)


def _why(preview: Preview) -> str:
    """The reason that stands in the number's place or explains it, then the others."""
    reasons = [preview.reason] if preview.reason else []
    reasons += [reason for reason in preview.reasons if reason != preview.reason]
    return "".join(_reason(reason) for reason in reasons)


def _reason(reason: Reason) -> str:
    what, todo = reason.parts()
    return element("p", tag("b", what) + " " + tag("span", todo), "ifdo-reason")


def _people(preview: Preview) -> str:
    rows = [
        (_("방문자"), preview.visitors_7d, preview.visitors_24h),
        (_("회원"), preview.members_7d, preview.members_24h),
    ]
    if preview.visits_7d is None:
        if preview.members_now is None:
            return ""
        return element(
            "p", tag("span", _("지금 회원")) + " " + tag("b", count_text(preview.members_now, "명")), "ifdo-now"
        )
    head = element("tr", tag("td", "") + tag("th", _("7일")) + tag("th", _("24시간")))
    body = "".join(
        element("tr", tag("th", name) + tag("td", count_text(week, "명")) + tag("td", count_text(day, "명")))
        for name, week, day in rows
    )
    return element("table", head + body, "ifdo-people")


def _share(preview: Preview) -> str:
    if preview.share_7d is None or preview.total_visits_7d is None:
        return ""
    said = _(
        "최근 7일 방문 {total} 중 {share}",
        total=count_text(preview.total_visits_7d, "건"),
        share=percent_text(preview.share_7d * 100),
    )
    return tag("p", said, "ifdo-share") + _bar(preview.share_7d)


def _bar(share: float, css: str = "") -> str:
    width = f"width:{max(0.0, min(1.0, share)) * 100:.2f}%"
    filled = element("i", "", style=width) if share > 0 else ""  # the least width is for a few, not for none
    return element("div", filled, f"ifdo-bar {css}".strip())


def _conditions(preview: Preview) -> str:
    """Each condition with its own count and what the segment would be without it; the narrowest one is marked."""
    frame: pd.DataFrame = preview.conditions
    if frame.empty:
        return ""
    total = preview.total_visits_7d or 0
    without = frame["without_7d"].dropna()
    narrows = len(without) > 1 and preview.visits_7d is not None and without.max() > preview.visits_7d
    narrowest = int(without.idxmax()) if narrows else -1  # type: ignore[arg-type]
    rows = [
        _condition(row, total, row.Index == narrowest, len(frame) > 1) for row in frame.head(_MAX_ROWS).itertuples()
    ]
    more = len(frame) - _MAX_ROWS
    note = tag("p", _("조건 {more}개가 더 있어요.", more=f"{more:,}"), "ifdo-note") if more > 0 else ""
    return tag("h3", _("조건마다")) + element("ul", "".join(rows), "ifdo-conditions") + note


def _condition(row: Any, total: int, narrowest: bool, several: bool) -> str:
    count = None if pd.isna(row.visits_7d) else int(row.visits_7d)
    inner = element("div", tag("span", row.text) + tag("b", count_text(count, "건")))
    if count is not None and total:
        inner += _bar(count / total, "narrow" if narrowest else "")
    notes = [_("가장 많이 좁히는 조건")] if narrowest else []
    if several and not pd.isna(row.without_7d):
        notes.append(_("이 조건이 없으면 {count}", count=count_text(int(row.without_7d), "건")))
    if notes:
        inner += tag("small", " · ".join(notes))
    return element("li", inner)


def _sql(preview: Preview) -> None:
    with st.expander("SQL", type="compact", key="panel.sql", on_change="rerun") as shown:
        if shown.open and preview.sql:
            st.code(preview.sql, language="sql", wrap_lines=True)
