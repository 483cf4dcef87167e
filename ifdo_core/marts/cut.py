"""What a build looks at: up to which moment, and whose rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, select, true

from ifdo_core import tables
from ifdo_core.engines.sql import instant


@dataclass(frozen=True)
class Tail:
    """What of its visitors and persons a partial build makes anew; all that lies before is kept.

    ``events``: those from each visitor's ``starts`` (id, since_us) on, to be cut into visits again, with the columns
    ``cut_by``; ``since``: the first of these starts. ``visits``: what the marts have of these visitors, read once;
    ``kept``: those of them that started before, with now's member and person; ``identity``: who they were.
    ``place`` in these says where the table has the row (``Engine.place``).
    ``changes`` (id, since_us): from when on a person's history is another, so that its visits that ended since then
    look back on something else.
    """

    events: Table
    starts: Table
    since: datetime
    visits: Table
    kept: FromClause
    identity: Table
    changes: Table


@dataclass(frozen=True)
class Cut:
    """Rows after ``until`` do not exist (None: all rows). ``visitors`` and ``persons``: work tables with the ids
    that are rebuilt (None: everybody); ``identity``: who these visitors are, where that is known; ``tail``: from when
    on. semantics.md, 'Time': nothing after now counts.
    """

    until: datetime | None = None
    visitors: Table | None = None
    persons: Table | None = None
    identity: Table | None = None
    tail: Tail | None = None

    def upto(self, ts: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if self.until is None else ts <= instant(self.until)

    def passed(self, ts: ColumnElement[Any]) -> ColumnElement[bool]:
        """``ts`` is known and not after the moment."""
        return ts.is_not(None) if self.until is None else ts <= instant(self.until)

    def events(self) -> ColumnElement[bool]:
        """Filter on ``events``."""
        events = tables.events.c
        return self.upto(events.ts) & self.of_visitors(events.visitor_id)

    @property
    def few(self) -> bool:
        """Whether few rows are made anew: ``Engine.insert_from``."""
        return self.tail is not None

    def of_visitors(self, visitor_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if self.visitors is None else visitor_id.in_(select(self.visitors.c.id))

    def of_persons(self, person: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if self.persons is None else person.in_(select(self.persons.c.id))
