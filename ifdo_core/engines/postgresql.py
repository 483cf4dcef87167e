"""PostgreSQL, through psycopg. Text orders byte by byte here too: its columns are COLLATE "C"."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

import psycopg
import pyarrow
import pyarrow.csv
from psycopg.adapt import Buffer, Loader
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, Table, create_engine, event
from sqlalchemy.engine import URL

from ifdo_core.engines.base import Engine, Session, Values
from ifdo_core.engines.dialects import POSTGRESQL, Bound, postgresql_dialect
from ifdo_core.engines.frames import ArrowTable, unique_names
from ifdo_core.engines.meanings import Meaning, worded
from ifdo_core.errors import EngineError
from ifdo_core.tables import KEYS

# pyarrow brings no types.
_pa: Any = pyarrow
_csv: Any = pyarrow.csv

#: Rows turned into text at a time on their way in.
_COPY_ROWS = 50_000

_SETTINGS = (
    "-c timezone=UTC -c standard_conforming_strings=on -c client_encoding=UTF8"
    " -c client_min_messages=warning -c work_mem=64MB -c jit=off"
)


#: Text as JSON, null where it is none: a plain cast would end the statement (see ``sql.json_text``). Made anew
#: only where it is missing, as replacing it would disturb those who use it.
_JSON_FUNCTION = """
DO $do$ BEGIN
    IF to_regprocedure('ifdo_json(text)') IS NULL THEN
        CREATE FUNCTION ifdo_json(value text) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT AS $body$
        BEGIN
            RETURN value::json;
        EXCEPTION WHEN invalid_text_representation OR untranslatable_character THEN
            RETURN NULL;
        END $body$;
    END IF;
END $do$
"""


class _Number(Loader):
    """numeric as int (a sum of integers) or float (an average)."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


