"""From the rows of one file to rows of our tables.

``Plan`` binds a file mapping to a header: what is there, what is needed and missing, what is left out. ``Transform``
takes the chunks of the file in order and gives rows of our tables; rows that cannot be taken go to ``Rejects``.

A file of order lines is put by until its end, cut by a hash of the order id, since an order's lines need not stand
together; then each part is small enough to be grouped in memory (``ifdo_core.ingest.grouping``).
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa_untyped
import pyarrow.compute as pc_untyped

from ifdo_core.errors import DataError
from ifdo_core.ingest import values
from ifdo_core.ingest.enrich import enrich
from ifdo_core.ingest.evaluate import Rows, available, resolve
from ifdo_core.ingest.grouping import BAD, ORDER, ROW, Grouping
from ifdo_core.ingest.ids import row_ids
from ifdo_core.ingest.kinds import Conversion, Converted, Target, convert, from_numbers, status_reader, target
from ifdo_core.ingest.mapping import REQUIRED, Columns, Expr, FileMapping
from ifdo_core.ingest.readers import Chunk, simplified
from ifdo_core.ingest.rejects import PERSONAL, Rejects
from ifdo_core.ingest.spool import Spool, Table
from ifdo_core.ingest.values import Flags

pa: Any = pa_untyped
pc: Any = pc_untyped

#: Custom fields that a member file may bring.
MAX_FIELDS = 50
#: Parts into which the lines of a large file are cut; each must fit in memory.
PARTS = 32
_WHOLE_ROWS = 500_000


@dataclass(frozen=True)
class Plan:
    """A file mapping bound to the header of a file."""

    file: FileMapping
    label: str
    present: Mapping[str, str]  # the mapping's names → the file's
    unknown: tuple[str, ...]  # columns of the file nobody asks for
    extra: tuple[str, ...] = ()  # columns of a member file that are kept as the member's custom fields

    @classmethod
    def of(cls, file: FileMapping, label: str, columns: Sequence[str]) -> Plan:
        present = resolve(file.names(), columns)
        used = {name.removesuffix("#").split(".")[0] for name in present.values()} | set(present.values())
        unknown = tuple(name for name in columns if name and name not in used and not _ignored(name, file))
        plan = cls(file, label, present, unknown)
        if file.table == "members" and "extra" not in plan.columns("members"):
            return replace(plan, unknown=unknown[MAX_FIELDS:], extra=unknown[:MAX_FIELDS])
        return plan

    @property
    def wanted(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.present.values(), *self.extra)))

    def columns(self, table: str) -> Columns:
        """Our columns that the file can fill."""
        given = self.file.tables.get(table, {})
        return {name: expr for name, expr in given.items() if available(expr, self.present)}

    def fills(self, table: str) -> bool:
        """Whether the file has what every row of ``table`` needs."""
        return not self._lacking(table)

    def _lacking(self, table: str) -> list[str]:
        needed = list(REQUIRED[table])
        if self.file.lines:
            # What a line cost can be told from what was paid for it, an order's amount from its lines.
            columns = self.columns("order_items")
            if table == "order_items" and "paid" in columns:
                needed.remove("price")
            if table == "orders" and not self._lacking("order_items"):
                needed.remove("amount")
        return [name for name in needed if name not in self.columns(table)]

    def missing(self) -> tuple[str, ...]:
        """Our columns without which the file cannot be loaded, for want of a column in it."""
        return tuple(self._lacking(self.file.table))


def _ignored(name: str, file: FileMapping) -> bool:
    text = simplified(name)
    for given in file.ignored:
        word = simplified(given.removesuffix("*"))
        if text == word or (given.endswith("*") and text.startswith(word)):
            return True
    return False


def missing_columns(plan: Plan, columns: tuple[str, ...]) -> DataError:
    return DataError(
        "missing_column",
        "{file}: '{missing}'에 해당하는 열이 없어요. 파일에 있는 열: {columns}.",
        "열 이름을 확인하거나, 매핑에서 어느 열인지 골라 주세요.",
        file=plan.label,
        missing=", ".join(plan.missing()),
        columns=", ".join(name for name in columns if name) or "-",
    )


class Transform:
    """One file on its way. ``feed`` each chunk, then take ``finish``; both answer (table name, rows) pairs."""

    def __init__(self, plan: Plan, how: Conversion, rejects: Rejects, spool: Spool) -> None:
        self.plan, self.how, self.rejects, self.spool = plan, how, rejects, spool
        self.rows_read = 0
        self.noted: Counter[str] = Counter()
        self._status = status_reader(plan.file.status_words)
        self._grouped = plan.file.lines or (
            plan.file.table == "order_items" and "line_id" not in plan.columns("order_items")
        )
        self._seen: dict[str, int] = {}
        self._carry: dict[str, str | None] = {}
        self._held: list[Table] = []
        self._held_rows = 0
        self._cut = False
        self._grouping = self._new_grouping() if self._grouped else None

    def _new_grouping(self) -> Grouping:
        columns: Columns = self.plan.columns("orders") if self.plan.file.lines else {}
        items: Columns = self.plan.columns("order_items") if self.plan.fills("order_items") else {}
        return Grouping(columns, items, self.how, self.rejects, self.plan.label, self.plan.present)

    def feed(self, chunk: Chunk) -> Iterator[tuple[str, Table]]:
        """The rows that can be given at once."""
        self.rows_read += len(np.unique(chunk.rows)) + len(chunk.broken)
        for row, text in chunk.broken:
            self.rejects.add(self.plan.file.table, self.plan.label, row, None, text, "columns")
        if not len(chunk.rows):
            return
        chunk = self._carried(chunk)
        rows = Rows(chunk, self.plan.present, self.plan.file.decimal, self._seen).keep(self.plan.file.keep)
        if self._grouping is not None:
            self._put_by(self._lines(rows, self._grouping))
            return
        for table in self.plan.file.tables:
            yield table, self._plain(rows, table)

    def finish(self) -> Iterator[tuple[str, Table]]:
        """What had to wait for the end of the file."""
        if self._grouping is None:
            return
        if not self._cut:
            parts: Iterator[Table] = iter([pa.concat_tables(self._held)] if self._held else [])
        else:
            self._cut_held()
            names = [self._part(place) for place in range(PARTS)]
            parts = (pa.concat_tables(tables) for name in names if (tables := list(self.spool.rows(name))))
        for part in parts:
            yield from self._grouping.group(part)

    def _carried(self, chunk: Chunk) -> Chunk:
        """With what is written once for several rows on each of them."""
        present = [self.plan.present[name] for name in self.plan.file.carry if name in self.plan.present]
        if len(present) < 2 or present[0] not in chunk.columns:
            return chunk
        columns = dict(chunk.columns)
        texts = {name: values.as_text(columns[name]).to_pylist() for name in present}
        for place, key in enumerate(texts[present[0]]):
            if key is None or key != self._carry.get(present[0]):
                self._carry = {present[0]: key}
            for name in present[1:]:
                value = texts[name][place] or self._carry.get(name)
                texts[name][place] = self._carry[name] = value
        columns.update({name: pa.array(texts[name], pa.string()) for name in present[1:]})
        return Chunk(chunk.rows, columns, chunk.broken)

    # --- one row, one row -----------------------------------------------------------------------

    def _plain(self, rows: Rows, table: str) -> Table:
        columns = self.plan.columns(table)
        converted = {name: self._convert(rows, expr, target(table, name)) for name, expr in columns.items()}
        bad = self._set_aside(rows, table, columns, converted)
        data = {name: one.data for name, one in converted.items()}
        if table == "members" and self.plan.extra:
            data["extra"] = custom_fields({name: rows.chunk.columns[name] for name in self.plan.extra})
        if bad.any():
            keep = pa.array(~bad)
            data = {name: array.filter(keep) for name, array in data.items()}
        return pa.table(_completed(table, data))

    def _convert(self, rows: Rows, expr: Expr, to: Target) -> Converted:
        if to.kind == "money":
            return from_numbers(rows.numbers(expr), to, self.how)
        if to.kind == "status":
            return self.status(rows, expr)
        return convert(rows.array(expr), to, self.how)

    def status(self, rows: Rows, expr: Expr) -> Converted:
        """Statuses in our words; those that are to be named are counted in ``noted``."""
        words, codes = values.distinct(rows.text(expr))
        read = [(None, False) if word is None else self._status(word) for word in words]
        times = np.bincount(codes, minlength=len(words))
        for word, (_, noted), count in zip(words, read, times, strict=True):
            if noted and word is not None and count:
                self.noted[word] += int(count)
        return Converted(pa.array([status for status, _ in read], pa.string()).take(pa.array(codes)), {})

    def _set_aside(self, rows: Rows, table: str, columns: Columns, converted: Mapping[str, Converted]) -> Flags:
        """Which rows cannot be taken; each is named with its first reason, in the order of our columns."""
        bad = np.zeros(rows.size, dtype=np.bool_)
        needed = set(REQUIRED[table])
        for name, one in converted.items():
            reasons = dict(one.reasons)
            if name in needed and not (self.plan.file.lines and name in ("amount", "price")):
                reasons["missing"] = ~values.known_of(one.data) & ~one.bad()
            for reason, flags in reasons.items():
                fresh = flags & ~bad
                for place in np.flatnonzero(fresh):
                    self._name(rows, table, columns[name], name, int(place), reason)
                bad |= fresh
        return bad

    def _name(self, rows: Rows, table: str, expr: Expr, ours: str, place: int, reason: str) -> None:
        column, value = rows.blame(expr, place)
        shown = None if ours in PERSONAL and value is not None else value
        self.rejects.add(table, self.plan.label, int(rows.chunk.rows[place]), column or ours, shown, reason)

    # --- lines of orders ------------------------------------------------------------------------

    def _lines(self, rows: Rows, grouping: Grouping) -> Table:
        """The lines of a chunk with their columns of order_items and what their orders' columns need."""
        items, orders = grouping.items, grouping.orders
        key_expr = items.get("order_id") or orders["order_id"]
        key = self._convert(rows, key_expr, target("order_items", "order_id"))
        columns: dict[str, Expr] = {"order_id": key_expr}
        converted: dict[str, Converted] = {"order_id": key}
        for name, expr in items.items():
            if name != "order_id":
                columns[name] = expr
                converted[name] = self._convert(rows, expr, target("order_items", name))
        if items:
            priced = [name for name in ("price", "paid") if name in converted]
            known = np.logical_or.reduce(
                [values.known_of(converted[name].data) | converted[name].bad() for name in priced]
            )
            last = converted[priced[-1]]
            converted[priced[-1]] = Converted(last.data, {**last.reasons, "missing": ~known})
        leaves = {name: self._leaf(rows, leaf.expr, leaf.to) for name, leaf in grouping.leaves.items()}
        bad = self._set_aside(rows, "order_items" if items else "orders", columns, converted)
        for name, one in leaves.items():
            expr, ours = grouping.leaves[name].expr, grouping.leaves[name].to.name
            for reason, flags in one.reasons.items():
                for place in np.flatnonzero(flags & ~bad):
                    self._name(rows, "orders", expr, ours, int(place), reason)
                bad |= flags
        table = {
            ROW: pa.array(rows.chunk.rows),
            ORDER: key.data,
            BAD: pa.array(bad),
            **{name: one.data for name, one in converted.items() if name != "order_id"},
            **{name: one.data for name, one in leaves.items()},
        }
        return pa.table(table).filter(pc.is_valid(key.data))

    def _leaf(self, rows: Rows, expr: Expr, to: Target) -> Converted:
        """What one order column needs of a line; amounts stay in millionths until they are added up."""
        if to.kind != "money":
            return self._convert(rows, expr, to)
        number = rows.numbers(expr)
        return Converted(pa.array(number.data, mask=~number.known), {"not_an_amount": number.bad})

    def _put_by(self, lines: Table) -> None:
        self._held.append(lines)
        self._held_rows += int(lines.num_rows)
        if self._held_rows > _WHOLE_ROWS:
            self._cut_held()

    def _cut_held(self) -> None:
        self._cut = True
        for lines in self._held:
            words, codes = values.distinct(lines.column(ORDER).combine_chunks())
            parts = np.array([zlib.crc32((word or "").encode()) % PARTS for word in words], dtype=np.int64)[codes]
            for place in range(PARTS):
                part = lines.filter(pa.array(parts == place))
                if part.num_rows:
                    self.spool.add(self._part(place), part)
        self._held.clear()
        self._held_rows = 0

    def _part(self, place: int) -> str:
        return f"lines-{id(self)}-{place}"


def custom_fields(columns: Mapping[str, Any]) -> Any:
    """The columns as one JSON object a row, of what is known there; null where nothing is."""
    texts = {name: values.as_text(column).to_pylist() for name, column in columns.items()}
    found: list[str | None] = []
    for row in zip(*texts.values(), strict=True):
        known = {name: value for name, value in zip(texts, row, strict=True) if value not in (None, "")}
        found.append(json.dumps(known, ensure_ascii=False) if known else None)
    return pa.array(found, pa.string())


def _completed(table: str, data: dict[str, Any]) -> dict[str, Any]:
    """Ids and derived columns of events."""
    if table == "events":
        given = data.get("event_id")
        rest = {name: array for name, array in data.items() if name != "event_id"}
        if given is None:
            data = {"event_id": row_ids(rest), **rest}
        elif given.null_count:
            data = {**data, "event_id": pc.coalesce(given, row_ids(rest))}
        return enrich(data)
    return data
