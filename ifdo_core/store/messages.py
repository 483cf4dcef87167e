"""Drafts of brand messages with their versions, uploaded images, and applications of the channel for M and N.

The store knows no message: it keeps the JSON that it is given.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ifdo_core.errors import IfdoError
from ifdo_core.store.models import ApplicationEventRow, FolderRow, MessageDraftRow, MessageImageRow, MessageVersionRow

Opened = Callable[[], AbstractContextManager[Session]]
MAX_VERSIONS = 100
COLOURS = ("blue", "green", "orange", "red", "violet", "gray")
#: Autosaves within this time are one version.
SAME_VERSION = timedelta(minutes=5)
_NAME = 200


@dataclass(frozen=True)
class SavedDraft:
    """``tree``: the message's JSON. Times are naive UTC."""

    id: str
    name: str
    folder: str
    tree: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Version:
    """A draft as it was at ``saved_at``."""

    number: int
    tree: str
    saved_at: datetime


@dataclass(frozen=True)
class ApplicationEvent:
    """One step of a channel's application. ``state``: what it led to; ``facts``: what was said with it."""

    at: datetime
    state: str
    who: str
    facts: Mapping[str, Any]


class MessageShelf:
    """The messages' part of a store; ``reading`` and ``writing`` open a session of it."""

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    # --- drafts -------------------------------------------------------------------------------

    def list(self, query: str = "", folder: str | None = None) -> list[SavedDraft]:
        """Those not deleted, the last changed first; ``query``: in the name or the text, in any case."""
        wanted = query.strip().casefold()
        with self._reading() as session:
            rows = session.scalars(
                select(MessageDraftRow)
                .where(MessageDraftRow.deleted_at.is_(None))
                .order_by(MessageDraftRow.updated_at.desc(), MessageDraftRow.draft_id)
            )
            found = [_draft(row) for row in rows if folder is None or row.folder == folder]
        return [one for one in found if wanted in one.name.casefold() or wanted in one.tree.casefold()]

    def get(self, draft_id: str) -> SavedDraft:
        with self._reading() as session:
            return _draft(_row(session, draft_id))

    def save(self, name: str, tree: str, now: datetime, draft_id: str | None = None, folder: str = "") -> SavedDraft:
        """Keeps a new draft, or a new state of one; what is saved within minutes is one version."""
        with self._writing() as session:
            if draft_id is None:
                row = MessageDraftRow(draft_id="msg_" + secrets.token_hex(6), created_at=now, folder=folder[:_NAME])
            else:
                row = _row(session, draft_id)
            changed = draft_id is None or row.tree != tree
            row.name, row.tree, row.updated_at = name[:_NAME], tree, now
            session.add(row)
            if changed:
                self._keep_version(session, row.draft_id, tree, now)
            session.flush()
            return _draft(row)

    def _keep_version(self, session: Session, draft_id: str, tree: str, now: datetime) -> None:
        newest = session.scalars(
            select(MessageVersionRow)
            .where(MessageVersionRow.draft_id == draft_id)
            .order_by(MessageVersionRow.number.desc())
            .limit(1)
        ).first()
        if newest is not None and now - newest.saved_at < SAME_VERSION:
            newest.tree = tree
            return
        number = 1 if newest is None else newest.number + 1
        session.add(MessageVersionRow(draft_id=draft_id, number=number, tree=tree, saved_at=now))
        old = session.get(MessageVersionRow, (draft_id, number - MAX_VERSIONS))
        if old is not None:
            session.delete(old)

    def versions(self, draft_id: str) -> list[Version]:
        """The newest first."""
        with self._reading() as session:
            rows = session.scalars(
                select(MessageVersionRow)
                .where(MessageVersionRow.draft_id == draft_id)
                .order_by(MessageVersionRow.number.desc())
            )
            return [Version(row.number, row.tree, row.saved_at) for row in rows]

    def duplicate(self, draft_id: str, name: str, now: datetime) -> SavedDraft:
        """A second one with the same tree in the same folder."""
        given = self.get(draft_id)
        return self.save(name, given.tree, now, folder=given.folder)

    # --- folders ------------------------------------------------------------------------------

    def folders(self) -> dict[str, str]:
        """Name → colour, by name."""
        with self._reading() as session:
            return {row.name: row.colour for row in session.scalars(select(FolderRow).order_by(FolderRow.name))}

    def put_folder(self, name: str, colour: str) -> None:
        """A new folder, or another colour for one. Raises IfdoError for an empty name or an unknown colour."""
        wanted = " ".join(name.split())[:_NAME]
        if not wanted or colour not in COLOURS:
            raise IfdoError("folder", "그룹의 이름이나 색이 잘못되었어요.", "이름을 적고 색을 골라 주세요.")
        with self._writing() as session:
            session.merge(FolderRow(name=wanted, colour=colour))

    def remove_folder(self, name: str) -> None:
        """The folder alone: what was in it stays, in none."""
        with self._writing() as session:
            row = session.get(FolderRow, name)
            if row is not None:
                session.delete(row)
            session.execute(update(MessageDraftRow).where(MessageDraftRow.folder == name).values(folder=""))

    def move(self, draft_id: str, folder: str) -> None:
        with self._writing() as session:
            _row(session, draft_id).folder = folder[:_NAME]

    def delete(self, draft_id: str, now: datetime) -> None:
        with self._writing() as session:
            _row(session, draft_id).deleted_at = now

    def undelete(self, draft_id: str) -> None:
        with self._writing() as session:
            _row(session, draft_id, deleted=True).deleted_at = None

    # --- images -------------------------------------------------------------------------------

    def put_image(self, data: bytes, now: datetime) -> str:
        """'image:<id>' for a file; the same file has the same id."""
        image_id = hashlib.sha256(data).hexdigest()[:32]
        with self._writing() as session:
            if session.get(MessageImageRow, image_id) is None:
                session.add(MessageImageRow(image_id=image_id, data=data, created_at=now))
        return f"image:{image_id}"

    def image(self, url: str) -> bytes | None:
        """The file behind an 'image:<id>'."""
        with self._reading() as session:
            row = session.get(MessageImageRow, url.removeprefix("image:"))
            return None if row is None else row.data

    # --- the channel's application --------------------------------------------------------------

    def add_event(self, event: ApplicationEvent) -> None:
        with self._writing() as session:
            number = (session.scalar(select(func.max(ApplicationEventRow.number))) or 0) + 1
            facts = json.dumps(dict(event.facts), ensure_ascii=False, sort_keys=True)
            session.add(
                ApplicationEventRow(number=number, at=event.at, state=event.state, who=event.who[:_NAME], facts=facts)
            )

    def events(self) -> list[ApplicationEvent]:
        """The oldest first."""
        with self._reading() as session:
            rows = session.scalars(select(ApplicationEventRow).order_by(ApplicationEventRow.number))
            return [ApplicationEvent(row.at, row.state, row.who, json.loads(row.facts)) for row in rows]


def _draft(row: MessageDraftRow) -> SavedDraft:
    return SavedDraft(row.draft_id, row.name, row.folder, row.tree, row.created_at, row.updated_at)


def _row(session: Session, draft_id: str, *, deleted: bool = False) -> MessageDraftRow:
    row = session.get(MessageDraftRow, draft_id)
    if row is None or (row.deleted_at is not None and not deleted):
        raise IfdoError(
            "draft_not_found",
            "저장된 메시지를 찾을 수 없어요.",
            "삭제되었을 수 있어요. 목록에서 다시 골라 주세요.",
            draft_id=draft_id,
        )
    return row
