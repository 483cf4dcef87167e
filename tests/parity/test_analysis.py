"""Every query of the analysis answers alike on DuckDB, ClickHouse (chdb) and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pandas as pd
import pytest
from sqlalchemy import select

from ifdo_core import Workbench, jobs, tables
from ifdo_core.engines import Engine
from tests.oracle import Shop
from tests.property.loading import fill, opened
from tests.property.shops import random_case

KINDS = ("chdb", pytest.param("postgresql", marks=pytest.mark.postgres))


def random_shop() -> Shop:
    """Two random shops' worth of visitors and orders; what a refresh found is left out, for it is made here."""
    shop = random_case(Random(102), people=40, events=30, least=30).shop
    shop.scores = []
    return shop


def answers(workbench: Workbench) -> dict[str, pd.DataFrame]:
    """Frames of one shop, in the order of persons."""
    workbench.refresh()
    workbench.refresh()
    scores = workbench.engine.frame(select(tables.scores)).drop(columns="run")
    found = {
        "scores": scores,
        "rfm": workbench.rfm().frame(),
        "visitors": workbench.analysis.rfm(who="visitors").frame(),
        "before": workbench.rfm("2026-10-20").frame(),
        "lifetime": workbench.lifetime_value().frame(),
        "churn": workbench.analysis.churn().frame(),
        "grades": jobs.grades_on(workbench.engine, jobs.newest_done(workbench.engine)[0]),  # type: ignore[index]
    }
    return {name: frame.sort_values("person").reset_index(drop=True) for name, frame in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_analysis_is_the_same_on_every_engine(fresh: Callable[[str, str], Engine], kind: str) -> None:
    shop = random_shop()
    with opened(shop) as reference:
        wanted = answers(reference)
    assert len(wanted["rfm"]) > 5
    with fresh(kind, "ifdo_analysis") as engine:
        workbench = fill(engine, shop)
        found = answers(workbench)
        workbench.close()
    for name, frame in wanted.items():
        pd.testing.assert_frame_equal(found[name], frame, check_dtype=False, rtol=1e-6, obj=name)
