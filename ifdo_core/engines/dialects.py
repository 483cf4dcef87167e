"""How statements become text: one SQLAlchemy dialect per engine, and a compiler that keeps text values apart.

What runs (``bind``): every text value, which is all that people can type, is a bound parameter of the
driver and never part of the statement. Numbers, booleans, dates and timestamps stay in it as typed
literals: they are written from Python values of exactly that type, which cannot carry SQL, and so no
driver guesses a type: a timestamp is a timestamp, ``0.5`` a double and never a decimal. Equal values
are one parameter, so an expression in SELECT and GROUP BY stays the same expression. An IN list of
texts is one array, however long.

What is shown (``show``): the same statement with its text values written as literals too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Protocol, cast

from sqlalchemy import BinaryExpression, BindParameter, types
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

DUCKDB = "duckdb"
POSTGRESQL = "postgresql"
CLICKHOUSE = "clickhouse"

#: The names dialects have in SQLAlchemy → ours.
_NAMES = {"duckdb": DUCKDB, "postgresql": POSTGRESQL, "clickhousedb": CLICKHOUSE}


#: A bound value: a text, or the texts of an IN list.
Value = str | list[str]

#: Bytes of UTF-8 in one array parameter on ClickHouse, whose server takes at most 128 KiB in one, escapes included.
_ARRAY_BYTES = 32_768


@dataclass(frozen=True)
class Bound:
    """A statement ready to run: its text, and the values of its parameters 1, 2, … in that order."""

    text: str
    values: tuple[Value, ...] = ()


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


def _clean(value: str) -> str:
    # No engine holds half a surrogate pair, and PostgreSQL no NUL (frames.to_arrow drops it from rows too).
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _text(value: str) -> str:
    return "'" + _clean(value).replace("'", "''") + "'"


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


# --- compiling ---------------------------------------------------------------------------------


def show(statement: ClauseElement, dialect: Dialect) -> str:
    """``statement`` with all its values as literals."""
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).strip()


def bind(statement: ClauseElement, dialect: Dialect) -> Bound:
    """``statement`` (a query or a change, no DDL) with its text values as parameters."""
    kind = _binding_compiler(dialect_name(dialect), cast(Any, dialect).statement_compiler)
    compiled = kind(dialect, statement, compile_kwargs={"literal_binds": True})
    return Bound(str(compiled).strip(), tuple(compiled.values))


class _Binding(SQLCompiler):
    """Puts a parameter where a text value would be written, and collects the values."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._numbers: dict[str | tuple[str, ...], int] = {}
        super().__init__(*arguments, **options)  # compiles the statement

    @property
    def values(self) -> Iterator[Value]:
        return (value if isinstance(value, str) else list(value) for value in self._numbers)

    def number(self, value: str | tuple[str, ...]) -> int:
        """The number of the parameter that holds ``value``, from 1."""
        return self._numbers.setdefault(value, len(self._numbers) + 1)

    def render_literal_value(self, value: Any, type_: Any) -> str:
        # By the value and not by its type: nothing that is a text gets into the statement.
        if isinstance(value, str):
            return self.one(_clean(value))
        return super().render_literal_value(value, type_)

    def visit_in_op_binary(self, binary: BinaryExpression[Any], operator: Any, **options: Any) -> str:
        return self._membership(binary, " IN ", negated=False, **options)

    def visit_not_in_op_binary(self, binary: BinaryExpression[Any], operator: Any, **options: Any) -> str:
        return self._membership(binary, " NOT IN ", negated=True, **options)

    def _membership(self, binary: BinaryExpression[Any], word: str, negated: bool, **options: Any) -> str:
        texts = _listed_texts(binary.right)
        if texts is None:
            generic = cast(Any, self)._generate_generic_binary
            return f"({generic(binary, word, **options)})"
        return f"({self.within(self.process(binary.left, **options), texts, negated)})"

    def one(self, value: str) -> str:
        """A text value in the statement."""
        raise NotImplementedError

    def within(self, left: str, texts: tuple[str, ...], negated: bool) -> str:
        """Whether ``left`` is (not) one of ``texts``."""
        raise NotImplementedError


def _listed_texts(right: Any) -> tuple[str, ...] | None:
    """The values of an IN list where all are texts (a null among them would mean something else in an array)."""
    if not isinstance(right, BindParameter) or not right.expanding:
        return None
    listed = cast(Sequence[Any], cast(Any, right).effective_value)
    if not listed or not all(isinstance(value, str) for value in listed):
        return None
    return tuple(dict.fromkeys(map(_clean, listed)))


class _DuckDBBinding(_Binding):
    def one(self, value: str) -> str:
        return f"${self.number(value)}"

    def within(self, left: str, texts: tuple[str, ...], negated: bool) -> str:
        return f"{left} {'NOT IN' if negated else 'IN'} ${self.number(texts)}"


class _PostgreSQLBinding(_Binding):
    def one(self, value: str) -> str:
        return f"CAST(${self.number(value)} AS TEXT)"  # of no type by itself

    def within(self, left: str, texts: tuple[str, ...], negated: bool) -> str:
        return f"{left} {'<> ALL' if negated else '= ANY'} (CAST(${self.number(texts)} AS TEXT[]))"


class _ClickHouseBinding(_Binding):
    def one(self, value: str) -> str:
        return f"{{p{self.number(value)}:String}}"

    def within(self, left: str, texts: tuple[str, ...], negated: bool) -> str:
        arrays = [f"{{p{self.number(piece)}:Array(String)}}" for piece in _pieces(texts)]
        array = arrays[0] if len(arrays) == 1 else f"arrayConcat({', '.join(arrays)})"
        return f"{left} {'NOT IN' if negated else 'IN'} {array}"


def _pieces(texts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """``texts`` in pieces of about ``_ARRAY_BYTES``."""
    start = size = 0
    for place, text in enumerate(texts):
        size += len(text.encode()) + 4  # quotes, comma and space
        if size > _ARRAY_BYTES and place > start:
            yield texts[start:place]
            start, size = place, len(text.encode()) + 4
    yield texts[start:]


_BINDINGS: dict[str, type[_Binding]] = {
    DUCKDB: _DuckDBBinding,
    POSTGRESQL: _PostgreSQLBinding,
    CLICKHOUSE: _ClickHouseBinding,
}


@cache
def _binding_compiler(name: str, compiler: type[SQLCompiler]) -> type[_Binding]:
    """The dialect's own ``compiler`` with parameters for text values."""
    return type("BindingCompiler", (_BINDINGS[name], compiler), {})


# --- the dialects ------------------------------------------------------------------------------


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
