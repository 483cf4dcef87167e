"""Gamma-Gamma: what a purchase of a customer is worth, shrunk towards the shop's mean.

semantics.md, 'Lifetime models'.

Amounts of a customer are gamma with shape p around a mean of their own, and those means vary over customers with q and
v. Only customers with repeat purchases and a mean above 0 tell anything about it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ifdo_core.analysis.bgnbd import PENALTY, Array, Fit, best_fit
from ifdo_core.analysis.special import digamma, gammaln


class GammaGamma:
    """The likelihood of mean amounts ``mean`` over ``x`` purchases each; amounts are scaled inside."""

    names = ("p", "q", "v")

    def __init__(self, x: Array, mean: Array) -> None:
        self.scale = float(np.mean(mean))
        self.x, self.m = x, mean / self.scale
        self.log_m, self.log_x = np.log(self.m), np.log(x)
        self.xs, self.at = np.unique(x, return_inverse=True)
        self.by_x = np.bincount(self.at).astype(float)
        self.evaluations = 0

    def cost(self, theta: Array) -> tuple[float, Array]:
        self.evaluations += 1
        p, q, v = np.exp(theta)
        x, m, xs, n = self.x, self.m, self.xs, float(len(self.x))
        total = np.log(x * m + v)
        value = float(
            self.by_x @ (gammaln(p * xs + q) - gammaln(p * xs)) - n * gammaln(q) + n * q * theta[2]
            + ((p * x - 1) * self.log_m + p * x * self.log_x - (p * x + q) * total).sum()
        )  # fmt: skip
        d_p = self.by_x @ (xs * (digamma(p * xs + q) - digamma(p * xs))) + (x * (self.log_m + self.log_x - total)).sum()
        d_q = self.by_x @ digamma(p * xs + q) - n * digamma(q) + n * theta[2] - total.sum()
        d_v = n * q / v - ((p * x + q) / (x * m + v)).sum()
        gradient: Array = np.array([d_p * p, d_q * q, d_v * v])
        return -value + PENALTY * float(theta @ theta), -gradient + 2 * PENALTY * theta

    def fit(self) -> Fit:
        """v is in the unit of the amounts given."""
        starts: list[Any] = [np.log(start) for start in ((2.0, 3.0, 1.0), (6.0, 4.0, 0.5))]
        found = best_fit(self.cost, starts, self.names, self)
        v, error = found.parameters["v"], found.errors["v"]
        likelihood = found.log_likelihood - len(self.x) * np.log(self.scale)
        return Fit(
            found.parameters | {"v": v * self.scale},
            found.errors | {"v": None if error is None else error * self.scale},
            float(likelihood),
            found.converged,
            found.evaluations,
        )


def expected_value(parameters: dict[str, float], x: Array, mean: Array) -> Array:
    """The mean amount of a customer's future purchases; ``mean`` is not read where x is 0."""
    p, q, v = (parameters[name] for name in GammaGamma.names)
    return p * (v + x * np.where(x > 0, mean, 0.0)) / (p * x + q - 1)
