"""The expressions of a mapping, worked out over a chunk of somebody's rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pyarrow as pa_untyped
import pyarrow.compute as pc_untyped

from ifdo_core.ingest import values
from ifdo_core.ingest.ids import row_ids
from ifdo_core.ingest.mapping import (
    AnyOf,
    Arithmetic,
    Expr,
    First,
    HashOf,
    Join,
    Lower,
    Match,
    Name,
    Only,
    Value,
    names_in,
)
from ifdo_core.ingest.readers import Chunk, column_of, simplified
from ifdo_core.ingest.values import SCALE, Array, Flags, Numbers

pa: Any = pa_untyped
pc: Any = pc_untyped


def resolve(names: Collection[str], columns: Collection[str]) -> Mapping[str, str]:
    """For those of a mapping's ``names`` that the file has: the file's own spelling."""
    spelled = {simplified(column): column for column in reversed(list(columns)) if column}
    found: dict[str, str] = {}
    for name in names:
        exact = column_of(name, columns) or spelled.get(simplified(name))
        if exact is not None:
            found[name] = exact
    return found


def available(expr: Expr, present: Collection[str]) -> bool:
    """Whether the file has what the expression needs."""
    if isinstance(expr, Name):
        return expr.name in present
    if isinstance(expr, (First, AnyOf, HashOf)):
        return any(available(part, present) for part in expr.of)
    if isinstance(expr, Arithmetic):
        needed = [part for part, free in zip(expr.of, expr.optional, strict=True) if not free]
        if not needed:
            return any(available(part, present) for part in expr.of)
        return all(available(part, present) for part in needed)
    if isinstance(expr, Join):
        return all(available(part, present) for part in expr.of)
    if isinstance(expr, Value):
        return all(part is None or available(part, present) for part in (expr.when, expr.unless))
    if isinstance(expr, (Lower, Match, Only)):
        return available(expr.of, present)
    return available(expr.of, present)


class Rows:
    """A chunk seen through a mapping: ``array``, ``text`` and ``numbers`` of an expression, one value a row.

    ``present`` leads from the mapping's names to the file's. ``seen`` counts equal rows over the chunks of a file, so
    a counted hash may be asked for once a chunk.
    """

    def __init__(
        self, chunk: Chunk, present: Mapping[str, str], decimal: str, seen: dict[str, int] | None = None
    ) -> None:
        self.chunk, self.present, self.decimal = chunk, present, decimal
        self.seen: dict[str, int] = {} if seen is None else seen
        self.size = len(chunk.rows)

    def array(self, expr: Expr) -> Array:
        """As the file has it: text, or typed where the column is."""
        if isinstance(expr, Name):
            spelled = self.present.get(expr.name)
            found = None if spelled is None else self.chunk.columns.get(spelled)
            return pa.nulls(self.size, pa.string()) if found is None else found
        if isinstance(expr, First):
            parts = [part for part in expr.of if available(part, self.present)]
            if len(parts) == 1:
                return self.array(parts[0])
            return pc.coalesce(pa.nulls(self.size, pa.string()), *(self.text(part) for part in parts))
        if isinstance(expr, Join):
            return pc.binary_join_element_wise(*(self.text(part) for part in expr.of), expr.between)
        if isinstance(expr, HashOf):
            return self._hash(expr)
        if isinstance(expr, Lower):
            return pc.utf8_lower(self.text(expr.of))
        if isinstance(expr, Match):
            return self._match(expr)
        if isinstance(expr, Value):
            return self._value(expr)
        if isinstance(expr, Only):
            return pc.if_else(pa.array(self._among(expr)), self.text(expr.of), pa.scalar(None, pa.string()))
        if isinstance(expr, AnyOf):
            return self._any(expr)
        if isinstance(expr, Arithmetic):
            return self._written(self.numbers(expr))
        raise TypeError("an expression over lines stands only where a file has lines")

    def text(self, expr: Expr) -> Array:
        return values.as_text(self.array(expr))

    def numbers(self, expr: Expr, percent: bool = False) -> Numbers:
        """In millionths."""
        if isinstance(expr, Arithmetic):
            return self._arithmetic(expr)
        if isinstance(expr, First) and any(isinstance(part, (Arithmetic, Only)) for part in expr.of):
            return self._first_number([self.numbers(part) for part in expr.of if available(part, self.present)])
        if isinstance(expr, Only):
            inner, among = self.numbers(expr.of), self._among(expr)
            return Numbers(inner.data, inner.known & among, inner.bad & among)
        return values.numbers(self.array(expr), self.decimal, percent)

    def keep(self, wanted: Mapping[str, tuple[str, ...]]) -> Rows:
        """Only the rows in which each of these columns holds one of its words; '*' stands for any."""
        mask = np.ones(self.size, dtype=np.bool_)
        for name, words in wanted.items():
            text = self.text(Name(name))
            mask &= values.known_of(text) if "*" in words else self._is_one_of(text, words)
        return self if mask.all() else Rows(filtered(self.chunk, mask), self.present, self.decimal, self.seen)

    def blame(self, expr: Expr, place: int) -> tuple[str | None, str | None]:
        """The column of the file, and what it says, that a bad value at ``place`` came from."""
        first: tuple[str | None, str | None] = (None, None)
        for name in names_in(expr):
            spelled = self.present.get(name)
            if spelled is None or spelled not in self.chunk.columns:
                continue
            value = values.as_text(self.chunk.columns[spelled].slice(place, 1))[0].as_py()
            if value is not None and (first[1] is None or values.parse_number(value, self.decimal) is None):
                if first[1] is None or isinstance(expr, Arithmetic):
                    first = (spelled, value)
            elif first[0] is None:
                first = (spelled, None)
        return first

    # --- the operations -------------------------------------------------------------------------

    def _hash(self, expr: HashOf) -> Array:
        ids = row_ids({str(place): self.text(part) for place, part in enumerate(expr.of)})
        if not expr.counted:
            return ids
        out: list[str] = []
        for one in ids.to_pylist():
            before = self.seen.get(one, 0)
            self.seen[one] = before + 1
            out.append(f"{one}-{before + 1}" if before else one)
        return pa.array(out, pa.string())

    def _match(self, expr: Match) -> Array:
        pattern = re.compile(expr.pattern)

        def group(text: str) -> str | None:
            found = pattern.search(text)
            return found.group(1) if found else None

        return values.mapped(self.text(expr.of), group)

    def _value(self, expr: Value) -> Array:
        constant = pa.array([expr.value] * self.size, pa.string())
        mask = np.ones(self.size, dtype=np.bool_)
        if expr.when is not None:
            mask &= values.known_of(self.text(expr.when))
        if expr.unless is not None:
            mask &= ~values.known_of(self.text(expr.unless))
        return pc.if_else(pa.array(mask), constant, pa.scalar(None, pa.string()))

    def _among(self, expr: Only) -> Flags:
        if not available(expr.where, self.present):
            return np.ones(self.size, dtype=np.bool_)
        return self._is_one_of(self.text(expr.where), expr.among)

    def _is_one_of(self, text: Array, words: Collection[str]) -> Flags:
        wanted = {simplified(word) for word in words}
        distinct, codes = values.distinct(text)
        hits = np.array([value is not None and simplified(value) in wanted for value in distinct], dtype=np.bool_)
        return hits[codes]

    def _any(self, expr: AnyOf) -> Array:
        yes = np.zeros(self.size, dtype=np.bool_)
        known = np.zeros(self.size, dtype=np.bool_)
        for part in expr.of:
            if available(part, self.present):
                read = values.booleans(self.array(part))
                yes |= read.known & (read.data != 0)
                known |= read.known
        return pa.array(yes, mask=~known)

    def _first_number(self, parts: list[Numbers]) -> Numbers:
        data = np.zeros(self.size, dtype=np.int64)
        taken = np.zeros(self.size, dtype=np.bool_)
        bad = np.zeros(self.size, dtype=np.bool_)
        for part in parts:
            use = ~taken & (part.known | part.bad)
            data[use], bad[use] = part.data[use], part.bad[use]
            taken |= use
        return Numbers(data, taken & ~bad, bad)

    def _arithmetic(self, expr: Arithmetic) -> Numbers:
        present = [self.numbers(part, percent=expr.op == "times") for part in expr.of if available(part, self.present)]
        return combine(expr.op, present, self.size)

    def _written(self, number: Numbers) -> Array:
        texts = [f"{value // SCALE}.{value % SCALE:06d}" if value >= 0 else f"-{-value // SCALE}.{-value % SCALE:06d}"
                 for value in number.data.tolist()]  # fmt: skip
        return pa.array(texts, pa.string(), mask=~number.known)


def combine(op: str, parts: list[Numbers], size: int) -> Numbers:
    """plus: known where one is; minus: where the first is; times: where all are. An unknown summand counts as 0."""
    bad = np.zeros(size, dtype=np.bool_)
    for part in parts:
        bad |= part.bad
    if not parts:
        return Numbers(np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_), bad)
    if op == "times":
        return _product(parts, bad)
    data = parts[0].data.copy()
    known = parts[0].known.copy()
    for part in parts[1:]:
        data = data + part.data if op == "plus" else data - part.data
        if op == "plus":
            known |= part.known
    return Numbers(np.where(known, data, 0), known & ~bad, bad)


def _product(parts: list[Numbers], bad: Flags) -> Numbers:
    known = np.logical_and.reduce([part.known for part in parts])
    product = parts[0].data.astype(object)
    for part in parts[1:]:
        exact = product * part.data.astype(object)
        product = np.where(exact < 0, -(-exact // SCALE), exact // SCALE)
    large = np.array([abs(int(value)) > 2**62 for value in product], dtype=np.bool_)
    data = np.array([0 if over else int(value) for value, over in zip(product, large, strict=True)], dtype=np.int64)
    return Numbers(np.where(known & ~large, data, 0), known & ~bad & ~large, bad | large)


def filtered(chunk: Chunk, mask: Flags) -> Chunk:
    selection = pa.array(mask)
    columns = {name: array.filter(selection) for name, array in chunk.columns.items()}
    return Chunk(chunk.rows[mask], columns, chunk.broken)
