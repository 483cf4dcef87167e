"""Where a visit came from, case by case (semantics.md, 'Visits'; the order of the rules is in channels.yaml)."""

from __future__ import annotations

from dataclasses import asdict, fields, replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifdo_core import tables
from ifdo_core.lookups import PLACE_FILES, places, read, wording
from ifdo_core.marts.origins import Attribution, Origin, classify, classify_frame, clean_host, is_own_host

OWN = ("www.aradam.example", "m.aradam.example")


def came(*, own: tuple[str, ...] = OWN, **facts: str) -> Attribution:
    return classify(Origin(**facts), own)


# --- without anything, and the shop's own hosts ------------------------------------------------


def test_nothing_known_is_direct():
    found = came()
    assert (found.source, found.medium, found.channel) == ("(direct)", "(none)", "direct")
    assert [value for value in found if value is not None] == ["(direct)", "(none)", "direct"]


@pytest.mark.parametrize(
    "referrer",
    [
        "https://www.aradam.example/product/P1001",
        "https://m.aradam.example/",
        "http://aradam.example",
        "https://pay.aradam.example/done?x=1",
        "https://WWW.ARADAM.EXAMPLE:443/",
    ],
)
def test_own_hosts_are_no_referrers(referrer: str):
    found = came(referrer=referrer)
    assert found.channel == "direct"
    assert found.referrer_host is None
    assert found.referrer_url is None


def test_a_host_that_only_looks_like_the_shop_is_a_referrer():
    found = came(referrer="https://www.notaradam.example/x")
    assert (found.source, found.medium, found.channel) == ("notaradam.example", "referral", "referral")


def test_own_host_gives_way_to_utm():
    found = came(referrer="https://www.aradam.example/", utm_source="naver", utm_medium="cpc")
    assert (found.source, found.channel, found.referrer_host) == ("naver", "paid_search", None)


# --- search engines ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("referrer", "engine", "keyword"),
    [
        ("https://search.naver.com/search.naver?where=nexearch&query=%EB%8B%88%ED%8A%B8", "naver", "니트"),
        ("https://m.search.naver.com/search.naver?query=%EC%9A%B4%EB%8F%99+%EC%8B%A0", "naver", "운동 신"),
        ("https://m.naver.com/", "naver", None),
        ("https://www.google.com/", "google", None),
        ("https://www.google.co.kr/search?q=coat", "google", "coat"),
        ("android-app://com.google.android.googlequicksearchbox/", "google", None),
        ("https://search.daum.net/search?w=tot&q=%EC%BD%94%ED%8A%B8", "daum", "코트"),
        ("https://m.search.daum.net/search?q=%C4%DA%C6%AE", "daum", "코트"),  # CP949
        ("https://www.bing.com/search?q=knit", "bing", "knit"),
        ("https://search.zum.com/search.zum?query=knit", "zum", "knit"),
        ("https://search.nate.com/search/all.html?q=", "nate", None),
    ],
)  # fmt: skip
def test_search_engines(referrer: str, engine: str, keyword: str | None):
    found = came(referrer=referrer)
    assert (found.source, found.medium, found.channel) == (engine, "organic", "organic_search")
    assert (found.search_engine, found.search_keyword) == (engine, keyword)
    assert found.ad_platform is None


@pytest.mark.parametrize(
    ("referrer", "kind", "place", "channel"),
    [
        ("https://blog.naver.com/someone/1", "blog_cafe", "naver_blog", "referral"),
        ("https://m.cafe.naver.com/x", "blog_cafe", "naver_cafe", "referral"),
        ("https://someone.tistory.com/3", "blog_cafe", "tistory", "referral"),
        ("https://search.shopping.naver.com/catalog/1", "shopping_portal", "naver_shopping", "shopping_portal"),
        ("https://prod.danawa.com/info/?pcode=1", "shopping_portal", "danawa", "shopping_portal"),
        ("https://mail.naver.com/v2", None, "naver_mail", "email"),
        ("https://gemini.google.com/", "ai_assistant", "gemini", "ai_assistant"),
    ],
)
def test_services_beside_a_search_engine_are_not_the_search(referrer: str, kind: str | None, place: str, channel: str):
    found = came(referrer=referrer)
    assert (found.source, found.channel, found.search_engine) == (place, channel, None)
    if kind:
        assert getattr(found, kind) == place


