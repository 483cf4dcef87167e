"""The churn view: who is about to go, why, and how far the probabilities can be trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ifdo_core.analysis.churn import Churn
from ifdo_core.analysis.customers import shown_name
from ifdo_core.analysis.scheme import Scheme
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import current_language
from ifdo_core.lists.masks import mask_text
from ifdo_ui import cache
from ifdo_ui.analysis.links import make_segment
from ifdo_ui.frame import fragment
from ifdo_ui.person.links import customer_link
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import chart


def draw(opened: cache.Shop) -> None:
    """The whole view."""
    with st.spinner(_("이탈 위험을 계산하고 있어요"), show_time=False):
        found: Churn = cache.analysed(opened, "churn", opened.workbench.analysis.churn)
    st.markdown(f"**{plain(found.insight())}**")
    if found.rows.empty:
        return
    words = risk_words()
    for column, row in zip(st.columns(3), found.levels().to_dict("records"), strict=True):
        name = _("이탈 위험 {level}", level=words[row["risk"]])
        with column:
            st.metric(
                name,
                count_text(row["customers"], "명"),
                percent_text(row["share"]),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
            leaf = {"condition": "analysis.churn_risk", "op": "in", "value": [row["risk"]]}
            make_segment(opened, name, leaf, named=False)
    st.subheader(_("위험이 높은 고객"), anchor=False)
    _customers(found)  # over the whole width, which its columns need
    make_segment(
        opened, _("멀어지는 고객"), {"condition": "analysis.lifecycle_stage", "op": "in", "value": ["slipping"]}
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("확률을 믿을 수 있나요"), anchor=False)
        if found.calibrated:
            chart(found.figure(), key="churn.reliability")
            st.caption(_("점이 점선 위에 있으면 예측한 만큼 실제로 사지 않은 거예요."))
        else:
            st.caption(_("가려 놓고 확인할 만큼 기록이 길지 않아요."))
    with right:
        st.subheader(_("어디부터 위험인가요"), anchor=False)
        _cuts(opened, found)


@fragment("churn.cuts")
def _cuts(opened: cache.Shop, found: Churn) -> None:
    """From which probability on a risk is middling and high; kept after the effect was seen."""
    with st.expander(_("위험 단계의 경계 바꾸기"), icon=":material/tune:"):
        now = opened.workbench.analysis.scheme
        left, right = st.columns(2)
        mid = left.number_input(
            _("보통: 몇 %부터"), min_value=1, max_value=98, value=now.churn_cuts[0], step=1, key="churn.cut.mid"
        )
        high = right.number_input(
            _("높음: 몇 %부터"), min_value=2, max_value=99, value=now.churn_cuts[1], step=1, key="churn.cut.high"
        )
        asked = replace(now, churn_cuts=(int(mid), int(high)))
        if asked == now:
            st.caption(_("바꾸면 단계마다 몇 명이 되는지 저장하기 전에 여기에 보여 드려요."))
            return
        words = risk_words()
        before, after = found.levels(), found.by_cuts(asked.churn_cuts).levels()
        st.dataframe(
            {
                "risk": [words[risk] for risk in before["risk"]],
                "before": before["customers"],
                "after": after["customers"],
            },
            hide_index=True,
            key="churn.cut.effect",
            column_config={
                "risk": st.column_config.TextColumn(_("단계")),
                "before": st.column_config.NumberColumn(_("지금"), format="localized"),
                "after": st.column_config.NumberColumn(_("바꾼 뒤"), format="localized"),
            },
        )
        if st.button(_("저장"), type="primary", icon=":material/save:", key="churn.cut.save"):
            _keep(opened, asked)
        st.caption(_("세그먼트의 이탈 위험 조건은 다음 분석 때부터 새 경계를 써요."))


def _keep(opened: cache.Shop, asked: Scheme) -> None:
    """Kept, and the whole page drawn anew: the numbers above follow."""
    opened.workbench.analysis.keep(asked)
    cache.forget_analysis(opened)
    st.rerun()


def risk_words() -> dict[str, str]:
    """high, mid, low in the current language."""
    place = 0 if current_language() == "ko" else 1
    return {risk: told[place] for risk, told in CONDITIONS["analysis.churn_risk"].values.items()}


def _customers(found: Churn) -> None:
    told = found.frame(200)
    shown = told[["customer", "probability", "reasons", "days_since", "purchases"]].copy()
    shown["customer"] = [shown_name(str(mask_text(name))) for name in shown["customer"]]
    shown["cycle"] = [decimal_text(value, 1) if value == value else "" for value in told["cycle_ratio"]]
    text = st.column_config.TextColumn
    event: Any = st.dataframe(
        shown,
        hide_index=True,
        key="churn.customers",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "customer": text(_("고객 번호"), pinned=True),
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
