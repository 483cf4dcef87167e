"""Lines of orders made into orders and order_items (reference: the exports of Korean shop systems and Shopify).

Columns of an order repeat on its lines or stand on the first alone: the first value counts. Sums over lines are asked
for by the mapping. What the file does not say is derived: an order's amount from its lines, its status from theirs, a
line's price and discount from what was paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa_untyped
import pyarrow.compute as pc_untyped

from ifdo_core.ingest import values
from ifdo_core.ingest.evaluate import available, combine
from ifdo_core.ingest.ids import nth_equal, row_ids
from ifdo_core.ingest.kinds import Conversion, Target, from_numbers, target
from ifdo_core.ingest.mapping import Arithmetic, Columns, Expr, First, OfLines
from ifdo_core.ingest.rejects import Rejects
from ifdo_core.ingest.spool import Table
from ifdo_core.ingest.values import Array, Flags, Ints, Numbers

pa: Any = pa_untyped
pc: Any = pc_untyped

ROW, ORDER, BAD = "#row", "#order", "#bad"


@dataclass(frozen=True)
class Leaf:
    """A part of an order's column that is read line by line; ``how`` its lines become one value of the order."""

    expr: Expr
    how: str  # first, sum, last, once
    to: Target
    per: str | None = None  # another leaf


@dataclass(frozen=True)
class Node:
    """An order's column: a leaf, or an operation over nodes."""

    op: str  # leaf, first, plus, minus, times
    leaf: str | None = None
    of: tuple[Node, ...] = ()


def leaves_of(columns: Columns, present: Mapping[str, str]) -> tuple[dict[str, Node], dict[str, Leaf]]:
    """Each order column as a tree over leaves, and the leaves by name."""
    leaves: dict[str, Leaf] = {}

    def leaf(expr: Expr, how: str, to: Target, per: str | None = None) -> Node:
        name = f"#{len(leaves)}"
        leaves[name] = Leaf(expr, how, to, per)
        return Node("leaf", name)

    def node(expr: Expr, to: Target) -> Node:
        if isinstance(expr, OfLines):
            per = leaf(expr.per, "first", target("orders", "order_id")).leaf if expr.per is not None else None
            return leaf(expr.of, expr.how, to, per)
        if isinstance(expr, Arithmetic) and _over_lines(expr):
            return Node(expr.op, None, tuple(node(part, to) for part in expr.of if available(part, present)))
        if isinstance(expr, First) and _over_lines(expr):
            return Node("first", None, tuple(node(part, to) for part in expr.of if available(part, present)))
        return leaf(expr, "first", to)

    trees = {name: node(expr, target("orders", name)) for name, expr in columns.items()}
    return trees, leaves


def _over_lines(expr: Expr) -> bool:
    if isinstance(expr, OfLines):
        return True
    return isinstance(expr, (First, Arithmetic)) and any(_over_lines(part) for part in expr.of)


