"""The last look before a sending: everything on one page, and one button."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.formats import count_text
from ifdo_core.messages.dealer_file import FILE
from ifdo_core.messages.plan import DRY_RUN, Plan
from ifdo_core.messages.rules import furniture, next_time
from ifdo_core.roles import current_person
from ifdo_ui import cache
from ifdo_ui.composer import phone
from ifdo_ui.frame import tried
from ifdo_ui.sending import VIEWS, summary
from ifdo_ui.state import State, choose, say
from ifdo_ui.text import _


def draw(opened: cache.Shop, current: State) -> None:
    plan: Plan = current.plan
    told = opened.workbench.messages.estimate(plan)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(_("보내기 전에 확인해 주세요"), anchor=False)
        summary.table(opened, told)
        st.caption(
            _("시작할 때와 묶음을 보낼 때마다 수신 거부와 시간, 승인을 다시 확인해요. 보내는 동안 멈출 수 있어요.")
        )
        real = plan.dealer != DRY_RUN
        sure = True
        if real:
            sure = st.checkbox(
                _("실제로 {count}에게 보내는 것을 확인했어요", count=count_text(told.count, "명")), key="sending.sure"
            )
        with st.container(horizontal=True):
            label = _label(plan, count_text(told.count, "명"))
            if st.button(label, type="primary", disabled=not sure or not told.count, key="sending.go"):
                _begin(opened, current, plan)
            st.button(_("돌아가기"), on_click=_back, args=(current,), key="sending.back")
    with right:
        shop = opened.workbench.settings.name or _("내 쇼핑몰")
        tabs = st.tabs([one.name for one in plan.variants]) if len(plan.variants) > 1 else [st.container()]
        for tab, variant in zip(tabs, plan.variants, strict=True):
            with tab:
                sample = opened.workbench.messages.samples(variant.message, 1)[0][1]
                phone.draw(sample, furniture(plan.targeting, opened.workbench.messages.channel.number_080), shop, False)


def _label(plan: Plan, count: str) -> str:
    if plan.dealer == DRY_RUN:
        return _("연습 시작")
    if plan.dealer == FILE:
        return _("{count}의 파일 만들기", count=count)
    return _("{count}에게 예약", count=count) if plan.at > utc_now() else _("{count}에게 보내기", count=count)


def _back(current: State) -> None:
    current.plan = None


def _begin(opened: cache.Shop, current: State, plan: Plan) -> None:
    """Keeps the plan and begins it where its time has come; a rehearsal gets a name of its own."""
    messages, now = opened.workbench.messages, utc_now()
    if plan.dealer == DRY_RUN:
        plan = plan.rehearsal(_free_name(opened, _("{name} (연습)", name=plan.name)), plan.at)
    if plan.at < now:
        plan = replace(plan, at=next_time(now))
    if not tried(lambda: messages.plan(plan, current_person(), now)):
        return
    messages.runner.look(utc_now())
    current.plan = None
    choose("view", "list", VIEWS)
    say(campaign=plan.name)
    st.rerun()


def _free_name(opened: cache.Shop, name: str) -> str:
    taken = {one.campaign for one in opened.workbench.messages.store.plans.list()}
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free
