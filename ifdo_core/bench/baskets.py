"""Pairs of products: all of a large shop's, against mlxtend on the same baskets, and one new day."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.bench.measure import Result, Row, peak_memory_mb, side_by_side, timed
from ifdo_core.progress import Progress
from ifdo_core.recommend.baskets import Ints, Sparse
from ifdo_core.recommend.pairs import Pairs, count_pairs

#: The large shop, and the part of it that mlxtend is given (rows, columns, least support).
BASKETS, PRODUCTS, ITEMS = 1_000_000, 50_000, 5.0
RIVAL = (40_000, 5_000, 0.0005)
AIM, DAY_AIM = 20.0, 0.05


def bench_baskets(progress: Progress, *, baskets: int = BASKETS, rounds: int = 3, **_: object) -> Result:
    """``baskets``: how many; products and their popularity are as in a large shop (Zipf)."""
    progress(0.0, "baskets")
    large = made(baskets, PRODUCTS)
    progress(0.2, "pairs")
    every: list[Pairs] = []
    begun = time.process_time()
    whole = timed(lambda: every.append(count_pairs(large)))
    spent = time.process_time() - begun
    memory = peak_memory_mb()
    progress(0.5, "new day")
    day = large[: max(baskets // 365, 1)]
    rows = [_new_day(every[0], day, whole)]
    ten = timed(lambda: count_pairs(large[: 10 * day.shape[0]]))
    progress(0.6, "mlxtend")
    rival = _against_mlxtend(rounds)
    if isinstance(rival, Row):
        rows.append(rival)
    figures: dict[str, float | int | str] = {
        "baskets": baskets, "products": PRODUCTS, "lines": int(large.nnz), "pairs": len(every[0]),
        "least count kept": every[0].floor,
        "one day of it, s": round(rows[0].ours, 3), "counting ten days, s": round(ten, 3),
        "all pairs, s": round(whole, 2), "of it CPU, s": round(spent, 2), "peak memory, MB": memory,
    }  # fmt: skip
    return Result("baskets", tuple(rows), figures, () if isinstance(rival, Row) else (rival,))


def made(baskets: int, products: int, seed: int = 1) -> Sparse:
    """Baskets × products: sizes geometric with a mean of ``ITEMS``, products by a power law."""
    from scipy.sparse import csr_matrix

    rng = np.random.default_rng(seed)
    sizes: Ints = rng.geometric(1 / ITEMS, baskets).astype(np.int64)
    weight = 1 / np.arange(10, products + 10) ** 0.9
    column = rng.choice(products, int(sizes.sum()), p=weight / weight.sum())
    row = np.repeat(np.arange(baskets), sizes)
    matrix: Sparse = csr_matrix((np.ones(len(row), dtype=np.int32), (row, column)), shape=(baskets, products))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _new_day(known: Pairs, day: Sparse, whole: float) -> Row:
    """One day's baskets counted and added to the pairs that are known, beside counting a year anew."""
    taken = timed(lambda: known.plus(count_pairs(day)))
    return Row("one new day counted and added", "counting all again", taken, whole, "times", DAY_AIM)


def _against_mlxtend(rounds: int) -> Row | str:
    """The same baskets, the same least support; refuses to compare where the pairs differ."""
    from mlxtend import frequent_patterns

    growth: Any = frequent_patterns.fpgrowth  # type: ignore[reportUnknownMemberType]
    size, products, support = RIVAL
    matrix = made(size, products, seed=2)
    least = int(np.ceil(support * size))
    counts = np.bincount(matrix.indices, minlength=products)
    table = pd.DataFrame.sparse.from_spmatrix(matrix[:, np.flatnonzero(counts >= least)].astype(bool))
    theirs: list[pd.DataFrame] = []
    taken = side_by_side(
        {
            "ours": lambda: count_pairs(matrix, least),
            "theirs": lambda: theirs.append(growth(table, min_support=support, max_len=2)),
        },
        rounds,
    )
    sets = zip(theirs[-1]["support"], theirs[-1]["itemsets"], strict=True)
    found = sorted(round(value * size) for value, items in sets if len(items) == 2)
    ours = sorted(count_pairs(matrix, least).count.tolist())
    if found != ours:
        return f"mlxtend: other pairs ({len(found)} and {len(ours)})"
    return Row(f"{len(ours):,} pairs", "mlxtend fpgrowth, max_len=2", taken["ours"], taken["theirs"], "faster", AIM)
