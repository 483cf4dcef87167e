"""What every engine does, in terms of a few things each adapter knows.

A ``Session`` is one connection. Reads take one for the length of a statement; writes go one after
another behind a lock and, on DuckDB and PostgreSQL, in one transaction. Statements are SQLAlchemy
Core; they run as a text and the values of its parameters (see ``dialects``).
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pandas as pd
from sqlalchemy import Column, ColumnElement, Insert, Row, String, Table, delete, literal_column, select
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.schema import BaseDDLElement, CreateTable
from sqlalchemy.sql.elements import ClauseElement

from ifdo_core.engines import sql as constructs
from ifdo_core.engines.ahead import Ahead
from ifdo_core.engines.dialects import Bound, Value, bind, show
from ifdo_core.engines.frames import ArrowTable, to_arrow, to_frame, unique_names
from ifdo_core.engines.remembered import Remembered
from ifdo_core.errors import EngineError

if TYPE_CHECKING:
    from ifdo_core.engines.staging import Staging

#: How long ``Token.cancel`` keeps asking until the statement has stopped.
CANCEL_PATIENCE_S = 5.0

_T = TypeVar("_T")

#: The values of a statement's parameters.
Values = Sequence[Value]


class Session(ABC):
    """One connection of an engine. Methods raise the driver's own errors."""

    @abstractmethod
    def run(self, text: str, values: Values = ()) -> None:
        """Run a statement that returns nothing; ``values`` are those of its parameters, as ``Bound`` has them."""

    @abstractmethod
    def rows(self, text: str, values: Values = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run a query: the names of its columns, and its rows as plain Python values."""

    @abstractmethod
    def arrow(self, text: str, values: Values = ()) -> ArrowTable:
        """Run a query: its result as an Arrow table."""

    @abstractmethod
    def batches(self, text: str, values: Values, rows: int) -> AbstractContextManager[Iterable[ArrowTable]]:
        """Run a query: its result piece by piece, of about ``rows`` rows (fewer or more, as the driver has them)."""

    @abstractmethod
    def load(self, name: str, rows: ArrowTable) -> None:
        """Append ``rows`` to the table ``name`` (already quoted), in bulk."""

    @abstractmethod
    def begin(self) -> None: ...

    @abstractmethod
    def commit(self) -> None: ...

    @abstractmethod
    def rollback(self) -> None: ...

    @abstractmethod
    def interrupt(self) -> None:
        """Stop the statement that runs now, from another thread; harmless when none does."""

    @abstractmethod
    def close(self) -> None: ...


class Token:
    """Cancels the statements of one ``Engine.cancellable`` block, from any thread."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._interrupt: Callable[[], None] | None = None
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Stop the running statement and refuse those that follow; returns when it has stopped.

        A statement that was just about to start would miss a single interrupt, so it is repeated,
        for at most ``CANCEL_PATIENCE_S`` seconds.
        """
        self._cancelled.set()
        waited = 0.0
        while waited < CANCEL_PATIENCE_S:
            with self._lock:
                if self._interrupt is not None:
                    self._interrupt()
            if self._idle.wait(0.02):
                return
            waited += 0.02

    def check(self) -> None:
        if self.cancelled:
            raise EngineError("cancelled", "계산을 멈췄어요.")

    @contextmanager
    def running(self, interrupt: Callable[[], None]) -> Generator[None]:
        """Let ``cancel`` reach the statement run inside."""
        self.check()
        with self._lock:
            self._interrupt = interrupt
            self._idle.clear()
        try:
            yield
        finally:
            with self._lock:
                self._interrupt = None
            self._idle.set()


_token: ContextVar[Token | None] = ContextVar("ifdo_engine_token", default=None)


class Engine(ABC):
    """A database that holds the shop's tables. Made by ``open_engine``; safe to use from many threads.

    Every method may raise EngineError; what the driver said is in its cause.
    """

    #: 'duckdb', 'postgresql' or 'clickhouse'.
    dialect: str
    #: Whether ``write``, ``transaction`` and a staging merge are all or nothing.
    transactional: bool = True
    #: Whether a query may give millions of numbers in little time: they come as columns, not as Python values.
    columnar: bool = True
    #: Whether a common table expression that a statement uses twice is computed once.
    shares_ctes: bool = True
    #: Whether no other process can have the same database open.
    exclusive: bool = False
    #: How the engine keeps beside keys what ``found`` looks for; tables made another way are to be filled anew.
    keeping: str = ""
    #: What CREATE says for a table that one connection has for itself.
    temporary: str = "TEMPORARY "

    def __init__(self, url: str, dialect: Dialect) -> None:
        self.url = url
        self.sa_dialect = dialect
        self._writing = threading.RLock()
        self._counting = threading.Lock()
        self._running = 0
        self._local = threading.local()
        self._remembered = Remembered()

    # --- what an adapter knows ---------------------------------------------------------------

    @abstractmethod
    def open_session(self) -> Session:
        """A connection of its own; whoever opens it closes it."""

    @abstractmethod
    def translate(self, error: Exception) -> EngineError:
        """What a driver's error means to people."""

    @abstractmethod
    def column_type(self, column: Column[Any]) -> str:
        """The DDL type of ``column``, without NULL or NOT NULL."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database; the engine cannot be used afterwards."""

    @abstractmethod
    def _has_query(self, name: str) -> Bound: ...

    #: The driver's own exception classes, as a tuple for ``except``.
    driver_errors: tuple[type[Exception], ...] = ()

    # --- reading -----------------------------------------------------------------------------

    def execute(self, statement: ClauseElement) -> list[Row[*tuple[Any, ...]]]:
        """The rows of a query, with plain Python values (int, float, bool, str, datetime, date, None)."""
        query = self.bound(statement)
        names, rows = self._read(lambda session: session.rows(query.text, query.values))
        typed = iter(self.typed_rows(statement, rows))
        result: IteratorResult[Any] = IteratorResult(SimpleResultMetaData(unique_names(names)), typed)
        return list(result.all())

    def scalar(self, statement: ClauseElement) -> Any:
        """The first value of the first row; None where there is no row."""
        rows = self.execute(statement)
        return rows[0][0] if rows else None

    def frame(self, statement: ClauseElement) -> pd.DataFrame:
        """The rows of a query as a frame, with the dtypes that ``frames`` lists."""
        return to_frame(self.arrow(statement))

    def arrow(self, statement: ClauseElement) -> ArrowTable:
        """The rows of a query as an Arrow table, as the driver gives it: for many rows of numbers."""
        query = self.bound(statement)
        result = self._read(lambda session: session.arrow(query.text, query.values))
        return self.typed_arrow(statement, result)

    def stream(self, statement: ClauseElement, rows: int = 20_000) -> Generator[pd.DataFrame]:
        """As ``frame``, piece by piece of at most ``rows`` rows, in the query's order: never all of it in memory.

        It holds a session of its own until it is read to the end or closed.
        """
        query = self.bound(statement)
        with (
            self.session() as session,
            self.statement(session),
            session.batches(query.text, query.values, rows) as pieces,
        ):
            for piece in pieces:
                for start in range(0, len(piece), rows):
                    yield to_frame(self.typed_arrow(statement, piece.slice(start, rows)))

    def sql(self, statement: ClauseElement) -> str:
        """``statement`` as text for people, values included; it runs as is and gives what ``bound`` gives."""
        if isinstance(statement, CreateTable):
            return "; ".join(self.create_queries(statement.element))
        return show(statement, self.sa_dialect)

    def bound(self, statement: ClauseElement) -> Bound:
        """``statement`` as it runs on this engine: every text value is a parameter (see ``dialects``)."""
        if isinstance(statement, BaseDDLElement):
            return Bound(self.sql(statement))
        return bind(statement, self.sa_dialect)

    def has(self, table: Table) -> bool:
        """Whether ``table`` exists here."""
        query = self._has_query(table.name)
        _, rows = self._read(lambda session: session.rows(query.text, query.values))
        return bool(rows and rows[0][0])

    def remembered(self, key: Hashable, ask: Callable[[], _T]) -> _T:
        """``ask()``, asked once until something is written; each time inside a transaction, and where another process
        may write."""
        in_transaction = getattr(self._local, "session", None) is not None
        return self._remembered.get(key, ask) if self.exclusive and not in_transaction else ask()

    # --- writing -----------------------------------------------------------------------------

    def create(self, tables: Iterable[Table], *, temporary: bool = False) -> None:
        """Create those of ``tables`` that are not there.

        ``temporary``: for the transaction this thread is in, where the engine has such tables.
        """
        self._run_all([Bound(text) for table in tables for text in self.create_queries(table, temporary=temporary)])

    def widen(self, tables: Iterable[Table]) -> None:
        """Add to those of ``tables`` that an older version made the columns they have got since."""
        for table in tables:
            there = set(self.frame(select(literal_column("*", String)).select_from(table).limit(0)).columns)
            fresh = [column for column in table.columns if column.name not in there]
            name = self.quote(table.name)
            self._run_all([Bound(f"ALTER TABLE {name} ADD COLUMN {self.column_query(one)}") for one in fresh])

    def drop(self, tables: Iterable[Table]) -> None:
        """Drop those of ``tables`` that are there."""
        self._run_all([Bound(f"DROP TABLE IF EXISTS {self.quote(table.name)}") for table in tables])

    def write(self, *statements: ClauseElement) -> None:
        """Run statements in order: all or nothing on DuckDB and PostgreSQL, one by one on ClickHouse."""
        self._run_all(map(self.bound, statements))
        self.added.update(one.table.name for one in statements if isinstance(one, Insert))

    def append(self, table: Table, frame: pd.DataFrame) -> None:
        """Add ``frame`` to ``table`` in bulk, all or nothing (see ``frames`` for what fits); no key is checked."""
        rows = to_arrow(table, frame)
        with self.transaction() as session, self.statement(session):
            session.load(self.quote(table.name), rows)
            self.added.add(table.name)

    def insert_from(self, table: Table, query: constructs.Query, *, few: bool = False) -> Insert:
        """The statement that fills ``table`` with the rows of ``query``, for ``write``.

        ``few``: thousands of rows, made of few: not worth the ways of an engine to write millions.
        """
        return constructs.insert_from(table, query)

    def found(self, key: Column[Any], ids: constructs.Query) -> ColumnElement[bool]:
        """Whether ``key``, one of its table's ``SOUGHT``, is among ``ids`` (one column), some thousands of millions."""
        return key.in_(ids)

    def place(self, key: Column[Any]) -> ColumnElement[Any]:
        """By what a row of the table of ``key`` is found quickest, read and used within one transaction, before it adds
        rows to that table."""
        return key

    def staging(self, table: Table) -> Staging:
        """A place to collect rows of ``table`` before they are merged by key; see ``Staging``."""
        from ifdo_core.engines.staging import Staging

        return Staging(self, table)

    @contextmanager
    def transaction(self, own: Session | None = None) -> Generator[Session]:
        """Make all that this thread does inside one transaction (of ``own``); nested ones join the outer.

        On ClickHouse, which has none, each statement stands for itself.
        """
        current = self._settled()
        if current is not None:
            yield current
            return
        with self._writing, nullcontext(own) if own is not None else self.session() as session:
            with self._worded():
                session.begin()
            self._local.session, self._local.added = session, set()
            try:
                yield session
                with self._worded():
                    session.commit()
            except BaseException:
                self._undo(session)
                raise
            finally:
                self._local.session = self._local.added = None
                self._remembered.changed()

    @contextmanager
    def ahead(self) -> Generator[None]:
        """Inside a transaction: what this thread writes may still run while it puts the next statement into words.

        Reading, and the end of the block, wait for it and raise what it raised.
        """
        if not self.transactional or self._ahead is not None:
            yield
            return
        with Ahead() as ahead:
            self._local.ahead = ahead
            try:
                yield
            finally:
                self._local.ahead = None

    @property
    def added(self) -> set[str]:
        """The tables to which the transaction that this thread is in has added rows."""
        added: set[str] | None = getattr(self._local, "added", None)
        return set() if added is None else added

    @property
    def _ahead(self) -> Ahead | None:
        """Where this thread's statements run while it goes on."""
        return getattr(self._local, "ahead", None)

    def _settled(self) -> Session | None:
        """The session of the transaction that this thread is in, once nothing runs in it any more."""
        if self._ahead is not None:
            self._ahead.wait()
        return getattr(self._local, "session", None)

    # --- running -----------------------------------------------------------------------------

    @property
    def running(self) -> int:
        """How many statements run now."""
        return self._running

    @contextmanager
    def cancellable(self, given: Token | None = None) -> Generator[Token]:
        """Statements run inside (in this thread or task) stop when ``token.cancel()`` is called elsewhere.

        They then raise EngineError 'cancelled'; what they wrote is undone where there are transactions. ``given``: the
        token, where it must be known before.
        """
        token = given or Token()
        marker = _token.set(token)
        try:
            yield token
        finally:
            _token.reset(marker)

    @contextmanager
    def statement(self, session: Session) -> Generator[None]:
        """Count, make cancellable and word the errors of what ``session`` does inside."""
        token = _token.get() or Token()
        with self._counting:
            self._running += 1
        try:
            with token.running(session.interrupt):
                yield
            token.check()
        except self.driver_errors as error:
            token.check()
            raise self.translate(error) from error
        finally:
            with self._counting:
                self._running -= 1

    @contextmanager
    def session(self) -> Generator[Session]:
        """A session for the length of the block."""
        with self._worded():
            session = self.open_session()
        try:
            yield session
        finally:
            session.close()

    def _read(self, work: Callable[[Session], _T]) -> _T:
        """``work`` with this thread's transaction where there is one, else with a session of its own."""
        with self.joined_session() as session, self.statement(session):
            return work(session)

    @contextmanager
    def joined_session(self) -> Generator[Session]:
        """This thread's transaction where there is one, else a session of its own."""
        current = self._settled()
        if current is not None:
            yield current
        else:
            with self.session() as session:
                yield session

    def discard(self, session: Session, tables: Iterable[Table]) -> None:
        """Drop helper tables; where the session has failed, they go with it or with the next cleaning."""
        for table in tables:
            with suppress(*self.driver_errors):
                session.run(f"DROP TABLE IF EXISTS {self.quote(table.name)}")

    def merge_picked(self, staging: Staging, run: Callable[[Bound], None], loaded: int) -> None:
        """Replace rows of the table by the picked ones (``loaded`` of them), one statement per ``run``."""
        if not loaded:
            return
        table, key = staging.table, staging.table.c[staging.key]
        for part in range(staging.parts):
            keys = staging.picked_keys().where(staging.within(staging.rows.c[staging.key], part))
            run(self.bound(delete(table).where(staging.within(key, part), key.in_(keys))))
        run(self.bound(constructs.insert_from(table, staging.picked_rows())))
        self.added.add(table.name)

    @contextmanager
    def _worded(self) -> Generator[None]:
        try:
            yield
        except self.driver_errors as error:
            raise self.translate(error) from error

    def _run_all(self, statements: Iterable[Bound]) -> None:
        if self._ahead is not None:
            for bound in statements:
                self._ahead.put(partial(self._run, self._local.session, bound))
            return
        with self.transaction() as session:
            for bound in statements:
                self._run(session, bound)

    def _run(self, session: Session, bound: Bound) -> None:
        with self.statement(session):
            session.run(bound.text, bound.values)

    # --- DDL ---------------------------------------------------------------------------------

    def quote(self, name: str) -> str:
        """``name`` as an identifier of this engine."""
        return self.sa_dialect.identifier_preparer.quote(name)

    def column_query(self, column: Column[Any]) -> str:
        """One column of a CREATE TABLE."""
        return f"{self.quote(column.name)} {self.column_type(column)}{'' if column.nullable else ' NOT NULL'}"

    def create_queries(self, table: Table, name: str | None = None, temporary: bool = False) -> list[str]:
        """CREATE TABLE IF NOT EXISTS, with what belongs to it; under another ``name`` if given."""
        columns = ", ".join(self.column_query(column) for column in table.columns)
        kind = self.temporary if temporary else ""
        return [f"CREATE {kind}TABLE IF NOT EXISTS {self.quote(name or table.name)} ({columns})"]

    def typed_rows(self, statement: ClauseElement, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """``rows`` as the types of ``statement`` want them, where the driver gives something else."""
        return rows

    def typed_arrow(self, statement: ClauseElement, result: ArrowTable) -> ArrowTable:
        """As ``typed_rows``, for an Arrow table."""
        return result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _undo(self, session: Session) -> None:
        # A connection that is gone, or a database that stopped itself, has kept nothing either.
        with suppress(*self.driver_errors):
            session.rollback()
