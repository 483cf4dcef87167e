"""Baskets as a sparse matrix, orders by items (semantics.md, 'Association rules')."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, select

from ifdo_core import tables
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import local_date
from ifdo_core.errors import DataError
from ifdo_core.i18n import translate
from ifdo_core.marts import MartTables

Level = Literal["product", "category", "brand"]
LEVELS: tuple[Level, ...] = get_args(Level)
Texts = NDArray[Any]  # of str
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: scipy has no types of its own: a sparse matrix, its rows compressed.
Sparse = Any


@dataclass(frozen=True)
class Baskets:
    """``matrix``: orders × items of 0 and 1 (int32, CSR); ``items``: ids, ascending; ``ts``: naive UTC; ``person``: a
    number for each buyer, -1 unknown; ``labels``: names of items for people, where they have one.

    Orders are ascending in time. An order without any item at this level is none of them.
    """

    level: Level
    items: Texts
    matrix: Sparse
    ts: NDArray[np.datetime64]
    person: Ints
    people: Texts
    labels: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def sizes(self) -> Ints:
        """Distinct items of each order."""
        return np.diff(self.matrix.indptr).astype(np.int64)

    @property
    def counts(self) -> Ints:
        """Orders of each item."""
        return np.bincount(self.matrix.indices, minlength=len(self.items)).astype(np.int64)

    def label(self, item: str) -> str:
        """The item's name; its id where it has none, and that it is no longer there where it left the catalogue."""
        return self.labels[item] if item in self.labels else item if self.offered(item) else gone(item)

    def offered(self, item: str) -> bool:
        """Whether it can be recommended: a product of the catalogue, where there is one."""
        return item in self.labels or not self.labels

    def places(self, items: Iterable[object]) -> Ints:
        """Columns of the items that are known here, in the order asked, each once."""
        index = pd.Index(self.items)
        found = index.get_indexer(pd.Index(list(dict.fromkeys(str(item) for item in items)), dtype="str"))
        return found[found >= 0].astype(np.int64)

    def where(self, kept: NDArray[np.bool_]) -> Baskets:
        """Some of the orders, with the same items."""
        return Baskets(
            self.level, self.items, self.matrix[kept], self.ts[kept], self.person[kept], self.people, self.labels
        )

    def before(self, cut: np.datetime64) -> Baskets:
        """Orders up to ``cut``, itself included."""
        return self.where(self.ts <= cut)

    def only(self, columns: Ints) -> Baskets:
        """Some of the items; orders that have none of them left stay, as empty ones."""
        return Baskets(
            self.level, self.items[columns], self.matrix[:, columns].tocsr(), self.ts, self.person, self.people,
            self.labels,
        )  # fmt: skip


def from_frame(frame: pd.DataFrame, level: Level = "product", labels: dict[str, str] | None = None) -> Baskets:
    """Baskets of lines with the columns order_id, item, ts and person; repeated lines count once.

    Ids may be numbers or texts: 7 and '7' are one item. Rows without an item are left out.
    """
    from scipy.sparse import csr_matrix

    known = frame.dropna(subset=["order_id", "item"])
    order = known.groupby("order_id", sort=False).agg(ts=("ts", "min"), person=("person", "first"))
    order = order.sort_values("ts", kind="stable")
    row = pd.Index(order.index).get_indexer(pd.Index(known["order_id"]))
    column, items = pd.factorize(known["item"].astype("str"), sort=True)
    shape = (len(order), len(items))
    matrix: Sparse = csr_matrix((np.ones(len(known), dtype=np.int32), (row, column)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    who, people = pd.factorize(order["person"], sort=False)
    return Baskets(
        level,
        np.asarray(items, dtype=object),
        matrix,
        order["ts"].to_numpy(dtype="datetime64[us]"),
        np.asarray(who, dtype=np.int64),
        np.asarray(people, dtype=object),
        labels or {},
    )


def gone(product: str) -> str:
    """What a product is called that orders have and the catalogue has not."""
    return translate("{product} (목록에 없는 상품)").format(product=product)


def joined(first: Baskets, second: Baskets) -> Baskets:
    """The orders of both, ascending in time; orders of the same moment stay in this order. Items that no order has are
    none, and people are numbered as ``from_frame`` numbers them."""
    from scipy import sparse

    stacked: Any = sparse.vstack  # type: ignore[reportUnknownMemberType]
    items = np.union1d(_held(first), _held(second)).astype(object)
    parts: list[Sparse] = []
    index = pd.Index(items)
    for one in (first, second):
        place = index.get_indexer(pd.Index(one.items))
        shape = (len(one), len(items))
        parts.append(sparse.csr_matrix((one.matrix.data, place[one.matrix.indices], one.matrix.indptr), shape=shape))
    ts = np.concatenate([first.ts, second.ts])
    order = np.argsort(ts, kind="stable")
    names = pd.Index(first.people).union(pd.Index(second.people), sort=False)
    person = np.concatenate([_renumbered(one, names) for one in (first, second)])[order]
    seen = person >= 0
    number, people = pd.factorize(person[seen], sort=False)
    person[seen] = number
    matrix: Sparse = stacked(parts, format="csr")[order]
    matrix.sort_indices()
    whose = np.asarray(names[people], dtype=object)
    return Baskets(first.level, items, matrix, ts[order], person, whose, second.labels or first.labels)


def _held(baskets: Baskets) -> Texts:
    return baskets.items[baskets.counts > 0].astype(str)


def _renumbered(baskets: Baskets, names: pd.Index[Any]) -> Ints:
    """The persons of the orders as places in ``names``; -1 stays."""
    place = np.append(names.get_indexer(pd.Index(baskets.people)), -1).astype(np.int64)
    return place[baskets.person]


def item_column(marts: MartTables, level: Level) -> ColumnElement[Any]:
    """The column of the baskets that names the item. Raises DataError for a level that does not exist."""
    b = marts.baskets.c
    if level not in LEVELS:
        raise DataError(
            "unknown_level", "‘{level}’ 단위로는 볼 수 없어요.", "쓸 수 있는 단위: {known}.",
            level=level, known=", ".join(LEVELS),
        )  # fmt: skip
    return {"product": b.product_id, "category": b.category, "brand": b.brand}[level]


def read_baskets(
    engine: Engine, marts: MartTables, level: Level = "product", days: Sequence[date] | None = None
) -> Baskets:
    """The shop's valid orders, those of some ``days`` (UTC) or all. Raises DataError for a level that does not
    exist."""
    b, item = marts.baskets.c, item_column(marts, level)
    query = select(b.order_id, item.label("item"), b.ts, b.person).where(item.is_not(None))
    if days is not None:
        query = query.where(local_date(b.ts, "UTC").in_(days))
    lines = engine.frame(query.order_by(b.order_id, item))
    return from_frame(lines, level, read_labels(engine, level))


def read_labels(engine: Engine, level: Level) -> dict[str, str]:
    """Product id → name; nothing at other levels, whose ids are names."""
    if level != "product":
        return {}
    p = tables.products.c
    return {str(key): str(name) for key, name in engine.execute(select(p.product_id, p.name))}
