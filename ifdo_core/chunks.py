"""Long lists in pieces, for statements that name their values and for transactions that should not take long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """``items`` in their order, ``size`` at a time; the last may be shorter. Takes no more than it gives."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part
