"""Rules: equal to mlxtend, honest about chance, and with a sentence where there is nothing."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from mlxtend.frequent_patterns import association_rules, fpgrowth
from scipy.stats import fisher_exact

from ifdo_core import Workbench
from ifdo_core.errors import DataError
from ifdo_core.i18n import using
from ifdo_core.recommend import figures
from ifdo_core.recommend.metrics import METRICS
from ifdo_core.recommend.rules import COLUMNS, Rules, find_rules
from ifdo_core.recommend.significance import fisher, fisher_less, lift_interval
from tests.unit.recommend.shops import baskets_of, random_lists

NOW = datetime(2026, 11, 24)


def keyed(frame: pd.DataFrame) -> pd.DataFrame:
    key = [(tuple(sorted(a)), tuple(sorted(c))) for a, c in zip(frame.antecedents, frame.consequents, strict=True)]
    return frame.assign(key=key).set_index("key").sort_index()[list(METRICS)].astype(float)


@pytest.mark.parametrize(
    ("seed", "support", "max_len"), [(1, 0.02, 2), (2, 0.01, None), (3, 0.005, 3), (4, 0.05, None)]
)
def test_rules_equal_mlxtend(seed: int, support: float, max_len: int | None) -> None:
    baskets = baskets_of(random_lists(seed))
    table = pd.DataFrame(baskets.matrix.toarray().astype(bool), columns=baskets.items)
    sets = fpgrowth(table, min_support=support, use_colnames=True, max_len=max_len)
    theirs = keyed(association_rules(sets, metric="confidence", min_threshold=0.1003))
    ours = keyed(find_rules(baskets, NOW, min_support=support, min_confidence=0.1003, max_len=max_len).frame())
    assert len(ours) > 10
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9, atol=1e-9, check_index_type=False)


def test_fisher_is_exact() -> None:
    rng = np.random.default_rng(0)
    n_a, n_c, baskets = rng.integers(5, 300, 60), rng.integers(5, 300, 60), 400
    low = np.maximum(0, n_a + n_c - baskets)
    both = rng.integers(low, np.minimum(n_a, n_c) + 1)
    for a, c, b, more, less in zip(
        n_a, n_c, both, fisher(both, n_a, n_c, baskets), fisher_less(both, n_a, n_c, baskets), strict=True
    ):
        table = [[b, a - b], [c - b, baskets - a - c + b]]
        assert more == pytest.approx(fisher_exact(table, "greater").pvalue, rel=1e-8, abs=1e-12)
        assert less == pytest.approx(fisher_exact(table, "less").pvalue, rel=1e-8, abs=1e-12)


def test_fisher_of_large_counts() -> None:
    from scipy.stats import hypergeom

    found = fisher(np.array([3_300]), np.array([50_000]), np.array([60_000]), 1_000_000)[0]
    assert found == pytest.approx(hypergeom.sf(3_299, 1_000_000, 50_000, 60_000), rel=1e-6)


def test_chance_alone_makes_few_rules() -> None:
    """500 products bought independently: one in twenty such shops may show some rule, not each."""
    with_some = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        lists = [[f"i{i}" for i in np.flatnonzero(rng.random(40) < 0.06)] or ["i0"] for _ in range(600)]
        found = find_rules(baskets_of(lists), NOW, min_support=0.005, min_confidence=0.0).frame()
        with_some += bool((found["q_value"] <= 0.05).any())
    assert with_some <= 4


def test_the_interval_of_the_lift_covers() -> None:
    rng = np.random.default_rng(2)
    cells = rng.multinomial(2_000, [0.012, 0.05, 0.08, 0.858], 4_000)
    low, high = lift_interval(cells[:, 0], cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2], 2_000)
    lift = 0.012 / (0.062 * 0.092)
    assert 0.93 <= ((low <= lift) & (lift <= high)).mean() <= 0.97


def test_redundant_rules_are_folded() -> None:
    lists: list[list[object]] = [["a", "b"]] * 60 + [["a", "b", "c"]] * 20 + [["c"]] * 30 + [["d"]] * 50
    frame = find_rules(baskets_of(lists), NOW, min_support=0.05, min_confidence=0.2, max_len=3).frame()
    folded = {(tuple(sorted(a)), tuple(c)) for a, c in
              zip(*(frame.loc[frame.redundant, side] for side in ("antecedents", "consequents")), strict=True)
              if len(c) == 1}  # fmt: skip
    assert (("a", "c"), ("b",)) in folded  # 'a' alone says b as surely
    assert (("a",), ("b",)) not in folded


def test_timing_tells_a_season_and_a_single_campaign() -> None:
    rng = np.random.default_rng(5)
    days = sorted(rng.integers(0, 364, 2_000).tolist())
    lists: list[list[object]] = []
    for day in days:
        items = ["x"] if rng.random() < 0.5 else ["y", "z"]
        if 150 <= day < 220 and rng.random() < 0.5:
            items += ["summer", "ice"]
        if 300 <= day < 306 and rng.random() < 0.9:
            items += ["gift", "card"]
        lists.append(items)
    frame = find_rules(baskets_of(lists, days=days), NOW, min_support=0.005).frame()
    told = {
        (min(a), min(c)): word for a, c, word in zip(frame.antecedents, frame.consequents, frame.timing, strict=True)
    }
    assert told["summer", "ice"] == "seasonal"
    assert told["gift", "card"] == "one_off"
    assert told["y", "z"] == "steady"
    few = baskets_of([["a", "b"]] * 8 + [["c"]] * 90, people=["p1"] * 4 + ["p2"] * 4 + [f"q{n}" for n in range(90)])
    frame = find_rules(few, NOW, min_support=0.02).frame()
    assert set(frame["timing"]) == {"one_off"}
    assert set(frame["buyers"]) == {2}


def test_the_support_is_chosen_and_the_ladder_counts() -> None:
    found = find_rules(baskets_of(random_lists(9, 3_000, 40)), NOW)
    assert found.chosen
    above = found.pairs.at_least(found.ladder().chosen)
    assert len(above)
    for row in found.ladder().frame(0.1).itertuples():
        asked = find_rules(found.source, NOW, min_support=row.support, min_confidence=0.1)
        assert len(asked.frame()) == row.rules, row
    assert found.ladder().frame()["pairs"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("lists", "word"),
    [
        ([], "주문이 없어요"),
        ([["a"]], "한 가지만"),
        ([["a"], ["b"], ["a"]], "한 가지만"),
        ([["a", "b"]], "규칙이 없어요"),
    ],
)
def test_a_shop_without_rules_says_why(lists: list[list[object]], word: str) -> None:
    found = find_rules(baskets_of(lists), NOW)
    assert list(found.frame().columns) == list(COLUMNS)
    assert len(found.frame()) == 0
    assert word in found.insight()
    assert found.figure().layout.annotations
    assert found.heat_map().layout.annotations
    with using("en"):
        assert not any("가" <= char <= "힣" for char in found.insight())


def test_one_product_in_every_basket_is_no_finding() -> None:
    lists: list[list[object]] = [["bag", f"i{n % 4}"] for n in range(200)]
    frame = find_rules(baskets_of(lists), NOW).frame()
    assert (frame["lift"] == 1).all()
    assert (frame["q_value"] == 1).all()
    assert frame["redundant"].all()
    assert np.isinf(frame.loc[[c == {"bag"} for c in frame.consequents], "conviction"]).all()
    assert "아직 없어요" in find_rules(baskets_of(lists), NOW).insight()


def test_partners_are_bought_together_beyond_chance() -> None:
    """a and b meet in 10 of 110 orders where chance would have 33; a and c in 50 where it would have 27."""
    lists: list[list[object]] = [["a", "b"]] * 10 + [["a", "c"]] * 50 + [["b"]] * 50
    found = find_rules(baskets_of(lists), NOW, min_support=0.01)
    lift = {(min(row.antecedents), min(row.consequents)): row.lift for row in found.frame().itertuples()}
    assert lift["a", "b"] < 1 < lift["a", "c"]
    assert found.partners("a")["consequents"].tolist() == [frozenset("c")]


def test_pictures_stay_readable() -> None:
    """Every row of the heat map has a pair, one product's surroundings have room for their names, and names stand in
    three short lines at most."""
    lists: list[list[object]] = [[f"상품 {n % 60} (아주 긴 이름 12345)", f"짝 {n % 30}", "가운데"][: 2 + (n % 3 > 0)]
                                 for n in range(3_000)]  # fmt: skip
    found = find_rules(baskets_of(lists), NOW, min_support=0.002, min_confidence=0.01)
    lift = np.array(found.heat_map().data[0]["z"], dtype=float)
    assert np.isfinite(lift).any(axis=1).all()
    names = found.figure(found.named_items()[0][0]).data[-1]["text"]
    assert 2 <= len(names) <= 12
    assert all(name.count("<br>") <= 2 for name in names)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"min_support": 0.0}, "share_out_of_range"),
        ({"min_confidence": 1.5}, "share_out_of_range"),
        ({"max_len": 0}, "max_len"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, float], code: str) -> None:
    with pytest.raises(DataError) as refused:
        find_rules(baskets_of([["a", "b"]]), NOW, **asked)
    assert refused.value.code == code


def test_pictures_stay_readable_with_many_products() -> None:
    rng = np.random.default_rng(0)
    lists = [[f"i{pair}a", f"i{pair}b"] for pair in rng.integers(0, 1_000, 8_000)]
    found = find_rules(baskets_of(lists), NOW, min_support=3 / 8_000)
    assert len(found.frame()) > 1_500
    figure = found.figure()
    assert len(figure.data) <= 62
    assert "쌍 중" in figure.layout.title.text


@pytest.fixture(scope="module")
def shop() -> Workbench:
    lines = [("o1", "P1"), ("o1", "P2"), ("o2", "P1"), ("o2", "gone"), ("o3", "P1"), ("o3", "P2"), ("o4", "P3")]
    orders = pd.DataFrame({"order_id": ["o1", "o2", "o3", "o4"], "amount": 1000, "member_id": ["m1", "m2", "m3", "m4"],
                           "ts": pd.date_range("2026-11-01", periods=4, freq="D"),
                           "status": ["paid", "paid", "cancelled", "paid"]})  # fmt: skip
    items = pd.DataFrame(lines, columns=["order_id", "product_id"]).assign(quantity=1, price=500)
    products = pd.DataFrame(
        {"product_id": ["P1", "P2", "P3"], "name": ["비누", "수건", "컵"], "category": ["욕실"] * 2 + [None]}
    )
    workbench = Workbench.open("duckdb:///:memory:")
    workbench.load(orders=orders, order_items=items, products=products)
    return workbench


def test_the_workbench_asks_valid_orders_only(shop: Workbench) -> None:
    found = shop.rules(min_support=0.1)
    assert isinstance(found, Rules)
    assert (found.baskets, found.items) == (3, 4)  # the cancelled order counts for nothing
    assert {frozenset(a | c) for a, c in zip(found.rules.antecedents, found.rules.consequents, strict=True)} == {
        frozenset({"P1", "P2"}), frozenset({"P1", "gone"}),
    }  # fmt: skip
    assert set(found.table()["if"]) <= {"비누", "수건", "gone (목록에 없는 상품)"}
    category = shop.rules("category", min_support=0.1)
    assert category.baskets == 2  # the order whose product has no category is no basket here
    with pytest.raises(DataError):
        shop.rules("colour")  # type: ignore[arg-type]


def test_the_title_of_the_heat_map_names_a_pair_that_stands_in_it() -> None:
    """The strongest pair of all may be too rare to be among those that are drawn."""
    pairs = 14
    rules = pd.DataFrame(
        {
            "antecedents": [frozenset({f"a{n}"}) for n in range(pairs)],
            "consequents": [frozenset({f"b{n}"}) for n in range(pairs)],
            "lift": [2.0 + n for n in range(pairs - 1)] + [100.0],
            "confidence": 0.5,
            "baskets": 10,
            "q_value": 0.001,
            "leverage": [0.5 - n / 100 for n in range(pairs)],
        }
    )
    figure = figures.heat_map(rules, lambda item: item)
    told = [text for text in figure.data[0].customdata.ravel() if text]
    drawn = {float(text.split("우연의 ")[1].split("배")[0]) for text in told}
    title = figure.layout.title.text.replace("<br>", " ")
    assert f"{max(drawn):.1f}배" in title
    assert "100" not in title
