"""Saved segments: save, rename, copy, delete and bring back, list."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine, create_engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from ifdo_core.clock import utc_now
from ifdo_core.errors import EngineError, IfdoError, SegmentError
from ifdo_core.segments.model import Segment
from ifdo_core.segments.nested import resolve
from ifdo_core.store.consents import ConsentLedger
from ifdo_core.store.exports import ExportLog
from ifdo_core.store.leases import Leases
from ifdo_core.store.messages import MessageShelf
from ifdo_core.store.migrations import migrate
from ifdo_core.store.models import SegmentRow
from ifdo_core.store.outbox import Outbox
from ifdo_core.store.plans import PlanShelf

MAX_NAME = 200
DEFAULT_URL = "sqlite:///var/state.db"
_migrating = threading.Lock()
_PATIENCE_S = 0.5


@dataclass(frozen=True)
class SavedSegment:
    """A segment with its id and times (UTC, naive).

    ``segment`` is None where its tree cannot be read (written by a newer version, or changed by hand);
    ``fault`` then says why, and the row stays as it is.
    """

    id: str
    name: str
    segment: Segment | None
    created_at: datetime
    updated_at: datetime
    fault: SegmentError | None = None

    def readable(self) -> Segment:
        """The segment. Raises its fault where there is one."""
        if self.segment is None:
            raise self.fault or LookupError(self.id)
        return self.segment


def state_url() -> str:
    """``IFDO_STATE_URL``, or a SQLite file under ``var/`` of the working directory."""
    return os.environ.get("IFDO_STATE_URL", "").strip() or DEFAULT_URL


def open_store(url: str | None = None) -> Store:
    """The store at ``url`` (default ``state_url()``), made and brought up to date where needed.

    Raises EngineError where it cannot be reached or is newer than this program.
    """
    chosen = make_url(url or state_url())
    with _worded():
        if chosen.get_backend_name() == "sqlite" and chosen.database and chosen.database != ":memory:":
            Path(chosen.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(chosen, pool_pre_ping=True)
        try:
            _brought_up(engine)
        except BaseException:
            engine.dispose()
            raise
    return Store(engine)


def _brought_up(engine: Engine) -> None:
    """Migrates; threads one after the other. Another process may have been at it meanwhile: then once more."""
    with _migrating:
        for last in (False, True):
            try:
                with engine.begin() as connection:
                    migrate(connection)
            except SQLAlchemyError:
                if last:
                    raise
                time.sleep(_PATIENCE_S)
            else:
                return


@contextmanager
def _worded() -> Generator[None]:
    """Errors of the database and the disk as sentences."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise EngineError(
            "state_unavailable",
            "저장소를 쓸 수 없어요: {detail}",
            "IFDO_STATE_URL 주소와 폴더의 쓰기 권한, 디스크 공간을 확인해 주세요.",
            detail=str(getattr(error, "orig", None) or error).splitlines()[0][:200],
        ) from error


