"""The form of a new sending; what is filled in is estimated at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import streamlit as st

from ifdo_core import Segment
from ifdo_core.clock import utc_now
from ifdo_core.formats import date_text
from ifdo_core.i18n import translate
from ifdo_core.messages import Message
from ifdo_core.messages.dealer_choice import NAMES, available
from ifdo_core.messages.plan import Plan, Variant
from ifdo_core.messages.reach import ABOUT
from ifdo_core.messages.rules import allowed_hours, can_send_at, may_use, next_time
from ifdo_core.messages.targeting import TARGETINGS
from ifdo_ui import cache
from ifdo_ui.frame import fragment, tried
from ifdo_ui.navigation import PAGES
from ifdo_ui.sending.summary import figures
from ifdo_ui.state import State, asked_text, state
from ifdo_ui.text import _, distinct, local_date, plain


def draw(opened: cache.Shop, current: State) -> None:
    if not cache.store().messages.list():
        st.info(_("저장된 메시지가 없어요. 먼저 메시지를 써 주세요."))
        st.page_link(PAGES["messages"], label=_("메시지 쓰러 가기"), icon=":material/edit:")
        return
    _fill(opened)


@fragment("sending")
def _fill(opened: cache.Shop) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        plan = _plan(opened)
    with right:
        st.subheader(_("이렇게 보내요"), anchor=False)
        now = utc_now()
        figures(opened, opened.workbench.messages.estimate(plan))
        if not tried(lambda: opened.workbench.messages.ensure_sendable(plan, now)):
            return
        if st.button(_("확인하러 가기"), type="primary", icon=":material/arrow_forward:", key="sending.next"):
            state().plan = plan
            st.rerun()


def _plan(opened: cache.Shop) -> Plan:
    saved = {one.id: one for one in cache.store().messages.list()}
    ids = list(saved)
    asked = asked_text("draft")

    names = distinct({None: _("없음"), **{one: item.name or _("이름 없음") for one, item in saved.items()}})

    st.subheader(_("무엇을"), anchor=False)
    first = st.selectbox(
        _("메시지"),
        ids,
        index=ids.index(asked) if asked in ids else 0,
        key="sending.a",
        format_func=lambda one: names[one],
    )
    second = st.selectbox(
        _("B안 (A/B로 나눠 보낼 때)"),
        [None, *[one for one in ids if one != first]],
        key="sending.b",
        format_func=lambda one: names[one],
    )
    variants = [Variant("A", Message.from_json(saved[first].tree))]
    if second is not None:
        variants.append(Variant("B", Message.from_json(saved[second].tree)))
    today = local_date(utc_now(), opened.workbench.settings.zone)
    name = st.text_input(
        _("발송 이름"), f"{saved[first].name or _('이름 없음')} {today:%m%d}", key=f"sending.name.{first}",
        help=_("같은 이름은 같은 발송이라서 아무도 두 번 받지 않아요."),
    )  # fmt: skip
    segment, targeting = _whom(opened)
    at = _when(opened, today)
    st.subheader(_("얼마나"), anchor=False)
    one, two, three = st.columns(3)
    holdout = one.slider(
        _("대조군 (%)"), 0, 50, 10, 5, key="sending.holdout", help=_("효과를 재려고 이만큼은 일부러 보내지 않아요.")
    )
    cap = two.number_input(_("회원마다 최대 (건)"), 1, 20, 1, key="sending.cap")
    days = three.number_input(_("이 기간에 (일)"), 1, 90, 1, key="sending.cap_days")
    window = st.select_slider(
        _("보낸 뒤 이만큼 안의 주문을 세요 (시간)"), [24, 48, 72, 120, 168], 72, key="sending.window"
    )
    dealer = st.selectbox(
        _("보내는 방법"), available(), key="sending.dealer", format_func=lambda one: translate(NAMES[one]),
        help=_("발송 업체를 설정하면 여기에서 고를 수 있어요."),
    )  # fmt: skip
    return Plan(
        (name or "").strip(), tuple(variants), at, segment, targeting, holdout=holdout / 100, cap=int(cap),
        cap_days=int(days), window_h=int(window), dealer=dealer,
    )  # fmt: skip


def _whom(opened: cache.Shop) -> tuple[Segment | None, str]:
    st.subheader(_("누구에게"), anchor=False)
    segments = {one.id: one for one in cache.store().list() if one.segment is not None}
    chosen = st.selectbox(
        _("받을 세그먼트"), [None, *segments], key="sending.segment",
        format_func=lambda one: _("모든 회원") if one is None else segments[one].name,
    )  # fmt: skip
    approved = opened.workbench.messages.channel.approved
    refused = {one: may_use(one, manual=True, approved=approved) for one in TARGETINGS}
    offered = ["I", *[one for one in TARGETINGS if one != "I" and refused[one] is None]]
    targeting = st.segmented_control(_("타깃"), offered, default="I", required=True, key="sending.target")
    st.caption(plain(translate(ABOUT[targeting][0])))
    for why in refused.values():  # what is not offered, and why
        if why is not None:
            st.caption(plain(str(why)))
    return (segments[chosen].segment if chosen is not None else None), targeting


def _when(opened: cache.Shop, today: date) -> datetime:
    """Naive UTC; typed by the shop's clock."""
    st.subheader(_("언제"), anchor=False)
    zone, now = opened.workbench.settings.zone, utc_now()
    opens, until = allowed_hours()
    st.caption(
        _("광고는 한국 시각 {opens}부터 {until}까지만 보낼 수 있어요.", opens=f"{opens:%H:%M}", until=f"{until:%H:%M}")
    )
    later = st.radio(
        _("때"), ["now", "later"], horizontal=True, key="sending.later", label_visibility="collapsed",
        format_func={"now": _("가장 빠른 때"), "later": _("예약")}.__getitem__,
    )  # fmt: skip
    if later == "now":
        moment = next_time(now)
        if moment > now:
            st.caption(_("지금은 보낼 수 없는 시간이라 {moment}에 시작해요.", moment=_words(moment, opened)))
        _warn_if_late(moment)
        return moment
    left, right = st.columns(2)
    day = left.date_input(_("날짜"), today, min_value=today, format="YYYY-MM-DD", key="sending.day")
    clock = right.time_input(_("시각"), time(11, 0), step=600, key="sending.clock")
    local = datetime.combine(day if isinstance(day, date) else today, clock, zone)
    moment = local.astimezone(UTC).replace(tzinfo=None)
    _warn_if_late(moment)
    return moment


def _warn_if_late(moment: datetime) -> None:
    """A long run that begins late in the evening is cut off, and some dealers refuse it."""
    if can_send_at(moment) and not can_send_at(moment, strict=True):
        st.caption(_("저녁 8시 뒤에 시작하면 남은 것은 다음 날로 넘어갈 수 있어요. 8시 전에 시작하는 것이 안전해요."))


def _words(moment: datetime, opened: cache.Shop) -> str:
    local = moment.replace(tzinfo=UTC).astimezone(opened.workbench.settings.zone)
    return f"{date_text(local.date())} {local:%H:%M}"
