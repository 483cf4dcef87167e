"""Seasonality: each category's month against its own average month, with the shop's ups and downs taken out."""

from __future__ import annotations

from ifdo_core.reports.asked import Asked, Cells
from ifdo_core.reports.shapes.grouped import ordered

#: A month with less than this part of the usual month's amount is left blank.
LEAST_PART = 0.2


def cells(asked: Asked) -> Cells:
    amount = asked.metrics[1]
    frame = asked.grouped(asked.dimensions, (amount,)).dropna(subset=["d0"])
    frame = ordered(frame, asked.dimensions, amount.id, asked.report.top)
    by_month = frame.groupby("d1")[amount.id].transform("sum")
    share = frame[amount.id] / by_month.where(by_month > 0)
    usual = frame.groupby("d0")[amount.id].transform("sum") / max(float(frame[amount.id].sum()), 1.0)
    index = (100.0 * share / usual.where(usual > 0)).astype(float)
    # a month that has hardly begun, such as the shop's first, says nothing of a season
    sums = frame.groupby("d1")[amount.id].sum()
    frame["order_amount_index"] = index.where(by_month >= LEAST_PART * float(sums.median()))
    facts: dict[str, object] = {}
    if frame["d1"].nunique() > 2 and frame["order_amount_index"].notna().any():
        peak = frame.loc[frame["order_amount_index"].idxmax()]
        facts = {"peak": peak["d0"], "month": int(peak["d1"]), "value": float(peak["order_amount_index"])}
    return Cells(frame, asked.dimensions, asked.metrics, facts)
