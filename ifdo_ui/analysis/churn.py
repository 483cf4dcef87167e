"""The churn view: who is about to go, why, and how far the probabilities can be trusted."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core.analysis.churn import Churn
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import current_language
from ifdo_core.lists.masks import mask_text
from ifdo_ui import cache
from ifdo_ui.analysis.links import make_segment
from ifdo_ui.person.links import customer_link
from ifdo_ui.text import _, plain


def draw(opened: cache.Shop) -> None:
    """The whole view."""
    with st.spinner(_("이탈 위험을 계산하고 있어요"), show_time=False):
        found: Churn = cache.analysed(opened, "churn", opened.workbench.analysis.churn)
    st.markdown(f"**{plain(found.insight())}**")
    if found.rows.empty:
        return
    place = 0 if current_language() == "ko" else 1
    words = {risk: told[place] for risk, told in CONDITIONS["analysis.churn_risk"].values.items()}
    for column, row in zip(st.columns(3), found.levels().to_dict("records"), strict=True):
        column.metric(
            _("이탈 위험 {level}", level=words[row["risk"]]),
            count_text(row["customers"], "명"),
            percent_text(row["share"]),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(_("위험이 높은 고객"), anchor=False)
        _customers(found)
    with right:
        st.subheader(_("확률을 믿을 수 있나요"), anchor=False)
        if found.calibrated:
            st.plotly_chart(found.figure(), key="churn.reliability", config={"displayModeBar": False})
            st.caption(_("점이 점선 위에 있으면 예측한 만큼 실제로 사지 않은 거예요."))
        else:
            st.caption(_("가려 놓고 확인할 만큼 기록이 길지 않아요."))
    make_segment(_("멀어지는 고객"), {"condition": "analysis.lifecycle_stage", "op": "in", "value": ["slipping"]})
    make_segment(_("이탈 위험이 높은 고객"), {"condition": "analysis.churn_risk", "op": "in", "value": ["high"]})


def _customers(found: Churn) -> None:
    told = found.frame(200)
    shown = told[["customer", "probability", "reasons", "days_since", "purchases"]].copy()
    shown["customer"] = shown["customer"].map(mask_text)
    shown["cycle"] = [decimal_text(value, 1) if value == value else "" for value in told["cycle_ratio"]]
    text = st.column_config.TextColumn
    event: Any = st.dataframe(
        shown,
        hide_index=True,
        key="churn.customers",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "customer": text(_("고객"), pinned=True),
            "probability": st.column_config.ProgressColumn(
                _("사지 않을 확률"), format="%.0f %%", min_value=0, max_value=100
            ),
            "reasons": text(_("가장 큰 이유"), width="large"),
            "days_since": st.column_config.NumberColumn(_("마지막 구매 후 일수")),
            "purchases": st.column_config.NumberColumn(_("구매한 날 수")),
            "cycle": text(_("주기 대비"), alignment="right"),
        },
    )
    for place in event.selection.rows[:1]:
        customer_link(told["person"].iloc[place], shown["customer"].iloc[place])
