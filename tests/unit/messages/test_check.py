"""What Kakao takes and what it does not, each limit at its border."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.messages import Message
from ifdo_core.messages.check import can_be_sent, check, counted
from ifdo_core.messages.counting import breaks, cut, length
from ifdo_core.messages.fields import text_fields, with_texts
from ifdo_core.messages.limits import limits
from ifdo_core.messages.problems import PROBLEMS
from tests.unit.messages.samples import BUTTON, COUPON, GOODS, IMAGE, LINK, SAMPLES


def codes(message: Message, **how: Any) -> set[tuple[str, str]]:
    return {(one.path, one.code) for one in check(message, **how)}


def changed(kind: str, **data: Any) -> Message:
    return Message.from_dict({**SAMPLES[kind].to_dict(), **data})


@pytest.mark.parametrize("kind", limits().types)
def test_samples_pass(kind: str) -> None:
    assert check(SAMPLES[kind]) == ()


@pytest.mark.parametrize("kind", limits().types)
def test_every_text_limit_at_its_border(kind: str) -> None:
    message = SAMPLES[kind]
    rules = limits().types[kind].texts
    asked = [field for field in text_fields(message) if field.text and field.limit in rules]
    assert asked
    for field in asked:
        if field.path.startswith("buttons") or ".buttons" in field.path:
            continue
        limit = rules[field.limit]

        def put(text: str, path: str = field.path) -> Message:
            return with_texts(message, lambda at, old: text if at == path else old)

        inside = [one for one in check(put("가" * limit.chars)) if one.severity == "error"]
        over = check(put("가" * (limit.chars + 3)))
        assert not inside, inside
        [told] = [one for one in over if one.path == field.path and one.code == "too_long"]
        assert told.text().startswith("3자 초과")
        lines = [one for one in check(put("\n".join("가" * (limit.breaks + 2)))) if one.code == "too_many_breaks"]
        assert [one.path for one in lines] == [field.path]


def test_counting() -> None:
    assert (length("가나"), length("a😀"), length("a\r\nb"), breaks("a\r\nb\rc")) == (2, 3, 3, 2)
    assert cut("가😀나", 2) == "가"
    assert counted(changed("wide", text="가" * 38), "text") == (38, 76)


@given(st.text(max_size=40), st.integers(0, 40))
def test_a_cut_text_is_the_longest_beginning_that_fits(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert length(short) <= limit
    assert length(text) == len(text.replace("\r\n", "\n").encode("utf-16-le")) // 2
    assert short == text or length(short) >= min(limit, length(text)) - 1


@pytest.mark.parametrize(
    ("kind", "data", "found"),
    [
        ("text", {"image": IMAGE}, ("image", "not_accepted")),
        ("text", {"text": ""}, ("text", "missing")),
        ("image", {"image": None}, ("image", "missing")),
        ("text", {"buttons": [{**BUTTON, "name": f"b{n}"} for n in range(6)]}, ("buttons", "too_many")),
        ("image", {"buttons": [{**BUTTON, "name": f"b{n}"} for n in range(5)]}, ("buttons", "too_many_with_coupon")),
        ("commerce", {"buttons": []}, ("buttons", "too_few")),
        ("commerce", {"buttons": [{**BUTTON, "kind": "BK"}]}, ("buttons[0].kind", "button_not_here")),
        ("text", {"buttons": [{**BUTTON, "kind": "ZZ"}]}, ("buttons[0].kind", "unknown_button")),
        ("text", {"buttons": [{**BUTTON, "name": "#{이름}"}]}, ("buttons[0].name", "variable_not_here")),
        ("text", {"buttons": [{**BUTTON, "name": "가" * 15}]}, ("buttons[0].name", "too_long")),
        ("wide", {"buttons": [{**BUTTON, "name": "가" * 9}]}, ("buttons[0].name", "too_long")),
        ("text", {"buttons": [{**BUTTON, "links": {}}]}, ("buttons[0].links.mobile", "link_missing")),
        ("text", {"buttons": [{**BUTTON, "kind": "AL"}]}, ("buttons[0].links", "links_missing")),
        ("text", {"buttons": [{**BUTTON, "links": {"mobile": "shop.kr"}}]}, ("buttons[0].links.mobile", "not_a_link")),
        ("text", {"buttons": [{**BUTTON, "links": {"mobile": "https://a b.kr"}}]},
         ("buttons[0].links.mobile", "not_a_link")),
        ("text", {"buttons": [{**BUTTON, "links": {"mobile": "https://a.kr/" + "x" * 1000}}]},
         ("buttons[0].links.mobile", "link_too_long")),
        ("text", {"buttons": [BUTTON, {"kind": "AC", "name": "채널 추가"}]}, ("buttons[1]", "button_first")),
        ("wide", {"buttons": [{"kind": "AC", "name": "채널 추가"}, BUTTON]}, ("buttons[0]", "button_last")),
        ("text", {"buttons": [{"kind": "AC", "name": "추가"}]}, ("buttons[0].name", "button_name_fixed")),
        ("image", {"coupon": {**COUPON, "title": "5,000원 할인 쿠폰"}}, ("coupon.title", "coupon_number")),
        ("image", {"coupon": {**COUPON, "title": "101% 할인 쿠폰"}}, ("coupon.title", "coupon_number")),
        ("image", {"coupon": {**COUPON, "title": "쿠폰"}}, ("coupon.title", "coupon_title")),
        ("image", {"coupon": {**COUPON, "title": "커 피 무료 쿠폰"}}, ("coupon.title", "coupon_name")),
        ("image", {"coupon": {**COUPON, "title": "#{이름}님께 드려요"}, "fallbacks": {"이름": "고객"}},
         ("coupon.title", "coupon_title")),
        ("image", {"coupon": {**COUPON, "title": "#{적립금} 할인 쿠폰"}, "fallbacks": {"적립금": "0원"}},
         ("coupon.title", "coupon_number")),
        ("image", {"coupon": {**COUPON, "title": "#{이름} 무료 쿠폰"}, "fallbacks": {"이름": "우리 쇼핑몰"}},
         ("coupon.title", "coupon_name")),
        ("image", {"coupon": {**COUPON, "description": "가" * 13}}, ("coupon.description", "too_long")),
        ("commerce", {"commerce": {"title": "옷"}}, ("commerce.price", "price_missing")),
        ("commerce", {"commerce": {**GOODS, "discount_fixed": 10_000}}, ("commerce.sale_price", "price_combination")),
        ("commerce", {"commerce": {"title": "옷", "price": 1000, "sale_price": 900}},
         ("commerce.sale_price", "price_combination")),
        ("commerce", {"commerce": {**GOODS, "discount_rate": 0}}, ("commerce.discount_rate", "rate_range")),
        ("commerce", {"commerce": {**GOODS, "discount_rate": 30}}, ("commerce.discount_rate", "price_sum")),
        ("commerce", {"commerce": {**GOODS, "sale_price": 100_000}}, ("commerce.sale_price", "price_order")),
        ("wide_item_list", {"items": SAMPLES["wide_item_list"].to_dict()["items"][:3]}, ("items", "too_few")),
        ("premium_video", {"video": {"url": "https://youtu.be/1"}}, ("video.url", "not_a_video")),
        ("premium_video", {"video": {"url": "https://tv.kakao.com/v/1", "private": True}},
         ("video.thumbnail", "thumbnail_missing")),
        ("carousel_feed", {"cards": SAMPLES["carousel_feed"].to_dict()["cards"][:1]}, ("cards", "too_few")),
        ("carousel_commerce", {"cards": SAMPLES["carousel_commerce"].to_dict()["cards"] * 6}, ("cards", "too_many")),
        ("carousel_feed", {"tail": {"pc": "https://a.kr"}}, ("tail.mobile", "link_missing")),
        ("text", {"text": "#{별명}님"}, ("text", "unknown_variable")),
        ("text", {"text": "#{이름님"}, ("text", "bad_variable")),
        ("text", {"fallbacks": {}}, ("text", "no_fallback")),
        ("text", {"text": "(광고) 세일"}, ("text", "ad_word")),
        ("text", {"text": "(광/고) 세일"}, ("text", "disguised_ad")),
    ],
)  # fmt: skip
def test_faults_are_found_where_they_are(kind: str, data: dict[str, Any], found: tuple[str, str]) -> None:
    assert found in codes(changed(kind, **data))


def test_what_a_number_of_characters_is_after_filling_in() -> None:
    message = changed("wide", text="#{이름}" + "가" * 74, fallbacks={"이름": "고객"})
    assert check(message) == ()
    assert ("text", "too_long") in codes(message, longest={"이름": "남궁민수"})


def test_the_channel_button_is_for_those_who_may_be_no_friends() -> None:
    message = changed("text", buttons=[{"kind": "AC", "name": "채널 추가"}])
    assert ("buttons[0].kind", "button_for_targeting") in codes(message, targeting="I")
    assert can_be_sent(check(message, targeting="M"))


def test_more_than_some_dealers_take_is_a_warning() -> None:
    [told] = check(changed("wide", text="a\nb\nc"))
    assert (told.code, told.severity) == ("many_breaks_somewhere", "warning")
    assert can_be_sent(check(changed("image", text="가" * 401)))


def test_a_head_makes_a_carousel_shorter() -> None:
    card = SAMPLES["carousel_commerce"].cards[0]
    message = replace(SAMPLES["carousel_commerce"], head=None, cards=(card,) * 6)
    assert check(message) == ()
    assert ("cards", "too_few") in codes(replace(message, cards=(card,)))


def test_links_may_hold_variables() -> None:
    data = {**BUTTON, "links": {**LINK, "mobile": "https://shop.example.com/#{등급}"}}
    assert check(changed("text", buttons=[data], fallbacks={"이름": "", "등급": "all"})) == ()


@given(st.sampled_from(sorted(limits().types)), st.text(max_size=60), st.sampled_from(["text", "header", "extra"]))
def test_any_text_gets_an_answer_in_words(kind: str, text: str, name: str) -> None:
    for one in check(replace(SAMPLES[kind], **{name: text})):
        assert one.code in PROBLEMS
        for language in ("ko", "en"):
            assert one.text(language)
            assert "{" not in one.field_name(language)


def test_a_coupon_named_by_a_variable_is_measured_for_each_member() -> None:
    import pandas as pd

    from ifdo_core.messages.render import render

    message = changed("image", coupon={**COUPON, "title": "#{이름} 무료 쿠폰"}, fallbacks={"이름": "고객"})
    assert can_be_sent(check(message))
    members = pd.DataFrame({"member_id": ["a", "b", "c"], "name": ["김하나", "가나다라마바사아", "빈칸 있음"]})
    batch = render(message, members)
    assert batch.ok.tolist() == [True, False, False]
    assert batch.too_long["coupon.title"] == 2
