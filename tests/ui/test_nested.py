"""A saved segment inside another, on the builder's page."""

from __future__ import annotations

from ifdo_core import Segment
from ifdo_core.segments.model import AllOf, Leaf
from ifdo_ui import cache
from ifdo_ui.builder.examples import CART, OFTEN
from tests.ui.conftest import Open, panel, shown
from tests.ui.test_builder import button, numbers


def test_a_saved_segment_is_picked_by_name(app: Open) -> None:
    test = app("segments")
    kept = cache.store().save(Segment(CART, "큰 장바구니"))
    outer = cache.store().save(Segment(AllOf((Leaf("analysis.in_segment", "any_of", (kept.id,)),)), "바깥"))
    test = app("segments", segment="new")
    next(item for item in test.text_input if item.key == "conditions.query.0").set_value("세그먼트 소속").run()
    button(test, "pick.found.analysis.in_segment").click().run()
    chosen = next(item for item in test.multiselect if item.label == "세그먼트 소속")
    assert set(chosen.options) == {"큰 장바구니", "바깥"}
    chosen.set_value([kept.id]).run()
    numbers(test, CART)
    assert "‘큰 장바구니’ 세그먼트에 속하는 방문" in panel(test)
    # inside a segment those that hold it are not offered
    test = app("segments", segment=kept.id)
    next(item for item in test.text_input if item.key == "conditions.query.0").set_value("세그먼트 소속").run()
    button(test, "pick.found.analysis.in_segment").click().run()
    offered = next(item for item in test.multiselect if item.label == "세그먼트 소속").options
    assert outer.name not in offered


def test_a_change_of_the_inner_one_is_seen_at_once(app: Open) -> None:
    test = app("segments")
    kept = cache.store().save(Segment(CART, "안쪽"))
    outer = cache.store().save(Segment(AllOf((Leaf("analysis.in_segment", "any_of", (kept.id,)),)), "바깥"))
    test = app("segments", segment=outer.id)
    numbers(test, CART)
    cache.store().save(Segment(OFTEN, "안쪽"), kept.id)
    test.run()
    numbers(test, OFTEN)
    cache.store().delete(kept.id)
    test.run()
    assert "조회할 수 없음" in panel(test)
    assert "찾을 수 없어요" in panel(test)
    assert not test.exception


def test_saving_a_circle_is_refused_in_words(app: Open) -> None:
    test = app("segments")
    kept = cache.store().save(Segment(CART, "갑"))
    outer = cache.store().save(Segment(AllOf((Leaf("analysis.in_segment", "any_of", (kept.id,)),)), "을"))
    from ifdo_core.segments.link import pack

    circle = Segment(AllOf((Leaf("analysis.in_segment", "none_of", (outer.id,)),)), "갑")
    test = app("segments", segment=kept.id + pack(circle))
    assert "갑 → 을 → 갑" in shown(test)
    button(test, "head.save").click().run()
    assert not test.exception
    assert "갑 → 을 → 갑" in shown(test)
    assert cache.store().get(kept.id).segment == Segment(CART, "갑")
