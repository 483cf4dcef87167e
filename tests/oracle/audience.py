"""모수 of a segment: visits, visitors and members, each condition alone and left out, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.spec import SavedSegments
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, leaves
from tests.oracle.history import History
from tests.oracle.operators import satisfied
from tests.oracle.shop import Row, Shop
from tests.oracle.values import Subject, value_of

WINDOWS = {"24h": timedelta(hours=24), "7d": timedelta(hours=168)}
Place = tuple[int, ...]


@dataclass
class Counts:
    """What the panel must show; keys as the fields of a preview."""

    visits_24h: int
    visits_7d: int
    visitors_24h: int
    visitors_7d: int
    members_24h: int
    members_7d: int
    total_visits_24h: int
    total_visits_7d: int
    share_7d: float | None
    #: (path, condition, visits_24h, visits_7d, without_24h, without_7d) from left to right
    conditions: list[tuple[str, str, int, int, int, int]] = field(default_factory=list)
    #: local date → (visits, total); only dates with a visit
    daily: dict[date, tuple[int, int]] = field(default_factory=dict)


class Oracle:
    """Answers for one shop at one ``now``. Values of a leaf are kept, for many segments are asked of one shop."""

    def __init__(self, shop: Shop, now: datetime) -> None:
        self.shop = shop
        self.now = now
        self.history = History(shop, now)
        self.visits = self.history.visits
        self._known: dict[tuple[Leaf, str], bool] = {}

    # --- which subjects -----------------------------------------------------------------------

    def window(self, name: str | None) -> list[Row]:
        """Visits that start in (now - window, now]; None for all."""
        if name is None:
            return self.visits
        return [visit for visit in self.visits if visit["started_at"] > self.now - WINDOWS[name]]

    def matching(self, node: Node | None, window: str | None) -> list[Row]:
        return [visit for visit in self.window(window) if self.visit_matches(node, visit)]

    def visitors(self, node: Node | None, window: str | None) -> set[str]:
        return {visit["visitor_id"] for visit in self.matching(node, window)}

    def members(self, node: Node | None, window: str | None) -> set[str]:
        """Distinct known members of the matching visits."""
        found = {visit["member_id"] for visit in self.matching(node, window)}
        return found - {None}

    def members_now(self, node: Node | None) -> set[str]:
        """Every member that matches at now; conditions that need a visit are not allowed here."""
        return {member for member in self.history.known_members() if self.member_matches(node, member)}

    # --- whether they match -------------------------------------------------------------------

    def visit_matches(self, node: Node | None, visit: Row) -> bool:
        return self._matches(node, Subject.of_visit(self.history, visit), visit["visit_id"])

    def member_matches(self, node: Node | None, member_id: str) -> bool:
        return self._matches(node, Subject.of_member(self.history, member_id), f"m:{member_id}")

    def _matches(self, node: Node | None, subject: Subject, key: str) -> bool:
        if node is None:
            return True
        if isinstance(node, Not):
            return not self._matches(node.part, subject, key)
        if isinstance(node, AllOf):
            return all(self._matches(part, subject, key) for part in node.parts)
        if isinstance(node, AnyOf):
            return any(self._matches(part, subject, key) for part in node.parts)
        if (node, key) not in self._known:
            self._known[node, key] = self._leaf(node, subject)
        return self._known[node, key]

    def _leaf(self, leaf: Leaf, subject: Subject) -> bool:
        # a date condition counts its days back from the moment its value is true for; a visit's own date from now
        at_visit_end = CONDITIONS[leaf.condition].as_of == "visit_end"
        today = self.shop.local_date(subject.as_of if at_visit_end else self.now)
        return satisfied(self.leaf_value(leaf, subject), leaf.op, leaf.value, today)

    def leaf_value(self, leaf: Leaf, subject: Subject) -> Any:
        entry = CONDITIONS[leaf.condition]
        if isinstance(entry.spec, SavedSegments):
            key = subject.visit["visit_id"] if subject.visit else f"m:{subject.member_id}"
            # only those that are asked for: one that names the asking segment's own would never end
            asked = leaf.value if isinstance(leaf.value, tuple) else tuple(self.shop.segments)
            saved = [(str(name), self.shop.segments[str(name)]) for name in asked]
            return {name for name, node in saved if self._matches(node, subject, key)}
        defaults = {spec.name: spec.default for spec in entry.params if spec.default is not None}
        return value_of(subject, entry.spec, {**defaults, **dict(leaf.params)})

    # --- the panel ----------------------------------------------------------------------------

    def preview(self, node: Node) -> Counts:
        def count(part: Node | None, window: str) -> int:
            return len(self.matching(part, window))

        total = len(self.window("7d"))
        visits = count(node, "7d")
        counts = Counts(
            visits_24h=count(node, "24h"),
            visits_7d=visits,
            visitors_24h=len(self.visitors(node, "24h")),
            visitors_7d=len(self.visitors(node, "7d")),
            members_24h=len(self.members(node, "24h")),
            members_7d=len(self.members(node, "7d")),
            total_visits_24h=len(self.window("24h")),
            total_visits_7d=total,
            share_7d=visits / total if total else None,
        )
        for place, path, leaf in occurrences(node):
            rest = without(node, place)
            alone = (count(leaf, "24h"), count(leaf, "7d"))
            counts.conditions.append((path, leaf.condition, *alone, count(rest, "24h"), count(rest, "7d")))
        for visit in self.window("7d"):
            matched, all_of_day = counts.daily.get(visit["started_on"], (0, 0))
            counts.daily[visit["started_on"]] = (matched + self.visit_matches(node, visit), all_of_day + 1)
        return counts


# --- the tree ---------------------------------------------------------------------------------


def occurrences(node: Node, place: Place = (), path: str = "where") -> Iterator[tuple[Place, str, Leaf]]:
    """Every condition with its place in the tree and its path, from left to right."""
    if isinstance(node, Leaf):
        yield place, path, node
    elif isinstance(node, Not):
        yield from occurrences(node.part, (*place, 0), f"{path}.not")
    else:
        word = "all" if isinstance(node, AllOf) else "any"
        for index, part in enumerate(node.parts):
            yield from occurrences(part, (*place, index), f"{path}.{word}[{index}]")


def without(node: Node, place: Place) -> Node | None:
    """The tree without the condition at ``place``; a group or a ``not`` that is left empty goes with it."""
    if not place:
        return None
    if isinstance(node, Not):
        part = without(node.part, place[1:])
        return None if part is None else Not(part)
    assert isinstance(node, AllOf | AnyOf)
    changed = [without(part, place[1:]) if index == place[0] else part for index, part in enumerate(node.parts)]
    kept = tuple(part for part in changed if part is not None)
    return type(node)(kept) if kept else None


def has_live(node: Node) -> bool:
    return any(CONDITIONS[leaf.condition].kind == "live" for leaf in leaves(node))
