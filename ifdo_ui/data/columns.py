"""Words for our tables and columns, as the mapping is shown for confirmation."""

from __future__ import annotations

from ifdo_ui.text import _


def table_word(table: str) -> str:
    """'주문' for orders."""
    words = {
        "events": _("방문 이벤트"),
        "orders": _("주문"),
        "order_items": _("주문 상품"),
        "products": _("상품"),
        "members": _("회원"),
        "messages": _("메시지 발송"),
    }
    return words[table]


def column_word(column: str) -> str:
    """'주문 번호 (order_id)'; a column without a word of its own stands as it is."""
    word = _words().get(column)
    return f"{word} ({column})" if word else column


def _words() -> dict[str, str]:
    return {
        "ts": _("시각"),
        "visitor_id": _("방문자 ID"),
        "name": _("이름"),
        "event_id": _("이벤트 ID"),
        "visit_id": _("방문 ID"),
        "member_id": _("회원 ID"),
        "page_url": _("페이지 주소"),
        "page_title": _("페이지 제목"),
        "referrer": _("리퍼러"),
        "product_id": _("상품 번호"),
        "category": _("카테고리"),
        "quantity": _("수량"),
        "value": _("금액"),
        "cart_value": _("장바구니 총액"),
        "order_id": _("주문 번호"),
        "search_term": _("검색어"),
        "device": _("기기"),
        "os": _("운영체제"),
        "browser": _("브라우저"),
        "country": _("나라"),
        "region": _("지역"),
        "city": _("도시"),
        "amount": _("주문 금액"),
        "paid": _("결제 금액"),
        "status": _("상태"),
        "discount": _("할인"),
        "shipping": _("배송비"),
        "points_used": _("사용한 적립금"),
        "coupon": _("쿠폰"),
        "payment_method": _("결제 수단"),
        "channel": _("판매 채널"),
        "refunded_amount": _("환불 금액"),
        "refunded_at": _("환불 시각"),
        "price": _("가격"),
        "list_price": _("정가"),
        "cost": _("원가"),
        "stock": _("재고"),
        "brand": _("브랜드"),
        "image_url": _("이미지 주소"),
        "url": _("주소"),
        "joined_at": _("가입 시각"),
        "grade": _("등급"),
        "birthday": _("생일"),
        "gender": _("성별"),
        "phone": _("전화번호"),
        "email": _("이메일"),
        "marketing_consent": _("광고 수신 동의"),
        "consent_at": _("동의 시각"),
        "channel_friend": _("채널 친구"),
        "points": _("적립금"),
        "last_login_at": _("마지막 로그인"),
    }