def test_an_unknown_service_of_a_portal_is_a_referral():
    found = came(referrer="https://sports.news.naver.com/x")
    assert (found.source, found.channel, found.search_engine) == ("sports.news.naver.com", "referral", None)


# --- social networks, messengers, assistants ---------------------------------------------------


@pytest.mark.parametrize(
    ("referrer", "network"),
    [
        ("https://l.instagram.com/?u=https%3A%2F%2Fwww.aradam.example", "instagram"),
        ("https://www.instagram.com/", "instagram"),
        ("android-app://com.instagram.android/", "instagram"),
        ("https://lm.facebook.com/", "facebook"),
        ("https://t.co/abc", "x"),
        ("https://youtu.be/abc", "youtube"),
        ("https://www.threads.net/", "threads"),
    ],
)
def test_networks_by_referrer(referrer: str, network: str):
    found = came(referrer=referrer)
    assert (found.source, found.medium, found.channel, found.sns) == (network, "social", "organic_social", network)


def test_instagram_in_app_names_the_network_of_a_direct_visit():
    found = came(inapp="instagram")
    assert (found.source, found.channel, found.sns) == ("(direct)", "direct", "instagram")


@pytest.mark.parametrize("inapp", ["none", "", "somebrowser"])
def test_an_ordinary_browser_tells_nothing(inapp: str):
    assert came(inapp=inapp) == came()


def test_fbclid_on_a_plain_link_is_no_ad():
    found = came(click_id="fbclid", referrer="https://l.instagram.com/")
    assert (found.source, found.medium, found.channel) == ("instagram", "social", "organic_social")
    assert (found.sns, found.ad_platform, found.click_id) == ("instagram", None, "fbclid")


@pytest.mark.parametrize(("inapp", "network"), [("", "facebook"), ("instagram", "instagram")])
def test_fbclid_alone_proves_the_network(inapp: str, network: str):
    found = came(click_id="fbclid", inapp=inapp)
    assert (found.source, found.channel, found.sns, found.ad_platform) == (network, "organic_social", network, None)


def test_fbclid_with_a_paid_medium_is_an_ad():
    found = came(click_id="fbclid", utm_source="ig", utm_medium="paid_social", utm_campaign="summer")
    assert (found.source, found.medium, found.campaign) == ("instagram", "paid_social", "summer")
    assert (found.channel, found.ad_platform, found.sns) == ("paid_social", "meta_ads", "instagram")


def test_kakaotalk_by_referrer_in_app_and_utm():
    assert came(referrer="android-app://com.kakao.talk/").messenger == "kakaotalk"
    assert came(inapp="kakaotalk").messenger == "kakaotalk"
    sent = came(utm_source="kakao", utm_medium="brand_message", inapp="kakaotalk")
    assert (sent.source, sent.channel, sent.messenger, sent.sns) == ("kakaotalk", "message", "kakaotalk", None)
    assert sent.ad_platform is None


@pytest.mark.parametrize("medium", ["알림톡", "alimtalk", "Brand Message", "app-push", "SMS", "lms"])
def test_messages_by_their_medium(medium: str):
    found = came(utm_source="crm", utm_medium=medium)
    assert (found.source, found.medium, found.channel) == ("crm", medium.lower(), "message")


@pytest.mark.parametrize(
    ("facts", "assistant"),
    [
        ({"utm_source": "chatgpt.com"}, "chatgpt"),
        ({"referrer": "https://chatgpt.com/"}, "chatgpt"),
        ({"referrer": "https://www.perplexity.ai/search/x"}, "perplexity"),
        ({"referrer": "https://copilot.microsoft.com/"}, "copilot"),
    ],
)
def test_assistants(facts: dict[str, str], assistant: str):
    found = came(**facts)
    assert (found.source, found.channel, found.ai_assistant) == (assistant, "ai_assistant", assistant)


