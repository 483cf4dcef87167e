"""Editing in the builder, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ifdo_core import Segment
from ifdo_core.segments.link import pack
from ifdo_core.segments.model import AllOf, Leaf, Node
from ifdo_ui import cache
from ifdo_ui.builder.examples import CART, OFTEN
from tests.ui.conftest import ROOT, Open, panel, shown


def numbers(test: AppTest, node: Node) -> None:
    preview = cache.shop().workbench.preview(Segment(node))
    assert f"<b>{preview.visits_7d:,}건</b>" in panel(test)
    assert not test.exception


def button(test: AppTest, key: str):
    return next(item for item in test.button if item.key == key)


def test_a_number_is_edited_and_undone(app: Open) -> None:
    test = app("segments", segment="example.often")
    first = next(item for item in test.number_input if item.label == "방문 횟수")
    first.set_value(7).run()
    seven = AllOf((Leaf("traffic.visit_count", "gte", 7), Leaf("purchase.order_count", "lte", 0)))
    numbers(test, seven)
    button(test, "head.undo").click().run()
    numbers(test, OFTEN)
    assert next(item for item in test.number_input if item.label == "방문 횟수").value == 5
    button(test, "head.redo").click().run()
    numbers(test, seven)


def test_nobody_is_no_sliver_of_a_bar(app: Open) -> None:
    nobody = Segment(AllOf((Leaf("traffic.visit_count", "gte", 100_000), Leaf("purchase.order_count", "lte", 0))))
    test = app("segments", segment=pack(nobody))
    share = next(str(html.value) for html in test.get("html") if "ifdo-share" in str(html.value))
    assert '<div class="ifdo-bar"></div>' in share


@pytest.mark.parametrize(("typed", "won"), [("7만", 70_000), ("62,500", 62_500), ("3만 5천원", 35_000)])
def test_money_is_typed_as_people_say_it(app: Open, typed: str, won: int) -> None:
    test = app("segments", segment="example.cart")
    next(item for item in test.text_input if item.label == "최근 장바구니 금액").set_value(typed).run()
    numbers(test, AllOf((Leaf("cart.recent_amount", "gte", won),)))
    assert next(item for item in test.text_input if item.label == "최근 장바구니 금액").value == typed
    beside = [item.value for item in test.text if f"(= {won:,})" in item.value]
    assert len(beside) == (typed != f"{won:,}")  # what was typed stays, with its reading beside it


def test_what_is_no_amount_is_said_and_the_old_one_stays(app: Open) -> None:
    test = app("segments", segment="example.cart")
    next(item for item in test.text_input if item.label == "최근 장바구니 금액").set_value("많이").run()
    assert "금액으로 읽을 수 없어요" in shown(test)  # the tree alone was drawn again
    test.run()
    numbers(test, CART)


def test_the_operator_is_changed_and_the_value_follows(app: Open) -> None:
    test = app("segments", segment="example.cart")
    operator = next(item for item in test.selectbox if item.label == "최근 장바구니 금액 비교 방법")
    operator.set_value("between").run()
    fields = [item for item in test.text_input if item.label.startswith("최근 장바구니 금액")]
    assert [field.value for field in fields] == ["50,000", "50,000"]
    fields[1].set_value("10만").run()
    numbers(test, AllOf((Leaf("cart.recent_amount", "between", (50_000, 100_000)),)))
    fields = [item for item in test.text_input if item.label.startswith("최근 장바구니 금액")]
    fields[1].set_value("1만").run()
    assert "시작이 끝보다 커요" in shown(test)


def test_a_condition_is_picked_from_the_list(app: Open) -> None:
    test = app("segments", segment="new")
    assert "어떤 방문을 찾을까요?" in shown(test)
    next(item for item in test.text_input if item.key == "conditions.query.0").set_value("ㅈㅂㄱㄴ").run()
    button(test, "pick.found.cart.recent_amount").click().run()
    numbers(test, CART)
    button(test, "new.none").click().run()
    next(item for item in test.text_input if item.key == "conditions.query.0").set_value("인스타그램").run()
    button(test, "pick.found.acquisition.sns").click().run()
    from ifdo_core.segments.model import AnyOf, Not

    numbers(test, AllOf((*CART.parts, Not(AnyOf((Leaf("acquisition.sns", "in", ("instagram",)),))))))


def test_every_condition_can_be_drawn(app: Open) -> None:
    """Each entry's example has inputs for its value and parameters, and its row in the panel."""
    from ifdo_core.catalogue import CONDITIONS
    from ifdo_core.segments.edit import default_leaf

    ids = list(CONDITIONS)
    for start in range(0, len(ids), 12):
        some = AllOf(tuple(default_leaf(condition_id) for condition_id in ids[start : start + 12]))
        test = app("segments", segment=pack(Segment(some)))
        assert not test.exception, ids[start : start + 12]
        assert not test.error, [error.value for error in test.error]


