"""The three questions that shops ask most about 모수, answered from the state of this shop (product.md, 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pandas as pd

from ifdo_core.catalogue import conditions_in
from ifdo_core.doctor import Doctor
from ifdo_core.formats import count_text, relative_time_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments.compile import WEEK
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.segments.preview import Preview

#: Every visit, those of members who agreed to advertising, and those of friends of the channel.
EVERY = Segment(Leaf("traffic.visit_count", "gte", 1))
CONSENTING = Segment(Leaf("member.marketing_consent", "is_true"))
FRIENDS = Segment(Leaf("member.channel_friend", "is_true"))
#: After this long without an event, the shop is asked whether collection still runs.
STALE = timedelta(days=1)
#: Saved segments that are looked at, the last changed first.
MAX_SAVED = 30
#: Names said in a sentence before the rest is counted.
_NAMED = 3

QuestionId = Literal["recipients", "after_install", "without_number"]


@dataclass(frozen=True)
class Link:
    """Where something can be looked at or mended: a page, with a saved segment's id where it is about one."""

    page: Literal["data", "segments", "sending"]
    label: str
    segment: str = ""


@dataclass(frozen=True)
class Answer:
    """``case`` says which of the possible answers is this shop's; ``short`` answers, ``facts`` show it by numbers."""

    id: QuestionId
    question: str
    case: str
    short: str
    facts: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Help:
    """``frame()``: question, case, short, facts; ``insight()``: all of it as text."""

    answers: tuple[Answer, ...]
    now: datetime

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(
            [(one.question, one.case, one.short, "\n".join(one.facts)) for one in self.answers],
            columns=["question", "case", "short", "facts"],
        )

    def insight(self) -> str:
        told = [[one.question, one.short, *(f"- {fact}" for fact in one.facts)] for one in self.answers]
        return "\n\n".join("\n".join(lines) for lines in told)

    def answer(self, id: QuestionId) -> Answer:
        return next(one for one in self.answers if one.id == id)


@dataclass(frozen=True)
class State:
    """What is looked at. ``today``: the wall clock; ``saved``: id → the saved segment's preview."""

    holdings: Holdings
    doctor: Doctor
    now: datetime
    today: datetime
    is_demo: bool
    everyone: Preview
    consenting: Preview | None
    friends: Preview | None
    saved: Mapping[str, Preview]


def answer_questions(state: State) -> Help:
    """The answers in the language of the moment."""
    return Help((_recipients(state), _after_install(state), _without_number(state)), state.now)


# --- is 모수 the number of people who will get the message? -----------------------------------


def _recipients(state: State) -> Answer:
    _ = translate
    question = _("모수는 메시지를 받을 사람 수인가요?")
    short = _("아니요. 모수는 지난 24시간이나 7일에 조건을 만족한 방문 수예요. 대상의 크기를 가늠하는 참고 값이에요.")
    every = state.everyone
    if every.visits_7d is None:
        facts = (_("이 쇼핑몰은 아직 방문이 없어 모수를 볼 수 없어요."),)
        return Answer("recipients", question, "no_visits", short, facts, (_to_data(),))
    visits = _("이 쇼핑몰의 최근 7일은 방문 {visits}, 방문자 {visitors}, 그중 회원 {members}이에요.").format(
        visits=count_text(every.visits_7d, "건"),
        visitors=count_text(every.visitors_7d, "명"),
        members=count_text(every.members_7d, "명"),
    )
    often = _("한 사람이 여러 번 오면 방문은 여러 건이고, 회원이 아니면 메시지를 받을 수 없어요.")
    if state.consenting is None or state.friends is None:
        missing = _("회원 데이터가 없어 메시지를 받을 수 있는 사람은 아직 셀 수 없어요.")
        return Answer("recipients", question, "no_members", short, (visits, often, missing), (_to_data(),))
    able = _("그 회원 중 광고 수신에 동의한 사람은 {consenting}(M 타깃), 채널 친구는 {friends}(I 타깃)이에요.").format(
        consenting=count_text(state.consenting.members_7d, "명"), friends=count_text(state.friends.members_7d, "명")
    )
    exact = _("거부·차단·발송 횟수까지 따진 받는 사람 수는 보내기 전에 발송 화면에서 볼 수 있어요.")
    to_sending = Link("sending", _("메시지 › 발송으로 가기"))
    return Answer("recipients", question, "counted", short, (visits, often, able, exact), (to_sending,))


# --- why 0 or nothing after installing? --------------------------------------------------------


