"""RFM against a slow reading of its definition, and on shops that give it little to go by."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.analysis.grades import CELLS, GradeTable, default_table
from ifdo_core.analysis.scheme import Scheme, Thresholds
from ifdo_core.analysis.scores import by_limits, quintiles
from ifdo_core.errors import DataError
from ifdo_core.i18n import using
from tests.unit.analysis.shops import NOW, shop


def slow_rfm(rows: list[tuple[str, float, int]], as_of: datetime, lookback: int) -> dict[str, tuple[int, ...]]:
    """semantics.md, 'RFM', word for word."""
    held: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for member, days, amount in rows:
        ts = NOW - timedelta(days=days)
        if as_of - timedelta(days=lookback) < ts <= as_of:
            held[member].append((ts, amount))
    values = {
        member: ((as_of - max(ts for ts, _ in orders)) // timedelta(days=1), len(orders), sum(a for _, a in orders))
        for member, orders in held.items()
    }
    found = {}
    for member, (recency, count, amount) in values.items():
        n = len(values)
        r = math.ceil(5 * sum(other[0] >= recency for other in values.values()) / n)
        f = math.ceil(5 * sum(other[1] <= count for other in values.values()) / n)
        m = math.ceil(5 * sum(other[2] <= amount for other in values.values()) / n)
        found[member] = (recency, count, amount, r, f, m)
    return found


@pytest.mark.parametrize("lookback", [30, 365, 5000])
def test_scores_are_those_of_the_definition(lookback: int) -> None:
    dice = random.Random(lookback)
    rows = [
        (f"m{dice.randrange(40)}", dice.choice([0, 1, 30, 365]) + dice.random() * 400, dice.randrange(-500, 5000))
        for _ in range(300)
    ]
    with shop(*((member, days, max(amount, 0)) for member, days, amount in rows)) as workbench:
        for as_of in (NOW, NOW - timedelta(days=30)):
            found = workbench.rfm(as_of, lookback).frame()
            expected = slow_rfm([(a, b, max(c, 0)) for a, b, c in rows], as_of, lookback)
            columns = ["recency", "frequency", "monetary", "r", "f", "m"]
            assert {row[0]: row[1:] for row in found[["customer", *columns]].itertuples(index=False)} == expected


def test_a_date_is_the_end_of_that_day_in_seoul() -> None:
    """15:00 UTC is midnight in Seoul: an order at 14:59 is of the day, one at 15:00 of the next."""
    with shop(("a", 0, 100)) as workbench:
        workbench.load(
            orders=pd.DataFrame(
                {
                    "order_id": ["x", "y", "z"],
                    "ts": ["2026-11-10T14:59:59Z", "2026-11-10T15:00:00Z", "2025-11-10T15:00:00Z"],
                    "amount": [1, 2, 4],
                    "member_id": ["b", "b", "b"],
                }
            )
        )
        found = workbench.rfm("2026-11-10").frame().set_index("customer")
        assert found.loc["b", "monetary"] == 1 + 4  # 2025-11-11 in Seoul is within 365 days, 2025-11-10 would not be
        assert found.loc["b", "recency"] == 0
        with pytest.raises(DataError, match="기준일"):
            workbench.rfm("yesterday")


def test_refunds_and_guests() -> None:
    with shop(("a", 3, 1000), (None, 2, 500), visitor_id="v1") as workbench:
        workbench.load(
            orders=pd.DataFrame(
                {
                    "order_id": ["r1", "r2", "p1"],
                    "ts": [NOW.isoformat() + "Z"] * 3,
                    "amount": [900, 700, 300],
                    "member_id": ["a", "a", "a"],
                    "status": ["refunded", "partially_refunded", "pending"],
                    "refunded_amount": [900, 200, 0],
                }
            )
        )
        found = workbench.rfm(NOW).frame().set_index("customer")
        assert found.loc["a", ["frequency", "monetary"]].tolist() == [2, 1500]
        assert found.loc["v:v1", "monetary"] == 500


# --- little to go by ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([], "없어"),
        ([("a", 400, 100), ("a", 0, 0)], "한 명"),
        ([("a", 0, 100)], "한 명"),
        ([(f"m{n}", 0, 100) for n in range(20)], "나뉘지 않아요"),
        ([(f"m{n}", n, 0) for n in range(20)], "0원"),
        ([(None, n, 100 + n) for n in range(5)], "고객"),
    ],
)
def test_a_clear_sentence_and_no_nan(rows: list[tuple[str | None, float, int]], word: str) -> None:
    with shop(*rows) as workbench:
        found = workbench.rfm()
        assert word in found.insight()
        assert found.frame()[["recency", "frequency", "monetary", "r", "f", "m", "grade"]].notna().all().all()
        for kind in ("grid", "treemap"):
            text = found.figure(kind).to_json()
            assert "NaN" not in text
            assert "nan" not in text
        assert workbench.analysis.migration(30).insight()
        workbench.analysis.migration(30).figure()
        visitors = workbench.analysis.rfm(who="visitors")
        assert visitors.frame().empty
        assert visitors.insight()
        with using("en"):
            assert not any("가" <= char <= "힣" for char in found.insight())


def test_an_order_after_now_is_not_there_yet() -> None:
    with shop(("a", 5, 100), ("b", -3, 900)) as workbench:
        assert workbench.rfm(NOW).frame()["customer"].tolist() == ["a"]


# --- grades ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["buyers", "visitors"])
def test_each_of_the_125_combinations_has_one_grade(name: str) -> None:
    from ifdo_core.analysis.grades import expand
    from ifdo_core.lookups import read

    told = [cell for row in read("rfm_grades")[name] for pattern in row["cells"] for cell in expand(pattern)]
    assert sorted(told) == sorted(CELLS)
    table = default_table(name)
    assert set(table.cells) == {grade.ko for grade in table.grades}
    for grade in table.grades:
        assert all(grade.means)
        assert all(grade.todo)
        assert all(text.endswith("요.") for text in (grade.means[0], grade.todo[0]))


def test_a_table_goes_through_its_frame_and_its_dict() -> None:
    table = default_table()
    assert table.with_frame(table.frame()) == table
    assert GradeTable.from_dict(table.to_dict()) == table
    assert table.renamed({"VIP": ("으뜸", "Top")}).cells.count("으뜸") == table.cells.count("VIP")
    broken = table.frame()
    broken.loc[0, "m3"] = None
    with pytest.raises(DataError, match="125"):
        table.with_frame(broken)


def test_the_shops_own_scheme_is_kept_and_its_effect_is_shown_before() -> None:
    rows = [(f"m{n % 30}", n * 3.7 % 300, 10_000 * (n % 13 + 1)) for n in range(200)]
    with shop(*rows) as workbench:
        before = workbench.rfm(NOW)
        limits = Thresholds(recency=(10, 20, 30, 40), frequency=(2, 4, 6, 8), monetary=(1, 2, 3, 4))
        other = Scheme(scoring="fixed", thresholds=limits)
        effect = workbench.analysis.effect(other, NOW)
        assert workbench.rfm(NOW).frame().equals(before.frame()), "asking changes nothing"
        workbench.analysis.keep(other)
        assert workbench.analysis.scheme == other
        after = workbench.rfm(NOW)
        changed = before.frame().merge(after.frame(), on="customer")
        assert effect.moved == int((changed["grade_x"] != changed["grade_y"]).sum()) > 0
        assert set(after.frame()["m"]) == {5}
    with pytest.raises(DataError, match="기준값"):
        Thresholds(recency=(10, 10, 20, 30))


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60), st.booleans())
def test_quintiles_keep_order_and_ties(values: list[int], low_is_good: bool) -> None:
    import numpy as np

    scores = quintiles(np.array(values), low_is_good=low_is_good)
    assert scores.min() >= 1
    assert scores.max() == 5
    sign = -1 if low_is_good else 1
    for value, score in zip(values, scores, strict=True):
        not_better = sum(sign * other <= sign * value for other in values)
        assert score == math.ceil(5 * not_better / len(values))


def test_limits() -> None:
    import numpy as np

    assert by_limits(np.array([0, 30, 31, 240, 241]), (30, 60, 120, 240), low_is_good=True).tolist() == [5, 5, 4, 2, 1]
    assert by_limits(np.array([1, 2, 3, 7, 8]), (2, 3, 5, 8)).tolist() == [1, 2, 3, 4, 5]


# --- moves -----------------------------------------------------------------------------------------


def test_moves_between_grades_add_up() -> None:
    dice = random.Random(3)
    rows = [(f"m{dice.randrange(60)}", dice.random() * 500, dice.randrange(1, 90) * 1000) for _ in range(400)]
    with shop(*rows) as workbench:
        before, after = workbench.rfm(NOW - timedelta(days=30)).frame(), workbench.rfm(NOW).frame()
        moves = workbench.analysis.migration(30, NOW)
        told = moves.frame()
        assert told["customers"].sum() == len(set(before["customer"]) | set(after["customer"]))
        assert told.loc[told["move"] == "gone", "customers"].sum() == len(
            set(before["customer"]) - set(after["customer"])
        )
        vip = told[(told["before"] == "VIP") & (told["after"] == "VIP")]["customers"].sum()
        both = before[before.grade == "VIP"].merge(after[after.grade == "VIP"], on="customer")
        assert vip == len(both)
        assert moves.figure().data
