"""Search over the catalogue, as people type."""

from __future__ import annotations

import pytest

from ifdo_core.catalogue import CONDITIONS
from ifdo_ui.search import find, fold, initials, search


def ids(query: str, limit: int = 30) -> list[str]:
    return [hit.condition.id for hit in search(query, limit)]


@pytest.mark.parametrize(
    "query", ["장바구니", "ㅈㅂㄱㄴ", "장바", "장박", "cart amount", "CART", "장바구니 금액", "ㅈㅂㄱㄴ ㄱㅇ"]
)
def test_the_cart_is_found(query: str) -> None:
    assert "cart.recent_amount" in ids(query)


def test_names_go_before_categories_and_notes() -> None:
    assert ids("방문 횟수")[0] == "traffic.visit_count"
    assert ids("SNS")[0] == "acquisition.sns"
    assert ids("누적구매수")[0] == "purchase.order_count"


@pytest.mark.parametrize("query", ["인스타", "ㅇㅅㅌㄱㄹ", "instagram"])
def test_a_value_is_found_with_its_condition(query: str) -> None:
    hit = next(hit for hit in search(query) if hit.condition.id == "acquisition.sns")
    assert hit.value == "instagram"


@pytest.mark.parametrize("query", ["", "   ", "·", "zzzz", "ㅋㅌㅍㅎㅋㅌ"])
def test_nothing_is_found(query: str) -> None:
    assert search(query) == []


def test_every_condition_is_found_by_its_names() -> None:
    for condition in CONDITIONS.values():
        for name in (condition.ko, condition.en, initials(condition.ko)):
            assert condition.id in ids(name, len(CONDITIONS)), (condition.id, name)


@pytest.mark.parametrize(
    ("word", "place"), [("바구", 1), ("ㅂㄱ", 1), ("바ㄱ", 1), ("박", 1), ("밧", -1), ("니", 3), ("ㄱㅂ", -1)]
)
def test_half_typed_syllables(word: str, place: int) -> None:
    assert find(word, "장바구니") == place


def test_fold() -> None:
    assert fold("최근 장바구니-금액(원)") == "최근장바구니금액원"
    assert initials("SNS 유입") == "snsㅇㅇ"
