"""Ways to score items, all with one interface: learn from a history, then answer questions."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from ifdo_core.recommend import bonds
from ifdo_core.recommend.baskets import Floats
from ifdo_core.recommend.history import History, Questions, Scores
from ifdo_core.recommend.own import Own, habit

#: Orders by which EASE's weights are made; found on the four weeks before the test weeks of the Complete Journey.
SIZE_POWER, PENALTY = 0.75, 10.0


class Method(Protocol):
    """``fit`` learns from the history alone; ``scores`` answers (questions × items), higher is better."""

    name: str

    def fit(self, history: History) -> None: ...

    def scores(self, questions: Questions) -> Scores: ...


class Popularity:
    """What everybody buys."""

    name = "popularity"

    def fit(self, history: History) -> None:
        self._row = history.counts.astype(np.float32)

    def scores(self, questions: Questions) -> Scores:
        return np.tile(self._row, (len(questions), 1))


class _FromCart:
    """A sum of bonds from the items of the cart; popularity decides among equals and where the cart is empty."""

    name = ""

    def fit(self, history: History) -> None:
        self._bond = self._learn(history).astype(np.float32)
        # far below any bond, so that it only breaks ties
        self._floor = (history.counts / max(history.counts.max(initial=1.0), 1.0) * 1e-6).astype(np.float32)

    def _learn(self, history: History) -> Floats:
        raise NotImplementedError

    def scores(self, questions: Questions) -> Scores:
        found: Any = questions.carts.astype(np.float32) @ self._bond
        return np.asarray(found, dtype=np.float32) + self._floor


class ItemKnn(_FromCart):
    """Cosine between items by the orders they share."""

    name = "knn"

    def _learn(self, history: History) -> Floats:
        return bonds.cosine(bonds.together(history))


class Ease(_FromCart):
    """EASE; large orders count less."""

    name = "ease"

    def _learn(self, history: History) -> Floats:
        return bonds.ease_of(history, size_power=SIZE_POWER, penalty=PENALTY)


class BestRule:
    """The surest rule that ends at the item: the highest confidence from any item of the cart."""

    name = "rules"

    def fit(self, history: History) -> None:
        self._confidence = bonds.confidence(bonds.together(history)).astype(np.float32)
        self._floor = (history.counts / max(history.counts.max(initial=1.0), 1.0) * 1e-6).astype(np.float32)

    def scores(self, questions: Questions) -> Scores:
        out = np.tile(self._floor, (len(questions), 1))
        starts, place = questions.carts.indptr, questions.carts.indices
        for row in range(len(questions)):
            cart = place[starts[row] : starts[row + 1]]
            if len(cart):
                out[row] += self._confidence[cart].max(axis=0)
        return out


class OwnHistory:
    """What the person buys again and again, lately rather than long ago; popularity for who has no orders."""

    name = "own"
    half_life = "weight_120"

    def fit(self, history: History) -> None:
        self._history = history
        self._floor = (history.counts / max(history.counts.max(initial=1.0), 1.0) * 1e-6).astype(np.float32)

    def scores(self, questions: Questions) -> Scores:
        people, row = np.unique(questions.person, return_inverse=True)
        own = Own(self._history, people, self._history.cut)
        return (habit(own, self.half_life)[row] + self._floor).astype(np.float32)


class OwnAndNeighbours(OwnHistory):
    """The same with the tastes of the people most like the person mixed in."""

    name = "neighbours"
    half_life = "weight_42"
    weight = 0.3

    def fit(self, history: History) -> None:
        super().fit(history)
        self._taste = bonds.tastes(history)

    def scores(self, questions: Questions) -> Scores:
        people, row = np.unique(questions.person, return_inverse=True)
        known = people >= 0
        near = np.zeros((len(people), len(self._floor)), dtype=np.float32)
        near[known] = bonds.neighbours(self._taste, people[known])
        return (super().scores(questions) + self.weight * near[row]).astype(np.float32)


class EaseAndOwn:
    """EASE from the cart plus the person's own habit."""

    name = "ease_own"
    weight = 0.25

    def __init__(self) -> None:
        self._ease, self._own = Ease(), OwnHistory()

    def fit(self, history: History) -> None:
        self._ease.fit(history)
        self._own.fit(history)

    def scores(self, questions: Questions) -> Scores:
        return (self._ease.scores(questions) + self.weight * self._own.scores(questions)).astype(np.float32)
