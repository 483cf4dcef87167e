"""The shop's own facts: name, time zone, hosts."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

import streamlit as st

from ifdo_ui import cache
from ifdo_ui.text import _

_FIRST_ZONES = ("Asia/Seoul", "Asia/Tokyo", "UTC")


def draw(opened: cache.Shop) -> None:
    """A form; keeping it builds anew what depends on it."""
    settings = opened.workbench.settings
    zones = list(dict.fromkeys([*_FIRST_ZONES, *sorted(available_timezones())]))
    st.subheader(_("쇼핑몰 설정"), anchor=False)
    with st.form("settings", border=True):
        name = st.text_input(_("쇼핑몰 이름"), settings.name, max_chars=80)
        timezone = st.selectbox(
            _("시간대"),
            zones,
            index=zones.index(settings.timezone),
            help=_("날짜와 요일, 시간대별 조건은 이 시간대로 판단해요."),
            filter_mode="contains",
        )
        hosts = st.multiselect(
            _("내 쇼핑몰 도메인"),
            list(settings.own_hosts),
            list(settings.own_hosts),
            accept_new_options=True,
            placeholder=_("예: shop.example.com"),
            help=_("이 도메인에서 온 것은 유입으로 세지 않아요."),
        )
        cap = st.number_input(
            _("회원 한 명에게 보내는 브랜드 메시지 최대 (건)"), 1, 50, settings.message_cap, key="settings.cap",
            help=_("조건 ‘남은 발송 가능 횟수’가 이 수에서 보낸 수를 빼요."),
        )  # fmt: skip
        kept = st.form_submit_button(_("설정 저장"), type="primary")
    if kept:
        changed = replace(settings, name=name.strip(), timezone=timezone, own_hosts=tuple(hosts), message_cap=int(cap))
        with st.spinner(_("설정에 맞게 다시 계산하고 있어요")):
            opened.workbench.configure(changed)
        st.toast(_("설정을 저장했어요."), icon=":material/check:")
