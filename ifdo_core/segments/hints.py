"""Which single change of a segment changes its 모수 most: a condition less, one more, or another threshold.

All changed trees are counted in the scan that counts the segment itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import pandas as pd

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.factories import DAYS
from ifdo_core.formats import count_text
from ifdo_core.i18n import translate
from ifdo_core.segments import edit
from ifdo_core.segments.edit import Address
from ifdo_core.segments.model import Leaf, Node, Segment, leaves
from ifdo_core.segments.reasons import Reason
from ifdo_core.segments.wording import leaf_text, value_text

Kind = Literal["drop", "add", "threshold"]
#: Conditions of a segment that are looked at; more would make the statement too long.
MOST_CONDITIONS = 30


@dataclass(frozen=True)
class Change:
    """One change: the tree it leads to, and where and what it is."""

    kind: Kind
    address: Address
    leaf: Leaf  # dropped, added, or with the new threshold
    before: Leaf | None
    where: Node

    def text(self) -> str:
        """'‘방문 횟수 5회 이상’ 빼기'."""
        if self.kind == "drop":
            return translate("‘{condition}’ 빼기").format(condition=leaf_text(self.leaf))
        if self.kind == "add":
            return translate("‘{condition}’ 더하기").format(condition=leaf_text(self.leaf))
        return translate("‘{before}’ → ‘{after}’").format(
            before=leaf_text(self.before or self.leaf), after=_after(self.before or self.leaf, self.leaf)
        )


@dataclass(frozen=True)
class Hint:
    """A change with the visits of 7 days it would leave; ``difference`` is against the segment as it stands."""

    change: Change
    segment: Segment
    visits_7d: int
    difference: int

    @property
    def text(self) -> str:
        return self.change.text()


@dataclass(frozen=True)
class Hints:
    """Changes that change the number, the largest first. ``visits_7d`` None: there is none, and ``reason`` says why."""

    segment: Segment
    now: datetime
    visits_7d: int | None
    all: tuple[Hint, ...] = field(default=(), repr=False)
    reason: Reason | None = None

    def widen(self, number: int = 3) -> tuple[Hint, ...]:
        """Those that bring most visits."""
        return tuple(hint for hint in self.all if hint.difference > 0)[:number]

    def narrow(self, number: int = 3) -> tuple[Hint, ...]:
        """Those that take most away and leave a tenth; where none does, those that leave some."""
        fewer = [hint for hint in self.all if hint.difference < 0 and hint.visits_7d]
        enough = [hint for hint in fewer if hint.visits_7d * 10 >= (self.visits_7d or 0)]
        return tuple(enough or fewer)[:number]

    def frame(self) -> pd.DataFrame:
        """Columns kind, path, condition, text, visits_7d, difference."""
        where = self.segment.where
        rows = [
            (
                hint.change.kind,
                edit.path_of(where, hint.change.address),
                hint.change.leaf.condition,
                hint.text,
                hint.visits_7d,
                hint.difference,
            )
            for hint in self.all
        ]
        return pd.DataFrame(rows, columns=["kind", "path", "condition", "text", "visits_7d", "difference"])

    def insight(self) -> str:
        """The change that moves most, either way."""
        if self.visits_7d is None:
            return self.reason.text() if self.reason else ""
        if not self.all:
            return translate("조건 하나를 바꿔서는 모수가 달라지지 않아요.")
        hint = self.all[0]
        return translate("모수를 가장 크게 바꾸는 것은 {text}: {before} → {after}.").format(
            text=hint.text, before=count_text(self.visits_7d, "건"), after=count_text(hint.visits_7d, "건")
        )


def changes(segment: Segment, candidates: Iterable[Leaf]) -> list[Change]:
    """Every single change that is looked at; ``candidates`` are conditions that could be added."""
    where = segment.where
    found: list[Change] = []
    own = [(address, node) for address, node in edit.places(where) if isinstance(node, Leaf)][:MOST_CONDITIONS]
    for address, leaf in own:
        rest = edit.remove(where, address)
        if rest is not None:
            found.append(Change("drop", address, leaf, None, rest))
        found += [
            Change("threshold", address, other, leaf, edit.replace(where, address, other)) for other in thresholds(leaf)
        ]
    asked = {leaf.condition for leaf in leaves(where)}
    others = [leaf for leaf in candidates if leaf.condition not in asked]
    return found + [Change("add", (), leaf, None, edit.insert(where, (), leaf)) for leaf in others]


def thresholds(leaf: Leaf) -> Iterator[Leaf]:
    """The leaf with the next lower and the next higher threshold, and with a shorter and a longer period."""
    entry = CONDITIONS[leaf.condition]
    if leaf.op in ("gt", "gte", "lt", "lte") and isinstance(leaf.value, int | float):
        steps = [float(step) for step in entry.quick if isinstance(step, int | float)]
        for value in _neighbours(leaf.value, steps):
            yield replace(leaf, value=value)
    period = next((spec for spec in entry.params if spec.type == "days"), None)
    if period is not None:
        now = leaf.param(period.name)
        days = now if isinstance(now, int | float) else period.default
        if isinstance(days, int | float):
            for value in _neighbours(days, [float(step) for step in DAYS]):
                yield replace(leaf, params=tuple(sorted({**dict(leaf.params), period.name: value}.items())))


def ranked(segment: Segment, now: datetime, visits_7d: int, found: Sequence[Change], counts: Sequence[int]) -> Hints:
    """``counts``: visits of 7 days of each change; those that change nothing are left out."""
    hints = [
        Hint(change, replace(segment, where=change.where), visits, visits - visits_7d)
        for change, visits in zip(found, counts, strict=True)
        if visits != visits_7d
    ]
    hints.sort(key=lambda hint: (-abs(hint.difference), hint.change.kind, hint.change.address))
    return Hints(segment, now, visits_7d, tuple(hints))


def _neighbours(value: int | float, steps: Sequence[float]) -> Iterator[int | float]:
    """The usual step below and above; beyond the usual ones half and double."""
    below = [step for step in steps if step < value]
    above = [step for step in steps if step > value]
    whole = value == int(value)
    lower = max(below) if below else (value // 2 if whole else value / 2)
    higher = min(above) if above else value * 2
    for other in (lower, higher):
        if other != value and other > 0:
            yield int(other) if other == int(other) else other


def _after(before: Leaf, after: Leaf) -> str:
    """The new threshold alone, or the whole where the period is another."""
    return value_text(after) if before.params == after.params else leaf_text(after)
