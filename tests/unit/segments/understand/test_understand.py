"""Sentences in both languages as conditions: a corpus, the way back from wording, and that nothing can break it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core import Segment, Workbench, tables
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.errors import SegmentError
from ifdo_core.i18n import set_language
from ifdo_core.segments.check import effective_params
from ifdo_core.segments.edit import default_leaf
from ifdo_core.segments.model import AllOf, AnyOf, Leaf
from ifdo_core.segments.understand.read import understand
from ifdo_core.segments.understand.result import Understood
from ifdo_core.segments.wording import leaf_text, sentence

CORPUS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "corpus.yaml").read_text(encoding="utf-8"))


def shown(leaf: Leaf) -> str:
    """'cart.added gte 1 ; days=7'."""
    value = (
        "|".join(map(str, leaf.value)) if isinstance(leaf.value, tuple) else "" if leaf.value is None else leaf.value
    )
    return f"{leaf.condition} {leaf.op} {value}".strip() + "".join(f" ; {name}={given}" for name, given in leaf.params)


def told(found: Understood) -> list[str]:
    return [("| " if part.is_or else "") + shown(part.leaf) for part in found.parts] + [
        f"? {word}" for word in found.unknown
    ]


def test_the_corpus_is_large_and_in_both_languages() -> None:
    assert len(CORPUS) >= 110
    assert sum(text.isascii() or (text[0].isascii() and " " in text) for text in CORPUS) >= 25


@pytest.mark.parametrize("text", CORPUS)
def test_a_sentence_is_understood(text: str) -> None:
    assert told(understand(text)) == CORPUS[text]


def same(leaf: Leaf, other: Leaf) -> bool:
    """Equal, a default period counting as the same one said aloud."""
    entry = CONDITIONS[leaf.condition]
    return (leaf.condition, leaf.op, leaf.value) == (other.condition, other.op, other.value) and effective_params(
        leaf, entry
    ) == effective_params(other, entry)


@pytest.mark.parametrize(("language", "least"), [("ko", 0.95), ("en", 0.95)])
@pytest.mark.parametrize("whole", [False, True], ids=["leaf", "sentence"])
def test_what_is_worded_is_read_back(language: str, least: float, whole: bool) -> None:
    """The example of every condition, as the builder words it: exactly that condition, and no word left over."""
    missed: list[str] = []
    for id in CONDITIONS:
        leaf = default_leaf(id)
        text = sentence(Segment(leaf), language) if whole else leaf_text(leaf, language)
        found = understand(text)
        if len(found.parts) != 1 or found.unknown or not same(leaf, found.parts[0].leaf):
            missed.append(text)
    assert 1 - len(missed) / len(CONDITIONS) >= least, missed


def test_and_and_or_make_a_tree() -> None:
    found = understand("인스타그램, 모바일 또는 장바구니 5만원 이상")
    assert found.where == AllOf(
        (
            Leaf("acquisition.sns", "in", ("instagram",)),
            AnyOf((Leaf("traffic.device", "in", ("mobile",)), Leaf("cart.recent_amount", "gte", 50_000))),
        )
    )
    assert Segment.from_text("인스타그램").where == Leaf("acquisition.sns", "in", ("instagram",))


def test_other_readings_come_after_the_likeliest() -> None:
    found = understand("장바구니 7만원 넘게")
    assert [leaf.op for leaf in found.parts[0].candidates] == ["gt", "gte"]
    frame = found.frame()
    assert list(frame["rank"]) == [0, 1]
    assert frame["wording"][1] == "최근 장바구니 금액 7만원 이상"


def test_what_is_not_understood_is_said() -> None:
    found = understand("장바구니 5만원 이상, 뿡빵띠")
    assert found.unknown == ("뿡빵띠",)
    assert found.insight() == "최근 장바구니 금액이 5만원 이상인 방문 이해하지 못한 말: 뿡빵띠."
    set_language("en")
    assert understand("zzz qqq").insight() == "Not understood: zzz, qqq."
    with pytest.raises(SegmentError, match="No condition was found"):
        understand("zzz").segment()


def test_a_period_of_no_condition_is_the_window() -> None:
    assert understand("최근 7일 장바구니 7만원 이상").window == 7
    assert understand("최근 7일 3번 이상 방문").window is None
    assert "24시간과 7일" in understand("최근 30일 장바구니 7만원 이상").insight()


@given(st.text(max_size=200))
def test_nothing_breaks_it(text: str) -> None:
    found = understand(text)
    if found.where is not None:
        assert Segment.from_dict(found.segment().to_dict()).where == found.where
    assert isinstance(found.insight(), str)


@given(
    st.lists(
        st.sampled_from([*"0123456789만천원~,.%()‘’“\"' ", "최근", "이상", "또는", "안", "장바구니", "SNS"]),
        max_size=60,
    )
)
def test_pieces_in_any_order_break_nothing(pieces: list[str]) -> None:
    found = understand("".join(pieces))
    assert len(found.parts) <= len(pieces)


def test_a_long_text_takes_no_time() -> None:
    start = time.perf_counter()
    understand("장바구니 7만원 이상 인스타그램 " * 500)
    understand("9,999 " * 2_000)
    understand("가" * 5_000)
    assert time.perf_counter() - start < 3


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with Workbench.open(tmp_path_factory.mktemp("words") / "shop.duckdb") as workbench:
        products = [
            {"product_id": "P1", "name": "캐시미어 코트", "category": "아우터 > 코트", "brand": "NORD"},
            {"product_id": "P2", "name": "러닝화", "category": "신발", "brand": "라온"},
        ]
        workbench.engine.append(tables.products, pd.DataFrame(products))
        workbench.engine.append(tables.members, pd.DataFrame([{"member_id": "m1", "grade": "VIP"}]))
        yield workbench


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("최근 30일 동안 아우터 3번 이상 본 사람", ["commerce.category_viewed gte 3 ; category=아우터 ; days=30"]),
        ("신발 산 사람", ["purchase.category gte 1 ; category=신발"]),
        ("NORD 2번 이상 산 고객", ["purchase.brand gte 2 ; brand=NORD"]),
        ("캐시미어 코트 장바구니에 담은", ["cart.added gte 1 ; product=P1"]),
        ("VIP 여성", ["member.grade in VIP", "member.gender in female"]),
        ("VIP 제외", ["member.grade not_in VIP"]),
        ("viewed NORD 3 times in the last 30 days", ["commerce.brand_viewed eq 3 ; brand=NORD ; days=30"]),
    ],
)
def test_the_words_of_the_shop(shop: Workbench, text: str, expected: list[str]) -> None:
    assert told(shop.understand(text)) == expected


@pytest.mark.slow
@pytest.mark.skipif(find_spec("kiwipiepy") is None, reason="the extra 'korean' is not installed")
def test_a_tokenizer_sets_words_apart(shop: Workbench) -> None:
    text = "최근7일장바구니7만원이상인스타그램"
    cart = "cart.recent_amount gte 70000"
    assert told(shop.understand(text)) == [cart, "? 스타그램"]
    assert told(shop.understand(text, tokenizer=True)) == [cart, "acquisition.sns in instagram"]
