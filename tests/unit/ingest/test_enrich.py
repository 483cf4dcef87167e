"""What follows from URLs, referrers and User-Agents."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from ifdo_core.ingest.agents import read_agent
from ifdo_core.ingest.details import read_details
from ifdo_core.ingest.enrich import enrich, read_page, referrer_host

ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S918N{extra}) AppleWebKit/537.36 (KHTML, like Gecko) {rest}"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {rest}"


@pytest.mark.parametrize(
    ("url", "host", "path", "kind"),
    [
        ("https://Shop.Example:443/", "shop.example", "/", "home"),
        ("https://shop.example", "shop.example", "/", "home"),
        (
            "https://shop.example/product/detail.html?product_no=1#top",
            "shop.example",
            "/product/detail.html",
            "product",
        ),
        ("/order/basket.html?x=1", None, "/order/basket.html", "cart"),
        ("https://shop.example/order/order_result.html", "shop.example", "/order/order_result.html", "other"),
        ("https://shop.example/%EC%BB%B5/%ED%81%B0?a=b", "shop.example", "/컵/큰", "other"),
        ("https://shop.example/search?q=%EC%BB%B5", "shop.example", "/search", "search"),
        ("https://user@shop.example/cart", "shop.example", "/cart", "cart"),
    ],
)
def test_pages(url, host, path, kind):
    page = read_page(url)
    assert (page.host, page.path, page.type) == (host, path, kind)


def test_older_pages_write_cp949():
    assert read_page("https://shop.example/%C4%C5").path == "/컵"


def test_utm_and_click_ids_of_a_url():
    page = read_page("https://shop.example/?fbclid=x&UTM_Source=kakao+talk&utm_campaign=%EB%B4%84&utm_medium=&GCLID=y")
    assert page.utm == ("kakao talk", None, "봄", None, None, None)
    assert page.click_id == "gclid"  # before fbclid in own_click_ids.yaml
    assert read_page("https://shop.example/?gclid=").click_id is None


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://M.Search.Naver.com/search?query=a", "m.search.naver.com"),
        ("android-app://com.kakao.talk/", "com.kakao.talk"),
        ("naver.com/x", "naver.com"),
        ("https://", None),
        ("(직접)", "(직접)"),
    ],
)
def test_referrers(referrer, host):
    assert referrer_host(referrer) == host


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (ANDROID.format(extra="; wv", rest="Version/4.0 Chrome/119.0 Mobile Safari/537.36 KAKAOTALK 10.4.0"),
         ("mobile", "android", "in_app", "kakaotalk")),
        (ANDROID.format(extra="", rest="SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36"),
         ("mobile", "android", "samsung_internet", None)),
        (ANDROID.format(extra="; wv", rest="Version/4.0 Chrome/119.0 Mobile Safari/537.36 NAVER(inapp; search; 1000)"),
         ("mobile", "android", "in_app", "naver")),
        (ANDROID.format(extra="", rest="Chrome/119.0 Safari/537.36"), ("tablet", "android", "chrome", None)),
        (IPHONE.format(rest="Mobile/15E148 Instagram 300.0"), ("mobile", "ios", "in_app", "instagram")),
        (IPHONE.format(rest="Mobile/15E148 [FBAN/FBIOS;FBAV/400.0]"), ("mobile", "ios", "in_app", "facebook")),
        (IPHONE.format(rest="Version/17.0 Mobile/15E148 Safari/604.1"), ("mobile", "ios", "safari", None)),
        (IPHONE.format(rest="CriOS/119.0 Mobile/15E148 Safari/604.1"), ("mobile", "ios", "chrome", None)),
        ("Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Version/16.0 Mobile/15E148 Safari/604.1",
         ("tablet", "ios", "safari", None)),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/119.0 Safari/537.36 Edg/119.0",
         ("desktop", "windows", "edge", None)),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/119.0 Whale/3.24 Safari/537.36",
         ("desktop", "windows", "whale", None)),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15",
         ("desktop", "macos", "safari", None)),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0",
         ("desktop", "linux", "firefox", None)),
        ("curl/8.0", ("other", "other", "other", None)),
    ],
)  # fmt: skip
def test_agents(header, expected):
    assert tuple(read_agent(header)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (ANDROID.format(extra="; wv", rest="Version/4.0 Chrome/119.0 Mobile Safari/537.36 KAKAOTALK 10.4.0"), "10.4.0"),
        (ANDROID.format(extra="", rest="SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36"), "23.0"),
        (IPHONE.format(rest="CriOS/119.0.1 Mobile/15E148 Safari/604.1"), "119.0.1"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/119.0 Whale/3.24.1 Safari/537.36", "3.24.1"),
        ("curl/8.0", None),
    ],
)
def test_browser_version(header, expected):
    assert read_details(header, read_agent(header)).browser_version == expected


@pytest.mark.parametrize(
    ("header", "system", "brand", "model"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S928N Build/UP1A.231005.007; wv) Chrome/119.0",
            "14",
            "samsung",
            "SM-S928N",
        ),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/119.0 Mobile Safari/537.36", "10", None, None),
        ("Mozilla/5.0 (Linux; U; Android 4.4.2; ko-kr; LG-F460S) Safari/534.30", "4.4.2", "lg", "LG-F460S"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) Safari/604.1", "17.6.1", "apple", "iPhone"),
        ("Mozilla/5.0 (Windows NT 6.1; Win64) Chrome/109.0", "7", None, None),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1", "10.15.7", "apple", "Mac"),
        ("curl/8.0", None, None, None),
    ],
)
def test_system_and_device(header, system, brand, model):
    found = read_details(header, read_agent(header))
    assert (found.os_version, found.device_brand, found.device_model) == (system, brand, model)


def test_what_params_tell():
    told = ['{"platform": "ios", "screen_resolution": "390x844"}', '{"screen_width": 1440, "internal": true}',
            '{"traffic_type": "internal", "screen_width": "wide"}', "[1]", None]  # fmt: skip
    found = enrich({"page_url": pa.array(["https://a.kr/"] * 4 + [None]), "params": pa.array(told)})
    assert found["platform"].to_pylist() == ["app", "web", "web", "web", None]
    assert found["screen_width"].to_pylist() == [390, 1440, None, None, None]
    assert found["is_internal"].to_pylist() == [None, True, True, None, None]


def test_parameters_of_an_address():
    query = "?ab=A&gclid=abc&n_media=1&n_rank=2&q=%EC%BD%94%ED%8A%B8+%EB%A1%B1&ab=B&empty=&ifdo_mid=m-1"
    assert json.loads(read_page(f"https://shop.example/x{query}").query or "") == {
        "ab": "A", "q": "코트 롱", "ifdo_mid": "m-1",
    }  # fmt: skip
    assert read_page("https://shop.example/?gclid=1").query is None


def test_what_an_event_brings_itself_stays():
    found = enrich(
        {
            "page_url": pa.array(["https://shop.example/?utm_source=a", "https://shop.example/?utm_source=a", None]),
            "utm_source": pa.array(["own", None, None], pa.string()),
            "user_agent": pa.array(["curl/8.0", None, IPHONE.format(rest="Safari")]),
            "device": pa.array([None, "mobile", "desktop"]),
        }
    )
    assert found["utm_source"].to_pylist() == ["own", "a", None]
    assert found["device"].to_pylist() == ["other", "mobile", "desktop"]
    assert found["os"].to_pylist() == ["other", None, "ios"]
    assert found["page_type"].to_pylist() == ["home", "home", None]
    assert "referrer_host" not in found
