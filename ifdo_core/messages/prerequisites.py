"""The five things a channel needs for M and N: whether each holds, what shows it, and what to do where it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from ifdo_core.formats import count_text, date_text
from ifdo_core.i18n import translate
from ifdo_core.messages.working_days import korean_day

MIN_FRIENDS = 50_000
#: AlimTalk must have been sent within so many days ('within the last 3 months').
ALIMTALK_DAYS = 90
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)

#: id → (what, what to do where it is missing), Korean msgids.
PREREQUISITES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "business": (
            "비즈니스 인증을 받은 카카오톡 채널",
            "카카오톡 채널 관리자센터에서 비즈니스 채널로 전환하고 사업자등록번호를 적어 주세요.",
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


@dataclass(frozen=True)
class Details:
    """What the shop says of its channel. ``outside_080``: a refusal number of another company, '' for none;
    ``outside_released``: it was given up. ``email``: where the result goes."""

    channel: str = ""
    business_certified: bool = False
    business_number: str = ""
    friends: int = 0
    phone: str = ""
    alimtalk_on: date | None = None
    caller: str = ""
    outside_080: str = ""
    outside_released: bool = False
    email: str = ""

    def to_facts(self) -> dict[str, Any]:
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return facts | {"alimtalk_on": None if self.alimtalk_on is None else self.alimtalk_on.isoformat()}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Details:
        given = {name: facts[name] for name in cls.__dataclass_fields__ if name in facts}
        if given.get("alimtalk_on") is not None:
            given["alimtalk_on"] = date.fromisoformat(given["alimtalk_on"])
        return cls(**given)


@dataclass(frozen=True)
class Known:
    """What the workbench knows by itself. ``issued_080``: the refusal number issued by the service and not released;
    ``alimtalk_at``: the newest AlimTalk in the shop's messages; ``friends``: members who are channel friends."""

    issued_080: str = ""
    caller: str = ""
    alimtalk_at: datetime | None = None
    friends: int | None = None


@dataclass(frozen=True)
class Standing:
    """One prerequisite: whether it holds, and what shows it ('' where nothing does)."""

    id: str
    holds: bool
    evidence: str

    def name(self, language: str | None = None) -> str:
        return translate(PREREQUISITES[self.id][0], language)

    def todo(self, language: str | None = None) -> str:
        """'' where nothing is to be done."""
        return "" if self.holds else translate(PREREQUISITES[self.id][1], language)


def is_business_number(text: str) -> bool:
    """A Korean business registration number: ten digits, the last of which checks the others (National Tax Service:
    weights 1 3 7 1 3 7 1 3 5, and the tens of the ninth product)."""
    digits = text.replace("-", "").strip()
    if len(digits) != 10 or not digits.isdecimal() or not digits.isascii():
        return False
    numbers = [int(one) for one in digits]
    total = sum(n * w for n, w in zip(numbers, _BUSINESS_WEIGHTS, strict=False)) + numbers[8] * 5 // 10
    return (10 - total % 10) % 10 == numbers[9]


def is_phone(text: str) -> bool:
    """A Korean telephone number, of a representative number (1588-…) too."""
    return re.fullmatch(r"(0\d{1,3}-?\d{3,4}-?\d{4}|1\d{3}-?\d{4})", text.strip()) is not None


def is_channel(text: str) -> bool:
    """A channel's search id, which begins with @."""
    return re.fullmatch(r"@\S{1,40}", text.strip()) is not None


def is_080(text: str) -> bool:
    """'080-xxx-xxxx', '080-xxxx-xxxx', or their digits alone."""
    return re.fullmatch(r"080-?\d{3,4}-?\d{4}", text.strip()) is not None


def standings(details: Details, known: Known, now: datetime) -> tuple[Standing, ...]:
    """The five at ``now`` (naive UTC), in the order of ``PREREQUISITES``."""
    return (
        _business(details),
        _friends(details, known),
        Standing("phone", is_phone(details.phone), details.phone if is_phone(details.phone) else ""),
        _alimtalk(details, known, korean_day(now)),
        _number(details, known),
    )


def _business(details: Details) -> Standing:
    fine = details.business_certified and is_business_number(details.business_number)
    if fine:
        return Standing("business", True, translate("사업자등록번호 {number}").format(number=details.business_number))
    wrong = bool(details.business_number.strip()) and not is_business_number(details.business_number)
    return Standing("business", False, translate("사업자등록번호의 검증 숫자가 맞지 않아요.") if wrong else "")


def _friends(details: Details, known: Known) -> Standing:
    told = translate("적은 친구 수 {count}").format(count=count_text(details.friends, "명"))
    if known.friends is not None:
        told += " · " + translate("회원 데이터에서 확인한 친구 {count}").format(count=count_text(known.friends, "명"))
    return Standing("friends", details.friends >= MIN_FRIENDS, told)


def _alimtalk(details: Details, known: Known, today: date) -> Standing:
    sent = None if known.alimtalk_at is None else korean_day(known.alimtalk_at)
    told = [(day, ours) for day, ours in ((sent, True), (details.alimtalk_on, False)) if day is not None]
    if not told:
        return Standing("alimtalk", False, "")
    day, ours = max(told)
    words = "발송 기록에 {day}의 알림톡이 있어요." if ours else "{day}에 보냈다고 적었어요."
    holds = today - timedelta(days=ALIMTALK_DAYS) <= day <= today
    return Standing("alimtalk", holds, translate(words).format(day=date_text(day)))


def _number(details: Details, known: Known) -> Standing:
    if known.issued_080 and known.caller:
        words = translate("발급한 번호 {number} · 발신번호 {caller}")
        return Standing("number_080", True, words.format(number=known.issued_080, caller=known.caller))
    if details.outside_080 and not details.outside_released:
        words = translate("다른 곳의 번호 {number}는 인정되지 않아요. 해지해야 해요.")
        return Standing("number_080", False, words.format(number=details.outside_080))
    return Standing("number_080", False, "")
