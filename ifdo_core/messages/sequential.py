"""How far an effect must stand out when one looks several times: a group-sequential test by alpha spending.

Looking every day at a test of 5 % and stopping at the first success finds an effect that is not there far more often
than once in 20. So each look spends only its part of the 5 %, by the spending function of O'Brien and Fleming's kind:
next to nothing early, nearly all at the end.

Sources: Lan & DeMets, Biometrika 70 (1983) 659-663; spending by calendar time with the information observed: Lan &
DeMets, Biometrics 45 (1989) 1017-1020; the integration: Armitage, McPherson & Rowe, J. R. Stat. Soc. A 132 (1969)
235-244; repeated intervals: Jennison & Turnbull, J. R. Stat. Soc. B 51 (1989) 305-361.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from statistics import NormalDist
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
_NORMAL = NormalDist()
_POINTS = 241
#: Looks whose information hardly differs are told apart by this much, so that the integral stays one.
_LEAST = 1e-4


def spent(share: float, alpha: float = ALPHA) -> float:
    """How much of a two-sided ``alpha`` may be used up when ``share`` (0 to 1) of the time is over."""
    if share <= 0:
        return 0.0
    return 4 - 4 * _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 4) / sqrt(min(share, 1.0)))


def critical_values(shares: Sequence[float], information: Sequence[float], alpha: float = ALPHA) -> tuple[float, ...]:
    """|z| that each look needs. ``shares``: of the time over at each; ``information``: of each, in any unit, rising.

    Two-sided. Under no effect the chance that any look exceeds its value is ``spent(shares[-1])``.
    """
    whole = float(information[-1]) or 1.0
    kept: list[float] = []
    for one in information:
        kept.append(max(round(float(one) / whole, 3), (kept[-1] if kept else 0.0) + _LEAST))
    return _values(tuple(float(one) for one in shares), tuple(kept), alpha)


@lru_cache(maxsize=4096)
def _values(shares: tuple[float, ...], information: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    found: list[float] = []
    points: NDArray[np.float64] | None = None
    density: NDArray[np.float64] | None = None
    before = used = 0.0
    for share, now in zip(shares, information, strict=True):
        step = sqrt(now - before)
        part = max(spent(share, alpha) - used, 1e-12)
        border = _border(points, density, step, part)
        found.append(border / sqrt(now))
        points, density = _carried(points, density, step, border)
        before, used = now, used + part
    return tuple(found)


def _border(points: NDArray[np.float64] | None, density: NDArray[np.float64] | None, step: float, part: float) -> float:
    """Where the process must not have been, so that it leaves there with the chance ``part``."""
    from scipy.optimize import brentq  # pyright: ignore[reportUnknownVariableType]

    def over(border: float) -> float:
        return _beyond(points, density, step, border) - part

    return float(cast("Any", brentq)(over, 0.0, 40.0 * max(step, 1.0)))


def _beyond(
    points: NDArray[np.float64] | None, density: NDArray[np.float64] | None, step: float, border: float
) -> float:
    from scipy.special import ndtr

    if points is None or density is None:
        return float(2 * ndtr(-border / step))
    out = ndtr(-(border - points) / step) + ndtr(-(border + points) / step)
    return float(np.trapezoid(density * out, points))


def _carried(
    points: NDArray[np.float64] | None, density: NDArray[np.float64] | None, step: float, border: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The density of the process where it has not left, on a grid between the borders."""
    fresh = np.linspace(-border, border, _POINTS)
    if points is None or density is None:
        return fresh, _bell(fresh / step) / step
    kernel = _bell((fresh[:, None] - points[None, :]) / step) / step
    carried: Any = np.trapezoid(kernel * density[None, :], points, axis=1)
    return fresh, carried


def _bell(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-0.5 * z * z) / sqrt(2 * np.pi)
