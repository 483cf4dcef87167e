# Made from the catalogue by `python -m ifdo_core.docs`; edit the entries instead.
from ifdo_core.segments.terms import Choice, Count, Day, Items, Number, Text, YesNo

class _AcquisitionLandingQueryParam:
    def __call__(self, *, param: str) -> Text: ...

class _AcquisitionVisitsFrom:
    def __call__(self, *, source: str, days: int = ...) -> Count: ...

class _TrafficVisitsInPeriod(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _TrafficVisitDaysInPeriod(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _TrafficPagesInPeriod(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _TrafficDurationInPeriod(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourPageViewed:
    def __call__(self, *, url: str = ..., pattern: str = ..., days: int = ...) -> Count: ...

class _BehaviourPageTypeViewed:
    def __call__(self, *, page_type: str, days: int = ...) -> Count: ...

class _BehaviourPageTitleViewed:
    def __call__(self, *, title: str, days: int = ...) -> Count: ...

class _BehaviourPageDwell(Count):
    def __call__(self, *, url: str = ..., pattern: str = ..., days: int = ...) -> Count: ...

class _BehaviourScrolled(Count):
    def __call__(self, *, url: str = ..., pattern: str = ..., percent: float = ..., days: int = ...) -> Count: ...

class _BehaviourClicked(Count):
    def __call__(self, *, element: str = ..., days: int = ...) -> Count: ...

class _BehaviourOutboundClicked(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourSearched(Count):
    def __call__(self, *, term: str = ..., days: int = ...) -> Count: ...

class _BehaviourSearchedNoResult(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourEvent:
    def __call__(self, *, event: str, where: str = ..., days: int = ...) -> Count: ...

class _BehaviourEventSum:
    def __call__(self, *, event: str, property: str, days: int = ...) -> Count: ...

class _BehaviourEventFirstTime:
    def __call__(self, *, event: str, days: int = ...) -> Count: ...

class _BehaviourEventSequence:
    def __call__(self, *, steps: str, within_h: float = ..., days: int = ...) -> Count: ...

class _BehaviourEventWithout:
    def __call__(self, *, did: str, did_not: str = ..., within_h: float = ..., days: int = ...) -> Count: ...

class _BehaviourDaysSinceEvent:
    def __call__(self, *, event: str) -> Number: ...

class _BehaviourActiveDays:
    def __call__(self, *, event: str, days: int = ...) -> Count: ...

class _BehaviourFormSubmitted(Count):
    def __call__(self, *, form: str = ..., days: int = ...) -> Count: ...

class _BehaviourFormAbandoned(Count):
    def __call__(self, *, form: str = ..., days: int = ...) -> Count: ...

class _BehaviourSignupAbandoned(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourLogin(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourVideo(Count):
    def __call__(self, *, percent: float = ..., days: int = ...) -> Count: ...

class _BehaviourFileDownload(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourShared(Count):
    def __call__(self, *, method: str = ..., days: int = ...) -> Count: ...

class _BehaviourPromotionViewed(Count):
    def __call__(self, *, promotion: str = ..., days: int = ...) -> Count: ...

class _BehaviourPromotionClicked(Count):
    def __call__(self, *, promotion: str = ..., days: int = ...) -> Count: ...

class _BehaviourCouponDownloaded(Count):
    def __call__(self, *, coupon: str = ..., days: int = ...) -> Count: ...

class _BehaviourReviewViewed(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourReviewWritten(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourChatStarted(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _BehaviourErrorSeen(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CartAdded(Count):
    def __call__(self, *, product: str = ..., category: str = ..., brand: str = ..., days: int = ...) -> Count: ...

class _CartRemoved(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CartViewed(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CartAbandoned(Count):
    def __call__(self, *, after_h: float = ..., days: int = ...) -> Count: ...

class _CartAbandonedAmount(Count):
    def __call__(self, *, after_h: float = ..., days: int = ...) -> Count: ...

class _CommerceProductViewed(Count):
    def __call__(self, *, product: str = ..., days: int = ...) -> Count: ...

class _CommerceCategoryViewed:
    def __call__(self, *, category: str, days: int = ...) -> Count: ...

class _CommerceBrandViewed:
    def __call__(self, *, brand: str, days: int = ...) -> Count: ...

class _CommercePriceBandViewed:
    def __call__(self, *, price: str, days: int = ...) -> Count: ...

class _CommerceProductsViewed(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CommerceSameProductViews(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CommerceViewedNotCarted(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CommerceViewedNotBought(Count):
    def __call__(self, *, product: str = ..., days: int = ...) -> Count: ...

class _CommerceSaleItemViewed(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CommerceSoldoutViewed(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CommerceListClicked(Count):
    def __call__(self, *, list: str = ..., days: int = ...) -> Count: ...

class _CommerceWishlistAdded(Count):
    def __call__(self, *, product: str = ..., days: int = ...) -> Count: ...

class _CommerceRestockRequested(Count):
    def __call__(self, *, product: str = ..., days: int = ...) -> Count: ...

class _CommerceCheckoutReached(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _CommerceCheckoutAbandoned(Count):
    def __call__(self, *, after_h: float = ..., days: int = ...) -> Count: ...

class _CommercePaymentInfoAdded(Count):
    def __call__(self, *, method: str = ..., days: int = ...) -> Count: ...

class _PurchaseOrdersInPeriod(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _PurchaseAmountInPeriod(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _PurchaseProduct:
    def __call__(self, *, product: str, days: int = ...) -> Count: ...

class _PurchaseCategory:
    def __call__(self, *, category: str, days: int = ...) -> Count: ...

class _PurchaseBrand:
    def __call__(self, *, brand: str, days: int = ...) -> Count: ...

class _PurchasePriceBand:
    def __call__(self, *, price: str, days: int = ...) -> Count: ...

class _PurchaseANotB:
    def __call__(self, *, did: str, did_not: str = ..., days: int = ...) -> Count: ...

class _PurchaseSameProductRepeat(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _PurchaseDaysSinceProduct:
    def __call__(self, *, product: str) -> Number: ...

class _PurchaseCouponOrders(Count):
    def __call__(self, *, coupon: str = ..., days: int = ...) -> Count: ...

class _PurchaseFullPriceOrders(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _PurchasePointsUsed(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _PurchaseRefundCount(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _PurchaseRefundAmount(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _PurchaseCancelCount(Count):
    def __call__(self, *, days: int = ...) -> Count: ...

class _MemberCustomField:
    def __call__(self, *, field: str) -> Text: ...

class _AnalysisPreviousRfmGrade(Choice):
    def __call__(self, *, ago: str = ...) -> Choice: ...

class _AnalysisSegmentEnteredDays:
    def __call__(self, *, segment: str) -> Number: ...

class _MessageReceived(Count):
    def __call__(self, *, channel: str = ..., campaign: str = ..., days: int = ...) -> Count: ...

class _MessageOpened(Count):
    def __call__(self, *, channel: str = ..., campaign: str = ..., days: int = ...) -> Count: ...

class _MessageClicked(Count):
    def __call__(self, *, channel: str = ..., campaign: str = ..., days: int = ...) -> Count: ...

class _MessageReceivedNotClicked(Count):
    def __call__(self, *, channel: str = ..., campaign: str = ..., after_h: float = ..., days: int = ...) -> Count: ...

class _MessageBoughtAfter(Count):
    def __call__(self, *, channel: str = ..., campaign: str = ..., within_h: float = ..., days: int = ...) -> Count: ...

class _MessageFailed(Count):
    def __call__(self, *, channel: str = ..., reason: str = ..., days: int = ...) -> Count: ...

class _MessageOnsiteShown(Count):
    def __call__(self, *, message: str = ..., days: int = ...) -> Count: ...

class _MessageOnsiteClicked(Count):
    def __call__(self, *, message: str = ..., days: int = ...) -> Count: ...

class _MessageOnsiteClosed(Count):
    def __call__(self, *, message: str = ..., days: int = ...) -> Count: ...

class _MessageInHoldout(YesNo):
    def __call__(self, *, campaign: str = ...) -> YesNo: ...

class _MessageVariant(Choice):
    def __call__(self, *, campaign: str = ...) -> Choice: ...

class _MessageFrequencyCapLeft(Number):
    def __call__(self, *, days: int = ...) -> Number: ...

class _LiveCurrentUrlParam:
    def __call__(self, *, param: str) -> Text: ...

class Acquisition:
    channel: Choice
    """유입 채널 · Channel group"""
    source: Text
    """유입 소스 · Source"""
    medium: Text
    """유입 매체 · Medium"""
    source_medium: Text
    """소스/매체 · Source / medium"""
    campaign: Text
    """캠페인 · Campaign"""
    campaign_id: Text
    """캠페인 ID · Campaign id"""
    term: Text
    """광고 키워드 · Campaign term"""
    content: Text
    """광고 소재 · Campaign content"""
    search_engine: Choice
    """검색엔진 · Search engine"""
    search_keyword: Text
    """유입 검색어 · Search keyword"""
    sns: Choice
    """SNS · Social network"""
    is_ad: YesNo
    """광고 유입 여부 · Came from an ad"""
    ad_platform: Choice
    """광고 매체 · Ad platform"""
    click_id_type: Choice
    """광고 클릭 ID 종류 · Click id type"""
    is_direct: YesNo
    """직접 유입 · Direct visit"""
    is_referral: YesNo
    """외부 사이트 유입 · Came from another site"""
    referrer_host: Text
    """리퍼러 도메인 · Referrer host"""
    referrer_url: Text
    """리퍼러 URL · Referrer URL"""
    shopping_portal: Choice
    """쇼핑 포털·가격 비교 · Shopping portal"""
    blog_cafe: Choice
    """블로그·카페 · Blog or community"""
    messenger: Choice
    """메신저 · Messenger"""
    ai_assistant: Choice
    """AI 검색·챗봇 · AI assistant"""
    own_message: Choice
    """우리 메시지로 유입 · Came from our own message"""
    own_message_campaign: Text
    """유입 메시지 캠페인 · Message campaign that led here"""
    landing_url: Text
    """랜딩 페이지 · Landing page URL"""
    landing_title: Text
    """랜딩 페이지 제목 · Landing page title"""
    landing_page_type: Choice
    """랜딩 페이지 유형 · Landing page type"""
    landing_query_param: _AcquisitionLandingQueryParam
    """랜딩 URL 매개변수 · Landing URL parameter"""
    landing_product: Choice
    """랜딩 상품 · Landed on product"""
    first_channel: Choice
    """최초 유입 채널 · First-ever channel"""
    first_source: Text
    """최초 유입 소스 · First-ever source"""
    first_campaign: Text
    """최초 유입 캠페인 · First-ever campaign"""
    first_landing_url: Text
    """최초 랜딩 페이지 · First-ever landing page"""
    last_non_direct_source: Text
    """마지막 비직접 소스 · Last non-direct source"""
    distinct_channels: Number
    """이용한 채널 수 · Channels used so far"""
    visits_from: _AcquisitionVisitsFrom
    """특정 유입으로 방문한 횟수 · Visits from a given source"""

class Traffic:
    visit_count: Number
    """방문 횟수 · Visit number"""
    total_visits: Number
    """총 방문 수(현재 기준) · Visits of the visitor up to now"""
    is_first_visit: YesNo
    """첫 방문 · First visit"""
    is_returning: YesNo
    """재방문 · Returning visit"""
    pages_in_visit: Number
    """이번 방문 페이지뷰 · Page views in the visit"""
    unique_pages_in_visit: Number
    """이번 방문 고유 페이지 수 · Distinct pages in the visit"""
    events_in_visit: Number
    """이번 방문 이벤트 수 · Events in the visit"""
    duration: Number
    """체류 시간 · Visit duration"""
    engaged_time: Number
    """실제 활동 시간 · Engaged time"""
    is_bounce: YesNo
    """이탈 방문 · Bounced visit"""
    lifetime_pages: Number
    """누적 페이지뷰 · Page views so far"""
    lifetime_duration: Number
    """누적 체류 시간 · Time on site so far"""
    avg_pages_per_visit: Number
    """평균 페이지뷰 · Average pages per visit"""
    days_since_first_visit: Number
    """첫 방문 후 경과일 · Days since first visit"""
    days_since_previous_visit: Number
    """이전 방문 후 경과일 · Days since previous visit"""
    visits_in_period: _TrafficVisitsInPeriod
    """기간 내 방문 수 · Visits in a period"""
    visit_days_in_period: _TrafficVisitDaysInPeriod
    """기간 내 방문 일수 · Days visited in a period"""
    pages_in_period: _TrafficPagesInPeriod
    """기간 내 페이지뷰 · Page views in a period"""
    duration_in_period: _TrafficDurationInPeriod
    """기간 내 체류 시간 · Time on site in a period"""
    hour: Number
    """방문 시간대 · Hour of day"""
    time_slot: Choice
    """시간대 구분 · Part of day"""
    weekday: Choice
    """방문 요일 · Day of week"""
    is_weekend: YesNo
    """주말 방문 · Weekend visit"""
    date: Day
    """방문일 · Visit date"""
    day_of_month: Number
    """방문일자(일) · Day of month"""
    device: Choice
    """기기 · Device type"""
    os: Choice
    """운영체제 · Operating system"""
    os_version: Text
    """운영체제 버전 · OS version"""
    browser: Choice
    """브라우저 · Browser"""
    browser_version: Text
    """브라우저 버전 · Browser version"""
    inapp_browser: Choice
    """인앱 브라우저 · In-app browser"""
    device_brand: Text
    """기기 브랜드 · Device brand"""
    device_model: Text
    """기기 모델 · Device model"""
    screen_width: Number
    """화면 너비 · Screen width"""
    platform: Choice
    """접속 플랫폼 · Platform"""
    country: Choice
    """국가 · Country"""
    region: Text
    """접속 지역 · Region"""
    city: Text
    """접속 도시 · City"""
    language: Choice
    """언어 · Language"""
    host: Text
    """접속 도메인 · Site host"""
    exit_url: Text
    """이탈 페이지 · Exit page URL"""
    exit_page_type: Choice
    """이탈 페이지 유형 · Exit page type"""
    is_logged_in: YesNo
    """로그인 방문 · Logged-in visit"""
    is_known_visitor: YesNo
    """식별된 방문자 · Known visitor"""
    is_internal: YesNo
    """내부 접속 · Internal visit"""

class Behaviour:
    page_in_visit: Text
    """이번 방문에 본 페이지 · Page seen in this visit"""
    page_viewed: _BehaviourPageViewed
    """페이지 조회 횟수 · Times a page was viewed"""
    page_type_viewed: _BehaviourPageTypeViewed
    """페이지 유형 조회 횟수 · Times a page type was viewed"""
    page_title_viewed: _BehaviourPageTitleViewed
    """페이지 제목 조회 횟수 · Times a page title was viewed"""
    page_dwell: _BehaviourPageDwell
    """페이지 체류 시간 · Time spent on a page"""
    scroll_in_visit: Number
    """이번 방문 최대 스크롤 · Deepest scroll in the visit"""
    scrolled: _BehaviourScrolled
    """스크롤 횟수 · Times a page was scrolled to a depth"""
    clicked: _BehaviourClicked
    """클릭 횟수 · Times an element was clicked"""
    outbound_clicked: _BehaviourOutboundClicked
    """외부 링크 클릭 횟수 · Outbound clicks"""
    searched: _BehaviourSearched
    """사이트 검색 횟수 · On-site searches"""
    search_terms_in_visit: Text
    """이번 방문 검색어 · Search terms in the visit"""
    last_search_term: Text
    """마지막 검색어 · Last search term"""
    searched_no_result: _BehaviourSearchedNoResult
    """검색 결과 없음 횟수 · Searches without results"""
    event: _BehaviourEvent
    """이벤트 발생 횟수 · Times an event happened"""
    event_sum: _BehaviourEventSum
    """이벤트 값 합계 · Sum of an event property"""
    event_first_time: _BehaviourEventFirstTime
    """처음 발생한 이벤트 · Event happened for the first time"""
    event_sequence: _BehaviourEventSequence
    """순서대로 한 행동 · Did A then B"""
    event_without: _BehaviourEventWithout
    """A는 했지만 B는 안 함 · Did A but not B"""
    days_since_event: _BehaviourDaysSinceEvent
    """특정 행동 후 경과일 · Days since an event"""
    active_days: _BehaviourActiveDays
    """활동한 날 수 · Days with an event"""
    form_submitted: _BehaviourFormSubmitted
    """폼 제출 횟수 · Forms submitted"""
    form_abandoned: _BehaviourFormAbandoned
    """폼 작성 중단 · Form started, not sent"""
    signup_abandoned: _BehaviourSignupAbandoned
    """가입 중단 · Sign-up page seen, not joined"""
    login: _BehaviourLogin
    """로그인 횟수 · Logins"""
    video: _BehaviourVideo
    """영상 시청 횟수 · Videos watched"""
    file_download: _BehaviourFileDownload
    """파일 내려받기 횟수 · Files downloaded"""
    shared: _BehaviourShared
    """공유 횟수 · Shares"""
    promotion_viewed: _BehaviourPromotionViewed
    """기획전 배너 노출 횟수 · Promotion views"""
    promotion_clicked: _BehaviourPromotionClicked
    """기획전 배너 클릭 횟수 · Promotion clicks"""
    coupon_downloaded: _BehaviourCouponDownloaded
    """쿠폰 내려받기 횟수 · Coupons taken"""
    review_viewed: _BehaviourReviewViewed
    """후기 조회 횟수 · Reviews read"""
    review_written: _BehaviourReviewWritten
    """후기 작성 횟수 · Reviews written"""
    chat_started: _BehaviourChatStarted
    """상담 시작 횟수 · Chats started"""
    error_seen: _BehaviourErrorSeen
    """오류 경험 횟수 · Errors met"""

class Cart:
    recent_amount: Number
    """최근 장바구니 금액 · Recent cart amount"""
    amount: Number
    """장바구니 금액 · Cart amount"""
    item_count: Number
    """장바구니 상품 종류 수 · Distinct products in cart"""
    quantity: Number
    """장바구니 수량 · Units in cart"""
    has_items: YesNo
    """장바구니 보유 · Has a cart"""
    age_hours: Number
    """장바구니 보관 시간 · Cart age in hours"""
    hours_since_last_add: Number
    """마지막 담기 후 경과 시간 · Hours since last add to cart"""
    product: Items
    """장바구니에 담긴 상품 · Product in cart"""
    category: Items
    """장바구니에 담긴 카테고리 · Category in cart"""
    brand: Items
    """장바구니에 담긴 브랜드 · Brand in cart"""
    max_item_price: Number
    """장바구니 최고가 상품 · Dearest item in cart"""
    free_shipping_gap: Number
    """무료배송까지 남은 금액 · Amount left to free shipping"""
    added: _CartAdded
    """장바구니 담기 횟수 · Times added to cart"""
    removed: _CartRemoved
    """장바구니 삭제 횟수 · Times removed from cart"""
    viewed: _CartViewed
    """장바구니 조회 횟수 · Times the cart was opened"""
    abandoned: _CartAbandoned
    """장바구니 이탈 · Cart abandoned"""
    abandoned_amount: _CartAbandonedAmount
    """이탈한 장바구니 금액 · Amount in abandoned carts"""
    coupon_applied: YesNo
    """장바구니 쿠폰 적용 · Coupon applied in cart"""

class Commerce:
    product_viewed: _CommerceProductViewed
    """상품 조회 횟수 · Times a product was viewed"""
    category_viewed: _CommerceCategoryViewed
    """카테고리 조회 횟수 · Times a category was viewed"""
    brand_viewed: _CommerceBrandViewed
    """브랜드 조회 횟수 · Times a brand was viewed"""
    price_band_viewed: _CommercePriceBandViewed
    """가격대 조회 횟수 · Times a price band was viewed"""
    products_viewed: _CommerceProductsViewed
    """조회한 상품 수 · Distinct products viewed"""
    same_product_views: _CommerceSameProductViews
    """한 상품 최다 조회 횟수 · Most views of one product"""
    viewed_not_carted: _CommerceViewedNotCarted
    """조회만 하고 안 담은 상품 수 · Viewed but not carted"""
    viewed_not_bought: _CommerceViewedNotBought
    """조회했지만 안 산 상품 수 · Viewed but not bought"""
    sale_item_viewed: _CommerceSaleItemViewed
    """할인 상품 조회 횟수 · Times a sale item was viewed"""
    soldout_viewed: _CommerceSoldoutViewed
    """품절 상품 조회 횟수 · Times a sold-out item was viewed"""
    last_product: Choice
    """마지막으로 본 상품 · Last product viewed"""
    last_category: Choice
    """마지막으로 본 카테고리 · Last category viewed"""
    top_category: Choice
    """가장 많이 본 카테고리 · Most viewed category"""
    top_brand: Choice
    """가장 많이 본 브랜드 · Most viewed brand"""
    avg_viewed_price: Number
    """조회 상품 평균 가격 · Average price of products viewed"""
    list_clicked: _CommerceListClicked
    """상품 목록 클릭 횟수 · Clicks in product lists"""
    wishlist_added: _CommerceWishlistAdded
    """찜 횟수 · Times added to wishlist"""
    wishlist_product: Items
    """찜한 상품 · Product on wishlist"""
    wishlist_count: Number
    """찜한 상품 수 · Products on wishlist"""
    restock_requested: _CommerceRestockRequested
    """재입고 알림 신청 횟수 · Restock alerts asked"""
    checkout_reached: _CommerceCheckoutReached
    """결제 페이지 도달 횟수 · Times checkout was reached"""
    checkout_abandoned: _CommerceCheckoutAbandoned
    """결제 페이지 도달 후 미구매 · Reached checkout but did not buy"""
    furthest_step: Choice
    """이번 방문 구매 단계 · Furthest buying step in the visit"""
    payment_info_added: _CommercePaymentInfoAdded
    """결제 수단 선택 횟수 · Times a payment method was chosen"""
    visit_converted: YesNo
    """이번 방문에 구매 · Bought in this visit"""
    visit_order_amount: Number
    """이번 방문 구매액 · Amount bought in this visit"""

class Purchase:
    order_count: Number
    """누적 구매수 · Orders so far"""
    total_amount: Number
    """누적 구매액 · Amount so far"""
    aov: Number
    """평균 구매액 · Average order value"""
    max_order_amount: Number
    """최고 구매액 · Largest order"""
    last_order_amount: Number
    """마지막 구매액 · Last order amount"""
    units: Number
    """누적 구매 수량 · Units bought so far"""
    distinct_products: Number
    """구매한 상품 종류 수 · Distinct products bought"""
    distinct_categories: Number
    """구매한 카테고리 수 · Distinct categories bought"""
    avg_basket_size: Number
    """주문당 평균 상품 수 · Average items per order"""
    has_purchased: YesNo
    """구매 경험 · Has bought"""
    is_one_time: YesNo
    """1회 구매자 · Bought exactly once"""
    is_repeat: YesNo
    """재구매자 · Bought twice or more"""
    first_order_date: Day
    """첫 구매일 · First order date"""
    last_order_date: Day
    """마지막 구매일 · Last order date"""
    days_since_last: Number
    """마지막 구매 후 경과일 · Days since last order"""
    days_since_first: Number
    """첫 구매 후 경과일 · Days since first order"""
    avg_gap_days: Number
    """평균 구매 주기 · Average days between orders"""
    orders_in_period: _PurchaseOrdersInPeriod
    """기간 내 구매수 · Orders in a period"""
    amount_in_period: _PurchaseAmountInPeriod
    """기간 내 구매액 · Amount in a period"""
    product: _PurchaseProduct
    """상품 구매 횟수 · Times a product was bought"""
    category: _PurchaseCategory
    """카테고리 구매 횟수 · Times a category was bought"""
    brand: _PurchaseBrand
    """브랜드 구매 횟수 · Times a brand was bought"""
    price_band: _PurchasePriceBand
    """가격대 구매 횟수 · Times a price band was bought"""
    a_not_b: _PurchaseANotB
    """A는 샀지만 B는 안 산 고객 · Bought A but not B"""
    same_product_repeat: _PurchaseSameProductRepeat
    """같은 상품 재구매 횟수 · Repeat orders of one product"""
    days_since_product: _PurchaseDaysSinceProduct
    """상품 구매 후 경과일 · Days since a product was bought"""
    first_product: Items
    """첫 구매 상품 · Product of first order"""
    first_category: Items
    """첫 구매 카테고리 · Category of first order"""
    last_product: Items
    """마지막 구매 상품 · Product of last order"""
    last_category: Items
    """마지막 구매 카테고리 · Category of last order"""
    coupon_orders: _PurchaseCouponOrders
    """쿠폰 사용 구매수 · Orders with a coupon"""
    coupon_share: Number
    """쿠폰 구매 비율 · Share of orders with a coupon"""
    discount_rate: Number
    """평균 할인율 · Average discount rate"""
    full_price_orders: _PurchaseFullPriceOrders
    """정가 구매수 · Orders without any discount"""
    points_used: _PurchasePointsUsed
    """적립금 사용액 · Points used"""
    payment_method: Items
    """사용한 결제 수단 · Payment methods used"""
    last_payment_method: Choice
    """마지막 결제 수단 · Last payment method"""
    refund_count: _PurchaseRefundCount
    """환불 횟수 · Refunds"""
    refund_amount: _PurchaseRefundAmount
    """환불 금액 · Amount refunded"""
    refund_rate: Number
    """환불률 · Refund rate"""
    cancel_count: _PurchaseCancelCount
    """취소 횟수 · Cancelled orders"""
    last_status: Choice
    """마지막 주문 상태 · Status of last order"""
    unpaid_order: YesNo
    """미입금 주문 보유 · Has an unpaid order"""
    order_channel: Items
    """주문 경로 · Where orders were placed"""
    order_hour: Number
    """주로 구매하는 시간대 · Usual order hour"""
    delivery_region: Choice
    """배송 지역 · Delivery region"""

class Member:
    is_member: YesNo
    """회원 여부 · Is a member"""
    join_date: Day
    """가입일 · Join date"""
    days_since_join: Number
    """가입 후 경과일 · Days since joining"""
    joined_not_bought: YesNo
    """가입 후 미구매 · Joined but never bought"""
    signup_channel: Choice
    """가입 경로 · How the member signed up"""
    grade: Choice
    """회원 등급 · Member grade"""
    age: Number
    """나이 · Age"""
    age_group: Choice
    """연령대 · Age group"""
    gender: Choice
    """성별 · Gender"""
    birthday_in_days: Number
    """생일까지 남은 일수 · Days until birthday"""
    birth_month: Number
    """생일 월 · Birth month"""
    region: Choice
    """거주 지역 · Home region"""
    marketing_consent: YesNo
    """광고 수신 동의(마수동) · Marketing consent"""
    consent_sms: YesNo
    """문자 수신 동의 · SMS consent"""
    consent_email: YesNo
    """이메일 수신 동의 · E-mail consent"""
    consent_push: YesNo
    """앱 푸시 수신 동의 · Push consent"""
    consent_date: Day
    """수신 동의일 · Consent date"""
    channel_friend: YesNo
    """카카오 채널 친구 · Channel friend"""
    friend_since_days: Number
    """채널 친구 추가 후 경과일 · Days since becoming a friend"""
    message_target: Items
    """브랜드 메시지 타깃 · Brand message target"""
    opted_out: YesNo
    """수신 거부(080) · Opted out"""
    has_phone: YesNo
    """휴대폰 번호 보유 · Has a mobile number"""
    has_email: YesNo
    """이메일 보유 · Has an e-mail address"""
    points: Number
    """보유 적립금 · Points held"""
    points_expiring_days: Number
    """적립금 소멸까지 남은 일수 · Days until points expire"""
    coupons_held: Number
    """보유 쿠폰 수 · Coupons held"""
    coupon_expiring_days: Number
    """쿠폰 만료까지 남은 일수 · Days until a coupon expires"""
    referral_count: Number
    """추천한 회원 수 · Members referred"""
    was_referred: YesNo
    """추천받아 가입 · Was referred"""
    days_since_login: Number
    """마지막 로그인 후 경과일 · Days since last login"""
    is_dormant: YesNo
    """휴면 회원 · Dormant member"""
    reviews_written: Number
    """작성 후기 수 · Reviews written so far"""
    tag: Items
    """회원 태그 · Member tag"""
    custom_field: _MemberCustomField
    """사용자 정의 항목 · Custom field"""

class Analysis:
    rfm_grade: Choice
    """RFM 등급 · RFM grade"""
    r_score: Number
    """R 점수 · Recency score"""
    f_score: Number
    """F 점수 · Frequency score"""
    m_score: Number
    """M 점수 · Monetary score"""
    rfm_sum: Number
    """RFM 합계 점수 · RFM total score"""
    previous_rfm_grade: _AnalysisPreviousRfmGrade
    """이전 RFM 등급 · Previous RFM grade"""
    rfm_move: Choice
    """RFM 등급 이동 · RFM grade move"""
    churn_probability: Number
    """이탈 확률 · Churn probability"""
    churn_risk: Choice
    """이탈 위험 단계 · Churn risk level"""
    alive_probability: Number
    """활동 확률 · Probability to be alive"""
    predicted_value: Number
    """예측 구매액(365일) · Predicted value, 365 days"""
    predicted_orders: Number
    """예측 구매수(90일) · Predicted orders, 90 days"""
    lifetime_value: Number
    """고객 생애 가치 · Lifetime value"""
    next_purchase_due_days: Number
    """다음 구매 예상까지 일수 · Days until next purchase is due"""
    cycle_ratio: Number
    """구매 주기 대비 경과 · Time since order against own cycle"""
    purchase_probability: Number
    """7일 내 구매 확률 · Probability to buy within 7 days"""
    cohort_month: Choice
    """첫 구매 코호트 · First-purchase cohort"""
    cohort_age_months: Number
    """코호트 경과 개월 · Months since first purchase"""
    value_tier: Choice
    """매출 기여 등급(ABC) · Value tier (ABC)"""
    value_percentile: Number
    """구매액 상위 % · Top share by amount"""
    lifecycle_stage: Choice
    """고객 여정 단계 · Lifecycle stage"""
    affinity_category: Choice
    """선호 카테고리 · Favourite category"""
    affinity_brand: Choice
    """선호 브랜드 · Favourite brand"""
    discount_sensitivity: Choice
    """할인 민감도 · Discount sensitivity"""
    preferred_hour: Number
    """반응 좋은 시간대 · Best hour"""
    recommended_product: Items
    """추천 상품 · Product recommended to the member"""
    in_segment: Items
    """세그먼트 소속 · In a saved segment"""
    segment_entered_days: _AnalysisSegmentEnteredDays
    """세그먼트 진입 후 경과일 · Days since entering a segment"""

class Message:
    received: _MessageReceived
    """메시지 수신 횟수 · Messages received"""
    received_campaign: Items
    """받은 캠페인 · Campaigns received"""
    opened: _MessageOpened
    """메시지 열람 횟수 · Messages opened"""
    clicked: _MessageClicked
    """메시지 클릭 횟수 · Messages clicked"""
    received_not_clicked: _MessageReceivedNotClicked
    """받고 클릭하지 않음 · Received but not clicked"""
    bought_after: _MessageBoughtAfter
    """메시지 후 구매수 · Orders after a message"""
    days_since_last: Number
    """마지막 메시지 후 경과일 · Days since last message"""
    days_since_click: Number
    """마지막 메시지 클릭 후 경과일 · Days since last message click"""
    unresponsive_streak: Number
    """연속 무반응 메시지 수 · Messages in a row without response"""
    failed: _MessageFailed
    """발송 실패 횟수 · Failed sends"""
    last_channel: Choice
    """마지막 메시지 채널 · Channel of last message"""
    onsite_shown: _MessageOnsiteShown
    """사이트 메시지 노출 횟수 · On-site messages shown"""
    onsite_clicked: _MessageOnsiteClicked
    """사이트 메시지 클릭 횟수 · On-site messages clicked"""
    onsite_closed: _MessageOnsiteClosed
    """사이트 메시지 닫기 횟수 · On-site messages closed"""
    in_holdout: _MessageInHoldout
    """대조군 여부 · In a hold-out group"""
    variant: _MessageVariant
    """A/B 안 · A/B variant seen"""
    frequency_cap_left: _MessageFrequencyCapLeft
    """남은 발송 가능 횟수 · Sends left under the cap"""
    response_rate: Number
    """메시지 반응률 · Click rate of the member"""

class Live:
    on_site: YesNo
    """현재 접속 중 · On the site now"""
    current_page: Text
    """현재 보는 페이지 · Page being viewed now"""
    current_page_type: Choice
    """현재 보는 페이지 유형 · Type of page viewed now"""
    current_page_title: Text
    """현재 페이지 제목 · Title of page viewed now"""
    current_url_param: _LiveCurrentUrlParam
    """현재 URL 매개변수 · Parameter of current URL"""
    current_product: Choice
    """현재 보는 상품 · Product viewed now"""
    current_category: Choice
    """현재 보는 카테고리 · Category viewed now"""
    current_product_price: Number
    """현재 보는 상품 가격 · Price of product viewed now"""
    current_page_dwell: Number
    """현재 페이지 체류 시간 · Seconds on current page"""
    current_visit_duration: Number
    """현재 방문 체류 시간 · Seconds in current visit"""
    current_visit_pages: Number
    """현재 방문 페이지뷰 · Pages in current visit"""
    current_scroll: Number
    """현재 스크롤 위치 · Scroll of current page"""
    exit_intent: YesNo
    """이탈 의도 · Exit intent"""
    idle_seconds: Number
    """무활동 시간 · Idle seconds"""
    current_cart_amount: Number
    """현재 장바구니 금액 · Cart amount now"""
    current_cart_items: Number
    """현재 장바구니 상품 수 · Items in cart now"""
    current_cart_product: Items
    """현재 장바구니 상품 · Product in cart now"""
    current_step: Choice
    """현재 구매 단계 · Buying step now"""
    current_search_term: Text
    """현재 검색어 · Search term now"""
    current_event: Choice
    """현재 발생한 이벤트 · Event just now"""
    current_source: Text
    """현재 유입 소스 · Source of current visit"""
    current_device: Choice
    """현재 기기 · Device now"""
    current_login: YesNo
    """현재 로그인 여부 · Logged in now"""
    tab_returned: YesNo
    """다른 탭에서 복귀 · Came back to the tab"""

class Catalogue:
    acquisition: Acquisition
    traffic: Traffic
    behaviour: Behaviour
    cart: Cart
    commerce: Commerce
    purchase: Purchase
    member: Member
    analysis: Analysis
    message: Message
    live: Live

c: Catalogue
