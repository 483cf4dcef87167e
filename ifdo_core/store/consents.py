"""The ledger of consents: who agreed to what, when and how, and who took it back. Rows are added, never changed.

Each row's digest covers the row and the digest before it (a hash chain), so that a row changed or taken out afterwards
is seen by ``verify``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ifdo_core.chunks import chunks
from ifdo_core.store.models import ConsentRow

Opened = Callable[[], AbstractContextManager[Session]]
_NAME, _AT_ONCE = 200, 500
#: Before the first row.
GENESIS = "0" * 64


@dataclass(frozen=True)
class ConsentEvent:
    """``what``: 'marketing', 'kakaotalk', 'night' …; ``kind``: 'agreed', 'withdrawn', 'reminded' (of the consent),
    'noticed' (of what became of a request). ``facts``: how, by which wording, with which proof."""

    at: datetime
    member_id: str
    what: str
    kind: str
    who: str
    facts: Mapping[str, Any]
    number: int = 0
    digest: str = ""


class ConsentLedger:
    """The ledger in a store."""

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    def add(self, events: Iterable[ConsentEvent]) -> int:
        """Appends in their order; answers how many."""
        count = 0
        with self._writing() as session:
            newest = session.scalars(select(ConsentRow).order_by(ConsentRow.number.desc()).limit(1)).first()
            number, digest = (newest.number, newest.digest) if newest is not None else (0, GENESIS)
            for one in events:
                number, count = number + 1, count + 1
                facts = json.dumps(dict(one.facts), ensure_ascii=False, sort_keys=True)
                row = ConsentRow(
                    number=number, at=one.at, member_id=one.member_id[:_NAME], what=one.what, kind=one.kind,
                    facts=facts, who=one.who[:_NAME], digest="",
                )  # fmt: skip
                digest = row.digest = _digest(row, digest)
                session.add(row)
        return count

    def of(self, member_id: str) -> list[ConsentEvent]:
        """One member's, the oldest first."""
        query = select(ConsentRow).where(ConsentRow.member_id == member_id).order_by(ConsentRow.number)
        with self._reading() as session:
            return [_event(row) for row in session.scalars(query)]

    def list(self, limit: int | None = None, kinds: Sequence[str] = ()) -> list[ConsentEvent]:
        """The newest first."""
        query = select(ConsentRow).order_by(ConsentRow.number.desc()).limit(limit)
        if kinds:
            query = query.where(ConsentRow.kind.in_(kinds))
        with self._reading() as session:
            return [_event(row) for row in session.scalars(query)]

    def count(self) -> int:
        with self._reading() as session:
            return session.scalar(select(func.count()).select_from(ConsentRow)) or 0

    def withdrawn(self, members: Collection[str], what: str = "marketing") -> set[str]:
        """Those among ``members`` whose last word on ``what`` is that they took it back."""
        return {one for part in chunks(members, _AT_ONCE) for one in self._withdrawn(what, part)}

    def all_withdrawn(self, what: str = "marketing") -> set[str]:
        """Everybody whose last word on ``what`` is that they took it back."""
        return self._withdrawn(what, None)

    def _withdrawn(self, what: str, among: Sequence[str] | None) -> set[str]:
        told = select(ConsentRow.member_id, func.max(ConsentRow.number).label("number")).where(
            ConsentRow.what == what, ConsentRow.kind.in_(["agreed", "withdrawn"])
        )
        if among is not None:
            told = told.where(ConsentRow.member_id.in_(among))
        last = told.group_by(ConsentRow.member_id).subquery("last")
        query = (
            select(ConsentRow.member_id)
            .join(last, last.c.number == ConsentRow.number)
            .where(ConsentRow.kind == "withdrawn")
        )
        with self._reading() as session:
            return {str(member) for member in session.scalars(query)}

    def verify(self) -> int | None:
        """The number of the first row that is not as it was written, or that follows a gap; None where all are."""
        digest, expected = GENESIS, 1
        with self._reading() as session:
            for row in session.scalars(select(ConsentRow).order_by(ConsentRow.number)):
                if row.number != expected or row.digest != _digest(row, digest):
                    return row.number
                digest, expected = row.digest, expected + 1
        return None


def _digest(row: ConsentRow, before: str) -> str:
    parts = [before, str(row.number), row.at.isoformat(), row.member_id, row.what, row.kind, row.facts, row.who]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _event(row: ConsentRow) -> ConsentEvent:
    return ConsentEvent(
        row.at, row.member_id, row.what, row.kind, row.who, json.loads(row.facts), row.number, row.digest
    )