class Grouping:
    """Groups lines; ``orders`` and ``items`` are the columns the file can fill, either may be empty."""

    def __init__(
        self,
        orders: Columns,
        items: Columns,
        how: Conversion,
        rejects: Rejects,
        label: str,
        present: Mapping[str, str],
    ) -> None:
        self.orders, self.items, self.how, self.rejects, self.label = orders, items, how, rejects, label
        self.trees, self.leaves = leaves_of({k: v for k, v in orders.items() if k != "order_id"}, present)

    def group(self, lines: Table) -> Iterator[tuple[str, Table]]:
        """Orders and order_items of these lines, which hold all lines of their orders."""
        lines = self._last_of_each_line(lines.combine_chunks())
        names, codes = values.distinct(lines.column(ORDER).combine_chunks())
        names = names[:-1]  # every line has an order id
        bad_line = np.asarray(lines.column(BAD).to_numpy(), dtype=np.bool_)
        spoilt = np.zeros(len(names), dtype=np.bool_)
        if self.orders:
            spoilt[codes[bad_line]] = True
            self._name_siblings(lines, codes, spoilt[codes] & ~bad_line)
            orders, spoilt = self._orders(lines, codes, names, spoilt)
            yield "orders", orders
        if self.items:
            kept = lines.filter(pa.array(~spoilt[codes] & ~bad_line & ~self._dropped(lines)))
            yield "order_items", self._order_items(kept)

    # --- orders ---------------------------------------------------------------------------------

    def _orders(self, lines: Table, codes: Ints, names: list[str | None], spoilt: Flags) -> tuple[Table, Flags]:
        """The orders, and which could not be made (those spoilt before among them)."""
        counted = ~self._dropped(lines)
        over = _Groups(lines, codes, len(names), counted)
        paid = self._line_amounts(lines)
        out: dict[str, Array] = {"order_id": pa.array(names, pa.string())}
        spoilt = spoilt.copy()
        for name, tree in self.trees.items():
            to = target("orders", name)
            if to.kind == "money":
                read = from_numbers(self._amounts(tree, over), to, self.how)
                for reason, flags in read.reasons.items():
                    self._spoil(lines, codes, spoilt, flags, name, reason)
                out[name] = read.data
            else:
                out[name] = self._value(tree, over)
        if self.items:
            of_lines = pa.array(over.sum(Numbers(paid, counted, ~counted)).data)
            given = out.get("amount")
            out["amount"] = of_lines if given is None else pc.coalesce(given, of_lines)
            out.update(self._states(lines, codes, over, paid, out))
        for name in ("ts", "amount"):
            self._spoil(lines, codes, spoilt, ~values.known_of(out[name]), name, "missing")
        self._spoil(
            lines,
            codes,
            spoilt,
            pc.less(pc.fill_null(out["amount"], 0), 0).to_numpy(zero_copy_only=False),
            "amount",
            "negative",
        )
        return pa.table(out).filter(pa.array(~spoilt)), spoilt

    def _amounts(self, tree: Node, over: _Groups) -> Numbers:
        """An amount of each order in millionths."""
        if tree.leaf is not None:
            leaf = self.leaves[tree.leaf]
            per = None if leaf.per is None else over.lines.column(leaf.per)
            return over.amounts(tree.leaf, leaf.how, per)
        parts = [self._amounts(part, over) for part in tree.of]
        if tree.op != "first":
            return combine(tree.op, parts, over.size)
        data, known = np.zeros(over.size, dtype=np.int64), np.zeros(over.size, dtype=np.bool_)
        for part in parts:
            fresh = part.known & ~known
            data[fresh] = part.data[fresh]
            known |= fresh
        return Numbers(data, known, np.zeros(over.size, dtype=np.bool_))

    def _value(self, tree: Node, over: _Groups) -> Array:
        if tree.leaf is not None:
            leaf = self.leaves[tree.leaf]
            return over.last(tree.leaf) if leaf.how == "last" else over.first(tree.leaf)
        return pc.coalesce(*(self._value(part, over) for part in tree.of))

    def _states(
        self, lines: Table, codes: Ints, over: _Groups, paid: Ints, out: Mapping[str, Array]
    ) -> dict[str, Array]:
        """Status and refunded amount of orders that do not say, from what became of their lines.

        All lines cancelled: cancelled. All gone and one of them returned: refunded. Some gone: partially refunded, by
        their amount, which stays part of the order's amount.
        """
        if "status" not in self.items:
            return {}
        words = np.array(lines.column("status").to_pylist(), dtype=object)
        count: Callable[[Flags], Ints] = lambda flags: np.bincount(codes[flags], minlength=over.size)  # noqa: E731
        known = np.array([word is not None for word in words], dtype=np.bool_)
        there = over.counted
        cancelled, refunded = there & (words == "cancelled"), there & (words == "refunded")
        gone = cancelled | refunded | (there & (words == "partially_refunded"))
        total, lost = count(there), count(gone)
        waiting = count(there & (words == "pending"))
        status = np.full(over.size, "paid", dtype=object)
        status[waiting > 0] = "pending"
        status[(waiting > 0) & (waiting + lost < total)] = "paid"
        some = (lost > 0) & (lost < total) & (status == "paid")
        status[some] = "partially_refunded"
        whole = (lost == total) & (total > 0)
        status[whole] = np.where(count(refunded)[whole] > 0, "refunded", "cancelled")
        status[count(known & there) == 0] = None
        given_status = out.get("status")
        derived = pa.array(status.tolist(), pa.string())
        states = derived if given_status is None else pc.coalesce(given_status, derived)
        returned = over.sum(Numbers(paid, gone, ~gone)).data
        is_back = np.asarray(pc.is_in(states, value_set=pa.array(["refunded", "partially_refunded"])))
        given = out.get("refunded_amount", pa.nulls(over.size, pa.int64()))
        given = pc.if_else(pc.equal(given, 0), pa.scalar(None, pa.int64()), given)
        amounts = pc.coalesce(given, pa.array(returned, mask=~is_back | (returned == 0)))
        return {
            "status": states,
            "refunded_amount": pc.if_else(pa.array(is_back), amounts, pa.scalar(None, pa.int64())),
        }

    def _spoil(self, lines: Table, codes: Ints, spoilt: Flags, flags: Flags, name: str, reason: str) -> None:
        """Set the orders in ``flags`` aside, each named at its first line, the others with it."""
        fresh = np.asarray(flags, dtype=np.bool_) & ~spoilt
        if not fresh.any():
            return
        spoilt |= fresh
        rows = np.asarray(lines.column(ROW).to_numpy(), dtype=np.int64)
        seen: set[int] = set()
        for place in np.flatnonzero(fresh[codes]):
            code = int(codes[place])
            order = str(lines.column(ORDER)[int(place)])
            if code in seen:
                self.rejects.add("orders", self.label, int(rows[place]), None, order, "same_order")
            else:
                seen.add(code)
                self.rejects.add("orders", self.label, int(rows[place]), name, order, reason)

    def _name_siblings(self, lines: Table, codes: Ints, flags: Flags) -> None:
        rows = lines.column(ROW)
        for place in np.flatnonzero(flags):
            order = str(lines.column(ORDER)[int(place)])
            self.rejects.add("orders", self.label, int(rows[int(place)].as_py()), None, order, "same_order")

    # --- lines ----------------------------------------------------------------------------------

    def _dropped(self, lines: Table) -> Flags:
        if "status" not in self.items:
            return np.zeros(int(lines.num_rows), dtype=np.bool_)
        return np.asarray(pc.fill_null(pc.equal(lines.column("status"), "drop"), False), dtype=np.bool_)

    def _last_of_each_line(self, lines: Table) -> Table:
        """A line that comes twice (delivered, then returned) counts as it was written last."""
        if "line_id" not in self.items:
            return lines
        ids, codes = values.distinct(lines.column("line_id").combine_chunks())
        last = np.full(len(ids), -1, dtype=np.int64)
        last[codes] = np.arange(len(codes))  # of several places the last one is kept
        keep = (last[codes] == np.arange(len(codes))) | (codes == len(ids) - 1)
        return lines if keep.all() else lines.filter(pa.array(keep))

    def _line_amounts(self, lines: Table) -> Ints:
        """What was paid for each line: as written, else price × quantity − discount; 0 for bad lines."""
        if not self.items:
            return np.zeros(int(lines.num_rows), dtype=np.int64)
        quantity, price, discount = (_ints(lines, name) for name in ("quantity", "price", "discount"))
        worked_out = price.data * quantity.data - discount.data
        paid = _ints(lines, "paid")
        return np.where(paid.known, paid.data, worked_out)

    def _order_items(self, lines: Table) -> Table:
        quantity, price, discount, paid = (_ints(lines, name) for name in ("quantity", "price", "discount", "paid"))
        # Rounded up, so that what the rounding adds is a discount and price × quantity − discount is what was paid.
        each = -(-paid.data // np.maximum(quantity.data, 1))
        unit = np.where(price.known, price.data, each)
        less = unit * quantity.data - paid.data
        cut = np.where(discount.known, discount.data, np.maximum(less, 0))
        data: dict[str, Array] = {
            "order_id": lines.column(ORDER).combine_chunks(),
            "product_id": lines.column("product_id").combine_chunks(),
            "quantity": pa.array(quantity.data, pa.int32()),
            "price": pa.array(unit),
            "discount": pa.array(cut, mask=~(discount.known | (paid.known & (cut > 0)))),
        }
        given = lines.column("line_id").combine_chunks() if "line_id" in self.items else None
        if given is None or given.null_count:
            hashed = row_ids({**data, "nth": nth_equal(data)})
            data["line_id"] = hashed if given is None else pc.coalesce(given, hashed)
        else:
            data["line_id"] = given
        return pa.table(data)


def _ints(lines: Table, name: str) -> Numbers:
    """A whole-number column of the lines; unknown everywhere where the file has none."""
    size = int(lines.num_rows)
    if name not in lines.column_names:
        nothing = np.zeros(size, dtype=np.bool_)
        return Numbers(np.zeros(size, dtype=np.int64), nothing, nothing)
    array = lines.column(name).combine_chunks()
    data = np.asarray(pc.fill_null(array.cast(pa.int64()), 0).to_numpy(zero_copy_only=False), dtype=np.int64)
    known = values.known_of(array)
    return Numbers(data, known, ~known)


class _Groups:
    """Columns of lines brought together by order. Lines that are not ``counted`` add to no sum."""

    def __init__(self, lines: Table, codes: Ints, size: int, counted: Flags) -> None:
        self.lines, self.codes, self.size, self.counted = lines, codes, size, counted

    def first(self, name: str) -> Array:
        """The first known value of each order."""
        array = self.lines.column(name).combine_chunks()
        known = np.flatnonzero(values.known_of(array))
        places = np.full(self.size, -1, dtype=np.int64)
        places[self.codes[known][::-1]] = known[::-1]
        return array.take(pa.array(places, mask=places < 0))

    def last(self, name: str) -> Array:
        """The greatest value of each order, of times and numbers."""
        array = self.lines.column(name).combine_chunks()
        data = np.asarray(pc.fill_null(array.cast(pa.int64()), 0).to_numpy(zero_copy_only=False), dtype=np.int64)
        known = values.known_of(array)
        lowest = np.iinfo(np.int64).min
        out = np.full(self.size, lowest, dtype=np.int64)
        np.maximum.at(out, self.codes[known], data[known])
        return pa.array(out, mask=out == lowest).cast(array.type)

    def sum(self, number: Numbers) -> Numbers:
        out = np.zeros(self.size, dtype=np.int64)
        np.add.at(out, self.codes[number.known], number.data[number.known])
        known = np.bincount(self.codes[number.known], minlength=self.size) > 0
        return Numbers(out, known, np.zeros(self.size, dtype=np.bool_))

    def amounts(self, name: str, how: str, per: Any) -> Numbers:
        number = _ints(self.lines, name)
        if how == "sum":
            return self.sum(Numbers(number.data, number.known & self.counted, number.bad))
        if how == "once":
            words, places = values.distinct(per.combine_chunks())
            both = self.codes * len(words) + places
            known = np.flatnonzero(number.known)
            _, firsts = np.unique(both[known], return_index=True)
            taken = np.zeros(len(number.data), dtype=np.bool_)
            taken[known[firsts]] = True
            return self.sum(Numbers(number.data, taken, ~taken))
        array = self.last(name) if how == "last" else self.first(name)
        known = values.known_of(array)
        data = np.asarray(pc.fill_null(array, 0).to_numpy(zero_copy_only=False), dtype=np.int64)
        return Numbers(data, known, np.zeros(self.size, dtype=np.bool_))
