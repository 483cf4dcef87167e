"""Whom M, N and I reach: three cards, the waterfall of one, and the masked names behind a step."""

from __future__ import annotations

import streamlit as st

from ifdo_core import Segment
from ifdo_core.formats import count_text, money_text
from ifdo_core.i18n import translate
from ifdo_core.messages import Message
from ifdo_core.messages.channel import Channel
from ifdo_core.messages.reach import ABOUT, PURPOSES, Reach
from ifdo_core.messages.rules import cost_won, may_use
from ifdo_core.segments.link import TREE, unpack
from ifdo_ui import cache
from ifdo_ui.composer import rehearsal
from ifdo_ui.composer.desk import AUDIENCE
from ifdo_ui.state import asked_text, widget
from ifdo_ui.text import _, element, plain, tag
from ifdo_ui.widgets.picture import chart

_SHOWN = 50
_LINKED = "link"


def draw(opened: cache.Shop, message: Message) -> str:
    """Draws the cards; answers the targeting that is looked at."""
    saved = {one.id: one for one in cache.store().list() if one.segment is not None}
    linked = _linked()
    names = {None: _("모든 회원"), **{one: item.name for one, item in saved.items()}}
    if linked is not None:
        names = {_LINKED: _("링크의 세그먼트: {name}", name=linked.name or _("이름 없는 세그먼트")), **names}
    chosen = st.selectbox(
        _("받을 세그먼트"), list(names), key=AUDIENCE, format_func=lambda one: names[one]
    )  # fmt: skip
    segment = linked if chosen == _LINKED else saved[chosen].segment if chosen is not None else None
    found = opened.workbench.messages.reach_all(segment, message=message)
    approved = Channel(cache.store().messages).approved
    purpose = st.segmented_control(
        _("무엇을 하려고 하나요?"), list(PURPOSES), key="composer.purpose",
        format_func=lambda one: translate(PURPOSES[one][1]),
    )  # fmt: skip
    best = PURPOSES[purpose][0] if purpose else None
    cards = "".join(_card(name, reach, approved, name == best) for name, reach in found.items())
    st.html(element("div", cards, "kt-targets"))
    if segment is not None:
        _audience(opened, segment)
    looked = st.segmented_control(
        _("자세히 볼 타깃"),
        list(found),
        default=best or "I",
        required=True,
        key=f"composer.target.{best}",
        label_visibility="collapsed",
    )
    _detail(opened, found[looked], message, segment)
    return looked


def looked() -> str:
    """The targeting that is looked at, before its choice is drawn."""
    purpose = widget("composer.purpose", None)
    best = PURPOSES[purpose][0] if purpose else None
    return widget(f"composer.target.{best}", None) or best or "I"


def _linked() -> Segment | None:
    """The segment that the address carries, as an insight's link does; one saved under an id is in the list."""
    asked = asked_text("segment")
    return unpack(asked) if asked.startswith(TREE) else None


def _card(name: str, reach: Reach, approved: bool, best: bool) -> str:
    who, good = (translate(text) for text in ABOUT[name])
    refused = may_use(name, manual=True, approved=approved)
    state = _("지금 직접 보낼 수 있어요.") if refused is None else str(refused)
    head = f"{name} · {_('추천 타깃')}" if best else name
    inside = tag("span", head) + tag("b", count_text(reach.count, "명")) + tag("p", who) + tag("p", good, "why")
    return element("div", inside + tag("p", state, "why"), "kt-target best" if best else "kt-target")


def _audience(opened: cache.Shop, segment: Segment) -> None:
    """모수 beside reach, each by its own name: one counts visits, the other members."""
    visits = cache.preview(opened, segment).visits_7d
    st.caption(
        _(
            "모수(최근 7일 방문) {visits}. 받는 사람은 회원 수라서 서로 다른 숫자예요.",
            visits=count_text(visits, "건"),
        )
    )


def _detail(opened: cache.Shop, reach: Reach, message: Message, segment: Segment | None) -> None:
    st.markdown(f"**{plain(reach.insight())}**")
    chart(reach.figure(), key=f"composer.fall.{reach.targeting}")
    cost = money_text(cost_won(message, reach.count))
    st.caption(_("예상 비용 {cost} (부가세 별도, 발송 업체 공시 단가 기준)", cost=cost))
    if reach.targeting == "I":
        rehearsal.draw(opened, reach, message, segment)
    reasons = [one.reason for one in reach.steps if one.left_out]
    names = {one.reason: one.name() for one in reach.steps}
    with st.expander(_("회원 보기 (이름과 번호는 가려져요)")):
        reason = st.selectbox(
            _("단계"), [None, *reasons], key=f"composer.step.{reach.targeting}",
            format_func=lambda one: _("받는 회원") if one is None else names[one],
        )  # fmt: skip
        people = opened.workbench.messages.people(segment, reach.targeting, reason, message=message, limit=_SHOWN)
        st.dataframe(
            people, hide_index=True,
            column_config={"member_id": _("회원 ID"), "name": _("이름"), "phone": _("전화번호")},
        )  # fmt: skip
