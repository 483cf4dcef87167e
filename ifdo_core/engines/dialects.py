"""How statements become text: one SQLAlchemy dialect per engine, values written as typed literals.

Every statement is rendered with its values in it, and that text is what runs. So ``Engine.sql`` shows
exactly what was asked, an expression in SELECT and GROUP BY stays the same expression (two bind
parameters would not be), and no driver guesses a type: a timestamp is a timestamp, ``0.5`` a double
and never a decimal.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import types
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine.interfaces import Dialect

DUCKDB = "duckdb"
POSTGRESQL = "postgresql"
CLICKHOUSE = "clickhouse"

#: The names dialects have in SQLAlchemy → ours.
_NAMES = {"duckdb": DUCKDB, "postgresql": POSTGRESQL, "clickhousedb": CLICKHOUSE}


class _Literal(Protocol):
    def __call__(self, value: Any) -> str: ...


def dialect_name(dialect: Dialect) -> str:
    """Our name of a SQLAlchemy dialect; its own name where it is none of ours."""
    return _NAMES.get(dialect.name, dialect.name)


def naive_utc(value: datetime) -> datetime:
    """``value`` as the tables hold it: naive, in UTC."""
    return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)


def _timestamp_text(value: datetime) -> str:
    return naive_utc(value).isoformat(sep=" ", timespec="microseconds")


def _date_text(value: date) -> str:
    return value.strftime("%Y-%m-%d").rjust(10, "0")


def _text(value: str) -> str:
    # No engine holds half a surrogate pair, and PostgreSQL no NUL (frames.to_arrow drops it from rows too).
    clean = value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return "'" + clean.replace("'", "''") + "'"


class _Text(types.String):
    def literal_processor(self, dialect: Dialect) -> _Literal:
        return _text


class _StandardTimestamp(types.DateTime):
    def literal_processor(self, dialect: Dialect) -> _Literal:
        return lambda value: f"TIMESTAMP '{_timestamp_text(value)}'"


class _StandardDate(types.Date):
    def literal_processor(self, dialect: Dialect) -> _Literal:
        return lambda value: f"DATE '{_date_text(value)}'"


class _StandardDouble(types.Float[float]):
    def literal_processor(self, dialect: Dialect) -> _Literal:
        return lambda value: f"CAST({float(value)!r} AS DOUBLE PRECISION)"


class _ClickHouseTimestamp(types.DateTime):
    def literal_processor(self, dialect: Dialect) -> _Literal:
        return lambda value: f"toDateTime64('{_timestamp_text(value)}', 6, 'UTC')"


class _ClickHouseDate(types.Date):
    def literal_processor(self, dialect: Dialect) -> _Literal:
        return lambda value: f"toDate32('{_date_text(value)}')"


class _ClickHouseDouble(types.Float[float]):
    def literal_processor(self, dialect: Dialect) -> _Literal:
        return lambda value: f"toFloat64({float(value)!r})"


_STANDARD: dict[Any, Any] = {
    types.String: _Text,
    types.DateTime: _StandardTimestamp,
    types.Date: _StandardDate,
    types.Float: _StandardDouble,
}
_CLICKHOUSE: dict[Any, Any] = {
    types.String: _Text,
    types.DateTime: _ClickHouseTimestamp,
    types.Date: _ClickHouseDate,
    types.Float: _ClickHouseDouble,
}


def _prepared(dialect: Any, literals: dict[Any, Any]) -> Dialect:
    dialect.colspecs = {**dialect.colspecs, **literals}
    # Both would rewrite text on its way to a driver's placeholders or to an old server: there are none.
    dialect._backslash_escapes = False
    dialect.identifier_preparer._double_percents = False
    return dialect


def duckdb_dialect() -> Dialect:
    """DuckDB's SQL."""
    from duckdb_engine import Dialect as DuckDBDialect

    return _prepared(DuckDBDialect(paramstyle="named"), _STANDARD)


def postgresql_dialect() -> Dialect:
    """PostgreSQL's SQL."""
    return _prepared(PGDialect(paramstyle="named"), _STANDARD)


def clickhouse_dialect() -> Dialect:
    """ClickHouse's SQL (server and chdb)."""
    from clickhouse_connect.cc_sqlalchemy.dialect import ClickHouseDialect

    return _prepared(ClickHouseDialect(paramstyle="named"), _CLICKHOUSE)
