"""Rows put by until they are needed again, in memory while they are few, else in compressed files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa_untyped

pa: Any = pa_untyped

Table = Any  # a pyarrow Table

#: Bytes of rows kept in memory; beyond it they go to a temporary folder.
IN_MEMORY_BYTES = 64 << 20


class Spool:
    """Tables by name, given back in the order they were added. Its files vanish when it is left."""

    def __init__(self) -> None:
        self._held: dict[str, list[Table]] = {}
        self._bytes = 0
        self._added: dict[str, int] = {}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, name: str, table: Table) -> None:
        """Put ``table`` behind those of the same name, whose columns it must have."""
        self._held.setdefault(name, []).append(table)
        self._columns[name] = tuple(table.column_names)
        self._bytes += int(table.nbytes)
        self._added[name] = self._added.get(name, 0) + int(table.nbytes)
        if self._bytes > IN_MEMORY_BYTES:
            self._write_out()

    def bytes(self, name: str) -> int:
        """How much was added under ``name``, as it lay in memory."""
        return self._added.get(name, 0)

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns of what was added under ``name``; none where nothing was."""
        return self._columns.get(name, ())

    def rows(self, name: str) -> Iterator[Table]:
        """What was added under ``name``; nothing may be added to it afterwards."""
        writer = self._writers.get(name)
        if writer is not None:
            writer.close()
            with pa.OSFile(str(self._path(name))) as source, pa.ipc.open_stream(source) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch])
        yield from self._held.get(name, [])

    def _write_out(self) -> None:
        for name, held in self._held.items():
            for table in held:
                if name not in self._writers:
                    options = pa.ipc.IpcWriteOptions(compression="lz4")
                    self._writers[name] = pa.ipc.new_stream(str(self._path(name)), table.schema, options=options)
                self._writers[name].write_table(table)
        self._held.clear()
        self._bytes = 0

    def _path(self, name: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="ifdo_load_")
        return Path(self._folder.name) / f"{name}.arrow"

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
