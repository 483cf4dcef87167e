"""What changed, why it matters, what to do: the insights of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from ifdo_core.catalogue.insights import Watch
from ifdo_core.formats import count_text, date_text, day_text, money_text, percent_text
from ifdo_core.i18n import current_language, translate, with_particles
from ifdo_core.insights.daily import Series
from ifdo_core.insights.detect import Verdict
from ifdo_core.lookups import wording
from ifdo_core.segments.model import Segment

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Insight:
    """One number that was unlike itself on ``series.days[-1]``.

    ``q``: the p-value corrected for all numbers watched that day. ``effect``: about how much money a day like this
    makes or costs, in the currency's smallest unit; None where that cannot be said.
    """

    series: Series
    verdict: Verdict
    q: float
    effect: int | None
    currency: str

    @property
    def watch(self) -> Watch:
        return self.series.watch

    @property
    def day(self) -> date:
        return self.series.days[-1]

    @property
    def rose(self) -> bool:
        return self.verdict.actual > self.verdict.expected

    @property
    def change(self) -> float:
        """Against what was expected: −0.4 is 40 % less."""
        return (self.verdict.actual - self.verdict.expected) / self.verdict.expected

    def name(self) -> str:
        """'인스타그램 방문', '구매 전환율'."""
        watch, value = self.watch, self.series.value
        if value is None:
            return watch.label(current_language())
        words = wording(watch.words).get(value) if watch.words else None
        shown = (words[1] if current_language() == "en" else words[0]) if words else value
        return translate("{split} {number}").format(split=shown, number=watch.label(current_language()))

    def number(self, value: float) -> str:
        if self.watch.kind == "rate":
            return percent_text(100 * value)
        if self.watch.kind == "sum":
            return money_text(value, self.currency)
        return count_text(round(value), "명" if self.watch.source == "members" else "건")

    # --- words --------------------------------------------------------------------------------

    def what(self) -> str:
        """What changed."""
        form = (
            translate("{day} {name}이(가) 평소보다 {change} 많았어요.")
            if self.rose
            else translate("{day} {name}이(가) 평소보다 {change} 적었어요.")
        )
        text = form.format(day=day_text(self.day), name=self.name(), change=percent_text(abs(100 * self.change), 0))
        return with_particles(text)

    def evidence(self) -> str:
        """The numbers behind it."""
        return translate("평소라면 {expected}({low}~{high})인데 {actual}이에요.").format(
            expected=self.number(self.verdict.expected), low=self.number(self.verdict.low),
            high=self.number(self.verdict.high), actual=self.number(self.verdict.actual),
        )  # fmt: skip

    def why(self) -> str:
        """Why it matters: what a day like this is worth."""
        if not self.effect:
            return ""
        amount = money_text(abs(self.effect), self.currency)
        more = translate("이런 날이 하루 이어지면 매출이 약 {amount} 늘어요.")
        less = translate("이런 날이 하루 이어지면 매출이 약 {amount} 줄어요.")
        return (more if self.effect > 0 else less).format(amount=amount)

    def todo(self) -> str:
        """What to do."""
        words = self.watch.up if self.rose else self.watch.down
        return words[1] if current_language() == "en" else words[0]

    def text(self) -> str:
        return " ".join(part for part in (self.what(), self.evidence(), self.why(), self.todo()) if part)

    # --- further ------------------------------------------------------------------------------

    def segment(self) -> Segment | None:
        """Whom to speak to about it; None where nobody in particular is concerned."""
        watch, value = self.watch, self.series.value
        leaves: list[dict[str, Any]] = []
        if watch.condition and value is not None:
            leaves.append({"condition": watch.condition, "op": "in", "value": [value]})
        if watch.audience:
            condition, op, number = watch.audience
            leaf: dict[str, Any] = {"condition": condition, "op": op}
            if number is not None:
                leaf["value"] = number
            if watch.split_param and value is not None:
                leaf["params"] = {watch.split_param: value}
            leaves.append(leaf)
        if not leaves:
            return None
        return Segment.all_of(self.name(), *leaves)

    def figure(self) -> go.Figure:
        """The days before, what was expected, and the day itself."""
        from ifdo_core.insights.figures import line

        return line(self)


@dataclass(frozen=True)
class Insights:
    """The insights of ``day``, the largest effect first. ``watched``: how many numbers were looked at; 0 where there is
    too little history. ``numbers``: those of the whole shop, whether unlike themselves or not."""

    items: tuple[Insight, ...]
    day: date
    watched: int
    now: datetime
    numbers: tuple[Insight, ...] = ()

    def frame(self) -> pd.DataFrame:
        """One row an insight: watch, split, day, actual, expected, low, high, change, effect, p, q, text."""
        rows = [
            {
                "watch": item.watch.id, "split": item.series.value, "day": item.day, "actual": item.verdict.actual,
                "expected": item.verdict.expected, "low": item.verdict.low, "high": item.verdict.high,
                "change": item.change, "effect": item.effect, "p": item.verdict.p, "q": item.q, "text": item.text(),
            }
            for item in self.items
        ]  # fmt: skip
        columns = ["watch", "split", "day", "actual", "expected", "low", "high", "change", "effect", "p", "q", "text"]
        return pd.DataFrame(rows, columns=pd.Index(columns))

    def insight(self) -> str:
        """All of it in words; where nothing stands out, that."""
        if self.items:
            return "\n".join(item.text() for item in self.items)
        if not self.watched:
            return translate("변화를 알아보려면 4주 넘게 쌓인 데이터가 있어야 해요.")
        return translate("{day}에는 평소와 다른 것이 없었어요. 숫자 {watched}개를 지켜봤어요.").format(
            day=date_text(self.day), watched=self.watched
        )

    def figure(self) -> go.Figure:
        """The picture of the largest one; empty where there is none."""
        from ifdo_core.charts import dressed

        if self.items:
            return self.items[0].figure()
        import plotly.graph_objects as go

        return dressed(go.Figure(), 180)
