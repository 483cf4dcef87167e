"""The blend and the model of the next order know nothing after the cut: another future, or none, changes no score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ifdo_core.recommend.baskets import Baskets, from_frame
from ifdo_core.recommend.evaluate import evaluate, split
from ifdo_core.recommend.history import History, Questions
from ifdo_core.recommend.questions import hidden_in_turn, next_orders
from ifdo_core.recommend.ranking import Ranked, Task
from tests.unit.recommend.shops import START, random_lists

TASKS: tuple[Task, ...] = ("cart", "known", "next")
CUT = START + pd.Timedelta(days=172)


def lines(seed: int = 1, orders: int = 1_500, days: int = 200) -> pd.DataFrame:
    """order_id, item, ts, person of 60 buyers who come again."""
    rng = np.random.default_rng(seed)
    when, people = rng.integers(0, days, orders), rng.integers(0, 60, orders)
    rows = [
        (f"o{at:05}", item, START + pd.Timedelta(days=int(when[at]), minutes=at % 1_400), f"m:{people[at]}")
        for at, items in enumerate(random_lists(seed, orders))
        for item in items
    ]
    return pd.DataFrame(rows, columns=["order_id", "item", "ts", "person"])


def another_future(known: pd.DataFrame) -> pd.DataFrame:
    """Everything after the cut replaced: other orders, more of them, of what hardly sells and of things never seen."""
    before = known[known["ts"] <= CUT]
    rng = np.random.default_rng(9)
    rows = [
        (f"x{at:05}", item, CUT + pd.Timedelta(hours=1 + at % 600), f"m:{rng.integers(0, 60)}")
        for at in range(2_000)
        for item in ("i13", "i12", f"new{at % 7}")
    ]
    return pd.concat([before, pd.DataFrame(rows, columns=list(before.columns))], ignore_index=True)


def cut_of(baskets: Baskets) -> tuple[History, History]:
    return split(baskets, np.datetime64(CUT, "us"), 5)


def asked(task: Task, history: History, later: History) -> Questions:
    every = np.ones(len(later.ts), dtype=bool)
    if task == "next":
        return next_orders(later, history, every)[0]
    questions = hidden_in_turn(later, every)[0].part(0, 150)
    return questions if task == "known" else questions.anonymous()


@pytest.mark.parametrize("task", TASKS)
def test_another_future_or_none_changes_no_score(task: Task) -> None:
    known = lines()
    history, later = cut_of(from_frame(known))
    questions = asked(task, history, later)
    assert len(questions) > 30
    futures = {"as it was": known, "another": another_future(known), "none": known[known["ts"] <= CUT]}
    scores: dict[str, Any] = {}
    for name, frame in futures.items():
        model = Ranked(task)
        model.fit(cut_of(from_frame(frame))[0])
        scores[name] = model.scores(questions)
    assert np.ptp(scores["as it was"]) > 0
    for name, told in scores.items():
        assert np.array_equal(told, scores["as it was"]), name


def test_the_judge_learns_from_what_was_known_at_the_time() -> None:
    """What a lesson is asked with ends where its stretch begins: other orders in the stretch change the answers and not
    one fact."""
    known = lines()
    begin = CUT - pd.Timedelta(days=28)
    early, late = known[known["ts"] <= begin], known[(known["ts"] > begin) & (known["ts"] <= CUT)]
    other = late.assign(item=[f"i{13 - int(item[1:]):02}" for item in late["item"]])
    model = Ranked("next")
    [one], [two] = (
        model.lessons(cut_of(from_frame(pd.concat([early, stretch])))[0], 0, 10_000) for stretch in (late, other)
    )
    assert np.array_equal(one.features, two.features, equal_nan=True)
    assert not np.array_equal(one.right, two.right)


def test_orders_after_the_cut_are_only_asked_about() -> None:
    """The measured figures follow the test orders, and nothing else: the same test orders once more give the same."""
    known = lines()
    methods = {"next": {"blend": lambda: Ranked("next")}}
    first = evaluate(from_frame(known), CUT.to_pydatetime(), fewest=5, tasks=("next",), methods=methods)
    again = evaluate(from_frame(known), CUT.to_pydatetime(), fewest=5, tasks=("next",), methods=methods)
    assert first.frame().equals(again.frame())
