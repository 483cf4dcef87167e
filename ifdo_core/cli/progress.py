"""A progress bar of plain text on standard error, shown only for work longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

Clock = Callable[[], float]

PATIENCE_S = 1.0  # quicker work shows nothing
LINE_EVERY_S = 5.0  # where the stream is a file: a line now and then instead of a bar
WIDTH = 28


class Bar:
    """Called with (fraction 0..1, text) by whatever works; a context manager that tidies the line.

    On a terminal one line is rewritten in place; elsewhere a line is written every five seconds.
    """

    def __init__(self, stream: TextIO | None = None, *, clock: Clock = time.monotonic, quiet: bool = False) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._quiet = quiet
        self._started = clock()
        self._last = float("-inf")
        self._drawn = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn and self._stream.isatty():
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, fraction: float, text: str = "") -> None:
        now = self._clock()
        pause = 0.1 if self._stream.isatty() else LINE_EVERY_S
        if self._quiet or now - self._started < PATIENCE_S or now - self._last < pause:
            return
        self._last = now
        self._drawn = True
        done = min(max(fraction, 0.0), 1.0)
        if self._stream.isatty():
            full = round(done * WIDTH)
            self._stream.write(f"\r\x1b[K[{'#' * full}{'.' * (WIDTH - full)}] {done:4.0%} {text}")
        else:
            self._stream.write(f"{done:4.0%} {text}\n")
        self._stream.flush()
