"""Every spec names columns, facts and parameters that exist, so that both interpreters can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ifdo_core import tables
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue import spec as language
from ifdo_core.catalogue.entry import Condition
from ifdo_core.catalogue.spec import (
    GRADES_BEFORE,
    After,
    Aggregate,
    DaysSince,
    Except,
    FirstTime,
    Followed,
    GradeBefore,
    Has,
    HeldOut,
    LandingMessage,
    LiveValue,
    MemberFact,
    Param,
    PersonColumn,
    Property,
    Ratio,
    ScoreColumn,
    SegmentEntered,
    SendsLeft,
    StateColumn,
    Streak,
    Unanswered,
    VisitColumn,
    VisitFact,
    VisitFlag,
    Where,
)

ENTRIES = list(CONDITIONS.values())
COLUMNS = {
    "events": {column.name for column in tables.events.columns}
    | {"brand", "list_price", "unit_price", "on_sale", "video", "percent", "names_coupon", "visit"},
    "pages": {"page_url", "page_path", "dwell_s"},
    "orders": {column.name for column in tables.person_orders.columns} | {"hour"},
    "items": {
        "product_id",
        "category",
        "brand",
        "quantity",
        "price",
        "discount",
        "order_id",
        "list_amount",
        "order_discount",
    },
    "placed": {"status", "paid", "amount"},
    "refunds": {"amount"},
    "cart": {"product_id", "quantity", "category", "brand", "price"},
    "wishlist": {"product_id"},
    "visits": {column.name for column in tables.visits.columns},
    **{
        name: {"channel", "campaign", "content", "variant", "failure", "is_clicked"}
        for name in ("sent", "delivered", "opened", "clicked", "closed", "failed")
    },
}
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


def named_facts(of: type[object]) -> set[str]:
    """The facts a spec class promises in its docstring."""
    text = of.__doc__ or ""
    lines = re.findall(r"^    - (\w+):", text, flags=re.MULTILINE)
    if lines:
        return set(lines)
    listed = text.split("acts", 1)[1].split(":", 1)[1] if "Named facts:" in text else text.split("interpreters:", 1)[1]
    return set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|\bgrade\b|\bage\b|\bgender\b|\bregion\b|\bpoints\b|\baov\b", listed))


def aggregates(entry: Condition) -> Iterator[Aggregate]:
    yield from language.aggregates_of(entry.spec)


def used_params(entry: Condition) -> set[str]:
    used: set[str] = set()
    for aggregate in aggregates(entry):
        values = [aggregate.days, aggregate.column, *(where.value for where in aggregate.where)]
        used.update(value.name for value in values if isinstance(value, Param))
    spec = entry.spec
    if isinstance(spec, FirstTime):
        used.add(spec.days.name)
    elif isinstance(spec, Unanswered | After):
        used.add(spec.hours.name)
    elif isinstance(spec, HeldOut):
        used.add(spec.campaign.name)
    elif isinstance(spec, GradeBefore):
        used.add(spec.ago.name)
    elif isinstance(spec, SegmentEntered):
        used.add(spec.segment.name)
    elif isinstance(spec, SendsLeft):
        used.add(spec.days.name)
    elif isinstance(spec, Property):
        used.add(spec.key.name)
    elif isinstance(spec, Followed):
        steps = [spec.steps] if isinstance(spec.steps, Param) else spec.steps
        used.update(value.name for value in (spec.hours, spec.days, *steps) if isinstance(value, Param))
    return used


def test_the_documented_facts_are_read_right():
    assert {"order_count", "aov", "avg_gap_days"} <= named_facts(StateColumn)
    assert {"is_member", "message_target", "points"} <= named_facts(MemberFact)
    assert {"weekday", "has_cart"} <= named_facts(VisitFact)


@each_entry
def test_columns_and_facts_exist(entry: Condition):
    spec = entry.spec
    if isinstance(spec, VisitColumn):
        assert spec.name in COLUMNS["visits"]
    elif isinstance(spec, VisitFlag):
        assert spec.column in COLUMNS["visits"]
        assert spec.values
    elif isinstance(spec, VisitFact):
        assert spec.name in named_facts(VisitFact)
    elif isinstance(spec, StateColumn):
        assert spec.name in named_facts(StateColumn)
    elif isinstance(spec, MemberFact):
        assert spec.name in named_facts(MemberFact) | {column.name for column in tables.members.columns}
    elif isinstance(spec, ScoreColumn):
        assert spec.name in {column.name for column in tables.scores.columns}
    elif isinstance(spec, GradeBefore):
        assert set(GRADES_BEFORE.values()) <= {column.name for column in tables.scores.columns}
    elif isinstance(spec, PersonColumn):
        assert spec.name in tables.people.columns
    elif isinstance(spec, LiveValue):
        assert entry.kind == "live"
        assert entry.id == f"live.{spec.name}"


@each_entry
def test_aggregates_read_columns_of_their_source(entry: Condition):
    for aggregate in aggregates(entry):
        if isinstance(aggregate.column, str):
            assert reads(aggregate, aggregate.column)
        elif isinstance(aggregate.column, Param):
            assert aggregate.source == "events"
        assert (aggregate.column is None) == (aggregate.function in ("count", "distinct_days"))
        assert aggregate.within == "history" or aggregate.source == "events"
        assert aggregate.order == "any" or aggregate.source == "items"
        if aggregate.source in ("cart", "wishlist"):
            assert aggregate.days is None
            assert aggregate.function in ("count", "sum", "max", "distinct", "set")
        for where in aggregate.where:
            assert where.op == "tests" or reads(aggregate, where.column)
            check_where(where)


def reads(aggregate: Aggregate, column: str) -> bool:
    return column in COLUMNS[aggregate.source] or (aggregate.source == "events" and column.startswith("params."))


@each_entry
def test_what_is_told_apart_or_followed_can_be(entry: Condition):
    spec = entry.spec
    if isinstance(spec, Except):
        assert spec.of.function in ("count", "distinct")
        assert all(reads(part, name) for part in (spec.of, spec.minus) for name in spec.by)
    elif isinstance(spec, Followed):
        assert isinstance(spec.steps, Param) or len(spec.steps) == 2
        assert spec.never or not spec.cart


def check_where(where: Where) -> None:
    if where.op in ("is_known", "is_true"):
        assert where.value is None
    elif where.op == "in":
        assert isinstance(where.value, tuple)
    else:
        assert where.value is not None


@each_entry
def test_parameters_are_those_the_spec_reads(entry: Condition):
    declared = {spec.name for spec in entry.params}
    assert used_params(entry) == (set() if entry.kind == "live" else declared)


@each_entry
def test_only_what_visits_know_needs_a_visit(entry: Condition):
    """Members without visits can be asked about orders and their own row, and about nothing else."""
    sources = {aggregate.source for aggregate in aggregates(entry)}
    of_visits = {"events", "pages", "visits", "cart", "wishlist"}
    if (
        isinstance(entry.spec, VisitColumn | VisitFlag | VisitFact | LandingMessage | LiveValue | Followed)
        or sources & of_visits
    ):
        assert entry.needs_visit
    elif isinstance(entry.spec, StateColumn) or sources:
        assert entry.needs_visit == entry.id.startswith("message.onsite_")


def test_kinds_of_spec_fit_the_value_type():
    for entry in ENTRIES:
        for aggregate in aggregates(entry):
            if aggregate.function == "set":
                assert entry.type in ("set", "text_set")
            elif isinstance(entry.spec, DaysSince | Streak):
                assert entry.type == "integer"
            elif isinstance(entry.spec, Ratio):
                assert entry.type in ("percent", "number", "money")
            elif isinstance(entry.spec, Has) or aggregate.column == "names_coupon":
                assert entry.type == "boolean"
            elif aggregate.column == "hour":
                assert entry.type == "integer"
            elif aggregate.function in ("latest", "most"):
                assert entry.type in ("category", "string", "id")
            elif aggregate.function == "max":
                assert entry.type in ("money", "percent")
            else:
                assert entry.type in ("count", "sum", "integer")


def test_every_spec_class_of_the_language_is_in_use():
    in_use = {type(entry.spec) for entry in ENTRIES}
    assert in_use == set(language.Spec.__args__)
