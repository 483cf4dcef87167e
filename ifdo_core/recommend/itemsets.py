"""Sets of three items and more, by mlxtend's fpgrowth on the baskets that can hold them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.errors import DataError
from ifdo_core.recommend.baskets import Baskets
from ifdo_core.recommend.pairs import Pairs

ItemSet = frozenset[int]  # of columns
#: Frequent pairs from which longer sets are still looked for: beyond, they run into many millions.
MAX_FREQUENT_PAIRS = 30_000
#: Cells of the table handed to fpgrowth, one byte each.
MAX_CELLS = 400_000_000


def longer_sets(baskets: Baskets, pairs: Pairs, min_count: int, max_len: int | None) -> dict[ItemSet, int]:
    """Sets of 3 … ``max_len`` columns (None: any length) in at least ``min_count`` baskets, with their baskets.

    Raises DataError where the support is too low to look for them.
    """
    if (max_len is not None and max_len < 3) or not len(pairs):
        return {}
    columns = np.unique(np.concatenate([pairs.first, pairs.second]))
    narrow = baskets.matrix[:, columns]
    rows = np.flatnonzero(np.diff(narrow.indptr) >= 3)
    if len(pairs) > MAX_FREQUENT_PAIRS or len(rows) * len(columns) > MAX_CELLS:
        raise DataError(
            "too_many_sets",
            "이 최소 지지도에서는 함께 산 쌍이 {pairs}개라 세 개 이상의 묶음을 모두 찾을 수 없어요.",
            "최소 지지도를 높이거나 max_len=2로 찾아 주세요.",
            pairs=f"{len(pairs):,}",
        )
    if len(rows) < min_count:
        return {}
    from mlxtend import frequent_patterns

    table = pd.DataFrame(narrow[rows].toarray().astype(bool))
    growth: Any = frequent_patterns.fpgrowth  # type: ignore[reportUnknownMemberType]
    found: pd.DataFrame = growth(table, min_support=(min_count - 0.5) / len(rows), max_len=max_len)
    supports: list[float] = found["support"].tolist()
    sets: list[frozenset[int]] = found["itemsets"].tolist()
    return {
        frozenset(int(columns[at]) for at in items): round(support * len(rows))
        for support, items in zip(supports, sets, strict=True)
        if len(items) > 2
    }
