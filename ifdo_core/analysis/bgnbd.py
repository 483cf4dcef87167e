"""BG/NBD: how often somebody buys and whether they still do, by maximum likelihood (semantics.md, 'Lifetime models').

Customers buy at a rate of their own (gamma with shape r and rate alpha, in weeks) and after each purchase drop out for
good with a chance of their own (beta with a and b). Rows that are equal in (x, t_x, T) are one row with a weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ifdo_core.analysis.special import digamma, eigh_tridiagonal, expit, gammaln, minimize

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Weight of the squared logarithms of the parameters: a hold against drifting, too small to be seen in a fit.
PENALTY = 1e-3
#: Two starts, as (r, alpha, a, b).
STARTS = ((0.5, 5.0, 0.5, 2.0), (1.5, 12.0, 1.0, 6.0))
#: Logarithms of parameters beyond this have run away: the likelihood has no inner maximum.
FAR = 9.0
_NODES = 32


@dataclass(frozen=True)
class Summary:
    """Distinct (x, t_x, T) in weeks and how many customers have each; ``back`` leads from a customer to its row."""

    x: Array
    t_x: Array
    age: Array
    weight: Array
    back: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def of(cls, x: Array, t_x: Array, age: Array) -> Summary:
        """Groups equal customers; times are taken to the day."""
        days = np.round(t_x * 7).astype(np.int64), np.round(age * 7).astype(np.int64)
        key = (x.astype(np.int64) << 40) | (days[0] << 20) | days[1]
        kept, first, back, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        del kept
        return cls(x[first].astype(float), t_x[first], age[first], counts.astype(float), back)

    @property
    def customers(self) -> int:
        return int(self.weight.sum())


@dataclass(frozen=True)
class Fit:
    """Parameters with standard errors (null where the curvature gives none) and the log-likelihood without penalty."""

    parameters: dict[str, float]
    errors: dict[str, float | None]
    log_likelihood: float
    converged: bool
    evaluations: int


class BgNbd:
    """The likelihood on one summary: values that depend on x alone are worked out once a distinct x."""

    names = ("r", "alpha", "a", "b")

    def __init__(self, summary: Summary) -> None:
        self.s = summary
        self.xs, self.at = np.unique(summary.x, return_inverse=True)
        self.by_x = np.bincount(self.at, weights=summary.weight)
        self.bought = summary.x > 0
        self.evaluations = 0

    def cost(self, theta: Array) -> tuple[float, Array]:
        """Minus the penalised log-likelihood and its gradient, at the logarithms of the parameters."""
        self.evaluations += 1
        r, alpha, a, b = np.exp(theta)
        s, xs, at, w = self.s, self.xs, self.at, self.s.weight
        rx = r + s.x
        log_age, log_last = np.log(alpha + s.age), np.log(alpha + s.t_x)
        alive = -rx * log_age
        # x = 0 cannot have dropped out; the guard keeps b + x - 1 above zero there
        later = np.where(xs > 0, b + xs - 1, 1.0)
        gone_of_x = np.where(xs > 0, np.log(a) - np.log(later), -np.inf)
        gone = gone_of_x[at] - rx * log_last
        both = np.logaddexp(alive, gone)
        of_x = (
            gammaln(r + xs) - gammaln(r) + r * theta[1]
            + gammaln(a + b) + gammaln(b + xs) - gammaln(b) - gammaln(a + b + xs)
        )  # fmt: skip
        value = float(w @ both + self.by_x @ of_x)
        share = np.exp(gone - both)  # how much of the likelihood is 'gone since the last purchase'
        gone_by_x = np.bincount(at, weights=w * share, minlength=len(xs))
        d_r = self.by_x @ (digamma(r + xs) - digamma(r) + theta[1]) - w @ ((1 - share) * log_age + share * log_last)
        d_alpha = self.by_x.sum() * r / alpha - w @ (rx * ((1 - share) / (alpha + s.age) + share / (alpha + s.t_x)))
        tail = digamma(a + b) - digamma(a + b + xs)
        d_a = self.by_x @ tail + gone_by_x.sum() / a
        d_b = self.by_x @ (tail + digamma(b + xs) - digamma(b)) - gone_by_x @ np.where(xs > 0, 1 / later, 0.0)
        gradient: Array = np.array([d_r * r, d_alpha * alpha, d_a * a, d_b * b])
        return -value + PENALTY * float(theta @ theta), -gradient + 2 * PENALTY * theta

    def fit(self) -> Fit:
        return best_fit(self.cost, [np.log(start) for start in STARTS], self.names, self)


class Nbd:
    """The same without dropping out: r and alpha alone."""

    names = ("r", "alpha")

    def __init__(self, summary: Summary) -> None:
        self.s = summary
        self.xs, at = np.unique(summary.x, return_inverse=True)
        self.by_x = np.bincount(at, weights=summary.weight)
        self.evaluations = 0

    def cost(self, theta: Array) -> tuple[float, Array]:
        self.evaluations += 1
        r, alpha = np.exp(theta)
        s, w, rx = self.s, self.s.weight, r + self.s.x
        log_age = np.log(alpha + s.age)
        value = float(self.by_x @ (gammaln(r + self.xs) - gammaln(r) + r * theta[1]) - w @ (rx * log_age))
        d_r = self.by_x @ (digamma(r + self.xs) - digamma(r) + theta[1]) - w @ log_age
        d_alpha = self.by_x.sum() * r / alpha - w @ (rx / (alpha + s.age))
        gradient: Array = np.array([d_r * r, d_alpha * alpha])
        return -value + PENALTY * float(theta @ theta), -gradient + 2 * PENALTY * theta

    def fit(self) -> Fit:
        return best_fit(self.cost, [np.log(start[:2]) for start in STARTS], self.names, self)


def best_fit(cost: Any, starts: list[Array], names: tuple[str, ...], model: Any) -> Fit:
    """The better of several starts, with standard errors from the curvature there."""
    found = [
        minimize(
            cost, start, jac=True, method="L-BFGS-B", bounds=[(-12.0, 14.0)] * len(start),
            options={"maxiter": 400, "ftol": 1e-12, "gtol": 1e-5},
        )
        for start in starts
    ]  # fmt: skip
    best = min((one for one in found if np.isfinite(one.fun)), key=lambda one: one.fun)
    theta: Array = best.x
    penalty = PENALTY * float(theta @ theta)
    deviation = errors_at(cost, theta)
    values = np.exp(theta)
    inside = bool(np.all(np.abs(theta) < FAR))
    return Fit(
        {name: float(value) for name, value in zip(names, values, strict=True)},
        {
            name: float(value * error) if np.isfinite(error) else None
            for name, value, error in zip(names, values, deviation, strict=True)
        },
        -(float(best.fun) - penalty),
        inside,
        model.evaluations,
    )


def errors_at(cost: Any, theta: Array) -> Array:
    """Standard errors of the logarithms: the inverse of the gradient's own differences; NaN where it is not convex."""
    step = 1e-4
    rows: list[Array] = []
    for place in range(len(theta)):
        shift = np.zeros(len(theta))
        shift[place] = step
        rows.append((cost(theta + shift)[1] - cost(theta - shift)[1]) / (2 * step))
    curvature = (np.array(rows) + np.array(rows).T) / 2
    try:
        spread = np.diag(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        return np.full(len(theta), np.nan)
    with np.errstate(invalid="ignore"):
        return np.sqrt(spread)


# --- what the parameters say of one customer ------------------------------------------------------


def alive(parameters: dict[str, float], x: Array, t_x: Array, age: Array) -> Array:
    """The probability that a customer has not dropped out yet; without dropping out it is 1 for everybody."""
    if "a" not in parameters:
        return np.ones(len(x))
    r, alpha, a, b = (parameters[name] for name in BgNbd.names)
    later = np.where(x > 0, b + x - 1, 1.0)
    odds = np.log(a) - np.log(later) + (r + x) * np.log((alpha + age) / (alpha + t_x))
    return np.where(x > 0, expit(-odds), 1.0)


def expected(parameters: dict[str, float], x: Array, t_x: Array, age: Array, weeks: float) -> Array:
    """Purchases expected within ``weeks`` from now, dropping out before or within them taken in."""
    r, alpha = parameters["r"], parameters["alpha"]
    if "a" not in parameters:
        return (r + x) / (alpha + age) * weeks
    out = np.empty(len(x))
    key = (x.astype(np.int64) << 24) | np.round(age * 7).astype(np.int64)
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    xs, ages = x[first], age[first]
    kept = np.empty(len(xs))
    for value in np.unique(xs):
        at = xs == value
        p, share = beta_nodes(parameters["a"], parameters["b"] + value)
        reach = np.outer(weeks / (alpha + ages[at]), p)
        kept[at] = (-np.expm1(-(r + value) * np.log1p(reach)) / p) @ share
    out = kept[back]
    return out * alive(parameters, x, t_x, age)


def beta_nodes(a: float, b: float) -> tuple[Array, Array]:
    """Nodes and weights that integrate smooth functions over a beta(a, b); the weights add up to 1.

    From the recurrence of the Jacobi polynomials, so that no gamma function overflows however large b is.
    """
    i, j = b - 1, a - 1  # exponents of (1 - u) and (1 + u) on [-1, 1], with p = (1 + u) / 2
    n = np.arange(_NODES, dtype=float)
    total = 2 * n + i + j
    with np.errstate(divide="ignore", invalid="ignore"):
        diagonal = (j * j - i * i) / (total * (total + 2))
    diagonal[0] = (j - i) / (i + j + 2)
    k = n[1:]
    s = 2 * k + i + j
    with np.errstate(divide="ignore", invalid="ignore"):
        off = 4 * k * (k + i) * (k + j) * (k + i + j) / (s * s * (s + 1) * (s - 1))
    off[0] = 4 * (1 + i) * (1 + j) / ((2 + i + j) ** 2 * (3 + i + j))
    u, vectors = eigh_tridiagonal(diagonal, np.sqrt(off))
    return np.clip((1 + u) / 2, 1e-300, 1.0), vectors[0] ** 2
