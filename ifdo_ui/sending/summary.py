"""A plan in numbers and words, beside the form and on the confirmation."""

from __future__ import annotations

from datetime import UTC

import streamlit as st

from ifdo_core.formats import count_text, date_text, money_text
from ifdo_core.i18n import translate
from ifdo_core.messages.dealer_choice import NAMES
from ifdo_core.messages.outcome import power_line
from ifdo_core.messages.plan import Estimate, Plan
from ifdo_core.messages.reach import ABOUT
from ifdo_core.messages.render import STATE_COLUMNS, used_variables
from ifdo_core.messages.rules import allowed_hours
from ifdo_core.messages.variables import VARIABLES
from ifdo_ui import cache
from ifdo_ui.text import _, element, plain, tag
from ifdo_ui.widgets.picture import chart


def figures(opened: cache.Shop, told: Estimate) -> None:
    """Who gets it, what it costs, why the others drop out."""
    one, two = st.columns(2)
    one.metric(_("받는 회원"), count_text(told.count, "명"))
    two.metric(_("예상 비용"), money_text(told.cost), help=_("부가세 별도, 발송 업체 공시 단가 기준"))
    st.caption(plain(told.insight()))
    base = opened.workbench.messages.base_rate(told.plan)
    st.caption(plain(power_line(base, told.count + told.held_out, told.plan.holdout)))
    chart(told.reach.figure(), key=f"sending.fall.{told.plan.name}")


def table(opened: cache.Shop, told: Estimate) -> None:
    """Everything that is about to happen, a row each."""
    plan = told.plan
    rows = [
        (_("발송 이름"), plan.name),
        (_("누구에게"), _whom(plan)),
        (_("언제"), when(opened, plan)),
        (_("받는 회원"), count_text(told.count, "명")),
        (_("대조군"), f"{count_text(told.held_out, '명')} ({plan.holdout:.0%})"),
        (_("예상 비용"), money_text(told.cost)),
        (_("발송 시간대"), "{:%H:%M} – {:%H:%M}".format(*allowed_hours())),
        (_("발송 횟수 제한"), _cap(plan)),
        (_("주문을 세는 기간"), _("보낸 뒤 {hours}시간", hours=plan.window_h)),
        (_("보내는 방법"), translate(NAMES[plan.dealer])),
        *((_("#{{{name}}} 값이 없으면", name=name), instead) for name, instead in _fallbacks(plan).items()),
    ]
    inside = "".join(element("tr", tag("th", name) + tag("td", text)) for name, text in rows)
    st.html(element("table", inside, "ifdo-plan"))


def _whom(plan: Plan) -> str:
    segment = _("모든 회원") if plan.segment is None else plan.segment.name or _("이름 없는 세그먼트")
    return f"{segment} · {plan.targeting} ({translate(ABOUT[plan.targeting][0])})"


def _fallbacks(plan: Plan) -> dict[str, str]:
    """What stands in for each variable where a member has no value."""
    told: dict[str, list[str]] = {}
    for one in plan.variants:
        given = dict(one.message.fallbacks)
        for name in used_variables(one.message):
            if VARIABLES[name].column in STATE_COLUMNS and name not in given:
                continue  # never empty
            said = given.get(name)
            words = _("그 회원에게는 보내지 않아요") if said is None else f"‘{said}’" if said else _("비워 두어요")
            told.setdefault(name, []).append(words)
    return {name: " / ".join(dict.fromkeys(words)) for name, words in told.items()}


def _cap(plan: Plan) -> str:
    if plan.cap is None:
        return _("없음")
    if plan.cap_days == 1:
        return _("하루에 {count}건까지", count=plan.cap)
    return _("{days}일에 {count}건까지", days=plan.cap_days, count=plan.cap)


def when(opened: cache.Shop, plan: Plan) -> str:
    """'2026년 11월 26일 (목) 11:00', by the shop's clock."""
    local = plan.at.replace(tzinfo=UTC).astimezone(opened.workbench.settings.zone)
    return f"{date_text(local.date(), weekday=True)} {local:%H:%M}"
