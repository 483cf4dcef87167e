"""``make golden``: what the oracle would answer where ``expected.yaml`` has no answer or another one.

A proposal is not an answer. Read the visits against ``shop.yaml``, count yourself, then write the entry with the
reason why.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from ifdo_core.catalogue import CONDITIONS, Condition
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.segments.model import Leaf
from tests.golden.shop import HERE, golden_shop
from tests.oracle import Oracle
from tests.oracle.values import Subject

EXPECTED = HERE / "expected.yaml"
#: Conditions of the past; live ones have no answer.
PAST = tuple(entry for entry in CONDITIONS.values() if entry.kind != "live")


@dataclass(frozen=True)
class Question:
    """One line of ``expected.yaml``: a condition asked as examples are written, and the visits of 7 days that match."""

    condition: str
    asked: str
    visits: tuple[str, ...]
    why: str = ""

    @property
    def leaf(self) -> Leaf:
        return leaf_of(CONDITIONS[self.condition], self.asked)

    def __str__(self) -> str:
        return f"{self.condition} {self.asked}"


def leaf_of(entry: Condition, asked: str) -> Leaf:
    op, value, params = parse_example(asked, entry)
    return Leaf(entry.id, op, value, tuple(sorted(params.items())))


@cache
def expected() -> tuple[Question, ...]:
    told: dict[str, list[dict[str, Any]]] = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    return tuple(
        Question(condition, item["asked"], tuple(_names(item["visits"])), item.get("why", ""))
        for condition, items in told.items()
        for item in items
    )


def _names(text: str | list[str] | None) -> list[str]:
    """'ahn 1 2 3, bae 5' → ahn-1, ahn-2, ahn-3, bae-5."""
    if not text:
        return []
    if isinstance(text, list):
        return text
    found: list[str] = []
    for part in text.split(","):
        visitor, *numbers = part.split()
        found += [f"{visitor}-{number}" for number in numbers]
    return found


def short(visits: list[str]) -> str:
    """The other way round."""
    by_visitor: dict[str, list[str]] = {}
    for visit in visits:
        visitor, _, number = visit.rpartition("-")
        by_visitor.setdefault(visitor, []).append(number)
    return ", ".join(f"{visitor} {' '.join(numbers)}" for visitor, numbers in by_visitor.items())


@cache
def golden_oracle() -> Oracle:
    return Oracle(*golden_shop())


def answer(leaf: Leaf) -> list[str]:
    """The visits of 7 days that match, in the order of ``shop.yaml``."""
    return sorted(visit["visit_id"] for visit in golden_oracle().matching(leaf, "7d"))


def proposals() -> Iterator[tuple[Condition, str, list[str]]]:
    """(condition, question, visits) where the file is silent or disagrees."""
    told = {(question.condition, question.asked): question for question in expected()}
    for entry in PAST:
        asked = [entry.example, *(key[1] for key in told if key[0] == entry.id and key[1] != entry.example)]
        for text in asked:
            known = told.get((entry.id, text))
            visits = answer(leaf_of(entry, text))
            if known is None or sorted(known.visits) != visits:
                yield entry, text, visits


def main() -> int:
    """Prints proposals with the value of every visit that has one; 1 when there are any."""
    oracle, found = golden_oracle(), False
    for entry, text, visits in proposals():
        found = True
        print(f"{entry.id}:  # {entry.en}; {entry.note_en}")
        print(f"  - asked: {text}\n    visits: {short(visits)}")
        for visit in sorted(oracle.window("7d"), key=lambda visit: visit["visit_id"]):
            value = oracle.leaf_value(leaf_of(entry, text), Subject.of_visit(oracle.history, visit))
            if value is not None:
                print(f"    #   {visit['visit_id']}: {value}")
    if not found:
        print("expected.yaml answers every condition, and the oracle agrees.")
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
