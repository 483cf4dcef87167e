"""Complements and substitutes: what is bought together, and what is looked at together instead of bought together."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.discovery import benjamini_hochberg
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import local_date
from ifdo_core.recommend.baskets import Baskets, from_frame
from ifdo_core.recommend.pairs import Pairs, count_pairs
from ifdo_core.recommend.significance import fisher, fisher_less

VIEW_DAYS = 90
_FEWEST_VIEWS = 5
_MOST = 20_000
COLUMNS = (
    "first", "second", "relation", "bought_together", "expected", "viewed_together", "view_lift", "q_more", "q_less",
    "q_viewed",
)  # fmt: skip


def read_views(engine: Engine, settings: ShopSettings, now: datetime, days: int = VIEW_DAYS) -> Baskets:
    """What each visitor looked at on one local day, as if it were a basket, over ``days`` days up to ``now``."""
    e = tables.events.c
    day = local_date(e.ts, settings.timezone)
    lines = engine.frame(
        select(e.visitor_id.label("person"), day.label("day"), e.product_id.label("item"), func.min(e.ts).label("ts"))
        .where(e.name == "view_item", e.product_id.is_not(None), e.ts > now - timedelta(days=days), e.ts <= now)
        .group_by(e.visitor_id, day, e.product_id)
    )
    lines["order_id"] = lines["person"].astype("str") + " " + lines["day"].astype("str")
    return from_frame(lines)


def relations(baskets: Baskets, pairs: Pairs, views: Baskets) -> pd.DataFrame:
    """One row a pair of items with a bond (``COLUMNS``), the strongest first.

    ``complement``: bought together more than by chance (q ≤ 0.05). ``substitute``: viewed together more than by
    chance, and bought together less. ``compared``: viewed together more than by chance and bought together at most half
    as often as by chance, too rarely though to be sure. ``pairs`` must be all pairs of ``baskets`` (floor 1).
    """
    viewed = count_pairs(views.matrix, _FEWEST_VIEWS)
    known = pd.Index(baskets.items).get_indexer(pd.Index(views.items))
    a, b = known[viewed.first], known[viewed.second]
    both = (a >= 0) & (b >= 0)
    view_a, view_b = viewed.items[viewed.first[both]], viewed.items[viewed.second[both]]
    view = pd.DataFrame(
        {
            "a": np.minimum(a, b)[both],
            "b": np.maximum(a, b)[both],
            "viewed_together": viewed.count[both],
            "view_lift": viewed.count[both] * float(max(len(views), 1)) / (view_a * view_b),
            "q_viewed": benjamini_hochberg(fisher(viewed.count[both], view_a, view_b, len(views))),
        }
    )
    enough = np.argsort(-pairs.count, kind="stable")[:_MOST]
    bought = pd.DataFrame({"a": pairs.first[enough], "b": pairs.second[enough], "bought_together": pairs.count[enough]})
    table = bought.merge(view, on=["a", "b"], how="outer")
    counted = table["bought_together"].isna()
    if counted.any():  # rarer than those looked at first, or never
        table.loc[counted, "bought_together"] = _counts(pairs, table.loc[counted, "a"], table.loc[counted, "b"])
    count = table["bought_together"].to_numpy(dtype=np.int64)
    n_a, n_b = (pairs.items[table[side].to_numpy(dtype=np.int64)] for side in ("a", "b"))
    table["bought_together"] = count
    table["expected"] = n_a * (n_b / max(pairs.baskets, 1))
    table["q_more"] = benjamini_hochberg(fisher(count, n_a, n_b, pairs.baskets))
    table["q_less"] = benjamini_hochberg(fisher_less(count, n_a, n_b, pairs.baskets))
    seen = (table["q_viewed"] <= 0.05) & (table["view_lift"] > 1)
    table["relation"] = np.select(
        [
            (table["q_more"] <= 0.05) & (count > table["expected"]),
            seen & (table["q_less"] <= 0.05),
            seen & (count <= table["expected"] / 2),
        ],
        ["complement", "substitute", "compared"],
        default="",
    )
    table = table[table["relation"] != ""].sort_values(["q_more", "q_less", "view_lift"], ascending=[True, True, False])
    table["first"], table["second"] = (baskets.items[table[side].to_numpy(dtype=np.int64)] for side in ("a", "b"))
    table["viewed_together"] = table["viewed_together"].astype("Int64")
    return table[list(COLUMNS)].reset_index(drop=True)


def _counts(pairs: Pairs, a: pd.Series[int], b: pd.Series[int]) -> np.ndarray:
    """Baskets of the pairs of columns; 0 where they were never together."""
    width = len(pairs.items)
    keys = pairs.first * width + pairs.second
    asked = a.to_numpy(dtype=np.int64) * width + b.to_numpy(dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, asked), max(len(keys) - 1, 0))
    return np.where(keys[at] == asked, pairs.count[at], 0) if len(keys) else np.zeros(len(asked), dtype=np.int64)