class PostgreSQLSession(Session):
    """A pooled connection, in autocommit but between ``begin`` and ``commit``."""

    def __init__(self, pooled: Any) -> None:
        self._pooled = pooled
        self._connection: psycopg.Connection[tuple[Any, ...]] = pooled.driver_connection

    def _execute(self, text: str, values: Values) -> psycopg.RawCursor[tuple[Any, ...]]:
        cursor = psycopg.RawCursor(self._connection)  # its parameters are PostgreSQL's own $1, $2 …
        cursor.execute(cast(Any, text), values or None)
        return cursor

    def run(self, text: str, values: Values = ()) -> None:
        self._execute(text, values).close()

    def rows(self, text: str, values: Values = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        with self._execute(text, values) as cursor:
            return [column.name for column in cursor.description or []], cursor.fetchall()

    def arrow(self, text: str, values: Values = ()) -> ArrowTable:
        with self._execute(text, values) as cursor:
            description, rows = cursor.description or [], cursor.fetchall()
        return _table(description, rows)

    @contextmanager
    def batches(self, text: str, values: Values, rows: int) -> Generator[Iterable[ArrowTable]]:
        # A cursor of the server lives as long as its transaction.
        with self._connection.transaction(), psycopg.RawServerCursor(self._connection, "ifdo_rows") as cursor:
            cursor.execute(cast(Any, text), values or None)
            yield _pieces(cursor, rows)

    def load(self, name: str, rows: ArrowTable) -> None:
        columns = ", ".join(f'"{column}"' for column in rows.column_names)
        options = _csv.WriteOptions(include_header=False)
        with (
            self._connection.cursor() as cursor,
            # An empty text comes quoted, a null bare.
            cursor.copy(cast(Any, f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)")) as copy,
        ):
            for batch in rows.to_batches(max_chunksize=_COPY_ROWS):
                buffer = io.BytesIO()
                _csv.write_csv(batch, buffer, options)
                copy.write(buffer.getvalue())

    def begin(self) -> None:
        self._connection.execute("BEGIN")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        self._connection.execute("ROLLBACK")

    def interrupt(self) -> None:
        with suppress(psycopg.Error):  # it is over, or tried again by the token
            self._connection.cancel_safe()

    def close(self) -> None:
        self._pooled.close()


#: Type codes of PostgreSQL → Arrow types; numeric is told by its values.
_ARROW = {
    16: _pa.bool_(),
    20: _pa.int64(),
    21: _pa.int64(),
    23: _pa.int64(),
    25: _pa.string(),
    700: _pa.float64(),
    701: _pa.float64(),
    1042: _pa.string(),
    1043: _pa.string(),
    1082: _pa.date32(),
    1114: _pa.timestamp("us"),
    1184: _pa.timestamp("us"),
}
_NUMERIC = 1700


def _pieces(cursor: psycopg.RawServerCursor[tuple[Any, ...]], rows: int) -> Iterator[ArrowTable]:
    while found := cursor.fetchmany(rows):
        yield _table(cursor.description or [], found)


def _table(description: Sequence[Any], rows: Sequence[tuple[Any, ...]]) -> ArrowTable:
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in description]
    arrays = [_array(column.type_code, values) for column, values in zip(description, columns, strict=True)]
    return _pa.table(arrays, names=unique_names(column.name for column in description))


def _array(type_code: int, values: tuple[Any, ...]) -> Any:
    if type_code == _NUMERIC:
        whole = all(value is None or isinstance(value, int) for value in values)
        return _pa.array(values, type=_pa.int64() if whole else _pa.float64())
    return _pa.array(values, type=_ARROW.get(type_code))


class PostgreSQLEngine(Engine):
    """A database of a PostgreSQL server (14 or newer)."""

    dialect = POSTGRESQL
    columnar = False
    driver_errors = (psycopg.Error,)

    def __init__(self, url: URL) -> None:
        super().__init__(url.render_as_string(hide_password=True), postgresql_dialect())
        self._pool = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=16,
            connect_args={"options": _SETTINGS, "connect_timeout": 10},
        )
        event.listen(self._pool, "connect", _prepare)
        with self.session() as session, self._worded(), suppress(psycopg.errors.InsufficientPrivilege):
            session.run(_JSON_FUNCTION)

    def open_session(self) -> PostgreSQLSession:
        return PostgreSQLSession(self._pool.raw_connection())

    def close(self) -> None:
        self._pool.dispose()

    def column_type(self, column: Column[Any]) -> str:
        kind = column.type
        if isinstance(kind, Boolean):
            return "BOOLEAN"
        if isinstance(kind, BigInteger):
            return "BIGINT"
        if isinstance(kind, Integer):
            return "INTEGER"
        if isinstance(kind, Float):
            return "DOUBLE PRECISION"
        if isinstance(kind, DateTime):
            return "TIMESTAMP(6)"
        if isinstance(kind, Date):
            return "DATE"
        return 'TEXT COLLATE "C"'

    def create_queries(self, table: Table, name: str | None = None, temporary: bool = False) -> list[str]:
        queries = super().create_queries(table, name, temporary)
        key = KEYS.get(table.name)
        if key is not None and not temporary:
            index = self.quote(f"{name or table.name}_{key}")
            queries.append(
                f"CREATE INDEX IF NOT EXISTS {index} ON {self.quote(name or table.name)} ({self.quote(key)})"
            )
        return queries

    def _has_query(self, name: str) -> Bound:
        return Bound("SELECT to_regclass($1) IS NOT NULL", (self.quote(name),))

    def translate(self, error: Exception) -> EngineError:
        state = getattr(error, "sqlstate", None) or ""
        return worded(_MEANINGS, error, place=self.url, said=f"{error} [{state}]")


def _prepare(connection: psycopg.Connection[Any], _: object) -> None:
    connection.autocommit = True
    connection.prepare_threshold = None  # each statement is planned for its own values
    connection.adapters.register_loader("numeric", _Number)


#: What PostgreSQL says; the SQLSTATE stands at the end in brackets.
_MEANINGS: tuple[Meaning, ...] = (
    (r"\[28...\]|password authentication failed|no password supplied|role .* does not exist", "refused"),
    (r"\[3D000\]|database .* does not exist", "no_database"),
    (r"\[53100\]|no space left", "disk_full"),
    (r"\[53200\]|out of memory", "out_of_memory"),
    (r"\[57014\]", "cancelled"),
    (r"\[42P01\]", "no_table"),
    (r"\[2201B\]", "bad_pattern"),
    (r"\[42501\]", "no_permission"),
    (r"\[40001\]|\[40P01\]|\[55P03\]", "busy"),
    (
        r"\[08...\]|\[57P..\]|connection (failed|refused|timeout)|could not (connect|translate)|is the server running"
        r"|failed to resolve|server closed the connection|connection is (closed|lost|bad)|timeout expired",
        "unreachable",
    ),
)
