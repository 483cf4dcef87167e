"""The blend: every method proposes, a learned judge puts the proposals in order: gradient-boosted trees, for the next
order small neural nets.

The judge is taught on weeks before the cut: what was bought in them, asked with what was known before them. So all that
is learned, the judge included, lies before the cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ifdo_core.recommend import bonds
from ifdo_core.recommend.baskets import Floats, Ints, Sparse
from ifdo_core.recommend.history import DAY, History, Questions, Scores
from ifdo_core.recommend.own import LARGE, MORE, NAMES, Own, habit
from ifdo_core.recommend.questions import hidden_in_turn, next_orders

Task = Literal["cart", "known", "next"]
Features = NDArray[np.float32]  # questions × candidates × features

#: Candidates that are put in order for each question, and questions that a judge learns from at most.
CANDIDATES: dict[Task, int] = {"cart": 60, "known": 80, "next": 120}
MAX_LESSONS: dict[Task, int] = {"cart": 26_000, "known": 16_000, "next": 12_000}
#: Ends of the stretches a judge learns from, in days before the cut, and how long each is.
STRETCH = 28
ENDS: dict[Task, tuple[int, ...]] = {"cart": (0, 28), "known": (0, 28), "next": tuple(range(0, 280, 14))}
_TREES: dict[str, Any] = {"max_iter": 200, "learning_rate": 0.06, "max_leaf_nodes": 31, "min_samples_leaf": 200}
#: Nets of the next order: each is a little off by chance, their mean is steadier than any one.
_NETS = 12
_ROUNDS = 4  # through the lessons
_NET: dict[str, Any] = {
    "hidden_layer_sizes": (64, 32), "alpha": 0.03, "learning_rate_init": 2e-3, "batch_size": 2_000,
}  # fmt: skip
#: Of what was proposed and not bought this share is enough for a round of a net, each counting the more.
_LOST = 0.3
_BLOCK = 2_000  # questions at once


class Base:
    """All that is learned without a judge from one history, and the features made of it."""

    def __init__(self, history: History, task: Task) -> None:
        gram = bonds.together(history)
        self.history = history
        self.bond = {
            "ease": bonds.ease_of(history, size_power=0.75, penalty=10.0),
            "ease_recent": bonds.ease_of(history, size_power=0.6, half_life=120.0, penalty=8.0),
        }
        if task != "next":
            self.bond |= {"ease_even": bonds.ease(gram, 100.0), "cosine": bonds.cosine(gram)}
        else:
            self.bond["following"] = bonds.following(history)
        self.taste = bonds.tastes(history)
        self.bond["taste"] = bonds.by_taste(self.taste)
        self.bond = {name: bond.astype(np.float32) for name, bond in self.bond.items()}
        self.confidence = bonds.confidence(gram).astype(np.float32)
        self.log_popularity = np.log(history.popularity).astype(np.float32)
        size = np.asarray(history.orders.T @ history.sizes.astype(np.float32)).ravel()
        self.facts = np.stack(
            [
                self.log_popularity, history.trend(28, 1e-4), history.trend(9, 2e-4),
                size / np.maximum(history.counts, 1.0),
            ]
        ).astype(np.float32)  # fmt: skip
        small = 1 / np.minimum(np.maximum(history.sizes, 1.0), LARGE)
        told = np.asarray(history.orders.T @ small.astype(np.float32)).ravel()
        self.in_small = np.log(told / max(float(small.sum()), 1e-9) + 1e-5).astype(np.float32)
        self.hours, self.weekdays = _habits(history, _hour_of, 8), _habits(history, _weekday_of, 7)


def _hour_of(ts: NDArray[np.datetime64]) -> Ints:
    """Eighths of the day; UTC will do, since only the pattern matters."""
    return ts.astype("datetime64[h]").astype(np.int64) % 24 // 3


def _weekday_of(ts: NDArray[np.datetime64]) -> Ints:
    return (ts.astype("datetime64[D]").astype(np.int64) + 3) % 7


def _habits(history: History, part_of: Any, parts: int) -> NDArray[np.float32]:
    """Log of how much more an item is bought in each part of the day or week (parts × items)."""
    part = part_of(history.ts)
    out = np.zeros((parts, len(history.items)), dtype=np.float32)
    for at in range(parts):
        mine = part == at
        bought = np.bincount(history.orders[mine].indices, minlength=len(history.items))
        out[at] = np.log((bought / history.popularity + 20) / (mine.sum() + 20) + 1e-6)
    return out


@dataclass(frozen=True)
class Proposals:
    """``place``: questions × candidates, columns of items; ``features``: what the judge sees of each."""

    place: Ints
    features: Features
    base: Scores  # of every item, for what no candidate covers


def propose(base: Base, questions: Questions, task: Task) -> Proposals:
    """Candidates of every question and their features."""
    history = base.history
    carts = questions.carts.astype(np.float32)
    cart = (
        {name: np.asarray(carts @ bond, dtype=np.float32) for name, bond in base.bond.items()} if task != "next" else {}
    )
    own: Own | None = None
    row = np.zeros(len(questions), dtype=np.int64)
    near: Scores = np.zeros((0, 0), dtype=np.float32)
    pull: Scores = near
    follows: Scores = near
    if task == "cart":
        score = cart["ease"]
    else:
        people, row = np.unique(questions.person, return_inverse=True)
        own = Own(history, people, history.cut, more=task == "next")
        near = np.zeros((len(people), len(history.items)), dtype=np.float32)
        near[people >= 0] = bonds.neighbours(base.taste, people[people >= 0])
        recent = own["weight_42"]
        follows = own["share_84"] @ base.bond["following"] if task == "next" else near
        pull = (recent / np.maximum(recent.sum(axis=1, keepdims=True), 1e-9)) @ base.bond["ease"].astype(np.float32)
        usual = habit(own)
        score = cart["ease"] + 0.25 * usual[row] if task == "known" else (
            usual + 0.3 * near + 1e-3 * np.exp(base.log_popularity)
        )[row]  # fmt: skip
    score = (score + 1e-6 * np.exp(base.log_popularity)).astype(np.float32)
    place = _best(score, questions, min(CANDIDATES[task], len(history.items)))
    at = np.arange(len(questions))[:, None]
    told = [values[at, place] for values in cart.values()]
    told.append(score[at, place])
    if task != "next":
        told += _pairwise(base, questions, place, own is not None)
        size = np.diff(questions.carts.indptr)
        told.append(np.broadcast_to(size[:, None], place.shape))
    if own is not None:
        told += [near[row][at, place], pull[row][at, place]]
        told += [own[name][row][at, place] for name in NAMES]
        if task == "next":
            told += [follows[row][at, place], *_of_next(base, own, row, place)]
    told += [fact[place] for fact in base.facts]
    if task == "cart":
        told += [
            base.hours[_hour_of(questions.at)][at, place], base.weekdays[_weekday_of(questions.at)][at, place]
        ]  # fmt: skip
    ranked = [near[row], pull[row], follows[row]] if task == "next" else []
    ranked += [score, *([cart["taste"], cart["ease_recent"]] if task != "next" else [])]
    for values in ranked:
        mine = values[at, place]
        told += [(-mine).argsort(axis=1).argsort(axis=1), mine - mine.max(axis=1, keepdims=True)]
    return Proposals(place, np.stack([part.astype(np.float32) for part in told], axis=-1), score)


def _of_next(base: Base, own: Own, row: Ints, place: Ints) -> list[NDArray[np.float32]]:
    """What only the next order is judged by."""
    at = row[:, None]
    told = [own[name][at, place] for name in MORE]
    told += [habit(own, half)[at, place] for half in ("weight_14", "weight_42")]
    recent = own["weight_42"] / np.maximum(own["weight_42"].sum(axis=1, keepdims=True), 1e-9)
    told += [(recent @ base.bond[name])[at, place] for name in ("ease_recent", "taste")]
    last = own["in_last"] / np.maximum(own["in_last"].sum(axis=1, keepdims=True), 1.0)
    told.append((last @ base.bond["ease"])[at, place])
    told.append(base.in_small[place])
    return told


def _best(score: Scores, questions: Questions, most: int) -> Ints:
    """The highest scores of each question that are not in its cart yet."""
    open_score = score.copy()
    lines = questions.carts.tocoo()
    open_score[lines.row, lines.col] = -np.inf
    if most >= open_score.shape[1]:
        return np.argsort(-open_score, axis=1, kind="stable")
    return np.argpartition(-open_score, most - 1, axis=1)[:, :most]


def _pairwise(base: Base, questions: Questions, place: Ints, personal: bool) -> list[NDArray[np.float32]]:
    """The surest and the second surest rule from the cart, and what the person has bought with the cart's items."""
    best, second, lift, with_cart, surest = (np.zeros(place.shape, dtype=np.float32) for _ in range(5))
    popularity = base.history.popularity.astype(np.float32)
    starts, items = questions.carts.indptr, questions.carts.indices
    for row in range(len(questions)):
        cart = items[starts[row] : starts[row + 1]]
        if not len(cart):
            continue
        sure = base.confidence[np.ix_(cart, place[row])]
        lift[row] = (sure / popularity[place[row]]).max(axis=0)
        if len(cart) > 1:
            sure = np.partition(sure, len(cart) - 2, axis=0)
            second[row] = sure[-2]
        best[row] = sure[-1]
        if personal:
            mine = base.history.orders[base.history.orders_of(int(questions.person[row]))]
            has = mine[:, cart].toarray()
            joint = np.asarray(mine.T @ has)[place[row]]
            with_cart[row] = joint.sum(axis=1) / len(cart)
            surest[row] = (joint / (has.sum(axis=0) + 2)[None, :]).max(axis=1)
    return [best, second, np.log1p(lift), *([with_cart, surest] if personal else [])]


