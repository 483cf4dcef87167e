"""What a build looks at: up to which moment, and whose rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, select, true

from ifdo_core import tables
from ifdo_core.engines.sql import instant


@dataclass(frozen=True)
class Cut:
    """Rows after ``until`` do not exist (None: all rows). ``visitors`` and ``persons``: work tables with the ids
    that are rebuilt (None: everybody). ``events``: the table to read them from; a partial build reads a copy that
    holds those of its visitors, so that the big one is gone through once. semantics.md, 'Time': nothing after now
    counts.
    """

    until: datetime | None = None
    visitors: Table | None = None
    persons: Table | None = None
    events: Table = tables.events

    def upto(self, ts: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if self.until is None else ts <= instant(self.until)

    def passed(self, ts: ColumnElement[Any]) -> ColumnElement[bool]:
        """``ts`` is known and not after the moment."""
        return ts.is_not(None) if self.until is None else ts <= instant(self.until)

    def seen(self) -> ColumnElement[bool]:
        """Filter on ``events``."""
        events = self.events.c
        here = true() if self.events is not tables.events else self.of_visitors(events.visitor_id)
        return self.upto(events.ts) & here

    def of_visitors(self, visitor_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if self.visitors is None else visitor_id.in_(select(self.visitors.c.id))

    def of_persons(self, person: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if self.persons is None else person.in_(select(self.persons.c.id))
