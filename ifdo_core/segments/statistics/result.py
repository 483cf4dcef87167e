"""The statistics as a result: a tidy frame, figures whose titles say what was found, and sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ifdo_core.catalogue.aspects import ASPECTS
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.segments.model import Segment
from ifdo_core.segments.reasons import Reason

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Columns of ``frame()``. ``tied``: a condition of the segment decides it; ``notable``: worth a sentence.
COLUMNS = (
    "dimension", "value", "label", "visits", "visits_all", "share", "share_all", "lift", "low", "high", "p", "q",
    "tied", "notable",
)  # fmt: skip
FEW_VISITS = 100
MOST_SAID = 5


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS))


@dataclass(frozen=True)
class Statistics:
    """Shares are fractions of the visits of the segment (``share``) and of all visits (``share_all``); ``lift`` is
    their ratio with its 95 % interval ``low`` … ``high``; ``q`` is ``p`` corrected for all values looked at, null
    where nothing was tested. Of dimensions ``of_known`` shares are of the visits whose value is known.
    With a ``reason`` there is no number."""

    segment: Segment
    now: datetime
    timezone: str
    visits: int | None = None
    visits_all: int | None = None
    visitors: int | None = None
    visitors_all: int | None = None
    rows: pd.DataFrame = field(default_factory=_empty, repr=False)
    reason: Reason | None = None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Ids of the dimensions that have values, in the catalogue's order."""
        present = set(self.rows["dimension"])
        return tuple(name for name in ASPECTS if name in present)

    def frame(self, dimension: str | None = None) -> pd.DataFrame:
        """One row a value, of all dimensions or of one; the most frequent first."""
        if dimension is None:
            return self.rows
        return self.rows[self.rows["dimension"] == dimension].reset_index(drop=True)

    def differences(self, dimension: str | None = None) -> pd.DataFrame:
        """The rows worth a sentence, the weightiest first: much more or less often, and for many visits."""
        rows = self.frame(dimension)
        rows = rows[rows["notable"].astype(bool)]
        logs = np.abs(np.log(rows["lift"].clip(lower=0.05).astype(float).to_numpy()))
        weight = (rows["share"] - rows["share_all"]).abs().to_numpy() * logs
        return rows.iloc[np.argsort(-weight, kind="stable")].reset_index(drop=True)

    def title(self, dimension: str) -> str:
        """What was found in one dimension, short enough for a heading."""
        found = self.differences(dimension)
        name = ASPECTS[dimension].label()
        if self.frame(dimension)["tied"].any():
            return translate("{name}: 세그먼트의 조건이 정한 값이에요").format(name=name)
        if found.empty:
            return translate("{name}: 전체 방문과 뚜렷한 차이가 없어요").format(name=name)
        row: Any = found.iloc[0]
        text = (
            "{name}: ‘{label}’ 비율이 전체의 {lift}배로 높아요"
            if row.lift > 1
            else "{name}: ‘{label}’ 비율이 전체의 {lift}배로 낮아요"
        )
        return translate(text).format(name=name, label=row.label, lift=_lift(row.lift))

    def insight(self, dimension: str | None = None) -> str:
        """The differences that matter, in sentences; the weightiest of each dimension when all are asked for."""
        if self.reason is not None:
            return self.reason.text()
        if not self.visits:
            return translate("이 기간에 맞는 방문이 없어 통계를 낼 수 없어요.")
        if self.visits == self.visits_all:
            return translate("모든 방문이 맞아 비교할 나머지가 없어요.")
        found = self.differences(dimension)
        if dimension is None:
            found = found.drop_duplicates("dimension")
        told = [_sentence(row) for row in found.head(MOST_SAID).itertuples()]
        if not told:
            told = [translate("전체 방문과 뚜렷하게 다른 점을 찾지 못했어요.")]
        if self.visits < FEW_VISITS:
            told.append(
                translate("방문이 {visits}뿐이라 큰 차이만 알 수 있어요.").format(visits=count_text(self.visits, "건"))
            )
        return "\n".join(told)

    def figure(self, dimension: str) -> go.Figure:
        """Shares of the segment beside those of all visits; hours of the week as a map of the lift."""
        from ifdo_core.segments.statistics.figures import breakdown_figure

        return breakdown_figure(self, dimension)


def _sentence(row: Any) -> str:
    facts = {
        "name": ASPECTS[row.dimension].label(),
        "label": row.label,
        "share": percent_text(row.share * 100),
        "share_all": percent_text(row.share_all * 100),
        "lift": _lift(row.lift),
        "low": _lift(row.low),
        "high": _lift(row.high),
    }
    if not row.visits:
        return translate("{name} ‘{label}’: 한 건도 없어요. 전체 방문에서는 {share_all}예요.").format(**facts)
    text = (
        "{name} ‘{label}’: 방문의 {share}로, 전체({share_all})의 {lift}배예요 (95 % 구간 {low}~{high}배)."
        if row.lift >= 1
        else "{name} ‘{label}’: 방문의 {share}뿐으로, 전체({share_all})의 {lift}배예요 (95 % 구간 {low}~{high}배)."
    )
    return translate(text).format(**facts)


def _lift(lift: float) -> str:
    return decimal_text(lift, 1 if lift >= 1.95 else 2)