@dataclass(frozen=True)
class Lessons:
    """What a judge learns from: the features of proposals, whether each was ``right``, and what a question weighs."""

    features: Features
    right: NDArray[np.bool_]
    weight: Floats


def worth(sizes: Ints) -> Floats:
    """What an order of so many items weighs as a lesson: recall divides what was found by the size of the order and
    NDCG by what is best for it, so an item of a small order moves both more."""
    most = np.minimum(np.maximum(sizes, 1), LARGE)
    ideal = np.cumsum(1 / np.log2(np.arange(2, LARGE + 2)))
    return 0.5 / most + 0.5 / ideal[most - 1]


def gathered(lessons: list[Lessons], lost: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.bool_], Floats]:
    """One table of lessons: all that was right, of the rest a share ``lost`` whose weight makes up for it."""
    rng = np.random.default_rng(seed)
    table: list[NDArray[np.float32]] = []
    right: list[NDArray[np.bool_]] = []
    weight: list[Floats] = []
    for one in lessons:
        kept = one.right | (rng.random(one.right.shape) < lost)
        table.append(one.features[kept])
        right.append(one.right[kept])
        weight.append((one.weight[:, None] * np.where(one.right, 1.0, 1 / lost))[kept])
    whole = np.concatenate(weight)
    return np.concatenate(table), np.concatenate(right), whole / whole.mean()


