"""Saved segments for commands: a segment file may name some, and the help answers look at them."""

from __future__ import annotations

import argparse
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager

from ifdo_core.progress import Progress
from ifdo_core.segments import Segment
from ifdo_core.store import Store, open_store
from ifdo_core.workbench import Workbench


@contextmanager
def open_shop(args: argparse.Namespace, progress: Progress | None = None) -> Generator[Workbench]:
    """The shop of ``--shop`` with the saved segments of the app (IFDO_STATE_URL)."""
    saved = _Saved()
    try:
        with Workbench.open(args.shop, progress=progress, segments=saved) as workbench:
            yield workbench
    finally:
        saved.close()


class _Saved(Mapping[str, Segment]):
    """The store's segments; it is opened when the first is asked for, as most files name none."""

    def __init__(self) -> None:
        self._store: Store | None = None

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    def _found(self) -> Mapping[str, Segment]:
        if self._store is None:
            self._store = open_store()
        return self._store.segments

    def __getitem__(self, segment_id: str) -> Segment:
        return self._found()[segment_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())
