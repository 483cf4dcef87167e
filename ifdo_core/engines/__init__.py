"""The databases the workbench runs on: DuckDB, PostgreSQL, ClickHouse (server and chdb)."""

from __future__ import annotations

import os

from sqlalchemy import make_url

from ifdo_core.engines.base import Engine, Session, Token
from ifdo_core.errors import EngineError

__all__ = ["Engine", "Session", "Token", "open_engine"]


def open_engine(url: str | os.PathLike[str], *, memory_mib: int | None = None) -> Engine:
    """Open the database at ``url``, made where it is a DuckDB file that is not there.

    'shop.duckdb' (a path), 'duckdb:///shop.duckdb', 'duckdb:///:memory:', 'postgresql+psycopg://…',
    'clickhousedb://…', 'clickhousedb:///?interface=chdb' (in memory) or '…&path=/a/folder'.
    ``memory_mib``: what DuckDB may use at most, where less than its share of the machine is wanted.
    Raises EngineError: 'unknown_engine', 'locked', 'no_folder', 'unreachable' …
    """
    text = os.fspath(url)
    scheme, separator, rest = text.partition("://")
    if not separator:
        return _duckdb(text, memory_mib)
    family = scheme.partition("+")[0]
    if family == "duckdb":
        return _duckdb(rest.removeprefix("/"), memory_mib)
    if family in ("postgresql", "postgres"):
        return _postgresql(text)
    if family == "clickhousedb":
        return _clickhouse(text)
    raise EngineError(
        "unknown_engine",
        "'{scheme}'(은)는 쓸 수 없는 데이터베이스예요.",
        "duckdb, postgresql, clickhousedb 가운데 하나로 시작하는 주소를 적어 주세요.",
        scheme=scheme,
    )


def _duckdb(database: str, memory_mib: int | None) -> Engine:
    from ifdo_core.engines.duckdb import MEMORY, DuckDBEngine

    return DuckDBEngine(database or MEMORY, memory_mib)


def _postgresql(url: str) -> Engine:
    try:
        from ifdo_core.engines.postgresql import PostgreSQLEngine
    except ModuleNotFoundError as error:
        raise _no_driver("PostgreSQL", "postgres") from error
    return PostgreSQLEngine(make_url(url))


def _clickhouse(url: str) -> Engine:
    try:
        from ifdo_core.engines.clickhouse import ClickHouseEngine

        return ClickHouseEngine(make_url(url))
    except ImportError as error:  # chdb itself is looked for when it is opened
        raise _no_driver("ClickHouse", "clickhouse") from error


def _no_driver(database: str, extra: str) -> EngineError:
    return EngineError(
        "no_driver",
        "{database}에 연결하는 꾸러미가 설치되어 있지 않아요.",
        "pip install '.[{extra}]'를 실행해 주세요.",
        database=database,
        extra=extra,
    )
