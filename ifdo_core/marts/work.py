"""Working tables of a build: made from a select, gone when the build is done.

They are temporary tables of one transaction, so they are not compressed for keeping and a build that is killed
leaves nothing behind; on an engine without such tables they are ordinary ones, replaced by the next build.
"""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Any

from sqlalchemy import Column, FromClause, MetaData, Table
from sqlalchemy.types import NullType

from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query


class WorkTables:
    """Tables that live for one build, inside one transaction; ``prefix`` keeps two builds apart.

    ``few``: the build makes thousands of rows, not millions.
    """

    def __init__(self, engine: Engine, prefix: str, *, few: bool = False) -> None:
        self.engine = engine
        self.prefix = prefix
        self.few = few
        self._made: list[Table] = []
        self._lifetime = ExitStack()

    def __enter__(self) -> WorkTables:
        self._lifetime.enter_context(self.engine.transaction())
        self._lifetime.enter_context(self.engine.ahead())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or not self.engine.transactional:
            self.engine.drop(self._made)
        self._lifetime.__exit__(kind, error, trace)

    def make(self, name: str, query: Query, *, few: bool = False) -> Table:
        """A table with the columns and rows of ``query``; each column must have a type of its own. ``few``: as
        ``Engine.insert_from`` has it."""
        untyped = [column.name for column in query.selected_columns if isinstance(column.type, NullType)]
        if untyped:
            raise TypeError(f"{name}: no type for {', '.join(untyped)}")
        table = self.empty(name, *(Column(column.name, column.type) for column in query.selected_columns))
        self.engine.write(self.engine.insert_from(table, query, few=few))
        return table

    def make_for_one(self, name: str, query: Query) -> FromClause:
        """The rows of ``query`` for one later statement alone. Few are a part of it: planning one more statement and
        writing its rows would take longer, and parts of one statement run side by side."""
        return query.subquery(name) if self.few else self.make(name, query)

    def empty(self, name: str, *columns: Column[Any]) -> Table:
        table = Table(f"{self.prefix}_{name}", MetaData(), *columns)
        if not self.engine.transactional:  # there a build that was killed has left its tables
            self.engine.drop([table])
        self.engine.create([table], temporary=True)
        self._made.append(table)
        return table

    def drop(self, *made: Table) -> None:
        """Frees tables that the rest of the build does not need."""
        self.engine.drop(made)
        self._made = [table for table in self._made if table not in made]
