"""Measures of a rule from four counts, as mlxtend defines them (semantics.md, 'Association rules')."""

from __future__ import annotations

import numpy as np

from ifdo_core.recommend.baskets import Floats, Ints

#: In mlxtend's order.
METRICS = (
    "antecedent support", "consequent support", "support", "confidence", "lift", "representativity", "leverage",
    "conviction", "zhangs_metric", "jaccard", "certainty", "kulczynski",
)  # fmt: skip


def measures(both: Ints, antecedent: Ints, consequent: Ints, baskets: int) -> dict[str, Floats]:
    """Every measure of rules with these counts; ``both`` ≥ 1, so that nothing is divided by 0.

    A confidence of 1 has an infinite conviction.
    """
    a, c, s = antecedent / baskets, consequent / baskets, both / baskets
    confidence = both / antecedent
    leverage = s - a * c
    with np.errstate(divide="ignore", invalid="ignore"):
        conviction = np.where(both < antecedent, (1 - c) / (1 - confidence), np.inf)
        spread = np.maximum(s * (1 - a), a * (c - s))
        zhang = np.where(spread == 0, 0.0, leverage / spread)
        certainty = np.where(consequent == baskets, 0.0, (confidence - c) / (1 - c))
    values = (
        a, c, s, confidence, confidence / c, np.ones(len(both)), leverage, conviction, zhang, s / (a + c - s),
        certainty, (confidence + both / consequent) / 2,
    )  # fmt: skip
    return dict(zip(METRICS, values, strict=True))
