"""q values against SciPy's and the published example."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from ifdo_core.discovery import benjamini_hochberg


def test_q_values_are_those_of_scipy():
    p = np.random.default_rng(2).random(200) ** 3
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))
    assert list(benjamini_hochberg([])) == []


def test_tests_that_were_not_computed_count():
    p = np.random.default_rng(1).random(50) ** 3
    padded = false_discovery_control(np.concatenate([p, np.ones(450)]))[:50]
    assert benjamini_hochberg(p, tests=500) == pytest.approx(padded)


def test_the_published_example():
    """Benjamini and Hochberg (1995, section 3.2): at 0.05 the first four of fifteen are rejected."""
    published = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                 0.6528, 0.7590, 1.0000]  # fmt: skip
    assert [bool(q <= 0.05) for q in benjamini_hochberg(published)] == [True] * 4 + [False] * 11
