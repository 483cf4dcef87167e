"""What data is there and what is missing; whose shop this is, and how to open one's own."""

from __future__ import annotations

import streamlit as st

from ifdo_core.doctor import KINDS
from ifdo_core.formats import time_text
from ifdo_core.i18n import translate
from ifdo_ui import cache
from ifdo_ui.state import leave_trial, start_trial
from ifdo_ui.text import _, element, tag

_WORDS = {"ok": "✓", "young": "…", "missing": "—"}


def doctor(opened: cache.Shop) -> None:
    """One row a kind of data: how much, from when to when, what to do."""
    st.subheader(_("데이터 상태"), anchor=False)
    zone = opened.workbench.settings.zone
    head = element(
        "tr",
        tag("th", "")
        + tag("th", _("데이터"))
        + tag("th", _("행"), "number")
        + "".join(tag("th", name) for name in (_("처음"), _("마지막"), _("한마디"))),
    )
    rows = ""
    for finding in opened.workbench.doctor().findings:
        there = finding.rows > 0
        cells = [
            tag("td", _WORDS[finding.state], f"ifdo-{finding.state}", title=finding.state),
            tag("th", translate(KINDS[finding.table][0])),
            tag("td", finding.counted if there else _("없음"), "number"),
            tag("td", time_text(finding.first, zone) if finding.first else ""),
            tag("td", time_text(finding.last, zone) if finding.last else "", "last", data_name=_("마지막")),
            tag("td", finding.hint or _("조건 {count}개에 쓰여요.", count=finding.conditions)),
        ]
        rows += element("tr", "".join(cells))
    st.html(element("div", element("table", head + rows, "ifdo-doctor"), "ifdo-scroll"))


def whose(opened: cache.Shop, trial: bool) -> None:
    """The demo and how to leave it; the trial shop and how to keep it."""
    if trial:
        with st.container(border=True, key="trial"):
            st.markdown(f"**{_('내 데이터로 써 보는 중이에요.')}**")
            st.caption(
                _("이 브라우저 탭에서만 보이고, 탭을 닫으면 사라져요. 오래 쓰려면 아래처럼 파일을 정해 시작하세요.")
            )
            st.code("IFDO_URL=shop.duckdb streamlit run app.py", language="shell")
            st.button(_("데모 쇼핑몰로 돌아가기"), icon=":material/undo:", on_click=leave_trial)
    elif opened.workbench.is_demo:
        with st.container(border=True, key="demo"):
            st.markdown(f"**{_('지금 보는 것은 데모 쇼핑몰이에요.')}**")
            st.caption(_("내 파일은 데모와 섞이지 않게 따로 열어요. 다른 사람에게 보이지 않고, 탭을 닫으면 사라져요."))
            st.button(
                _("내 데이터로 써 보기"),
                icon=":material/upload:",
                type="primary",
                key="trial.start",
                on_click=start_trial,
            )
            st.caption(_("계속 쓸 쇼핑몰은 파일이나 데이터베이스를 정해 시작하세요."))
            st.code("IFDO_URL=shop.duckdb streamlit run app.py", language="shell")
