"""Lifetime value: who still buys, how often and for how much (semantics.md, 'Lifetime models')."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from ifdo_core.analysis import bgnbd, contest, gamma_gamma, intervals
from ifdo_core.analysis.bgnbd import Array, BgNbd, Fit, Nbd, Summary
from ifdo_core.analysis.contest import Contest, arrays
from ifdo_core.analysis.customers import bought_query, customer_of, summary_query, valid_at
from ifdo_core.analysis.moments import local_day
from ifdo_core.engines import Engine
from ifdo_core.formats import count_text, decimal_text, money_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.marts import MartTables
from ifdo_core.segments.model import Segment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import plotly.graph_objects as go

Choice = Literal["best", "bgnbd"]
#: Fewer customers with a repeat purchase than this fit nothing.
MIN_REPEAT_BUYERS = 10
#: BG/NBD must be likelier than NBD by this much, else the data show no dropout.
MIN_GAIN = 2.0
#: Models are compared on at most about so many customers.
MOST_COMPARED = 40_000

#: What is worked out of each customer.
_FORECAST = (
    "probability_alive", "expected_orders", "expected_value", "value_low", "value_high", "order_value",
    "next_due_days", "due_low_days", "due_high_days",
)  # fmt: skip

#: Names of the models (Korean msgids; ``model_name`` words them).
MODEL_NAMES: Mapping[str, str] = {
    "bgnbd": "BG/NBD",
    "nbd": "NBD",
    "pareto": "Pareto/NBD",
    "mean": "BG/NBD + Pareto/NBD",
    "history": "BG/NBD + Pareto/NBD + 구매 이력",
    "rate": "쇼핑몰 평균 속도",
}
#: Why the result is not what one may expect of it (Korean msgids with placeholders).
REASONS: Mapping[str, str] = {
    "none": "아직 산 고객이 없어 가치를 예측할 수 없어요.",
    "few": "두 번 이상 산 고객이 {repeaters}명뿐이라 모형 대신 쇼핑몰 평균 속도로 예측했어요.",
    "short": "기록이 일주일이 안 되어 모형 대신 쇼핑몰 평균 속도로 예측했어요.",
    "alike": "고객마다 사는 속도가 거의 같거나 기록이 적어, 모형 대신 쇼핑몰 평균 속도로 예측했어요.",
    "no_dropout": "떠난 고객의 흔적이 데이터에 보이지 않아 이탈이 없는 NBD 모형으로 예측했어요.",
    "not_compared": "기록이 짧거나 고객이 적어 모형끼리 견주지 못하고 기본 모형(BG/NBD)을 썼어요.",
    "flat_value": "구매액이 고르거나 기록이 적어 고객별 금액 대신 평균 구매액을 썼어요.",
    "not_positive": "구매액이 0원 이하인 고객 {customers}명은 금액 모형에서 뺐어요.",
}


def model_name(model: str) -> str:
    """A model in the current language; one that is gone since as it was called."""
    return translate(MODEL_NAMES.get(model, model))


@dataclass(frozen=True)
class Note:
    code: str
    facts: dict[str, Any]

    def __str__(self) -> str:
        return translate(REASONS[self.code]).format(**self.facts)


@dataclass(frozen=True)
class Lifetime:
    """``rows``: person, x, span and age (days), probability_alive, expected_orders, expected_value, value_low and
    value_high (its 80 % interval), order_value, next_due_days, due_low_days and due_high_days (from now, the middle
    half of the next purchase's time), total. ``orders_fit`` and ``value_fit`` None: the fallback that ``notes`` name.
    ``checks``: how often the intervals held on the weeks held out (``intervals.checks``)."""

    rows: pd.DataFrame
    now: datetime
    horizon_days: int
    currency: str
    model: str
    orders_fit: Fit | None
    value_fit: Fit | None
    contest: Contest | None
    notes: tuple[Note, ...]
    checks: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(intervals.CHECK_COLUMNS)))

    @property
    def parameters(self) -> dict[str, float]:
        """r, alpha, a, b (time in weeks) and p, q, v (v in the currency's smallest unit), as far as they exist."""
        found = dict(self.orders_fit.parameters) if self.orders_fit else {}
        return found | (self.value_fit.parameters if self.value_fit else {})

    def errors(self) -> pd.DataFrame:
        """parameter, value, error (standard error, null where the likelihood is flat)."""
        rows = [
            {"parameter": name, "value": value, "error": fit.errors[name]}
            for fit in (self.orders_fit, self.value_fit)
            if fit
            for name, value in fit.parameters.items()
        ]
        return pd.DataFrame(rows, columns=["parameter", "value", "error"])

    def frame(self) -> pd.DataFrame:
        """One row a customer: customer, probability_alive, expected_orders, expected_value (within the horizon, in the
        smallest unit), value_low and value_high (its 80 % interval), order_value (of one purchase), next_due_days
        (negative: overdue; null with one purchase day), due_low_days and due_high_days (the middle half of the next
        purchase's time, from now), purchases (purchase days so far), total (bought so far), person."""
        rows = self.rows
        out = rows[[*_FORECAST, "total"]].copy()
        out.insert(0, "customer", customer_of(rows["person"]))
        out["purchases"] = (rows["x"] + 1).astype(int)
        out["person"] = rows["person"].astype(str)
        return out.reset_index(drop=True)

    def validation(self) -> pd.DataFrame:
        """The models on the newest weeks, held out: model, rmse, correlation, total_ratio, chosen."""
        if self.contest is None:
            return pd.DataFrame(columns=["model", "rmse", "correlation", "total_ratio", "chosen"])
        table = self.contest.table.copy()
        table["model"] = [model_name(name) for name in table["model"]]
        return table

    def figure(self, kind: Literal["calibration", "value"] = "value") -> go.Figure:
        """Forecast against real purchases on the held-out weeks; or how the expected value spreads."""
        from ifdo_core.analysis.lifetime_figures import calibration_figure, value_figure

        return calibration_figure(self) if kind == "calibration" else value_figure(self)

    def insight(self) -> str:
        """What is to be expected and from whom, which model says so and why."""
        parts = [str(note) for note in self.notes]
        if self.rows.empty:
            return " ".join(parts)
        value = float(self.rows["expected_value"].sum())
        ordered = np.sort(self.rows["expected_value"].to_numpy())[::-1]
        top = float(ordered[: len(ordered) // 10].sum())
        text = translate(
            "앞으로 {days}일 동안 지금 고객 {customers}에게서 약 {orders}의 주문과 {value}의 구매를 기대해요."
        )
        told = [
            text.format(
                days=self.horizon_days,
                customers=count_text(len(self.rows), "명"),
                orders=count_text(float(self.rows["expected_orders"].sum()), "건"),
                value=money_text(round(value), self.currency),
            )
        ]
        if value > 0 and len(ordered) >= 10:  # of fewer customers a tenth is nobody
            share = translate("상위 10 % 고객이 그중 {share}를 차지해요.")
            told.append(share.format(share=percent_text(top / value * 100)))
        if self.contest is not None:
            why = translate("최근 {weeks}주를 가리고 견준 결과 {model} 모형의 오차가 가장 작았어요(RMSE {rmse}).")
            chosen = self.contest.table[self.contest.table["chosen"]].iloc[0]
            told.append(
                why.format(
                    weeks=self.contest.weeks,
                    model=model_name(self.contest.winner),
                    rmse=decimal_text(float(chosen["rmse"]), 3),
                )
            )
        return " ".join([*told, *parts])

    def concentration(self) -> pd.DataFrame:
        """What the best customers bring of the expected value: top, share (per cent), customers, and the value of the
        ``least`` of them. Empty where nothing is expected."""
        values = np.sort(self.rows["expected_value"].to_numpy(dtype=float))[::-1]
        total = float(values.sum())
        steps = min(len(values), 200) if total > 0 else 0
        places = np.unique(np.linspace(1, max(len(values), 1), steps).astype(int))
        return pd.DataFrame(
            {
                "top": places / max(len(values), 1) * 100,
                "share": np.cumsum(values)[places - 1] / max(total, 1e-9) * 100,
                "customers": places,
                "least": values[places - 1],
            }
        )

    def top_segment(self, row: int) -> Segment:
        """The customers up to a row of ``concentration()``."""
        told = self.concentration().iloc[row]
        name = translate("기대 금액 상위 {share}").format(share=percent_text(float(told["top"])))
        leaf = {"condition": "analysis.predicted_value", "op": "gte", "value": max(round(float(told["least"])), 1)}
        return Segment.all_of(name, leaf)

    def expected(self, days: float) -> Array:
        """Purchases expected of each of ``rows`` within ``days``."""
        return self._forecast(days / 7)

    @property
    def _forecast(self) -> Callable[[float], Array]:
        if self.contest is not None and self.model == self.contest.winner:
            held = self.contest
            return lambda weeks: held.expected(self.rows, weeks)
        x, t_x, age = arrays(self.rows)
        fit = self.orders_fit
        if fit is None:
            return lambda weeks: _by_rate(self.rows, weeks)
        return lambda weeks: bgnbd.expected(fit.parameters, x, t_x, age, weeks)


def lifetime(
    engine: Engine,
    marts: MartTables,
    as_of: datetime,
    zone: ZoneInfo,
    currency: str,
    horizon_days: int = 365,
    model: Choice = "best",
) -> Lifetime:
    """Forecasts every customer as of a moment. ``model`` 'bgnbd': without comparing models."""
    day = local_day(as_of, zone)
    rows = engine.frame(summary_query(marts.person_orders, as_of, day))
    if rows.empty:
        empty = rows.assign(**dict.fromkeys(_FORECAST, 0.0))
        return Lifetime(empty, as_of, horizon_days, currency, "rate", None, None, None, (Note("none", {}),))
    fit, name, notes = fit_orders(rows)
    held = None
    if name == "bgnbd" and model == "best":
        held = _compared(engine, marts, as_of, day, rows)
        if held is None:
            notes.append(Note("not_compared", {}))
        else:
            name = held.winner
    value_fit, order_value, more = fit_value(rows)
    found = Lifetime(rows, as_of, horizon_days, currency, name, fit, value_fit, held, (*notes, *more))
    x, t_x, age = arrays(rows)
    alive = bgnbd.alive(fit.parameters, x, t_x, age) if fit else np.ones(len(rows))
    orders = found.expected(horizon_days)
    value = intervals.value_interval(fit, value_fit, x, alive, orders, order_value)
    window = intervals.due_window(fit, rows)
    filled = rows.assign(
        probability_alive=alive,
        expected_orders=orders,
        order_value=order_value,
        expected_value=orders * order_value,
        value_low=value.low,
        value_high=value.high,
        next_due_days=next_due(fit, rows),
        due_low_days=window.low,
        due_high_days=window.high,
    )
    told = (*notes, *more)
    if held is None:
        return Lifetime(filled, as_of, horizon_days, currency, name, fit, value_fit, held, told)
    return Lifetime(filled, as_of, horizon_days, currency, name, fit, value_fit, held, told, _checked(held))


def _checked(held: Contest) -> pd.DataFrame:
    """The intervals as they would have been before the held-out weeks, against what came."""
    then = held.held
    x, t_x, age = arrays(then.rows)
    alive = bgnbd.alive(then.fit.parameters, x, t_x, age)
    value_fit, order_value, _ = fit_value(then.rows)
    value = intervals.value_interval(then.fit, value_fit, x, alive, then.forecast, order_value)
    amount = then.bought["amount"].fillna(0).to_numpy(dtype=float)
    first_day = then.bought["first_in"].to_numpy(dtype=float)
    return intervals.checks(then.rows, held.weeks, then.fit, alive, value, amount, first_day)


def fit_orders(rows: pd.DataFrame) -> tuple[Fit | None, str, list[Note]]:
    """The fit, its name and what is to be said: BG/NBD, else NBD where nobody drops out, else the mean rate."""
    repeaters = int((rows["x"] > 0).sum())
    if repeaters < MIN_REPEAT_BUYERS:
        return None, "rate", [Note("few", {"repeaters": repeaters})]
    if int(rows["age"].max()) < 7:
        return None, "rate", [Note("short", {})]
    summary = Summary.of(*arrays(rows))
    plain, full = Nbd(summary).fit(), BgNbd(summary).fit()
    if full.converged and full.log_likelihood > plain.log_likelihood + MIN_GAIN:
        return full, "bgnbd", []
    if plain.converged:
        return plain, "nbd", [Note("no_dropout", {})]
    return None, "rate", [Note("alike", {})]


def fit_value(rows: pd.DataFrame) -> tuple[Fit | None, Array, list[Note]]:
    """The fit and what a purchase of each customer is worth; the shop's mean where amounts tell nothing."""
    x = rows["x"].to_numpy(dtype=float)
    mean = np.divide(rows["repeat_amount"].to_numpy(dtype=float), x, out=np.zeros(len(rows)), where=x > 0)
    used = (x > 0) & (mean > 0)
    notes: list[Note] = []
    if left_out := int(((x > 0) & (mean <= 0)).sum()):
        notes.append(Note("not_positive", {"customers": left_out}))
    days = float((x + 1).sum())
    average = max(float(rows["total"].sum()) / days, 0.0)
    flat = np.full(len(rows), average)
    if used.sum() < MIN_REPEAT_BUYERS * 2 or float(np.std(mean[used])) < 1e-6 * float(np.mean(mean[used])):
        return None, flat, [*notes, Note("flat_value", {})]
    fit = gamma_gamma.GammaGamma(x[used], mean[used]).fit()
    if not fit.converged or fit.parameters["q"] <= 1.0:
        return None, flat, [*notes, Note("flat_value", {})]
    return fit, gamma_gamma.expected_value(fit.parameters, np.where(used, x, 0.0), mean), notes


def next_due(fit: Fit | None, rows: pd.DataFrame) -> Array:
    """Days until the next purchase is due: the median gap that was to be expected at the last one, less the days since.

    Unknown for those with one purchase day. A day later it is a day less.
    """
    x, t_x, _ = arrays(rows)
    since = (rows["age"] - rows["span"]).to_numpy(dtype=float)
    if fit is None:
        gap = np.divide(rows["span"].to_numpy(dtype=float), x, out=np.zeros(len(x)), where=x > 0)
    else:
        r, alpha = fit.parameters["r"], fit.parameters["alpha"]
        gap = (alpha + t_x) * np.expm1(np.log(2) / (r + x)) * 7
    return np.where(x > 0, gap - since, np.nan)


def _by_rate(rows: pd.DataFrame, weeks: float) -> Array:
    """The shop's mean rate, moved a little by each customer's own purchases. Of a shop that is days old a year without
    knowledge is reckoned in, or its one order would foretell many."""
    x, _, age = arrays(rows)
    rate = (float(x.sum()) + 0.5) / (float(age.sum()) + 52.0)
    return (1 + x) / (1 / rate + age) * weeks


def _compared(engine: Engine, marts: MartTables, as_of: datetime, day: date, rows: pd.DataFrame) -> Contest | None:
    one_of = max(1, -(-len(rows) // MOST_COMPARED))
    orders = marts.person_orders
    first = engine.scalar(select(func.min(orders.c.ordered_on)).where(*valid_at(orders, as_of)))

    def read(until: date) -> pd.DataFrame:
        return engine.frame(summary_query(orders, as_of, until, one_of=one_of))

    def bought(after: date, until: date) -> pd.DataFrame:
        return engine.frame(bought_query(orders, as_of, after, until, one_of=one_of))

    return contest.run(read, bought, day, first)


def backtest(found: Lifetime, engine: Engine, marts: MartTables, until: datetime, zone: ZoneInfo) -> pd.DataFrame:
    """What became of a forecast: person, forecast, real (purchase days in the horizon, as far as ``until`` knows)."""
    day = local_day(found.now, zone)
    end = min(day + timedelta(days=found.horizon_days), local_day(until, zone))
    real = engine.frame(bought_query(marts.person_orders, until, day, end)).set_index("person")["days"]
    days = real.reindex(found.rows["person"]).fillna(0).to_numpy(dtype=float)
    return pd.DataFrame({"person": found.rows["person"], "forecast": found.rows["expected_orders"], "real": days})
