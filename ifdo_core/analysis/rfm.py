"""Recency, frequency and monetary value of each customer, scores and grades (semantics.md, 'RFM')."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from ifdo_core.analysis.customers import customer_of, recency_query, visitors_query
from ifdo_core.analysis.grades import GradeTable
from ifdo_core.analysis.scheme import Scheme
from ifdo_core.analysis.scores import by_limits, quintiles
from ifdo_core.engines import Engine
from ifdo_core.formats import count_text, money_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.marts import MartTables
from ifdo_core.segments.model import Segment

if TYPE_CHECKING:
    import plotly.graph_objects as go

Who = Literal["buyers", "visitors"]
#: What the columns r, f and m were made from.
MEASURES = (("r", "recency"), ("f", "frequency"), ("m", "monetary"))


@dataclass(frozen=True)
class Rfm:
    """``now``: the moment it is for, naive UTC. ``rows``: person, recency, frequency, monetary, r, f, m, grade.

    ``who`` 'visitors': persons who never bought, with visits as frequency and pages seen as monetary.
    """

    rows: pd.DataFrame
    now: datetime
    scheme: Scheme
    currency: str
    who: Who = "buyers"

    @property
    def table(self) -> GradeTable:
        return self.scheme.grades if self.who == "buyers" else self.scheme.visitor_grades

    def frame(self) -> pd.DataFrame:
        """One row a customer: customer, recency (days), frequency, monetary (smallest unit), r, f, m, grade, person."""
        rows = self.rows
        out = rows[["recency", "frequency", "monetary", "r", "f", "m"]].copy()
        out.insert(0, "customer", customer_of(rows["person"]))
        out["grade"] = rows["grade"].astype(str)
        out["person"] = rows["person"].astype(str)
        return out.reset_index(drop=True)

    def grades(self) -> pd.DataFrame:
        """One row a grade, the best first, those without customers included: grade, label, means, todo, customers,
        share (%), amount, amount_share (%), recency, frequency (averages; null without customers)."""
        by = self.rows.groupby("grade", observed=False)
        counted = by.agg(
            customers=("person", "size"), amount=("monetary", "sum"),
            recency=("recency", "mean"), frequency=("frequency", "mean"),
        )  # fmt: skip
        held = counted.reindex([grade.ko for grade in self.table.grades])
        customers, amount = held["customers"].fillna(0).astype(int), held["amount"].fillna(0).astype(int)
        return pd.DataFrame(
            {
                "grade": [grade.ko for grade in self.table.grades],
                "label": [grade.label() for grade in self.table.grades],
                "means": [grade.meaning() for grade in self.table.grades],
                "todo": [grade.advice() for grade in self.table.grades],
                "customers": customers.to_numpy(),
                "share": _percent(customers),
                "amount": amount.to_numpy(),
                "amount_share": _percent(amount.clip(lower=0)),
                "recency": held["recency"].to_numpy(),
                "frequency": held["frequency"].to_numpy(),
            }
        )

    def grid(self) -> pd.DataFrame:
        """One row a cell of recency × frequency scores: r, f, customers, share (%), monetary (average; null if none),
        grade (the one most of the cell's customers have)."""
        every = pd.MultiIndex.from_product([range(1, 6), range(1, 6)], names=["r", "f"])
        by = self.rows.groupby(["r", "f"])
        out = by.agg(customers=("person", "size"), monetary=("monetary", "mean")).reindex(every)
        out["customers"] = out["customers"].fillna(0).astype(int)
        out["share"] = _percent(out["customers"])
        grades = self.rows.groupby(["r", "f", "grade"], observed=True).size().reset_index(name="n")
        first = grades.sort_values("n", ascending=False).drop_duplicates(["r", "f"]).set_index(["r", "f"])
        out["grade"] = first["grade"].astype(str).reindex(every)
        return out.reset_index()

    def cell_segment(self, row: int) -> Segment | None:
        """The customers of a row of ``grid()``; of visitors those alike. None where there is nobody."""
        r, f = (int(score) for score in self.grid()[["r", "f"]].iloc[row])
        name = f"R{r} F{f}"
        if self.who == "visitors":
            return self._alike(name, self.rows[(self.rows["r"] == r) & (self.rows["f"] == f)])
        scores = (("r_score", r), ("f_score", f))
        return Segment.all_of(
            name, *({"condition": f"analysis.{what}", "op": "eq", "value": score} for what, score in scores)
        )

    def grade_segment(self, row: int) -> Segment | None:
        """The customers of a row of ``grades()``; of visitors those alike. None where there is nobody."""
        grade, label = (str(told) for told in self.grades()[["grade", "label"]].iloc[row])
        if self.who == "visitors":
            return self._alike(label, self.rows[self.rows["grade"].astype(str) == grade])
        return Segment.all_of(label, {"condition": "analysis.rfm_grade", "op": "in", "value": [grade]})

    def _alike(self, name: str, rows: pd.DataFrame) -> Segment | None:
        """Who never bought and came as often and when ``rows`` did: no condition knows the scores of visitors."""
        if rows.empty:
            return None
        visits = [int(rows["frequency"].min()), int(rows["frequency"].max())]
        days = [
            (self.now - timedelta(days=int(ago))).date() for ago in (rows["recency"].max() + 1, rows["recency"].min())
        ]
        return Segment.all_of(
            name,
            {"condition": "purchase.has_purchased", "op": "is_false"},
            {"condition": "traffic.total_visits", "op": "between", "value": visits},
            {"condition": "traffic.date", "op": "between", "value": [day.isoformat() for day in days]},
        )

    def figure(self, kind: Literal["grid", "treemap"] = "grid") -> go.Figure:
        """The grid of recency and frequency scores, or the grades as areas."""
        from ifdo_core.analysis.rfm_figures import grid_figure, treemap_figure

        return grid_figure(self) if kind == "grid" else treemap_figure(self)

    def insight(self) -> str:
        """Who carries the sales and who is about to go, in words; why there is nothing where there is nothing."""
        if self.rows.empty:
            if self.who == "visitors":
                return translate("이 기간에 방문만 하고 사지 않은 사람이 없어요.")
            return translate("최근 {days}일 안에 산 고객이 없어 등급을 나눌 수 없어요.").format(
                days=self.scheme.lookback_days
            )
        return " ".join([*self._leading(), *self._flat()])

    def _leading(self) -> list[str]:
        told = self.grades()
        total = int(told["customers"].sum())
        place = int(np.argmax(told["amount"].to_numpy())) if self.who == "buyers" else 0
        top = told.iloc[place]
        facts = {
            "total": count_text(total, "명"),
            "grade": top["label"],
            "customers": count_text(int(top["customers"]), "명"),
            "share": percent_text(float(top["share"])),
            "amount_share": percent_text(float(top["amount_share"])),
            "amount": money_text(int(top["amount"]), self.currency),
        }
        if self.who == "visitors":
            text = translate("아직 사지 않은 방문자 {total} 중 ‘{grade}’은(는) {customers}({share})이에요.")
        elif top["amount"] <= 0:
            text = translate("고객 {total}의 구매액이 모두 0원 이하라 금액으로는 나눌 수 없어요.")
        else:
            text = translate(
                "고객 {total} 중 ‘{grade}’ {customers}({share})이 구매액의 {amount_share}({amount})를 만들어요."
            )
        return [text.format(**facts)]

    def _flat(self) -> list[str]:
        """Scores that tell nobody apart are said, for they make grades that mean less."""
        names = {
            "recency": translate("최근성"),
            "frequency": translate("구매 횟수") if self.who == "buyers" else translate("방문 횟수"),
            "monetary": translate("금액") if self.who == "buyers" else translate("본 페이지 수"),
        }
        flat = [names[measure] for score, measure in MEASURES if self.rows[score].nunique() == 1]
        if not flat:
            return []
        if len(self.rows) == 1:
            return [translate("고객이 한 명뿐이라 서로 견줄 수 없어요.")]
        text = translate("모든 사람의 점수가 같은 항목이 있어 그것으로는 나뉘지 않아요: {names}.")
        return [text.format(names=", ".join(flat))]


def rfm(engine: Engine, marts: MartTables, as_of: datetime, scheme: Scheme, currency: str, who: Who = "buyers") -> Rfm:
    """Scores every customer as of a moment (naive UTC)."""
    if who == "buyers":
        query = recency_query(marts.person_orders, as_of, scheme.lookback_days)
    else:
        query = visitors_query(marts.visits, marts.person_orders, as_of, scheme.lookback_days)
    return Rfm(scored(engine.frame(query), scheme, who), as_of, scheme, currency, who)


def scored(rows: pd.DataFrame, scheme: Scheme, who: Who = "buyers") -> pd.DataFrame:
    """``rows`` (person, recency, frequency, monetary) with r, f, m and grade."""
    out = rows.copy()
    for score, measure in MEASURES:
        values, good = out[measure].to_numpy(dtype=np.int64), measure == "recency"
        # most visitors came once, which no quintile tells apart: their visits are scored by the limits of orders; days
        # and pages by quintile, for the other limits are of days since an order and of money
        if (scheme.scoring == "fixed" and who == "buyers") or (who == "visitors" and measure == "frequency"):
            out[score] = by_limits(values, getattr(scheme.thresholds, measure), low_is_good=good)
        else:
            out[score] = quintiles(values, low_is_good=good)
    table = scheme.grades if who == "buyers" else scheme.visitor_grades
    out["grade"] = table.of(out["r"].to_numpy(), out["f"].to_numpy(), out["m"].to_numpy())
    return out


def _percent(values: pd.Series) -> np.ndarray[Any, Any]:
    total = float(values.sum())
    numbers = values.to_numpy(dtype=float)
    return numbers / total * 100 if total else np.zeros(len(numbers))
