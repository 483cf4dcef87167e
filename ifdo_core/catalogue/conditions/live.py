"""현재: what the visitor is doing right now. It has no past, so no 모수 (semantics.md, '모수')."""

from ifdo_core.catalogue.entry import Needs
from ifdo_core.catalogue.factories import ITEMS, PAGES, live, required, text

_NOW = "지금 접속한 방문자에게만 쓸 수 있어 모수를 셀 수 없어요."
_NOW_EN = "For visitors on the site right now, so it has no past to count."
_DATA: tuple[Needs, ...] = ("events", "products")

CONDITIONS = (
    live("live.on_site", "현재 접속 중", "On the site now", "boolean", "is_true",
        ("최근 5분 안에 활동이 있는 방문자예요. " + _NOW, "Active within the last 5 minutes. " + _NOW_EN)),
    live("live.current_page", "현재 보는 페이지", "Page being viewed now", "string", "contains /product/",
        ("지금 열려 있는 페이지의 경로예요. " + _NOW, "Path of the page that is open. " + _NOW_EN)),
    live("live.current_page_type", "현재 보는 페이지 유형", "Type of page viewed now", "category", "in cart",
        (_NOW, _NOW_EN), values="page_type"),
    live("live.current_page_title", "현재 페이지 제목", "Title of page viewed now", "string", "contains 기획전",
        (_NOW, _NOW_EN)),
    live("live.current_url_param", "현재 URL 매개변수", "Parameter of current URL", "string", "eq vip ; param=tab",
        ("주소의 ? 뒤에 있는 값이에요. " + _NOW, "A value after the ? of the address. " + _NOW_EN),
        params=(required(text("param", "매개변수", "Parameter")),)),
    live("live.current_product", "현재 보는 상품", "Product viewed now", "id", "in P1001",
        (_NOW, _NOW_EN), needs=_DATA),
    live("live.current_category", "현재 보는 카테고리", "Category viewed now", "category", "in 아우터",
        (_NOW, _NOW_EN), needs=_DATA),
    live("live.current_product_price", "현재 보는 상품 가격", "Price of product viewed now", "money", "gte 100000",
        (_NOW, _NOW_EN), needs=_DATA),
    live("live.current_page_dwell", "현재 페이지 체류 시간", "Seconds on current page", "duration_s", "gte 30",
        ("사이트 스크립트가 재는 시간이에요. " + _NOW, "Counted by the site script. " + _NOW_EN), quick=(10, 30, 60)),
    live("live.current_visit_duration", "현재 방문 체류 시간", "Seconds in current visit", "duration_s", "gte 180",
        (_NOW, _NOW_EN)),
    live("live.current_visit_pages", "현재 방문 페이지뷰", "Pages in current visit", "integer", "gte 3",
        (_NOW, _NOW_EN), unit=PAGES, quick=(2, 3, 5)),
    live("live.current_scroll", "현재 스크롤 위치", "Scroll of current page", "percent", "gte 50",
        ("페이지를 어디까지 내렸는지예요. " + _NOW, "How far down the page was read. " + _NOW_EN), quick=(25, 50, 75)),
    live("live.exit_intent", "이탈 의도", "Exit intent", "boolean", "is_true",
        ("마우스가 창 위로 나가거나, 뒤로 가기, 모바일의 빠른 위 스크롤로 알아내요. " + _NOW,
         "The pointer leaves the top, the back button, or a fast upward scroll on a phone. " + _NOW_EN)),
    live("live.idle_seconds", "무활동 시간", "Idle seconds", "duration_s", "gte 60", (_NOW, _NOW_EN)),
    live("live.current_cart_amount", "현재 장바구니 금액", "Cart amount now", "money", "between 30000|49999",
        ("지난 방문의 장바구니는 '최근 장바구니 금액'으로 찾으세요. " + _NOW,
         "For carts of past visits use 'Recent cart amount'. " + _NOW_EN)),
    live("live.current_cart_items", "현재 장바구니 상품 수", "Items in cart now", "integer", "gte 1",
        (_NOW, _NOW_EN), unit=ITEMS, quick=(1, 2, 3)),
    live("live.current_cart_product", "현재 장바구니 상품", "Product in cart now", "set", "any_of P1001",
        (_NOW, _NOW_EN), needs=_DATA),
    live("live.current_step", "현재 구매 단계", "Buying step now", "category", "in begin_checkout",
        (_NOW, _NOW_EN), values="step"),
    live("live.current_search_term", "현재 검색어", "Search term now", "string", "contains 코트", (_NOW, _NOW_EN)),
    live("live.current_event", "현재 발생한 이벤트", "Event just now", "category", "in add_to_cart",
        ("그 이벤트가 일어나는 순간에 맞아요. " + _NOW, "True at the moment of the event. " + _NOW_EN), values="event"),
    live("live.current_source", "현재 유입 소스", "Source of current visit", "string", "eq instagram",
        ("지금 진행 중인 방문의 소스예요. 지난 방문은 '유입 소스'로 찾으세요. " + _NOW,
         "Of the running visit; for past visits use 'Source'. " + _NOW_EN)),
    live("live.current_device", "현재 기기", "Device now", "category", "in mobile", (_NOW, _NOW_EN), values="device"),
    live("live.current_login", "현재 로그인 여부", "Logged in now", "boolean", "is_false", (_NOW, _NOW_EN)),
    live("live.tab_returned", "다른 탭에서 복귀", "Came back to the tab", "boolean", "is_true",
        ("다른 탭을 보다가 돌아온 순간에 맞아요. " + _NOW, "True when the page comes into view again. " + _NOW_EN)),
)  # fmt: skip
