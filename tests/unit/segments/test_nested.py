"""Segments within segments: circles, bounds, what is gone, what is live, and how it is said."""

from __future__ import annotations

from typing import Any

import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.errors import SegmentError
from ifdo_core.segments.model import MAX_CONDITIONS, Leaf
from ifdo_core.segments.nested import every_leaf, missing_ids, named_ids, resolve
from ifdo_core.segments.wording import leaf_text, sentence
from tests.golden.shop import golden_shop
from tests.property.loading import opened

OFTEN = {"condition": "traffic.visit_count", "op": "gte", "value": 2}


def segment(where: dict[str, Any], name: str = "") -> Segment:
    return Segment.from_dict({"format": 1, "name": name, "where": where})


def inside(*ids: str, op: str = "any_of") -> dict[str, Any]:
    return {"condition": "analysis.in_segment", "op": op, "value": list(ids)}


def fault(asked: Segment, saved: dict[str, Segment], own_id: str | None = None) -> SegmentError:
    with pytest.raises(SegmentError) as refused:
        resolve(asked, saved, own_id)
    return refused.value


def test_what_it_says_is_put_in_and_the_text_stays():
    saved = {"a": segment(OFTEN, "자주 온 사람")}
    asked = segment({"all": [inside("a"), OFTEN]})
    found = resolve(asked, saved)
    assert found.to_dict() == asked.to_dict()
    assert [(place.leaf.condition, place.names) for place in every_leaf(found.where)] == [
        ("analysis.in_segment", ()),
        ("traffic.visit_count", ("자주 온 사람",)),
        ("traffic.visit_count", ()),
    ]
    assert named_ids(found.where) == ("a",)


def test_a_segment_that_names_none_is_itself():
    asked = segment(OFTEN)
    assert resolve(asked, {}) is asked
    known = segment({"condition": "analysis.in_segment", "op": "is_known"})
    assert resolve(known, {}) == known


def test_a_circle_is_refused_by_name():
    saved = {"a": segment(inside("b"), "갑"), "b": segment({"not": inside("a")}, "을")}
    error = fault(segment({"all": [OFTEN, inside("a")]}), saved)
    assert error.code == "segment_cycle"
    assert "갑 → 을 → 갑" in str(error)
    assert error.path == "where.all[1]"


def test_a_segment_within_itself_is_refused():
    saved = {"a": segment(OFTEN, "갑"), "b": segment(inside("a"), "을")}
    assert fault(segment(inside("b"), "새 갑"), saved, own_id="a").facts["names"] == "새 갑 → 을 → 새 갑"
    assert resolve(segment(inside("b")), saved).where is not None


def test_bounds_hold_for_all_of_it():
    """Each doubles the one before: 2^9 conditions in a few lines."""
    saved = {"s0": segment(OFTEN)}
    for step in range(1, 10):
        saved[f"s{step}"] = segment({"any": [inside(f"s{step - 1}"), inside(f"s{step - 1}")]})
    error = fault(saved["s9"], saved)
    assert error.code == "too_many_conditions"
    assert error.facts["limit"] == MAX_CONDITIONS
    chain = {"c0": segment(OFTEN)}
    for step in range(1, 30):
        chain[f"c{step}"] = segment({"not": inside(f"c{step - 1}")})
    assert resolve(chain["c9"], chain).where is not None
    assert fault(chain["c29"], chain).code == "too_deep"


def test_one_that_is_gone_leaves_no_number():
    asked = segment({"not": inside("gone", "here")})
    found = resolve(asked, {"here": segment(OFTEN, "여기")})
    leaf = next(every_leaf(found.where)).leaf
    assert missing_ids(leaf) == ("gone",)
    assert leaf_text(leaf, "ko") == "세그먼트 소속 지워진 세그먼트 또는 여기"
    with opened(golden_shop()[0]) as workbench:
        preview = workbench.preview(asked)
        assert preview.visits_7d is None
        assert preview.reason is not None
        assert preview.reason.code == "segment_missing"
        with pytest.raises(SegmentError, match="찾을 수 없어요: gone"):
            workbench.visits(asked)


def test_a_live_condition_inside_leaves_no_number(workbench: Workbench):
    workbench.segments = {
        "now": segment({"any": [OFTEN, {"condition": "live.on_site", "op": "is_true"}]}, "접속자"),
        "outer": segment({"not": inside("now")}, "바깥"),
    }
    preview = workbench.preview(segment({"any": [OFTEN, inside("outer")]}))
    assert preview.visits_7d is None
    assert preview.reason is not None
    assert preview.reason.code == "live"
    assert "‘바깥 › 접속자 › 현재 접속 중’" in preview.reason.text("ko")


@pytest.fixture
def workbench():
    with opened(golden_shop()[0]) as filled:
        yield filled


def test_a_change_of_the_inner_one_is_seen(workbench: Workbench):
    now = golden_shop()[1]
    workbench.segments = {"a": segment(OFTEN)}
    before = workbench.preview(segment(inside("a")), now).visits_7d
    workbench.segments = {"a": segment({"condition": "traffic.visit_count", "op": "gte", "value": 1})}
    assert workbench.preview(segment(inside("a")), now).visits_7d == 28 != before


def test_members_at_now_by_what_is_inside(workbench: Workbench):
    """The grades VIP and GOLD: M03 and M04 … as the condition itself says; a visit is refused by name."""
    asked = {"condition": "member.grade", "op": "in", "value": ["VIP", "GOLD"]}
    direct = workbench.members(segment(asked), "now")
    assert list(workbench.members(segment(inside("seg_vip")), "now").member_id) == list(direct.member_id) != []
    workbench.segments = {"a": segment(OFTEN)}
    with pytest.raises(SegmentError, match="방문 횟수"):
        workbench.members(segment(inside("a")), "now")


@pytest.mark.parametrize(
    ("op", "ids", "korean", "english"),
    [
        ("any_of", ("a",), "‘VIP’ 세그먼트에 속하는 방문", "Visits where in segment “VIP”"),
        ("none_of", ("a",), "‘VIP’ 세그먼트에 속하지 않는 방문", "Visits where not in segment “VIP”"),
        (
            "any_of",
            ("a", "b"),
            "‘VIP’ 또는 ‘단골’ 세그먼트에 속하는 방문",
            "Visits where in segment “VIP” or “단골”",
        ),
        (
            "all_of",
            ("a", "b"),
            "‘VIP’, ‘단골’ 세그먼트 모두에 속하는 방문",
            "Visits where in all of the segments “VIP” and “단골”",
        ),
        (
            "none_of",
            ("a", "b"),
            "‘VIP’, ‘단골’ 중 어느 세그먼트에도 속하지 않는 방문",
            "Visits where not in segment “VIP” or “단골”",
        ),
    ],
)
def test_sentences(op: str, ids: tuple[str, ...], korean: str, english: str):
    saved = {"a": segment(OFTEN, "VIP"), "b": segment(OFTEN, "단골")}
    asked = resolve(Segment(Leaf("analysis.in_segment", op, ids)), saved)
    assert sentence(asked, "ko") == korean
    assert sentence(asked, "en") == english
