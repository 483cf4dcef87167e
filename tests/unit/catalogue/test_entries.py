"""Every entry of the catalogue is well formed: ids, labels, notes, values, units."""

from __future__ import annotations

import re

import pytest

from ifdo_core.catalogue import CATEGORIES, CONDITIONS, category_of, conditions_in, find
from ifdo_core.catalogue.conditions import (
    acquisition,
    analysis,
    behaviour,
    cart,
    commerce,
    live,
    member,
    message,
    purchase,
    traffic,
)
from ifdo_core.catalogue.entry import Condition
from ifdo_core.catalogue.operators import OPERATORS, TYPE_OPERATORS

MODULES = (acquisition, traffic, behaviour, cart, commerce, purchase, member, analysis, message, live)
ENTRIES = list(CONDITIONS.values())
HANGUL = re.compile("[가-힣]")
#: Short heads of a note, before the sentence proper; '' and '.' are what a bracket leaves.
HEADS = ("0~23시.", "토요일과 일요일.", "", ".")
SEEDS = (
    "acquisition.search_engine",
    "acquisition.sns",
    "cart.recent_amount",
    "traffic.visit_count",
    "purchase.order_count",
    "live.current_page",
)

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


def test_no_id_is_used_twice():
    listed = [entry.id for module in MODULES for entry in module.CONDITIONS]
    former = [old for entry in ENTRIES for old in entry.was]
    assert len({*listed, *former}) == len(listed) + len(former)
    assert list(CONDITIONS) == listed


def test_size_kinds_and_seeds():
    assert len(ENTRIES) >= 110
    assert {entry.kind for entry in ENTRIES} == {"attribute", "behaviour", "standing", "live"}
    assert all(seed in CONDITIONS for seed in SEEDS)


def test_categories_hold_every_condition_once_in_the_order_of_the_screen():
    assert [category.ko for category in CATEGORIES.values()] == [
        "유입", "트래픽", "행동", "전자상거래", "구매", "회원", "분석", "메시지", "현재",
    ]  # fmt: skip
    assert [entry for name in CATEGORIES for entry in conditions_in(name)] == ENTRIES
    assert all(entry in list(conditions_in(category_of(entry).id)) for entry in ENTRIES)
    assert category_of(CONDITIONS["cart.recent_amount"]).ko == "전자상거래"


def test_find_knows_present_ids_only():
    assert find("cart.amount") is CONDITIONS["cart.amount"]
    assert find("cart.nothing") is None


def test_labels_are_unique():
    for language in ("ko", "en"):
        labels = [entry.label(language) for entry in ENTRIES]
        assert len(set(labels)) == len(labels)


@each_entry
def test_id_and_labels(entry: Condition):
    assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", entry.id)
    assert entry.ko
    assert entry.en
    assert entry.ko == "SNS" or HANGUL.search(entry.ko)
    assert not HANGUL.search(entry.en)


@each_entry
def test_notes_help_in_both_languages(entry: Condition):
    """Korean in 해요체, both short enough to stand beside a field."""
    assert HANGUL.search(entry.note_ko)
    assert not HANGUL.search(entry.note_en)
    assert len(entry.note_ko) <= 110
    assert len(entry.note_en) <= 220
    for sentence in (text.strip() for text in re.split(r"(?<=[.])\s", re.sub(r"\([^)]*\)", "", entry.note_ko))):
        assert sentence in HEADS or re.search(r"요\.?$", sentence), sentence


@each_entry
def test_kind_fixes_as_of(entry: Condition):
    allowed = {
        "attribute": ("visit", "visit_end"),
        "behaviour": ("visit_end",),
        "standing": ("now",),
        "live": ("live",),
    }
    assert entry.as_of in allowed[entry.kind]
    assert entry.needs


@each_entry
def test_type_fixes_operators_and_unit(entry: Condition):
    assert entry.operators == TYPE_OPERATORS[entry.type]
    assert all(op in OPERATORS for op in entry.operators)
    assert (entry.type in ("count", "sum")) == (entry.kind == "behaviour")
    if entry.type in ("integer", "number", "money", "percent", "duration_s", "count", "sum"):
        assert entry.unit_ko or entry.id == "behaviour.event_sum"  # a sum of whatever the property holds
        assert all(isinstance(choice, int | float) for choice in entry.quick)
    if entry.type == "money":
        assert entry.unit_ko == "원"
        assert entry.quick


@each_entry
def test_values_are_worded(entry: Condition):
    assert not entry.values or entry.type in ("category", "set")
    for value, (ko, en) in entry.values.items():
        assert value
        assert ko
        assert en
        assert not HANGUL.search(en)
    labels = [ko for ko, _ in entry.values.values()]
    assert len(set(labels)) == len(labels)


@each_entry
def test_parameters(entry: Condition):
    names = [name for spec in entry.params for name in (spec.name, *spec.aliases)]
    assert len(set(names)) == len(names)
    for spec in entry.params:
        assert HANGUL.search(spec.ko)
        assert spec.en
        assert not HANGUL.search(spec.en)
        assert not (spec.required and spec.default is not None)
        assert set(spec.choices) <= set(spec.values)
        if spec.type in ("days", "hours"):
            assert spec.default is not None
    if entry.kind == "behaviour":
        assert any(spec.name == "days" for spec in entry.params)
