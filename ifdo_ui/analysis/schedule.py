"""When the shop is analysed by itself, and who gets the digest after it; kept after the effect was seen."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ifdo_core import jobs
from ifdo_core.analysis.scheme import Scheme
from ifdo_core.formats import time_text
from ifdo_core.mail import MailSettings, check_address
from ifdo_ui import cache
from ifdo_ui.frame import fragment, guard
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _, plain

_TO = "schedule.to"


@fragment("schedule")
def draw(opened: cache.Shop) -> None:
    """The hour and the recipients; '저장' appears with what it will do."""
    with st.expander(_("매일의 분석과 이메일"), icon=":material/schedule:"):
        now: Scheme = opened.workbench.analysis.scheme
        hour = st.number_input(
            _("매일 분석할 시각 (쇼핑몰 시간)"), min_value=0, max_value=23, value=now.refresh_hour, step=1,
            key="schedule.hour",
        )  # fmt: skip
        st.text_area(
            _("분석이 끝나면 아침 요약을 받을 이메일"),
            key=seed(_TO, "\n".join(now.digest_to)),
            placeholder="name@example.com",
            height=90,
            help=_("한 줄에 하나씩 적어 주세요. 비우면 보내지 않아요."),
        )
        with guard():
            to = tuple(check_address(address, MailSettings.from_env()) for address in addresses(widget(_TO, "")))
            _effect(opened, now, replace(now, refresh_hour=int(hour), digest_to=to))


def addresses(text: str) -> tuple[str, ...]:
    """One a line, or with commas between."""
    return tuple(dict.fromkeys(part for part in text.replace(",", " ").replace(";", " ").split() if part))


def _effect(opened: cache.Shop, now: Scheme, asked: Scheme) -> None:
    told = jobs.next_due(opened.workbench, asked.refresh_hour)
    zone = opened.workbench.settings.zone
    if asked == now:
        st.caption(_("다음 분석은 {time} 뒤에 돌아요.", time=time_text(told, zone)))
        return
    st.markdown(_("저장하면 다음 분석은 **{time}** 뒤에 돌아요.", time=time_text(told, zone)))
    if asked.digest_to and opened.workbench.is_demo:
        st.caption(_("데모에서는 이메일을 보내지 않고 화면에 보여 드려요."))
    elif asked.digest_to and MailSettings.from_env() is None:
        st.caption(_("메일 서버가 설정되어 있지 않아 아직 보낼 수 없어요. IFDO_SMTP_HOST를 설정해 주세요."))
    elif asked.digest_to:
        st.caption(plain(_("분석이 끝날 때마다 {count}명에게 한 번 보내요.", count=len(asked.digest_to))))
    st.button(
        _("저장"), type="primary", icon=":material/save:", key="schedule.save",
        on_click=opened.workbench.analysis.keep, args=(asked,),
    )  # fmt: skip
