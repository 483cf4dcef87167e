"""The sendings there are, and one of them as it goes: counts, cost, the outbox, stop and go on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ifdo_core.formats import count_text, money_text, time_text
from ifdo_core.i18n import translate
from ifdo_core.messages.campaign import ROW_STATES, STATES, Campaign
from ifdo_core.messages.dealer_file import FILE
from ifdo_core.messages.masking import masked_phone
from ifdo_core.messages.plan import DRY_RUN, Plan
from ifdo_core.roles import current_person, current_role
from ifdo_ui import cache
from ifdo_ui.frame import fragment
from ifdo_ui.navigation import PAGES
from ifdo_ui.sending import summary
from ifdo_ui.state import say, seed, widget
from ifdo_ui.state import state as session
from ifdo_ui.text import _, plain

_ROWS = 200


def draw(opened: cache.Shop, asked: str) -> None:
    sendings = opened.workbench.messages.sendings()
    if not sendings:
        st.info(_("아직 발송이 없어요. ‘새 발송’에서 시작해 주세요."))
        return
    names = list(sendings)
    first = asked if asked in names else names[0]
    key = seed(f"sending.campaign.{first}", first)
    st.selectbox(_("발송"), names, key=key, on_change=lambda: say(campaign=widget(key, first)))
    _one(opened, first)
    with st.expander(_("모든 발송 ({count})", count=count_text(len(names), "건"))):
        rows = [(name, translate(STATES.get(state, state))) for name, state in sendings.items()]
        st.dataframe(pd.DataFrame(rows, columns=[_("발송"), _("상태")]), hide_index=True, key="send.all")


@fragment("sending-progress")
def _one(opened: cache.Shop, name: str) -> None:
    messages = opened.workbench.messages
    campaign = messages.campaign(name)
    plan = campaign.plan
    assert plan is not None
    going = campaign.state == "running" or messages.runner.is_running(name)
    if going:
        _live(opened, name)
    else:
        _state(opened, campaign, plan)
    if campaign.state == "done" and plan.dealer != DRY_RUN:
        st.page_link(
            PAGES["results"], label=_("결과 보러 가기"), icon=":material/monitoring:", query_params={"campaign": name}
        )
    _outbox(opened, campaign)


@st.fragment(run_every=1.0)
def _live(opened: cache.Shop, name: str) -> None:
    session()
    campaign = opened.workbench.messages.campaign(name)
    plan = campaign.plan
    assert plan is not None
    _state(opened, campaign, plan)
    if campaign.state != "running" and not opened.workbench.messages.runner.is_running(name):
        st.rerun()


def _state(opened: cache.Shop, campaign: Campaign, plan: Plan) -> None:
    messages, counts, state = opened.workbench.messages, campaign.counts, campaign.state
    whole = sum(count for name, count in counts.items() if name != "holdout")
    through = whole - counts.get("waiting", 0) - counts.get("calling", 0)
    words = translate(STATES.get(state, state))
    if plan.dealer == DRY_RUN:
        words += " · " + (
            _("연습이라 실제로 보내지 않았어요") if state == "done" else _("연습이라 실제로 보내지 않아요")
        )
    st.markdown(f"**{plain(words)}** · {plain(summary.when(opened, plan))}")
    fault = messages.runner.fault(campaign.name)
    if fault is not None:
        st.error(plain(f"{fault} {_('고치면 1분 안에 이어서 보내요.')}"))
    if state == "planned":
        summary.table(opened, messages.estimate(plan))
        _switches(opened, campaign, state)
        return
    if whole:
        told = _("{done} / {all}", done=count_text(through), all=count_text(whole, "명"))
        st.progress(through / whole, plain(told))
    ended = messages.runner.last(campaign.name)
    if ended is not None and ended.ended == "closed":
        st.info(_("보낼 수 있는 시간이 지나 다음 날 아침에 이어서 보내요."))
    if ended is not None and ended.ended == "waiting":
        st.warning(_("발송 업체가 답하지 않아 기다리고 있어요. 잠시 뒤에 다시 물어봐요."))
    if ended is not None and ended.ended == "elsewhere" and state == "running":
        st.info(_("다른 곳에서 이미 보내고 있어요. 여기에는 진행만 보여요."))
    columns = st.columns(4)
    columns[0].metric(_("접수됨"), count_text(counts.get("accepted", 0) + counts.get("delivered", 0), "명"))
    columns[1].metric(_("도착"), count_text(counts.get("delivered", 0), "명"))
    columns[2].metric(_("실패·제외"), count_text(counts.get("failed", 0) + counts.get("refused", 0), "명"))
    columns[3].metric(
        _("실제 비용"), money_text(0 if plan.dealer == DRY_RUN else campaign.cost),
        help=_("업체가 받은 건수에 공시 단가를 곱했어요. 연습은 0원이에요."),
    )  # fmt: skip
    _switches(opened, campaign, state)


def _switches(opened: cache.Shop, campaign: Campaign, state: str) -> None:
    runner = opened.workbench.messages.runner
    with st.container(horizontal=True):
        if state == "running":
            st.button(
                _("멈추기"), icon=":material/stop_circle:", type="primary", on_click=campaign.stop, key="send.stop"
            )
        if state == "stopped" and st.button(_("이어서 보내기"), icon=":material/play_arrow:", key="send.resume"):
            campaign.resume()
            runner.start(campaign.name)
            st.rerun()
        if state in ("planned", "running", "stopped"):
            _cancel(campaign, state)
        dealer = campaign.plan.dealer if campaign.plan is not None else DRY_RUN
        if state == "done" and dealer == FILE:
            _files(campaign)
        elif state == "done" and dealer != DRY_RUN:
            st.button(
                _("결과 새로 받기"), on_click=runner.poll, args=(campaign.name,), key="send.take",
                help=_("업체가 알려 준 결과를 데이터에 넣어요."),
            )  # fmt: skip


def _cancel(campaign: Campaign, state: str) -> None:
    """Asks first: what was cancelled cannot go on."""
    waiting = campaign.counts.get("waiting", 0)
    with st.popover(_("취소")):
        st.write(
            _("예약한 발송이 시작되지 않아요. 되돌릴 수 없어요.")
            if state == "planned"
            else _("기다리는 {count}에게는 보내지 않아요. 되돌릴 수 없어요.", count=count_text(waiting, "명"))
        )
        st.button(_("발송 취소"), on_click=campaign.cancel, type="primary", key="send.cancel")


def _files(campaign: Campaign) -> None:
    """The file of a sending that a person uploads at the dealer's site."""
    role = current_role()
    allowed = role.may_export and role.may_see_personal_data
    if not allowed:
        st.caption(_("파일에는 전화번호가 그대로 들어 있어서 개인정보를 볼 수 있는 역할만 받아요."))
    for form, label in (("xlsx", _("업로드 파일 받기 (Excel)")), ("csv", _("업로드 파일 받기 (CSV)"))):
        st.download_button(
            label, lambda form=form: campaign.file(form, current_person(), role), f"{campaign.name}.{form}",
            disabled=not allowed, on_click="ignore", key=f"send.file.{form}", icon=":material/download:",
            help=_("발송 업체 사이트에 올려 주세요. 받을 때마다 그사이 거부한 회원은 빠지고, 내보내기 기록에 남아요."),
        )  # fmt: skip


def _outbox(opened: cache.Shop, campaign: Campaign) -> None:
    """The ledger's rows, masked."""
    counts = campaign.counts
    if not counts:
        return
    zone = opened.workbench.settings.zone
    with st.expander(_("보낼 편지함 ({count})", count=count_text(sum(counts.values()), "건"))):
        state = st.selectbox(
            _("상태"), [None, *counts], key="send.rows",
            format_func=lambda one: _("모두") if one is None else translate(ROW_STATES[one]),
        )  # fmt: skip
        entries = opened.workbench.messages.store.outbox.entries(campaign.name, _ROWS, state)
        rows = [
            (one.member_id, masked_phone(one.phone or None), translate(ROW_STATES[one.state]), one.attempts,
             time_text(one.updated_at, zone), one.reason)
            for one in entries
        ]  # fmt: skip
        names = [_("회원 ID"), _("전화번호"), _("상태"), _("시도"), _("마지막으로"), _("이유")]
        st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, key="send.outbox")
        st.caption(_("처음 {count}건까지 보여요.", count=_ROWS))
