"""The smallest support worth showing, chosen by the shop's own data, and how many pairs each choice leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ifdo_core.discovery import benjamini_hochberg
from ifdo_core.recommend.baskets import Floats, Ints
from ifdo_core.recommend.pairs import Pairs
from ifdo_core.recommend.significance import fisher

FEWEST = 5  # baskets: below, the interval of a lift spans all one could say
MOST_PAIRS = 5_000  # that a person or a page can look through
_REAL = 0.9  # share of the pairs above the support that should be more than chance
_STEPS = 40


def count_for(support: float, baskets: int) -> int:
    """The smallest number of baskets whose share is at least ``support``, compared as mlxtend compares."""
    count = max(1, int(np.ceil(support * baskets)))
    while count > 1 and (count - 1) / baskets >= support:
        count -= 1
    while count / baskets < support:
        count += 1
    return count


@dataclass(frozen=True)
class Ladder:
    """How many pairs and rules remain at each support, answered at once: everything is sorted already."""

    baskets: int
    count: Ints  # of each pair, ascending
    confidence: Floats  # the higher and the lower of its two directions
    reverse: Floats
    chosen: int

    def share(self, count: int) -> float:
        """The share of the orders that so many are; a tiny shop has fewer than the least that are wanted."""
        return min(count / max(self.baskets, 1), 1.0)

    def rules(self, support: float, confidence: float) -> int:
        """Rules between two items of at least this support and confidence."""
        start = int(np.searchsorted(self.count, count_for(support, max(self.baskets, 1))))
        return int((self.confidence[start:] >= confidence).sum() + (self.reverse[start:] >= confidence).sum())

    def frame(self, confidence: float = 0.0) -> pd.DataFrame:
        """count, support, pairs, rules: one row for each step of the slider, from the lowest count to the highest."""
        steps = self.steps()
        rows = [
            {
                "count": count,
                "support": self.share(count),
                "pairs": len(self.count) - int(np.searchsorted(self.count, count)),
                "rules": self.rules(self.share(count), confidence),
            }
            for count in steps
        ]
        return pd.DataFrame(rows, columns=["count", "support", "pairs", "rules"])

    def steps(self) -> list[int]:
        """Counts for a slider, evenly spread by ratio; the chosen one is among them."""
        if not len(self.count):
            return [self.chosen]
        low, high = int(self.count[0]), int(self.count[-1])
        spread = np.geomspace(max(low, 1), max(high, 1), _STEPS).round().astype(int)
        return sorted({*spread.tolist(), self.chosen})


def ladder(pairs: Pairs) -> Ladder:
    """Chooses the lowest count from which on nine in ten pairs are more than chance (q ≤ 0.05) and which leaves at
    most 5,000 pairs; never below 5 baskets. A shop whose pairs are all rarer gets what it has."""
    order = np.argsort(pairs.count, kind="stable")
    count = pairs.count[order]
    a, b = pairs.items[pairs.first[order]], pairs.items[pairs.second[order]]
    confidence = count / np.maximum(np.minimum(a, b), 1)
    reverse = count / np.maximum(np.maximum(a, b), 1)
    return Ladder(pairs.baskets, count, confidence, reverse, _chosen(count, a, b, pairs.baskets))


def _chosen(count: Ints, a: Ints, b: Ints, baskets: int) -> int:
    start = int(np.searchsorted(count, FEWEST))
    if start == len(count):
        return max(int(count[-1]), 2) if len(count) else FEWEST
    start = max(start, len(count) - 4 * MOST_PAIRS)  # the test is made for those that may be shown, not for millions
    count, a, b = count[start:], a[start:], b[start:]
    q = benjamini_hochberg(fisher(count, a, b, baskets), tests=len(count))
    real = np.cumsum((q <= 0.05)[::-1])[::-1] / np.arange(len(q), 0, -1)  # share among this pair and those above it
    places = np.flatnonzero(np.diff(count, prepend=0))  # where a count begins
    fitting = [at for at in places if real[at] >= _REAL and len(count) - at <= MOST_PAIRS]
    few = [at for at in places if len(count) - at <= MOST_PAIRS]
    return int(count[(fitting or few or [places[-1]])[0]])
