"""What both pages of the channel draw: the way of the application, the prerequisites, the history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.formats import date_text, time_text
from ifdo_core.i18n import translate
from ifdo_core.messages.channel import NOTES, STATES, Channel
from ifdo_core.messages.prerequisites import Standing
from ifdo_core.messages.working_days import holidays_between, working_days_left
from ifdo_core.store.messages import ApplicationEvent
from ifdo_ui import cache
from ifdo_ui.text import _, element, plain, tag

_STYLE = Path(__file__).with_name("channel.css")
_WAY = ("registered", "submitted", "in_review", "approved")
_PLACE = {"none": -1, "registered": 0, "submitted": 1, "resubmitted": 1, "rejected": 1, "in_review": 2, "approved": 3}


def style() -> None:
    st.html(_STYLE)


def way(channel: Channel) -> None:
    """Where the application stands, as steps."""
    state = channel.state
    here = _PLACE[state]
    steps: list[str] = []
    for place, name in enumerate(_WAY):
        shown = state if place == here and state in ("resubmitted", "rejected") else name
        css = "here" if place == here and state != "approved" else "past" if place <= here else ""
        steps.append(tag("li", translate(STATES[shown]), css))
    st.html(element("ul", "".join(steps), "ifdo-way"))


def needs(standings: Sequence[Standing]) -> None:
    """The five prerequisites: state, evidence, what to do."""
    rows: list[str] = []
    for one in standings:
        state = _("충족") if one.holds else _("필요")
        inside = tag("i", state) + tag("b", one.name())
        inside += tag("p", one.evidence) if one.evidence else ""
        inside += tag("p", one.todo()) if one.todo() else ""
        rows.append(element("li", inside, "holds" if one.holds else ""))
    st.html(element("ul", "".join(rows), "ifdo-needs"))


def waiting(channel: Channel) -> None:
    """By when the answer is due, with the holidays that lengthen the wait."""
    due, now = channel.due_on, utc_now()
    if due is None:
        return
    left = working_days_left(now, due)
    if left < 0:
        st.warning(_("{day}까지 나와야 할 결과가 늦어지고 있어요.", day=date_text(due, weekday=True)))
        return
    told = _("{day}까지 결과를 알려 드려요. 영업일로 {left}일 남았어요.", day=date_text(due, weekday=True), left=left)
    off = ", ".join(f"{date_text(day)} {name}" for day, name in holidays_between(now, due))
    st.info(
        plain(told + (" " + _("공휴일은 세지 않아요: {days}.", days=off) if off else "")), icon=":material/schedule:"
    )


def history(channel: Channel, opened: cache.Shop) -> None:
    """Every step, the newest first."""
    zone = opened.workbench.settings.zone
    rows = [(time_text(one.at, zone), _name(one), one.who, _facts(one)) for one in reversed(channel.history)]
    names = [_("때"), _("한 일"), _("누가"), _("내용")]
    st.subheader(_("이력"), anchor=False)
    if not rows:
        st.caption(_("아직 이력이 없어요. 저장하거나 신청하면 여기에 남고, 고치거나 지울 수 없어요."))
        return
    st.dataframe(pd.DataFrame(rows, columns=names), hide_index=True, key="channel.history")


def _name(event: ApplicationEvent) -> str:
    words = {**STATES, **NOTES}
    return translate(words[event.state]) if event.state in words else event.state  # type: ignore[index]


def _facts(event: ApplicationEvent) -> str:
    facts = event.facts
    match event.state:
        case "rejected":
            return str(facts.get("reason", ""))
        case "number_issued":
            return _("{number} · 발신번호 {caller}", number=facts["number"], caller=facts["caller"])
        case "number_asked":
            return _("발신번호 {caller}", caller=facts["caller"])
        case "notified":
            return _("{to}에 보냄", to=facts["to"]) if facts["sent"] else _("{to}에 보내지 못함", to=facts["to"])
        case "submitted" | "resubmitted":
            return _("결과 예정일 {day}", day=facts["due_on"])
        case _:
            details = facts.get("details", {})
            return str(details.get("channel", "")) if isinstance(details, dict) else ""
