"""A list into a file: masked as asked, streamed, logged before anybody gets it.

The rows go to a part file beside the target; only when all are there and the log says so does it take its name.
What goes wrong on the way leaves no file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from ifdo_core.engines import Engine
from ifdo_core.errors import DataError
from ifdo_core.formats import count_text, size_text
from ifdo_core.i18n import translate
from ifdo_core.lists.cells import masked_frame, worded_frame
from ifdo_core.lists.files import FORMATS, format_of
from ifdo_core.lists.query import Listing
from ifdo_core.lists.request import ListRequest
from ifdo_core.progress import Progress
from ifdo_core.roles import Role, require_export
from ifdo_core.store import ExportLog, ExportRecord

Headers = Literal["labels", "ids"]
PIECE = 20_000  # rows


@dataclass(frozen=True)
class Actor:
    """Who takes a list out, and by which way ('download', 'email', 'cli', 'notebook')."""

    who: str
    role: Role
    way: str


@dataclass(frozen=True)
class Exported:
    """A written file and its entry in the log."""

    path: Path
    rows: int
    record: ExportRecord

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def insight(self) -> str:
        return translate("{rows}행을 {file}에 썼어요 ({size}).").format(
            rows=count_text(self.rows), file=self.path.name, size=size_text(self.size)
        )


@dataclass(frozen=True)
class Source:
    """Where the rows come from."""

    engine: Engine
    listing: Listing
    zone: ZoneInfo

    @property
    def request(self) -> ListRequest:
        return self.listing.request


def write_list(source: Source, path: Path, format: str, headers: Headers, progress: Progress) -> int:
    """Writes all rows to ``path``; how many there were. ``headers``: 'labels' for people, with values by their names
    and the shop's clock; 'ids' for programs: ids of columns and values, times still those of the shop."""
    columns = source.request.shown
    names = [column.label() if headers == "labels" else column.name for column in columns]
    total = int(source.engine.scalar(source.listing.count_query()))
    with FORMATS[format](path, columns, names) as file:
        for frame in source.engine.stream(source.listing.page_query(), PIECE):
            rows = masked_frame(frame, columns) if source.request.masked else frame
            file.add(worded_frame(rows, columns if headers == "labels" else (), source.zone))
            told = translate("{done} / {total}행을 쓰고 있어요")
            progress(0.9 * min(1.0, file.rows / max(total, 1)), told.format(done=f"{file.rows:,}", total=f"{total:,}"))
        progress(0.9, translate("파일을 마무리하고 있어요"))
    return file.rows


def export_list(
    source: Source,
    path: Path,
    actor: Actor,
    log: ExportLog,
    now: datetime,
    *,
    destination: str = "",
    headers: Headers = "labels",
    progress: Progress,
) -> Exported:
    """Writes the list to ``path`` (.csv or .xlsx) and logs it at the wall clock's ``now``.

    Raises NotAllowed where the role may not export or see it so, DataError for a folder that is not there.
    """
    require_export(actor.role)
    source.request.allow(actor.role)
    format = format_of(path)
    if not path.parent.is_dir():
        raise DataError("no_folder", "{folder} 폴더가 없어요.", "폴더를 먼저 만들어 주세요.", folder=str(path.parent))
    with _part_file(path) as part:
        rows = write_list(source, part, format, headers, progress)
        record = log.add(record_of(source.request, actor, destination or str(path), now, rows, format))
        os.replace(part, path)
    progress(1.0, "")
    return Exported(path, rows, record)


def record_of(
    request: ListRequest, actor: Actor, destination: str, now: datetime, rows: int, format: str
) -> ExportRecord:
    """The entry of the log for what ``request`` gave."""
    return ExportRecord(
        at=now,
        who=actor.who,
        role=actor.role.id,
        way=actor.way,
        destination=destination,
        segment_name=request.segment.name if request.segment else "",
        segment=request.segment.to_json() if request.segment else "",
        what=request.what,
        window=request.window or "",
        columns=tuple(column.name for column in request.shown),
        masked=request.masked,
        search=request.search,
        rows=rows,
        format=format,
    )


@contextmanager
def _part_file(path: Path) -> Generator[Path]:
    """A file of its own beside ``path``, readable by its owner alone, gone at the end unless it was moved."""
    handle, name = tempfile.mkstemp(prefix=".ifdo-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
