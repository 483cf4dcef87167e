"""Recommendations: measured exactly, without a look past the cut, within the shop's rules, with true reasons."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from ifdo_core import Workbench
from ifdo_core.errors import DataError
from ifdo_core.recommend.evaluate import METHODS, best_of, evaluate, interval, ranks, split
from ifdo_core.recommend.history import DAY, Questions, history_of
from ifdo_core.recommend.methods import Ease, OwnHistory, Popularity
from ifdo_core.recommend.policy import Policy
from ifdo_core.recommend.questions import hidden_in_turn
from ifdo_core.recommend.ranking import Ranked
from tests.unit.recommend.shops import baskets_of, random_lists

NOW = datetime(2026, 11, 24)
SIMPLE = {task: {name: make for name, make in made.items() if name != "blend"} for task, made in METHODS.items()}


def shop_of(seed: int = 1, orders: int = 1_500, days: int = 200):
    """A shop of 60 buyers who come again."""
    rng = np.random.default_rng(seed)
    when = sorted(rng.integers(0, days, orders).tolist())
    people = [f"m:{person}" for person in rng.integers(0, 60, orders)]
    return baskets_of(random_lists(seed, orders), days=when, people=people)


@pytest.mark.parametrize("task", list(METHODS))
@pytest.mark.parametrize("name", ["popularity", "rules", "knn", "ease", "own", "ease_own", "neighbours"])
def test_a_method_learns_before_the_cut_only(task: str, name: str) -> None:
    """The future is replaced by nonsense: nothing that was learned changes."""
    if name not in SIMPLE[task]:  # type: ignore[index]
        return
    baskets = shop_of()
    cut = baskets.ts.max() - 28 * DAY
    honest, later = split(baskets, cut, 5)
    changed = baskets_of([["i00", "i13"]] * 3)  # another future
    mixed = shop_of()
    mixed.matrix.data[np.repeat(mixed.ts > cut, mixed.sizes)] = 0
    mixed.matrix.eliminate_zeros()
    blind, _ = split(mixed, cut, 5)
    assert len(changed)
    questions, _ = hidden_in_turn(later, np.ones(len(later.ts), dtype=bool))
    told = []
    for history in (honest, blind):
        method = SIMPLE[task][name]()  # type: ignore[index]
        method.fit(history)
        told.append(method.scores(questions.part(0, 200)))
    assert (told[0] == told[1]).all()


def test_the_blend_learns_before_the_cut_only() -> None:
    baskets = shop_of(orders=900)
    cut = baskets.ts.max() - 28 * DAY
    history, later = split(baskets, cut, 5)
    assert history.ts.max() <= cut < later.ts.min()
    questions, _ = hidden_in_turn(later, np.ones(len(later.ts), dtype=bool))
    told = []
    for _ in range(2):
        method = Ranked("cart")
        method.fit(history)  # all it is given ends at the cut; the same seed gives the same judge
        told.append(method.scores(questions.anonymous().part(0, 50)))
    assert np.array_equal(told[0], told[1])
    assert history.until(cut - 28 * DAY).ts.max() <= cut - 28 * DAY


def test_ranks_and_metrics_equal_plain_loops() -> None:
    baskets = shop_of(3)
    found = evaluate(baskets, NOW, fewest=5, tasks=("cart",), methods=SIMPLE)
    history, later = split(baskets, baskets.ts.max() - 28 * DAY, 5)
    popular = history.counts
    hits, gains = [], []
    for row in range(later.orders.shape[0]):
        items = later.orders[row].indices.tolist()
        if len(items) < 3:
            continue
        hit, gain = [], []
        for hidden in items:
            open_items = [item for item in range(len(popular)) if item not in items or item == hidden]
            above = sum(popular[item] > popular[hidden] for item in open_items)
            equal = sum(popular[item] == popular[hidden] for item in open_items) - 1
            rank = 1 + above + equal / 2
            hit.append(rank <= 10)
            gain.append(1 / np.log2(rank + 1) if rank <= 10 else 0.0)
        hits.append(np.mean(hit))
        gains.append(np.mean(gain))
    row = found.frame().set_index("method").loc["popularity"]
    assert row["orders"] == len(hits)
    assert row["hit"] == pytest.approx(np.mean(hits))
    assert row["ndcg"] == pytest.approx(np.mean(gains))
    assert row["hit_low"] < row["hit"] < row["hit_high"]


def test_ease_finds_the_planted_pair_and_beats_popularity() -> None:
    baskets = shop_of(4, 3_000)
    found = evaluate(baskets, NOW, fewest=5, tasks=("cart",), methods=SIMPLE)
    gaps = found.differences().set_index(["method", "against"])
    assert gaps.loc[("ease", "popularity"), "ndcg"] > 0
    history = history_of(baskets, baskets.ts.max(), 5)
    ease = Ease()
    ease.fit(history)
    three, five = (int(np.flatnonzero(history.items == item)[0]) for item in ("i03", "i05"))
    from scipy.sparse import csr_matrix

    cart = csr_matrix(([1.0], ([0], [three])), shape=(1, len(history.items)))
    asked = Questions(cart, np.array([-1]), baskets.ts[-1:])
    assert best_of(ease.scores(asked), asked)[0][0] == five


def test_who_is_unknown_gets_what_is_popular() -> None:
    baskets = shop_of()
    history = history_of(baskets, baskets.ts.max(), 5)
    own, popular = OwnHistory(), Popularity()
    for method in (own, popular):
        method.fit(history)
    from scipy.sparse import csr_matrix

    asked = Questions(csr_matrix((1, len(history.items))), np.array([-1]), baskets.ts[-1:])
    assert (best_of(own.scores(asked), asked) == best_of(popular.scores(asked), asked)).all()


def test_ties_share_the_middle() -> None:
    from scipy.sparse import csr_matrix

    asked = Questions(
        csr_matrix(([1.0], ([0], [0])), shape=(1, 4)), np.array([-1]), np.array(["2026-01-01"], "datetime64[us]")
    )
    assert ranks(np.zeros((1, 4), dtype=np.float32), asked, np.array([1]))[0] == 2.0  # of three open places


def test_the_interval_covers_the_mean() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(100):
        low, high = interval(rng.normal(1, 1, 80), 400)
        inside += low <= 1 <= high
    assert 88 <= inside <= 99


@pytest.mark.parametrize("lists", [[["a"]], [["a", "b"]], [["a", "b", "c"]] * 5])
def test_few_orders_are_said_not_measured(lists: list[list[object]]) -> None:
    found = evaluate(baskets_of(lists), NOW, fewest=1, methods=SIMPLE)
    assert found.frame().empty
    assert "적어" in found.insight()
    assert found.best("cart") is None


@pytest.fixture(scope="module")
def shop() -> Workbench:
    lines: list[tuple[str, str]] = []
    orders: list[dict[str, object]] = []
    start = datetime(2026, 9, 1)
    for n in range(60):
        goods = ["P1", "P2"] if n % 3 else ["P1", "P3", "P4"]
        goods = ["P5"] if n >= 45 else goods + (["P5"] if n % 5 == 0 else [])
        lines += [(f"o{n}", product) for product in goods]
        orders.append({"order_id": f"o{n}", "ts": start + timedelta(days=n), "amount": 1000, "status": "paid",
                       "member_id": f"m{n % 7}"})  # fmt: skip
    items = pd.DataFrame(lines, columns=["order_id", "product_id"]).assign(quantity=1, price=500)
    products = pd.DataFrame(
        [
            ("P1", "순한 비누 (100g)", "욕실 > 비누", 3000, 1000, 5), ("P2", "수건 (대)", "욕실 > 수건", 9000, 4000, 3),
            ("P3", "순한 비누 (300g)", "욕실 > 비누", 7000, 2000, 9), ("P4", "머그컵", "주방", 12000, 3000, 0),
            ("P5", "접시", "주방", 8000, 2000, 4), ("P9", "순한 비누 (50g)", "욕실 > 비누", 2000, 500, 7),
        ],
        columns=["product_id", "name", "category", "price", "cost", "stock"],
    )  # fmt: skip
    workbench = Workbench.open("duckdb:///:memory:")
    workbench.load(orders=pd.DataFrame(orders), order_items=items, products=products)
    return workbench


def names(found: object) -> list[str]:
    return found.frame()["product"].tolist()  # type: ignore[attr-defined]


def test_a_product_s_partners_with_the_reason(shop: Workbench) -> None:
    found = shop.recommend(product="P1", k=3)
    assert names(found)[0] == "P2"
    assert "67 %" in found.frame()["why"][0]  # 30 of the 45 orders with P1
    assert "P3" not in names(found)  # another size of the same soap
    assert "P4" not in names(found)  # sold out
    assert "P3" in names(shop.recommend(product="P1", k=5, policy=Policy(same_model=True)))
    assert "P4" in names(shop.recommend(product="P1", k=5, policy=Policy(in_stock=False)))


def test_the_shop_s_rules(shop: Workbench) -> None:
    assert names(shop.recommend(product="P1", policy=Policy(allowed=("주방",), in_stock=False)))[0] in {"P4", "P5"}
    assert "P2" not in names(shop.recommend(product="P1", policy=Policy(blocked=("욕실",))))
    assert names(shop.recommend(product="P1", policy=Policy(price_high=8500))) == ["P5"]
    pinned = shop.recommend(product="P1", k=2, policy=Policy(pinned=("P9",)))
    assert names(pinned)[0] == "P9"
    assert pinned.frame()["why"][0] == "직접 고정한 상품"
    lately = shop.recommend(member="m1", policy=Policy(not_bought_days=365, in_stock=False, same_model=True))
    assert not set(names(lately)) & set(names(shop.recommend(member="m1", k=2)))
    with pytest.raises(DataError):
        Policy(margin_weight=2)
    with pytest.raises(DataError):
        Policy(price_low=2, price_high=1)


def test_a_new_product_is_stood_in_for_by_those_like_it(shop: Workbench) -> None:
    found = shop.recommend(product="P9", k=3, policy=Policy(same_model=True))
    assert "P2" in names(found)
    assert "비슷한" in found.frame().set_index("product").loc["P2", "why"]
    with pytest.raises(DataError) as refused:
        shop.recommend(product="nothing")
    assert refused.value.code == "unknown_product"


def test_members_segments_and_bad_questions(shop: Workbench) -> None:
    own = shop.recommend(member="m1", k=3, policy=Policy(same_model=True))
    assert "번 산 상품" in own.frame()["why"][0]
    assert names(shop.recommend(member="nobody"))[0] == "P1"  # what is popular
    segment = {"format": 1, "name": "산 사람", "where": {"condition": "purchase.order_count", "op": "gte", "value": 1}}
    if shop.holdings.has("events"):
        assert names(shop.recommend(segment=segment))
    for asked in ({}, {"product": "P1", "basket": ["P2"]}, {"member": "m1", "segment": segment}):
        with pytest.raises(DataError):
            shop.recommend(**asked)
    with pytest.raises(DataError):
        shop.recommend(product="P1", k=0)


def test_the_export_has_every_product(shop: Workbench) -> None:
    out = shop.together.export(shop.now, 2)
    assert set(out["product"]) == {"P1", "P2", "P3", "P4", "P5"}
    assert (out.groupby("product")["rank"].max() <= 2).all()
    document = shop.recommend(product="P1", k=2).document()
    assert [item["product"] for item in document["items"]] == names(shop.recommend(product="P1", k=2))


def test_a_bundle_tells_what_it_takes(shop: Workbench) -> None:
    plan = shop.together.bundle(shop.now, ("P1", "P2"), 0.1)
    assert (plan.price, plan.bundle_price) == (12_000, 10_800)
    assert plan.given_away == plan.orders_both * 1_200
    assert plan.cannibalises  # two in three orders hold both anyway
    assert plan.extra_profit[0] <= plan.extra_profit[1] <= plan.extra_profit[2]
    assert "손해" in plan.insight()
    for bad in (("P1", "P1"), ("P1", "nothing")):
        with pytest.raises(DataError):
            shop.together.bundle(shop.now, bad, 0.1)
