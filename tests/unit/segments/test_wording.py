"""Segments in words: each form in both languages, and that every tree can be said and read one way only."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.operators import OPERATORS
from ifdo_core.errors import SegmentError
from ifdo_core.i18n import using
from ifdo_core.segments.edit import default_leaf
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, Scalar, Segment, Value
from ifdo_core.segments.wording import leaf_text, scalar_text, sentence, value_text


def leaf(condition: str, op: str, value: Value = None, **params: Scalar) -> Leaf:
    return Leaf(condition, op, value, tuple(sorted(params.items())))


OFTEN = leaf("traffic.visit_count", "gte", 5)
NEVER_BOUGHT = leaf("purchase.order_count", "lte", 0)
SNS = leaf("acquisition.sns", "in", ("instagram", "facebook"))
CART = leaf("cart.recent_amount", "gte", 50_000)
FIRST = leaf("traffic.is_first_visit", "is_true")

#: condition, the Korean row and sentence, the English row
SAID = [
    (
        SNS,
        "SNS 인스타그램 또는 페이스북",
        "SNS가 인스타그램 또는 페이스북인 방문",
        "Social network is Instagram or Facebook",
    ),
    (
        CART,
        "최근 장바구니 금액 5만원 이상",
        "최근 장바구니 금액이 5만원 이상인 방문",
        "Recent cart amount is ₩50,000 or more",
    ),
    (OFTEN, "방문 횟수 5회 이상", "방문 횟수가 5회 이상인 방문", "Visit number is 5 or more"),
    (NEVER_BOUGHT, "누적 구매수 0건 이하", "누적 구매수가 0건 이하인 방문", "Orders so far is 0 or less"),
    (FIRST, "첫 방문", "‘첫 방문’에 해당하는 방문", "“First visit” applies"),
    (
        leaf("acquisition.is_ad", "is_false"),
        "광고 유입 아님",
        "‘광고 유입’에 해당하지 않는 방문",
        "“Came from an ad” does not apply",
    ),
    (
        leaf("acquisition.search_engine", "in", ("naver",)),
        "검색엔진 네이버",
        "검색엔진이 네이버인 방문",
        "Search engine is Naver",
    ),
    (
        leaf("acquisition.sns", "not_in", ("instagram",)),
        "SNS 인스타그램 아님",
        "SNS가 인스타그램이 아닌 방문",
        "Social network is not Instagram",
    ),
    (
        leaf("acquisition.sns", "not_in", ("instagram", "facebook")),
        "SNS 인스타그램, 페이스북 아님",
        "SNS가 인스타그램, 페이스북 중 어느 것도 아닌 방문",
        "Social network is neither Instagram nor Facebook",
    ),
    (
        leaf("acquisition.sns", "in", ("instagram", "facebook", "x")),
        "SNS 인스타그램, 페이스북 또는 X(트위터)",
        "SNS가 인스타그램, 페이스북 또는 X(트위터)인 방문",
        "Social network is Instagram, Facebook or X (Twitter)",
    ),
    (
        leaf("member.grade", "in", ("A", "B", "C", "D", "E", "F", "G")),
        "회원 등급 A, B, C, D, E 외 2개 중 하나",
        "회원 등급이 A, B, C, D, E 외 2개 중 하나인 방문",
        "Member grade is one of A, B, C, D, E and 2 more",
    ),
    (
        leaf("acquisition.campaign", "contains", "블랙프라이데이"),
        "캠페인 ‘블랙프라이데이’ 포함",
        "캠페인에 ‘블랙프라이데이’가 들어간 방문",
        "Campaign contains “블랙프라이데이”",
    ),
    (
        leaf("acquisition.campaign", "not_contains", "특가전"),
        "캠페인 ‘특가전’ 포함 안 함",
        "캠페인에 ‘특가전’이 들어가지 않은 방문",
        "Campaign does not contain “특가전”",
    ),
    (
        leaf("acquisition.content", "starts_with", "banner_"),
        "광고 소재 ‘banner_’로 시작",
        "광고 소재가 ‘banner_’로 시작하는 방문",
        "Campaign content starts with “banner_”",
    ),
    (
        leaf("acquisition.referrer_host", "ends_with", "tistory.com"),
        "리퍼러 도메인 ‘tistory.com’으로 끝남",
        "리퍼러 도메인이 ‘tistory.com’으로 끝나는 방문",
        "Referrer host ends with “tistory.com”",
    ),
    (
        leaf("acquisition.source", "matches", "^na"),
        "유입 소스 정규식 ‘^na’ 일치",
        "유입 소스가 정규식 ‘^na’에 맞는 방문",
        "Source matches regex “^na”",
    ),
    (
        leaf("acquisition.source", "ne", "네이버"),
        "유입 소스 ‘네이버’가 아님",
        "유입 소스가 ‘네이버’가 아닌 방문",
        "Source is not “네이버”",
    ),
    (leaf("member.age", "is_unknown"), "나이 값 없음", "나이 값이 없는 방문", "Age is unknown"),
    (leaf("member.age", "between", (25, 34)), "나이 25~34세", "나이가 25~34세인 방문", "Age is 25 to 34"),
    (leaf("traffic.hour", "eq", 21), "방문 시간대 21시", "방문 시간대가 21시인 방문", "Hour of day is 21"),
    (
        leaf("cart.recent_amount", "between", (30_000, 52_300)),
        "최근 장바구니 금액 3만원~5만 2,300원",
        "최근 장바구니 금액이 3만원~5만 2,300원인 방문",
        "Recent cart amount is ₩30,000 to ₩52,300",
    ),
    (
        leaf("traffic.duration", "gt", 3661),
        "체류 시간 1시간 1분 1초 초과",
        "체류 시간이 1시간 1분 1초 초과인 방문",
        "Visit duration is more than 1 h 1 min 1 s",
    ),
    (
        leaf("live.current_scroll", "ne", 50),
        "현재 스크롤 위치 50 %가 아님",
        "현재 스크롤 위치가 50 %가 아닌 방문",
        "Scroll of current page is not 50 %",
    ),
    (
        leaf("traffic.date", "on", "2026-11-11"),
        "방문일 2026-11-11",
        "방문일이 2026-11-11인 방문",
        "Visit date is 2026-11-11",
    ),
    (
        leaf("member.consent_date", "before", "2025-01-01"),
        "수신 동의일 2025-01-01 전",
        "수신 동의일이 2025-01-01 전인 방문",
        "Consent date is before 2025-01-01",
    ),
    (
        leaf("purchase.last_order_date", "not_in_last_days", 90),
        "마지막 구매일 최근 90일 안이 아님",
        "마지막 구매일이 최근 90일 안이 아닌 방문",
        "Last order date is not in the last 90 days",
    ),
    (
        leaf("member.join_date", "in_last_days", 1),
        "가입일 최근 1일 안",
        "가입일이 최근 1일 안인 방문",
        "Join date is in the last 1 day",
    ),
    (
        leaf("purchase.payment_method", "any_of", ("kakaopay", "naverpay")),
        "사용한 결제 수단 카카오페이 또는 네이버페이",
        "사용한 결제 수단에 카카오페이 또는 네이버페이가 있는 방문",
        "Payment methods used: KakaoPay or Naver Pay",
    ),
    (
        leaf("purchase.payment_method", "all_of", ("kakaopay", "card")),
        "사용한 결제 수단 카카오페이, 신용카드 모두",
        "사용한 결제 수단에 카카오페이, 신용카드가 모두 있는 방문",
        "Payment methods used: all of KakaoPay and Card",
    ),
    (
        leaf("purchase.payment_method", "none_of", ("kakaopay", "card")),
        "사용한 결제 수단 카카오페이, 신용카드 없음",
        "사용한 결제 수단에 카카오페이, 신용카드 중 어느 것도 없는 방문",
        "Payment methods used: neither KakaoPay nor Card",
    ),
    (
        leaf("behaviour.page_in_visit", "not_contains", "/cart"),
        "이번 방문에 본 페이지 ‘/cart’ 포함 안 함",
        "이번 방문에 본 페이지 중 ‘/cart’가 들어간 것이 없는 방문",
        "Page seen in this visit: none that contains “/cart”",
    ),
    (
        leaf("behaviour.page_in_visit", "starts_with", "/event"),
        "이번 방문에 본 페이지 ‘/event’로 시작",
        "이번 방문에 본 페이지 중 ‘/event’로 시작하는 것이 있는 방문",
        "Page seen in this visit: one that starts with “/event”",
    ),
    (
        leaf("purchase.orders_in_period", "gte", 2),
        "최근 90일 동안 구매수 2건 이상",
        "최근 90일 동안 구매수가 2건 이상인 방문",
        "Orders in the last 90 days is 2 or more",
    ),
    (
        leaf("commerce.category_viewed", "gte", 3, category="아우터", days=30),
        "최근 30일 동안 카테고리 조회 횟수(카테고리: 아우터) 3회 이상",
        "최근 30일 동안 카테고리 조회 횟수(카테고리: 아우터)가 3회 이상인 방문",
        "Times a category was viewed (Category: 아우터) in the last 30 days is 3 or more",
    ),
    (
        leaf("behaviour.event", "gte", 1, event="view_item", days=1),
        "최근 1일 동안 이벤트 발생 횟수(이벤트: 상품 조회) 1회 이상",
        "최근 1일 동안 이벤트 발생 횟수(이벤트: 상품 조회)가 1회 이상인 방문",
        "Times an event happened (Event: Product view) in the last 1 day is 1 or more",
    ),
    (
        leaf("purchase.price_band", "gte", 1, price="100000..", days=365),
        "최근 365일 동안 가격대 구매 횟수(가격대: 10만원 이상) 1건 이상",
        "최근 365일 동안 가격대 구매 횟수(가격대: 10만원 이상)가 1건 이상인 방문",
        "Times a price band was bought (Price range: ₩100,000 or more) in the last 365 days is 1 or more",
    ),
]


@pytest.mark.parametrize(("said", "row", "korean", "english"), SAID, ids=[row[1] for row in SAID])
def test_a_condition_in_words(said: Leaf, row: str, korean: str, english: str) -> None:
    assert leaf_text(said, "ko") == row
    assert sentence(said, "ko") == korean
    assert leaf_text(said, "en") == english
    assert row.endswith(value_text(said, "ko")) or said.op in ("is_true", "is_false")


WHOLE: list[tuple[Node | None, str, str]] = [
    (None, "모든 방문", "All visits"),
    (
        AllOf((OFTEN, NEVER_BOUGHT)),
        "방문 횟수가 5회 이상이고, 누적 구매수가 0건 이하인 방문",
        "Visits where visit number is 5 or more, and orders so far is 0 or less",
    ),
    (
        AnyOf((SNS, CART)),
        "SNS가 인스타그램 또는 페이스북이거나, 최근 장바구니 금액이 5만원 이상인 방문",
        "Visits where social network is Instagram or Facebook, or recent cart amount is ₩50,000 or more",
    ),
    (
        AllOf((AnyOf((OFTEN, FIRST)), CART)),
        "(방문 횟수가 5회 이상이거나, ‘첫 방문’에 해당하고), 최근 장바구니 금액이 5만원 이상인 방문",
        "Visits where (visit number is 5 or more, or “First visit” applies), and recent cart amount is ₩50,000 or more",
    ),
    (
        AllOf((OFTEN, AnyOf((FIRST, CART)))),
        "방문 횟수가 5회 이상이고, (‘첫 방문’에 해당하거나, 최근 장바구니 금액이 5만원 이상인) 방문",
        "Visits where visit number is 5 or more, and (“First visit” applies, or recent cart amount is ₩50,000 or more)",
    ),
    (
        AllOf((OFTEN, Not(FIRST))),
        "방문 횟수가 5회 이상이고, (‘첫 방문’에 해당하는 경우를 제외한) 방문",
        "Visits where visit number is 5 or more, and not (“First visit” applies)",
    ),
    (
        Not(AllOf((OFTEN, NEVER_BOUGHT))),
        "(방문 횟수가 5회 이상이고, 누적 구매수가 0건 이하인) 경우를 제외한 방문",
        "Visits where not (visit number is 5 or more, and orders so far is 0 or less)",
    ),
    (Not(OFTEN), "방문 횟수가 5회 이상인 경우를 제외한 방문", "Visits where not (visit number is 5 or more)"),
]


@pytest.mark.parametrize(("node", "korean", "english"), WHOLE)
def test_a_tree_in_words(node: Node | None, korean: str, english: str) -> None:
    assert sentence(node, "ko") == korean
    assert sentence(node, "en") == english


def test_groups_of_one_and_of_the_same_kind_are_not_heard() -> None:
    assert sentence(AllOf((AllOf((OFTEN,)), AllOf((FIRST, AnyOf((CART,)))))), "ko") == sentence(
        AllOf((OFTEN, FIRST, CART)), "ko"
    )


def test_a_segment_is_said_in_the_language_of_the_context() -> None:
    segment = Segment(where=OFTEN, name="자주 오는 사람")
    assert sentence(segment) == "방문 횟수가 5회 이상인 방문"
    with using("en"):
        assert sentence(segment) == "Visits where visit number is 5 or more"


def test_people_instead_of_visits() -> None:
    assert sentence(OFTEN, "ko", noun="회원") == "방문 횟수가 5회 이상인 회원"
    assert sentence(OFTEN, "en", noun="members") == "Members where visit number is 5 or more"
    assert sentence(None, "ko", noun="회원") == "모든 회원"


def test_names_of_the_shops_own_values_and_its_currency() -> None:
    product = leaf("acquisition.landing_product", "in", ("P1001", "P1002"))
    assert leaf_text(product, "ko", names={"P1001": "울 코트"}) == "랜딩 상품 울 코트 또는 P1002"
    viewed = leaf("commerce.product_viewed", "gte", 2, product="P1001", days=7)
    assert "(상품: 울 코트)" in leaf_text(viewed, "ko", names={"P1001": "울 코트"})
    assert value_text(leaf("cart.recent_amount", "gte", 5_230), "en", currency="USD") == "$52.30 or more"
    assert value_text(leaf("cart.recent_amount", "gte", 5_230), "ko", currency="USD") == "$52.30 이상"


def test_a_threshold_is_never_rounded() -> None:
    assert value_text(leaf("traffic.duration", "gte", 90.5), "ko") == "90.5초 이상"
    assert value_text(leaf("purchase.amount_in_period", "gte", 0.5), "ko") == "0.5원 이상"
    assert value_text(leaf("traffic.duration", "gte", 90_061), "ko") == "1일 1시간 1분 1초 이상"


def test_one_value() -> None:
    assert scalar_text(50_000, CONDITIONS["cart.recent_amount"], "ko") == "5만원"
    assert scalar_text("instagram", CONDITIONS["acquisition.sns"], "en") == "Instagram"
    assert scalar_text(180, CONDITIONS["traffic.duration"], "ko") == "3분"


def test_a_condition_that_is_not_in_the_catalogue_is_named() -> None:
    with pytest.raises(SegmentError, match=r"traffic\.visit_count"):
        sentence(leaf("traffic.visit_countt", "gte", 5), "ko")


# --- every condition, every operator ----------------------------------------------------------


def leaves_of(condition_id: str) -> list[Leaf]:
    """The condition with each of its operators, values made from its example."""
    condition = CONDITIONS[condition_id]
    start = default_leaf(condition_id)
    first: Scalar = 3
    if condition.type == "date":
        first = "2026-11-24"
    elif condition.type in ("category", "id", "string", "text_set", "set"):
        first = next(iter(condition.values), "값")
    out: list[Leaf] = []
    for op in condition.operators:
        values: dict[str, Value] = {
            "none": None,
            "one": first,
            "many": (first,),
            "pair": (first, first),
            "days": 30,
        }
        out.append(Leaf(condition_id, op, values[OPERATORS[op].arity], start.params))
    return out


@pytest.mark.parametrize("condition_id", CONDITIONS)
def test_every_condition_can_be_said_with_every_operator(condition_id: str) -> None:
    for said in leaves_of(condition_id):
        for language in ("ko", "en"):
            for text in (sentence(said, language), leaf_text(said, language), value_text(said, language)):
                assert text
                assert text == re.sub(r"\s+", " ", text).strip()
                assert "None" not in text
                assert "{" not in text
        assert sentence(said, "ko").endswith(" 방문")
        assert sentence(said, "en").startswith("Visits where ")


@pytest.mark.parametrize("condition_id", CONDITIONS)
def test_operators_of_a_condition_are_told_apart(condition_id: str) -> None:
    for language in ("ko", "en"):
        said = [sentence(one, language) for one in leaves_of(condition_id) if one.op not in ("eq", "in", "all_of")]
        assert len(set(said)) >= len(said) - 1  # 'is not X' and 'none of [X]' are one question


nodes: st.SearchStrategy[Node] = st.recursive(
    st.sampled_from([OFTEN, NEVER_BOUGHT, SNS, CART, FIRST]),
    lambda inner: (
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=7,
)


@settings(max_examples=300)
@given(nodes)
def test_parentheses_close_and_every_condition_is_said(node: Node) -> None:
    for language in ("ko", "en"):
        text = sentence(node, language)
        depth = 0
        for char in text:
            depth += (char == "(") - (char == ")")
            assert depth >= 0
        assert depth == 0
    english = sentence(node, "en")
    assert read_back(english.removeprefix("Visits where ")) == said_tree(node)


LEAVES = {
    "visit number is 5 or more": "a",
    "orders so far is 0 or less": "b",
    "social network is Instagram or Facebook": "c",
    "recent cart amount is ₩50,000 or more": "d",
    "“First visit” applies": "e",
}


def read_back(text: str) -> object:
    """The tree of an English sentence, read without knowing the one it was made from."""
    for phrase, short in LEAVES.items():
        text = text.replace(phrase, short)
    tokens = re.findall(r"\(|\)|, and |, or |not |[a-e]", text)

    def group() -> object:
        parts = [part()]
        kind = ""
        while tokens and tokens[0] != ")":
            kind = {", and ": "all", ", or ": "any"}[tokens.pop(0)]
            parts.append(part())
        return (kind, *parts) if kind else parts[0]

    def part() -> object:
        token = tokens.pop(0)
        if token == "not ":
            return ("not", part())
        if token == "(":
            inner = group()
            tokens.pop(0)
            return inner
        return token

    return group()


def said_tree(node: Node) -> object:
    """The tree as it is to be heard: nested groups of one kind are one group."""
    if isinstance(node, Leaf):
        return LEAVES[sentence(node, "en").removeprefix("Visits where ")]
    if isinstance(node, Not):
        return ("not", said_tree(node.part))
    kind = "all" if isinstance(node, AllOf) else "any"
    parts: list[object] = []
    for part in map(said_tree, node.parts):
        parts.extend(part[1:] if isinstance(part, tuple) and part[0] == kind else [part])
    return (kind, *parts)
