"""What is recommended to each person, all at once: the rows of ``tables.recommended``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ifdo_core.recommend.policy import Policy
from ifdo_core.recommend.recommender import Recommender

#: Products for each person; persons at once; persons at most, those who ordered last first.
K, BLOCK, MOST = 10, 1_000, 50_000
COLUMNS = ("person", "product_id", "place")


def standing(recommender: Recommender, k: int = K, most: int = MOST) -> pd.DataFrame:
    """person, product_id, place (1 the first): the first ``k`` of ``Recommender.for_person`` by the usual policy."""
    baskets = recommender.baskets
    if not len(baskets):
        return pd.DataFrame(columns=list(COLUMNS))
    last = pd.Series(baskets.ts).groupby(np.asarray(baskets.person)).max().sort_values(ascending=False, kind="stable")
    people = last.index.to_numpy(dtype=np.int64)[:most]
    fine = recommender.allowed(Policy())
    items = recommender.history.items[fine].astype(str)
    parts: list[pd.DataFrame] = []
    for start in range(0, len(people), BLOCK):
        who = people[start : start + BLOCK]
        scores = recommender.for_each(who)[:, fine]
        top = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        deep = int(top.shape[1])
        rows = pd.DataFrame({"person": np.repeat(baskets.people[who].astype(str), deep)})
        rows["product_id"] = items[top.ravel()]
        rows["place"] = list(range(1, deep + 1)) * len(who)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
