"""DuckDB: a file or memory, in this process.

One root connection owns the file; each session is a cursor of it with its own transaction, so many
threads read while one writes, each from a snapshot of its own.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Insert,
    Integer,
    Table,
    TableClause,
    column,
    literal_column,
    select,
)

from ifdo_core.engines.base import Engine, Session, Values
from ifdo_core.engines.dialects import DUCKDB, Bound, duckdb_dialect
from ifdo_core.engines.frames import ArrowTable
from ifdo_core.engines.meanings import Meaning, worded
from ifdo_core.engines.remembered import remembered_of
from ifdo_core.engines.sql import Query, fingerprint, insert_from
from ifdo_core.errors import EngineError
from ifdo_core.tables import SOUGHT, OwnKey, derived

MEMORY = ":memory:"
#: Part of the machine's memory DuckDB may use; the rest is for frames and the app.
MEMORY_SHARE = 0.6
#: What the app takes beside DuckDB; on a small machine this is kept free.
APP_MEMORY_MIB = 700
#: What a thread of DuckDB needs to work well: a small machine gets fewer threads rather than a full memory.
THREAD_MEMORY_MIB = 128
#: From this share of memory on, DuckDB keeps its blocks in one stretch of addresses of its own.
OWN_BLOCKS_FROM_MIB = 4096

_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_memory() -> int:
    """Bytes this process may use: the machine's, or its container's where that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in _CGROUP_LIMITS:
        try:
            text = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total


def _own_limit() -> str:
    """The limit that the user has set, as '400MB'; '' where there is none."""
    return os.environ.get("IFDO_MEMORY_LIMIT", "")


def _share_mib(memory_mib: int | None) -> int:
    """What DuckDB may use, unless the user has set a limit."""
    total = machine_memory() / 2**20
    return memory_mib or int(max(THREAD_MEMORY_MIB, min(total * MEMORY_SHARE, total - APP_MEMORY_MIB)))


