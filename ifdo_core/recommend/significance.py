"""Is a pair more than chance: Fisher's exact test, correction for many tests, and how sure the lift is."""

from __future__ import annotations

import numpy as np

from ifdo_core.recommend.baskets import Floats, Ints

_Z95 = 1.959963984540054


def fisher(both: Ints, antecedent: Ints, consequent: Ints, baskets: int) -> Floats:
    """One-sided p of Fisher's exact test: how likely so many baskets with both, or more, were without any bond.

    The tail of the hypergeometric distribution is summed term by term, exact whatever the counts, from the observed
    count away from the middle; where that runs the other way, the rest of 1 is taken.
    """
    both, antecedent, consequent = (np.asarray(part, dtype=np.int64) for part in (both, antecedent, consequent))
    above = both > antecedent * (consequent / baskets)
    upper = _tail(both, antecedent, consequent, baskets, +1)
    p = np.where(above, upper, 1.0)
    if not above.all():
        rest = ~above
        p[rest] = 1.0 - _tail(both[rest] - 1, antecedent[rest], consequent[rest], baskets, -1)
    return np.clip(p, 0.0, 1.0)


def fisher_less(both: Ints, antecedent: Ints, consequent: Ints, baskets: int) -> Floats:
    """The other side: how likely so few baskets with both, or fewer, were without any bond."""
    both, antecedent, consequent = (np.asarray(part, dtype=np.int64) for part in (both, antecedent, consequent))
    below = both < antecedent * (consequent / baskets)
    p = np.where(below, _tail(both, antecedent, consequent, baskets, -1), 1.0)
    if not below.all():
        rest = ~below
        p[rest] = 1.0 - _tail(both[rest] + 1, antecedent[rest], consequent[rest], baskets, +1)
    return np.clip(p, 0.0, 1.0)


def _tail(start: Ints, drawn: Ints, marked: Ints, baskets: int, step: int) -> Floats:
    """P(X ≥ start) for step +1, P(X ≤ start) for step -1, X hypergeometric."""
    from scipy.special import gammaln

    lowest = np.maximum(0, drawn + marked - baskets)
    highest = np.minimum(drawn, marked)
    inside = (start >= lowest) & (start <= highest)
    beyond = start < lowest if step > 0 else start > highest  # the tail is everything
    total = np.where(beyond, 1.0, 0.0)
    at = np.flatnonzero(inside)
    x, n, k = start[at].astype(float), drawn[at].astype(float), marked[at].astype(float)

    def choose(top: Floats | float, bottom: Floats) -> Floats:
        return gammaln(top + 1.0) - gammaln(bottom + 1.0) - gammaln(top - bottom + 1.0)

    term = np.exp(choose(k, x) + choose(baskets - k, n - x) - choose(float(baskets), n))
    total[at] = term
    while len(at):
        if step > 0:
            term = term * (k - x) * (n - x) / ((x + 1) * (baskets - k - n + x + 1))
        else:
            term = term * x * (baskets - k - n + x) / ((k - x + 1) * (n - x + 1))
        x = x + step
        total[at] += term
        more = term > total[at] * 1e-17
        at, x, n, k, term = at[more], x[more], n[more], k[more], term[more]
    return total


def lift_interval(both: Ints, antecedent: Ints, consequent: Ints, baskets: int) -> tuple[Floats, Floats]:
    """95 % interval of the lift, by the delta method on its logarithm over the four cells of the table."""
    p11, pa, pc = both / baskets, antecedent / baskets, consequent / baskets
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (p11 * (1 / p11 - 1 / pa - 1 / pc) ** 2 + (pa - p11) / pa**2 + (pc - p11) / pc**2 - 1) / baskets
        lift = p11 / (pa * pc)
        spread = np.exp(_Z95 * np.sqrt(np.maximum(variance, 0.0)))
    return lift / spread, lift * spread
