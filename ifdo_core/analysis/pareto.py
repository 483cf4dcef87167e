"""Pareto/NBD: like BG/NBD, but a customer may stop at any time, not only after a purchase.

Gamma rates of buying (shape r, alpha in weeks) and of stopping (shape s, beta in weeks). The integral over the unknown
moment of stopping is taken numerically on the logarithm of time, which has no case where a series does not converge.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ifdo_core.analysis.bgnbd import PENALTY, Array, Fit, Summary, best_fit
from ifdo_core.analysis.special import digamma, expit, gammaln

_NODES, _SHARES = np.polynomial.legendre.leggauss(20)
STARTS = ((0.5, 10.0, 0.5, 10.0), (1.0, 15.0, 1.0, 20.0))


class ParetoNbd:
    """The likelihood on one summary."""

    names = ("r", "alpha", "s", "beta")

    def __init__(self, summary: Summary) -> None:
        self.s = summary
        self.xs, at = np.unique(summary.x, return_inverse=True)
        self.by_x = np.bincount(at, weights=summary.weight)
        self.evaluations = 0

    def cost(self, theta: Array) -> tuple[float, Array]:
        """Minus the penalised log-likelihood and its gradient, at the logarithms of the parameters."""
        self.evaluations += 1
        r, alpha, s, beta = np.exp(theta)
        w, age, rx = self.s.weight, self.s.age, r + self.s.x
        living, gone, inner = _parts(r, alpha, s, beta, self.s.x, self.s.t_x, age)
        both = np.logaddexp(living, gone)
        start = gammaln(r + self.xs) - gammaln(r) + r * theta[1] + s * theta[3]
        value = float(w @ both + self.by_x @ start)
        share = np.exp(living - both)
        part = np.exp(inner.log_value - both[:, None])
        n = self.by_x.sum()
        d_r = self.by_x @ (digamma(r + self.xs) - digamma(r) + theta[1]) - w @ (
            share * np.log(alpha + age) + (part * inner.log_alpha).sum(1)
        )
        d_alpha = n * r / alpha - w @ (rx * (share / (alpha + age) + (part * np.exp(-inner.log_alpha)).sum(1)))
        d_s = n * theta[3] + w @ (-share * np.log(beta + age) + (part * (1 / s - inner.log_beta)).sum(1))
        d_beta = n * s / beta - w @ (share * s / (beta + age) + (s + 1) * (part * np.exp(-inner.log_beta)).sum(1))
        gradient: Array = np.array([d_r * r, d_alpha * alpha, d_s * s, d_beta * beta])
        return -value + PENALTY * float(theta @ theta), -gradient + 2 * PENALTY * theta

    def fit(self, start: dict[str, float] | None = None) -> Fit:
        """From two starts, or from the parameters of a fit that is near."""
        starts = [tuple(start[name] for name in self.names)] if start else STARTS
        return best_fit(self.cost, [np.log(one) for one in starts], self.names, self)


class _Inner:
    """The nodes of the integral over the moment of stopping."""

    def __init__(self, log_value: Array, log_alpha: Array, log_beta: Array) -> None:
        self.log_value, self.log_alpha, self.log_beta = log_value, log_alpha, log_beta


def _parts(r: float, alpha: float, s: float, beta: float, x: Array, t_x: Array, age: Array) -> tuple[Array, Array, Any]:
    """Logarithms of 'still a customer' and 'stopped since the last purchase', and the nodes of the second."""
    rx = r + x
    living = -rx * np.log(alpha + age) - s * np.log(beta + age)
    low, high = np.log(alpha + t_x), np.log(alpha + age)
    half = (high - low) / 2
    log_alpha = low[:, None] + half[:, None] * (1 + _NODES)
    moment = np.exp(log_alpha) - alpha
    log_beta = np.log(beta + np.maximum(moment, 0.0))
    with np.errstate(divide="ignore"):
        width = np.log(half[:, None] * _SHARES)
    log_value = np.log(s) - (rx[:, None] - 1) * log_alpha - (s + 1) * log_beta + width
    most = log_value.max(1)
    safe = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        gone = np.log(np.exp(log_value - safe[:, None]).sum(1)) + safe
    return living, gone, _Inner(log_value, log_alpha, log_beta)


def expected(parameters: dict[str, float], x: Array, t_x: Array, age: Array, weeks: float) -> Array:
    """Purchases expected within ``weeks`` from now."""
    r, alpha, s, beta = (parameters[name] for name in ParetoNbd.names)
    living, gone, _ = _parts(r, alpha, s, beta, x, t_x, age)
    still = expit(living - gone)
    stretch = np.log1p(weeks / (beta + age))
    power = s - 1
    time = stretch if abs(power) < 1e-9 else -np.expm1(-power * stretch) / power
    return still * (r + x) / (alpha + age) * (beta + age) * time
