"""Telling how far a long task is: a share from 0 to 1 and what is being done, in the user's language."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

Progress = Callable[[float, str], None]
Clock = Callable[[], float]

PATIENCE_S = 1.0  # quicker work shows nothing
LINE_EVERY_S = 5.0  # where the stream is a file: a line now and then instead of a bar
WIDTH = 28


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


def watched() -> Progress:
    """In a notebook a bar below the cell, where an analyst waits; elsewhere nobody watches."""
    shell: Any = sys.modules.get("IPython")
    running: Any = shell.get_ipython() if shell is not None else None
    return Bar(rewritten=True) if hasattr(running, "kernel") else quiet


class Bar:
    """A progress bar of plain text on standard error, shown only for work longer than a second.

    Called with (share 0..1, text) by whatever works; a context manager that tidies the line. On a terminal and in a
    notebook (``rewritten``: whether it is so, else asked of the stream) one line is rewritten in place; elsewhere a
    line is written every five seconds. At 1.0 the line goes.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        clock: Clock = time.monotonic,
        quiet: bool = False,
        rewritten: bool | None = None,
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._rewritten = self._stream.isatty() if rewritten is None else rewritten
        self._clock = clock
        self._quiet = quiet
        self._started = clock()
        self._last = float("-inf")
        self._drawn = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._tidy()

    def _tidy(self) -> None:
        if self._drawn and self._rewritten:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, share: float, text: str = "") -> None:
        if share >= 1.0:
            self._tidy()
            return
        now = self._clock()
        pause = 0.1 if self._rewritten else LINE_EVERY_S
        if self._quiet or now - self._started < PATIENCE_S or now - self._last < pause:
            return
        self._last = now
        self._drawn = True
        done = max(share, 0.0)
        if self._rewritten:
            full = round(done * WIDTH)
            self._stream.write(f"\r\x1b[K[{'#' * full}{'.' * (WIDTH - full)}] {done:4.0%} {text}")
        else:
            self._stream.write(f"{done:4.0%} {text}\n")
        self._stream.flush()