# --- advertising click ids ---------------------------------------------------------------------


def test_gclid_is_a_search_ad_of_google():
    found = came(click_id="gclid", referrer="https://www.google.com/")
    assert (found.source, found.medium, found.channel) == ("google", "cpc", "paid_search")
    assert (found.ad_platform, found.search_engine, found.click_id) == ("google_ads", "google", "gclid")


def test_gclid_without_a_referrer_does_not_claim_the_search():
    found = came(click_id="GCLID")
    assert (found.channel, found.ad_platform, found.click_id) == ("paid_search", "google_ads", "gclid")
    assert found.search_engine is None


def test_gclid_from_youtube_is_a_social_ad():
    found = came(click_id="gclid", referrer="https://www.youtube.com/")
    assert (found.channel, found.sns, found.ad_platform) == ("paid_social", "youtube", "google_ads")


def test_naver_search_ad():
    found = came(click_id="n_media", referrer="https://m.search.naver.com/search.naver?query=%EC%BD%94%ED%8A%B8")
    assert (found.source, found.medium, found.channel) == ("naver", "cpc", "paid_search")
    assert (found.ad_platform, found.search_engine, found.search_keyword) == ("naver_ads", "naver", "코트")


def test_napm_from_price_comparison_is_no_ad():
    listed = came(click_id="NaPm", referrer="https://search.shopping.naver.com/x")
    assert (listed.channel, listed.shopping_portal, listed.ad_platform) == ("shopping_portal", "naver_shopping", None)
    bought = came(click_id="NaPm", referrer="https://search.naver.com/search.naver")
    assert (bought.channel, bought.medium, bought.ad_platform) == ("paid_search", "cpc", "naver_ads")


@pytest.mark.parametrize(
    ("click_id", "platform", "channel"),
    [
        ("gbraid", "google_ads", "paid_search"),
        ("dclid", "google_display", "display"),
        ("msclkid", "microsoft_ads", "paid_search"),
        ("ttclid", "tiktok_ads", "paid_social"),
        ("twclid", "x_ads", "paid_social"),
        ("yclid", "yandex_ads", "paid_search"),
    ],
)
def test_other_click_ids(click_id: str, platform: str, channel: str):
    found = came(click_id=click_id)
    assert (found.ad_platform, found.channel) == (platform, channel)


def test_an_unknown_click_id_is_kept_and_counts_as_other():
    found = came(click_id="zzclid")
    assert (found.click_id, found.channel, found.ad_platform) == ("zzclid", "other", None)


def test_utm_goes_before_the_click_id():
    found = came(click_id="gclid", utm_source="newsletter", utm_medium="email")
    assert (found.source, found.medium) == ("newsletter", "email")


# --- UTM ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "medium", "expected", "channel"),
    [
        ("naver", "cpc", "naver", "paid_search"),
        ("NAVER", "CPC", "naver", "paid_search"),
        ("네이버", "검색광고", "naver", "paid_search"),
        ("google", "cpc", "google", "paid_search"),
        ("google", "organic", "google", "organic_search"),
        ("google", "display", "google", "display"),
        ("IG", "Paid Social", "instagram", "paid_social"),
        ("insta", "story", "instagram", "organic_social"),
        ("fb", "paid-social", "facebook", "paid_social"),
        ("facebook.com", "cpc", "facebook", "paid_social"),
        ("naver_powerlink", "cpc", "naver_powerlink", "paid_search"),
        ("gfa", "banner", "gfa", "display"),
        ("criteo", "retargeting", "criteo", "display"),
        ("kakaomoment", "bizboard", "kakaomoment", "display"),
        ("linkprice", "cps", "linkprice", "affiliate"),
        ("newsletter", "email", "newsletter", "email"),
        ("naver-blog", "referral", "naver_blog", "referral"),
        ("partner", "referral", "partner", "referral"),
        ("naver_shopping", "ep", "naver_shopping", "shopping_portal"),
        ("poster", "qr", "poster", "other"),
        ("aradam", "something", "aradam", "other"),
    ],
)
def test_spellings_of_source_and_medium(source: str, medium: str, expected: str, channel: str):
    found = came(utm_source=source, utm_medium=medium)
    assert (found.source, found.channel) == (expected, channel)
    assert found.medium == medium.lower()


