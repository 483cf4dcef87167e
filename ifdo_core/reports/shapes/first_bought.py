"""Which first product leads to a second order."""

from __future__ import annotations

from sqlalchemy import BigInteger, and_, case, cast, func, select

from ifdo_core.engines.sql import whole_days
from ifdo_core.reports.asked import Asked, Cells, Frame
from ifdo_core.reports.shapes.repurchase import LEAST_PEOPLE, summary


def cells(asked: Asked) -> Cells:
    """The rate of a product is shrunk to the shop's own: an empirical Bayes estimate with the weight of LEAST_PEOPLE
    customers, so that three lucky buyers do not top the list."""
    rows = asked.rows()
    product, person, n, ts = (rows.columns(name) for name in ("product_id", "person", "n", "ts"))
    second = asked.grains.orders().alias("second")
    source = rows.source.outerjoin(second, and_(second.c.person == person, second.c.n == 2))
    again = second.c.order_id.is_not(None)
    gap = case((again, whole_days(ts, second.c.ts)), else_=-1)
    firsts = (
        select(product.label("d0"), person.label("person"), gap.label("gap"), case((again, 1), else_=0).label("again"))
        .select_from(source)
        .where(n == 1)
        .subquery("firsts")
        .c
    )
    query = select(
        firsts.d0, firsts.gap, cast(func.count(), BigInteger).label("times"),
        cast(func.sum(firsts.again), BigInteger).label("again"),
    ).group_by(firsts.d0, firsts.gap)  # fmt: skip
    found = asked.frame(query)
    counts = found.groupby("d0")[["times", "again"]].sum()
    frame = summary(found).drop(columns="repurchase_rate").set_index("d0")
    frame["customers"] = counts["times"]
    whole = float(counts["again"].sum() / counts["times"].sum()) if len(counts) else 0.0
    frame["second_order_rate"] = 100 * (counts["again"] + LEAST_PEOPLE * whole) / (counts["times"] + LEAST_PEOPLE)
    largest = frame.nlargest(asked.report.top or len(frame), "customers") if len(frame) else frame
    out = largest.sort_values("second_order_rate", ascending=False).rename_axis("d0").reset_index()
    facts: dict[str, object] = {"average": 100 * whole}
    if len(out):
        best: Frame = out.iloc[0]
        facts |= {"best": best["d0"], "best_value": float(best["second_order_rate"])}
    return Cells(out, asked.dimensions, asked.metrics, facts)
