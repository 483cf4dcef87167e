"""The shop's channel: its registration, its 080 number, and its application for M and N.

Every step is a row of the history that is never changed; what holds now is read off it. Nothing but ``approve`` makes M
and N usable, and ``ensure_may_use`` asks here before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, cast

from ifdo_core.errors import MessageError
from ifdo_core.mail import is_address
from ifdo_core.messages.consent_image import check_consent_image
from ifdo_core.messages.prerequisites import (
    PREREQUISITES,
    Details,
    Known,
    Standing,
    is_080,
    is_channel,
    is_phone,
    standings,
)
from ifdo_core.messages.working_days import due_on
from ifdo_core.roles import Role, require_operator
from ifdo_core.store.messages import ApplicationEvent, MessageShelf

State = Literal["none", "registered", "submitted", "in_review", "approved", "rejected", "resubmitted"]
#: State → its words, a Korean msgid.
STATES: Mapping[State, str] = MappingProxyType(
    {
        "none": "연동 전",
        "registered": "채널 연동됨",
        "submitted": "신청함",
        "in_review": "심사 중",
        "approved": "승인됨",
        "rejected": "반려됨",
        "resubmitted": "다시 신청함",
    }
)
#: Other rows of the history → their words.
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "draft": "작성 중인 내용 저장",
        "number_asked": "080 번호 발급 요청",
        "number_issued": "080 번호 발급",
        "notified": "결과 안내",
    }
)
#: What the applicant says yes to, each for itself.
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
        "none": ("registered",),
        "registered": ("submitted",),
        "submitted": ("in_review", "approved", "rejected"),
        "resubmitted": ("in_review", "approved", "rejected"),
        "in_review": ("approved", "rejected"),
        "rejected": ("resubmitted",),
        "approved": (),
    }
)
#: States in which an answer is waited for.
WAITING: tuple[State, ...] = ("submitted", "resubmitted", "in_review")


@dataclass(frozen=True)
class Draft:
    """The application as it is being filled in. ``answers``: statements said yes to; ``evidence``: 'image:<id>' of the
    full text of the consent that members agreed to."""

    details: Details = field(default_factory=Details)
    answers: frozenset[str] = frozenset()
    evidence: str = ""

    def to_facts(self) -> dict[str, Any]:
        return {"details": self.details.to_facts(), "answers": sorted(self.answers), "evidence": self.evidence}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Draft:
        return cls(Details.from_facts(facts["details"]), frozenset(facts["answers"]), facts["evidence"])


class Channel:
    """The channel as ``shelf`` remembers it; ``known`` tells what the shop's data say by themselves."""

    def __init__(self, shelf: MessageShelf, known: Callable[[], Known] | None = None) -> None:
        self._shelf, self._known = shelf, known or Known

    # --- what holds ---------------------------------------------------------------------------

    @property
    def history(self) -> list[ApplicationEvent]:
        """Every step and note, the oldest first."""
        return self._shelf.events()

    @property
    def state(self) -> State:
        steps = [one.state for one in self.history if one.state in STATES]
        return cast("State", steps[-1]) if steps else "none"

    @property
    def approved(self) -> bool:
        return self.state == "approved"

    @property
    def draft(self) -> Draft:
        """What was last kept or handed in."""
        kept = [one for one in self.history if "details" in one.facts]
        return Draft.from_facts(kept[-1].facts) if kept else Draft()

    @property
    def due_on(self) -> date | None:
        """By when the answer to what was handed in last is due; None where none is waited for."""
        if self.state not in WAITING:
            return None
        handed_in = [one for one in self.history if one.state in ("submitted", "resubmitted")]
        return date.fromisoformat(handed_in[-1].facts["due_on"])

    @property
    def reason(self) -> str:
        """Why the last application was rejected; '' unless it was."""
        steps = [one for one in self.history if one.state in STATES]
        return str(steps[-1].facts.get("reason", "")) if steps else ""

    @property
    def number_080(self) -> str:
        """The refusal number that the service issued last; '' before that."""
        return self._issued()[0]

    @property
    def number_is_asked(self) -> bool:
        """Whether a number was asked for and none has been issued since."""
        notes = [one.state for one in self.history if one.state in ("number_asked", "number_issued")]
        return bool(notes) and notes[-1] == "number_asked"

    def _issued(self) -> tuple[str, str]:
        given = [one.facts for one in self.history if one.state == "number_issued"]
        return (str(given[-1]["number"]), str(given[-1]["caller"])) if given else ("", "")

    def standings(self, now: datetime, details: Details | None = None) -> tuple[Standing, ...]:
        """The five prerequisites at ``now``; ``details``: as they are typed, else as they were kept."""
        number, caller = self._issued()
        known = replace(self._known(), issued_080=number, caller=caller)
        return standings(self.draft.details if details is None else details, known, now)

    def missing(self, draft: Draft, now: datetime) -> tuple[str, ...]:
        """What keeps it from being handed in: 'channel', ids of prerequisites and statements, 'evidence', 'email'."""
        found = [] if is_channel(draft.details.channel) else ["channel"]
        found += [one.id for one in self.standings(now, draft.details) if not one.holds]
        found += [name for name in STATEMENTS if name not in draft.answers]
        found += ["evidence"] if not self._is_evidence(draft.evidence) else []
        return (*found, *([] if is_address(draft.details.email) else ["email"]))

    def _is_evidence(self, url: str) -> bool:
        data = self._shelf.image(url) if url else None
        return data is not None and not check_consent_image(data)

    # --- the shop's steps ---------------------------------------------------------------------

    def save(self, draft: Draft, who: str, now: datetime) -> None:
        """Keeps what was filled in so far; the same again adds nothing."""
        if draft != self.draft:
            self._note("draft", who, now, draft.to_facts())

    def register(self, draft: Draft, who: str, now: datetime) -> None:
        """The channel alone: I can be used at once, M and N not yet. Raises MessageError without its id."""
        if not is_channel(draft.details.channel):
            raise MessageError("channel_missing", "채널 ID가 없거나 @로 시작하지 않아요.",
                               "@로 시작하는 채널 ID를 적어 주세요.")  # fmt: skip
        self._step("registered", who, now, draft.to_facts())

    def ask_number(self, who: str, now: datetime) -> None:
        """Asks the service for an 080 number. Raises MessageError while an outside number is not given up, without a
        caller number, or where one was issued or asked for already."""
        details = self.draft.details
        if self.number_080 or self.number_is_asked:
            raise MessageError(
                "number_there", "080 번호를 이미 발급했거나 발급하고 있어요.", "발급된 번호를 써 주세요."
            )
        if details.outside_080.strip() and not details.outside_released:
            raise MessageError(
                "number_outside",
                "다른 곳의 080 번호 {number}를 아직 해지하지 않았어요.",
                "그 번호를 해지했다고 확인한 뒤 발급을 요청해 주세요.",
                number=details.outside_080,
            )
        if not is_phone(details.caller):
            raise MessageError("caller_missing", "발신번호가 없어요.", "080 번호와 연결할 발신번호를 적어 주세요.")
        self._note("number_asked", who, now, {"caller": details.caller})

    def submit(self, draft: Draft, who: str, now: datetime) -> date:
        """Hands the application in, with the registration where there is none yet; answers the day by which the result
        is due. Raises MessageError while something is missing."""
        lacking = self.missing(draft, now)
        if lacking:
            raise MessageError(
                "application_incomplete",
                "신청에 필요한 것이 {count}가지 남았어요.",
                "빠진 항목을 채운 뒤 다시 신청해 주세요.",
                count=len(lacking),
                missing=lacking,
            )
        if self.state == "none":
            self.register(draft, who, now)
        due = due_on(now)
        again = self.state == "rejected"
        self._step(
            "resubmitted" if again else "submitted", who, now, {**draft.to_facts(), "due_on": due.isoformat(),
            "shown": [{"id": one.id, "evidence": one.evidence} for one in self.standings(now, draft.details)]},
        )  # fmt: skip
        return due

    # --- the operator's steps -----------------------------------------------------------------

    def issue_number(self, number: str, who: str, now: datetime, role: Role) -> None:
        """Gives the shop its 080 number, tied to its caller number; a later one replaces it. Raises NotAllowed for
        other roles, MessageError for what is no 080 number or was not asked for."""
        require_operator(role)
        caller = self.draft.details.caller
        if not is_080(number):
            raise MessageError("not_an_080_number", "080 번호가 아니에요: {number}.", "080-000-0000처럼 적어 주세요.",
                               number=number)  # fmt: skip
        if not self.number_is_asked and not self.number_080:
            raise MessageError("number_not_asked", "발급을 요청하지 않았어요.", "쇼핑몰이 먼저 요청해야 해요.")
        self._note("number_issued", who, now, {"number": number, "caller": caller})

    def begin_review(self, who: str, now: datetime, role: Role) -> None:
        require_operator(role)
        self._step("in_review", who, now, {})

    def approve(self, who: str, now: datetime, role: Role) -> None:
        """M and N can be used from now on. Raises NotAllowed for other roles."""
        require_operator(role)
        self._step("approved", who, now, {})

    def reject(self, reason: str, who: str, now: datetime, role: Role) -> None:
        """Raises NotAllowed for other roles, MessageError without a reason: the shop must know what to put right."""
        require_operator(role)
        if not reason.strip():
            raise MessageError("reason_missing", "반려 사유가 비어 있어요.", "무엇을 고쳐야 하는지 적어 주세요.")
        self._step("rejected", who, now, {"reason": reason})

    def note_notice(self, to: str, sent: bool, who: str, now: datetime) -> None:
        """That the shop was told of the result, or could not be."""
        self._note("notified", who, now, {"to": to, "sent": sent})

    # --- inside -------------------------------------------------------------------------------

    def _step(self, to: State, who: str, now: datetime, facts: Mapping[str, Any]) -> None:
        state = self.state
        if to not in _NEXT[state]:
            raise MessageError(
                "wrong_step", "지금은 할 수 없는 일이에요({state}).", "신청 상태를 확인해 주세요.", state=state
            )
        self._shelf.add_event(ApplicationEvent(now, to, who, facts))

    def _note(self, name: str, who: str, now: datetime, facts: Mapping[str, Any]) -> None:
        self._shelf.add_event(ApplicationEvent(now, name, who, facts))


def names_of(ids: Iterable[str]) -> list[str]:
    """Msgids for what ``missing`` answers."""
    others = {"channel": "채널 ID", "evidence": "수신 동의 전문 이미지", "email": "결과를 받을 이메일"}
    return [PREREQUISITES[one][0] if one in PREREQUISITES else STATEMENTS.get(one) or others[one] for one in ids]
