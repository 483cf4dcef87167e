"""A rehearsal of a sending: everything but the dealer, who is a dry run."""

from __future__ import annotations

import streamlit as st

from ifdo_core import Segment
from ifdo_core.clock import utc_now
from ifdo_core.formats import count_text, money_text, time_text
from ifdo_core.messages import Message
from ifdo_core.messages.reach import Reach
from ifdo_core.messages.rules import cost_won, next_time
from ifdo_ui import cache
from ifdo_ui.text import _


def draw(opened: cache.Shop, reach: Reach, message: Message, segment: Segment | None) -> None:
    """The button, and what came of it; only a message that Kakao takes can be rehearsed."""
    messages = opened.workbench.messages
    ready = messages.check(message, targeting=reach.targeting).ok and reach.count > 0
    label = _("{count}에게 연습 발송 (데모: 실제로 보내지 않아요)", count=count_text(reach.count, "명"))
    if not st.button(label, type="primary", disabled=not ready, icon=":material/play_arrow:"):
        return
    now = utc_now()
    moment = next_time(now)
    # a name of its own each time: a rehearsal must not stand in the way of the real sending
    campaign = messages.campaign(f"rehearsal {now.isoformat()}")
    with st.spinner(_("연습으로 보내고 있어요")):
        campaign.prepare(message, segment, reach.targeting, now=moment)
        run = campaign.send(clock=lambda: moment, sleep=lambda _seconds: None)
    sent = run.counts.get("accepted", 0)
    st.success(
        _(
            "{sent}에게 보냈을 거예요. 가장 이른 발송 시각은 {moment}, 비용은 {cost}예요. 실제로는 보내지 않았어요.",
            sent=count_text(sent, "명"),
            moment=time_text(moment, opened.workbench.settings.zone),
            cost=money_text(cost_won(message, sent)),
        )
    )
    left = reach.count - sent
    if left:
        st.caption(_("{count}은 채운 글이 제한을 넘거나 그사이 수신을 거부해 빠졌어요.", count=count_text(left, "명")))
