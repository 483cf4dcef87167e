"""The value view: what is to be expected of whom, and how far to trust it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core.analysis.customers import shown_name
from ifdo_core.analysis.intervals import CHECKS
from ifdo_core.analysis.lifetime import Lifetime
from ifdo_core.formats import count_text, money_short, money_text
from ifdo_core.i18n import translate
from ifdo_core.lists.masks import mask_text
from ifdo_ui import cache
from ifdo_ui.analysis.links import make_segment
from ifdo_ui.frame import fragment
from ifdo_ui.person.links import customer_link
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import chart, pickable
from ifdo_ui.widgets.whom import whom


def draw(opened: cache.Shop) -> None:
    """The whole view."""
    with st.spinner(_("고객 가치를 예측하고 있어요"), show_time=False):
        found: Lifetime = cache.analysed(opened, "lifetime", opened.workbench.analysis.lifetime)
    st.markdown(f"**{plain(found.insight())}**")
    if found.rows.empty:
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("기대 금액은 누구에게서 오나요"), anchor=False)
        _concentration(opened, found)
    with right:
        st.subheader(_("예측이 맞았나요"), anchor=False)
        if found.contest is None:
            st.caption(_("가려 놓고 확인할 만큼 기록이 길지 않아요."))
        else:
            chart(found.figure("calibration"), key="value.calibration")
    _customers(opened, found)
    _models(found)


@fragment("value.share")
def _concentration(opened: cache.Shop, found: Lifetime) -> None:
    """What the best customers bring; a point of the line becomes the customers up to it."""
    row = pickable(found.figure("value"), "value.share")
    if row is None:
        st.caption(_("선의 한 점을 고르면 거기까지의 고객으로 세그먼트나 메시지를 만들 수 있어요."))
    else:
        whom(opened, found.top_segment(row), count_text(int(found.concentration()["customers"].iloc[row]), "명"))


def _customers(opened: cache.Shop, found: Lifetime) -> None:
    st.subheader(_("기대 금액이 큰 고객"), anchor=False)
    st.caption(_("매일 다시 계산해요. 다음 구매 예상이 지났으면 그만큼 늦어지고 있는 거예요."))
    told = found.frame().sort_values("expected_value", ascending=False).head(200)
    shown = told[
        ["customer", "probability_alive", "expected_orders", "expected_value", "value_low", "next_due_days"]
    ].copy()
    shown["customer"] = [shown_name(str(mask_text(name))) for name in shown["customer"]]
    shown["probability_alive"] *= 100
    for name in ("expected_value", "total"):
        shown[name] = [money_text(round(float(value)), found.currency) for value in told[name]]
    shown["value_low"] = [
        f"{money_short(round(low), found.currency)}~{money_short(round(high), found.currency)}"
        for low, high in zip(told["value_low"], told["value_high"], strict=True)
    ]
    shown.insert(
        6,
        "window",
        [
            _("{low}~{high}일 뒤", low=count_text(round(low)), high=count_text(round(high))) if low == low else ""
            for low, high in zip(told["due_low_days"], told["due_high_days"], strict=True)
        ],
    )
    shown["next_due_days"] = [_due(value) for value in told["next_due_days"]]
    words = st.column_config.TextColumn
    event: Any = st.dataframe(
        shown,
        hide_index=True,
        key="value.customers",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "customer": words(_("고객 번호"), pinned=True),
            "probability_alive": st.column_config.ProgressColumn(
                _("활동 확률"), format="%.0f %%", min_value=0, max_value=100
            ),
            "expected_orders": st.column_config.NumberColumn(_("기대 구매 횟수"), format="%.2f"),
            "expected_value": words(_("기대 금액"), alignment="right"),
            "value_low": words(_("80 % 구간"), alignment="right"),
            "window": words(_("절반이 사는 때"), alignment="right"),
            "next_due_days": words(_("다음 구매 예상"), alignment="right"),
            "total": words(_("지금까지 산 금액"), alignment="right"),
        },
    )
    for place in event.selection.rows[:1]:
        customer_link(told["person"].iloc[place], shown["customer"].iloc[place])
    make_segment(
        opened,
        _("앞으로 많이 살 고객"),
        {"condition": "analysis.predicted_value", "op": "gte", "value": _top_tenth(found)},
    )


def _due(days: float) -> str:
    """'12일 뒤', '3일 지남'; of one purchase day no rhythm is known."""
    if days != days:
        return _("한 번 구매")
    whole = round(days)
    words = _("{days}일 뒤") if whole > 0 else _("{days}일 지남") if whole < 0 else _("오늘")
    return words.format(days=count_text(abs(whole)))


def _top_tenth(found: Lifetime) -> int:
    """From which expected value on a customer is in the top tenth."""
    return max(int(found.rows["expected_value"].quantile(0.9)), 1)


def _models(found: Lifetime) -> None:
    """Which model won on the weeks held out, whether the intervals held there, and the parameters."""
    numbers = st.column_config.NumberColumn
    left, right = st.columns(2, gap="large")
    if found.contest is not None:
        with left:
            st.subheader(_("어느 모형이 이겼나요"), anchor=False)
            st.caption(
                _(
                    "최근 {weeks}주를 가리고 예측한 뒤 실제와 견줬어요. 오차가 가장 작은 모형을 써요.",
                    weeks=found.contest.weeks,
                )
            )
            st.dataframe(
                found.validation(),
                hide_index=True,
                key="value.models",
                column_order=["model", "chosen", "rmse", "correlation", "total_ratio"],
                column_config={
                    "model": _("모형"),
                    "rmse": numbers(_("오차(RMSE)"), format="%.3f"),
                    "correlation": numbers(_("상관"), format="%.3f"),
                    "total_ratio": numbers(_("합계 예측÷실제"), format="%.3f"),
                    "chosen": st.column_config.CheckboxColumn(_("쓴 모형")),
                },
            )
    with right:
        _checks(found)
    errors = found.errors()
    if len(errors):
        with st.expander(_("모형의 파라미터와 표준오차"), icon=":material/query_stats:"):
            st.dataframe(
                errors,
                hide_index=True,
                key="value.parameters",
                column_config={
                    "parameter": _("파라미터"),
                    "value": numbers(_("값"), format="%.4f"),
                    "error": numbers(_("표준오차"), format="%.4f"),
                },
            )


def _checks(found: Lifetime) -> None:
    """How often the intervals held on the weeks held out."""
    if found.checks.empty:
        return
    st.subheader(_("구간을 믿을 수 있나요"), anchor=False)
    st.caption(
        _("가려 둔 기간에 구간이 실제를 담은 비율이에요. ‘다음 구매 시기’의 예상은 아직 고객인 사람의 절반이에요.")
    )
    shown = found.checks.copy()
    shown["check"] = [translate(CHECKS[name]) for name in shown["check"]]
    numbers = st.column_config.NumberColumn
    st.dataframe(
        shown,
        hide_index=True,
        key="value.checks",
        column_config={
            "check": _("구간"),
            "customers": numbers(_("고객 수"), format="localized"),
            "expected": numbers(_("예상"), format="%.1f %%"),
            "real": numbers(_("실제"), format="%.1f %%"),
        },
    )
