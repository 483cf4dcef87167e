"""A message of each type that Kakao takes, with an image for each slot."""

from __future__ import annotations

from ifdo_core.messages import Message

LINK = {"mobile": "https://shop.example.com/event"}
BUTTON = {"kind": "WL", "name": "보러 가기", "links": LINK}
COUPON = {"title": "5000원 할인 쿠폰", "description": "첫 구매 쿠폰", "links": LINK}
IMAGE = {"url": "https://img.example.com/a.jpg", "link": "https://shop.example.com/a"}
GOODS = {"title": "울 코트", "price": 100_000, "sale_price": 90_000, "discount_rate": 10}

SAMPLES: dict[str, Message] = {
    name: Message.from_dict({"type": name, "name": name, **data})
    for name, data in {
        "text": {"text": "#{이름}님, 블랙위크예요", "buttons": [BUTTON], "fallbacks": {"이름": "고객"}},
        "image": {"text": "겨울 신상", "image": IMAGE, "buttons": [BUTTON], "coupon": COUPON},
        "wide": {"text": "오늘만 특가", "image": IMAGE, "buttons": [BUTTON]},
        "wide_item_list": {
            "header": "이번 주 인기",
            "items": [{"title": f"상품 {n}", "image": IMAGE, "links": LINK} for n in range(4)],
        },
        "commerce": {"image": IMAGE, "commerce": GOODS, "extra": "무료 배송", "buttons": [BUTTON]},
        "premium_video": {
            "video": {"url": "https://tv.kakao.com/v/123", "thumbnail": IMAGE, "private": True},
            "header": "새 영상",
        },
        "carousel_feed": {
            "cards": [{"header": "하나", "text": "첫 장", "image": IMAGE, "buttons": [BUTTON]}] * 2,
            "tail": LINK,
        },
        "carousel_commerce": {
            "head": {"header": "모음전", "text": "지금 가장 많이 담은 상품", "image": IMAGE},
            "cards": [{"image": IMAGE, "commerce": GOODS, "buttons": [BUTTON]}],
        },
    }.items()
}
