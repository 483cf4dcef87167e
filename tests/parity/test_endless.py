"""Regular expressions that make a backtracking matcher run for ever end at once on every engine.

What our own dialect takes has no back-references, so DuckDB, ClickHouse (RE2) and PostgreSQL (an automaton) match it in
time linear in the text; the product of repeats is bounded for the size of the automaton.
"""

from __future__ import annotations

import time

import pytest
from sqlalchemy import literal, select

from ifdo_core.engines import Engine
from ifdo_core.engines.sql import regex_matches
from ifdo_core.segments.patterns import check_pattern

TEXT = "a" * 2_000 + "!"
#: Each one takes 2^n steps or more where every way through is tried.
ENDLESS = (
    "^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "^(a?){30}a{30}$", "(.*a){20}b",
    "(a{1,30}){1,30}b", "((a{1,9}){1,9}){1,9}b",
)  # fmt: skip
SECONDS = 20  # for all of them, on a busy machine


def test_endless_patterns_end(engine: Engine):
    started = time.monotonic()
    for pattern in ENDLESS:
        check_pattern(pattern)
        assert engine.scalar(select(regex_matches(literal(TEXT), pattern))) in (False, True)
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize("pattern", ["(a{1,40}){1,40}", "((a{20}){20}){20}", r"(a+)\1", "a{1000000}", "(?=a)b"])
def test_what_would_grow_without_bounds_is_refused(pattern: str):
    from ifdo_core.segments.patterns import PatternError

    with pytest.raises(PatternError):
        check_pattern(pattern)
