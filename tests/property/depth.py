"""How many examples a property gets: enough for each run in CI, many in ``make deep``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import settings

#: Whether the 'deep' profile is on (tests/conftest.py).
DEEP = settings.default is not None and settings.default.max_examples > 1_000


def examples(number: int) -> Callable[[Any], Any]:
    """``number`` examples in CI; as many as the profile says in a deep run."""
    return (lambda test: test) if DEEP else settings(max_examples=number)
