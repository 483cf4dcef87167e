"""What is to be sent, to whom, when and with which experiment; checked when it is kept and again when it begins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ifdo_core.errors import MessageError, NotAllowed
from ifdo_core.formats import count_text, duration_text, money_text, time_text
from ifdo_core.i18n import translate
from ifdo_core.messages.check import check
from ifdo_core.messages.dealers import REFUSES
from ifdo_core.messages.fields import text_fields
from ifdo_core.messages.images import ImageFacts
from ifdo_core.messages.limits import limits
from ifdo_core.messages.links import ADDED
from ifdo_core.messages.model import Message
from ifdo_core.messages.reach import Reach
from ifdo_core.messages.rules import can_send_at, cost_won, ensure_may_use, next_time
from ifdo_core.messages.targeting import TARGETINGS, Limits
from ifdo_core.segments.model import Segment

if TYPE_CHECKING:
    from ifdo_core.messages.door import Messages

#: A plan for a moment that is only just past is for now.
_GRACE = timedelta(minutes=5)
MAX_NAME, MAX_HOLDOUT, MAX_VARIANTS = 100, 0.5, 4
DRY_RUN = "dry_run"
#: Messages a second of a dealer, for the time that a rehearsal would take in earnest (Bizgo: 200).
TYPICAL_RATE = 200.0


@dataclass(frozen=True)
class Variant:
    """One message of an A/B test, with its share of those who get any (weights need not add up to 1)."""

    name: str
    message: Message
    weight: float = 1.0


@dataclass(frozen=True)
class Plan:
    """A sending by its ``name``, the same for ever. ``at``: when (naive UTC).

    ``experiment``: what hold-out and variants are drawn by, so that a rehearsal draws as the sending itself does;
    ``holdout``: share of the reached who get nothing. ``cap`` brand messages in ``cap_days`` a member at most.
    ``window_h``: hours after sending in which an order counts. ``dealer``: 'dry_run' sends nothing.
    """

    name: str
    variants: tuple[Variant, ...]
    at: datetime
    segment: Segment | None = None
    targeting: str = "I"
    experiment: str = ""
    holdout: float = 0.0
    cap: int | None = 1
    cap_days: int = 1
    window_h: int = 72
    dealer: str = DRY_RUN
    manual: bool = True

    @property
    def message(self) -> Message:
        """The first variant's."""
        return self.variants[0].message

    @property
    def drawn_by(self) -> str:
        return self.experiment or self.name

    @property
    def weights(self) -> tuple[tuple[str, float], ...]:
        return tuple((one.name, one.weight) for one in self.variants)

    @property
    def limits(self) -> Limits:
        """For the reach: columns that any variant needs are needed of everybody, so that arms stay alike."""
        from ifdo_core.messages.render import needed_columns

        needed = dict.fromkeys(name for one in self.variants for name in needed_columns(one.message))
        return Limits(self.cap, self.cap_days, self.drawn_by, self.holdout, tuple(needed))

    def rehearsal(self, name: str, at: datetime) -> Plan:
        """The same for a dry run, under a name of its own."""
        return replace(self, name=name, at=at, experiment=self.drawn_by, dealer=DRY_RUN)

    def to_json(self) -> str:
        facts = {
            "name": self.name,
            "variants": [
                {"name": one.name, "weight": one.weight, "message": one.message.to_dict()} for one in self.variants
            ],
            "at": self.at.isoformat(),
            "segment": None if self.segment is None else self.segment.to_dict(),
            **{name: getattr(self, name) for name in _PLAIN},
        }
        return json.dumps(facts, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        facts: Mapping[str, Any] = json.loads(text)
        variants = tuple(
            Variant(one["name"], Message.from_dict(one["message"]), one["weight"]) for one in facts["variants"]
        )
        segment = None if facts["segment"] is None else Segment.from_dict(facts["segment"])
        plain = {name: facts[name] for name in _PLAIN}
        return cls(facts["name"], variants, datetime.fromisoformat(facts["at"]), segment, **plain)


_PLAIN = ("targeting", "experiment", "holdout", "cap", "cap_days", "window_h", "dealer", "manual")


@dataclass(frozen=True)
class Estimate:
    """What a plan would do. ``count``: messages; ``held_out``: members who get nothing; ``seconds``: at the dealer's
    rate; ``late``: whether it may run into the hours in which nothing may be sent."""

    plan: Plan
    reach: Reach
    count: int
    held_out: int
    cost: int
    seconds: float
    late: bool

    def insight(self) -> str:
        told = translate("{count}에게 보내고 비용은 {cost}예요. 약 {time} 걸려요.").format(
            count=count_text(self.count, "명"), cost=money_text(self.cost), time=duration_text(max(self.seconds, 1))
        )
        if self.held_out:
            more = translate("{held}은 효과를 재려고 보내지 않아요.")
            told += " " + more.format(held=count_text(self.held_out, "명"))
        if self.late:
            told += " " + translate("보낼 수 있는 시간 안에 다 보내지 못하면 다음 날 아침에 이어서 보내요.")
        return told


def ensure_sendable(
    plan: Plan, now: datetime, *, approved: bool, images: Mapping[str, ImageFacts | None] | None = None
) -> None:
    """Raises NotAllowed or MessageError for the first thing that keeps the plan from being kept. ``images``: facts of
    the uploaded images by address, as ``check`` takes them."""
    if plan.targeting not in TARGETINGS:
        raise MessageError("unknown_targeting", "모르는 타깃팅이에요: {targeting}.", "M, N, I 가운데 골라 주세요.",
                           targeting=plan.targeting)  # fmt: skip
    ensure_may_use(plan.targeting, manual=plan.manual, approved=approved, now=now)
    if not plan.name.strip() or len(plan.name) > MAX_NAME:
        raise MessageError("campaign_name", "발송 이름이 비었거나 {limit}자를 넘어요.", "짧은 이름을 적어 주세요.",
                           limit=MAX_NAME)  # fmt: skip
    names = [one.name for one in plan.variants]
    if not 1 <= len(names) <= MAX_VARIANTS or len(set(names)) < len(names) or any(w <= 0 for _, w in plan.weights):
        raise MessageError(
            "variants", "A/B 안의 이름이나 비율이 잘못되었어요.", "안마다 다른 이름과 0보다 큰 비율을 주세요."
        )
    if not 0 <= plan.holdout <= MAX_HOLDOUT:
        raise MessageError("holdout_share", "대조군 비율은 0 %부터 50 %까지예요.", "비율을 고쳐 주세요.")
    for one in plan.variants:
        stops = [problem for problem in check(one.message, targeting=plan.targeting, images=images)
                 if problem.severity == "error" or problem.code in REFUSES.get(plan.dealer, ())]  # fmt: skip
        if stops:
            raise MessageError("cannot_be_sent", "보낼 수 없는 메시지예요: {first}",
                               "작성 화면에서 고친 뒤 다시 보내 주세요.", first=str(stops[0]))  # fmt: skip
        _ensure_room_for_id(one.message)
    _ensure_time(plan.at, now)


def _ensure_time(at: datetime, now: datetime) -> None:
    if at < now - _GRACE:
        raise MessageError("time_is_past", "이미 지난 시각이에요.", "앞으로의 시각을 골라 주세요.")
    horizon = timedelta(days=limits().reservation_days)
    if at > now + horizon:
        raise MessageError(
            "time_is_far", "{days}일 뒤까지만 예약할 수 있어요.", "더 가까운 날을 골라 주세요.", days=horizon.days
        )
    if not can_send_at(at):
        raise NotAllowed(
            "quiet_hours",
            "{opens}부터 {until}까지만 보낼 수 있어요.",
            "가장 이른 시각은 {next}이에요.",
            opens=f"{limits().opens:%H:%M}",
            until=f"{limits().until:%H:%M}",
            next=time_text(next_time(at), ZoneInfo(limits().zone)),
        )


def _ensure_room_for_id(message: Message) -> None:
    """The message's own id goes onto its links, which have a limit."""
    longest = limits().link_chars - ADDED
    for one in text_fields(message):
        if one.text.startswith(("http://", "https://")) and len(one.text) > longest:
            raise MessageError(
                "link_has_no_room", "주소가 {length}자예요.",
                "메시지를 알아보는 값이 붙어서 {limit}자까지 쓸 수 있어요.",
                path=one.path, length=len(one.text), limit=longest,
            )  # fmt: skip


def estimate(messages: Messages, plan: Plan, per_second: float, now: datetime) -> Estimate:
    """Counts from the data as they are at ``now``; who is reached is decided anew when it begins."""
    reach = messages.reach_all(plan.segment, limits=plan.limits, now=now)[plan.targeting]
    held = next((step.left_out for step in reach.steps if step.reason == "holdout"), 0)
    shares = sum(weight for _, weight in plan.weights)
    cost = sum(cost_won(one.message, round(reach.count * one.weight / shares)) for one in plan.variants)
    seconds = reach.count / per_second
    late = not can_send_at(plan.at + timedelta(seconds=seconds))
    return Estimate(plan, reach, reach.count, held, cost, seconds, late)
