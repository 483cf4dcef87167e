"""Korean that is Kakao's or the law's and not ours to word: labels and fixed shapes that a message must keep."""

from __future__ import annotations

import re

#: The mark of an advertisement, which Kakao draws and a text message must begin with.
AD = "(광고)"
#: Ways of writing it that hide it from filters, which the law forbids.
DISGUISED = ("(광/고)", "(광 고)", "( 광고", "(광.고)", "（광고）", "(廣告)", "[광고]")
#: The shapes of a coupon's title.
SHIPPING_COUPON = "배송비 할인 쿠폰"
NUMBER_COUPON = re.compile(r"(\S+)(원|%) 할인 쿠폰")
NAME_COUPON = re.compile(r"(.+) (무료|UP) 쿠폰")
WON = "원"
#: What a message ends with that tells how to refuse further ones.
OPT_OUT_CHANNEL = "수신거부 | 홈 > 채널차단"
OPT_OUT_080 = "무료수신거부"
#: The hour beside a bubble in the preview.
HOUR = "오전 11:00"
#: On a button that leads to a product.
LOOK = "보러 가기"