class Judge(Protocol):
    """What learned from lessons how likely a proposal is right; ``told`` says it of each row of features."""

    def told(self, table: NDArray[np.float32]) -> Floats: ...


class Trees:
    """Gradient-boosted trees."""

    def __init__(self, lessons: list[Lessons], seed: int) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        table, right, weight = gathered(lessons, 1.0, seed)
        kind: Any = HistGradientBoostingClassifier
        model: Any = kind(early_stopping=False, random_state=seed, l2_regularization=1.0, **_TREES)
        self._model: Any = model.fit(table, right, sample_weight=weight)

    def told(self, table: NDArray[np.float32]) -> Floats:
        return np.asarray(self._model.predict_proba(table)[:, 1], dtype=np.float64)


class Net:
    """A small neural net. It sees the features dampened and of one scale, and in each round other proposals that were
    not right."""

    def __init__(self, lessons: list[Lessons], seed: int) -> None:
        from sklearn.neural_network import MLPClassifier

        kind: Any = MLPClassifier
        self._model: Any = kind(random_state=seed, **_NET)
        self._mean, self._spread = np.float32(0.0), np.float32(1.0)
        for number in range(_ROUNDS):
            table, right, weight = gathered(lessons, _LOST, _ROUNDS * seed + number)
            if not number:
                dampened = self._seen(table)
                self._mean, self._spread = dampened.mean(axis=0), np.maximum(dampened.std(axis=0), 1e-6)
            self._model.partial_fit(self._seen(table), right, classes=[False, True], sample_weight=weight)

    def told(self, table: NDArray[np.float32]) -> Floats:
        return np.asarray(self._model.predict_proba(self._seen(table))[:, 1], dtype=np.float64)

    def _seen(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        known = np.nan_to_num(table)
        return (np.log1p(np.abs(known)) * np.sign(known) - self._mean) / self._spread


class Ranked:
    """The proposals of all methods in the order of a judge, for one task."""

    def __init__(self, task: Task, seed: int = 0) -> None:
        self.name = "blend"
        self.task: Task = task
        self._seed = seed
        self._judges: list[Judge] = []

    def fit(self, history: History) -> None:
        from threadpoolctl import threadpool_limits

        # Threads that wait for each other cost more than they bring on a busy machine, and sums in another order would
        # teach the nets otherwise.
        with threadpool_limits(1):
            self._learn(history)

    def _learn(self, history: History) -> None:
        lessons: list[Lessons] = []
        ends = [end for end in ENDS[self.task] if history.age.max(initial=0) > end + 2 * STRETCH]
        for end in ends:
            lessons += self.lessons(history, end, MAX_LESSONS[self.task] // max(len(ends), 1))
        self.base = Base(history, self.task)
        if not any(one.right.any() for one in lessons):
            self._judges = []
        elif self.task == "next":
            self._judges = [Net(lessons, self._seed + number) for number in range(_NETS)]
        else:
            self._judges = [Trees(lessons, self._seed)]

    def lessons(self, history: History, end: int, most: int) -> list[Lessons]:
        """Questions of one stretch with what was bought, asked with what was known when it began."""
        stop = history.cut - end * DAY
        start = stop - STRETCH * DAY
        before = history.until(start)
        after = (history.ts > start) & (history.ts <= stop)
        bought: Sparse = None
        hidden: Ints = np.empty(0, dtype=np.int64)
        if self.task == "next":
            questions, bought = next_orders(history, before, after)
        else:
            questions, hidden = hidden_in_turn(history, after)
            if self.task == "cart":
                questions = questions.anonymous()
        chosen = np.arange(len(questions))
        if len(chosen) > most:
            chosen = np.sort(np.random.default_rng(self._seed + end).choice(len(chosen), most, replace=False))
        if not len(chosen):
            return []
        base = Base(before, self.task)
        out: list[Lessons] = []
        for begin in range(0, len(chosen), _BLOCK):
            rows = chosen[begin : begin + _BLOCK]
            asked = Questions(questions.carts[rows], questions.person[rows], questions.at[rows])
            found = propose(base, asked, self.task)
            if self.task == "next":
                right = bought[rows].toarray()[np.arange(len(rows))[:, None], found.place] > 0
                weight = worth(np.diff(bought[rows].indptr))
            else:
                right = found.place == hidden[rows][:, None]
                weight = np.ones(len(rows))
            out.append(Lessons(found.features, right, weight))
        return out

    def scores(self, questions: Questions) -> Scores:
        out = np.empty((len(questions), len(self.base.history.items)), dtype=np.float32)
        for start in range(0, len(questions), _BLOCK):
            part = questions.part(start, start + _BLOCK)
            found = propose(self.base, part, self.task)
            # candidates above all others, in the order of the judge; the rest as the base has them
            spread = np.abs(found.base).max() + 1.0
            mine = found.base - spread
            if self._judges:
                table = found.features.reshape(-1, found.features.shape[-1])
                told = np.mean([judge.told(table) for judge in self._judges], axis=0)
                mine[np.arange(len(part))[:, None], found.place] = told.reshape(found.place.shape)
            out[start : start + _BLOCK] = mine
        return out
