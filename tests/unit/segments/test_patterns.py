"""Regular expressions: what is taken means the same to Python and to an engine; the rest is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select, union_all

from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.sql import regex_matches
from ifdo_core.segments.patterns import PatternError, check_pattern

TEXTS = ("", "a", "ab", "가1", "aab_b-1", "A B", "x/y.z", "1-9{2}", "a\\b", "Aa'b#%,", "/event/니트")

TAKEN = (
    "니트",
    "^/event/.*",
    "[가-힣]+",
    r"\d{4}-\d{2}",
    "(?i)sale|event",
    "(?:a|b)+c?",
    r"a{2,5}?",
    r"\.html$",
    "a{255}",
    r"[^\]a-]",
    "x}]",
    "{a}",
)
REFUSED = {
    r"(a)\1": "unsupported",  # a backreference
    "(?P<x>a)": "unsupported",
    "(?P=x)": "unsupported",
    "a(?=b)": "unsupported",
    "a(?!b)": "unsupported",
    "(?<=a)b": "unsupported",
    "(?<!a)b": "unsupported",
    "(?>a)": "unsupported",
    "(?(1)a)": "unsupported",
    "(?#note)": "unsupported",
    "(?m)a": "unsupported",
    "a(?i)b": "unsupported",
    "(?i:a)": "unsupported",
    "a*+": "unsupported",  # possessive
    "a{1,2}+": "unsupported",
    "a{256}": "unsupported",
    "a{0,999999999}": "unsupported",
    "(a{100}){100}": "unsupported",
    "a{,3}": "unsupported",
    "a{1": "unsupported",
    r"\bword": "unsupported",  # a word border here, a backspace there
    r"a\Z": "unsupported",
    r"\u0041": "unsupported",
    r"\x41": "unsupported",
    r"\_": "unsupported",
    r"\가": "unsupported",
    r"\0": "unsupported",
    "[[:alpha:]]": "unsupported",
    "[a&&b]": "unsupported",
    "[a--b]": "unsupported",
    "[]a]": "unsupported",
    "a||b": "unsupported",
    "(|a)": "unsupported",
    "()": "unsupported",
    "|a": "unsupported",
    "a|": "unsupported",
    "(?i)|a": "unsupported",
    "(": "invalid",
    "a)": "invalid",
    "[a": "invalid",
    "*a": "invalid",
    "a**": "invalid",
    "^*": "invalid",
    "a\\": "invalid",
    "[b-a]": "invalid",
    "a{3,2}": "invalid",
}


@pytest.mark.parametrize("pattern", TAKEN)
def test_what_all_dialects_share_is_taken(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(("pattern", "code"), REFUSED.items())
def test_the_rest_is_refused(pattern: str, code: str) -> None:
    with pytest.raises(PatternError) as caught:
        check_pattern(pattern)
    assert caught.value.code == code
    assert caught.value.part


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("duckdb:///:memory:") as opened:
        yield opened


LONGER = ["(?:", "(?i)", "[^", "{1}", "{2,}", "{1,3}", "a-z", "0-9", "(?=", "[:alpha:]"]
ESCAPES = [r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\.", r"\-", r"\/", r"\n", r"\\", r"\b"]
pieces = st.sampled_from([*"ab가1_-.*+?|()[]^$/ ',&~", *LONGER, *ESCAPES])


def is_taken(pattern: str) -> bool:
    try:
        check_pattern(pattern)
    except PatternError:
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(pattern=st.lists(pieces, min_size=1, max_size=7).map("".join).filter(is_taken))
def test_an_engine_finds_what_python_finds(engine: Engine, pattern: str) -> None:
    found = union_all(
        *(
            select(literal(place).label("place"), regex_matches(literal(text), pattern).label("hit"))
            for place, text in enumerate(TEXTS)
        )
    )
    hits = {row.place: row.hit for row in engine.execute(found)}
    want = [bool(re.search(pattern, text, re.ASCII | re.DOTALL)) for text in TEXTS]
    assert [hits[place] for place in range(len(TEXTS))] == want


@given(st.text(max_size=30))
def test_no_text_does_anything_but_pass_or_be_refused(pattern: str) -> None:
    if is_taken(pattern):
        re.compile(pattern)