def test_a_long_segment_is_sentences_with_one_open(app: Open) -> None:
    many = AllOf(tuple(Leaf("traffic.visit_count", "gte", number) for number in range(1, 31)))
    test = app("segments", segment=pack(Segment(many)))
    numbers(test, many)
    assert not test.number_input
    next(item for item in test.button if item.label.startswith("방문 횟수 7")).click().run()
    assert [item.value for item in test.number_input] == [7]


def test_saving_names_and_lists_it(app: Open) -> None:
    test = app("segments", segment="example.often")
    next(item for item in test.text_input if item.label == "세그먼트 이름").set_value("단골 후보").run()
    button(test, "head.save").click().run()
    assert [item.name for item in cache.store().list()] == ["단골 후보"]
    button(test, "head.back").click().run()
    assert "단골 후보" in shown(test)
    saved = cache.store().list()[0]
    button(test, f"open.{saved.id}").click().run()
    numbers(test, OFTEN)


def test_a_session_s_own_shop_is_not_the_demo(app: Open) -> None:
    """Numbers of one shop are never shown in another."""
    demo = app("segments", segment="example.cart")
    numbers(demo, CART)
    own = app("data")
    button(own, "trial.start").click().run()
    assert not own.exception
    assert "내 데이터로 써 보는 중이에요" in shown(own)
    own.switch_page(str(ROOT / "pages" / "segments.py"))
    own.query_params["segment"] = "example.cart"
    own.run()
    assert "조회할 수 없음" in panel(own)
    demo.run()
    numbers(demo, CART)


def test_what_is_written_by_hand_says_how_and_what_is_wrong(app: Open) -> None:
    steps = Leaf("behaviour.event_sequence", "gte", 1, (("days", 7), ("steps", "view_item>add_to_cart")))
    test = app("segments", segment=pack(Segment(AllOf((steps,)))))
    field = next(item for item in test.text_input if item.label == "행동의 순서")
    assert field.placeholder == "예: view_item>add_to_cart"
    assert "일어난 순서대로" in field.help
    field.set_value("view_item").run()
    assert "행동의 순서가 아니에요" in shown(test)
    assert not test.exception


def test_what_was_bought_is_chosen_by_kind_and_name(app: Open) -> None:
    workbench = cache.shop().workbench
    bought, missed = workbench.suggest("commerce.last_product", limit=2).itertuples()
    named = {"did": f"product:{bought.value}", "not": f"product:{missed.value}"}
    asked = Leaf("purchase.a_not_b", "gte", 1, tuple(sorted(named.items())))
    test = app("segments", segment=pack(Segment(AllOf((asked,)))))
    assert bought.label in shown(test)
    one = test.selectbox(key=next(item.key for item in test.selectbox if item.label == "산 것 · 상품"))
    assert one.value == bought.value
    assert next(text for text in one.options if text.startswith(bought.label))

    kind = next(item for item in test.selectbox if item.label == "산 것")
    kind.set_value("category").run()
    assert "‘산 것’ 값을 골라 주세요" in shown(test)
    category = str(workbench.suggest("commerce.last_category", limit=1)["value"][0])
    next(item for item in test.selectbox if item.label == "산 것 · 카테고리").set_value(category).run()
    numbers(test, AllOf((Leaf(asked.condition, "gte", 1, (("did", f"category:{category}"), ("not", named["not"]))),)))
    assert not test.error
