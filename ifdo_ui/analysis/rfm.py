"""RFM on screen: the grid, the grades, the moves between them, and the shop's own table of grades."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from ifdo_core.analysis.migration import GONE, NOT_YET, Migration
from ifdo_core.analysis.rfm import Rfm, Who
from ifdo_core.analysis.standing import BEFORE_DAYS
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.formats import count_text, decimal_text, money_text
from ifdo_ui import cache
from ifdo_ui.analysis import scheme
from ifdo_ui.analysis.links import make_segment
from ifdo_ui.frame import fragment
from ifdo_ui.text import _, plain

STEPS = (1, 7, 30, 90)
PLOT = {"displayModeBar": False}


def draw(opened: cache.Shop) -> None:
    """The whole view."""
    who: Who = "buyers"
    if opened.workbench.holdings.has("events"):
        names = {"buyers": _("산 고객"), "visitors": _("사지 않은 방문자")}
        who = cast(
            Who,
            st.segmented_control(
                _("누구"), list(names), default="buyers", format_func=lambda name: names[name], required=True,
                label_visibility="collapsed", key="rfm.who",
            ),
        )  # fmt: skip
    found: Rfm = cache.analysed(opened, f"rfm.{who}", lambda: opened.workbench.analysis.rfm(who=who))
    st.markdown(f"**{plain(found.insight())}**")
    if found.rows.empty:
        return
    _overview(found)
    if who == "buyers":
        _moves(opened)
        scheme.draw(opened, found)


@fragment("rfm.overview")
def _overview(found: Rfm) -> None:
    """Grid and areas side by side, the grades below; what is picked becomes a segment."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("최근성과 횟수로 본 고객"), anchor=False)
        picked = st.plotly_chart(
            found.figure("grid"), key=f"rfm.grid.{found.who}", on_select="rerun", selection_mode="points", config=PLOT
        )
    with right:
        st.subheader(_("등급의 크기"), anchor=False)
        st.plotly_chart(found.figure("treemap"), key=f"rfm.treemap.{found.who}", config=PLOT)
    points = picked["selection"]["points"]
    if points and found.who == "buyers":
        _cell(found, int(points[0]["customdata"][0]), int(points[0]["customdata"][1]))
    st.subheader(_("등급별 고객"), anchor=False)
    if found.who == "buyers":
        st.caption(_("칸이나 줄을 고르면 그 고객들로 세그먼트를 만들 수 있어요."))
    told = found.grades()
    shown = told[["label", "means", "customers", "share", "amount", "amount_share", "recency", "frequency"]].copy()
    buyers = found.who == "buyers"
    if buyers:
        shown["amount"] = [money_text(int(amount), found.currency) for amount in told["amount"]]
    else:
        shown = shown.drop(columns=["amount", "amount_share"])
    for name, digits in (("recency", 0), ("frequency", 1)):  # a grade without customers has no average
        shown[name] = [decimal_text(value, digits) if value == value else "" for value in told[name]]
    numbers, words = st.column_config.NumberColumn, st.column_config.TextColumn
    chosen = st.dataframe(
        shown,
        hide_index=True,
        height="content",
        key=f"rfm.grades.{found.who}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "label": words(_("등급"), pinned=True, width=130),
            "means": words(_("어떤 고객"), width=260),
            "customers": numbers(_("고객 수"), format="localized"),
            "share": st.column_config.ProgressColumn(_("비중"), format="%.1f %%", min_value=0, max_value=100),
            "amount": words(_("금액"), alignment="right"),
            "amount_share": st.column_config.ProgressColumn(
                _("금액 비중"), format="%.1f %%", min_value=0, max_value=100
            ),
            "recency": words(_("평균 경과일") if buyers else _("방문 후 경과일"), alignment="right"),
            "frequency": words(_("평균 구매 횟수") if buyers else _("평균 방문 횟수"), alignment="right"),
        },
    )
    for place in cast(Any, chosen).selection.rows[:1]:
        row = told.iloc[place]
        st.markdown(f"**{plain(row['label'])}** · {count_text(int(row['customers']), '명')} — {plain(row['todo'])}")
        if buyers and "analysis.rfm_grade" in CONDITIONS:
            make_segment(row["label"], {"condition": "analysis.rfm_grade", "op": "in", "value": [row["grade"]]})


def _cell(found: Rfm, r: int, f: int) -> None:
    cells = found.grid()
    cell = cells[(cells["r"] == r) & (cells["f"] == f)].iloc[0]
    name = f"R{r} F{f}"
    st.markdown(f"**{name}** · {count_text(int(cell['customers']), '명')}")
    if "analysis.r_score" in CONDITIONS:
        leaves = [
            {"condition": f"analysis.{score}_score", "op": "eq", "value": value}
            for score, value in (("r", r), ("f", f))
        ]
        make_segment(name, *leaves)


@fragment("rfm.moves")
def _moves(opened: cache.Shop) -> None:
    st.subheader(_("등급 이동"), anchor=False)
    days = st.segmented_control(
        _("언제와 견줄까요"), STEPS, default=30, required=True, key="rfm.days",
        format_func=lambda step: _("{days}일 전", days=step), label_visibility="collapsed",
    )  # fmt: skip
    with st.spinner(_("등급 이동을 세고 있어요"), show_time=False):
        found: Migration = cache.analysed(
            opened, f"migration.{days}", lambda: opened.workbench.analysis.migration(int(days))
        )
    st.markdown(plain(found.insight()))
    if not found.rows.empty:
        st.plotly_chart(found.figure(), key="rfm.sankey", config=PLOT)
        _flows(found)


def _flows(found: Migration) -> None:
    """The moves as rows; the customers of one become a segment where the scores know the grade before (30 days)."""
    told = found.frame()
    told = told[told["before"] != told["after"]].head(60)
    picked: Any = st.dataframe(
        told[["before_label", "after_label", "customers"]],
        hide_index=True,
        height=min(36 * (len(told) + 1) + 2, 220),
        key="rfm.flows",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "before_label": st.column_config.TextColumn(_("{days}일 전", days=found.days)),
            "after_label": st.column_config.TextColumn(_("지금")),
            "customers": st.column_config.NumberColumn(_("고객 수"), format="localized"),
        },
    )
    rows = picked.selection.rows[:1]
    if found.days != BEFORE_DAYS:
        st.caption(_("{days}일 전과의 이동을 고르면 그 고객으로 세그먼트를 만들 수 있어요.", days=BEFORE_DAYS))
    elif not rows:
        st.caption(_("줄을 고르면 그렇게 움직인 고객으로 세그먼트를 만들 수 있어요."))
    for place in rows if found.days == BEFORE_DAYS else ():
        row = told.iloc[place]
        leaves = [
            {"condition": f"analysis.{name}", "op": "in", "value": [grade]}
            if grade not in (NOT_YET, GONE)
            else {"condition": f"analysis.{name}", "op": "is_unknown"}
            for name, grade in (("previous_rfm_grade", row["before"]), ("rfm_grade", row["after"]))
        ]
        make_segment(f"{row['before_label']} → {row['after_label']}", *leaves)
