"""Who a condition is asked about: the visits of a window, or the members at now.

Both offer the same: a key, a person, a member id, and the moment 'as of' which everything is meant. What a
condition needs beside the subject's own row is joined once, however many conditions ask for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Subquery, case, cast, func, literal, select
from sqlalchemy.types import Date, Integer

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines.sql import Query, instant, json_text, local_date
from ifdo_core.marts import MartTables

#: The parameter of a landing URL that says which of our messages led there.
MESSAGE_ID = "ifdo_mid"


def newest_run() -> ScalarSelect[Any]:
    """The number of the newest refresh that is done."""
    runs = tables.score_runs.c
    return select(func.max(runs.run)).where(runs.status == "done").scalar_subquery()


class Subject(ABC):
    """Rows to be asked about, with the joins that the conditions asked so far need."""

    key: ColumnElement[str]
    person: ColumnElement[str]
    member_id: ColumnElement[str]
    as_of: ColumnElement[Any]

    def __init__(self, marts: MartTables, settings: ShopSettings, now: datetime, row: FromClause) -> None:
        self.marts = marts
        self.settings = settings
        self.now = now
        self.row = row
        self.source: FromClause = row
        self._joined: dict[Hashable, FromClause] = {}

    # --- moments ------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The local date of now."""
        return self.now.replace(tzinfo=UTC).astimezone(self.settings.zone).date()

    def local_today(self, as_of_now: bool) -> ColumnElement[Any]:
        """The local date of now, or of the subject's own 'as of'."""
        return literal(self.today, Date) if as_of_now else local_date(self.as_of, self.settings.timezone)

    # --- rows beside the subject --------------------------------------------------------------

    @property
    def member(self) -> FromClause:
        """The member's row; all null where there is none."""
        member = tables.members.alias("member")
        return self._join("member", member, member.c.member_id == self.member_id)

    @property
    @abstractmethod
    def people(self) -> FromClause:
        """The person's row of ``people``: their state at now."""

    @property
    def scores(self) -> FromClause:
        """The person's row of the newest refresh that is done; all null where there is none."""
        scores = select(tables.scores).where(tables.scores.c.run == newest_run()).subquery("scores")
        return self._join("scores", scores, scores.c.person == self.person)

    def recommended(self, products: tuple[str, ...]) -> FromClause:
        """``every`` and ``asked``: how many products the newest refresh recommends to the person, and how many of
        ``products``; null where it has none."""
        r = tables.recommended.c
        asked = case((r.product_id.in_(products), 1), else_=0) if products else literal(0)
        counted = (
            select(r.person, func.count().label("every"), cast(func.sum(asked), Integer).label("asked"))
            .where(r.run == newest_run())
            .group_by(r.person)
            .subquery(f"recommended_{len(self._joined)}")
        )
        return self._join(("recommended", products), counted, counted.c.person == self.person)

    def entered(self, segment_id: str) -> FromClause:
        """``entered_on``: since when the person is in a saved segment, as the newest refresh saw it."""
        e = tables.segment_entries.c
        since = (
            select(e.person, func.max(e.entered_on).label("entered_on"))
            .where(e.run == newest_run(), e.segment_id == segment_id)
            .group_by(e.person)
            .subquery(f"entered_{len(self._joined)}")
        )
        return self._join(("entered", segment_id), since, since.c.person == self.person)

    def join_values(self, name: Hashable, query: Query) -> Subquery:
        """``query`` (columns key and value, one row a key) beside each subject; null where it has no row."""
        values = query.subquery(f"values_{len(self._joined)}")
        return self._join(name, values, values.c.key == self.key)  # type: ignore[return-value]

    def beside(self, name: Hashable, other: FromClause, on: ColumnElement[bool]) -> FromClause:
        """``other`` (at most one row a subject) outer joined once under ``name``."""
        return self._join(name, other, on)

    def _join(self, name: Hashable, other: FromClause, on: ColumnElement[bool]) -> FromClause:
        if name not in self._joined:
            self._joined[name] = other
            self.source = self.source.outerjoin(other, on)
        return self._joined[name]

    # --- the subjects themselves --------------------------------------------------------------

    @abstractmethod
    def where(self) -> list[ColumnElement[bool]]:
        """Which rows are subjects."""

    @abstractmethod
    def again(self) -> Subject:
        """The same subjects under another alias and without joins, to group rows of a history by."""

    @property
    @abstractmethod
    def earliest(self) -> datetime:
        """No subject's 'as of' is before this moment."""


class Visits(Subject):
    """The visits that start in a window, as of their end (semantics.md, '모수')."""

    def __init__(self, marts: MartTables, settings: ShopSettings, now: datetime, window: timedelta | None) -> None:
        row = marts.visits.alias("visit")
        super().__init__(marts, settings, now, row)
        self.window = window
        self.visit = row.c
        self.key, self.person, self.member_id = row.c.visit_id, row.c.person, row.c.member_id
        self.as_of = row.c.ended_at

    @property
    def people(self) -> FromClause:
        people = self.marts.people.alias("people")
        return self._join("people", people, people.c.person == self.person)

    @property
    def landing_message(self) -> FromClause:
        """The message whose link led to the visit; all null where none did."""
        message = tables.messages.alias("landing_message")
        return self._join("landing_message", message, message.c.message_id == self.message_id)

    @property
    def message_id(self) -> ColumnElement[str]:
        return json_text(self.visit.landing_query, MESSAGE_ID)

    def since(self, window: timedelta) -> ColumnElement[bool]:
        """The visit starts within ``window`` before now."""
        return self.visit.started_at > instant(self.now - window)

    def where(self) -> list[ColumnElement[bool]]:
        upto = self.visit.started_at <= instant(self.now)
        return [upto] if self.window is None else [self.since(self.window), upto]

    def again(self) -> Visits:
        return Visits(self.marts, self.settings, self.now, self.window)

    @property
    def earliest(self) -> datetime:
        return datetime(1, 1, 1) if self.window is None else self.now - self.window


class Members(Subject):
    """Every member known at now, as of now (semantics.md, '모수': orders-only data)."""

    def __init__(self, marts: MartTables, settings: ShopSettings, now: datetime) -> None:
        row = marts.people.alias("people")
        super().__init__(marts, settings, now, row)
        self.key, self.person, self.member_id = row.c.person, row.c.person, row.c.member_id
        self.as_of = instant(now)

    @property
    def people(self) -> FromClause:
        return self.row

    def where(self) -> list[ColumnElement[bool]]:
        return [self.member_id.is_not(None)]

    def again(self) -> Members:
        return Members(self.marts, self.settings, self.now)

    @property
    def earliest(self) -> datetime:
        return self.now
