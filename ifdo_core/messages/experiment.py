"""Whether a campaign worked: the share of buyers against the hold-out, with an interval that may be looked at daily.

A look is taken at each whole day since the last message went out; between two looks the verdict is that of the last
one, so looking more often changes nothing. What may be said at a look comes from ``messages.sequential``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from ifdo_core.messages.sequential import ALPHA, critical_values

POWER = 0.8
#: Fewer buyers in an arm say nothing of what a member spends.
MIN_BUYERS = 10
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Arm:
    """One arm. ``buyers[k]``: members who bought within k + 1 days of their message; ``revenue`` and ``squares``: sums
    of what each member spent by the last look, and of its square."""

    name: str
    members: int
    buyers: tuple[int, ...]
    orders: int = 0
    revenue: float = 0.0
    squares: float = 0.0

    @property
    def rate(self) -> float:
        return self.buyers[-1] / self.members if self.members and self.buyers else 0.0


@dataclass(frozen=True)
class Interval:
    """A difference with its bounds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """``state``: 'early' (no look yet), 'unknown', 'works' or 'harms'. ``rate``: difference of the shares of buyers;
    ``revenue``: of what a member spent, in won, None where too few bought. ``critical``: |z| this look asks for."""

    state: str
    look: int
    looks: int
    rate: Interval | None = None
    revenue: Interval | None = None
    critical: float = 0.0

    @property
    def final(self) -> bool:
        return self.look >= self.looks > 0


def judge(treated: Arm, held: Arm, looks: int) -> Verdict:
    """What the arms tell at the look that their ``buyers`` end with, of ``looks`` in all; early without members."""
    look = len(treated.buyers)
    if not look or not treated.members or not held.members:
        return Verdict("early", 0, looks)
    shares = [(k + 1) / looks for k in range(look)]
    critical = critical_values(shares, _information(treated, held))[-1]
    rate = difference(treated.buyers[-1], treated.members, held.buyers[-1], held.members, critical)
    state = "works" if rate.low > 0 else "harms" if rate.high < 0 else "unknown"
    return Verdict(state, look, looks, rate, _revenue(treated, held, critical), critical)


def _information(treated: Arm, held: Arm) -> list[float]:
    """Of each look: how much the pooled share of buyers then could vary."""
    whole = treated.members + held.members
    pooled = [(one + other) / whole for one, other in zip(treated.buyers, held.buyers, strict=True)]
    return [max(one * (1 - one), 1e-12) for one in pooled]


def wilson(hits: int, of: int, z: float) -> tuple[float, float]:
    """Bounds of a share (Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212)."""
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def difference(hits: int, of: int, other_hits: int, other_of: int, z: float) -> Interval:
    """Difference of two shares (Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10)."""
    one, other = hits / of, other_hits / other_of
    low, high = wilson(hits, of, z)
    other_low, other_high = wilson(other_hits, other_of, z)
    value = one - other
    return Interval(
        value,
        value - sqrt((one - low) ** 2 + (other_high - other) ** 2),
        value + sqrt((high - one) ** 2 + (other - other_low) ** 2),
    )


def _revenue(treated: Arm, held: Arm, z: float) -> Interval | None:
    """Difference of what a member spent (Welch); None where too few bought for a mean to be normal."""
    if min(treated.buyers[-1], held.buyers[-1]) < MIN_BUYERS:
        return None
    means = [one.revenue / one.members for one in (treated, held)]
    spread = [
        max(one.squares / one.members - mean * mean, 0.0) / one.members
        for one, mean in zip((treated, held), means, strict=True)
    ]
    value, half = means[0] - means[1], z * sqrt(sum(spread))
    return Interval(value, value - half, value + half)


# --- before sending ---------------------------------------------------------------------------


def needed(base: float, effect: float, holdout: float, power: float = POWER, alpha: float = ALPHA) -> int:
    """Members in all (hold-out included) so that a rise of the share of buyers from ``base`` by ``effect`` is seen with
    the chance ``power`` (Fleiss, Statistical Methods for Rates and Proportions, without continuity correction)."""
    ratio = (1 - holdout) / holdout
    treated = min(base + effect, 1.0)
    pooled = (treated * ratio + base) / (1 + ratio)
    za, zb = _NORMAL.inv_cdf(1 - alpha / 2), _NORMAL.inv_cdf(power)
    root = za * sqrt((1 + 1 / ratio) * pooled * (1 - pooled)) + zb * sqrt(
        treated * (1 - treated) / ratio + base * (1 - base)
    )
    held = (root / (treated - base)) ** 2
    return ceil(held) + ceil(held * ratio)


def detectable(base: float, members: int, holdout: float, power: float = POWER, alpha: float = ALPHA) -> float | None:
    """The smallest rise of the share of buyers that ``members`` show with the chance ``power``; None for none."""
    if not 0 < holdout < 1 or not 0 <= base < 1 or needed(base, 1 - base - 1e-9, holdout, power, alpha) > members:
        return None
    low, high = 1e-7, 1 - base - 1e-9
    for _ in range(60):
        middle = (low + high) / 2
        if needed(base, middle, holdout, power, alpha) > members:
            low = middle
        else:
            high = middle
    return high
