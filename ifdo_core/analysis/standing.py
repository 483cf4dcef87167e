"""The scores of every person at a moment: the rows of ``tables.scores``, which the analysis conditions read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import String, select

from ifdo_core import tables
from ifdo_core.analysis import habits
from ifdo_core.analysis.churn import Churn
from ifdo_core.analysis.contest import arrays
from ifdo_core.analysis.lifetime import Lifetime
from ifdo_core.analysis.migration import GONE, NOT_YET, move_of
from ifdo_core.analysis.moments import local_day
from ifdo_core.analysis.rfm import Rfm
from ifdo_core.catalogue.spec import GRADES_BEFORE
from ifdo_core.engines import Engine
from ifdo_core.marts import MartTables

Values = np.ndarray[Any, Any]
#: ``rfm_move`` is against the grade of so many days before.
MOVE_DAYS = 30
#: Times the own (or, with one order, the shop's) median gap: from here a customer slips, and is lost.
SLIPPING, LOST = 1.5, 4.0
LOYAL_ORDERS = 4
#: Without any repeat purchase in the shop there is no gap to go by.
USUAL_GAP = 60.0


def standing(
    engine: Engine,
    marts: MartTables,
    now: datetime,
    zone: ZoneInfo,
    rfm: Rfm,
    before: Mapping[int, Rfm],
    life: Lifetime,
    churn: Churn,
) -> pd.DataFrame:
    """One row a person with a visit, an order or a member row: the columns of ``tables.scores`` but for ``run``.

    ``before``: the grades of so many days before, of each of GRADES_BEFORE.
    """
    day, orders = local_day(now, zone), marts.person_orders
    people = marts.people.c
    out = engine.frame(select(people.person, people.member_id, people.order_count)).set_index("person")
    out = out.join(_graded(rfm, before))
    buyers = engine.frame(habits.first_orders_query(orders, now)).set_index("person")
    gaps = engine.frame(habits.gaps_query(orders, now)).set_index("person")["gap"]
    out = out.join(_forecast(life)).join(buyers.drop(columns="orders")).join(gaps)
    out["cycle_ratio"] = _cycle(out, day)
    out = out.join(_at_risk(churn))
    first = pd.to_datetime(out["first_on"])
    out["cohort_month"] = first.dt.strftime("%Y-%m").where(first.notna(), None)
    out["cohort_age_months"] = _whole((day.year - first.dt.year) * 12 + day.month - first.dt.month)
    out = out.join(_value(life))
    out["lifecycle_stage"] = _stage(out, day, gaps)
    for column, query in (
        ("affinity_category", habits.affinity_query(marts, now, "category")),
        ("affinity_brand", habits.affinity_query(marts, now, "brand")),
        ("preferred_hour", habits.hours_query(marts.visits, now)),
    ):
        found = engine.frame(query).set_index("person").iloc[:, 0]
        out[column] = found.reindex(out.index)
    share = engine.frame(habits.discounts_query(orders, now)).set_index("person")["share"]
    out["discount_sensitivity"] = pd.Series(_by_third(share.to_numpy(dtype=float)), index=share.index).reindex(
        out.index
    )
    for column in ("preferred_hour", "next_purchase_due_days", "due_low_days", "due_high_days"):
        out[column] = _whole(out[column])
    for column in tables.scores.c:
        if isinstance(column.type, String) and column.name in out:  # a column without any value has no type of its own
            out[column.name] = out[column.name].astype(object).where(out[column.name].notna(), None)
    wanted = [column.name for column in tables.scores.c if column.name not in ("run", "person")]
    return out[wanted].reset_index()


def _graded(rfm: Rfm, before: Mapping[int, Rfm]) -> pd.DataFrame:
    now = rfm.rows.set_index("person")
    then = {days: found.rows.set_index("person")["grade"].astype(str) for days, found in before.items()}
    every = now.index
    for grades in then.values():
        every = every.union(grades.index)
    table = pd.DataFrame(index=every)
    for name in ("r", "f", "m"):
        table[f"{name}_score"] = now[name].reindex(every).astype("Int64")
    table["rfm_sum"] = table[["r_score", "f_score", "m_score"]].sum(axis=1, skipna=False)
    table["rfm_grade"] = now["grade"].astype(str).reindex(every)
    for days, grades in then.items():
        table[GRADES_BEFORE[days]] = grades.reindex(every)
    pairs = pd.DataFrame(
        {"a": table[GRADES_BEFORE[MOVE_DAYS]].fillna(NOT_YET), "b": table["rfm_grade"].fillna(GONE)}, index=every
    )
    moves = {(a, b): move_of(rfm.table, a, b) for a, b in set(zip(pairs["a"], pairs["b"], strict=True))}
    table["rfm_move"] = [moves[pair] for pair in zip(pairs["a"], pairs["b"], strict=True)]
    known = (pairs["a"] != NOT_YET) | (pairs["b"] != GONE)
    table["rfm_move"] = table["rfm_move"].where(known, None)
    return table


def _forecast(life: Lifetime) -> pd.DataFrame:
    rows = life.rows
    table = pd.DataFrame(index=pd.Index(rows["person"], name="person"))
    if rows.empty:
        names = (
            "alive_probability churn_probability predicted_value predicted_orders lifetime_value"
            " next_purchase_due_days purchase_probability due_low_days due_high_days predicted_value_low"
            " predicted_value_high"
        )
        return table.assign(**dict.fromkeys(names.split(), np.nan))
    alive = rows["probability_alive"].to_numpy(dtype=float)
    table["alive_probability"] = alive * 100
    table["churn_probability"] = 100 - alive * 100
    table["predicted_value"] = _rounded(rows["expected_value"])
    table["predicted_orders"] = life.expected(90)
    table["lifetime_value"] = _rounded(rows["total"] + rows["expected_value"])
    table["next_purchase_due_days"] = np.round(rows["next_due_days"].to_numpy(dtype=float))
    for name in ("due_low_days", "due_high_days"):  # a window of centuries is as good as none
        table[name] = rows[name].astype(float).round().clip(upper=36_500).to_numpy()
    table["predicted_value_low"] = _rounded(rows["value_low"])
    table["predicted_value_high"] = _rounded(rows["value_high"])
    table["purchase_probability"] = buys_within(life, 7) * 100
    return table


def buys_within(life: Lifetime, days: int) -> Values:
    """The probability of at least one purchase within ``days``: still a customer, and not silent so long."""
    x, _, age = arrays(life.rows)
    fit = life.orders_fit
    if fit is None:
        return -np.expm1(-life.expected(days))
    r, alpha = fit.parameters["r"], fit.parameters["alpha"]
    silent = np.exp((r + x) * (np.log(alpha + age) - np.log(alpha + age + days / 7)))
    return life.rows["probability_alive"].to_numpy(dtype=float) * (1 - silent)


def _cycle(out: pd.DataFrame, day: date) -> pd.Series:
    """Days since the last purchase day over the own median gap; unknown with one purchase day."""
    since = (pd.Timestamp(day) - pd.to_datetime(out["last_on"])).dt.days
    return since / out["gap"].where(out["gap"] > 0)


def _at_risk(churn: Churn) -> pd.DataFrame:
    """What the churn view says of each customer, so that a segment holds those whom the page counts."""
    rows = churn.rows.set_index("person")
    return pd.DataFrame(
        {
            "churn_risk": rows["risk"],
            "silence_probability": rows["probability"],
            "churn_reasons": rows["reasons"],
            "days_since_last": rows["days_since"].astype("Int64"),
        }
    )


def _value(life: Lifetime) -> pd.DataFrame:
    """value_tier and value_percentile by what each customer bought so far; equal amounts stay together."""
    rows = life.rows
    amount = rows["total"].to_numpy(dtype=np.int64) if len(rows) else np.zeros(0, dtype=np.int64)
    table = pd.DataFrame(index=pd.Index(rows["person"], name="person"))
    ordered = np.sort(amount)
    not_less = len(amount) - np.searchsorted(ordered, amount, side="left")
    table["value_percentile"] = not_less / max(len(amount), 1) * 100
    positive = np.maximum(ordered, 0)[::-1]
    before = np.concatenate([[0.0], np.cumsum(positive, dtype=float)])
    share = before[len(amount) - np.searchsorted(ordered, amount, side="right")] / max(float(positive.sum()), 1.0)
    table["value_tier"] = np.select([share < 0.8, share < 0.95], ["A", "B"], "C")
    return table


def _stage(out: pd.DataFrame, day: date, gaps: pd.Series) -> pd.Series:
    """visitor, joined_not_bought, first_time_buyer, active, loyal, slipping, lost."""
    usual = max(float(gaps.median()), 1.0) if len(gaps) else USUAL_GAP
    since = (pd.Timestamp(day) - pd.to_datetime(out["last_on"])).dt.days
    late = out["cycle_ratio"].fillna(since / usual)
    orders, alive = out["order_count"], out["alive_probability"].fillna(100.0)
    choices = [
        ((orders == 0) & out["member_id"].isna(), "visitor"),
        (orders == 0, "joined_not_bought"),
        ((late >= LOST) | (alive < 20), "lost"),
        (late >= SLIPPING, "slipping"),
        (orders == 1, "first_time_buyer"),
        (orders >= LOYAL_ORDERS, "loyal"),
    ]
    return pd.Series(
        np.select([test.to_numpy(dtype=bool) for test, _ in choices], [name for _, name in choices], "active"),
        index=out.index,
    )


def _by_third(share: Values) -> Values:
    """low, mid, high by thirds of the customers; who never had a discount is low."""
    if not len(share):
        return np.zeros(0, dtype=object)
    place = np.searchsorted(np.sort(share), share, side="left") / len(share)
    level = np.select([(share <= 0) | (place < 1 / 3), place < 2 / 3], ["low", "mid"], "high")
    return np.array(level.tolist(), dtype=object)


def _rounded(values: pd.Series) -> Values:
    return values.to_numpy(dtype=float).round()


def _whole(values: pd.Series) -> pd.Series:
    return values.astype("Float64").round().astype("Int64")


def history_rows(rfm: Rfm, held: pd.DataFrame, day: date) -> pd.DataFrame:
    """Rows for ``score_history``: whose grade on ``day`` is not the one ``held`` (person, grade) before."""
    now = rfm.rows.assign(grade=rfm.rows["grade"].astype(str)).set_index("person")
    then = held.set_index("person")["grade"] if len(held) else pd.Series(dtype=object)
    gone = then.index[(then != "") & ~then.index.isin(now.index)]
    changed = now[now["grade"] != then.reindex(now.index)]
    came = pd.DataFrame(
        {
            "person": changed.index,
            "grade": changed["grade"].to_numpy(),
            **{f"{name}_score": changed[name].to_numpy() for name in ("r", "f", "m")},
        }
    )
    left = pd.DataFrame({"person": gone, "grade": "", "r_score": None, "f_score": None, "m_score": None})
    rows = pd.concat([came.astype(object), left.astype(object)], ignore_index=True)
    rows.insert(1, "day", [day] * len(rows))
    for name in ("r_score", "f_score", "m_score"):
        rows[name] = rows[name].astype("Int64")
    return rows
