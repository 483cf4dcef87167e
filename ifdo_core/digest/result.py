"""A morning's digest as a result, and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pandas as pd

from ifdo_core.analysis.customers import shown_name
from ifdo_core.formats import count_text, day_text, money_text, percent_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.insights import Insight, Insights
from ifdo_core.segments.link import pack
from ifdo_core.segments.model import Segment
from ifdo_core.segments.wording import sentence

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Among the numbers of the whole shop, those that a morning asks for, in their order.
SHOWN = ("amount", "orders", "visits", "joins", "conversion")


@dataclass(frozen=True)
class Digest:
    """``insights`` of one day; ``at_risk``: person, customer (masked), total_amount, reasons. ``base_url``: where the
    app is reached, '' for no links."""

    insights: Insights
    at_risk: pd.DataFrame = field(repr=False)
    now: datetime
    shop: str
    currency: str
    zone: ZoneInfo
    base_url: str

    def numbers(self) -> list[Insight]:
        """The shop's own numbers of the day, with what was to be expected."""
        found = {item.watch.id: item for item in self.insights.numbers}
        return [found[name] for name in SHOWN if name in found]

    def title(self) -> str:
        """'11월 23일 (월) 달라진 것 3가지'."""
        count = len(self.insights.items)
        form = translate("{day} 달라진 것 {count}가지") if count else translate("{day} 달라진 것이 없어요")
        return form.format(day=day_text(self.insights.day), count=count)

    def subject(self) -> str:
        """Of the e-mail: the shop and the title."""
        return " ".join(f"{self.shop} · {self.title()}".removeprefix(" · ").split())

    # --- links ----------------------------------------------------------------------------------

    def link(self, page: str, **asked: str) -> str:
        """The address of a page of the app; '' without ``base_url``."""
        if not self.base_url:
            return ""
        told = {**asked, **({} if current_language() == "ko" else {"lang": current_language()})}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items() if value)
        return f"{self.base_url}/{page}" + (f"?{query}" if query else "")

    def links(self, item: Insight) -> list[tuple[str, str]]:
        """(what, address): the segment, a message to it, the report; only those with an address."""
        segment = item.segment()
        found: list[tuple[str, str]] = []
        if segment is not None:
            found.append((translate("세그먼트 만들기"), self.link("segments", segment=pack(segment))))
            found.append((translate("메시지 쓰기"), self.link("messages", segment=pack(segment))))
        if item.watch.report:
            found.append((translate("리포트 보기"), self.link("reports", report=item.watch.report)))
        return [(what, address) for what, address in found if address]

    def who(self, segment: Segment) -> str:
        """The segment of an insight in words."""
        return sentence(segment, current_language(), currency=self.currency)

    # --- a result ---------------------------------------------------------------------------------

    def frame(self) -> pd.DataFrame:
        """One row an insight, as ``Insights.frame``."""
        return self.insights.frame()

    def figure(self) -> go.Figure:
        """The picture of the largest insight."""
        return self.insights.figure()

    def insight(self) -> str:
        return self.insights.insight()

    def number_line(self, item: Insight) -> str:
        """'평소 범위 안 (1,104~1,304건)', '평소(1,104~1,304건)보다 40 % 적음'."""
        verdict = item.verdict
        facts = {
            "low": item.number(verdict.low),
            "high": item.number(verdict.high),
            "change": percent_text(abs(100 * item.change), 0),
        }
        if verdict.low <= verdict.actual <= verdict.high:
            return translate("평소 범위 안 ({low}~{high})").format(**facts)
        if item.rose:
            return translate("평소({low}~{high})보다 {change} 많음").format(**facts)
        return translate("평소({low}~{high})보다 {change} 적음").format(**facts)

    def text(self) -> str:
        """The whole digest as plain text, for an e-mail that shows no HTML."""
        lines = [self.title(), ""]
        lines += [
            f"{item.name()} {item.number(item.verdict.actual)} ({self.number_line(item)})" for item in self.numbers()
        ]
        if not self.insights.items:
            lines += ["", self.insights.insight()]
        for item in self.insights.items:
            lines += ["", item.text()]
            segment = item.segment()
            if segment is not None:
                lines.append(translate("대상: {who}").format(who=self.who(segment)))
            lines += [f"{what}: {address}" for what, address in self.links(item)]
        if len(self.at_risk):
            lines += ["", translate("많이 샀는데 멀어지는 고객")]
            for row in self.at_risk.to_dict("records"):
                lines.append(f"- {self.risk_line(row['customer'], int(row['total_amount']), row['reasons'])}")
        return "\n".join(lines) + "\n"

    def risk_line(self, customer: str, amount: int, reasons: str) -> str:
        told = [shown_name(str(customer)), money_text(amount, self.currency), str(reasons)]
        return " · ".join(part for part in told if part)

    def html(self, *, pictures: bool = True) -> str:
        """A page that needs nothing beside itself. ``pictures``: inline drawings, which e-mail programs take out."""
        from ifdo_core.digest.page import page

        return page(self, pictures=pictures)

    def watched(self) -> str:
        """How many numbers were looked at, and how sure a find is."""
        return translate("숫자 {count}를 지켜보고, 우연일 수 있는 것은 뺐어요(거짓 발견 5 % 이하).").format(
            count=count_text(self.insights.watched, "개")
        )
