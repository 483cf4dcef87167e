"""Random conditions and segments whose values come from the shop itself, so that they are sometimes true.

Every leaf goes through ``Segment.from_dict``: what is compared is what a segment file can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from ifdo_core import Segment
from ifdo_core.catalogue import CONDITIONS, Condition, ParamSpec
from ifdo_core.catalogue.operators import OPERATORS
from ifdo_core.catalogue.spec import Aggregate, Param, SavedSegments, Where, aggregates_of
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not
from tests.oracle import Oracle, Row
from tests.oracle.history import json_property
from tests.oracle.values import Subject

#: Conditions that visits of the past can answer.
PAST = tuple(entry for entry in CONDITIONS.values() if entry.kind != "live")
#: Conditions that members without visits can answer.
STANDING = tuple(entry for entry in PAST if not entry.needs_visit)

_WHOLE = ("integer", "count", "money", "score")
_FALLBACK = ("naver", "P1", "VIP", "없는 값", "instagram")
_STEPS = ("page_view", "page_view", "view_item", "add_to_cart", "purchase", " search ")
_GOODS = ("product:P1", "product:P2", "category:아우터", "category:신발", "brand:NORD", "brand:nord")
_TESTS = (
    "value>=30000", "quantity=1", "method=link", "promotion_id=7", "price>=50000 & price<200000", "coupon!=welcome",
    "engagement_time_msec<2500", "value!=50000", "value=abc",
)  # fmt: skip
#: Parameters that name an event, a property of one, a parameter of an address or a field of a member.
_NAMED = {
    "did": ("page_view", "view_item", "add_to_cart", "begin_checkout"),
    "not": ("page_view", "purchase", "add_to_cart"),
    "property": ("value", "quantity", "price", "engagement_time_msec", "method"),
    "param": ("ab", "utm_source", "빈칸 있는", "a.b"),
    "field": ("skin_type", "shoe size", "vip"),
}
_PATTERNS = (r"^[a-z]+$", r"\d", "naver|google", "(?i)COAT", "o.t", r"^/(product|cart)", "코트$", r"\.", "^.{3,8}$")


def leaf_of(entry: Condition, op: str, value: Any, params: dict[str, Any]) -> Leaf:
    """The leaf as a segment file gives it. Raises SegmentError where a file could not say it."""
    data: Row = {"condition": entry.id, "op": op, "params": params}
    if value is not None:
        data["value"] = list(value) if isinstance(value, tuple) else value
    read = Segment.from_dict({"format": 1, "where": data}).where
    assert isinstance(read, Leaf)
    return read


class Drawer:
    """Draws conditions for one shop. Values a condition has in it are worked out once for the same parameters."""

    def __init__(self, dice: Random, oracle: Oracle) -> None:
        self.dice = dice
        self.oracle = oracle
        self._seen: dict[tuple[str, tuple[Any, ...]], list[Any]] = {}

    # --- one condition ------------------------------------------------------------------------

    def leaves(self, entry: Condition, each: int = 2) -> Iterator[Leaf]:
        """``each`` leaves for every operator of the condition, those without a value once a set of parameters."""
        for op in entry.operators:
            for _ in range(each if OPERATORS[op].arity != "none" or entry.params else 1):
                yield self.leaf(entry, op)

    def leaf(self, entry: Condition, op: str | None = None) -> Leaf:
        chosen = op or self.dice.choice(entry.operators)
        params = {
            spec.name: self.param(entry, spec) for spec in entry.params if spec.required or self.dice.random() < 0.6
        }
        return leaf_of(entry, chosen, self.operand(entry, chosen, self.known(entry, params)), params)

    def known(self, entry: Condition, params: dict[str, Any]) -> list[Any]:
        """Distinct values that the condition has in the shop; sets by their elements."""
        key = (entry.id, tuple(sorted(params.items())))
        if key not in self._seen:
            history = self.oracle.history
            subjects = [Subject.of_visit(history, visit) for visit in history.visits]
            if not entry.needs_visit:
                subjects += [Subject.of_member(history, member) for member in sorted(history.known_members())]
            asked = Leaf(entry.id, "is_known", None, key[1])
            found: set[Any] = set()
            for subject in subjects:
                value = self.oracle.leaf_value(asked, subject)
                found |= value if isinstance(value, set) else {value}
            self._seen[key] = sorted(found - {None})
        return self._seen[key]

    # --- its parameters -----------------------------------------------------------------------

    def param(self, entry: Condition, spec: ParamSpec) -> Any:
        if spec.type == "days":
            return self.dice.choice((0, 1, 1, 2, 7, 7, 30, 400))
        if spec.type == "hours":
            return self.dice.choice((0, 1, 24))
        if spec.type == "number":
            return self.dice.choice((0, 1, 50, 1.5))
        if spec.type == "price_range":
            return self.dice.choice(("10000..50000", "50000..", "..49999", "0..0"))
        if spec.type == "steps":
            return ">".join(self.dice.choice(_STEPS) for _ in range(self.dice.choice((2, 2, 3))))
        if spec.type == "goods":
            return self.dice.choice(_GOODS)
        if spec.type == "tests":
            return self.dice.choice(_TESTS)
        if spec.name in _NAMED:
            return self.dice.choice(_NAMED[spec.name])
        seen = self.column_values(entry, spec.name)
        if spec.type == "choice":
            return self.dice.choice([value for value in seen if value in spec.choices] or list(spec.choices))
        text = self.dice.choice(seen or list(_FALLBACK))
        if spec.type == "glob":
            return self.pattern(text)
        if spec.type == "category":
            return self.dice.choice((text, text.split(" > ")[0]))
        return text if self.dice.random() < 0.9 else self.dice.choice(_FALLBACK)

    def column_values(self, entry: Condition, param: str) -> list[str]:
        """What the shop holds in the column that the parameter filters."""
        found: set[str] = set()
        for spec in aggregates_of(entry.spec):
            for where in spec.where:
                if where.value == Param(param):
                    found.update(self._column(spec, where))
        return sorted(found)

    def _column(self, spec: Aggregate, where: Where) -> Iterator[str]:
        history = self.oracle.history
        rows: Sequence[Row] = {
            "events": history.event_rows(history.events),
            "pages": history.events,
            "orders": history.orders,
            "items": history.lines(history.orders),
            "visits": history.visits,
        }.get(spec.source, history.shop.messages)
        for row in rows:
            key = where.column.removeprefix("params.")
            value = json_property(row, key) if key != where.column else row.get(where.column)
            if value:
                yield str(value)

    def pattern(self, text: str) -> str:
        middle = text[1:-1] or text
        half = len(text) // 2
        return self.dice.choice(
            (text, f"*{middle}*", f"{text[:half]}*", f"*{text[half:]}", "*", f"{text[:1]}*{text[-1:]}")
        )

    # --- its value ----------------------------------------------------------------------------

    def operand(self, entry: Condition, op: str, known: list[Any]) -> Any:
        arity = OPERATORS[op].arity
        if arity == "none":
            return None
        if arity == "days":
            return self.dice.choice((0, 1, 2, 7, 30, 400))
        if op == "matches":
            return self.regex(known)
        if arity == "many":
            # of a saved segment that is not there there is no answer to compare
            saved = isinstance(entry.spec, SavedSegments)
            values = list(self.oracle.shop.segments) if saved else [*known, *_FALLBACK]
            return tuple(self.dice.choice(values) for _ in range(self.dice.choice((1, 2, 3))))
        if arity == "pair":
            return tuple(sorted((self.one(entry, op, known), self.one(entry, op, known))))
        return self.one(entry, op, known)

    def one(self, entry: Condition, op: str, known: list[Any]) -> Any:
        dice = self.dice
        if entry.type == "date":
            day = dice.choice(known or [date(2026, 11, 20)])
            return (day + timedelta(days=dice.choice((0, 0, 1, -1)))).isoformat()
        if entry.type in ("category", "id", "string", "text_set", "set"):
            return self.text(op, known)
        number = dice.choice(known or [0, 1, 50_000])
        if entry.type in _WHOLE:
            return int(number) + dice.choice((0, 0, 0, 1, -1))
        # engines may add floats in another order: a border is a whole thousandth
        return round(number, 3) + dice.choice((0, 0, 0, 1, -0.5))

    def text(self, op: str, known: list[Any]) -> str:
        text = self.dice.choice([*known, *known, self.dice.choice(_FALLBACK)])
        if op in ("contains", "not_contains", "starts_with", "ends_with"):
            low = 0 if op == "starts_with" else self.dice.randint(0, len(text) - 1)
            high = len(text) if op == "ends_with" else self.dice.randint(low + 1, len(text))
            text = text[low:high]
        return text.swapcase() if self.dice.random() < 0.1 else text

    def regex(self, known: list[Any]) -> str:
        """Anchored pieces of a value, or one of a few patterns that every engine reads alike."""
        if not known or self.dice.random() < 0.4:
            return self.dice.choice(_PATTERNS)
        text = self.dice.choice(known)
        piece = re.sub(r"([^\w\s가-힣])", r"\\\1", text[: self.dice.randint(1, len(text))])
        return self.dice.choice((f"^{piece}", piece, f"{piece}.*$", f"({piece}|zzz)"))

    # --- trees --------------------------------------------------------------------------------

    def tree(self, entries: Sequence[Condition] = PAST, depth: int = 3, again: Sequence[Leaf] = ()) -> Node:
        """A nested segment; now and then the same leaf stands in it twice."""
        dice = self.dice
        shape = dice.choice(("leaf", "leaf", "all", "any", "not")) if depth else "leaf"
        if shape == "leaf":
            return dice.choice(again) if again and dice.random() < 0.15 else self.leaf(dice.choice(entries))
        if shape == "not":
            return Not(self.tree(entries, depth - 1, again))
        parts: list[Node] = []
        for _ in range(dice.choice((1, 2, 2, 3))):
            seen = [part for part in parts if isinstance(part, Leaf)]
            parts.append(self.tree(entries, depth - 1, [*again, *seen]))
        return AllOf(tuple(parts)) if shape == "all" else AnyOf(tuple(parts))

    def tree_for_all(self) -> Segment:
        """A segment that everyone satisfies, members without a row too."""
        leaf = self.leaf(CONDITIONS["purchase.order_count"], "is_known")
        return Segment(AnyOf((leaf, Not(leaf))))