def _settings(share: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": _own_limit() or f"{share}MiB",
        "threads": min(os.cpu_count() or 1, max(1, share // THREAD_MEMORY_MIB)),
        # Order is asked for where it matters; keeping it elsewhere costs memory on large inserts.
        "preserve_insertion_order": False,
        # A checkpoint inside a commit makes whoever loads wait for seconds; the log is replayed after a crash.
        "wal_autocheckpoint": "256MiB",
        # It counts deleted rows as there, and with them leaves out row groups that hold the first rows of an
        # ORDER BY … LIMIT (DuckDB 2.0.0 and 2.0.1).
        "disabled_optimizers": "row_group_pruner",
    }


def _sought(table: Table) -> tuple[str, ...]:
    return table.info.get(SOUGHT, ())


def _number_of(key: str) -> str:
    """The column that keeps a number of each text of the column ``key``."""
    return f"{key}_number"


def _numbered() -> list[str]:
    """The keys that have numbers, as 'table.key'."""
    return [f"{table.name}.{key}" for table in derived.sorted_tables for key in _sought(table)]


class DuckDBSession(Session):
    """A cursor of the root connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, stopped: Callable[[], None]) -> None:
        self._connection = connection
        self._stopped = stopped

    def run(self, text: str, values: Values = ()) -> None:
        self._connection.execute(text, list(values) or None)

    def rows(self, text: str, values: Values = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        result = self._connection.execute(text, list(values) or None)
        names = [str(column[0]) for column in result.description or []]
        return names, result.fetchall()

    def arrow(self, text: str, values: Values = ()) -> ArrowTable:
        return self._connection.sql(text, params=list(values) or None).to_arrow_table()

    @contextmanager
    def batches(self, text: str, values: Values, rows: int) -> Generator[Iterable[ArrowTable]]:
        yield self._connection.sql(text, params=list(values) or None).to_arrow_reader(rows)

    def load(self, name: str, rows: ArrowTable) -> None:
        self._connection.register("ifdo_rows", rows)
        try:
            columns = ", ".join(f'"{column}"' for column in rows.column_names)
            self._connection.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM ifdo_rows")
        finally:
            self._connection.unregister("ifdo_rows")

    def begin(self) -> None:
        self._connection.begin()

    def commit(self) -> None:
        try:
            self._connection.commit()
        except duckdb.FatalException as error:
            # The rows are safe in the log; only bringing them into the file failed (the disk may be full).
            if "is durable" not in str(error):
                raise
            self._stopped()

    def rollback(self) -> None:
        self._connection.rollback()

    def interrupt(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()


class DuckDBEngine(Engine):
    """``database`` is a path, or ':memory:'. ``memory_mib`` limits DuckDB's own memory; what does not fit goes to disk.
    IFDO_MEMORY_LIMIT ('400MB') overrides it.
    """

    dialect = DUCKDB
    exclusive = True
    #: Another version of DuckDB may give texts other numbers; another version of the tables, numbers to other keys.
    keeping = " ".join([f"numbers of DuckDB {duckdb.__version__}", *_numbered()])
    temporary = "TEMPORARY "
    driver_errors = (duckdb.Error,)

    def __init__(self, database: str, memory_mib: int | None = None) -> None:
        super().__init__(f"duckdb:///{database}", duckdb_dialect())
        self.database = database
        self._share_mib = _share_mib(memory_mib)
        self._config = _settings(self._share_mib)
        self._opening = threading.Lock()
        self._stopped = False
        with self._worded():
            self._root = self._open()
        if database != MEMORY:
            self._remembered = remembered_of(str(Path(database).resolve()))

    def _open(self) -> duckdb.DuckDBPyConnection:
        root = duckdb.connect(self.database, config=self._config)
        root.execute("SET GLOBAL TimeZone = 'UTC'")
        if self._share_mib >= OWN_BLOCKS_FROM_MIB and not _own_limit():
            self._own_blocks(root)
        if self.database == MEMORY:  # else what does not fit goes beside the file
            folder = Path(tempfile.gettempdir()) / f"ifdo-{os.getpid()}-{id(self):x}"
            root.execute(f"SET temp_directory = '{str(folder).replace(chr(39), chr(39) * 2)}'")
        return root

    def _own_blocks(self, root: duckdb.DuckDBPyConnection) -> None:
        """Blocks that come from the system and go back one by one cost a build a tenth of its time. What lies in a
        stretch of their own is not given back, so where memory is scarce there is none."""
        # asked for while it opens, more than DuckDB thinks there is ends the process instead of being refused
        with suppress(duckdb.InvalidInputException):
            root.execute(f"SET GLOBAL block_allocator_memory = '{self._share_mib}MiB'")

    def open_session(self) -> DuckDBSession:
        with self._opening:
            if self._stopped:
                # DuckDB stops for good when it cannot write; opened anew, it stands at the last commit. While
                # another thread still holds a session, this fails with 'reopen' and the next call tries again.
                self._root.close()
                self._root = self._open()
                self._stopped = False
                self._remembered.changed()
            return DuckDBSession(self._root.cursor(), self._stop)

    def _stop(self) -> None:
        self._stopped = self.database != MEMORY  # memory opened anew would be empty

    def close(self) -> None:
        self._root.close()

    def column_type(self, column: Column[Any]) -> str:
        kind = column.type
        if isinstance(kind, Boolean):
            return "BOOLEAN"
        if isinstance(kind, BigInteger):
            return "BIGINT"
        if isinstance(kind, Integer):
            return "INTEGER"
        if isinstance(kind, Float):
            return "DOUBLE"
        if isinstance(kind, DateTime):
            return "TIMESTAMP"
        if isinstance(kind, Date):
            return "DATE"
        return "VARCHAR"

    def column_query(self, column: Column[Any]) -> str:
        # packing ids costs time at each build, and unpacking them at each search for some
        plain = " USING COMPRESSION uncompressed" if isinstance(column.type, OwnKey) else ""
        return super().column_query(column) + plain

    def create_queries(self, table: Table, name: str | None = None, temporary: bool = False) -> list[str]:
        made, known = super().create_queries(table, name, temporary), self.quote(name or table.name)
        numbers = () if temporary else (self.quote(_number_of(key)) for key in _sought(table))
        return [*made, *(f"ALTER TABLE {known} ADD COLUMN IF NOT EXISTS {number} BIGINT" for number in numbers)]

    def found(self, key: Column[Any], ids: Query) -> ColumnElement[bool]:
        if key.table.name in self.added:
            return super().found(key, ids)
        # Numbers are compared several times faster than texts. Two texts may have the same one, so of the rows found by
        # it the key is compared as well: of these few, kept apart, or DuckDB compares it in the whole table.
        rows = key.table.alias("sought")
        number = literal_column(f"sought.{self.quote(_number_of(key.name))}", BigInteger)
        numbers = ids.with_only_columns(*(fingerprint(one) for one in ids.selected_columns))
        place = literal_column("sought.rowid", BigInteger).label("place")
        maybe = (
            select(place, rows.c[key.name].label("key")).where(number.in_(numbers)).cte().prefix_with("MATERIALIZED")
        )
        return self.place(key).in_(select(maybe.c.place).where(maybe.c.key.in_(ids)))

    def place(self, key: Column[Any]) -> ColumnElement[Any]:
        # Looking for rows by their numbers in a table to which the same transaction has added rows, DuckDB 2.0 reads
        # beyond them and gives wrong rows, or dies.
        if key.table.name in self.added:
            return super().place(key)
        # By its number a row is fetched without searching the column of keys, and stretches without such rows are
        # skipped. Within a transaction the numbers stay.
        return literal_column(f"{self.quote(key.table.name)}.rowid", BigInteger)

    def insert_from(self, table: Table, query: Query, *, few: bool = False) -> Insert:
        rows: TableClause = table
        if sought := _sought(table):
            given = query.selected_columns
            query = query.add_columns(*(fingerprint(given[key]).label(_number_of(key)) for key in sought))
            rows = sqlalchemy.table(table.name, *(column(one.name, one.type) for one in query.selected_columns))
        # Several threads gather rows of their own, which are written a second time where they do not fill a row group;
        # with RETURNING one thread writes them once.
        insert = insert_from(rows, query)
        return insert.returning(literal_column("1", Integer)) if few else insert

    def _has_query(self, name: str) -> Bound:
        return Bound("SELECT count(*) FROM duckdb_tables() WHERE table_name = $1 AND NOT temporary", (name,))

    def translate(self, error: Exception) -> EngineError:
        if isinstance(error, duckdb.FatalException):
            self._stop()
        return worded(_MEANINGS, error, place=self.database)


#: What DuckDB says.
_MEANINGS: tuple[Meaning, ...] = (
    (
        "could not set lock|already open in|being used by another process|conflicting lock|different configuration",
        "locked",
    ),
    ("no space left|disk is full|file too large|max_temp_directory_size|disk quota", "disk_full"),
    ("database has been invalidated", "reopen"),
    ("out of memory|failed to allocate|failed to pin", "out_of_memory"),
    ("no such file or directory|cannot find the path", "no_folder"),
    ("permission denied|read-only", "no_permission"),
    ("not a valid duckdb database|is a directory|serialization error|incompatible version", "not_a_database"),
    ("^interrupt", "cancelled"),
    ("connection.*closed|already closed", "closed"),
    ("transaction.*conflict|conflict on", "busy"),
    ("regexp|regular expression|missing \\)|invalid escape|no argument for repetition|bad repetition", "bad_pattern"),
    ("table with name .* does not exist", "no_table"),
)
