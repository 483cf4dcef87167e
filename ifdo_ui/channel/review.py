"""설정 › 신청 심사: what was handed in, and the operator's decision."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.i18n import translate
from ifdo_core.messages.channel import STATEMENTS, WAITING, Channel
from ifdo_core.messages.channel_mail import Notice, tell_result
from ifdo_core.roles import current_person, current_role
from ifdo_ui import cache
from ifdo_ui.channel import parts
from ifdo_ui.frame import fragment, heading, tried
from ifdo_ui.state import state
from ifdo_ui.text import _, plain


def draw(opened: cache.Shop) -> None:
    heading(_("신청 심사"), _("080 번호를 발급하고 M/N 신청을 승인하거나 반려해요. 관리자만 할 수 있어요."))
    parts.style()
    _page(opened)


@fragment("review")
def _page(opened: cache.Shop) -> None:
    channel = opened.workbench.messages.channel
    role = current_role()
    if not role.may_operate:
        st.info(_("‘{role}’ 역할은 볼 수만 있어요. 관리자에게 심사를 요청해 주세요.", role=role.label()))
    parts.way(channel)
    parts.waiting(channel)
    told: Notice | None = state().notice_of_review
    if told is not None:
        (st.success if told.sent else st.warning)(plain(told.insight()))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _handed_in(channel)
    with right:
        _number(channel, disabled=not role.may_operate)
        _decide(channel, disabled=not role.may_operate)
    parts.history(channel, opened)


def _handed_in(channel: Channel) -> None:
    draft = channel.draft
    if channel.state == "none" and not draft.details.channel:
        st.caption(_("아직 들어온 신청이 없어요."))
        return
    st.subheader(_("채널 {name}", name=plain(draft.details.channel)), anchor=False)
    parts.needs(channel.standings(utc_now()))
    st.markdown(
        "\n".join(
            f"- {plain(translate(text))} **{_('네') if name in draft.answers else _('답하지 않음')}**"
            for name, text in STATEMENTS.items()
        )
    )
    data = cache.store().messages.image(draft.evidence) if draft.evidence else None
    if data is None:
        st.caption(_("수신 동의 전문 이미지가 없어요."))
    else:
        with st.container(width=480):  # no wider than the screen
            st.image(data, caption=_("수신 동의 전문 이미지"), width="stretch")


def _number(channel: Channel, *, disabled: bool) -> None:
    st.subheader(_("080 번호"), anchor=False)
    if channel.number_080:
        st.caption(_("발급한 번호: {number}", number=channel.number_080))
    elif not channel.number_is_asked:
        st.caption(_("발급 요청이 없어요."))
        return
    number = st.text_input(_("발급할 번호"), placeholder="080-000-0000", key="review.number", disabled=disabled)
    label = _("바꿔 발급") if channel.number_080 else _("발급")
    if st.button(label, disabled=disabled or not number.strip(), key="review.issue"):
        _do(lambda: channel.issue_number(number.strip(), current_person(), utc_now(), current_role()))


def _decide(channel: Channel, *, disabled: bool) -> None:
    st.subheader(_("결정"), anchor=False)
    if channel.state not in WAITING:
        st.caption(_("지금 기다리는 신청이 없어요."))
        return
    role = current_role()
    if channel.state != "in_review" and st.button(_("심사 시작"), disabled=disabled, key="review.begin"):
        _do(lambda: channel.begin_review(current_person(), utc_now(), role))
    reason = st.text_area(_("반려 사유"), key="review.reason", disabled=disabled)
    with st.container(horizontal=True):
        if st.button(_("승인"), type="primary", disabled=disabled, key="review.approve"):
            _do(lambda: channel.approve(current_person(), utc_now(), role), channel)
        if st.button(_("반려"), disabled=disabled or not reason.strip(), key="review.reject"):
            _do(lambda: channel.reject(reason, current_person(), utc_now(), role), channel)


def _do(step: Callable[[], object], tell: Channel | None = None) -> None:
    """One step; after a decision the shop is told by mail."""
    if not tried(step):
        return
    state().notice_of_review = None if tell is None else tell_result(tell, current_person(), utc_now())
    st.rerun()
