"""What is wrong with a message: the field, the reason, and the way out, as data that words itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ifdo_core.i18n import translate

Severity = Literal["error", "warning"]

#: Code → (what is so, what to do), Korean msgids.
PROBLEMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "too_long": ("{over}자 초과 ({length}/{limit}자)", "{over}자를 줄여 주세요."),
        "too_long_somewhere": (
            "{length}/{limit}자를 넘을 수 있는 곳은 {limit}자까지만 받아요.",
            "짧게 줄이면 어느 발송 업체에서나 통과해요.",
        ),
        "too_many_breaks": ("줄바꿈이 {breaks}번이에요.", "{limit}번까지 쓸 수 있어요. 줄을 이어 주세요."),
        "many_breaks_somewhere": (
            "줄바꿈이 {breaks}번이에요. {limit}번까지만 받는 발송 업체가 있어요.",
            "{limit}번으로 줄이면 어디서나 통과해요.",
        ),
        "missing": ("비어 있어요.", "이 종류의 메시지에는 꼭 필요해요. 채워 주세요."),
        "not_accepted": ("이 종류의 메시지에는 넣을 수 없어요.", "지우거나 다른 종류를 골라 주세요."),
        "too_few": ("{count}개예요. {limit}개부터 보낼 수 있어요.", "{short}개를 더 넣어 주세요."),
        "too_many": ("{count}개예요. {limit}개까지 넣을 수 있어요.", "{over}개를 빼 주세요."),
        "too_many_with_coupon": (
            "쿠폰이 있으면 버튼은 {limit}개까지예요.",
            "버튼 {over}개를 빼거나 쿠폰을 빼 주세요.",
        ),
        "unknown_button": ("모르는 버튼 종류예요: {kind}.", "웹 링크(WL)나 앱 링크(AL)를 써 주세요."),
        "button_not_here": ("‘{kind}’ 버튼은 이 종류의 메시지에 쓸 수 없어요.", "웹 링크나 앱 링크를 써 주세요."),
        "button_name_fixed": ("이 버튼의 이름은 ‘{name}’이어야 해요.", "이름을 ‘{name}’로 바꿔 주세요."),
        "button_for_targeting": (
            "채널 추가 버튼은 {targets} 타깃팅에만 쓸 수 있어요.",
            "버튼을 빼거나 타깃팅을 바꿔 주세요.",
        ),
        "button_first": ("채널 추가 버튼은 첫 번째에 와야 해요.", "맨 위로 옮겨 주세요."),
        "button_last": ("채널 추가 버튼은 마지막에 와야 해요.", "맨 오른쪽으로 옮겨 주세요."),
        "one_channel_button": ("채널 추가 버튼은 메시지에 하나만 쓸 수 있어요.", "나머지를 빼 주세요."),
        "same_button": ("이름이 같은 버튼이 있어요: ‘{name}’.", "받는 사람이 헷갈리지 않게 이름을 다르게 해 주세요."),
        "variable_not_here": ("여기에는 변수를 쓸 수 없어요.", "글자로 적어 주세요."),
        "unknown_variable": ("모르는 변수예요: #{{{name}}}.", "쓸 수 있는 변수: {known}."),
        "no_fallback": (
            "#{{{name}}}에 값이 없는 회원에게는 보내지 않아요.",
            "빈 값일 때 넣을 말을 정하면 그 회원에게도 보내요.",
        ),
        "bad_variable": ("변수의 괄호가 닫히지 않았어요.", "#{{이름}}처럼 적어 주세요."),
        "link_missing": ("모바일 링크가 필요해요.", "https://로 시작하는 주소를 적어 주세요."),
        "links_missing": (
            "앱 링크는 모바일 웹, 안드로이드, iOS 가운데 둘 이상이 필요해요.",
            "비어 있는 주소를 하나 더 채워 주세요.",
        ),
        "not_a_link": ("웹 주소가 아니에요: {link}", "http://나 https://로 시작하는 주소를 적어 주세요."),
        "link_too_long": ("주소가 {length}자예요.", "{limit}자까지 쓸 수 있어요. 짧은 주소를 써 주세요."),
        "not_a_scheme": ("앱 주소가 아니에요: {link}", "앱이름:// 모양으로 적어 주세요."),
        "not_a_video": ("카카오TV 주소가 아니에요.", "https://tv.kakao.com/v/숫자 주소를 적어 주세요."),
        "thumbnail_missing": ("비공개 동영상에는 썸네일이 필요해요.", "썸네일 이미지를 넣어 주세요."),
        "coupon_title": (
            "쿠폰 이름의 모양이 달라요: ‘{title}’.",
            "‘5000원 할인 쿠폰’, ‘10% 할인 쿠폰’, ‘배송비 할인 쿠폰’, ‘커피 무료 쿠폰’처럼 적어 주세요.",
        ),
        "coupon_number": ("쿠폰의 수는 1부터 {limit}까지예요.", "수를 고쳐 주세요. 쉼표 없이 적어요."),
        "coupon_name": ("쿠폰 이름 앞의 말은 띄어쓰기 없이 {limit}자까지예요.", "{limit}자 이하로 줄여 주세요."),
        "price_missing": ("정상 가격이 비어 있어요.", "가격을 원 단위로 적어 주세요."),
        "price_range": ("가격은 0원부터 99,999,999원까지예요.", "가격을 고쳐 주세요."),
        "price_combination": (
            "가격의 짝이 맞지 않아요.",
            "정상가만, 또는 할인가와 할인율, 또는 할인가와 할인 금액을 적어 주세요.",
        ),
        "price_order": ("할인가가 정상가보다 낮지 않아요.", "할인가를 정상가보다 낮게 적어 주세요."),
        "price_sum": ("할인가와 할인율이 서로 맞지 않아요.", "이 가격이면 할인율은 {rate} %예요."),
        "price_difference": ("할인가와 할인 금액이 서로 맞지 않아요.", "이 가격이면 할인 금액은 {fixed}원이에요."),
        "rate_range": ("할인율은 1부터 100까지의 정수예요.", "할인율을 고쳐 주세요."),
        "fixed_range": ("할인 금액은 1원부터 {limit}원까지예요.", "할인 금액을 고치거나 할인율로 적어 주세요."),
        "image_width": ("이미지의 가로가 {width}px이에요.", "{limit}px 이상인 이미지를 올려 주세요."),
        "image_ratio": (
            "이미지의 비율이 맞지 않아요({width}×{height}).",
            "{wanted} 비율로 잘라 드릴 수 있어요.",
        ),
        "image_format": ("{format} 이미지는 보낼 수 없어요.", "JPG나 PNG로 바꿔 드릴 수 있어요."),
        "image_bytes": ("이미지가 {size}예요.", "{limit} 이하로 줄여 드릴 수 있어요."),
        "image_by_address": (
            "웹 주소로 넣은 이미지예요. 발송 업체에 올려 둔 이미지가 아니면 거절될 수 있어요.",
            "이미지 파일을 여기에 올리면 크기를 확인하고 업체에도 올려 드려요.",
        ),
        "image_unreadable": ("이미지 파일이 아니거나 깨졌어요.", "JPG나 PNG 파일을 다시 올려 주세요."),
        "image_blank": ("이미지에 읽을 수 있는 글이 없어요.", "수신 동의 전문이 보이는 화면을 올려 주세요."),
        "image_ratios_differ": (
            "캐러셀의 이미지 비율이 서로 달라요.",
            "모두 같은 비율로 잘라 주세요.",
        ),
        "ad_word": (
            "본문에 ‘(광고)’가 있어요.",
            "카카오톡이 ‘(광고)’를 붙여 주니 빼 주세요. 두 번 보여요.",
        ),
        "disguised_ad": ("광고 표시를 바꿔 적은 말이 있어요: ‘{word}’.", "법으로 금지되어 있어요. 지워 주세요."),
    }
)

_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "type": "종류",
        "name": "이름",
        "text": "본문",
        "header": "헤더",
        "extra": "부가 정보",
        "image": "이미지",
        "video": "동영상",
        "thumbnail": "썸네일",
        "commerce": "상품",
        "items": "아이템",
        "head": "인트로",
        "cards": "카드",
        "tail": "더보기",
        "buttons": "버튼",
        "coupon": "쿠폰",
        "title": "제목",
        "description": "설명",
        "links": "링크",
        "link": "링크",
        "mobile": "모바일 링크",
        "pc": "PC 링크",
        "android": "안드로이드 링크",
        "ios": "iOS 링크",
        "url": "주소",
        "price": "정상 가격",
        "sale_price": "할인가",
        "discount_rate": "할인율",
        "discount_fixed": "할인 금액",
        "fallbacks": "빈 값일 때",
        "kind": "종류",
        "evidence": "수신 동의 전문 이미지",
    }
)
_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


@dataclass(frozen=True)
class Problem:
    """One fault of a message. ``path``: the field, such as 'cards[1].buttons[0].name'."""

    code: str
    path: str
    severity: Severity = "error"
    facts: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)

    def text(self, language: str | None = None) -> str:
        """'3자 초과 (79/76자)'."""
        return translate(PROBLEMS[self.code][0], language).format(**self.facts)

    def hint(self, language: str | None = None) -> str:
        return translate(PROBLEMS[self.code][1], language).format(**self.facts)

    def field_name(self, language: str | None = None) -> str:
        """'카드 2 › 버튼 1 › 이름'."""
        return field_name(self.path, language)

    def sentence(self, language: str | None = None) -> str:
        return f"{self.field_name(language)}: {self.text(language)} {self.hint(language)}"

    def __str__(self) -> str:
        return self.sentence()


def field_name(path: str, language: str | None = None) -> str:
    """The words for a path."""
    steps = [_STEP.fullmatch(step) for step in path.split(".")]
    words = [(_PARTS.get(step[1], step[1]), step[2]) for step in steps if step is not None]
    return " › ".join(
        translate(word, language) + (f" {int(place) + 1}" if place is not None else "") for word, place in words
    )
