"""The composer: form at the left, the phone at the right, faults on top, whom it reaches below."""

from __future__ import annotations

import streamlit as st

from ifdo_core.messages import Message
from ifdo_core.messages.problems import Problem
from ifdo_core.messages.rules import furniture
from ifdo_ui import cache
from ifdo_ui.composer import box, form, goods, phone, shelf, targets
from ifdo_ui.composer.desk import Desk, desk
from ifdo_ui.composer.form import anchor
from ifdo_ui.frame import fragment, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import begin
from ifdo_ui.text import _, distinct, plain
from ifdo_ui.widgets.live import live_texts


def draw(opened: cache.Shop) -> None:
    """The whole page; without members what is missing and where to go."""
    heading(_("브랜드 메시지"), _("카카오톡에 보낼 메시지를 쓰고, 누구에게 가는지 미리 봐요."))
    if not opened.workbench.holdings.has("members"):
        st.info(_("받을 회원 데이터가 아직 없어요. 메시지는 지금 써 둘 수 있어요."))
        st.page_link(PAGES["data"], label=_("설정 › 데이터에서 회원 파일을 올려 주세요."), icon=":material/upload:")
    current = desk(begin())
    box.draw(opened, current)
    _compose(opened, current, current.draft_id)


@fragment("composer")
def _compose(opened: cache.Shop, current: Desk, boxed: str | None) -> None:
    """``boxed``: the draft that the box of messages above shows as open."""
    steps, top = st.container(), st.container()
    left, right = st.columns([3, 2], gap="large")
    with left:
        goods.draw(opened, current)
        with live_texts("composer"):
            filled = form.draw(current)
    kind_changed = filled.type != current.message.type
    current.settle(filled)
    if kind_changed or current.draft_id not in (None, boxed):
        st.rerun()  # the box of messages, too, shows what is kept now
    with steps:
        shelf.draw(opened, current)  # after the form: what was typed just now can be undone
    looked = targets.looked()
    with top:
        if current.message == Message():
            st.info(_("메시지를 쓰거나 템플릿을 고르면 카카오톡 기준에 맞는지 바로 알려 드려요."))
            shelf.gallery(current)
        else:
            _problems(opened.workbench.messages.check(current.message, targeting=looked).problems)
    with right:
        _preview(opened, current.message, looked)
    if opened.workbench.holdings.has("members"):
        st.subheader(_("누구에게 가나요"), anchor=False)
        targets.draw(opened, current.message)
        if current.draft_id is not None:
            st.page_link(
                PAGES["sending"], label=_("이 메시지 보내러 가기"), icon=":material/send:",
                query_params={"draft": current.draft_id},
            )  # fmt: skip


def _problems(problems: tuple[Problem, ...]) -> None:
    errors = [one for one in problems if one.severity == "error"]
    warnings = [one for one in problems if one.severity == "warning"]
    if errors:
        st.error(_lines(errors), icon=":material/error:")
    if warnings:
        st.warning(_lines(warnings), icon=":material/info:")
    if not problems:
        st.success(_("카카오톡 기준을 모두 지켰어요."), icon=":material/check:")


def _lines(problems: list[Problem]) -> str:
    """Each with a link to its field."""
    return "\n".join(
        f"- [**{plain(one.field_name())}**](#{anchor(one.path)}) · {plain(one.text())} {plain(one.hint())}"
        for one in problems
    )


def _preview(opened: cache.Shop, message: Message, targeting: str) -> None:
    samples = opened.workbench.messages.samples(message, 5)
    names = distinct({place: name or _("값이 비어 있는 회원") for place, (name, _message) in enumerate(samples)})
    chosen = st.selectbox(_("미리 볼 회원"), list(names), key="composer.sample", format_func=names.__getitem__)
    dark = st.toggle(_("어두운 화면"), key="composer.dark")
    shop = opened.workbench.settings.name or _("내 쇼핑몰")
    number = "" if targeting == "I" else opened.workbench.messages.channel.number_080
    phone.draw(samples[min(chosen, len(samples) - 1)][1], furniture(targeting, number), shop, dark)
    if targeting != "I" and not number:
        st.caption(
            _("{targeting}에는 080 수신거부 번호가 보여요. 채널 연동에서 먼저 발급받아 주세요.", targeting=targeting)
        )
    st.caption(_("(광고)와 수신거부 안내는 규칙에 따라 카카오톡이 붙여요. 실제 모습은 조금 다를 수 있어요."))
