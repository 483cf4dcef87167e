"""The model on series whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.segments.forecast.foretell import _outcomes
from ifdo_core.segments.forecast.model import FEWEST_DAYS, FIRST_ORIGIN, Track, track


def tracked(visits: np.ndarray, span: int = 7) -> tuple[Track, np.ndarray]:
    run = np.concatenate([[0.0], visits.cumsum()])
    sums = run[1:] - run[np.maximum(np.arange(len(visits)) + 1 - span, 0)]
    came = _outcomes(sums, span)
    return track(visits, visits, came, span), came


def test_a_week_that_repeats_is_foretold_exactly() -> None:
    week = np.array([100.0, 90, 80, 70, 60, 120, 150])
    made, _ = tracked(np.tile(week, 12))
    assert made.total[-1] == pytest.approx(week.sum(), rel=0.005)
    assert made.daily[-1] == pytest.approx(week, rel=0.02)
    assert made.low[-1] < week.sum() < made.high[-1]


def test_a_step_is_followed_within_weeks() -> None:
    made, _ = tracked(np.concatenate([np.full(60, 100.0), np.full(40, 200.0)]))
    assert made.total[60] == pytest.approx(700, rel=0.02)
    assert 850 < made.total[67] < 1400  # a lift may be a campaign, so not all of it is carried on at once
    assert made.total[-1] == pytest.approx(1400, rel=0.06)


@given(st.integers(0, 10_000), st.integers(1, 14))
def test_an_origin_knows_nothing_of_what_comes_after(seed: int, span: int) -> None:
    random = np.random.default_rng(seed)
    visits = random.poisson(random.uniform(0, 60), 80).astype(float)
    other = visits.copy()
    cut = int(random.integers(FEWEST_DAYS + span, 70))
    other[cut:] = random.poisson(500, 80 - cut)
    made, changed = tracked(visits, span)[0], tracked(other, span)[0]
    for name in ("total", "low", "high", "daily"):
        one, two = getattr(made, name)[: cut + 1], getattr(changed, name)[: cut + 1]
        np.testing.assert_array_equal(one, two)


@given(st.integers(0, 10_000), st.floats(0, 300), st.integers(1, 28))
def test_numbers_are_sane(seed: int, mean: float, span: int) -> None:
    random = np.random.default_rng(seed)
    visits = random.poisson(mean, 90) * (random.random(90) < random.random())
    made, _ = tracked(visits.astype(float), span)
    known = slice(FEWEST_DAYS, None)
    assert np.isnan(made.total[:FEWEST_DAYS]).all()
    assert (made.low[known] >= 0).all()
    assert (made.low[known] <= made.total[known]).all()
    assert (made.total[known] <= made.high[known]).all()
    assert made.daily[known].sum(axis=1) == pytest.approx(made.total[known])


@pytest.mark.parametrize("clustered", [False, True])
def test_the_interval_holds_eight_times_of_ten(clustered: bool) -> None:
    """Pooled over many shops with a weekly rhythm, growth and unrest."""
    held: list[bool] = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        days = np.arange(200)
        mean = 40 * (1 + 0.3 * np.sin(days * 2 * np.pi / 7)) * np.exp(days * 0.002 + 0.1 * random.standard_normal(200))
        visits = random.negative_binomial(10, 10 / (10 + mean)) if clustered else random.poisson(mean)
        made, came = tracked(visits.astype(float))
        origins = np.arange(FIRST_ORIGIN, 194)
        held += list((made.low[origins] <= came[origins]) & (came[origins] <= made.high[origins]))
    assert 0.77 <= np.mean(held) <= 0.87
