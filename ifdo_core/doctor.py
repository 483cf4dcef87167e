"""The state of a shop's data in plain words: what is there, what is missing, what that leaves empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.formats import count_text, time_text
from ifdo_core.i18n import translate, with_particles
from ifdo_core.marts.holdings import Holding, Holdings

#: Kind of data → (its name, what works with it), Korean msgids.
KINDS: dict[str, tuple[str, str]] = {
    "events": ("방문 이벤트", "모수, 유입·트래픽·행동 조건"),
    "orders": ("주문", "구매 조건과 고객 분석"),
    "order_items": ("주문 상품", "상품·카테고리 구매 조건과 함께 구매"),
    "products": ("상품", "카테고리·브랜드 조건"),
    "members": ("회원", "회원 조건과 브랜드 메시지 대상"),
    "messages": ("메시지 발송", "메시지 조건과 발송 결과"),
}

#: What its rows are counted in, a Korean counter; '건' where nothing is said.
_COUNTERS: dict[str, str] = {"products": "개", "members": "명"}

#: What to do about a missing kind of data where it is not a file alone.
_HINTS: dict[str, str] = {
    "messages": "메시지를 보내면 쌓여요. 다른 곳에서 보낸 기록은 설정 › 데이터에서 올려 주세요.",
}


@dataclass(frozen=True)
class Finding:
    """One kind of data. ``state``: 'ok', 'young', 'missing'; ``text`` says it, ``hint`` what to do."""

    table: str
    rows: int
    first: datetime | None
    last: datetime | None
    state: str
    text: str
    hint: str
    conditions: int  # how many conditions of the catalogue need it

    @property
    def counted(self) -> str:
        """'1,107명': how much there is, in what it is counted in."""
        return count_text(self.rows, _COUNTERS.get(self.table, "건"))


@dataclass(frozen=True)
class Doctor:
    """``frame()``: one row a kind of data; ``insight()``: all of it in words; ``screens``: what is empty and why."""

    findings: tuple[Finding, ...]
    now: datetime

    @property
    def healthy(self) -> bool:
        return all(finding.state == "ok" for finding in self.findings)

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame([finding.__dict__ for finding in self.findings])

    def screens(self) -> dict[str, str]:
        """What does not work, with the reason."""
        return {
            translate(KINDS[finding.table][1]): finding.text for finding in self.findings if finding.state == "missing"
        }

    def insight(self) -> str:
        return "\n".join(f"{finding.text} {finding.hint}".strip() for finding in self.findings)


def examine(holdings: Holdings, now: datetime, zone: ZoneInfo) -> Doctor:
    """``now``: the moment numbers are for; times are told in the shop's ``zone``, and not as ages: seen from the newest
    event, however old, that event would have come just now."""
    return Doctor(tuple(_finding(holdings.tables[name], now, zone) for name in KINDS), now)


def _finding(holding: Holding, now: datetime, zone: ZoneInfo) -> Finding:
    name = translate(KINDS[holding.table][0])
    needing = sum(holding.table in entry.needs for entry in CONDITIONS.values())
    told = (holding.table, holding.rows, holding.first, holding.last)
    if not holding.rows:
        text = translate("{name} 데이터가 없어 조건 {needing}개를 쓸 수 없어요.").format(name=name, needing=needing)
        hint = translate(_HINTS.get(holding.table, "설정 › 데이터에서 {name} 파일을 올려 주세요.")).format(name=name)
        return Finding(*told, "missing", text, hint, needing)
    rows = count_text(holding.rows, _COUNTERS.get(holding.table, "건"))
    if holding.last is None:
        text = with_particles(translate("{name} {rows}이(가) 있어요.").format(name=name, rows=rows))
        return Finding(*told, "ok", text, "", needing)
    time = time_text(holding.last, zone)
    text = translate("{name} {rows}이(가) 있고 가장 새로운 것은 {time}이에요.").format(name=name, rows=rows, time=time)
    text = with_particles(text)
    if holding.table == "events" and holding.first is not None and now - holding.first < timedelta(days=7):
        hint = translate("모은 지 7일이 되지 않아 7일 모수는 아직 늘어나는 중이에요.")
        return Finding(*told, "young", text, hint, needing)
    return Finding(*told, "ok", text, "", needing)
