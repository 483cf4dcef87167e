"""The experiment: published boundaries and sizes, and simulated campaigns that are looked at every day."""

from __future__ import annotations

from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.messages.experiment import Arm, detectable, difference, judge, needed, wilson
from ifdo_core.messages.sequential import critical_values, spent

RUNS = 500
LOOKS = 3
#: Shares of a 72 hour window's buyers who bought within one, two, three days.
BY_DAY = (0.5, 0.8, 1.0)


def test_borders_are_the_published_ones() -> None:
    # Jennison & Turnbull, Group Sequential Methods (2000), and the ldbounds package: O'Brien-Fleming spending,
    # five equally spaced looks, two-sided 5 %
    found = critical_values([0.2, 0.4, 0.6, 0.8, 1.0], [0.2, 0.4, 0.6, 0.8, 1.0])
    assert found == pytest.approx((4.8769, 3.3569, 2.6803, 2.2898, 2.0310), abs=5e-4)
    assert critical_values([1.0], [1.0]) == pytest.approx((1.95996,), abs=1e-4)
    assert isclose(spent(1.0), 0.05, abs_tol=1e-12)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=6))
def test_borders_hold_for_any_information(steps: list[float]) -> None:
    information = np.cumsum(steps)
    shares = [(k + 1) / len(steps) for k in range(len(steps))]
    found = critical_values(shares, [float(one) for one in information])
    dice = np.random.default_rng(1)
    path = np.cumsum(dice.standard_normal((20_000, len(steps))) * np.sqrt(steps), axis=1) / np.sqrt(information)
    beyond = float((np.abs(path) > np.array(found)).any(axis=1).mean())
    assert beyond < 0.05 + 3 * sqrt(0.05 * 0.95 / 20_000)


def test_the_size_is_that_of_the_textbooks() -> None:
    # Fleiss, Statistical Methods for Rates and Proportions: 10 % against 15 %, power 80 %, two-sided 5 %: 686 an arm
    assert needed(0.10, 0.05, 0.5) == 2 * 686
    assert detectable(0.10, 2 * 686, 0.5) == pytest.approx(0.05, abs=1e-4)
    assert detectable(0.02, 5, 0.1) is None


def test_newcombes_own_example() -> None:
    # Newcombe (1998), table II: 56/70 against 48/80, method 10: 0.0524 to 0.3339
    found = difference(56, 70, 48, 80, 1.959964)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert wilson(0, 20, 1.959964)[0] == 0


def looks_of(dice: np.random.Generator, members: int, rate: float) -> tuple[int, ...]:
    """Buyers of an arm by each day."""
    bought = dice.random(members) < rate
    day = dice.choice(LOOKS, members, p=np.diff([0.0, *BY_DAY]))
    return tuple(int((bought & (day <= k)).sum()) for k in range(LOOKS))


def simulated(seed: int, effect: float, members: tuple[int, int] = (9_000, 1_000), base: float = 0.03):
    """Campaigns as (verdict at the end, whether any daily look said that it works or harms)."""
    dice = np.random.default_rng(seed)
    for _ in range(RUNS):
        sent, held = looks_of(dice, members[0], base + effect), looks_of(dice, members[1], base)
        said = []
        for look in range(1, LOOKS + 1):
            verdict = judge(Arm("all", members[0], sent[:look]), Arm("holdout", members[1], held[:look]), LOOKS)
            said.append(verdict)
            if verdict.state in ("works", "harms"):
                break
        yield judge(Arm("all", members[0], sent), Arm("holdout", members[1], held), LOOKS), said


def test_without_an_effect_daily_looks_say_works_in_at_most_5_percent() -> None:
    ends = [said[-1].state for _, said in simulated(11, 0.0)]
    assert sum(one == "works" for one in ends) / RUNS <= 0.05
    assert sum(one in ("works", "harms") for one in ends) / RUNS <= 0.07


@pytest.mark.parametrize("effect", [0.0, 0.01, 0.02])
def test_the_interval_covers_the_planted_effect(effect: float) -> None:
    verdicts = [final for final, _ in simulated(23, effect)]
    covered = [one.rate is not None and one.rate.low <= effect <= one.rate.high for one in verdicts]
    assert 0.93 <= sum(covered) / RUNS <= 0.97
    if effect == 0.02:
        assert sum(one.state == "works" for one in verdicts) / RUNS > 0.8


def test_naive_peeking_would_have_misled() -> None:
    """What the guard is for: |z| > 1.96 at any daily look is far more often wrong than once in 20."""
    dice, wrong = np.random.default_rng(5), 0
    looks = 7
    for _ in range(RUNS):
        path = np.cumsum(dice.standard_normal(looks)) / np.sqrt(np.arange(1, looks + 1))
        wrong += bool((np.abs(path) > 1.96).any())
    assert wrong / RUNS > 0.10


def test_too_early_and_too_small() -> None:
    assert judge(Arm("all", 10, ()), Arm("holdout", 10, ()), 3).state == "early"
    assert judge(Arm("all", 10, (1,)), Arm("holdout", 0, (0,)), 3).state == "early"
    one = judge(Arm("all", 1000, (0, 0, 0)), Arm("holdout", 100, (0, 0, 0)), 3)
    assert one.state == "unknown"
    assert one.final
    assert one.revenue is None
