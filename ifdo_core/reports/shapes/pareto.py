"""Concentration: which share of customers makes which share of the amount."""

from __future__ import annotations

import numpy as np
from sqlalchemy import BigInteger, Integer, cast, func, select

from ifdo_core.engines.sql import ratio
from ifdo_core.reports.asked import Asked, Cells, Frame

PERCENTILES = 100


def cells(asked: Asked) -> Cells:
    rows = asked.rows()
    person, amount = rows.columns("person"), rows.columns("total_amount")
    ranked = select(
        amount.label("amount"),
        func.row_number().over(order_by=(amount.desc(), person)).label("place"),
        func.count().over().label("everyone"),
    ).select_from(rows.source).subquery("ranked").c  # fmt: skip
    percentile = cast(func.ceil(ratio(ranked.place * PERCENTILES, ranked.everyone)), Integer)
    banded = select(percentile.label("d0"), ranked.amount).subquery("banded").c
    query = select(
        banded.d0, cast(func.sum(banded.amount), BigInteger).label("amount"),
        cast(func.count(), BigInteger).label("customers"),
    ).group_by(banded.d0)  # fmt: skip
    frame = asked.frame(query).sort_values("d0").reset_index(drop=True)
    metric = asked.metrics[0].id
    total = float(frame["amount"].sum()) if len(frame) else 0.0
    frame[metric] = 100.0 * frame["amount"].cumsum() / total if total > 0 else np.nan
    facts: dict[str, object] = {}
    if total > 0:
        facts = {
            "customers": int(frame["customers"].sum()),
            "top_20": _at(frame, metric, 20),
            "half": int(frame.loc[frame[metric] >= 50, "d0"].iloc[0]),
        }
    return Cells(frame, (), asked.metrics, facts)


def _at(frame: Frame, metric: str, percentile: int) -> float:
    """The share at ``percentile``; of fewer customers than percentiles, the nearest one below."""
    upto = frame[frame["d0"] <= percentile]
    return float(upto[metric].iloc[-1]) if len(upto) else float(frame[metric].iloc[0])