def test_source_alone_gets_a_medium():
    assert came(utm_source="instagram").medium == "social"
    assert came(utm_source="naver").medium == "organic"
    assert came(utm_source="leaflet").medium == "(not set)"


def test_campaign_alone_is_tagged_and_has_no_source():
    found = came(utm_campaign="spring", referrer="")
    assert (found.source, found.campaign, found.channel) == ("(not set)", "spring", "other")


def test_campaign_with_a_referrer_keeps_the_referrer():
    found = came(utm_campaign="spring", referrer="https://l.instagram.com/")
    assert (found.source, found.channel, found.campaign) == ("instagram", "organic_social", "spring")


@pytest.mark.parametrize("text", ["(not set)", "(direct)", " ", "undefined", "null"])
def test_utm_values_that_say_nothing(text: str):
    assert came(utm_source=text, utm_medium="(none)", utm_campaign=text) == came()


def test_the_other_utm_parameters_are_kept_as_they_are():
    found = came(utm_source="naver", utm_medium="cpc", utm_id="bf-01", utm_term="운동화", utm_content="Banner_A")
    assert (found.campaign_id, found.term, found.content) == ("bf-01", "운동화", "Banner_A")


# --- broken input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "referrer", ["http://[broken", "about:blank", "(direct)", "   ", "https://", "data:text/html,x"]
)
def test_broken_referrers_tell_nothing(referrer: str):
    assert came(referrer=referrer).channel in ("direct", "referral")


@pytest.mark.parametrize(
    ("host", "cleaned"),
    [("WWW.Naver.com:443", "www.naver.com"), ("naver.com.", "naver.com"), ("", None), (None, None), ("a b", None)],
)
def test_hosts_are_cleaned(host: str | None, cleaned: str | None):
    assert clean_host(host) == cleaned


def test_own_hosts_and_those_below():
    assert is_own_host("m.shop.co.kr", ["www.shop.co.kr"])
    assert is_own_host("shop.co.kr", ["WWW.Shop.co.kr "])
    assert not is_own_host("othershop.co.kr", ["shop.co.kr"])
    assert not is_own_host("shop.co.kr", [])


# --- the frame ---------------------------------------------------------------------------------

POOLS: dict[str, tuple[str | None, ...]] = {
    "utm_source": (None, "", "naver", "IG", "kakao", "criteo", "leaflet", "chatgpt.com", "(not set)", "tistory.com"),
    "utm_medium": (None, "cpc", "Paid Social", "email", "brand_message", "referral", "banner", "odd"),
    "utm_campaign": (None, "spring"),
    "utm_id": (None, "x1"),
    "utm_term": (None,),
    "utm_content": (None, "a"),
    "click_id": (None, "gclid", "fbclid", "NaPm", "n_media", "ttclid", "odd"),
    "referrer": (
        None, "https://www.aradam.example/x", "https://search.naver.com/search.naver?query=%EC%BD%94%ED%8A%B8",
        "https://l.instagram.com/", "https://shopping.naver.com/", "https://blog.naver.com/a", "http://[broken",
        "https://partner.example/", "android-app://com.kakao.talk/",
    ),
    "referrer_host": (None, "m.naver.com", "www.aradam.example"),
    "inapp": (None, "none", "instagram", "kakaotalk", "naver"),
}  # fmt: skip
origins = st.builds(Origin, **{name: st.sampled_from(pool) for name, pool in POOLS.items()})