class Store:
    """One database of saved things; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session = sessionmaker(engine, expire_on_commit=False)
        self._writing = threading.Lock()  # one at a time, so that two sessions do not take one free name
        self.exports = ExportLog(self._open, self._write)
        self.messages = MessageShelf(self._open, self._write)
        self.leases = Leases(self._open, self._write)
        self.outbox = Outbox(self._open, self._write, self.leases)
        self.plans = PlanShelf(self._open, self._write)
        self.consents = ConsentLedger(self._open, self._write)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _open(self) -> Generator[Session]:
        with _worded(), self._session.begin() as session:
            yield session

    @contextmanager
    def _write(self) -> Generator[Session]:
        with self._writing, self._open() as session:
            yield session

    # --- reading ---------------------------------------------------------------------------

    @property
    def segments(self) -> Mapping[str, Segment]:
        """The readable ones by id, each read when it is asked for: what ``Workbench.open(segments=…)`` takes."""
        return _Segments(self)

    def list(self, query: str = "") -> list[SavedSegment]:
        """Those not deleted, the last changed first; ``query``: only names that contain it, in any case."""
        with self._open() as session:
            rows = session.scalars(
                select(SegmentRow)
                .where(SegmentRow.deleted_at.is_(None))
                .order_by(SegmentRow.updated_at.desc(), SegmentRow.segment_id)
            )
            wanted = query.strip().casefold()
            return [_saved(row) for row in rows if wanted in row.name.casefold()]

    def get(self, segment_id: str) -> SavedSegment:
        """Raises IfdoError 'segment_not_found' where there is none or it was deleted, SegmentError where unreadable."""
        with self._open() as session:
            found = _saved(_row(session, segment_id))
        found.readable()
        return found

    # --- writing ---------------------------------------------------------------------------

    def save(self, segment: Segment, segment_id: str | None = None) -> SavedSegment:
        """Keeps ``segment`` as a new one, or in the place of ``segment_id``. Names are unique: a copy gets ' (2)'.

        Raises SegmentError where saved segments would then contain each other in a circle.
        """
        resolve(segment, self.segments, segment_id)
        with self._write() as session:
            now = utc_now()
            if segment_id is None:
                row = SegmentRow(segment_id=_new_id(), created_at=now)
                session.add(row)
            else:
                row = _row(session, segment_id)
            row.name = _free_name(session, segment.name, row.segment_id)
            row.tree = replace(segment, name=row.name).to_json()
            row.updated_at = now
            session.flush()
            return _saved(row)

    def rename(self, segment_id: str, name: str) -> SavedSegment:
        """Raises IfdoError where the name is empty or too long."""
        return self.save(replace(self.get(segment_id).readable(), name=name), segment_id)

    def copy(self, segment_id: str) -> SavedSegment:
        """A second one with the same tree, named '… (2)'."""
        return self.save(self.get(segment_id).readable())

    def delete(self, segment_id: str) -> SavedSegment:
        """Takes it off the list; ``undelete`` brings it back."""
        with self._write() as session:
            row = _row(session, segment_id)
            row.deleted_at = utc_now()
            return _saved(row)

    def undelete(self, segment_id: str) -> SavedSegment:
        """Back on the list; where its name was taken meanwhile, under a free one."""
        with self._write() as session:
            row = _row(session, segment_id, deleted=True)
            row.deleted_at = None
            row.name = _free_name(session, row.name, segment_id)
            session.flush()
            return _saved(row)


class _Segments(Mapping[str, Segment]):
    """A store's readable segments by id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, segment_id: str) -> Segment:
        try:
            return self._store.get(segment_id).readable()
        except (IfdoError, LookupError) as error:
            if isinstance(error, EngineError):
                raise
            raise KeyError(segment_id) from error

    def __iter__(self) -> Iterator[str]:
        return (item.id for item in self._store.list() if item.segment is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _new_id() -> str:
    """Short enough for a link, long enough not to be guessed."""
    return "seg_" + secrets.token_hex(6)


def _saved(row: SegmentRow) -> SavedSegment:
    segment, fault = None, None
    try:
        segment = replace(Segment.from_json(row.tree), name=row.name)
    except SegmentError as error:
        fault = error
    return SavedSegment(row.segment_id, row.name, segment, row.created_at, row.updated_at, fault)


def _row(session: Session, segment_id: str, *, deleted: bool = False) -> SegmentRow:
    row = session.get(SegmentRow, segment_id)
    if row is None or (row.deleted_at is not None and not deleted):
        raise IfdoError(
            "segment_not_found",
            "저장된 세그먼트를 찾을 수 없어요.",
            "삭제되었거나 링크가 잘못되었을 수 있어요. 목록에서 다시 골라 주세요.",
            segment_id=segment_id,
        )
    return row


def _free_name(session: Session, wanted: str, segment_id: str) -> str:
    """``wanted`` itself, or with the first free number behind it: 'VIP (2)'."""
    name = " ".join(wanted.split())
    if not name:
        raise IfdoError("name_is_empty", "세그먼트 이름이 비어 있어요.", "이름을 적어 주세요.")
    if len(name) > MAX_NAME:
        raise IfdoError(
            "name_is_long",
            "세그먼트 이름이 {length}자예요.",
            "{limit}자까지 쓸 수 있어요.",
            length=len(name),
            limit=MAX_NAME,
        )
    others = select(SegmentRow.name).where(SegmentRow.deleted_at.is_(None), SegmentRow.segment_id != segment_id)
    # The row itself may be new and without a name yet.
    with session.no_autoflush:
        taken = set(session.scalars(others))
    base, number = name, 1
    stem, _, last = name.rpartition(" (")
    if stem and last.endswith(")") and last[:-1].isdigit():
        base = stem
    while name in taken:
        number += 1
        ending = f" ({number})"
        name = base[: MAX_NAME - len(ending)] + ending
    return name
