"""Answers that hold until something is written, for a database that no other process can have open."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

_T = TypeVar("_T")


class Remembered:
    """What was asked of one database since its last change. Engines of one process on one file share it."""

    def __init__(self) -> None:
        self._changes = 0
        self._known: dict[Hashable, tuple[int, Any]] = {}

    def changed(self) -> None:
        """Something was committed: every answer is asked for again."""
        self._changes += 1

    def get(self, key: Hashable, ask: Callable[[], _T]) -> _T:
        # Counted before asking: what is committed meanwhile makes the answer ask again, however new it is.
        changes = self._changes
        known = self._known.get(key)
        if known is None or known[0] != changes:
            known = (changes, ask())
            self._known[key] = known
        return known[1]


_of_files: WeakValueDictionary[str, Remembered] = WeakValueDictionary()


def remembered_of(path: str) -> Remembered:
    """The one of the file at ``path``; it may have been changed since this process last had it open."""
    found = _of_files.get(path)
    if found is None:
        found = _of_files[path] = Remembered()
    found.changed()
    return found