@settings(max_examples=150, deadline=None)
@given(st.lists(origins, min_size=1, max_size=12), st.sampled_from([None, float("nan"), pd.NA]))
def test_the_frame_is_the_rows_one_by_one(rows: list[Origin], missing: object):
    frame = pd.DataFrame([asdict(row) for row in rows], dtype="object").set_axis(range(7, 7 + len(rows)))
    given_missing = frame.where(frame.notna(), missing)
    found = classify_frame(given_missing, OWN)
    expected = [classify(row, OWN) for row in rows]
    assert list(found.columns) == list(Attribution._fields)
    assert list(found.index) == list(frame.index)
    got = [Attribution(*row) for row in found.astype("object").where(found.notna(), None).itertuples(index=False)]
    assert got == expected


@settings(max_examples=300, deadline=None)
@given(origins)
def test_laws(origin: Origin):
    """What must hold for every visit, whatever it carries."""
    found = classify(origin, OWN)
    paid = found.channel in ("paid_search", "paid_social", "display")
    kinds = [getattr(found, kind) for kind in PLACE_FILES if kind in Attribution._fields]
    assert found.source == found.source.strip()
    assert (found.channel == "direct") == (found.source == "(direct)" and found.medium == "(none)")
    assert found.ad_platform is None or paid
    assert sum(kind is not None for kind in kinds) <= 1
    assert found.channel in wording("channel")
    if origin.referrer is not None and "aradam" in origin.referrer and origin.referrer_host is None:
        bare = replace(origin, referrer=None)
        assert found == classify(bare, OWN)


def test_an_empty_frame_and_missing_columns():
    assert list(classify_frame(pd.DataFrame(columns=["referrer"])).columns) == list(Attribution._fields)
    found = classify_frame(pd.DataFrame({"referrer": ["https://www.google.com/", None]}))
    assert list(found["channel"]) == ["organic_search", "direct"]


def test_attribution_fills_columns_of_visits():
    assert set(Attribution._fields) <= {column.name for column in tables.visits.columns}
    assert {item.name for item in fields(Origin)} <= {column.name for column in tables.events.columns}


# --- the lookups -------------------------------------------------------------------------------


def test_every_id_has_one_meaning():
    listed = [place.id for place in places()]
    assert len(set(listed)) == len(listed)
    platforms = [row["id"] for row in read("ad_platforms")]
    assert len(set(platforms)) == len(platforms)


def test_no_spelling_host_or_app_belongs_to_two_places():
    for names in ("sources", "hosts", "only_hosts", "inapps"):
        spelt = [text for place in places() for text in {t.lower().replace("-", "_") for t in getattr(place, names)}]
        assert len(set(spelt)) == len(spelt), sorted(text for text in spelt if spelt.count(text) > 1)


def test_platform_spellings_are_not_those_of_places():
    """A source of the platforms means an ad; the same word for a place would make every visit from it one."""
    of_places = {text.lower().replace("-", "_") for place in places() for text in place.sources}
    of_platforms = [text.lower().replace("-", "_") for row in read("ad_platforms") for text in row["sources"]]
    assert len(set(of_platforms)) == len(of_platforms)
    assert not of_places & set(of_platforms)


def test_references_between_the_files_hold():
    ids = {place.id for place in places()}
    platforms = {row["id"] for row in read("ad_platforms")}
    channels = set(wording("channel"))
    assert {place.ad_platform for place in places()} <= platforms | {None}
    for row in read("ad_platforms"):
        assert row["channel"] in channels
        assert set(row.get("places", ())) <= ids
    for row in read("click_ids"):
        assert row["platform"] in platforms
        assert set(row["places"]) <= ids
    assert [row["id"] for row in read("click_ids")] == read("own_click_ids")
    rules = read("channels")
    assert set(rules["mediums"]) <= channels
    assert set(rules["places"]) == set(PLACE_FILES)
    assert {rule["channel"] for rule in rules["places"].values()} <= channels


def test_no_medium_decides_for_two_channels():
    rules = read("channels")
    paid = [rules["paid"][name] for name in rules["paid"] if name != "pattern"]
    listed = [text for texts in (*rules["mediums"].values(), *paid) for text in texts]
    assert len(set(listed)) == len(listed)


def test_in_app_browsers_have_a_wording():
    assert {text for place in places() for text in place.inapps} <= set(wording("inapp"))
