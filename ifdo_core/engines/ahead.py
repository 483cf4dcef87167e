"""Statements that run while the next ones are put into words.

Wording a statement takes a millisecond or two, which is as long as a small one runs. Where many follow one another and
nothing is read in between, a thread of their own runs them, in the order they came.

That thread comes back from the database a hundred times a second, and each time asks for the interpreter, which another
thread may keep for 5 ms: longer than most statements run. Meanwhile it may keep it for ``QUICK_S`` only.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType

#: Seconds after which a thread that waits for the interpreter gets it, while statements run ahead.
QUICK_S = 0.0005


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
        _quick.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.wait()
        finally:
            self._thread.shutdown(cancel_futures=True)
            _quick.end()


class _Quick:
    """Threads take turns quickly from the first ``begin`` to the last ``end``: a setting of the whole process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = 0
        self._usual_s = 0.0

    def begin(self) -> None:
        with self._lock:
            if not self._begun:
                self._usual_s = sys.getswitchinterval()
                sys.setswitchinterval(min(QUICK_S, self._usual_s))
            self._begun += 1

    def end(self) -> None:
        with self._lock:
            self._begun -= 1
            if not self._begun:
                sys.setswitchinterval(self._usual_s)


_quick = _Quick()
