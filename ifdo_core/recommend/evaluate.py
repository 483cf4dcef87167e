"""How good recommendations are: by time, on the same orders for every method, with the exact expectation.

The last weeks are the test; everything is learned from the orders before the cut. For a cart each item of each test
order is hidden in turn and an order counts once, so nothing is drawn by chance. For the next order of a person it is
the first order after the cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from ifdo_core.charts import ACCENT, COLOURS, CONTEXT, dressed
from ifdo_core.errors import DataError
from ifdo_core.formats import percent_text
from ifdo_core.i18n import translate
from ifdo_core.progress import Progress, quiet
from ifdo_core.recommend.baskets import Baskets, Floats, Ints, Sparse
from ifdo_core.recommend.history import DAY, History, Questions, Scores, history_of
from ifdo_core.recommend.methods import (
    BestRule,
    Ease,
    EaseAndOwn,
    ItemKnn,
    Method,
    OwnAndNeighbours,
    OwnHistory,
    Popularity,
)
from ifdo_core.recommend.questions import FEWEST, hidden_in_turn, next_orders
from ifdo_core.recommend.ranking import Ranked, Task

TOP = 10
DAYS = 28  # of the test
BANDS = ("head", "middle", "tail")  # items that make half of all sales, the next three tenths, the rest
_BLOCK = 2_000
_ROUNDS = 1_000  # of the bootstrap
_DRAWS = 1_000_000  # of the bootstrap at once
_ENOUGH = 10_000  # orders from which the blend is worth the time
_FEWEST_ORDERS = 30  # of the test, below which nothing is said
#: Of a task at most: beyond, orders are drawn (always the same ones), so that a large shop takes no longer.
MOST_ORDERS, MOST_QUESTIONS = 3_000, 60_000
Makers = Mapping[str, Callable[[], Method]]

METHODS: dict[Task, Makers] = {
    "cart": {
        "popularity": Popularity, "rules": BestRule, "knn": ItemKnn, "ease": Ease, "blend": lambda: Ranked("cart"),
    },
    "known": {
        "popularity": Popularity, "own": OwnHistory, "ease": Ease, "ease_own": EaseAndOwn,
        "blend": lambda: Ranked("known"),
    },
    "next": {
        "popularity": Popularity, "own": OwnHistory, "neighbours": OwnAndNeighbours, "blend": lambda: Ranked("next"),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """One method on one task. One value an order: ``hit`` (cart: share of its items found within 10; next: share of
    the order found, of 10 at most), ``ndcg``, ``any_hit``. ``coverage``: share of the items ever recommended;
    ``novelty``: mean bits of surprise of what is recommended; ``bands``: hit by how popular the hidden item is."""

    task: Task
    method: str
    hit: Floats
    ndcg: Floats
    any_hit: Floats
    coverage: float
    novelty: float
    bands: Mapping[str, float]


@dataclass(frozen=True)
class Evaluation:
    """Every method on every task that has enough orders. ``left_out``: tasks that have not, in words."""

    now: datetime
    cut: datetime
    items: int
    scored: tuple[Scored, ...]
    left_out: tuple[str, ...] = ()
    #: Task → orders there were, where some of them were drawn.
    drawn_from: Mapping[str, int] = field(default_factory=dict[str, int])

    def frame(self) -> pd.DataFrame:
        """task, method, orders, hit, hit_low, hit_high, ndcg, ndcg_low, ndcg_high, any_hit, coverage, novelty, and
        the hit in each band; intervals of 95 % by bootstrap over orders."""
        return self._frame.copy()

    @cached_property
    def _frame(self) -> pd.DataFrame:
        rows: list[dict[str, object]] = []
        for one in self.scored:
            low, high = interval(one.hit)
            worst, best = interval(one.ndcg)
            rows.append(
                {
                    "task": one.task, "method": one.method, "orders": len(one.hit), "hit": float(one.hit.mean()),
                    "hit_low": low, "hit_high": high, "ndcg": float(one.ndcg.mean()), "ndcg_low": worst,
                    "ndcg_high": best, "any_hit": float(one.any_hit.mean()), "coverage": one.coverage,
                    "novelty": one.novelty, **{f"hit_{band}": one.bands.get(band, float("nan")) for band in BANDS},
                }
            )  # fmt: skip
        names = ("task", "method", "orders", "hit", "hit_low", "hit_high", "ndcg", "ndcg_low", "ndcg_high", "any_hit",
                 "coverage", "novelty", *(f"hit_{band}" for band in BANDS))  # fmt: skip
        return pd.DataFrame(rows, columns=list(names))

    def differences(self) -> pd.DataFrame:
        """task, method, against, ndcg (the mean of the paired differences), low, high, better: each method against
        popularity and against the best other, on the same orders."""
        return self._differences.copy()

    @cached_property
    def _differences(self) -> pd.DataFrame:
        rows: list[dict[str, object]] = []
        for task in dict.fromkeys(one.task for one in self.scored):
            mine = [one for one in self.scored if one.task == task]
            for one in mine:
                others = [other for other in mine if other.method != one.method]
                best = max(others, key=lambda other: float(other.ndcg.mean()))
                for other in {id(part): part for part in (mine[0], best)}.values():
                    if other.method == one.method:
                        continue
                    gap = one.ndcg - other.ndcg
                    low, high = interval(gap)
                    rows.append(
                        {"task": task, "method": one.method, "against": other.method, "ndcg": float(gap.mean()),
                         "low": low, "high": high, "better": low > 0}
                    )  # fmt: skip
        return pd.DataFrame(rows, columns=["task", "method", "against", "ndcg", "low", "high", "better"])

    def best(self, task: Task) -> str | None:
        """The method with the highest NDCG; None where the task was not measured."""
        mine = [one for one in self.scored if one.task == task]
        return max(mine, key=lambda one: float(one.ndcg.mean())).method if mine else None

    def figure(self, task: Task = "cart") -> go.Figure:
        """Share found within 10 of each method, with its interval."""
        frame = self.frame()
        frame = frame[frame["task"] == task].sort_values("hit")
        figure = go.Figure()
        names = [method_word(name) for name in frame["method"]]
        figure.add_bar(
            x=frame["hit"] * 100, y=names, orientation="h",
            marker_color=[ACCENT if name == self.best(task) else CONTEXT for name in frame["method"]],
            error_x={
                "array": (frame["hit_high"] - frame["hit"]) * 100,
                "arrayminus": (frame["hit"] - frame["hit_low"]) * 100, "color": COLOURS[1], "thickness": 2,
            },
            hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        )  # fmt: skip
        best = self.best(task)
        # the best one by rank need not be the longest bar
        first = bool((frame.loc[frame["method"] == best, "hit"] >= frame["hit"].max()).any())
        words = "{method} 방법이 가장 잘 맞혀요" if first else "{method} 방법이 맞힌 상품을 가장 앞에 둬요"
        title = translate(words).format(method=method_word(best)) if best else ""
        dressed(figure, 90 + 44 * len(frame), title=title)
        figure.update_xaxes(title=translate("10개 안에 맞힌 비율 (%)"), rangemode="tozero")
        return figure

    def insight(self) -> str:
        """For each task the best method beside popularity, and whether the difference is sure."""
        told: list[str] = []
        gaps = self.differences()
        tasks: list[Task] = [one.task for one in self.scored]
        for task in dict.fromkeys(tasks):
            hits = {one.method: float(np.mean(one.hit)) for one in self.scored if one.task == task}
            best = self.best(task)
            if best is None or best == "popularity":
                told.append(translate("{task}: 인기순보다 나은 방법이 아직 없어요.").format(task=task_word(task)))
                continue
            gap = gaps[(gaps["task"] == task) & (gaps["method"] == best) & (gaps["against"] == "popularity")]
            sure = all(gap["better"].tolist())
            text = (
                translate("{task}: {method} 방법이 10개 안에 {hit}를 맞혀 인기순({base})보다 나아요.")
                if sure
                else translate(
                    "{task}: {method} 방법이 10개 안에 {hit}를 맞혔지만 인기순({base})보다 낫다고 하기엔 주문이 적어요."
                )
            )
            told.append(
                text.format(
                    task=task_word(task), method=method_word(best), hit=percent_text(hits[best] * 100),
                    base=percent_text(hits["popularity"] * 100),
                )
            )  # fmt: skip
        return " ".join([*told, *self.left_out])


def method_word(method: str) -> str:
    """A method as people call it."""
    words = {
        "popularity": translate("인기순"),
        "rules": translate("가장 확실한 규칙"),
        "knn": translate("비슷한 상품"),
        "ease": translate("선형 모델 (EASE)"),
        "own": translate("내 구매 이력"),
        "neighbours": translate("이력과 비슷한 회원"),
        "ease_own": translate("EASE와 구매 이력"),
        "blend": translate("모두 섞어 순위 학습"),
    }
    return words.get(method, method)


def task_word(task: str) -> str:
    words = {
        "cart": translate("장바구니 채우기"),
        "known": translate("아는 회원의 장바구니"),
        "next": translate("회원의 다음 주문"),
    }
    return words[task]


def interval(values: Floats, rounds: int = _ROUNDS) -> tuple[float, float]:
    """95 % of the mean by bootstrap over orders; the same values always give the same interval."""
    if not len(values):
        return float("nan"), float("nan")
    rng = np.random.default_rng(0)
    at_once = max(1, _DRAWS // len(values))
    parts = [min(at_once, rounds - done) for done in range(0, rounds, at_once)]
    means = np.concatenate([values[rng.integers(0, len(values), (part, len(values)))].mean(axis=1) for part in parts])
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def evaluate(
    baskets: Baskets,
    now: datetime,
    *,
    days: int = DAYS,
    fewest: int = 20,
    tasks: tuple[Task, ...] = ("cart", "known", "next"),
    methods: Mapping[Task, Makers] = METHODS,
    progress: Progress | None = None,
) -> Evaluation:
    """Learns every method from the orders before the last ``days`` and asks it about those after.

    ``fewest``: orders an item must have had before the cut to be among the items. Raises DataError without orders.
    """
    tell = progress or quiet
    if not len(baskets):
        raise DataError("no_orders", "평가할 주문이 없어요.", "설정 › 데이터에서 주문과 주문 상품을 올려 주세요.")
    cut = baskets.ts.max() - days * DAY
    history, later = split(baskets, cut, fewest)
    scored: list[Scored] = []
    left_out: list[str] = []
    drawn_from: dict[str, int] = {}
    steps: list[tuple[Task, str]] = [
        (task, name) for task in tasks for name in methods[task] if name != "blend" or len(baskets) >= _ENOUGH
    ]
    for at, (task, name) in enumerate(steps):
        tell(at / len(steps), f"{task_word(task)} · {method_word(name)}")
        asked = _asked(history, later, task)
        if asked is None:
            text = translate("{task}: 마지막 {days}일에 물어볼 주문이 적어 재지 않았어요.").format(
                task=task_word(task), days=days
            )
            if text not in left_out:
                left_out.append(text)
            continue
        if asked.drawn_from is not None:
            drawn_from[task] = asked.drawn_from
        method = methods[task][name]()
        method.fit(history)
        scored.append(_score(task, name, method, history, asked))
    tell(1.0, "")
    moment = cut.astype("datetime64[us]").item()
    return Evaluation(now, moment, len(history.items), tuple(scored), tuple(left_out), drawn_from)


def split(baskets: Baskets, cut: np.datetime64, fewest: int) -> tuple[History, History]:
    """What is known at the cut, and the orders after it, of the items known by then."""
    history = history_of(baskets, cut, fewest)
    columns = baskets.places(history.items)
    orders: Sparse = baskets.matrix[:, columns].astype(np.float32).tocsr()
    starts: Ints = np.array(orders.indptr, dtype=np.int64)
    after = (baskets.ts > cut) & (np.diff(starts) > 0)
    later = History(
        history.items, orders[after], baskets.ts[after], baskets.person[after], baskets.people, baskets.ts.max()
    )
    return history, later


@dataclass(frozen=True)
class _Asked:
    questions: Questions
    hidden: Ints | None  # cart: the column that was hidden
    order: Ints  # cart: the order of each question
    bought: Sparse | None  # next: what was bought
    drawn_from: int | None = None  # orders there were, where these were drawn from them


def _asked(history: History, later: History, task: Task) -> _Asked | None:
    every = np.ones(len(later.ts), dtype=bool)
    if task == "next":
        questions, bought = next_orders(later, history, every)
        if len(questions) < _FEWEST_ORDERS:
            return None
        rows = drawn(np.ones(len(questions), dtype=np.int64))
        some = Questions(questions.carts[rows], questions.person[rows], questions.at[rows])
        return _Asked(some, None, np.arange(len(rows)), bought[rows], _all_of(len(questions), len(rows)))
    able = np.flatnonzero(later.sizes >= FEWEST)
    if len(able) < _FEWEST_ORDERS:
        return None
    rows = able[drawn(later.sizes[able].astype(np.int64))]
    every[:] = False
    every[rows] = True
    questions, hidden = hidden_in_turn(later, every)
    order = np.repeat(np.arange(len(rows)), later.sizes[rows].astype(np.int64))
    asked = questions if task == "known" else questions.anonymous()
    return _Asked(asked, hidden, order, None, _all_of(len(able), len(rows)))


def drawn(questions: Ints, most: int = MOST_ORDERS, in_all: int = MOST_QUESTIONS) -> Ints:
    """Which orders are asked about, ascending, each with so many ``questions``: all of them, or as many drawn ones as
    ``most`` and ``in_all`` allow."""
    order = np.random.default_rng(0).permutation(len(questions))
    enough = int(np.searchsorted(np.cumsum(questions[order]), in_all, side="right"))
    return np.sort(order[: max(min(most, enough), min(_FEWEST_ORDERS, len(order)))])


def _all_of(there: int, asked: int) -> int | None:
    return there if asked < there else None


def ranks(scores: Scores, questions: Questions, hidden: Ints) -> Floats:
    """The place of each hidden item among the items that are not in the cart, from 1; equals share the middle."""
    mine = scores.astype(np.float32, copy=True)
    lines = questions.carts.tocoo()
    mine[lines.row, lines.col] = -np.inf
    own = mine[np.arange(len(hidden)), hidden][:, None]
    return 1.0 + (mine > own).sum(axis=1) + ((mine == own).sum(axis=1) - 1) / 2


def _score(task: Task, name: str, method: Method, history: History, asked: _Asked) -> Scored:
    seen = np.zeros(len(history.items), dtype=bool)
    surprise = total = 0.0
    bits = -np.log2(history.popularity)
    values: list[NDArray[Any]] = []
    for start in range(0, len(asked.questions), _BLOCK):
        part = asked.questions.part(start, start + _BLOCK)
        scores = method.scores(part)
        top = best_of(scores, part)
        seen[top] = True
        surprise, total = surprise + float(bits[top].sum()), total + top.size
        if asked.hidden is not None:
            values.append(ranks(scores, part, asked.hidden[start : start + _BLOCK]))
        else:
            values.append(top)
    coverage, novelty = float(seen.mean()), surprise / max(total, 1.0)
    if asked.hidden is not None:
        rank = np.concatenate(values)
        weight = 1 / np.bincount(asked.order)[asked.order]
        found: Floats = np.asarray(rank <= TOP, dtype=np.float64)
        gain = np.where(rank <= TOP, 1 / np.log2(rank + 1), 0.0)
        hit: Floats = np.bincount(asked.order, found * weight).astype(np.float64)
        ndcg: Floats = np.bincount(asked.order, gain * weight).astype(np.float64)
        bands = _bands(history, asked.hidden, found, weight)
        return Scored(task, name, hit, ndcg, np.asarray(hit > 0, dtype=np.float64), coverage, novelty, bands)
    return _next_score(task, name, np.concatenate(values), asked.bought, history, coverage, novelty)


def best_of(scores: Scores, questions: Questions, most: int = TOP) -> Ints:
    """The columns of the highest scores that are not in the cart, the best first."""
    mine = scores.astype(np.float32, copy=True)
    lines = questions.carts.tocoo()
    mine[lines.row, lines.col] = -np.inf
    most = min(most, mine.shape[1])
    some = np.argpartition(-mine, most - 1, axis=1)[:, :most]
    order = np.argsort(-np.take_along_axis(mine, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)


def _next_score(
    task: Task, name: str, top: Ints, bought: Sparse, history: History, coverage: float, novelty: float
) -> Scored:
    table: NDArray[np.bool_] = np.asarray(bought.toarray() > 0, dtype=np.bool_)
    hits: NDArray[np.bool_] = np.take_along_axis(table, top, axis=1)
    most: Ints = np.minimum(np.asarray(table.sum(axis=1), dtype=np.int64), TOP)
    width: int = int(top.shape[1])
    discount = 1 / np.log2(np.arange(2, width + 2))
    ideal = np.cumsum(1 / np.log2(np.arange(2, TOP + 2)))[most - 1]
    band = _band_of(history)
    rows, columns = np.nonzero(table)
    found: NDArray[np.bool_] = np.zeros(table.shape, dtype=np.bool_)
    np.put_along_axis(found, top, True, axis=1)
    mine = found[rows, columns]
    bands = {word: _mean(mine[band[columns] == at]) for at, word in enumerate(BANDS)}
    return Scored(
        task,
        name,
        hits.sum(axis=1) / most,
        (hits @ discount) / ideal,
        np.asarray(hits.any(axis=1), dtype=np.float64),
        coverage,
        novelty,
        bands,
    )


def _mean(values: NDArray[np.bool_]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _band_of(history: History) -> Ints:
    """0, 1, 2: head, middle or tail of the sales before the cut."""
    order = np.argsort(-history.counts, kind="stable")
    share = np.cumsum(history.counts[order]) / max(history.counts.sum(), 1.0)
    band = np.empty(len(order), dtype=np.int64)
    band[order] = np.searchsorted([0.5, 0.8], share - 1e-12, side="right")
    return band


def _bands(history: History, hidden: Ints, found: Floats, weight: Floats) -> dict[str, float]:
    band = _band_of(history)[hidden]
    out: dict[str, float] = {}
    for at, word in enumerate(BANDS):
        mine = band == at
        out[word] = float((found[mine] * weight[mine]).sum() / weight[mine].sum()) if mine.any() else float("nan")
    return out
