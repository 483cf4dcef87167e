"""Telling how far a long task is: a share from 0 to 1 and what is being done, in the user's language."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]


def quiet(share: float, text: str) -> None:
    """Nobody watches."""


def part(progress: Progress | None, low: float, high: float) -> Progress:
    """A task that is the stretch from ``low`` to ``high`` of a longer one."""
    if progress is None:
        return quiet
    whole = progress

    def report(share: float, text: str) -> None:
        whole(low + (high - low) * share, text)

    return report
