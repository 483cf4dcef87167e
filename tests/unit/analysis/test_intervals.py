"""Windows and intervals against a shop that was made by the model's own rules, so that the truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ifdo_core.analysis import bgnbd, gamma_gamma
from ifdo_core.analysis.bgnbd import Fit
from ifdo_core.analysis.intervals import checks, due_window, value_interval

ORDERS = Fit({"r": 0.9, "alpha": 6.0, "a": 0.8, "b": 3.0}, {}, 0.0, True, 0)
VALUE = Fit({"p": 4.0, "q": 3.5, "v": 30_000.0}, {}, 0.0, True, 0)
WEEKS, HORIZON = 40.0, 26.0


def a_shop(customers: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Rows as of week 40; weeks from then to each one's next purchase (inf: none); what 26 weeks brought."""
    dice = np.random.default_rng(seed)
    told = ORDERS.parameters
    rate = dice.gamma(told["r"], 1 / told["alpha"], customers)
    leaves = dice.beta(told["a"], told["b"], customers)
    scale = dice.gamma(VALUE.parameters["q"], 1 / VALUE.parameters["v"], customers)  # nu: amounts are gamma(p, nu)
    x, t_x, total = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    after, brought = np.full(customers, np.inf), np.zeros(customers)
    for one in range(customers):
        now = 0.0
        while True:
            now += dice.exponential(1 / rate[one])
            if now > WEEKS + 2_000:
                break
            amount = dice.gamma(VALUE.parameters["p"], 1 / scale[one])
            if now <= WEEKS:
                x[one] += 1
                t_x[one] = now
                total[one] += amount
            else:
                after[one] = min(after[one], now - WEEKS)
                brought[one] += amount if now <= WEEKS + HORIZON else 0.0
            if dice.random() < leaves[one]:
                break
    rows = pd.DataFrame({"x": x, "span": t_x * 7, "age": WEEKS * 7, "repeat_amount": total})
    return rows, after, brought


@pytest.fixture(scope="module")
def shop() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    return a_shop(6_000, 3)


def test_half_of_those_who_buy_again_do_so_in_their_window(shop: tuple[pd.DataFrame, np.ndarray, np.ndarray]) -> None:
    rows, after, _ = shop
    window = due_window(ORDERS, rows)
    again = (rows["x"].to_numpy() > 0) & np.isfinite(after)
    inside = (after * 7 >= window.low) & (after * 7 <= window.high)
    assert again.sum() > 1_500
    assert inside[again].mean() == pytest.approx(0.5, abs=0.03)
    assert (window.low <= window.high)[rows["x"] > 0].all()
    assert np.isnan(window.low[rows["x"] == 0]).all()


def test_the_value_lies_in_its_interval_at_least_as_often_as_it_says(
    shop: tuple[pd.DataFrame, np.ndarray, np.ndarray],
) -> None:
    rows, after, brought = shop
    x, t_x, age = (rows[name].to_numpy() / (1 if name == "x" else 7) for name in ("x", "span", "age"))
    alive = bgnbd.alive(ORDERS.parameters, x, t_x, age)
    orders = bgnbd.expected(ORDERS.parameters, x, t_x, age, HORIZON)
    mean = np.divide(rows["repeat_amount"].to_numpy(), x, out=np.zeros(len(x)), where=x > 0)
    worth = gamma_gamma.expected_value(VALUE.parameters, x, mean)
    found = value_interval(ORDERS, VALUE, x, alive, orders, worth)
    inside = (brought >= found.low) & (brought <= found.high)
    told = found.high > 0
    assert told.sum() > 1_000
    assert 0.78 <= inside[told].mean() <= 0.93
    assert (found.low <= orders * worth * 3).all()
    assert (brought[~told] == 0).mean() > 0.85
    table = checks(rows, HORIZON, ORDERS, alive, found, brought, after * 7).set_index("check")
    assert table.loc["value", "real"] == pytest.approx(inside[told].mean() * 100)
    assert table.loc["due", "real"] == pytest.approx(table.loc["due", "expected"], abs=6)


@pytest.mark.parametrize("fit", [ORDERS, None])
@pytest.mark.parametrize("value", [VALUE, None])
def test_nothing_odd_comes_out_of_odd_rows(fit: Fit | None, value: Fit | None) -> None:
    x = np.array([0.0, 0.0, 1.0, 300.0])
    alive, orders = np.array([1.0, 0.0, 1e-9, 1.0]), np.array([0.0, 0.0, 1e-12, 400.0])
    found = value_interval(fit, value, x, alive, orders, np.array([0.0, 100.0, 100.0, 1e9]))
    assert np.isfinite(found.low).all()
    assert np.isfinite(found.high).all()
    assert (found.low <= found.high).all()
    rows = pd.DataFrame({"x": x, "span": [0.0, 0.0, 7.0, 700.0], "age": [0.0, 7.0, 7.0, 700.0]})
    window = due_window(fit, rows)
    assert np.isfinite(window.low[x > 0]).all() or fit is None
