"""Matrices of how much one item speaks for another, learned from a history."""

from __future__ import annotations

from typing import Any

import numpy as np

from ifdo_core.recommend.baskets import Floats, Ints, Sparse
from ifdo_core.recommend.history import DAY, History

_FEWEST_BEFORE = 3  # orders of a person from which the next one is learned


def together(history: History, weight: Floats | None = None) -> Floats:
    """Orders with both items of each pair, each order counted by its weight; the diagonal has the items' own."""
    orders = history.orders
    weighted: Sparse = orders if weight is None else scaled(orders, weight)
    found: Any = (weighted.T @ orders).toarray()
    return found.astype(np.float64)


def scaled(table: Sparse, weight: Floats) -> Sparse:
    """Each row of a sparse matrix (CSR) times its weight."""
    out: Sparse = table.copy()
    starts: Ints = np.array(table.indptr, dtype=np.int64)
    out.data = (out.data * np.repeat(weight, np.diff(starts))).astype(np.float32)
    return out


def ease(gram: Floats, penalty: float) -> Floats:
    """EASE (Steck 2019): the linear model of an order's items from its others, in closed form."""
    inverse = np.linalg.inv(gram + penalty * np.eye(len(gram)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def ease_of(
    history: History, *, size_power: float = 0.0, half_life: float | None = None, penalty: float = 100.0
) -> Floats:
    """EASE on orders weighted by their size to the power -``size_power`` and by age with a half-life in days.

    A large order says little about any one pair in it, so it counts less.
    """
    weight = np.maximum(history.sizes, 1.0) ** -size_power
    if half_life is not None:
        weight = weight * 0.5 ** (history.age / half_life)
    return ease(together(history, weight), penalty)


def cosine(gram: Floats) -> Floats:
    """Orders with both by the geometric mean of the orders with each."""
    own = np.sqrt(np.maximum(np.diag(gram), 1e-9))
    found = gram / own[:, None] / own[None, :]
    np.fill_diagonal(found, 0.0)
    return found


def confidence(gram: Floats) -> Floats:
    """Row → column: share of the orders with the row's item that have the column's too."""
    found = gram / np.maximum(np.diag(gram), 1e-9)[:, None]
    np.fill_diagonal(found, 0.0)
    return found


def tastes(history: History) -> Sparse:
    """People × items, each row of length 1: how often they bought what, large numbers dampened."""
    from scipy.sparse import csr_matrix

    seen = history.person >= 0
    who = history.person[seen]
    shape = (len(history.people), len(who))
    bought: Sparse = csr_matrix((np.ones(len(who), dtype=np.float32), (who, np.arange(len(who)))), shape=shape)
    table: Sparse = (bought @ history.orders[seen]).tocsr()
    table.data = np.log1p(table.data)
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return scaled(table, 1 / np.maximum(length, 1e-9))


def by_taste(taste: Sparse) -> Floats:
    """How alike two items are by who buys them, on whatever day; less what is alike with everything."""
    gram: Any = (taste.T @ taste).toarray()
    found = cosine(gram.astype(np.float64))
    return found - found.mean(axis=0)[None, :]


def neighbours(taste: Sparse, people: np.ndarray, most: int = 50) -> np.ndarray:
    """For each of ``people`` the weighted taste of the ``most`` others most like them (people × items)."""
    out = np.zeros((len(people), taste.shape[1]), dtype=np.float32)
    flipped: Sparse = taste.T.tocsr()
    for start in range(0, len(people), 256):
        block = people[start : start + 256]
        alike: Any = (taste[block] @ flipped).toarray()
        alike[np.arange(len(block)), block] = 0.0
        kept = min(most, alike.shape[1])
        top = np.argpartition(-alike, kept - 1, axis=1)[:, :kept]
        for row, nearest in enumerate(top):
            weight = alike[row, nearest]
            if weight.sum() > 0:
                told: Any = taste[nearest].T @ weight
                out[start + row] = told / weight.sum()
    return out


def following(history: History, *, half_life: float = 60.0, penalty: float = 30.0, most: int = 20_000) -> Floats:
    """From what a person has bought so far to what the next order has: ridge regression of each order on the shares of
    the items in the orders before it, recent ones counting more (half-life in days).

    Row → column. Learned from ``most`` orders or so, of people drawn at random; small orders count more, as in
    ``ranking.worth``.
    """
    from scipy import sparse

    stacked: Any = sparse.vstack  # type: ignore[reportUnknownMemberType]
    order, starts = history.by_person
    before: list[Sparse] = []
    after: list[Ints] = []
    left = most
    for person in np.random.default_rng(0).permutation(len(history.people)).tolist():
        rows = order[starts[person] : starts[person + 1]]
        if len(rows) < _FEWEST_BEFORE + 1:
            continue
        bought: Any = history.orders[rows].toarray()
        seen = _shares(bought, (history.ts[rows] - history.ts[rows[0]]) / DAY, half_life)[_FEWEST_BEFORE - 1 : -1]
        before.append(sparse.csr_matrix(seen))
        after.append(rows[_FEWEST_BEFORE:])
        left -= len(rows)
        if left <= 0:
            break
    width = len(history.items)
    if not before:
        return np.zeros((width, width))
    known: Sparse = stacked(before, format="csr")
    rows = np.concatenate(after)
    weight = 1 / np.minimum(history.sizes[rows], 10)
    weighted: Sparse = scaled(known, weight).T
    gram: Floats = (weighted @ known).toarray().astype(np.float64)
    told: Floats = (weighted @ history.orders[rows]).toarray().astype(np.float64)
    found: Any = np.linalg.solve(gram + penalty * np.eye(width), told)
    return np.asarray(found, dtype=np.float64)


def _shares(bought: np.ndarray, day: np.ndarray, half_life: float) -> np.ndarray:
    """After each order the share of the orders so far that had each item, with 1 more that had none."""
    out = np.zeros(bought.shape, dtype=np.float32)
    seen, count = np.zeros(bought.shape[1], dtype=np.float32), 0.0
    for row in range(len(bought)):
        kept = 0.5 ** ((day[row] - day[row - 1]) / half_life) if row else 0.0
        seen, count = seen * kept + bought[row], count * kept + 1.0
        out[row] = seen / (count + 1.0)
    return out
