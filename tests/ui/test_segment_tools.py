"""The gallery, hints and overlap in the panel, files in and out, and the page that compares."""

from __future__ import annotations

import time

import pytest

from ifdo_core import Segment
from ifdo_core.segments.exchange import write_segments
from ifdo_core.segments.model import AllOf, Leaf
from ifdo_core.segments.starters import starters
from ifdo_ui import cache
from ifdo_ui.builder.examples import CART, OFTEN
from tests.ui.conftest import Open, shown
from tests.ui.test_builder import button, numbers

FEW = AllOf((Leaf("traffic.visit_count", "gte", 3), Leaf("purchase.order_count", "lte", 0)))


def test_the_gallery_opens_one_in_the_builder(app: Open) -> None:
    test = app("segments")
    item = next(item for item in starters() if item.id == "cart_big")
    visits = cache.shop().workbench.preview(item.segment()).visits_7d
    assert f"<b>{visits:,}건</b>" in shown(test)
    button(test, "starter.cart_big").click().run()
    numbers(test, AllOf((item.tree.where,)))
    assert next(field for field in test.text_input if field.label == "세그먼트 이름").value == "장바구니 7만 원 이상"


def test_the_gallery_is_searched_and_in_english(app: Open) -> None:
    test = app("segments", lang="en")
    assert "Comes often, never bought" in shown(test)
    next(field for field in test.text_input if field.key == "starters.query").set_value("birthday").run()
    assert {item.key for item in test.button if str(item.key).startswith("starter.")} == {"starter.birthday_soon"}
    next(field for field in test.text_input if field.key == "starters.query").set_value("nothing like it").run()
    assert "No segment fits" in shown(test)


def test_a_hint_is_applied_and_undone(app: Open) -> None:
    test = app("segments", segment="example.often")
    test.session_state["panel.hints"] = True
    test.run()
    hint = cache.shop().workbench.hints(Segment(OFTEN)).widen()[0]
    pressed = button(test, "hint.widen.0")
    assert f"{hint.visits_7d:,}건" in pressed.label
    pressed.click().run()
    numbers(test, hint.segment.where)
    button(test, "head.undo").click().run()
    numbers(test, OFTEN)


def test_the_panel_shows_the_overlap_with_saved_segments(app: Open) -> None:
    test = app("segments")
    cache.store().save(Segment(CART, "큰 장바구니"))
    test = app("segments", segment="example.often")
    test.session_state["panel.overlap"] = True
    test.run()
    assert not test.exception
    named = {"자주 오지만 사지 않은 손님": Segment(OFTEN), "큰 장바구니": Segment(CART)}
    told = cache.shop().workbench.overlap(named).insight("자주 오지만 사지 않은 손님")
    assert told in shown(test).replace("\\", "")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_that_compares(app: Open, language: str) -> None:
    test = app("compare", lang=language)
    assert not test.exception
    chosen = next(item for item in test.multiselect if item.key == "compare.names")
    assert len(chosen.value) == 5
    words = {"ko": ("둘 다", "가장 많이 겹쳐요"), "en": ("Both", "share most")}[language]
    assert all(word in shown(test) for word in words)
    chosen.set_value(chosen.value[:1]).run()
    assert not test.exception


def test_who_is_in_which(app: Open) -> None:
    test = app("compare")
    workbench = cache.shop().workbench
    visitor = workbench.visitors(Segment(OFTEN)).iloc[0].visitor_id
    next(item for item in test.segmented_control if item.key == "compare.kind").set_value("visitor").run()
    next(item for item in test.text_input if item.key == "compare.id").set_value(visitor).run()
    assert not test.exception
    assert "자주 오지만 사지 않은 손님" in shown(test)
    counted = workbench.matching(visitor=visitor, segments={"often": Segment(OFTEN)}).rows.iloc[0]
    table = next(item.value for item in test.dataframe if "now" in item.value).set_index("segment")
    assert table.loc["자주 오지만 사지 않은 손님", "now"] == ("예" if counted.last_visit_matches else "아니요")
    assert "예" in set(table["now"])  # its last visit is in some segment


def test_the_address_holds_what_is_compared(app: Open) -> None:
    test = app("compare")
    kept = cache.store().save(Segment(CART, "큰 장바구니"))
    test = app("compare", tab="two", a=kept.id, b="starter.cart_big", of=f"{kept.id},starter.cart_big,seg_gone")
    assert not test.exception
    boxes = {item.key: item.value for item in test.selectbox}
    assert (boxes["compare.0"], boxes["compare.1"]) == ("큰 장바구니", "장바구니 7만 원 이상")
    names = next(item for item in test.multiselect if item.key == "compare.names")
    assert names.value == ["큰 장바구니", "장바구니 7만 원 이상"]
    names.set_value(["장바구니 7만 원 이상"]).run()
    assert test.query_params["of"] == "starter.cart_big"
    next(item for item in test.selectbox if item.key == "compare.1").set_value("큰 장바구니").run()
    assert test.query_params["b"] == kept.id
    assert not test.exception


def test_a_million_values_are_bounded_on_screen(app: Open) -> None:
    """A file that holds them is refused in a sentence, in little time."""
    values = ", ".join(f"P{number}" for number in range(1_000_000))
    text = f"format: 1\nname: 백만\nwhere: {{condition: acquisition.landing_product, op: in, value: [{values}]}}\n"
    test = app("segments")
    button(test, "import.open").click().run()
    started = time.perf_counter()
    test.file_uploader[0].set_value(("million.yaml", text.encode(), "application/yaml")).run()
    assert time.perf_counter() - started < 20
    assert not test.exception
    said = [item.value for item in test.error]
    assert len(said) == 1
    assert "million" not in said[0]
    assert any(word in said[0] for word in ("커요", "보다 많아요", "보다 길어요")), said


def test_saved_segments_go_out_and_come_in(app: Open) -> None:
    test = app("segments")
    kept = cache.store().save(Segment(CART, "큰 장바구니"))
    test.run()
    assert "모두 내보내기" in [item.label for item in test.get("download_button")]
    text = write_segments({"x": Segment(FEW, "큰 장바구니"), "y": Segment(OFTEN, "새것")})
    bad = text + "- {id: z, name: 틀린 것, where: {condition: nothing, op: eq, value: 1}}\n"
    button(test, "import.open").click().run()
    test.file_uploader[0].set_value(("segments.yaml", bad.encode(), "application/yaml")).run()
    assert "segments[2] ‘틀린 것’" in shown(test).replace("\\", "")
    assert any("이름이 같은 세그먼트가 있어요" in item.label for item in test.radio)
    next(item for item in test.radio if item.key == "import.taken").set_value("replace").run()
    button(test, "import.ok").click().run()
    assert not test.exception
    assert {item.name for item in cache.store().list()} == {"큰 장바구니", "새것"}
    assert cache.store().get(kept.id).readable().where == FEW
