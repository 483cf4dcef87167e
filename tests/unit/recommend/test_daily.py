"""The daily work: what is measured holds a week, and nobody waits for models after a file was loaded."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.recommend.evaluate import MOST_ORDERS, MOST_QUESTIONS, drawn
from ifdo_core.recommend.recommender import USUAL
from ifdo_core.recommend.together import JUDGED_FOR
from ifdo_server.scheduler import Scheduler
from tests.unit.recommend.shops import random_lists


def load(workbench: Workbench, first: int, count: int, start: datetime) -> None:
    lists = random_lists(first, count)
    head = [
        {"order_id": f"o{first + n}", "ts": start + timedelta(hours=2 * n), "amount": 1, "status": "paid",
         "member_id": f"m{n % 40}"}
        for n in range(count)
    ]  # fmt: skip
    lines = [(f"o{first + n}", item) for n, items in enumerate(lists) for item in items]
    items = pd.DataFrame(lines, columns=["order_id", "product_id"]).assign(quantity=1, price=1)
    workbench.load(orders=pd.DataFrame(head), order_items=items)


def test_an_evaluation_holds_a_week_and_quick_methods_answer_meanwhile() -> None:
    begin = datetime(2026, 6, 1)
    with Workbench.open("duckdb:///:memory:") as workbench:
        load(workbench, 0, 1_200, begin)  # a hundred days
        together = workbench.together
        assert together.measured(workbench.now) is None
        assert together.recommender(workbench.now).chosen == USUAL
        first = together.refresh(workbench.now)
        assert first is not None
        best = {task: first.best(task) for task in USUAL}
        assert together.recommender(workbench.now).chosen == best
        load(workbench, 5_000, 12, begin + timedelta(days=101))  # a new day
        assert together.recommender(workbench.now).chosen == USUAL  # nothing long is learned in a visitor's time
        assert together.refresh(workbench.now) is first  # still holds
        assert together.recommender(workbench.now).chosen == best  # fitted on the new data
        assert len(together.recommender(workbench.now).baskets) == 1_212
        load(workbench, 9_000, 12, begin + JUDGED_FOR + timedelta(days=101))
        assert together.refresh(workbench.now) is not first


def test_after_a_restart_the_app_measures_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scores are there still, so no refresh is due; what recommends was known to the old process alone."""
    url = str(tmp_path / "shop.duckdb")
    with Workbench.open(url) as workbench:
        load(workbench, 0, 1_200, datetime(2026, 6, 1))
        assert Scheduler(lambda: workbench).look()
        assert not Scheduler(lambda: workbench).learn()  # the refresh measured them
    with Workbench.open(url) as workbench:
        scheduler = Scheduler(lambda: workbench)
        assert not scheduler.look()
        assert workbench.together.measured(workbench.now) is None
        with monkeypatch.context() as patch:
            patch.setenv("IFDO_REFRESH", "off")
            assert not scheduler.learn()
        assert scheduler.learn()
        assert workbench.together.measured(workbench.now) is not None
        assert not scheduler.learn()
    with Workbench.open("duckdb:///:memory:") as empty:
        scheduler = Scheduler(lambda: empty)
        assert not scheduler.learn()
        assert scheduler.failed == 0


def test_a_large_shop_is_asked_about_a_bounded_draw() -> None:
    assert drawn(np.ones(100, dtype=np.int64)).tolist() == list(range(100))
    many = drawn(np.full(50_000, 4))
    assert len(many) == MOST_ORDERS
    assert (np.diff(many) > 0).all()
    assert many.tolist() == drawn(np.full(50_000, 4)).tolist()
    huge = np.full(5_000, 300)
    assert 300 * len(drawn(huge)) <= MOST_QUESTIONS
