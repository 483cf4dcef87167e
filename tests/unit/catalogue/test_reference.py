"""The entries against the list of conditions the workbench promises; every difference is named here with its reason."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from ifdo_core.catalogue import CONDITIONS, category_of

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("IFDO_SHARED", REPOSITORY.parent / "shared"))
REFERENCE = SHARED / "reference" / "segment-conditions.csv"

#: id → field → why it is not as the reference says.
DEVIATIONS: dict[str, dict[str, str]] = {
    "analysis.in_segment": {"needs_visit": "the conditions inside say whether a member without visits can be asked"},
    "member.opted_out": {"needs": "read from the member row alone until messages are kept"},
}

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference list is not beside this repository")


def reference() -> dict[str, dict[str, str]]:
    with REFERENCE.open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def value_type(row: dict[str, str]) -> str:
    """The reference calls lists of ids 'string' and texts of a visit 'set'; their operators tell them apart."""
    if row["value_type"] == "string" and not row["operators"].startswith("eq"):
        return "id"
    return "text_set" if row["value_type"] == "set" and row["operators"].startswith("eq") else row["value_type"]


def differences(condition_id: str, row: dict[str, str]) -> set[str]:
    entry = CONDITIONS[condition_id]
    pairs = {
        "ko": (entry.ko, row["label_ko"]),
        "en": (entry.en, row["label_en"]),
        "category": (category_of(entry).ko, row["category_ko"]),
        "kind": (entry.kind, row["kind"]),
        "type": (entry.type, value_type(row)),
        "operators": ("|".join(entry.operators), row["operators"]),
        "needs": ("|".join(entry.needs), row["source"]),
        "as_of": (entry.as_of, row["as_of"]),
        "example": (entry.example, row["example"]),
        "needs_visit": (entry.needs_visit, "needs_visit=no" not in row["notes"]),
    }
    return {name for name, (ours, theirs) in pairs.items() if ours != theirs}


@pytest.mark.parametrize("condition_id", list(CONDITIONS))
def test_an_entry_is_as_the_reference_says(condition_id: str):
    rows = reference()
    assert condition_id in rows
    assert differences(condition_id, rows[condition_id]) == set(DEVIATIONS.get(condition_id, {}))


def test_every_condition_of_these_categories_has_an_entry():
    """Analysis has its entries with its own parts."""
    complete = {"유입", "트래픽", "행동", "전자상거래", "구매", "회원", "메시지", "현재"}
    promised = [id for id, row in reference().items() if row["category_ko"] in complete]
    assert len(promised) == 281
    assert [id for id in promised if id not in CONDITIONS] == []


def test_deviations_name_entries():
    assert set(DEVIATIONS) <= set(CONDITIONS)


def test_order_within_a_category_is_that_of_the_reference():
    rows = list(reference())
    ours = [rows.index(condition_id) for condition_id in CONDITIONS]
    assert ours == sorted(ours)
