"""What the refresh keeps for conditions: who is in which saved segment since when, and what each should be shown."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import select

from ifdo_core import Segment, Workbench, tables
from ifdo_core.segments.model import Leaf
from tests.unit.analysis.shops import orders

OFTEN = Segment(Leaf("purchase.order_count", "gte", 2), "두 번 넘게")


def held(workbench: Workbench) -> dict[str, Any]:
    rows = workbench.engine.frame(select(tables.segment_entries))
    assert rows["run"].nunique() == 1
    return {row["person"]: row["entered_on"] for row in rows.to_dict("records") if row["segment_id"] == "seg"}


def test_who_entered_when() -> None:
    with Workbench.open("duckdb:///:memory:", segments={"seg": OFTEN}) as workbench:
        workbench.load(orders=orders(("a", 9, 1_000), ("a", 5, 1_000), ("b", 3, 1_000)))
        workbench.refresh()
        first = held(workbench)
        assert set(first) == {"", "m:a"}
        assert pd.isna(first["m:a"])  # there before anybody looked
        later = orders(("b", 1, 1_000))
        later["order_id"] = "second"
        workbench.load(orders=later)
        workbench.refresh()
        assert str(held(workbench)["m:b"])[:10] == "2026-10-23"
        newest = orders(("c", 0, 1_000))
        newest["order_id"] = "third"
        workbench.load(orders=newest)
        workbench.refresh()
        kept = held(workbench)
        assert str(kept["m:b"])[:10] == "2026-10-23"  # the day of entering stays
        assert set(kept) == {"", "m:a", "m:b"}


def test_a_segment_that_cannot_be_asked_does_not_stop_the_others() -> None:
    circle = Segment(Leaf("analysis.in_segment", "any_of", ("round",)), "원")
    with Workbench.open("duckdb:///:memory:", segments={"round": circle, "seg": OFTEN}) as workbench:
        workbench.load(orders=orders(("a", 9, 1_000), ("a", 0, 1_000)))
        workbench.refresh()
        assert set(held(workbench)) == {"", "m:a"}


def test_what_is_kept_is_what_the_recommender_says() -> None:
    with Workbench.open("duckdb:///:memory:") as workbench:
        rows = orders(*((f"m{n % 20}", n * 1.5, 10_000) for n in range(120)))
        lines = [
            {"order_id": order, "product_id": f"P{(n * 7 + step * n) % 15}", "quantity": 1, "price": 5_000}
            for n, order in enumerate(rows["order_id"]) for step in range(2)
        ]  # fmt: skip
        workbench.load(orders=rows, order_items=pd.DataFrame(lines).drop_duplicates(["order_id", "product_id"]))
        workbench.refresh()
        kept = workbench.engine.frame(select(tables.recommended))
        assert kept["person"].nunique() == 20
        for person in ("m:m0", "m:m7"):
            mine = kept[kept["person"] == person].sort_values("place")["product_id"].tolist()
            assert mine == workbench.recommend(member=person[2:]).frame()["product"].tolist()
        asked = Segment(Leaf("analysis.recommended_product", "any_of", (mine[0],)))
        assert "m7" in set(workbench.members(asked, "now").member_id)
