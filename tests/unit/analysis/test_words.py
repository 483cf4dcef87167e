"""Names and dates of customers as the screens say them."""

from __future__ import annotations

import pytest

from ifdo_core.analysis.customers import shown_name
from ifdo_core.i18n import using
from ifdo_ui.analysis.value import _due


@pytest.mark.parametrize(
    ("name", "korean", "english"),
    [
        ("M000172", "M000172", "M000172"),
        ("v:c12", "방문자 c12", "Visitor c12"),
        ("o:9", "비회원 주문 9", "Guest order 9"),
        ("v:a:b", "방문자 a:b", "Visitor a:b"),
        ("x:y", "x:y", "x:y"),
    ],
)
def test_a_customer_without_a_membership_is_named_in_words(name: str, korean: str, english: str) -> None:
    with using("ko"):
        assert shown_name(name) == korean
    with using("en"):
        assert shown_name(name) == english


@pytest.mark.parametrize(
    ("days", "told"),
    [(12.4, "12일 뒤"), (-3.2, "3일 지남"), (0.3, "오늘"), (-0.4, "오늘"), (float("nan"), "한 번 구매")],
)
def test_the_next_purchase_is_told_without_a_negative_number(days: float, told: str) -> None:
    with using("ko"):
        assert _due(days) == told
