"""Churn risk: the probability that a customer buys nothing in the coming quarter, calibrated on quarters that passed.

Two ways are judged on the newest quarter, held out: what BG/NBD says by itself, and a logistic regression on that and
the history, trained on the quarter before. The smaller squared error (Brier) is used; the regression is then trained
anew on the newest quarter. The columns that raise a customer's risk most are the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from ifdo_core.analysis.bgnbd import Array, BgNbd, Summary, alive
from ifdo_core.analysis.contest import MIN_CUSTOMERS, MIN_WEEKS, QUARTER, arrays, by_tenth
from ifdo_core.analysis.customers import bought_query, customer_of, summary_query, valid_at
from ifdo_core.analysis.habits import gaps_query
from ifdo_core.analysis.moments import local_day
from ifdo_core.analysis.scheme import Scheme
from ifdo_core.engines import Engine
from ifdo_core.formats import count_text, decimal_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.marts import MartTables

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import plotly.graph_objects as go

#: Columns of the regression, in their order, with the reason each stands for (Korean msgids).
COLUMNS = ("model", "since", "purchases", "recent")
_RIDGE = 1.0
#: The regression learns from at most about so many customers.
MOST_TRAINED = 60_000
#: From so many times the own cycle on, that is the reason to tell.
_LATE = 1.5


@dataclass(frozen=True)
class Churn:
    """``rows``: person, probability (per cent), risk, cycle_ratio, days_since, purchases, reasons (codes for
    ``reasons_text``). ``reliability``: group, customers, forecast, real (per cent) on the newest ``weeks``, held out;
    empty where the history is short."""

    rows: pd.DataFrame
    reliability: pd.DataFrame
    weeks: int
    now: datetime
    calibrated: bool

    def frame(self, limit: int | None = None) -> pd.DataFrame:
        """One row a customer, the highest risk first: customer, probability (%), risk, reasons, cycle_ratio (null with
        one purchase day), days_since, purchases, person. ``limit``: so many of them."""
        rows = self.rows.sort_values("probability", ascending=False, kind="stable")
        rows = rows if limit is None else rows.head(limit)
        out = rows[["probability", "risk", "reasons", "cycle_ratio", "days_since", "purchases"]].copy()
        out.insert(0, "customer", customer_of(rows["person"]))
        out["reasons"] = [
            reasons_text(*told) for told in zip(rows["reasons"], rows["days_since"], rows["cycle_ratio"], strict=True)
        ]
        out["person"] = rows["person"].astype(str)
        return out.reset_index(drop=True)

    def by_cuts(self, cuts: tuple[int, int]) -> Churn:
        """The same probabilities by other cut points (per cent from which the risk is 'mid' and 'high')."""
        return replace(self, rows=self.rows.assign(risk=_risk(self.rows["probability"].to_numpy(dtype=float), cuts)))

    def levels(self) -> pd.DataFrame:
        """high, mid, low: risk, customers, share (%)."""
        counted = self.rows["risk"].value_counts().reindex(["high", "mid", "low"]).fillna(0).astype(int)
        return pd.DataFrame(
            {
                "risk": counted.index,
                "customers": counted.to_numpy(),
                "share": counted.to_numpy() / max(len(self.rows), 1) * 100,
            }
        )

    def figure(self) -> go.Figure:
        """Forecast against real share of customers who bought nothing, in ten groups."""
        from ifdo_core.analysis.lifetime_figures import reliability_figure

        return reliability_figure(self)

    def insight(self) -> str:
        """How many are at risk, and how far the probabilities can be trusted."""
        if self.rows.empty:
            return translate("아직 산 고객이 없어 이탈을 예측할 수 없어요.")
        high = self.levels().iloc[0]
        text = translate("고객 {total} 중 {high}({share})은 앞으로 {weeks}주 동안 사지 않을 위험이 높아요.")
        told = [
            text.format(
                total=count_text(len(self.rows), "명"),
                high=count_text(int(high["customers"]), "명"),
                share=percent_text(float(high["share"])),
                weeks=self.weeks,
            )
        ]
        if self.calibrated:
            gap = float((self.reliability["forecast"] - self.reliability["real"]).abs().mean())
            text = translate("가려 둔 {weeks}주로 확인하니 예측과 실제가 평균 {gap}%p 달랐어요.")
            told.append(text.format(weeks=self.weeks, gap=decimal_text(gap, 1)))
        else:
            told.append(translate("기록이 짧아 확률을 확인하지 못했고, 마지막 구매 뒤 지난 날과 구매 주기로만 봤어요."))
        return " ".join(told)


def churn(
    engine: Engine,
    marts: MartTables,
    as_of: datetime,
    zone: ZoneInfo,
    scheme: Scheme,
    rows: pd.DataFrame | None = None,
) -> Churn:
    """Every customer's risk as of a moment. ``rows``: of ``summary_query`` at that moment, where they are at hand."""
    orders, day = marts.person_orders, local_day(as_of, zone)
    rows = engine.frame(summary_query(orders, as_of, day)) if rows is None else rows
    first = engine.scalar(select(func.min(orders.c.ordered_on)).where(*valid_at(orders, as_of)))
    weeks = min(QUARTER, round((day - first).days / 21)) if first else 0
    gaps = engine.frame(gaps_query(orders, as_of)).set_index("person")["gap"]
    weights, reliability = _trained(engine, marts, as_of, day, weeks, len(rows)) if weeks >= MIN_WEEKS else (None, None)
    since = (rows["age"] - rows["span"]).to_numpy(dtype=float)
    own = gaps.reindex(rows["person"]).to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        cycle = np.where(own > 0, since / own, np.nan)
    if weights is None:
        usual = max(float(gaps.median()), 1.0) if len(gaps) else 60.0
        late = np.where(np.isfinite(cycle), cycle, since / usual)
        chance, parts = late / (1 + late), np.zeros((len(rows), len(COLUMNS)))
    else:
        columns = _columns(rows, weeks)
        chance, parts = weights.chance(columns), weights.parts(columns)
    per_cent = chance * 100
    out = pd.DataFrame(
        {
            "person": rows["person"],
            "probability": per_cent,
            "risk": _risk(per_cent, scheme.churn_cuts),
            "cycle_ratio": cycle,
            "days_since": since.astype(int),
            "purchases": (rows["x"] + 1).astype(int),
        }
    )
    out["reasons"] = _reasons(out["purchases"].to_numpy(), cycle, rows["k13"].to_numpy(), parts)
    table = pd.DataFrame(columns=["group", "customers", "forecast", "real"]) if reliability is None else reliability
    return Churn(out, table, max(weeks, 1), as_of, weights is not None)


