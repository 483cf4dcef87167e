"""A question that a newer one may overtake: its statements are stopped when nobody waits for them any more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar

from ifdo_core.engines.base import Engine, Token

_T = TypeVar("_T")

#: How long a newer question is overlooked at most.
POLL_S = 0.02


class Overtaken(Exception):
    """A newer question has come; the statements of this one have been stopped."""


def unless_overtaken(
    engine: Engine,
    work: Callable[[Callable[[Any], None]], _T],
    is_overtaken: Callable[[], bool],
    on_told: Callable[[Any], None] | None = None,
) -> _T:
    """The result of ``work``, which runs in a thread of its own; what it raises is raised here.

    ``work`` is given a function to tell with what it knows so far; ``on_told`` hears it in the caller's thread.
    ``is_overtaken`` is asked every few hundredths of a second; once it says yes, the running statement is cancelled,
    and Overtaken raised when it has stopped.
    """
    said: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    token = Token()

    def run() -> None:
        try:
            with engine.cancellable(token):
                result = work(lambda told: said.put(("told", told)))
        except BaseException as error:  # raised where it is waited for
            said.put(("failed", error))
        else:
            said.put(("done", result))

    context = copy_context()  # the session's language
    thread = threading.Thread(target=context.run, args=(run,), name="question", daemon=True)
    thread.start()
    while True:
        try:
            kind, value = said.get(timeout=POLL_S)
        except queue.Empty:
            if is_overtaken():
                token.cancel()
                thread.join()
                raise Overtaken from None
            continue
        if kind == "done":
            return value
        if kind == "failed":
            raise value
        if on_told is not None:
            on_told(value)
