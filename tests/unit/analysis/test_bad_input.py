"""Shops that are hardly one: every part of the analysis says something, nothing fails, and no NaN is shown."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.catalogue import REPORTS
from ifdo_core.i18n import using
from tests.unit.analysis.shops import shop

SHOPS: dict[str, list[tuple[str | None, float, int]]] = {
    "no order": [],
    "one order": [("a", 0, 10_000)],
    "one customer": [("a", days, 10_000) for days in (300, 200, 100, 0)],
    "all on one day": [(f"m{n}", 0, 10_000 + n) for n in range(40)],
    "all amounts equal": [(f"m{n % 30}", n * 5.0, 10_000) for n in range(80)],
    "zero and negative amounts": [(f"m{n % 30}", n * 5.0, (0, -5_000, 10_000)[n % 3]) for n in range(80)],
    "nothing but zero": [(f"m{n % 30}", n * 5.0, 0) for n in range(80)],
    "no members": [(None, n * 5.0, 10_000 + n) for n in range(60)],
    "an order to come": [("a", -400, 10_000), ("a", 3, 10_000), ("b", 0, 20_000)],
}


@pytest.fixture(scope="module", params=SHOPS)
def workbench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    with shop(*SHOPS[request.param]) as opened:
        if request.param == "an order to come":  # events say what time it is, one order lies after it
            ts = (pd.Timestamp("2026-10-24T03:00:00Z")).isoformat()
            opened.load(events=pd.DataFrame([{"ts": ts, "visitor_id": "v", "name": "page_view", "member_id": "b"}]))
        opened.refresh()
        yield opened


def numbers_of(told: Any) -> Iterator[float]:
    if isinstance(told, dict):
        for part in told.values():
            yield from numbers_of(part)
    elif isinstance(told, list):
        for part in told:
            yield from numbers_of(part)
    elif isinstance(told, float):
        yield told


def shown(text: str) -> None:
    """A sentence in words."""
    assert text.strip()
    assert "nan" not in text.lower().replace("finance", "")
    assert "None" not in text
    assert "NaT" not in text
    assert "inf" not in text.lower().replace("info", "").replace("infl", "")


def drawn(figure: Any) -> None:
    assert all(math.isfinite(number) for number in numbers_of(json.loads(figure.to_json())))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_view_says_something(workbench: Workbench, language: str):
    with using(language):
        analysis = workbench.analysis
        for who in ("buyers", "visitors"):
            found = analysis.rfm(who=who)  # type: ignore[arg-type]
            shown(found.insight())
            for kind in ("grid", "treemap"):
                drawn(found.figure(kind))  # type: ignore[arg-type]
            assert not found.frame().isna().any().any()
        for days in (1, 30):
            moves = analysis.migration(days)
            shown(moves.insight())
            drawn(moves.figure())
        life = analysis.lifetime()
        shown(life.insight())
        for kind in ("value", "calibration"):
            drawn(life.figure(kind))  # type: ignore[arg-type]
        known = ["probability_alive", "expected_orders", "expected_value", "value_low", "value_high", "order_value"]
        assert life.frame()[known].notna().all().all()
        assert (life.frame()["value_low"] <= life.frame()["value_high"]).all()
        risk = analysis.churn()
        shown(risk.insight())
        drawn(risk.figure())
        assert risk.by_cuts((10, 20)).levels()["customers"].sum() == len(risk.rows)


def test_one_order_does_not_foretell_many() -> None:
    with shop(("a", 0, 10_000)) as one:
        assert one.lifetime_value().frame()["expected_orders"].sum() < 1
        assert "상위" not in one.lifetime_value().insight()
        assert "1명뿐" in one.report("purchase.pareto").insight()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_digest_and_every_customer_say_something(workbench: Workbench, language: str):
    with using(language):
        found = workbench.digest(base_url="https://crm.shop.example")
        shown(found.text())
        shown(found.html())
        shown(workbench.insights().insight())
        for person in workbench.rfm().frame()["person"].head(3):
            told = workbench.customer(str(person))
            shown(told.insight())
            for kind in ("history", "grades"):
                drawn(told.figure(kind))  # type: ignore[arg-type]
            assert (told.frame()["at"] <= workbench.now).all()


@pytest.mark.parametrize("report", list(REPORTS))
def test_every_report_says_something(workbench: Workbench, report: str):
    found = workbench.report(report)
    shown(found.insight())
    drawn(found.figure())
    found.frame()
    if found.missing:
        return
    assert found.audience().name
    segment_of = found.grid_segment if found.is_grid else found.segment
    for row in range(min(len(found.grid()) if found.is_grid else len(found.frame()), 3)):
        segment = segment_of(row)
        if segment is not None:
            workbench.explain(segment)


def test_the_reason_for_the_fallback_is_the_true_one() -> None:
    """Thirty who bought again are not few; they buy alike, or for too few days."""
    alike = [(f"m{n % 30}", n * 3.1 % 200, 5_000) for n in range(150)]
    short = [(f"m{n % 30}", n / 30, 1_000 + n) for n in range(120)]
    few = [(f"m{n}", 30.0 + n, 5_000) for n in range(20)]
    for rows, code in ((alike, "alike"), (short, "short"), (few, "few")):
        with shop(*rows) as workbench:
            found = workbench.lifetime_value()
            assert found.notes[0].code == code
            assert str(found.notes[0]) in found.insight()
