"""The screens of products: from a pair to its people, as a segment and as a message."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.ui.conftest import Open, shown


@pytest.mark.parametrize("language", ["ko", "en"])
def test_who_bought_one_and_not_the_other_becomes_a_segment_and_a_draft(app: Open, language: str) -> None:
    from ifdo_ui import cache

    test = app("together", lang=language, view="product")
    label = {"ko": "메시지 쓰기", "en": "Write a message"}[language]
    button = next(one for one in test.button if one.label == label)
    button.click().run()
    assert not test.exception
    [draft] = cache.store().messages.list()
    [saved] = cache.store().list()
    workbench = cache.shop().workbench
    assert len(workbench.members(saved.readable(), "now"))
    [box] = [one for one in test.selectbox if one.key == "composer.segment"]
    assert box.value == saved.id
    checked = workbench.messages.check(_message(draft.tree))
    assert not [problem for problem in checked.problems if problem.severity == "error"]
    assert "#{이름}" in draft.tree
    assert {"ko": "브랜드 메시지", "en": "Brand messages"}[language] in shown(test)


def test_the_same_people_are_kept_once(app: Open) -> None:
    from ifdo_ui import cache

    for _ in range(2):
        test = app("together", view="product")
        next(one for one in test.button if one.label == "메시지 쓰기").click().run()
    assert len(cache.store().list()) == 1
    assert len(cache.store().messages.list()) == 2


@pytest.mark.parametrize("view", ["cart", "product", "member"])
def test_a_first_look_at_recommendations_shows_some(app: Open, view: str) -> None:
    """With the best seller in the cart, or for some member; emptied, it says what to do."""
    test = app("recommend", view=view)
    assert not test.exception
    assert "ifdo-picks" in "".join(str(one.proto) for one in test.get("html"))
    if view == "cart":
        test.multiselect(key="recommend.cart").set_value([]).run()
        assert "여기에 추천이 나와요" in shown(test)


ODD = {
    "one order": ([["a", "b", "c"]], ["a", "b", "c"], {
        ("together", "network"): "아직 없어요",
        ("together", "bundle"): "상품 a",
        ("recommend", "product"): "상품 b",
    }),
    "no catalogue": ([["a", "b"]] * 30 + [["b", "c"]] * 30, [], {
        ("together", "network"): "주문 60건",
        ("together", "bundle"): "가격이나 원가를 몰라",
        ("recommend", "product"): "많이 팔리는 상품 2위",
    }),
    "a product that left the catalogue": ([["old", "a"]] * 60 + [["b", "c"]] * 30, ["a", "b", "c"], {
        ("together", "network"): "상품 b",
        ("together", "product"): "지금 상품 목록에 없어서 권하지 않아요",
        ("recommend", "product"): "‘상품 a’와 함께",
    }),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_odd_shops_get_a_clear_sentence(app: Open, tmp_path: Path, kind: str) -> None:
    from ifdo_core import Workbench

    orders, catalogue, expected = ODD[kind]
    url = str(tmp_path / "odd.duckdb")
    number = range(len(orders))
    head = pd.DataFrame({"order_id": number, "amount": 1000, "member_id": [f"m{n % 7}" for n in number],
                         "ts": pd.date_range("2026-09-01", periods=len(orders), freq="h")})  # fmt: skip
    lines = pd.DataFrame([(n, item) for n in number for item in orders[n]], columns=["order_id", "product_id"])
    more = {"products": pd.DataFrame({"product_id": catalogue, "price": 1000, "cost": 600,
                                      "name": [f"상품 {item}" for item in catalogue]})}  # fmt: skip
    with Workbench.open(url) as workbench:
        workbench.load(orders=head, order_items=lines.assign(quantity=1, price=500), **(more if catalogue else {}))
    for (page, view), sentence in expected.items():
        test = app(page, url=url, view=view)
        assert not test.exception
        told = shown(test) + "".join(str(box.value) + "".join(box.options) for box in test.selectbox)
        assert sentence in told, (page, view)
        assert "문제가 생겨" not in told
        assert "최소 지지도와 확신도는" not in told


def _message(tree: str) -> object:
    from ifdo_core.messages import Message

    return Message.from_json(tree)
