"""Rows waiting to be merged into a canonical table by its key (tables.KEYS).

Within the staging the last row of a key wins. Against the table: a new key is inserted, a row that
differs in any column (null equal to null) is replaced, an equal one is left alone. All set-based, so
rows may come in any number of chunks and be larger than memory.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from sqlalchemy import BigInteger, Column, MetaData, String, Table, cast, func, literal, select, true, union
from sqlalchemy.sql import ColumnElement

from ifdo_core.engines.dialects import Bound
from ifdo_core.engines.frames import numbered, to_arrow
from ifdo_core.engines.sql import Query, bucket, insert_from, micros
from ifdo_core.tables import EARLIEST, KEYS, OWNERS, events, touched

if TYPE_CHECKING:
    from ifdo_core.engines.base import Engine, Session

#: Column of a staging table: the place of the row among all that were added, from 0.
PLACE = "_place"
#: Rows compared with the table at a time, which bounds the memory a merge takes.
PART_ROWS = 1_000_000


@dataclass(frozen=True)
class Counts:
    """What a merge did, in rows: ``loaded`` were new or changed, ``duplicate`` were known or came twice."""

    loaded: int
    duplicate: int


class Staging:
    """``with engine.staging(table) as s: s.add(frame); …; counts = s.merge()``.

    For one thread. Leaving without ``merge`` leaves the table as it was.
    """

    def __init__(self, engine: Engine, table: Table) -> None:
        self.engine = engine
        self.table = table
        self.key = KEYS[table.name]
        name = f"staging_{table.name}_{uuid.uuid4().hex[:12]}"
        columns = [Column(column.name, column.type, nullable=column.nullable) for column in table.columns]
        self.rows = Table(name, MetaData(), *columns, Column(PLACE, BigInteger, nullable=False))
        #: The places of the rows that go into the table.
        self.picked = Table(f"{name}_picked", MetaData(), Column(PLACE, BigInteger, nullable=False))
        self._added = 0
        self._lifetime = ExitStack()
        self._session: Session | None = None

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._session = opening.enter_context(self.engine.joined_session())
            opening.callback(self.engine.discard, self._session, [self.picked, self.rows])
            for table in (self.rows, self.picked):
                for query in self.engine.create_queries(table, temporary=True):
                    self._run(Bound(query))
            self._lifetime = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session = None
        self._lifetime.close()

    def add(self, frame: pd.DataFrame) -> None:
        """Put ``frame`` behind the rows added so far; raises as ``Engine.append`` does."""
        rows = to_arrow(self.table, frame)
        session = self.session
        with self.engine.statement(session):
            session.load(self.engine.quote(self.rows.name), numbered(rows, PLACE, self._added))
        self._added += len(frame)

    def merge(self) -> Counts:
        """Bring the rows into the table: all or nothing on DuckDB and PostgreSQL; done again, it changes nothing.

        On ClickHouse new versions are written before old ones are removed: a crash in between loses
        nothing and leaves rows in both versions, which merging the same rows again puts right.
        """
        if not self._added:
            return Counts(0, 0)
        with self.engine.transaction(self.session):
            for part in range(self.parts):
                self._run(self.engine.bound(insert_from(self.picked, self._picked_query(part))))
            loaded = int(self.engine.scalar(select(func.count()).select_from(self.picked)))
            if loaded:
                for query in self._touched_queries():
                    self._run(self.engine.bound(insert_from(touched, query)))
            self.engine.merge_picked(self, self._run, loaded)
            self._run(Bound(f"TRUNCATE TABLE {self.engine.quote(self.picked.name)}"))
        return Counts(loaded=loaded, duplicate=self._added - loaded)

    @property
    def parts(self) -> int:
        """Into how many parts the keys are divided, to be worked on one after another."""
        return 1 + max(0, self._added - 1) // PART_ROWS

    def within(self, key: ColumnElement[Any], part: int) -> ColumnElement[bool]:
        """Whether ``key`` is of the given part."""
        return bucket(key, self.parts) == part if self.parts > 1 else true()

    def _picked_query(self, part: int) -> Query:
        """The last row of each key of a part, unless the table has an equal one."""
        rows, table = self.rows.c, self.table.c
        within = self.within(rows[self.key], part)
        last = select(func.max(rows[PLACE]).label(PLACE)).where(within).group_by(rows[self.key])
        equal = (
            select(rows[PLACE])
            .join_from(self.rows, self.table, rows[self.key] == table[self.key])
            .where(within, self.within(table[self.key], part))
            .where(*(same(column, rows[column.name]) for column in self.table.columns))
        )
        kept = last.except_(equal).subquery()
        return select(kept.c[PLACE])

    def _touched_queries(self) -> Iterator[Query]:
        """Whose marts the new rows touch, and whose those touched that they replace: rows of ``tables.touched``."""
        for owner in OWNERS.get(self.table.name, ()):
            new = select(self.rows.c[owner].label("id")).where(self.rows.c[PLACE].in_(select(self.picked.c[PLACE])))
            old = select(self.table.c[owner].label("id")).where(self.table.c[self.key].in_(self.picked_keys()))
            both = union(new, old).subquery("both")
            columns: list[ColumnElement[Any]] = [literal(owner, String).label("owner"), both.c.id]
            yield select(*columns).where(both.c.id.is_not(None))
        if self.table is events:
            new = select(micros(self.rows.c.ts).label("at")).where(self.rows.c[PLACE].in_(select(self.picked.c[PLACE])))
            old = select(micros(events.c.ts).label("at")).where(events.c.event_id.in_(self.picked_keys()))
            both = union(new, old).subquery("both")
            yield select(literal(EARLIEST, String).label("owner"), cast(func.min(both.c.at), String).label("id"))

    def picked_rows(self) -> Query:
        """The rows that go into the table, with its columns."""
        columns = [self.rows.c[column.name] for column in self.table.columns]
        return select(*columns).where(self.rows.c[PLACE].in_(select(self.picked.c[PLACE])))

    def picked_keys(self) -> Query:
        """The keys of the rows that go into the table."""
        return select(self.rows.c[self.key]).where(self.rows.c[PLACE].in_(select(self.picked.c[PLACE])))

    @property
    def session(self) -> Session:
        """The connection that holds the staged rows."""
        if self._session is None:
            raise RuntimeError("a staging is used inside its with block")
        return self._session

    def _run(self, bound: Bound) -> None:
        session = self.session
        with self.engine.statement(session):
            session.run(bound.text, bound.values)


def same(left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether two columns are equal, two nulls being so too."""
    nullable = any(getattr(column, "nullable", True) for column in (left, right))
    return left.is_not_distinct_from(right) if nullable else left == right
