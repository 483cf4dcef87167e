"""RFM on screen: the grid, the grades, the moves between them, and the shop's own table of grades."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from ifdo_core import Segment
from ifdo_core.analysis.migration import Migration, ago_text
from ifdo_core.analysis.rfm import Rfm, Who
from ifdo_core.catalogue.spec import GRADES_BEFORE
from ifdo_core.formats import count_text, decimal_text, money_text
from ifdo_ui import cache
from ifdo_ui.analysis import scheme
from ifdo_ui.frame import fragment
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import pickable
from ifdo_ui.widgets.whom import whom


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
    _overview(opened, found)
    if who == "buyers":
        _moves(opened)
        scheme.draw(opened, found)


@fragment("rfm.overview")
def _overview(opened: cache.Shop, found: Rfm) -> None:
    """Grid and areas side by side, the grades below; what is picked becomes a segment or a message."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("최근성과 횟수로 본 고객"), anchor=False)
        cell = pickable(found.figure("grid"), f"rfm.grid.{found.who}")
        if found.scheme.scoring == "quintile" and not found.grid().groupby("f")["customers"].sum().all():
            st.caption(_("횟수가 같은 고객은 점수도 같아서, 고객이 없는 줄이 생겨요."))
    with right:
        st.subheader(_("등급의 크기"), anchor=False)
        area = pickable(found.figure("treemap"), f"rfm.treemap.{found.who}")
    if cell is not None:
        _whom(opened, found.cell_segment(cell), int(found.grid()["customers"].iloc[cell]))
    if area is not None:
        _grade(opened, found, area)
    st.subheader(_("등급별 고객"), anchor=False)
    st.caption(_("칸이나 줄을 고르면 그 고객들로 세그먼트나 메시지를 만들 수 있어요."))
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
            "label": words(_("등급").capitalize(), pinned=True, width=130),
            "means": words(_("어떤 고객"), width=300),
            "customers": numbers(_("고객 수"), format="localized"),
            "share": st.column_config.ProgressColumn(
                _("비중"), format="%.1f %%", min_value=0, max_value=100, width=105
            ),
            "amount": words(_("금액").capitalize(), alignment="right"),
            "amount_share": st.column_config.ProgressColumn(
                _("금액 비중"), format="%.1f %%", min_value=0, max_value=100, width=115
            ),
            "recency": words(_("평균 경과일") if buyers else _("방문 후 경과일"), alignment="right"),
            "frequency": words(_("평균 구매 횟수") if buyers else _("평균 방문 횟수"), alignment="right"),
        },
    )
    for place in cast(Any, chosen).selection.rows[:1]:
        _grade(opened, found, place)


def _grade(opened: cache.Shop, found: Rfm, place: int) -> None:
    row = found.grades().iloc[place]
    st.markdown(plain(row["todo"]))
    _whom(opened, found.grade_segment(place), int(row["customers"]))


def _whom(opened: cache.Shop, segment: Segment | None, customers: int) -> None:
    if segment is not None:
        whom(opened, segment, count_text(customers, "명"))


@fragment("rfm.moves")
def _moves(opened: cache.Shop) -> None:
    st.subheader(_("등급 이동"), anchor=False)
    days = st.segmented_control(
        _("언제와 견줄까요"), list(GRADES_BEFORE), default=30, required=True, key="rfm.days",
        format_func=ago_text, label_visibility="collapsed",
    )  # fmt: skip
    with st.spinner(_("등급 이동을 세고 있어요"), show_time=False):
        found: Migration = cache.analysed(
            opened, f"migration.{days}", lambda: opened.workbench.analysis.migration(int(days))
        )
    st.markdown(plain(found.insight()))
    if not found.rows.empty:
        flow = pickable(found.figure(), f"rfm.sankey.{days}")
        _flows(opened, found, flow)


def _flows(opened: cache.Shop, found: Migration, flow: int | None) -> None:
    """The moves as rows; the customers of one, picked here or in the picture, become a segment or a message."""
    every = found.frame()
    told = every[every["before"] != every["after"]].head(60)
    picked: Any = st.dataframe(
        told[["before_label", "after_label", "customers"]],
        hide_index=True,
        height=min(36 * (len(told) + 1) + 2, 220),
        key=f"rfm.flows.{found.days}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "before_label": st.column_config.TextColumn(ago_text(found.days)),
            "after_label": st.column_config.TextColumn(_("지금")),
            "customers": st.column_config.NumberColumn(_("고객 수"), format="localized"),
        },
    )
    rows = [int(told.index[place]) for place in picked.selection.rows[:1]] or ([] if flow is None else [flow])
    if not rows:
        st.caption(_("그림의 흐름이나 줄을 고르면 그렇게 움직인 고객으로 세그먼트나 메시지를 만들 수 있어요."))
    for row in rows:
        _whom(opened, found.segment(row), int(every["customers"].iloc[row]))
