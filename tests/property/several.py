"""Questions about several segments at once, answered by plain loops over the oracle's visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.segments.model import Leaf, Node
from tests.oracle import Oracle
from tests.oracle.values import Subject

Combination = tuple[str, ...]


def combinations(oracle: Oracle, trees: Mapping[str, Node]) -> dict[Combination, tuple[int, int]]:
    """Visits and visitors of each exact combination of segments; a visitor is in those that any visit is in."""
    of_visits: Counter[Combination] = Counter()
    inside: dict[str, set[str]] = {}
    for visit in oracle.window("7d"):
        names = tuple(name for name, tree in trees.items() if oracle.visit_matches(tree, visit))
        of_visits[names] += 1
        inside.setdefault(visit["visitor_id"], set()).update(names)
    of_visitors = Counter(tuple(name for name in trees if name in names) for names in inside.values())
    return {names: (of_visits[names], of_visitors[names]) for names in of_visits | of_visitors}


def told(combined: pd.DataFrame) -> dict[Combination, tuple[int, int]]:
    """An overlap's combinations in the same form."""
    return {row.segments: (row.visits, row.visitors) for row in combined.itertuples()}


def shares(oracle: Oracle, trees: tuple[Node, Node], condition_id: str) -> dict[Any, tuple[int, int]]:
    """Visits of both segments by the value of a condition; booleans as the comparison keeps them, yes alone."""
    entry = CONDITIONS[condition_id]
    counts: dict[Any, list[int]] = {}
    for visit in oracle.window("7d"):
        value = oracle.leaf_value(Leaf(condition_id, "is_known"), Subject.of_visit(oracle.history, visit))
        for place, tree in enumerate(trees):
            if oracle.visit_matches(tree, visit):
                counts.setdefault(value, [0, 0])[place] += 1
    kept = {value: (a, b) for value, (a, b) in counts.items()}
    return {value: pair for value, pair in kept.items() if entry.type != "boolean" or value is True}
