"""What is masked cannot be read any more."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.lists.masks import mask_birthday, mask_email, mask_phone, mask_text

DIGITS = st.text("0123456789", min_size=4, max_size=4)
NAMES = st.from_regex(r"[a-z][a-z0-9._+-]{2,20}[a-z0-9]", fullmatch=True)
HEADS = st.sampled_from(["010", "+82-10", "+8210", "82 10"])
SIGNS = st.sampled_from(["-", "", ".", " "])


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010-****-5678"),
        ("+82 10-1234-5678", "010-****-5678"),
        ("+82 (0)10 1234 5678", "010-****-5678"),
        ("02-123-4567", "02-****-4567"),
        ("031 123 4567", "031-****-4567"),
        ("+1 (212) 555-0123", "****-0123"),
        ("1588", "****"),
        ("없음", "****"),
    ],
)
def test_a_telephone_number_keeps_its_ends(phone: str, masked: str):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("kim@shop.com", "k***@shop.com"),
        ("li@shop.com", "***@shop.com"),
        ("k@shop.com", "***@shop.com"),
        ("a@b@shop.com", "***@shop.com"),
        ("no address", "****"),
    ],
)
def test_an_address_keeps_a_letter_and_the_host(email: str, masked: str):
    assert mask_email(email) == masked


def test_a_birthday_keeps_its_year():
    assert mask_birthday("1990-05-17") == "1990-**-**"


@pytest.mark.parametrize("text", ["naver", "2026-11-24", "instagram / social", "1,234", "v0012637", "", "@home"])
def test_other_texts_are_left_alone(text: str):
    assert mask_text(text) == text


@given(
    before=st.text(" ab/가", max_size=5),
    mobile=st.tuples(DIGITS, DIGITS),
    sign=SIGNS,
    head=st.sampled_from(["010", "+82-10", "+8210", "82 10"]),
)
def test_a_number_in_any_text_is_masked(before: str, mobile: tuple[str, str], sign: str, head: str):
    masked = mask_text(f"{before}{head}{sign}{mobile[0]}{sign}{mobile[1]} 끝")
    assert f"{mobile[0]}{sign}{mobile[1]}" not in masked
    assert masked.endswith(f"010-****-{mobile[1]} 끝")


@given(before=st.text(" ab/가?=&", max_size=5), name=NAMES, at=st.sampled_from(["@", "%40"]))
def test_an_address_in_any_text_is_masked(before: str, name: str, at: str):
    masked = mask_text(f"{before} {name}{at}shop.example 끝")
    assert not re.search(rf"{re.escape(name)}|shop\.example", masked)
    assert masked.endswith("***@*** 끝")