@dataclass(frozen=True)
class _Weights:
    mean: Array
    spread: Array
    beta: Array
    by_model: bool = False  # the purchase model's own probability, which is the first column, is used as it is

    def parts(self, columns: Array) -> Array:
        """What each column adds to the customer's log-odds, against the average customer."""
        return (columns - self.mean) / self.spread * self.beta[1:]

    def chance(self, columns: Array) -> Array:
        eta = columns[:, 0] if self.by_model else self.parts(columns).sum(1) + self.beta[0]
        return 1 / (1 + np.exp(-np.clip(eta, -30, 30)))


def _trained(
    engine: Engine, marts: MartTables, as_of: datetime, day: date, weeks: int, customers: int
) -> tuple[_Weights | None, pd.DataFrame | None]:
    """Weights from the newest quarter, and how those of the quarter before did on it."""
    orders, step = marts.person_orders, timedelta(weeks=weeks)
    one_of = max(1, customers // MOST_TRAINED)

    def at(cut: date) -> tuple[Array, Array]:
        rows = engine.frame(summary_query(orders, as_of, cut, one_of=one_of))
        bought = engine.frame(bought_query(orders, as_of, cut, cut + step, one_of=one_of)).set_index("person")["days"]
        silent: Array = 1.0 - rows["person"].isin(bought.index).to_numpy().astype(np.float64)
        return (_columns(rows, weeks) if len(rows) else np.zeros((0, len(COLUMNS)))), silent

    (old, old_silent), (new, new_silent) = at(day - 2 * step), at(day - step)
    if min(len(old), len(new)) < MIN_CUSTOMERS or min(_smaller(old_silent), _smaller(new_silent)) < 20:
        return None, None
    learned = _fit(old, old_silent)
    ways = [learned, replace(learned, by_model=True)]
    best = min(ways, key=lambda way: float(np.mean((way.chance(new) - new_silent) ** 2)))
    judged = by_tenth(best.chance(new) * 100, new_silent * 100)
    return replace(_fit(new, new_silent), by_model=best.by_model), judged


def _smaller(silent: Array) -> float:
    return float(min(silent.sum(), len(silent) - silent.sum()))


def _columns(rows: pd.DataFrame, weeks: int) -> Array:
    """The log-odds of silence by BG/NBD, weeks since the last purchase, purchases and those of the last quarter."""
    x, t_x, age = arrays(rows)
    found = BgNbd(Summary.of(x, t_x, age)).fit().parameters
    r, alpha = found["r"], found["alpha"]
    quiet = np.exp((r + x) * (np.log(alpha + age) - np.log(alpha + age + weeks)))
    silent = np.clip(1 - alive(found, x, t_x, age) * (1 - quiet), 1e-6, 1 - 1e-6)
    since = np.maximum(age - t_x, 0.0)
    recent = rows["k13"].to_numpy(dtype=float)
    return np.column_stack([np.log(silent / (1 - silent)), np.log1p(since), np.log1p(x), np.log1p(recent)])


def _fit(columns: Array, silent: Array) -> _Weights:
    """Penalised logistic regression by Newton's steps."""
    mean, spread = columns.mean(0), columns.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    z = np.column_stack([np.ones(len(columns)), (columns - mean) / spread])
    ridge = np.full(z.shape[1], _RIDGE)
    ridge[0] = 0.0
    beta = np.zeros(z.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(z @ beta, -30, 30)))
        gradient = z.T @ (chance - silent) + ridge * beta
        curvature = (z * (chance * (1 - chance))[:, None]).T @ z + np.diag(ridge + 1e-6)
        step = np.linalg.solve(curvature, gradient)
        beta = beta - np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-8:
            break
    return _Weights(mean, spread, beta)


