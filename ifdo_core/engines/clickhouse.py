"""ClickHouse: a server over HTTP, or chdb inside this process. Both through clickhouse-connect.

There are no transactions: ``write`` runs its statements in order, an insert is atomic by block.
The settings below make it mean what the others mean; parity tests hold them to it. What no setting
mends: ``lag`` on a first row gives 1970 or 0 and not null, and a bound interval becomes a date, so
neither is used (see ``sql``).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any, cast

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Delete,
    Float,
    Integer,
    SelectBase,
    Table,
)
from sqlalchemy.engine import URL
from sqlalchemy.sql.elements import ClauseElement

from ifdo_core.engines.base import Engine, Session, Values
from ifdo_core.engines.dialects import CLICKHOUSE, Bound, Value, clickhouse_dialect
from ifdo_core.engines.frames import ArrowTable, as_booleans
from ifdo_core.engines.meanings import Meaning, worded
from ifdo_core.engines.sql import insert_from
from ifdo_core.engines.staging import PLACE, Staging
from ifdo_core.errors import EngineError
from ifdo_core.tables import KEYS

_SETTINGS: dict[str, Any] = {
    # An outer join's missing side, an aggregate over no rows and a cast of null are null.
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "cast_keep_nullable": 1,
    "group_by_use_nulls": 1,
    # A label that has a column's name does not stand for the column.
    "prefer_column_name_to_alias": 1,
    "session_timezone": "UTC",
    # A delete has happened when the statement returns.
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
}
#: Those of them that a query's answer depends on.
_SHOWN_SETTINGS = {name: value for name, value in _SETTINGS.items() if not name.endswith("_sync")}


class ClickHouseSession(Session):
    """One use of the engine's client, which serves many threads (chdb: one statement at a time)."""

    def __init__(self, client: Client, kill: Callable[[str], None]) -> None:
        self._client = client
        self._kill = kill
        #: Stands in the settings of every statement, so that another connection can find and stop it.
        self._mark = uuid.uuid4().hex

    def run(self, text: str, values: Values = ()) -> None:
        self._client.command(text, _named(values), settings={"log_comment": self._mark})

    def rows(self, text: str, values: Values = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        result = self._client.query(text, _named(values), settings={"log_comment": self._mark})
        return list(result.column_names), [tuple(row) for row in result.result_rows]

    def arrow(self, text: str, values: Values = ()) -> ArrowTable:
        client: Any = self._client  # says nothing of what it returns
        return client.query_arrow(text, _named(values), use_strings=True, settings={"log_comment": self._mark})

    @contextmanager
    def batches(self, text: str, values: Values, rows: int) -> Generator[Iterable[ArrowTable]]:
        client: Any = self._client
        settings = {"log_comment": self._mark, "max_block_size": rows, "output_format_arrow_string_as_string": 1}
        with client.query_arrow_stream(text, _named(values), use_strings=True, settings=settings) as stream:
            yield stream

    def load(self, name: str, rows: ArrowTable) -> None:
        self._client.insert_arrow(name, rows)

    def begin(self) -> None:
        """Nothing: there are no transactions."""

    def commit(self) -> None:
        """Nothing: each statement stands for itself."""

    def rollback(self) -> None:
        """Nothing can be taken back."""

    def interrupt(self) -> None:
        self._kill(self._mark)

    def close(self) -> None:
        """Nothing: the client is the engine's."""


def _named(values: Values) -> dict[str, Value] | None:
    """The parameters p1, p2 …, which the server puts in."""
    return {f"p{place}": value for place, value in enumerate(values, 1)} or None


class ClickHouseEngine(Engine):
    """A database of a ClickHouse server, or chdb: ``?interface=chdb`` in memory, ``&path=…`` in a folder."""

    dialect = CLICKHOUSE
    transactional = False
    shares_ctes = False
    driver_errors = (ClickHouseError,)

    def __init__(self, url: URL) -> None:
        super().__init__(url.render_as_string(hide_password=True), clickhouse_dialect())
        self._target: dict[str, Any] = _target(url)
        self._opening = threading.Lock()
        self._control: Client | None = None
        #: The database in memory that this engine alone uses; None where the URL names a place.
        self._own: str | None = None
        with self._worded():
            self._client = self._connect()
            if _in_memory(self._target):
                self._own = self._move_to_own()
            self._sweep()

    def _connect(self) -> Client:
        return clickhouse_connect.get_client(settings=_SETTINGS, **self._target)

    def _move_to_own(self) -> str:
        """chdb holds one memory for the whole process: without a database of its own, an engine would find in it what
        another put there."""
        name = f"memory_{uuid.uuid4().hex}"
        first = self._client
        first.command(f"CREATE DATABASE {self.quote(name)}")
        self._target["database"] = name
        self._client = self._connect()
        first.close()  # only now: the memory lasts as long as somebody is connected
        return name

    def _sweep(self) -> None:
        """Drop staging tables that a crash left behind: those older than a day."""
        found = self._client.query(
            "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'staging\\_%'"
            " AND metadata_modification_time < now() - INTERVAL 1 DAY"
        )
        for (name,) in found.result_rows:
            self._client.command(f"DROP TABLE IF EXISTS {self.quote(name)}")

    def _kill(self, mark: str) -> None:
        with self._opening:
            if self._control is None:  # the client itself is busy with what is to be stopped
                self._control = self._connect()
            with suppress(ClickHouseError):
                self._control.command(f"KILL QUERY WHERE Settings['log_comment'] = '{mark}' ASYNC")

    def open_session(self) -> ClickHouseSession:
        return ClickHouseSession(self._client, self._kill)

    def close(self) -> None:
        if self._own is not None:
            with suppress(ClickHouseError):
                self._client.command(f"DROP DATABASE IF EXISTS {self.quote(self._own)}")
        for client in (self._client, self._control):
            if client is not None:
                client.close()

    # --- statements --------------------------------------------------------------------------

    def sql(self, statement: ClauseElement) -> str:
        """A query names the settings it needs, so that it gives the same on a connection that has others."""
        if isinstance(statement, Delete) and statement.whereclause is None:
            return f"TRUNCATE TABLE {self.quote(cast(Table, statement.table).name)}"
        text = super().sql(statement)
        wanted = ", ".join(f"{name} = {value!r}" for name, value in _SHOWN_SETTINGS.items())
        return f"{text}\nSETTINGS {wanted}" if isinstance(statement, SelectBase) else text

    def bound(self, statement: ClauseElement) -> Bound:
        if isinstance(statement, Delete) and statement.whereclause is None:
            return Bound(self.sql(statement))
        return super().bound(statement)

    def column_type(self, column: Column[Any]) -> str:
        kind = column.type
        if isinstance(kind, Boolean):
            name = "Bool"
        elif isinstance(kind, BigInteger):
            name = "Int64"
        elif isinstance(kind, Integer):
            name = "Int32"
        elif isinstance(kind, Float):
            name = "Float64"
        elif isinstance(kind, DateTime):
            name = "DateTime64(6, 'UTC')"
        elif isinstance(kind, Date):
            name = "Date32"
        else:
            name = "String"
        return f"Nullable({name})" if column.nullable else name

    def column_query(self, column: Column[Any]) -> str:
        return f"{self.quote(column.name)} {self.column_type(column)}"

    def create_queries(self, table: Table, name: str | None = None, temporary: bool = False) -> list[str]:
        # A temporary table lives in an HTTP session, and there is none: an ordinary one is dropped after use.
        (query,) = super().create_queries(table, name, temporary=False)
        key = KEYS.get(table.name)
        return [f"{query} ENGINE = MergeTree ORDER BY {self.quote(key) if key else 'tuple()'}"]

    def _has_query(self, name: str) -> Bound:
        return Bound(
            "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = {p1:String}", (name,)
        )

    def _booleans(self, statement: ClauseElement) -> list[int]:
        """Places of the columns that are true or false: a comparison gives 0 or 1 here."""
        if not isinstance(statement, SelectBase):
            return []
        return [place for place, column in enumerate(statement.selected_columns) if isinstance(column.type, Boolean)]

    def typed_rows(self, statement: ClauseElement, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        flags = frozenset(self._booleans(statement))
        if not flags:
            return rows
        return [
            tuple(bool(value) if place in flags and value is not None else value for place, value in enumerate(row))
            for row in rows
        ]

    def typed_arrow(self, statement: ClauseElement, result: ArrowTable) -> ArrowTable:
        return as_booleans(result, self._booleans(statement))

    # --- merging -----------------------------------------------------------------------------

    def merge_picked(self, staging: Staging, run: Callable[[Bound], None], loaded: int) -> None:
        """New versions first, then old ones out: a crash in between loses nothing."""
        if loaded:
            run(self.bound(insert_from(staging.table, staging.picked_rows())))
        key, place = self.quote(staging.key), self.quote(PLACE)
        table, rows = self.quote(staging.table.name), self.quote(staging.rows.name)
        several = (
            f"SELECT {key} FROM {table} WHERE {key} IN (SELECT {key} FROM {rows}) GROUP BY {key} HAVING count() > 1"
        )
        if not staging.session.rows(f"{several} LIMIT 1")[1]:
            return
        # The sum stands for the whole row: two versions under one key have the same once in 2^64.
        terms = ", ".join(term for column in staging.table.columns for term in self._comparable(column))
        version = f"{key}, cityHash64({terms})"
        last = f"SELECT max({place}) FROM {rows} GROUP BY {key}"
        newest = f"SELECT {version} FROM {rows} WHERE {place} IN ({last})"
        doomed = self.quote(f"{staging.rows.name}_outdated")
        filled = (
            f"CREATE TABLE {doomed} ENGINE = MergeTree ORDER BY tuple() AS SELECT {key}, cityHash64({terms}) AS sum"
            f" FROM {table} WHERE {key} IN ({several}) AND ({version}) NOT IN ({newest})"
        )
        run(Bound(filled))
        try:
            run(Bound(f"DELETE FROM {table} WHERE ({version}) IN (SELECT {key}, sum FROM {doomed})"))
        finally:
            run(Bound(f"DROP TABLE {doomed}"))

    def _comparable(self, column: Column[Any]) -> list[str]:
        """``column`` in a form without nulls, whose sum would be null."""
        name = self.quote(column.name)
        if not column.nullable:
            return [name]
        return [f"isNull({name})", f"ifNull({name}, defaultValueOfArgumentType(assumeNotNull({name})))"]

    def translate(self, error: Exception) -> EngineError:
        return worded(_MEANINGS, error, place=self.url)


def _target(url: URL) -> dict[str, Any]:
    """What ``get_client`` wants to know of a URL."""
    options: dict[str, Any] = dict(url.query)
    target: dict[str, Any] = {"database": url.database} if url.database else {}
    if options.get("interface") == "chdb":
        return {**options, **target}
    return {
        **options,
        **target,
        "host": url.host or "localhost",
        "username": url.username or "default",
        "password": url.password or "",
        **({"port": url.port} if url.port else {}),
        # A session allows one statement at a time.
        "autogenerate_session_id": False,
    }


def _in_memory(target: dict[str, Any]) -> bool:
    """chdb without a folder and without a database that somebody else has named."""
    return target.get("interface") == "chdb" and not target.get("path") and not target.get("database")


#: What ClickHouse says.
_MEANINGS: tuple[Meaning, ...] = (
    ("already initialized with path", "other_folder"),
    (r"Code: (516|192|193)\b|AUTHENTICATION_FAILED", "refused"),
    (r"Code: 81\b|UNKNOWN_DATABASE", "no_database"),
    (r"Code: 60\b|UNKNOWN_TABLE", "no_table"),
    (r"Code: 243\b|NOT_ENOUGH_SPACE|no space left", "disk_full"),
    (r"Code: 241\b|MEMORY_LIMIT_EXCEEDED", "out_of_memory"),
    (r"Code: 427\b|CANNOT_COMPILE_REGEXP", "bad_pattern"),
    (r"Code: (394|735)\b|QUERY_WAS_CANCELLED", "cancelled"),
    (r"Code: 497\b|ACCESS_DENIED|permission denied", "no_permission"),
    (r"Code: 76\b.*lock|Cannot lock file", "locked"),
    ("Connection refused|Max retries exceeded|Failed to resolve|timed out|Connection aborted", "unreachable"),
)
