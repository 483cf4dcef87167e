"""메시지: what was sent to the person and what came of it (tables.messages)."""

from typing import Any

from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.factories import (
    COUNTS,
    DAY,
    DAYS,
    ORDERS,
    TIMES,
    behaviour,
    choice,
    condition,
    days,
    hours,
    over_period,
    text,
    where,
)
from ifdo_core.catalogue.spec import (
    After,
    Aggregate,
    DaysSince,
    HeldOut,
    Param,
    Ratio,
    SendsLeft,
    Source,
    Streak,
    Unanswered,
    Where,
)

_CHANNEL = choice("channel", "채널", "Channel", "message_channel")
#: Only these tell of it when a message is opened.
_TELLING = choice("channel", "채널", "Channel", "opens_channel")
_CAMPAIGN = text("campaign", "캠페인", "Campaign")
_MESSAGE = text("message", "메시지", "Message")
_REASON = text("reason", "실패 이유", "Reason")
_OF_CHANNEL = where("channel", "eq", Param("channel"))
_OF_CAMPAIGN = where("campaign", "eq", Param("campaign"))
_OF_REASON = where("failure", "eq", Param("reason"))
_ONSITE = (where("channel", "eq", "onsite"), where("content", "eq", Param("message")))
_TELLS = where("channel", "in", ("email", "push", "onsite"))
_DELIVERED = Aggregate("delivered", "count")
_RATE_DAYS = 180
_RECENT = Aggregate("delivered", "count", days=_RATE_DAYS)
_RECENT_CLICKED = Aggregate("delivered", "count", None, (where("is_clicked", "is_true"),), _RATE_DAYS)

_ATTRIBUTE: dict[str, Any] = {"as_of": "visit_end", "kind": "attribute", "needs_visit": False}
_NEVER = ("받은 적이 없으면 값 없음이에요.", "Unknown for those who never got one.")


def _counted(
    id: str,
    ko: str,
    en: str,
    source: Source,
    example: str,
    note: tuple[str, str],
    *params: ParamSpec,
    only: tuple[Where, ...] = (),
    onsite: bool = False,
) -> Condition:
    """How many of ``source`` in the period; of ``onsite`` ones those of a visitor too."""
    return behaviour(
        id, ko, en, over_period(source, "count", None, *only), example, note, *params, days(7 if onsite else 30),
        needs=("messages", "events") if onsite else ("messages",), needs_visit=onsite,
    )  # fmt: skip