def _after_install(state: State) -> Answer:
    _ = translate
    question = _("설치했는데 왜 0이거나 ‘조회할 수 없음’인가요?")
    first, last = state.holdings.first_event, state.holdings.tables["events"].last
    if first is None or last is None:
        short = _("아직 수집된 방문이 하나도 없어서 0이 아니라 ‘조회할 수 없음’이에요.")
        facts = (_("모수는 수집을 시작한 뒤의 방문만 세고, 그 전의 방문은 되살릴 수 없어요."), *_missing(state))
        return Answer("after_install", question, "not_collected", short, facts, (_to_data(),))
    collected = state.now - first
    days = collected.days + 1
    if collected < WEEK:
        short = _("수집한 지 {days}일째라 7일 모수는 아직 늘어나는 중이에요.").format(days=days)
        facts = (_("수집을 시작하고 7일이 지나면 온전한 수가 나와요. 0은 아직 맞는 방문이 없었다는 뜻이에요."),)
        return Answer(
            "after_install", question, "young", short, (*facts, *_missing(state), *_zero(state)), _mend(state)
        )
    if not state.is_demo and state.today - last > STALE:
        short = _("마지막 방문 이벤트가 {ago}이에요. 수집이 끊겼는지 확인해 주세요.").format(
            ago=relative_time_text(last, state.today)
        )
        facts = (_("모수는 그 시각을 기준으로 센 수예요."), *_missing(state), *_zero(state))
        return Answer("after_install", question, "stopped", short, facts, (_to_data(), *_zero_links(state)))
    short = _("방문을 {days}일 동안 모았어요. 0은 정말로 맞는 방문이 없다는 뜻이에요.").format(days=days)
    return Answer("after_install", question, "collected", short, (*_missing(state), *_zero(state)), _mend(state))


def _missing(state: State) -> list[str]:
    """Kinds of data that are not there, and how many conditions that leaves without an answer."""
    missing = [one for one in state.doctor.findings if one.state == "missing" and one.table != "events"]
    return [f"{one.text} {one.hint}".strip() for one in missing]


def _zeros(state: State) -> dict[str, Preview]:
    return {id: preview for id, preview in state.saved.items() if preview.visits_7d == 0}


def _zero(state: State) -> list[str]:
    """Saved segments that are 0 now, each with its own reason."""
    told: list[str] = []
    for preview in list(_zeros(state).values())[:_NAMED]:
        reason = preview.reason.parts()[0] if preview.reason else ""
        told.append(translate("‘{name}’: 지금 0건이에요. {reason}").format(name=_name(preview), reason=reason).strip())
    more = len(_zeros(state)) - _NAMED
    if more > 0:
        told.append(translate("0건인 저장한 세그먼트가 {more}개 더 있어요.").format(more=more))
    return told


def _zero_links(state: State) -> tuple[Link, ...]:
    return tuple(_to_segment(id, preview) for id, preview in list(_zeros(state).items())[:_NAMED])


def _mend(state: State) -> tuple[Link, ...]:
    data = (_to_data(),) if _missing(state) else ()
    return (*data, *_zero_links(state))


# --- why have some segments none? --------------------------------------------------------------


def _without_number(state: State) -> Answer:
    _ = translate
    question = _("어떤 세그먼트는 왜 모수가 없나요?")
    not_collected = _("수집된 방문이 없어 모든 세그먼트의 모수가 아직 없어요.")
    short = _("‘현재 조건’이 들어 있기 때문이에요. 지금 접속한 방문자를 찾는 조건이라 셀 수 있는 지난 방문이 없어요.")
    language = current_language()
    names = [entry.label(language) for entry in conditions_in("live")][:_NAMED]
    rule = _(
        "현재 조건({names} 등)이 든 세그먼트는 언제나 모수가 없어요. 빼면 나머지 조건의 모수를 볼 수 있어요."
    ).format(names=", ".join(f"‘{name}’" for name in names))
    without = {id: preview for id, preview in state.saved.items() if preview.visits_7d is None}
    if not state.saved and state.everyone.visits_7d is None:
        return Answer("without_number", question, "not_collected", not_collected, (rule,), (_to_data(),))
    if not without:
        saved = len(state.saved)
        state_of = (
            _("저장한 세그먼트는 모두 모수가 있어요 ({saved}개).").format(saved=saved)
            if saved
            else _("아직 저장한 세그먼트가 없어요.")
        )
        return Answer("without_number", question, "all_counted" if saved else "none_saved", short, (state_of, rule))
    live = {id: preview for id, preview in without.items() if preview.reason and preview.reason.code == "live"}
    told = [
        _("‘{name}’: 현재 조건 ‘{label}’ 때문이에요.").format(name=_name(preview), label=_live_label(preview))
        for preview in list(live.values())[:_NAMED]
    ]
    if len(live) > _NAMED:
        told.append(_("현재 조건이 든 세그먼트가 {more}개 더 있어요.").format(more=len(live) - _NAMED))
    if len(without) > len(live):
        told.append(_("나머지는 아직 수집된 방문이 없어서예요."))
    links = tuple(_to_segment(id, preview) for id, preview in list(without.items())[:_NAMED])
    case = "live" if live else "not_collected"
    short = short if live else not_collected
    return Answer("without_number", question, case, short, (*told, rule), links if live else (_to_data(),))


def _live_label(preview: Preview) -> str:
    return preview.reason.labels.get(current_language(), "") if preview.reason else ""


# --- words -------------------------------------------------------------------------------------


def _name(preview: Preview) -> str:
    return preview.segment.name or translate("이름 없는 세그먼트")


def _to_data() -> Link:
    return Link("data", translate("설정 › 데이터로 가기"))


def _to_segment(id: str, preview: Preview) -> Link:
    return Link("segments", translate("‘{name}’ 열기").format(name=_name(preview)), id)