def _risk(per_cent: Array, cuts: tuple[int, int]) -> Any:
    mid, high = cuts
    return np.select([per_cent >= high, per_cent >= mid], ["high", "mid"], "low")


#: Code → what it says (Korean msgid), the column of the regression it stands for.
_REASONS = {
    "c": ("자기 구매 주기의 {times}배가 지났어요", ""),
    "s": ("마지막 구매 뒤 {days}일이 지났어요", "since"),
    "o": ("한 번만 샀어요", "purchases"),
    "r": ("최근 13주 동안 사지 않았어요", "recent"),
}


def _reasons(purchases: Any, cycle: Array, recent: Any, parts: Array) -> list[str]:
    """Of each customer the codes of the two strongest reasons, the cycle first where it is clearly passed."""
    late = np.isfinite(cycle) & (cycle >= _LATE)
    holds = {"c": late, "s": ~late, "o": purchases == 1, "r": recent == 0}
    weight = np.full((len(parts), len(_REASONS)), -np.inf)
    for place, (code, (_, column)) in enumerate(_REASONS.items()):
        added = np.full(len(parts), np.inf) if not column else parts[:, COLUMNS.index(column)]
        weight[:, place] = np.where(holds[code] & (added > 0.05), added, -np.inf)
    codes = np.array([*_REASONS])
    order = np.argsort(-weight, axis=1, kind="stable")[:, :2]
    there = np.take_along_axis(weight, order, axis=1) > -np.inf
    told = np.where(there, codes[order], "")
    return np.char.add(told[:, 0], told[:, 1]).tolist() if len(parts) else []


def reasons_text(codes: str, days: float, cycle: float) -> str:
    """'자기 구매 주기의 2.3배가 지났어요 · 한 번만 샀어요'; '' where nothing stands out."""
    facts = {"days": f"{days:.0f}", "times": decimal_text(cycle, 1 if cycle < 10 else 0) if cycle == cycle else ""}
    return " · ".join(translate(_REASONS[code][0]).format(**facts) for code in codes)
