"""Small random baskets, and the slow obvious way to count them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd

from ifdo_core.recommend.baskets import Baskets, from_frame

START = pd.Timestamp("2026-01-01")


def baskets_of(lists: list[list[object]], *, days: list[int] | None = None, people: list[object] | None = None):
    """Each list is an order, one a day unless ``days`` says which, each of a buyer of its own."""
    rows = [
        {
            "order_id": f"o{at:06}",
            "item": item,
            "ts": START + pd.Timedelta(days=days[at] if days else at),
            "person": people[at] if people else f"p{at}",
        }
        for at, items in enumerate(lists)
        for item in items
    ]
    return from_frame(pd.DataFrame(rows, columns=["order_id", "item", "ts", "person"]))


def random_lists(seed: int, orders: int = 400, items: int = 14) -> list[list[object]]:
    """Orders with favourites and with pairs that go together."""
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(1, items + 1)
    out: list[list[object]] = []
    for _ in range(orders):
        size = 1 + rng.poisson(1.5)
        chosen = set(rng.choice(items, min(size, items), replace=False, p=weight / weight.sum()).tolist())
        if 3 in chosen and rng.random() < 0.6:
            chosen.add(5)
        out.append([f"i{item:02}" for item in sorted(chosen)])
    return out


def counted(lists: list[list[object]]) -> Counter[tuple[object, object]]:
    """Pairs by two loops."""
    return Counter(pair for items in lists for pair in combinations(sorted(set(items), key=str), 2))


def pairs_as_dict(baskets: Baskets, pairs: object) -> dict[tuple[str, str], int]:
    names = baskets.items
    return {
        (names[a], names[b]): int(n)
        for a, b, n in zip(pairs.first, pairs.second, pairs.count, strict=True)  # type: ignore[attr-defined]
    }
