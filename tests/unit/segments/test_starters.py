"""The ready segments: well formed in both languages, found by purpose and word, and none is empty on the demo shop."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.demo import fill_demo
from ifdo_core.engines import open_engine
from ifdo_core.i18n import set_language
from ifdo_core.segments.starters import Starter, found, purposes, starters
from tests.oracle import Shop
from tests.property.loading import opened

HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module")
def demo() -> Iterator[Workbench]:
    with open_engine("duckdb:///:memory:") as engine:
        workbench = Workbench(engine)
        fill_demo(workbench, 20_000)
        yield workbench
        workbench.close()


@pytest.fixture(autouse=True)
def korean() -> Iterator[None]:
    set_language("ko")
    yield
    set_language("ko")


def test_there_are_enough_for_every_purpose():
    assert len(starters()) >= 25
    assert len({item.id for item in starters()}) == len(starters())
    assert {item.purpose for item in starters()} == set(purposes())


@pytest.mark.parametrize("item", starters(), ids=lambda item: item.id)
def test_texts_are_in_both_languages(item: Starter):
    for korean, english in (item.names, item.whys, item.todos):
        assert HANGUL.search(korean)
        assert not HANGUL.search(english)
    assert all(re.search(r"요\.$", text) for text in (item.whys[0], item.todos[0]))
    assert len(item.names[0]) <= 30
    # borders belong to the segments (gte): '넘게' would say that they do not
    assert "넘게" not in " ".join((item.names[0], item.whys[0], item.todos[0]))


@pytest.mark.parametrize("item", starters(), ids=lambda item: item.id)
def test_each_reads_back_from_its_own_text(item: Starter):
    assert Segment.from_yaml(item.segment().to_yaml()) == item.segment()
    set_language("en")
    assert item.segment().name == item.names[1]


def test_none_is_empty_on_the_demo_shop_and_the_sizes_are_those_of_a_preview(demo: Workbench):
    frame = demo.starters().frame().set_index("id")
    assert list(frame[frame["visits_7d"] == 0].index) == []
    for item in starters()[::4]:
        preview = demo.preview(item.segment())
        told = (frame.loc[item.id, "visits_7d"], frame.loc[item.id, "visits_24h"])
        assert told == (preview.visits_7d, preview.visits_24h), item.id


def test_without_data_each_has_its_reason():
    with opened(Shop()) as workbench:
        gallery = workbench.starters()
        assert all(size.visits_7d is None and size.reason for size in gallery.sizes.values())
        assert set(gallery.frame()["reason"]) == {gallery.sizes["vip"].reason.text()}


def test_search():
    assert [item.id for item in found("생일")] == ["birthday_soon"]
    assert {item.id for item in found("coupon", "repeat")} == {"coupon_buyers"}
    assert found("") == starters()
    assert {item.purpose for item in found("", "cart")} == {"cart"}
    assert found("없는 낱말이에요") == ()
