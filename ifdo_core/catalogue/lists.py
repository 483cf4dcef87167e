"""The columns that lists can show, as data: name, wording, kind, and the mask where a column is personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ifdo_core.i18n import current_language

#: 'text' as it is; 'choice' has wording (``words``: a list of ``lookups.wording``); 'count', 'number', 'money', 'time'
#: (UTC, shown in the shop's zone), 'date', 'flag'.
Kind = Literal["text", "choice", "count", "number", "money", "time", "date", "flag"]
What = Literal["visits", "visitors", "members"]


@dataclass(frozen=True)
class ListColumn:
    """A column of a list. ``of``: 'row' for the list's own, 'member' for a column of the member's row."""

    name: str
    ko: str
    en: str
    kind: Kind = "text"
    words: str = ""
    mask: str = ""  # name of a mask of its own; every text passes 'text'
    of: Literal["row", "member"] = "row"
    usual: bool = True  # shown unless other columns are chosen

    @property
    def is_personal(self) -> bool:
        return bool(self.mask)

    def label(self, language: str | None = None) -> str:
        return self.ko if (language or current_language()) == "ko" else self.en


_MEMBER = (
    ListColumn("grade", "등급", "Grade", of="member"),
    ListColumn("gender", "성별", "Gender", "choice", words="gender", of="member"),
    ListColumn("birthday", "생년월일", "Birthday", "date", mask="birthday", of="member"),
    ListColumn("phone", "전화번호", "Phone", mask="phone", of="member"),
    ListColumn("email", "이메일", "E-mail", mask="email", of="member"),
    ListColumn("marketing_consent", "마케팅 수신 동의", "Marketing consent", "flag", of="member"),
    ListColumn("channel_friend", "채널 친구", "Channel friend", "flag", of="member"),
    ListColumn("region", "지역", "Region", "choice", words="region", of="member", usual=False),
    ListColumn("joined_at", "가입 일시", "Joined", "time", of="member", usual=False),
    ListColumn("points", "적립금", "Points", "count", of="member", usual=False),
    ListColumn("signup_channel", "가입 경로", "Sign-up channel", "choice", "signup_channel", of="member", usual=False),
    ListColumn("last_login_at", "마지막 로그인", "Last login", "time", of="member", usual=False),
)
_SOME_MEMBER = tuple(column for column in _MEMBER if column.name in ("grade", "gender", "phone", "email"))

VISITS = (
    ListColumn("started_at", "방문 시작", "Started", "time"),
    ListColumn("visitor_id", "방문자", "Visitor"),
    ListColumn("member_id", "회원 ID", "Member ID"),
    ListColumn("visit_number", "방문 횟수", "Visit number", "count"),
    ListColumn("channel", "채널", "Channel", "choice", words="channel"),
    ListColumn("source", "유입 소스", "Source"),
    ListColumn("campaign", "캠페인", "Campaign"),
    ListColumn("pages", "페이지뷰", "Pages", "count"),
    ListColumn("cart_amount", "장바구니 금액", "Cart amount", "money"),
    ListColumn("order_amount", "이 방문의 구매 금액", "Bought in this visit", "money"),
    ListColumn("order_count", "누적 구매 횟수", "Orders so far", "count"),
    ListColumn("device", "기기", "Device", "choice", words="device"),
    ListColumn("landing_path", "랜딩 페이지", "Landing page", usual=False),
    ListColumn("medium", "유입 매체", "Medium", usual=False),
    ListColumn("search_keyword", "검색어", "Search keyword", usual=False),
    ListColumn("duration_s", "머문 시간(초)", "Duration (s)", "number", usual=False),
    ListColumn("exit_path", "이탈 페이지", "Exit page", usual=False),
    ListColumn("furthest_step", "가장 멀리 간 단계", "Furthest step", "choice", words="step", usual=False),
    ListColumn("total_amount", "누적 구매 금액", "Amount so far", "money", usual=False),
    ListColumn("os", "운영체제", "OS", "choice", words="os", usual=False),
    ListColumn("browser", "브라우저", "Browser", "choice", words="browser", usual=False),
    ListColumn("ended_at", "방문 끝", "Ended", "time", usual=False),
    ListColumn("visit_id", "방문 ID", "Visit ID", usual=False),
    *(
        ListColumn(item.name, item.ko, item.en, item.kind, item.words, item.mask, item.of, usual=False)
        for item in _SOME_MEMBER
    ),
)
VISITORS = (
    ListColumn("visitor_id", "방문자", "Visitor"),
    ListColumn("member_id", "회원 ID", "Member ID"),
    ListColumn("visits", "조건에 맞은 방문", "Matching visits", "count"),
    ListColumn("last_visit_at", "마지막 방문", "Last visit", "time"),
    *_MEMBER,
)
MEMBERS = (
    ListColumn("member_id", "회원 ID", "Member ID"),
    ListColumn("visits", "조건에 맞은 방문", "Matching visits", "count"),
    ListColumn("last_visit_at", "마지막 방문", "Last visit", "time"),
    ListColumn("order_count", "구매 횟수", "Orders", "count"),
    ListColumn("total_amount", "구매 금액", "Amount", "money"),
    *_MEMBER,
)

#: List → its columns, in the order screens and files show them.
COLUMNS: Mapping[str, tuple[ListColumn, ...]] = MappingProxyType(
    {"visits": VISITS, "visitors": VISITORS, "members": MEMBERS}
)
#: List → the column that tells its rows apart.
KEY: Mapping[str, str] = MappingProxyType({"visits": "visit_id", "visitors": "visitor_id", "members": "member_id"})
#: Columns that a search looks into; personal ones only where nothing is masked.
SEARCHED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "visits": ("visitor_id", "member_id", "source", "campaign", "landing_path"),
        "visitors": ("visitor_id", "member_id", "grade", "phone", "email"),
        "members": ("member_id", "grade", "phone", "email"),
    }
)


def label_of(what: str, language: str | None = None) -> str:
    """'방문', '방문자', '회원'."""
    words = {"visits": ("방문", "visits"), "visitors": ("방문자", "visitors"), "members": ("회원", "members"),
             "timeline": ("고객 한 사람", "one customer"),
             "consents": ("수신 동의 기록", "ledger of consents"),
             "reminders": ("동의 사실을 알릴 회원", "members to remind of their consent"),
             "messages": ("발송 파일", "file of a sending")}  # fmt: skip
    return words[what][(language or current_language()) != "ko"]
