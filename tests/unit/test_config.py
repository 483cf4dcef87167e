"""The shop's settings as rows of a table and back."""

from __future__ import annotations

from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.config import ShopSettings
from ifdo_core.formats import minor_digits

words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
hosts = st.lists(st.from_regex(r"[a-z]{1,8}\.(com|co\.kr)", fullmatch=True), max_size=3).map(tuple)


def test_a_shop_is_korean_unless_it_says_otherwise() -> None:
    settings = ShopSettings()
    assert settings.zone.key == "Asia/Seoul"
    assert settings.currency == "KRW"
    assert settings.visit_gap_minutes == 30
    assert settings.free_shipping_from is None
    assert not settings.demo


def test_empty_settings_are_not_stored() -> None:
    rows = ShopSettings().to_rows()
    assert set(rows) == {"timezone", "currency", "visit_gap_minutes", "demo", "message_cap"}
    assert all(isinstance(text, str) for text in rows.values())


@given(
    st.builds(
        ShopSettings,
        name=words,
        timezone=st.sampled_from(["Asia/Seoul", "Europe/Paris", "UTC"]),
        currency=st.sampled_from(["KRW", "USD"]),
        own_hosts=hosts,
        visit_gap_minutes=st.integers(1, 1440),
        free_shipping_from=st.none() | st.integers(0, 10**9),
        demo=st.booleans(),
    )
)
def test_settings_round_trip(settings: ShopSettings) -> None:
    assert ShopSettings.from_rows(settings.to_rows()) == settings


def test_rows_of_another_version_are_left_alone() -> None:
    assert ShopSettings.from_rows({"name": "가게", "colour": "blue"}) == ShopSettings(name="가게")
    assert ShopSettings.from_rows({}) == ShopSettings()


def test_a_zone_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        _ = ShopSettings(timezone="Asia/Nowhere").zone


@pytest.mark.parametrize(("currency", "digits"), [("KRW", 0), ("JPY", 0), ("VND", 0), ("USD", 2), ("EUR", 2)])
def test_the_smallest_unit(currency: str, digits: int) -> None:
    assert ShopSettings(currency=currency).minor_digits == digits
    assert minor_digits(currency) == digits
