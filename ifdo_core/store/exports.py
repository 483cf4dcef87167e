"""The log of what left the house: who took which rows and columns of which segment, when, and where to."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ifdo_core.store.models import ExportRow

Opened = Callable[[], AbstractContextManager[Session]]
_TEXT = 200
_LONG = 2_000


@dataclass(frozen=True)
class ExportRecord:
    """One hand-over. ``way``: 'download', 'email', 'cli' or 'notebook'; ``destination``: file or address."""

    at: datetime  # naive UTC
    who: str
    role: str
    way: str
    destination: str
    segment_name: str
    segment: str  # its JSON; '' for all
    what: str
    window: str  # '' for all visits
    columns: tuple[str, ...]
    masked: bool
    search: str
    rows: int
    format: str
    id: str = ""


class ExportLog:
    """The log in a store; rows are added and read, never changed."""

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading = reading
        self._writing = writing

    def add(self, record: ExportRecord) -> ExportRecord:
        """Keeps ``record`` under a new id. Raises EngineError where the store cannot be written."""
        row = ExportRow(
            export_id="exp_" + secrets.token_hex(6),
            at=record.at,
            who=record.who[:_TEXT],
            role=record.role,
            way=record.way,
            destination=record.destination[:_LONG],
            segment_name=record.segment_name[:_TEXT],
            segment=record.segment,
            what=record.what,
            span=record.window,
            columns=json.dumps(record.columns),
            masked=record.masked,
            search=record.search[:_TEXT],
            row_count=record.rows,
            format=record.format,
        )
        with self._writing() as session:
            session.add(row)
            session.flush()
            return _record(row)

    def count(self) -> int:
        with self._reading() as session:
            return session.execute(select(func.count()).select_from(ExportRow)).scalar_one()

    def newest(self, limit: int = 100, offset: int = 0) -> list[ExportRecord]:
        """The newest first."""
        newest = select(ExportRow).order_by(ExportRow.at.desc(), ExportRow.export_id)
        with self._reading() as session:
            return [_record(row) for row in session.scalars(newest.limit(limit).offset(offset))]

    def frame(self, limit: int = 100, offset: int = 0) -> pd.DataFrame:
        """As ``newest``, one row a hand-over."""
        names = [name for name in ExportRecord.__dataclass_fields__ if name != "segment"]
        rows: list[list[Any]] = [[getattr(item, name) for name in names] for item in self.newest(limit, offset)]
        return pd.DataFrame(rows, columns=names)


def _record(row: ExportRow) -> ExportRecord:
    return ExportRecord(
        at=row.at, who=row.who, role=row.role, way=row.way, destination=row.destination,
        segment_name=row.segment_name, segment=row.segment, what=row.what, window=row.span,
        columns=tuple(json.loads(row.columns)), masked=row.masked, search=row.search, rows=row.row_count,
        format=row.format, id=row.export_id,
    )  # fmt: skip
