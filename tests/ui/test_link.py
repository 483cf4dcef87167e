"""Links that hold the state."""

from __future__ import annotations

import pytest

from ifdo_core.errors import SegmentError
from ifdo_core.segments.link import pack, unpack
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Not, Segment
from ifdo_ui.state import Builder, Draft, link_of, split_link

TREE = AllOf((Leaf("traffic.visit_count", "gte", 5), Not(AnyOf((Leaf("acquisition.sns", "in", ("instagram", "x")),)))))


def test_a_tree_goes_through_a_link() -> None:
    segment = Segment(TREE, "자주 오는 손님 & <친구>")
    link = pack(segment)
    assert unpack(link) == segment
    assert len(link) < 250
    assert all(char.isalnum() or char in "-_." for char in link)


@pytest.mark.parametrize("cut", [5, 10, 40, -1, -5])
def test_a_link_that_was_cut_off(cut: int) -> None:
    with pytest.raises(SegmentError) as refused:
        unpack(pack(Segment(TREE, "이름"))[:cut])
    assert refused.value.code == "link_broken"


def test_a_link_cannot_swell() -> None:
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" * 50_000_000, 9)).decode().rstrip("=")
    with pytest.raises(SegmentError):
        unpack("tree." + bomb)


def test_what_a_link_says() -> None:
    draft = Draft(TREE, "이름")
    assert link_of(None) == ""
    assert link_of(Builder()) == "new"
    assert link_of(Builder(draft, draft, "seg_1")) == "seg_1"
    changed = link_of(Builder(draft, Draft(TREE, "전"), "seg_1"))
    of, packed = split_link(changed)
    assert (of, unpack(packed)) == ("seg_1", Segment(TREE, "이름"))
    assert split_link("seg_1") == ("seg_1", "")


def test_undo_goes_back_and_forth() -> None:
    builder = Builder(Draft(TREE, "가"), Draft(TREE, "가"))
    builder.put(Draft(Leaf("traffic.visit_count", "gte", 1), "가"))
    builder.put(Draft(Leaf("traffic.visit_count", "gte", 2), "나"), fresh=False)
    assert builder.changed
    revision = builder.revision
    builder.undo()
    builder.undo()
    assert builder.draft == Draft(TREE, "가")
    assert not builder.changed
    assert builder.revision == revision + 2
    builder.redo()
    builder.put(Draft(None, "가"))
    assert builder.forward == []
    builder.undo()
    builder.undo()
    builder.undo()
    assert builder.draft == Draft(TREE, "가")
