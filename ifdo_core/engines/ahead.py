"""Statements that run while the next ones are put into words.

Wording a statement takes a millisecond or two, which is as long as a small one runs. Where many follow one another and
nothing is read in between, a thread of their own runs them, in the order they came.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType


class Ahead:
    """Runs what is ``put``, one after the other; after a failure nothing more. Its end waits for what runs."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ifdo-ahead")
        self._last: Future[None] | None = None

    def put(self, work: Callable[[], None]) -> None:
        """Run ``work`` when all before it is done, in this thread's context."""
        before, context = self._last, copy_context()

        def step() -> None:
            if before is not None:
                before.result()
            context.run(work)

        self._last = self._thread.submit(step)

    def wait(self) -> None:
        """Return when all is done; raises what the first failure raised."""
        if self._last is not None:
            self._last.result()
            self._last = None

    def __enter__(self) -> Ahead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.wait()
        finally:
            self._thread.shutdown(cancel_futures=True)
