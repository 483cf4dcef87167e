"""One customer: how they stand, what happened, and what to do next."""

from __future__ import annotations

import streamlit as st

from ifdo_core import Customer
from ifdo_core.clock import utc_now
from ifdo_core.exports import in_zone
from ifdo_core.formats import count_text, date_text, money_short, percent_text, relative_time_text, time_text
from ifdo_core.lists.export import Actor
from ifdo_core.person.export import log_timeline, timeline_csv
from ifdo_core.person.moments import MOST, kind_word
from ifdo_core.person.result import Window
from ifdo_core.roles import current_person, current_role
from ifdo_ui import cache
from ifdo_ui.frame import fragment
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import asked_text, leave_person, say, seed, widget
from ifdo_ui.text import _, local_date, plain
from ifdo_ui.widgets.picture import chart


def draw(found: Customer) -> None:
    st.button(
        _("다른 고객 찾기"), icon=":material/arrow_back:", type="tertiary", on_click=leave_person, key="person.back"
    )
    name = plain(found.name.removeprefix("v:"))
    st.subheader(_("회원 {name}", name=name) if found.is_member else _("방문자 {name}", name=name), anchor=False)
    st.markdown(plain(found.insight()))
    _numbers(found)
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(found.figure(), key="person.history")
        _timeline(found)
    with right:
        _next(found)
        _recommended(found)
        _segments(found)
        _grades(found)
        _profile(found)


def _numbers(found: Customer) -> None:
    state, told = found.state, found.standing
    with st.container(key="person-numbers"):
        columns = st.columns(5)
    grade, stage = found.grade(), found.word("analysis.lifecycle_stage")
    columns[0].metric(
        _("지금 등급"), grade or _("없음"), stage or None, delta_color="off", delta_arrow="off", border=True
    )
    columns[1].metric(
        _("지금까지"), money_short(state["total_amount"], found.currency) if state["order_count"] else _("구매 없음"),
        count_text(state["order_count"], "회"), delta_color="off", delta_arrow="off", border=True,
    )  # fmt: skip
    value = told.get("predicted_value")
    low, high = told.get("predicted_value_low"), told.get("predicted_value_high")
    columns[2].metric(
        _("앞으로 365일"), money_short(value, found.currency) if value is not None else _("예측 없음"),
        f"{money_short(low, found.currency)}~{money_short(high, found.currency)}" if high is not None else None,
        delta_color="off", delta_arrow="off", border=True,
        help=_("80 % 구간이에요. 얼마나 맞았는지는 고객 분석 › 고객 가치에 있어요."),
    )  # fmt: skip
    silent = told.get("silence_probability")
    columns[3].metric(
        _("이탈 위험"), found.word("analysis.churn_risk") or _("예측 없음"),
        percent_text(silent, 0) if silent is not None else None, delta_color="off", delta_arrow="off", border=True,
        help=_("다음 분기에 사지 않을 확률이에요."),
    )  # fmt: skip
    last = state["last_visit_at"]
    columns[4].metric(
        _("마지막 방문"), relative_time_text(last, found.now) if last else _("방문 없음"),
        count_text(state["visit_count"], "회"), delta_color="off", delta_arrow="off", border=True,
        help=time_text(last, found.zone) if last else None,
    )  # fmt: skip


