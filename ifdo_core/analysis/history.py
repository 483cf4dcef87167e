"""A regression on the history: how the models' own forecast should be corrected for what was bought lately.

A Poisson regression with the mean of BG/NBD and Pareto/NBD as exposure. It is trained on a quarter that has passed:
the state before it, and what was bought in it. The age of a customer is not among the columns, since at the next
forecast everybody is older than anybody was in the training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ifdo_core.analysis.bgnbd import Array

#: Penalties that validation chooses from.
PENALTIES = (0.01, 0.03, 0.1, 0.3)
_STEPS = 60


@dataclass(frozen=True)
class HistoryModel:
    """Weights of the standardised columns and the intercept."""

    mean: Array
    spread: Array
    weights: Array
    intercept: float

    def factor(self, columns: Array) -> Array:
        """By what the models' forecast is multiplied; bounded, so that one odd customer cannot carry the total."""
        z = (columns - self.mean) / self.spread
        return np.exp(np.clip(z @ self.weights + self.intercept, -4.0, 2.5))


def train(columns: Array, exposure: Array, bought: Array, penalty: float) -> HistoryModel:
    """Newton's steps on the penalised Poisson likelihood; ``exposure``: what the models expected."""
    mean, spread = columns.mean(0), columns.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    z = np.column_stack([np.ones(len(columns)), (columns - mean) / spread])
    ridge = np.full(z.shape[1], penalty * exposure.sum())
    ridge[0] = 0.0
    beta = np.zeros(z.shape[1])
    beta[0] = np.log(max(float(bought.sum()), 0.5) / exposure.sum())
    value = _loss(beta, z, exposure, bought, ridge)
    for _ in range(_STEPS):
        rate = exposure * np.exp(np.clip(z @ beta, -30, 30))
        gradient = z.T @ (rate - bought) + ridge * beta
        curvature = (z * rate[:, None]).T @ z + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        length = 1.0
        while length > 1e-4 and _loss(beta - length * step, z, exposure, bought, ridge) > value:
            length /= 2
        beta = beta - length * step
        before, value = value, _loss(beta, z, exposure, bought, ridge)
        if before - value < 1e-9 * abs(before):
            break
    return HistoryModel(mean, spread, beta[1:], float(beta[0]))


def _loss(beta: Array, z: Array, exposure: Array, bought: Array, ridge: Array) -> float:
    eta = np.clip(z @ beta, -30, 30)
    return float(exposure @ np.exp(eta) - bought @ eta + 0.5 * (ridge * beta) @ beta)


def columns_of(rows: Any, of_bgnbd: Array, of_pareto: Array) -> Array:
    """What the regression reads of each customer: purchases and how long ago, in three windows, and both forecasts."""
    weeks_since = (rows["age"] - rows["span"]).to_numpy(dtype=float) / 7
    parts = [rows["x"], weeks_since, rows["k4"], rows["k8"], rows["k13"], 10 * of_bgnbd, 10 * of_pareto]
    return np.log1p(np.maximum(np.column_stack([np.asarray(part, dtype=float) for part in parts]), 0.0))
