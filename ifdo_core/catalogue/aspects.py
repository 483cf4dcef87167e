"""What a segment is compared by with all visits: each an entry, with its wording and what decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ifdo_core.catalogue.entry import Needs
from ifdo_core.catalogue.spec import MemberFact, StateColumn, VisitColumn, VisitFact
from ifdo_core.i18n import current_language
from ifdo_core.lookups import Values, wording


@dataclass(frozen=True)
class HourOfWeek:
    """24 × weekday (0 = Monday) + hour of the visit's start, by the shop's clock: 0 … 167."""


@dataclass(frozen=True)
class InVisit:
    """Several values a visit: the products or categories of its events named ``event``; 'purchase' reads the valid
    orders placed during the visit."""

    event: Literal["view_item", "add_to_cart", "purchase"]
    of: Literal["product", "category"]


Value = VisitColumn | VisitFact | StateColumn | MemberFact | HourOfWeek | InVisit
Group = Literal["who", "whence", "what", "when"]

#: Heading → its words, in the order of screens.
GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "who": ("누가", "Who"),
        "whence": ("어디서 와서", "Where from"),
        "what": ("무엇을 보고 담고 샀나", "What they view, cart and buy"),
        "when": ("언제", "When"),
    }
)


@dataclass(frozen=True)
class Aspect:
    """``values``: wording of values that have one. ``tied``: beginnings of ids of conditions that decide this
    dimension by themselves. ``of_known``: shares are of the visits whose value is known, so that a member's grade
    does not only say again who is a member. ``ordered``: the values have an order of their own (hours, ages)."""

    id: str
    ko: str
    en: str
    group: Group
    value: Value
    values: Values = field(default_factory=lambda: MappingProxyType({}))
    tied: tuple[str, ...] = ()
    ordered: bool = False
    of_known: bool = False
    needs: tuple[Needs, ...] = ("events",)

    def label(self, language: str | None = None) -> str:
        return self.ko if (language or current_language()) == "ko" else self.en


def _values(**both: tuple[str, str]) -> Values:
    return MappingProxyType(both)


_YES_NO = _values(true=("예", "Yes"), false=("아니요", "No"))
_MEMBER_OR_NOT = _values(true=("회원", "Member"), false=("비회원", "Not a member"))
_NEW_OR_NOT = _values(true=("재방문", "Returning"), false=("첫 방문", "First visit"))
_BOUGHT = _values(true=("구매 경험 있음", "Has bought"), false=("구매 경험 없음", "Has not bought"))
_HOURS = MappingProxyType({str(hour): (f"{hour}시", f"{hour}:00") for hour in range(24)})
#: Most visits come by no campaign: that is known of them, not missing.
_CAMPAIGNS = MappingProxyType({"": ("캠페인 없음", "No campaign")})
_MEMBERS: tuple[Needs, ...] = ("events", "members")


_ENTRIES = (
    Aspect("who.member", "회원 여부", "Member or not", "who", MemberFact("is_member"), _MEMBER_OR_NOT,
              tied=("member.",)),
    Aspect("who.returning", "첫 방문·재방문", "First or returning", "who", VisitFact("is_returning"), _NEW_OR_NOT,
              tied=("traffic.visit", "traffic.is_returning", "traffic.days_since")),
    Aspect("who.bought", "구매 경험", "Bought before", "who", StateColumn("has_purchased"), _BOUGHT,
              tied=("purchase.",)),
    Aspect("who.age_group", "연령대", "Age group", "who", MemberFact("age_group"), wording("age_group"),
              tied=("member.age", "member.birth"), ordered=True, of_known=True, needs=_MEMBERS),
    Aspect("who.gender", "성별", "Gender", "who", MemberFact("gender"), wording("gender"),
              tied=("member.gender",), of_known=True, needs=_MEMBERS),
    Aspect("who.grade", "등급", "Grade", "who", MemberFact("grade"),
              tied=("member.grade",), of_known=True, needs=_MEMBERS),
    Aspect("who.region", "지역", "Region", "who", VisitColumn("region"), wording("region"),
              tied=("traffic.region",)),
    Aspect("who.consent", "마케팅 수신 동의", "Marketing consent", "who", MemberFact("marketing_consent"), _YES_NO,
              tied=("member.marketing_consent", "member.message"), of_known=True, needs=_MEMBERS),
    Aspect("whence.channel", "채널", "Channel", "whence", VisitColumn("channel"), wording("channel"),
              tied=("acquisition.",)),
    Aspect("whence.source", "유입 소스", "Source", "whence", VisitColumn("source"), tied=("acquisition.",)),
    Aspect("whence.campaign", "캠페인", "Campaign", "whence", VisitColumn("campaign"), _CAMPAIGNS,
              tied=("acquisition.",)),
    Aspect("whence.landing", "랜딩 페이지", "Landing page", "whence", VisitColumn("landing_path"),
              tied=("acquisition.landing",)),
    Aspect("whence.device", "기기", "Device", "whence", VisitColumn("device"), wording("device"),
              tied=("traffic.device", "traffic.os")),
    Aspect("what.step", "가장 멀리 간 단계", "Furthest step", "what", VisitColumn("furthest_step"),
              wording("step"), tied=("cart.", "commerce.", "purchase."), ordered=True),
    Aspect("what.viewed_category", "본 카테고리", "Categories viewed", "what", InVisit("view_item", "category"),
              tied=("commerce.", "behaviour.")),
    Aspect("what.viewed_product", "본 상품", "Products viewed", "what", InVisit("view_item", "product"),
              tied=("commerce.", "behaviour.")),
    Aspect("what.carted_category", "담은 카테고리", "Categories carted", "what",
              InVisit("add_to_cart", "category"), tied=("cart.", "commerce.")),
    Aspect("what.carted_product", "담은 상품", "Products carted", "what", InVisit("add_to_cart", "product"),
              tied=("cart.", "commerce.")),
    Aspect("what.bought_category", "산 카테고리", "Categories bought", "what", InVisit("purchase", "category"),
              tied=("purchase.", "commerce."), needs=("events", "orders", "order_items")),
    Aspect("what.bought_product", "산 상품", "Products bought", "what", InVisit("purchase", "product"),
              tied=("purchase.", "commerce."), needs=("events", "orders", "order_items")),
    Aspect("when.hour", "시간대", "Hour", "when", VisitColumn("hour"), _HOURS,
              tied=("traffic.hour", "traffic.time"), ordered=True),
    Aspect("when.weekday", "요일", "Weekday", "when", VisitFact("weekday"), wording("weekday"),
              tied=("traffic.weekday",), ordered=True),
    Aspect("when.hour_of_week", "요일과 시간대", "Weekday and hour", "when", HourOfWeek(),
              tied=("traffic.hour", "traffic.time", "traffic.weekday"), ordered=True),
)  # fmt: skip

ASPECTS: Mapping[str, Aspect] = MappingProxyType({entry.id: entry for entry in _ENTRIES})