def _timeline(found: Customer) -> None:
    st.subheader(_("지나온 일"), anchor=False)
    counts = found.counts()
    if not counts:
        st.caption(_("아직 아무 일도 없어요."))
        return
    asked = [kind for kind in asked_text("kinds").split(",") if kind in counts]
    key = seed("person.kinds", asked or list(counts))
    st.pills(
        _("무엇을 볼까요"),
        list(counts),
        key=key,
        selection_mode="multi",
        format_func=lambda kind: f"{kind_word(kind)} {counts[kind]}",
        on_change=lambda: say(kinds=",".join(widget(key, [])) if len(widget(key, [])) < len(counts) else ""),
        label_visibility="collapsed",
    )
    frame = in_zone(found.frame(), found.zone)
    kinds = widget(key, list(counts))
    shown = frame[frame["kind"].isin(kinds)].copy()
    shown["kind"] = shown["kind"].map(kind_word)
    st.dataframe(
        shown[["at", "kind", "text"]],
        hide_index=True,
        height=min(36 * (len(shown) + 1) + 2, 520),
        key="person.timeline",
        placeholder="",
        column_config={
            "at": st.column_config.DatetimeColumn(_("언제"), format="YYYY-MM-DD HH:mm", width=140),
            "kind": st.column_config.TextColumn(_("무엇"), width=80),
            "text": st.column_config.TextColumn(_("내용"), width="large"),
        },
    )
    if max(counts.values()) >= MOST:
        st.caption(_("종류마다 최근 {most}건까지 보여 드려요.", most=MOST))
    if current_role().may_export:
        st.download_button(
            _("CSV 받기"),
            timeline_csv(found, tuple(kinds), (_("언제"), _("무엇"), _("내용"), _("금액"))),
            file_name="timeline.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click=lambda: log_timeline(
                found, len(shown), Actor(current_person(), current_role(), "download"), cache.store().exports, utc_now()
            ),
            key="person.csv",
        )


def _next(found: Customer) -> None:
    st.subheader(_("다음 구매는 언제"), anchor=False)
    ways: list[tuple[str, Window]] = []
    if found.by_model is not None:
        ways.append((_("모형으로는"), found.by_model))
    if found.by_cycle is not None:
        ways.append((_("자기 구매 주기로는"), found.by_cycle))
    if not ways:
        st.caption(_("두 번 이상 산 날이 있어야 알 수 있어요."))
        return
    st.markdown("\n".join(f"- {plain(way)} **{plain(window.text())}**" for way, window in ways))
    st.caption(_("다시 산다면 절반은 이 사이에 사요."))


@fragment("person.recommended")
def _recommended(found: Customer) -> None:
    st.subheader(_("권할 상품"), anchor=False)
    with st.spinner(_("추천을 고르고 있어요"), show_time=False):
        told = found.recommend(5)
    if told is None or told.frame().empty:
        st.caption(_("주문 상품 데이터가 있어야 추천할 수 있어요.") if told is None else plain(told.insight()))
        return
    rows = told.frame().to_dict("records")
    st.markdown("\n".join(f"- **{plain(row['name'])}** :gray[{plain(row['why'])}]" for row in rows))


@fragment("person.segments")
def _segments(found: Customer) -> None:
    st.subheader(_("들어 있는 세그먼트"), anchor=False)
    if not cache.store().list():
        st.caption(_("저장한 세그먼트가 아직 없어요."))
        st.page_link(PAGES["segments"], label=_("세그먼트 만들기"), icon=":material/filter_alt:")
        return
    told = found.matching()
    if told is None:
        st.caption(_("회원이나 방문자만 세그먼트에 들 수 있어요."))
        return
    st.markdown(plain(told.insight()))


def _grades(found: Customer) -> None:
    st.subheader(_("등급이 걸어온 길"), anchor=False)
    if "grade" not in found.counts():
        st.caption(_("매일의 분석이 돌면 등급이 바뀔 때마다 여기에 남아요."))
        return
    chart(found.figure("grades"), key="person.grades")
    if found.scored_at is not None:
        st.caption(_("{day} 분석까지의 등급이에요.", day=date_text(local_date(found.scored_at, found.zone))))


def _profile(found: Customer) -> None:
    st.subheader(_("회원 정보"), anchor=False)
    if not found.profile:
        st.caption(_("회원 정보가 없어요."))
        return
    st.markdown("\n".join(f"- {plain(label)} **{plain(value)}**" for label, value in found.profile.items()))
