"""Product blocks: within every limit whatever the product is called or costs; folders and duplicates of drafts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.errors import IfdoError, MessageError
from ifdo_core.messages import Message
from ifdo_core.messages.check import can_be_sent, check
from ifdo_core.messages.goods import Goods, fill, takes
from ifdo_core.store import Store, open_store

NOW = datetime(2026, 11, 24, 3)
WITH_GOODS = ("wide_item_list", "commerce", "carousel_feed", "carousel_commerce")
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80).filter(
    lambda text: bool(text.split()) and "#{" not in text and "광고" not in text
)
PRICES = st.one_of(st.none(), st.integers(0, 200_000_000))
GOODS = st.builds(
    Goods, st.just("p"), NAMES, PRICES, PRICES, st.just("https://shop.example.com/i.jpg"),
    st.just("https://shop.example.com/p"),
)  # fmt: skip


@given(st.sampled_from(WITH_GOODS), st.lists(GOODS, min_size=6, max_size=8))
def test_filled_blocks_keep_to_the_limits(kind: str, goods: list[Goods]) -> None:
    filled = fill(Message(type=kind, header="머리말" if kind == "wide_item_list" else ""), goods)
    found = {(one.code, one.path) for one in check(filled) if one.severity == "error"}
    # a product without a price has none in the message: that is for the shop to fill in
    assert {one for one in found if one[0] not in ("price_missing", "same_button")} == set()


def test_a_discount_is_worked_out() -> None:
    one = fill(Message(type="commerce"), [Goods("p", "니트", 39_000, 52_000, "https://a.kr/1.jpg", "https://a.kr/p")])
    assert one.commerce is not None
    assert (one.commerce.price, one.commerce.sale_price, one.commerce.discount_rate) == (52_000, 39_000, 25)
    assert one.buttons[0].links.mobile == "https://a.kr/p"
    assert can_be_sent(check(one))
    plain = fill(Message(type="commerce"), [Goods("p", "니트", 39_000)])
    assert plain.commerce is not None
    assert (plain.commerce.price, plain.commerce.sale_price) == (39_000, None)


def test_what_was_written_stays() -> None:
    before = Message.from_dict({"type": "carousel_feed", "cards": [{"text": "제 글"}, {"text": "둘째"}],
                                "tail": {"mobile": "https://a.kr/"}})  # fmt: skip
    after = fill(before, [Goods("a", "가", 1), Goods("b", "나", 2), Goods("c", "다", 3)])
    assert [one.text for one in after.cards] == ["제 글", "둘째", "다"]
    assert after.tail == before.tail


def test_types_without_products_and_too_few() -> None:
    assert takes("text") is None
    assert takes("commerce") == (1, 1)
    assert takes("carousel_commerce") == (2, 6)
    with pytest.raises(MessageError):
        fill(Message(type="text"), [Goods("p", "x")])
    with pytest.raises(MessageError):
        fill(Message(type="wide_item_list"), [Goods("p", "x")])
    assert len(fill(Message(type="carousel_feed"), [Goods("p", "x", 1)] * 9).cards) == 6


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/state.db") as opened:
        yield opened


def test_groups_hold_messages_and_let_them_go(store: Store) -> None:
    shelf = store.messages
    shelf.put_folder(" 봄  시즌 ", "green")
    shelf.put_folder("봄 시즌", "red")
    assert shelf.folders() == {"봄 시즌": "red"}
    for name, colour in ((" ", "red"), ("가", "pink")):
        with pytest.raises(IfdoError):
            shelf.put_folder(name, colour)
    one = shelf.save("기획전", Message(text="니트").to_json(), NOW)
    shelf.move(one.id, "봄 시즌")
    copy = shelf.duplicate(one.id, "기획전 사본", NOW)
    assert (copy.folder, copy.tree) == ("봄 시즌", one.tree)
    assert copy.id != one.id
    assert {found.name for found in shelf.list("니트", "봄 시즌")} == {"기획전", "기획전 사본"}
    assert shelf.list("없는 말") == []
    shelf.remove_folder("봄 시즌")
    assert shelf.folders() == {}
    assert {found.folder for found in shelf.list()} == {""}
