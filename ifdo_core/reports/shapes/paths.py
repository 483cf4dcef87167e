"""From order to order: the largest category of the first three orders of a customer."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, and_, cast, func, literal, select, union_all

from ifdo_core.reports.asked import Asked, Cells, Frame

STEPS = 2


def cells(asked: Asked) -> Cells:
    """Columns step (1: from the first order to the second), d0 (from), d1 (to), customers."""
    orders, main = asked.grains.orders(), asked.grains.main("category", "main")
    joined = (
        select(orders.c.person, orders.c.n, main.c.category)
        .select_from(orders.join(main, main.c.order_id == orders.c.order_id))
        .where(orders.c.n <= STEPS + 1)
        .cte("joined")
    )
    parts: list[Any] = []
    for step in range(1, STEPS + 1):
        here, there = joined.alias(f"here_{step}"), joined.alias(f"there_{step}")
        parts.append(
            select(
                literal(step).label("step"), here.c.category.label("d0"), there.c.category.label("d1"),
                cast(func.count(), BigInteger).label("customers"),
            )
            .select_from(here.join(there, and_(there.c.person == here.c.person, there.c.n == here.c.n + 1)))
            .where(here.c.n == step)
            .group_by(here.c.category, there.c.category)
        )  # fmt: skip
    frame = asked.frame(select(union_all(*parts).subquery("steps")))
    frame = _folded(frame, asked.report.top or 6)
    facts: dict[str, object] = {}
    moves = frame[frame["step"] == 1]
    if len(moves):
        same = moves[moves["d0"] == moves["d1"]]["customers"].sum()
        facts["same"] = float(100 * same / moves["customers"].sum())
        other = moves[(moves["d0"] != moves["d1"]) & moves["d0"].notna() & moves["d1"].notna()]
        if len(other):
            largest = other.loc[other["customers"].idxmax()]
            facts |= {"from": largest["d0"], "to": largest["d1"], "customers": int(largest["customers"])}
    return Cells(frame, asked.dimensions * 2, asked.metrics, facts)


def _folded(frame: Frame, top: int) -> Frame:
    """All but the ``top`` largest categories as one, without a name."""
    size = pd.concat([frame.groupby(end)["customers"].sum() for end in ("d0", "d1")]).groupby(level=0).sum()
    kept = set(size.nlargest(top).index)
    out = frame.assign(**{end: frame[end].where(frame[end].isin(kept), None) for end in ("d0", "d1")})
    out = out.groupby(["step", "d0", "d1"], dropna=False, as_index=False)["customers"].sum()
    return out.sort_values(["step", "customers"], ascending=[True, False]).reset_index(drop=True)
