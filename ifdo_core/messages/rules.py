"""What law and Kakao ask around the text: label, refusal line, hours, who may use which targeting, cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ifdo_core.clock import utc_now
from ifdo_core.errors import NotAllowed
from ifdo_core.messages.kakao_words import AD, OPT_OUT_080, OPT_OUT_CHANNEL
from ifdo_core.messages.limits import limits
from ifdo_core.messages.model import Message
from ifdo_core.messages.working_days import korean_day


@dataclass(frozen=True)
class Furniture:
    """What Kakao draws around the bubble: the label before the channel's name, and how to refuse."""

    label: str
    opt_out: str


def furniture(targeting: str, number_080: str = "") -> Furniture:
    """I reaches friends, who block the channel; M and N may reach others, who need a free number."""
    if targeting == "I" or not number_080:
        return Furniture(AD, OPT_OUT_CHANNEL)
    return Furniture(AD, f"{OPT_OUT_080} {number_080}")


def can_send_at(moment: datetime, *, strict: bool = False) -> bool:
    """Whether a brand message may go out at ``moment`` (naive UTC). ``strict``: leave the slack that long runs need."""
    rules = limits()
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(rules.zone)).time()
    return rules.opens <= local < (rules.default_until if strict else rules.until)


def next_time(moment: datetime) -> datetime:
    """``moment`` itself where it may go out then, else the next opening (naive UTC)."""
    if can_send_at(moment):
        return moment
    rules = limits()
    zone = ZoneInfo(rules.zone)
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    day: date = local.date() if local.time() < rules.opens else local.date() + timedelta(days=1)
    opens = datetime.combine(day, rules.opens, zone)
    return opens.astimezone(UTC).replace(tzinfo=None)


def allowed_hours() -> tuple[time, time]:
    """From and until, by Korea's clock."""
    return limits().opens, limits().until


def may_use(targeting: str, *, manual: bool, approved: bool, now: datetime | None = None) -> NotAllowed | None:
    """Why a targeting cannot be used at ``now`` by the table of ``limits``; None where it can."""
    rule, today = limits().targetings[targeting], korean_day(now or utc_now())
    if rule.approval and not approved:
        return NotAllowed(
            "targeting_not_approved",
            "{targeting} 타깃팅은 신청이 승인된 채널만 쓸 수 있어요.",
            "채널 연동에서 M/N을 신청하거나 I로 보내 주세요.",
            targeting=targeting,
        )
    if manual and (rule.manual_from is None or today < rule.manual_from):
        return NotAllowed(
            "targeting_is_automatic",
            "{targeting} 타깃팅은 자동 메시지에만 쓸 수 있어요.",
            "직접 보낼 때는 I를 골라 주세요.",
            targeting=targeting,
        )
    return None


def ensure_may_use(targeting: str, *, manual: bool, approved: bool, now: datetime | None = None) -> None:
    """Raises NotAllowed where ``may_use`` gives a reason."""
    refused = may_use(targeting, manual=manual, approved=approved, now=now)
    if refused is not None:
        raise refused


def cost_won(message: Message, count: int) -> int:
    """What ``count`` messages cost, in won without VAT, by the price list of ``limits``."""
    return limits().types[message.type].price * count
