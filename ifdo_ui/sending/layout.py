"""메시지 › 발송: a new sending, its confirmation, and those there are."""

from __future__ import annotations

import streamlit as st

from ifdo_ui import cache
from ifdo_ui.frame import heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.sending import VIEWS, confirm, form, progress
from ifdo_ui.state import State, asked_text, choose, chosen, say, seed, widget
from ifdo_ui.text import _

_KEY = "sending.view"


def draw(opened: cache.Shop, current: State) -> None:
    heading(_("발송"), _("누구에게 언제 보낼지 정하고, 확인한 뒤 보내요. 처음에는 실제로 보내지 않는 연습이에요."))
    if not opened.workbench.holdings.has("members"):
        st.info(_("받을 회원 데이터가 아직 없어요."))
        st.page_link(PAGES["data"], label=_("설정 › 데이터에서 회원 파일을 올려 주세요."), icon=":material/upload:")
        return
    names = {"new": _("새 발송"), "list": _("발송 목록")}
    view = chosen("view", VIEWS)
    st.segmented_control(
        _("보기"), VIEWS, format_func=names.__getitem__, key=seed(f"{_KEY}.{view}", view), required=True,
        label_visibility="collapsed", on_change=_choose, args=(f"{_KEY}.{view}",),
    )  # fmt: skip
    if view == "list":
        progress.draw(opened, asked_text("campaign"))
    elif current.plan is not None:
        confirm.draw(opened, current)
    else:
        form.draw(opened, current)


def _choose(key: str) -> None:
    choose("view", widget(key, "new"), VIEWS)
    say(campaign="")
