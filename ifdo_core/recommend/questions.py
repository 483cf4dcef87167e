"""Questions whose answer is known: an order with one item hidden, or a person's next order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifdo_core.recommend.baskets import Ints, Sparse
from ifdo_core.recommend.history import History, Questions

FEWEST = 3  # items of an order from which one is hidden


def hidden_in_turn(history: History, chosen: NDArray[np.bool_]) -> tuple[Questions, Ints]:
    """Each item of each chosen order of 3 and more hidden in turn: the rest as a cart, and the hidden column.

    An order with n items gives n questions in a row.
    """
    rows = np.flatnonzero(chosen & (history.sizes >= FEWEST))
    orders: Sparse = history.orders[rows]
    sizes = history.sizes[rows].astype(np.int64)
    hidden: Ints = np.array(orders.indices, dtype=np.int64)
    order = np.repeat(np.arange(len(rows)), sizes)
    carts = without(orders[order], hidden)
    return Questions(carts, history.person[rows][order], history.ts[rows][order]), hidden


def without(carts: Sparse, hidden: Ints) -> Sparse:
    """``carts`` with the column ``hidden[row]`` taken out of each row."""
    from scipy.sparse import csr_matrix

    starts: Ints = np.array(carts.indptr, dtype=np.int64)
    place: Ints = np.array(carts.indices, dtype=np.int64)
    row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    kept = place != hidden[row]
    data: Any = np.ones(int(kept.sum()), dtype=np.float32)
    return csr_matrix((data, (row[kept], place[kept])), shape=carts.shape)


def next_orders(history: History, before: History, after: NDArray[np.bool_]) -> tuple[Questions, Sparse]:
    """The first of the chosen orders of each person known in ``before``: an empty cart, and the order itself."""
    from scipy.sparse import csr_matrix

    rows = np.flatnonzero(after & (history.person >= 0))
    people, first = np.unique(history.person[rows], return_index=True)  # orders are ascending in time
    known = before.known[people]
    people, rows = people[known], rows[first[known]]
    empty: Any = csr_matrix((len(people), len(history.items)), dtype=np.float32)
    return Questions(empty, people.astype(np.int64), history.ts[rows]), history.orders[rows]
