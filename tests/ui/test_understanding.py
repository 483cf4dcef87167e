"""A sentence in the builder's search: offered as conditions, added by a click or all at once."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from ifdo_core.segments.model import AllOf, Leaf
from tests.ui.conftest import Open, shown

TEXT = "최근 7일 장바구니 7만원 이상, 인스타그램"
CART, SNS = Leaf("cart.recent_amount", "gte", 70_000), Leaf("acquisition.sns", "in", ("instagram",))


def typed(app: Open, text: str, **params: str) -> AppTest:
    test = app("segments", segment="new", **params)
    return test.text_input(key="conditions.query.0").input(text).run()


def draft(test: AppTest) -> object:
    return test.session_state["ifdo"].builder.draft.node


def test_a_sentence_is_offered_part_by_part(app: Open) -> None:
    test = typed(app, TEXT)
    assert not test.exception
    assert "최근 장바구니 금액 7만원 이상" in shown(test)
    test.button(key="understood.1.0").click().run()
    assert draft(test) == AllOf((SNS,))


def test_all_of_it_is_added_at_once(app: Open) -> None:
    test = typed(app, TEXT)
    test.button(key="understood.all").click().run()
    assert not test.exception
    assert draft(test) == AllOf((CART, SNS))
    assert test.text_input(key="conditions.query.1").value == ""


def test_what_is_not_understood_is_said(app: Open) -> None:
    test = typed(app, "cart over 50,000 won, blorb", lang="en")
    said = shown(test).replace("\\", "")
    assert "Not understood: blorb" in said
    assert "Recent cart amount is more than ₩50,000" in said


def test_a_word_alone_is_a_search(app: Open) -> None:
    test = typed(app, "장바구니")
    assert "이렇게 이해했어요" not in shown(test)
