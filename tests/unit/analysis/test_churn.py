"""Churn risk: calibrated where the history allows it, by the cycle alone where not, and always with words."""

from __future__ import annotations

import random

import pytest

from tests.unit.analysis.shops import NOW, shop


def regulars(customers: int, seed: int) -> list[tuple[str, float, int]]:
    """Customers with a gap of their own, half of whom stop at some time."""
    dice = random.Random(seed)
    rows: list[tuple[str, float, int]] = []
    for number in range(customers):
        gap, day = dice.uniform(10, 60), dice.uniform(100, 700)
        end = dice.uniform(0, day) if dice.random() < 0.5 else 0.0
        while day > end:
            rows.append((f"m{number}", day, 10_000))
            day -= dice.expovariate(1 / gap)
    return rows


def test_probabilities_come_true_on_the_quarter_held_out() -> None:
    with shop(*regulars(600, 4)) as workbench:
        found = workbench.analysis.churn(NOW)
        assert found.calibrated
        assert (found.reliability["forecast"] - found.reliability["real"]).abs().mean() < 8
        told = found.frame()
        assert told["probability"].between(0, 100).all()
        assert told["probability"].is_monotonic_decreasing
        late = told[told["cycle_ratio"] >= 4]
        assert late["probability"].mean() > told[told["cycle_ratio"] < 1]["probability"].mean() + 20
        assert (late["reasons"] != "").all()
        assert found.levels()["customers"].sum() == len(told)
        assert "NaN" not in found.figure().to_json()
        assert found.insight()


@pytest.mark.parametrize("rows", [[], [("a", 0, 100)], [("a", 3, 0), ("b", 0, 0)], [(f"m{n}", 0, 1) for n in range(9)]])
def test_little_to_go_by(rows: list[tuple[str | None, float, int]]) -> None:
    with shop(*rows) as workbench:
        found = workbench.analysis.churn()
        assert not found.calibrated
        assert found.insight()
        assert found.frame()["probability"].notna().all()
        assert found.figure() is not None
