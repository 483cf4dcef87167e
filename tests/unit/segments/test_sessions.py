"""Many sessions ask one workbench at once, and give up some of their questions: each is told its own numbers."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pandas as pd
import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.engines.newest import Overtaken, unless_overtaken
from ifdo_core.segments import bits
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not
from ifdo_core.segments.preview import Preview

SESSIONS, QUESTIONS = 6, 15
LEAVES = [
    *(Leaf("cart.recent_amount", "gte", amount) for amount in range(10_000, 100_000, 30_000)),
    *(Leaf("traffic.visit_count", "gte", number) for number in (2, 4, 7)),
    *(Leaf("traffic.pages_in_visit", "gte", number) for number in (2, 4, 7)),
    Leaf("traffic.device", "in", ("mobile",)),
    Leaf("acquisition.sns", "in", ("instagram",)),
    Leaf("behaviour.page_viewed", "gte", 2, (("pattern", "/*"), ("days", 30))),
]
TREES: list[Node] = [
    *LEAVES,
    *(AllOf(pair) for pair in itertools.combinations(LEAVES[::3], 2)),
    *(AnyOf((one, Not(other))) for one, other in itertools.combinations(LEAVES[::4], 2)),
]
Numbers = tuple[Any, ...]


def numbers(found: Preview) -> Numbers:
    people = found.visitors_7d, found.visitors_24h, found.members_7d, found.members_24h
    alone = tuple(found.conditions["visits_7d"]), tuple(found.conditions["without_7d"])
    return found.visits_7d, found.visits_24h, *people, *alone, tuple(found.daily["visits"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IFDO_HOME", str(tmp_path_factory.mktemp("shop")))
        patch.setenv("IFDO_DEMO_VISITS", "6000")
        with Workbench.open() as workbench:
            yield workbench


def by_statements(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> dict[Node, Numbers]:
    """What each tree counts, asked one after another, without anything kept."""
    with monkeypatch.context() as patch:
        patch.setattr(type(workbench.engine), "columnar", False)
        return {tree: numbers(workbench.preview(Segment(tree))) for tree in TREES}


class Session(threading.Thread):
    """Asks one question after another; every third it gives up, as a newer edit would make it."""

    def __init__(self, workbench: Workbench, seed: int) -> None:
        super().__init__(daemon=True)
        self.workbench = workbench
        self.dice = Random(seed)
        self.told: list[tuple[Node, Numbers]] = []
        self.early: list[tuple[Node, tuple[int, int]]] = []
        self.given_up = 0
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            for turn in range(QUESTIONS):
                self.ask(self.dice.choice(TREES), gives_up=turn % 3 == 2)
        except BaseException as error:  # shown by the test
            self.failed = error

    def ask(self, tree: Node, gives_up: bool) -> None:
        def work(tell: Callable[[Any], None]) -> Preview:
            return self.workbench.preview(Segment(tree), on_counted=lambda week, day: tell((week, day)))

        patience = self.dice.randint(0, 2) if gives_up else -1
        polls = itertools.count()

        def is_overtaken() -> bool:
            return patience >= 0 and next(polls) >= patience

        try:
            found = unless_overtaken(
                self.workbench.engine, work, is_overtaken, lambda counts: self.early.append((tree, counts))
            )
        except Overtaken:
            self.given_up += 1
        else:
            self.told.append((tree, numbers(found)))


@pytest.mark.parametrize(("few", "budget"), [(bits.FEW, bits.BUDGET), (0, bits.BUDGET), (0, 40_000)])
def test_each_session_is_told_its_own_numbers(
    shop: Workbench, monkeypatch: pytest.MonkeyPatch, few: int, budget: int
) -> None:
    """``few`` 0: windows are read behind the first question; a small budget: what is kept comes and goes."""
    right = by_statements(shop, monkeypatch)
    monkeypatch.setattr(bits, "FEW", few)
    shop._bits.clear()
    monkeypatch.setattr(shop._bits, "budget", budget)
    monkeypatch.setattr("ifdo_core.engines.newest.POLL_S", 0.002)
    sessions = [Session(shop, seed) for seed in range(SESSIONS)]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join(120)
    shop._bits.settle()
    assert [session.failed for session in sessions] == [None] * SESSIONS
    assert sum(session.given_up for session in sessions) > SESSIONS
    for session in sessions:
        assert len(session.told) > QUESTIONS // 2
        for tree, found in session.told:
            assert found == right[tree]
        for tree, early in session.early:
            assert early == right[tree][:2]


def test_numbers_are_of_one_state_of_the_data(shop: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that comes in while sessions ask: each answer is that of before or that of after, none a mixture."""
    before = by_statements(shop, monkeypatch)
    sessions = [Session(shop, 100 + seed) for seed in range(SESSIONS)]
    for session in sessions:
        session.start()
    visit = {"ts": shop.now, "name": "page_view", "page_url": "https://example.com/new"}
    shop.load(events=pd.DataFrame([{**visit, "event_id": f"new-{n}", "visitor_id": f"new-{n}"} for n in range(25)]))
    for session in sessions:
        session.join(120)
    shop._bits.settle()
    after = by_statements(shop, monkeypatch)
    assert before != after
    assert [session.failed for session in sessions] == [None] * SESSIONS
    for session in sessions:
        for tree, found in session.told:
            assert found in (before[tree], after[tree])


def test_a_question_does_not_wait_for_who_builds(shop: Workbench) -> None:
    """While marts of another moment are built, or data is taken in, the marts that are there answer."""
    tree = Segment(TREES[0])
    expected = shop.preview(tree).visits_7d
    building, done = threading.Event(), threading.Event()

    def build() -> None:
        with shop._marts._lock:
            building.set()
            done.wait(60)

    builder = threading.Thread(target=build, daemon=True)
    builder.start()
    building.wait()
    found: list[int | None] = []
    asking = threading.Thread(target=lambda: found.append(shop.preview(tree).visits_7d), daemon=True)
    asking.start()
    asking.join(30)
    done.set()
    builder.join()
    assert found == [expected]


@pytest.mark.parametrize("kept", [True, False])
def test_data_between_two_statements_of_one_question_is_asked_for_again(
    shop: Workbench, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """The large numbers are told, new visits come in, then the people are counted. ``kept``: whether bits are."""
    monkeypatch.setattr(type(shop.engine), "columnar", kept)
    tree, told = LEAVES[3], list[tuple[int, int]]()
    visit = {"name": "page_view", "page_url": "https://example.com/between", "device": "mobile"}
    name = f"between-{kept}"

    def come_in(week: int, day: int) -> None:
        told.append((week, day))
        if len(told) == 1:
            visits = [{**visit, "ts": shop.now, "event_id": f"{name}-{n}-{view}", "visitor_id": f"{name}-{n}"}
                      for n in range(9) for view in range(2)]  # fmt: skip
            shop.load(events=pd.DataFrame(visits))

    every = Leaf("traffic.visit_count", "gte", 1)
    found = shop.preview(Segment(AnyOf((tree, every))), on_counted=come_in)
    assert len(told) == 2
    assert told[1][0] == told[0][0] + 9
    after = shop.preview(Segment(AnyOf((tree, every))))
    assert numbers(found) == numbers(after)
    assert found.visits_7d == told[1][0]
