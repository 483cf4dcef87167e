"""The channel's application for M and N: what it needs, where it stands, and who decided.

Every step is a row of the history; the state is that of the newest. Nothing but ``approve`` makes M and N usable, and
``ensure_may_use`` asks here before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ifdo_core.errors import MessageError
from ifdo_core.store.messages import ApplicationEvent, MessageShelf

State = Literal["none", "registered", "in_review", "approved", "rejected"]
#: Days a review takes at most, Korean working days.
REVIEW_DAYS = 3
MIN_FRIENDS = 50_000

#: The five things an application needs: id → (what, what to do where it is missing), Korean msgids.
PREREQUISITES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "business": (
            "비즈니스 인증을 받은 카카오톡 채널",
            "카카오톡 채널 관리자센터에서 비즈니스 채널로 전환해 주세요.",
        ),
        "friends": ("채널 친구 5만 명 이상", "친구가 5만 명이 될 때까지는 I로 보낼 수 있어요."),
        "phone": ("채널에 등록된 고객센터 전화번호", "채널 관리자센터의 채널 정보에 전화번호를 적어 주세요."),
        "alimtalk": ("최근 3개월 안에 알림톡 발송", "주문 안내 같은 알림톡을 한 번 이상 보내 주세요."),
        "number_080": (
            "서비스가 발급한 080 번호에 연결된 발신번호",
            "다른 곳의 080 번호는 해지하고 여기에서 발급한 번호로 바꿔 주세요.",
        ),
    }
)
#: What the applicant says yes to.
STATEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "consented": "마케팅 수신에 동의한 회원에게만 보내요.",
        "kakaotalk": "동의를 받을 때 카카오톡으로 받는다는 것을 알렸어요.",
        "refusal": "수신을 거부한 회원에게는 곧바로 보내지 않아요.",
        "records": "동의한 날짜와 방법의 기록을 보관해요.",
    }
)
_NEXT: Mapping[State, tuple[State, ...]] = MappingProxyType(
    {
        "none": ("registered", "in_review"),
        "registered": ("in_review",),
        "in_review": ("approved", "rejected"),
        "rejected": ("in_review",),
        "approved": (),
    }
)


@dataclass(frozen=True)
class Application:
    """What is handed in. ``met``: prerequisites that hold; ``answers``: statements said yes to; ``evidence``: the
    'image:<id>' of the consent text that members agreed to."""

    channel: str
    friends: int
    number_080: str
    met: frozenset[str]
    answers: frozenset[str]
    evidence: str


def missing(given: Application) -> tuple[str, ...]:
    """What keeps an application from being handed in: ids of prerequisites and statements, 'evidence', 'channel'."""
    held = set(given.met) - ({"friends"} if given.friends < MIN_FRIENDS else set())
    if not _is_080(given.number_080):
        held -= {"number_080"}
    found = [name for name in PREREQUISITES if name not in held]
    found += [name for name in STATEMENTS if name not in given.answers]
    found += ["evidence"] if not given.evidence else []
    return (*(["channel"] if not given.channel.strip() else []), *found)


def _is_080(number: str) -> bool:
    digits = number.replace("-", "")
    return digits.isdigit() and digits.startswith("080") and len(digits) in (10, 11)


class Channel:
    """The shop's channel as ``shelf`` knows it."""

    def __init__(self, shelf: MessageShelf) -> None:
        self._shelf = shelf

    @property
    def history(self) -> list[ApplicationEvent]:
        return self._shelf.events()

    @property
    def state(self) -> State:
        history = self.history
        return "none" if not history else history[-1].state  # type: ignore[return-value]

    @property
    def approved(self) -> bool:
        return self.state == "approved"

    def register(self, channel: str, who: str, now: datetime) -> None:
        """The channel alone: I can be used at once, M and N not yet."""
        self._step("registered", who, now, {"channel": channel})

    def submit(self, given: Application, who: str, now: datetime) -> date:
        """Hands the application in; answers the day by which the result is due. Raises MessageError while something
        is missing."""
        lacking = missing(given)
        if lacking:
            raise MessageError(
                "application_incomplete",
                "신청에 필요한 것이 {count}가지 남았어요.",
                "빠진 항목을 채운 뒤 다시 신청해 주세요.",
                count=len(lacking),
                missing=lacking,
            )
        due = due_on(now)
        facts = {"channel": given.channel, "friends": given.friends, "number_080": given.number_080,
                 "evidence": given.evidence, "due_on": due.isoformat()}  # fmt: skip
        self._step("in_review", who, now, facts)
        return due

    def approve(self, who: str, now: datetime) -> None:
        self._step("approved", who, now, {})

    def reject(self, reason: str, who: str, now: datetime) -> None:
        """Raises MessageError without a reason: the shop must know what to put right."""
        if not reason.strip():
            raise MessageError("reason_missing", "반려 사유가 비어 있어요.", "무엇을 고쳐야 하는지 적어 주세요.")
        self._step("rejected", who, now, {"reason": reason})

    def _step(self, to: State, who: str, now: datetime, facts: Mapping[str, Any]) -> None:
        state = self.state
        if to not in _NEXT[state]:
            raise MessageError(
                "wrong_step", "지금은 할 수 없는 일이에요({state}).", "신청 상태를 확인해 주세요.", state=state
            )
        self._shelf.add_event(ApplicationEvent(now, to, who, facts))


def due_on(now: datetime, days: int = REVIEW_DAYS) -> date:
    """The Korean working day by which a review that begins at ``now`` (naive UTC) is done."""
    import holidays

    korean: Any = holidays.country_holidays("KR")
    day = now.replace(tzinfo=UTC).astimezone(ZoneInfo("Asia/Seoul")).date()
    left = days
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in korean:
            left -= 1
    return day
