"""A segment: a named boolean tree of conditions, as JSON or YAML (api.md, 'A segment as text').

The tree is checked in two steps. Shape (this file): groups, depth, size. Meaning (``check``): ids,
operators, value types and parameters against the catalogue. Every refusal names the path in the tree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ifdo_core.errors import SegmentError

FORMAT = 1
MAX_DEPTH = 20
MAX_CONDITIONS = 500
#: Characters of a segment file. YAML is read slowly, and the longest lists of ids fit in either.
MAX_JSON, MAX_YAML = 20_000_000, 2_000_000
#: Brackets of a YAML file that are open at once.
MAX_OPEN = 500

Scalar = str | int | float | bool
Value = Scalar | tuple[Scalar, ...] | None


@dataclass(frozen=True)
class Leaf:
    """One condition with its operator and value; ``params`` sorted by name so that equal leaves are equal.

    ``inner``: what the saved segments it names say (``nested.resolve``). ``called``: what the shop calls the products
    it names by their ids, for its wording alone (``goods.with_names``). Neither is part of the text.
    """

    condition: str
    op: str
    value: Value = None
    params: tuple[tuple[str, Scalar], ...] = ()
    inner: tuple[Definition, ...] = ()
    called: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def param(self, name: str) -> Scalar | None:
        return dict(self.params).get(name)


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    part: Node


@dataclass(frozen=True)
class Definition:
    """A saved segment that a condition names; ``where`` is None where there is none of this id any more."""

    id: str
    name: str
    where: Node | None


Node = Leaf | AllOf | AnyOf | Not


def leaves(node: Node) -> Iterator[Leaf]:
    """The leaves from left to right, equal ones repeated."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        for part in node.parts:
            yield from leaves(part)


@dataclass(frozen=True)
class Segment:
    """``Segment.from_dict(...)``, ``from_json``, ``from_yaml``; immutable, compares by content."""

    where: Node
    name: str = ""
    format: int = FORMAT

    # --- reading ---------------------------------------------------------------------------

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Segment:
        """Reads and checks the tree of api.md. Raises SegmentError with the path of the first fault."""
        from ifdo_core.segments.check import read_segment

        return read_segment(data)

    @classmethod
    def all_of(cls, name: str, *leaves: Mapping[str, Any]) -> Segment:
        """Those for whom all of these conditions hold, each as in api.md. Raises SegmentError as ``from_dict`` does."""
        return cls.from_dict({"format": 1, "name": name, "where": {"all": list(leaves)}})

    @classmethod
    def from_text(cls, text: str) -> Segment:
        """The segment that a sentence speaks of: '장바구니 7만원 이상, 인스타그램'. ``Workbench.understand`` knows the
        shop's own words too and says what it did not understand. Raises SegmentError where nothing is understood."""
        from ifdo_core.segments.understand.read import understand

        return understand(text).segment()

    @classmethod
    def from_json(cls, text: str) -> Segment:
        _short_enough(text, MAX_JSON)
        try:
            data = json.loads(text, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise SegmentError(
                "not_json", "세그먼트 JSON을 읽을 수 없습니다: {detail}", path="$", detail=str(error)[:200]
            ) from error
        return cls.from_dict(data)

    @classmethod
    def from_yaml(cls, text: str) -> Segment:
        _short_enough(text, MAX_YAML)
        _shallow_enough(text)
        try:
            data = yaml.safe_load(text)
        # a tag with a value that it cannot have ends in whatever the reader of that tag does with it
        except (yaml.YAMLError, RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
            raise SegmentError(
                "not_yaml", "세그먼트 YAML을 읽을 수 없습니다: {detail}", path="$", detail=str(error)[:200]
            ) from error
        return cls.from_dict(data)

    # --- writing ---------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        return {"format": self.format, "name": self.name, "where": _node_to_dict(self.where)}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), allow_unicode=True, sort_keys=False)

    def conditions(self) -> tuple[Leaf, ...]:
        """The distinct leaves, in order of first appearance."""
        return tuple(dict.fromkeys(leaves(self.where)))


def _short_enough(text: str, most: int) -> None:
    if len(text) > most:
        raise SegmentError(
            "too_long",
            "세그먼트 파일이 너무 길어요: {length}자.",
            "{limit}자 이하로 줄이거나 세그먼트를 나눠 주세요.",
            path="$",
            length=f"{len(text):,}",
            limit=f"{most:,}",
        )


def _shallow_enough(text: str) -> None:
    """PyYAML takes time by the square of how many brackets are open; those in quotes are few."""
    opened = 0
    for char in text:
        if char in "[{":
            opened += 1
            if opened > MAX_OPEN:
                raise SegmentError(
                    "not_yaml", "세그먼트 YAML을 읽을 수 없습니다: {detail}", path="$", detail=f"{MAX_OPEN} × ‘[’"
                )
        elif char in "]}":
            opened -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names are all different: of two equal ones one would be lost in silence."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"duplicate name {name[:80]!r}")
        found[name] = value
    return found


def _node_to_dict(node: Node) -> dict[str, Any]:
    if isinstance(node, Leaf):
        out: dict[str, Any] = {"condition": node.condition, "op": node.op}
        if node.value is not None:
            out["value"] = list(node.value) if isinstance(node.value, tuple) else node.value
        if node.params:
            out["params"] = dict(node.params)
        return out
    if isinstance(node, Not):
        return {"not": _node_to_dict(node.part)}
    return {"all" if isinstance(node, AllOf) else "any": [_node_to_dict(part) for part in node.parts]}