CONDITIONS = (
    _counted("message.received", "메시지 수신 횟수", "Messages received", "delivered",
        "gte 1 ; channel=brand_message ; days=30",
        ("도착한 것만 세요. 접수만 되었거나 실패한 것은 세지 않아요.", "Only those that were delivered."),
        _CHANNEL, _CAMPAIGN, only=(_OF_CHANNEL, _OF_CAMPAIGN)),
    condition("message.received_campaign", "받은 캠페인", "Campaigns received", "set",
        Aggregate("delivered", "set", "campaign"), "none_of spring_sale_bm",
        ("도착한 메시지의 캠페인이에요. 받은 적이 없으면 빈 목록이라 '제외'에 들어가요.",
         "Campaigns of delivered messages; empty, not unknown, for those who never got one."),
        needs=("messages",), **_ATTRIBUTE),
    _counted("message.opened", "메시지 열람 횟수", "Messages opened", "opened", "eq 0 ; channel=email ; days=180",
        ("열람을 알려 주는 채널(이메일, 앱 푸시, 사이트 메시지)만 세요. 브랜드 메시지는 알 수 없어요.",
         "Only of channels that tell of it: e-mail, app push, on-site messages. Brand messages do not."),
        _TELLING, _CAMPAIGN, only=(_TELLS, _OF_CHANNEL, _OF_CAMPAIGN)),
    _counted("message.clicked", "메시지 클릭 횟수", "Messages clicked", "clicked",
        "gte 1 ; campaign=spring_sale_bm ; days=30",
        ("메시지마다 처음 누른 때로 한 번만 세요.", "Each message counts once, by its first click."),
        _CHANNEL, _CAMPAIGN, only=(_OF_CHANNEL, _OF_CAMPAIGN)),
    behaviour("message.received_not_clicked", "받고 클릭하지 않음", "Received but not clicked",
        Unanswered(over_period("delivered", "count", None, _OF_CHANNEL, _OF_CAMPAIGN), Param("after_h")),
        "gte 1 ; campaign=spring_sale_bm ; after_h=48 ; days=14",
        ("도착하고 이 시간이 다 지나도록 누르지 않은 메시지 수예요. 아직 지나지 않은 것은 세지 않아요.",
         "Delivered messages whose hours are wholly over without a click."),
        _CHANNEL, _CAMPAIGN, hours("after_h", "기다리는 시간", "After", 48), days(14), needs=("messages",),
        needs_visit=False),
    behaviour("message.bought_after", "메시지 후 구매수", "Orders after a message",
        After(over_period("orders", "distinct", "order_id"), Aggregate("delivered", "count", None,
              (_OF_CHANNEL, _OF_CAMPAIGN)), Param("within_h")),
        "gte 1 ; within_h=72 ; days=30",
        ("메시지가 도착하고 이 시간 안에 한 유효한 주문 수예요. 메시지 때문에 샀다는 뜻은 아니에요.",
         "Valid orders within so many hours after a delivered message; it does not say the message caused them."),
        _CHANNEL, _CAMPAIGN, hours("within_h", "이 시간 안에", "Within", 72), days(30), needs=("messages", "orders"),
        unit=ORDERS, needs_visit=False),
    condition("message.days_since_last", "마지막 메시지 후 경과일", "Days since last message", "integer",
        DaysSince(Aggregate("sent", "count")), "gte 3",
        ("보낸 때부터예요. 실패한 것은 세지 않아요. " + _NEVER[0], "From sending; failures do not count. " + _NEVER[1]),
        needs=("messages",), unit=DAY, quick=DAYS, **_ATTRIBUTE),
    condition("message.days_since_click", "마지막 메시지 클릭 후 경과일", "Days since last message click", "integer",
        DaysSince(Aggregate("clicked", "count")), "gte 90",
        ("누른 적이 없으면 값 없음이에요.", "Unknown for those who never clicked."),
        needs=("messages",), unit=DAY, quick=DAYS, **_ATTRIBUTE),
    condition("message.unresponsive_streak", "연속 무반응 메시지 수", "Messages in a row without response", "integer",
        Streak(_DELIVERED), "gte 5",
        ("가장 최근부터 거슬러, 누르거나 열지 않은 메시지가 이어진 수예요. " + _NEVER[0],
         "Delivered messages since the last one that was clicked or opened. " + _NEVER[1]),
        needs=("messages",), unit=TIMES, quick=(3, 5, 10), **_ATTRIBUTE),
    _counted("message.failed", "발송 실패 횟수", "Failed sends", "failed", "gte 1 ; days=30",
        ("발송 업체가 실패라고 알려 준 것이에요. 이유를 고르면 그것만 세요.",
         "Those the dealer told to have failed, of one reason where it is given."),
        _CHANNEL, _REASON, only=(_OF_CHANNEL, _OF_REASON)),
    condition("message.last_channel", "마지막 메시지 채널", "Channel of last message", "category",
        Aggregate("sent", "latest", "channel"), "in alimtalk",
        ("가장 최근에 보낸 메시지의 채널이에요. " + _NEVER[0], "Of the message sent last. " + _NEVER[1]),
        needs=("messages",), values="message_channel", **_ATTRIBUTE),
    _counted("message.onsite_shown", "사이트 메시지 노출 횟수", "On-site messages shown", "sent",
        "lt 3 ; message=popup_new ; days=7",
        ("사이트에서 보여 준 팝업과 배너예요.", "Pop-ups and banners shown on the site."), _MESSAGE, only=_ONSITE,
        onsite=True),
    _counted("message.onsite_clicked", "사이트 메시지 클릭 횟수", "On-site messages clicked", "clicked",
        "gte 1 ; message=popup_new ; days=7",
        ("보여 준 것을 누른 수예요.", "Those shown that were clicked."), _MESSAGE, only=_ONSITE, onsite=True),
    _counted("message.onsite_closed", "사이트 메시지 닫기 횟수", "On-site messages closed", "closed",
        "gte 2 ; days=7",
        ("보여 준 것을 닫은 수예요.", "Those shown that were closed."), _MESSAGE, only=_ONSITE, onsite=True),
    condition("message.in_holdout", "대조군 여부", "In a hold-out group", "boolean", HeldOut(Param("campaign")),
        "is_false ; campaign=spring_sale_bm",
        ("효과를 재려고 일부러 보내지 않은 회원이에요. 캠페인을 고르지 않으면 어느 것이든 하나예요.",
         "Members who deliberately got nothing, of one campaign where it is given."),
        needs=("messages",), as_of="now", kind="standing", params=(_CAMPAIGN,), needs_visit=False),
    condition("message.variant", "A/B 안", "A/B variant seen", "category",
        Aggregate("delivered", "latest", "variant", (where("variant", "is_known"), _OF_CAMPAIGN)),
        "in B ; campaign=spring_sale_bm",
        ("마지막으로 받은 안이에요. 받은 적이 없으면 값 없음이에요.", "The one received last; unknown without any."),
        needs=("messages",), params=(_CAMPAIGN,), **_ATTRIBUTE),
    condition("message.frequency_cap_left", "남은 발송 가능 횟수", "Sends left under the cap", "integer",
        SendsLeft(Param("days")), "gte 1 ; days=7",
        ("쇼핑몰 설정의 최대 횟수에서 이 기간에 보낸 브랜드 메시지 수를 뺀 것이에요.",
         "The cap in the shop's settings less the brand messages sent in the period."),
        needs=("messages",), as_of="now", kind="standing", params=(days(7),), unit=TIMES, quick=COUNTS,
        needs_visit=False),
    condition("message.response_rate", "메시지 반응률", "Click rate of the member", "percent",
        Ratio(_RECENT_CLICKED, _RECENT, 100), "gte 20",
        ("최근 180일에 도착한 메시지 가운데 누른 비율이에요. 도착한 것이 없으면 값 없음이에요.",
         "Clicked of delivered over 180 days; unknown with none delivered."),
        needs=("messages",), quick=(5, 10, 20), **_ATTRIBUTE),
)  # fmt: skip
