"""Everything about one customer: who, what happened, how they stand, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import pandas as pd

from ifdo_core.analysis.churn import reasons_text
from ifdo_core.analysis.grades import GradeTable
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.formats import count_text, money_text, percent_text, relative_time_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.lists.masks import mask_text
from ifdo_core.person.moments import KINDS, Moment
from ifdo_core.recommend.recommender import Recommendations
from ifdo_core.segments.matching import Matching

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Window:
    """Days from now between which the next purchase is expected; negative: it was to be expected so long ago."""

    low: int
    high: int

    def text(self) -> str:
        """'3~18일 뒤', '지금부터 12일 안', '9~2일 전'."""
        if self.high < 0:
            return translate("{far}~{near}일 전이었어야 해요").format(far=-self.low, near=-self.high)
        if self.low <= 0:
            return translate("오늘부터 {days}일 안").format(days=count_text(self.high))
        return translate("{low}~{high}일 뒤").format(low=count_text(self.low), high=count_text(self.high))


@dataclass(frozen=True)
class Customer:
    """One person at ``now``.

    ``standing``: the row of ``tables.scores`` of the newest refresh by column name, empty before the first. ``state``:
    order_count, total_amount, visit_count, first and last visit and order. ``profile``: label → worded value of the
    member's row, personal data masked where ``masked``. ``moments``: what happened, the newest first.
    ``by_model`` and ``by_cycle``: when the next purchase is expected, None where nothing tells.
    """

    person: str
    now: datetime
    zone: ZoneInfo
    currency: str
    masked: bool
    state: Mapping[str, Any]
    standing: Mapping[str, Any]
    scored_at: datetime | None
    profile: Mapping[str, str]
    moments: tuple[Moment, ...]
    grades: GradeTable
    by_model: Window | None
    by_cycle: Window | None
    _recommend: Callable[[int], Recommendations | None] = field(repr=False, compare=False)
    _matching: Callable[[], Matching | None] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The member id, or of one who is no member 'v:' and the visitor's; masked where it looks personal."""
        told = self.person.removeprefix("m:")
        return str(mask_text(told)) if self.masked else told

    @property
    def is_member(self) -> bool:
        return self.person.startswith("m:")

    # --- what happened ------------------------------------------------------------------------

    def frame(self) -> pd.DataFrame:
        """The timeline, the newest first: at (naive UTC), kind, text, amount (smallest unit; null without money)."""
        rows = [(moment.at, moment.kind, self.told(moment), moment.amount) for moment in self.moments]
        frame = pd.DataFrame(rows, columns=["at", "kind", "text", "amount"])
        return frame.astype({"at": "datetime64[us]", "amount": "Int64"})

    def told(self, moment: Moment) -> str:
        """A moment in words; masked where the customer is."""
        text = moment.text(self.currency)
        return str(mask_text(text)) if self.masked else text

    def counts(self) -> dict[str, int]:
        """Kind → how many moments, in the order of screens; kinds of which there are none are left out."""
        told = {kind: sum(moment.kind == kind for moment in self.moments) for kind in KINDS}
        return {kind: count for kind, count in told.items() if count}

    # --- how they stand -----------------------------------------------------------------------

    def grade(self) -> str:
        """The RFM grade in the current language; '' without one."""
        name = self.standing.get("rfm_grade")
        return self.grades.label(str(name)) if name else ""

    def word(self, condition: str) -> str:
        """The worded value of a condition of the analysis; '' where it is unknown."""
        value = self.standing.get(condition.removeprefix("analysis."))
        if value is None:
            return ""
        words = CONDITIONS[condition].values.get(str(value))
        return str(value) if words is None else words[current_language() != "ko"]

    def reasons(self) -> str:
        """Why the customer may buy no more; '' where nothing stands out."""
        codes, cycle = self.standing.get("churn_reasons"), self.standing.get("cycle_ratio")
        days = self.standing.get("days_since_last")
        return reasons_text(codes, days or 0, float("nan") if cycle is None else cycle) if codes else ""

    def value_text(self) -> str:
        """'12만 원 (3만~31만 원)'; '' without a forecast."""
        told = self.standing
        if told.get("predicted_value") is None:
            return ""
        expected = money_text(told["predicted_value"], self.currency)
        low, high = told.get("predicted_value_low"), told.get("predicted_value_high")
        if low is None or high is None:
            return expected
        return f"{expected} ({money_text(low, self.currency)}~{money_text(high, self.currency)})"

    # --- what to do ---------------------------------------------------------------------------

    def recommend(self, k: int = 5) -> Recommendations | None:
        """Products for this person; None where the shop's data give none."""
        return self._recommend(k)

    def matching(self) -> Matching | None:
        """Which saved segments this person is in; None for who has neither visits nor a member id."""
        return self._matching()

    # --- words and pictures -------------------------------------------------------------------

    def insight(self) -> str:
        """Who it is, what is to be expected, and what stands out."""
        state, told = self.state, self.standing
        if not state["order_count"]:
            text = translate("아직 산 적이 없어요. 방문은 {visits}이고 마지막은 {when}이에요.")
            last = state["last_visit_at"]
            if last is None:
                return translate("아직 산 적도 방문한 적도 없어요.")
            visits = count_text(state["visit_count"], "회")
            return text.format(visits=visits, when=relative_time_text(last, self.now))
        parts = [
            translate("지금까지 {orders}, {amount}을 샀고 마지막 구매는 {when}이에요.").format(
                orders=count_text(state["order_count"], "회"),
                amount=money_text(state["total_amount"], self.currency),
                when=relative_time_text(state["last_order_at"], self.now),
            )
        ]
        if not told:
            parts.append(translate("고객 분석이 아직 돌지 않아 등급과 예측이 없어요."))
            return " ".join(parts)
        if self.value_text():
            parts.append(translate("앞으로 365일 동안 기대하는 구매는 {value}이에요.").format(value=self.value_text()))
        if told.get("silence_probability") is not None:
            risk = translate("다음 분기에 사지 않을 확률은 {share}({level})이에요.").format(
                share=percent_text(told["silence_probability"], 0), level=self.word("analysis.churn_risk")
            )
            parts.append(risk)
            if self.reasons():
                parts.append(self.reasons() + ".")
        return " ".join(parts)

    def figure(self, kind: Literal["history", "grades"] = "history") -> go.Figure:
        """Purchases with visits and messages under them; or the grade over time."""
        from ifdo_core.person.figures import grades_figure, history_figure

        return grades_figure(self) if kind == "grades" else history_figure(self)
