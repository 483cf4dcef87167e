"""Each entry's example parses, and has the value its operator takes."""

from __future__ import annotations

import pytest

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.entry import Condition
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.catalogue.operators import OPERATORS

ENTRIES = list(CONDITIONS.values())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_the_example_fits_the_entry(entry: Condition):
    op, value, params = parse_example(entry.example, entry)
    assert op in entry.operators
    arity = OPERATORS[op].arity
    assert (value is None) == (arity == "none")
    assert isinstance(value, tuple) == (arity in ("many", "pair"))
    if arity == "pair":
        assert isinstance(value, tuple)
        assert value[0] <= value[1]  # type: ignore[operator]
    for spec in entry.params:
        assert not spec.required or spec.name in params
    if entry.values and isinstance(value, tuple):
        assert set(value) <= set(entry.values)


@pytest.mark.parametrize(
    ("condition", "text", "expected"),
    [
        ("traffic.visit_count", "gte 5", ("gte", 5, {})),
        ("traffic.is_bounce", "is_true", ("is_true", None, {})),
        ("traffic.hour", "between 21|23", ("between", (21, 23), {})),
        ("traffic.date", "on 2026-11-11", ("on", "2026-11-11", {})),
        ("traffic.avg_pages_per_visit", "gte 1.5", ("gte", 1.5, {})),
        ("traffic.duration", "gte 180", ("gte", 180, {})),
        ("purchase.last_order_date", "not_in_last_days 90", ("not_in_last_days", 90, {})),
        ("acquisition.source_medium", "eq naver / organic", ("eq", "naver / organic", {})),
        ("behaviour.page_viewed", "gte 3 ; pattern=/a=b/* ; days=30", ("gte", 3, {"url": "/a=b/*", "days": 30})),
        ("member.grade", "in VIP|GOLD", ("in", ("VIP", "GOLD"), {})),
    ],
)
def test_parsing(condition: str, text: str, expected: tuple[object, ...]):
    assert parse_example(text, CONDITIONS[condition]) == expected


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("traffic.visit_count", "contains 5"),
        ("traffic.visit_count", "gte five"),
        ("traffic.visit_count", "gte"),
        ("traffic.visit_count", "between 5"),
        ("traffic.is_bounce", "is_true 1"),
        ("traffic.date", "on yesterday"),
        ("traffic.visits_in_period", "gte 3 ; weeks=1"),
        ("behaviour.page_type_viewed", "gte 3 ; page_type=moon"),
        ("member.grade", "in"),
    ],
)
def test_what_does_not_fit_is_refused(condition: str, text: str):
    with pytest.raises(ValueError, match=r"."):
        parse_example(text, CONDITIONS[condition])
