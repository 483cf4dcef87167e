"""What is known already of rows that come again in a file with fewer columns.

A list of consents has no grades, an order list no prices of products: what a file has no column for it says nothing
about, so it stays as it was. A column that is there but empty says that there is nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa_untyped
import pyarrow.compute as pc_untyped
from sqlalchemy import Table, func, select

from ifdo_core.engines import Engine
from ifdo_core.engines.frames import arrow_type
from ifdo_core.ingest.values import Array
from ifdo_core.tables import KEYS

pa: Any = pa_untyped
pc: Any = pc_untyped

Rows = Any  # a pyarrow Table

#: Tables of things that stay and change. Events and lines of orders are told once and whole.
KEPT = frozenset(["orders", "products", "members", "messages"])


class Known:
    """Completes rows of one table with what the table knows, and with what earlier files of the same load said.

    ``hold``: the files of the load differ in their columns, so what the earlier ones say must be remembered.
    """

    def __init__(self, engine: Engine, table: Table, hold: bool) -> None:
        self._engine, self._table, self._key, self._hold = engine, table, KEYS[table.name], hold
        self._filled: frozenset[str] | None = None
        self._held: dict[frozenset[str], Rows] = {}
        self._earlier: dict[int, list[Rows]] = {}

    def completed(self, rows: Rows, file: int) -> Rows:
        """``rows`` of the load's ``file``-th file with the columns it lacks; new rows have nothing there."""
        if self._table.name not in KEPT:
            return rows
        lacking = [column for column in self._table.columns if column.name not in rows.column_names]
        # The newest comes first: what it has a column for is not asked of older ones.
        sources = [
            pa.concat_tables(self._earlier[place]) for place in sorted(self._earlier, reverse=True) if place < file
        ]
        sources.append(self._of_table(frozenset(str(column.name) for column in lacking)))
        keys = rows.column(self._key).combine_chunks()
        out = rows
        for column in lacking:
            name = str(column.name)
            out = out.append_column(name, self._found(name, arrow_type(column), keys, sources))
        if self._hold:
            self._earlier.setdefault(file, []).append(rows)
        return _with_status(out) if self._table.name == "orders" else out

    def _found(self, name: str, kind: Any, keys: Array, sources: list[Rows]) -> Array:
        found = pa.nulls(len(keys), kind)
        open_ = np.ones(len(keys), dtype=np.bool_)
        for source in sources:
            if name not in source.column_names or not open_.any():
                continue
            # The last row of a key is the one that counts.
            backwards = source.column(self._key).combine_chunks().take(pa.array(np.arange(len(source))[::-1]))
            place = pc.index_in(keys, value_set=backwards)
            hit = np.asarray(pc.is_valid(place), dtype=np.bool_) & open_
            values = source.column(name).combine_chunks().take(pc.subtract(len(source) - 1, place))
            found = pc.if_else(pa.array(hit), values, found)
            open_ &= ~hit
        return found

    def _of_table(self, lacking: frozenset[str]) -> Rows:
        """The table's keys with those of the ``lacking`` columns in which something is known; no rows where in none."""
        if self._filled is None:
            counts = [func.count(column).label(str(column.name)) for column in self._table.columns]
            row = self._engine.execute(select(*counts))[0]
            names = [str(column.name) for column in self._table.columns]
            self._filled = frozenset(name for name, times in zip(names, row, strict=True) if times)
        wanted = lacking & self._filled
        if wanted not in self._held:
            columns = [self._table.c[self._key], *(self._table.c[name] for name in sorted(wanted))]
            frame = self._engine.frame(select(*columns)) if wanted else pd.DataFrame({self._key: []})
            kept = columns if wanted else columns[:1]
            arrays = [pa.array(frame[str(one.name)], type=arrow_type(one), from_pandas=True) for one in kept]
            self._held[wanted] = pa.table(arrays, names=[str(one.name) for one in kept])
        return self._held[wanted]


def _with_status(rows: Rows) -> Rows:
    """An order of which nothing says what became of it is paid."""
    place = rows.column_names.index("status")
    return rows.set_column(place, "status", pc.fill_null(rows.column("status"), "paid"))
