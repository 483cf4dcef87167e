"""Segments within segments: a condition on saved segments, with what they say put in (semantics.md, 'Rulings').

A saved segment is read anew for each question, so a change of it is seen at once. Where the saved segments come
from is the caller's business: anything that maps an id to a ``Segment``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.spec import SavedSegments
from ifdo_core.errors import SegmentError
from ifdo_core.segments.model import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    AllOf,
    AnyOf,
    Definition,
    Leaf,
    Node,
    Not,
    Segment,
    leaves,
)

Saved = Mapping[str, Segment]
#: Ids and names of the segments around a place, the outermost first; that one may have no id ('').
_Trail = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Within:
    """A condition, and the names of the saved segments around it, the outermost first."""

    leaf: Leaf
    names: tuple[str, ...] = ()


def names_segments(leaf: Leaf) -> bool:
    """Whether the condition is on saved segments."""
    return isinstance(CONDITIONS[leaf.condition].spec, SavedSegments)


def _asked_segment(leaf: Leaf) -> str:
    """The saved segment that a parameter names; '' for none."""
    spec = next((spec for spec in CONDITIONS[leaf.condition].params if spec.type == "segment"), None)
    return str(leaf.param(spec.name) or "") if spec else ""


def named_ids(node: Node) -> tuple[str, ...]:
    """The ids of the saved segments that a tree names itself, in order of first appearance."""
    found = [leaf.value for leaf in leaves(node) if names_segments(leaf) and leaf.value is not None]
    return tuple(dict.fromkeys(str(value) for values in found for value in cast(tuple[str, ...], values)))


def missing_ids(leaf: Leaf) -> tuple[str, ...]:
    """Ids of a condition on saved segments for which there is no definition."""
    known = {definition.id for definition in leaf.inner if definition.where is not None}
    values = cast(tuple[str, ...], leaf.value or ())
    return tuple(value for value in dict.fromkeys(map(str, values)) if value not in known)


def every_leaf(node: Node, names: tuple[str, ...] = ()) -> Iterator[Within]:
    """Every condition, each one on saved segments followed by theirs."""
    for leaf in leaves(node):
        yield Within(leaf, names)
        for definition in leaf.inner:
            if definition.where is not None:
                yield from every_leaf(definition.where, (*names, definition.name or definition.id))


def resolve(segment: Segment, saved: Saved, own_id: str | None = None) -> Segment:
    """``segment`` with what the saved segments in it say; one that is not there leaves a definition without a tree.

    ``own_id``: the id under which ``segment`` itself is saved. Raises SegmentError where segments contain each other
    in a circle (named), and where all of it together is beyond the bounds of a segment.
    """
    if not any(names_segments(leaf) or _asked_segment(leaf) for leaf in leaves(segment.where)):
        return segment
    return replace(segment, where=_Reader(saved).node(segment.where, "where", 0, ((own_id or "", segment.name),)))


class _Reader:
    """Puts definitions in, and counts what they add up to, so that no chain of segments grows without end."""

    def __init__(self, saved: Saved) -> None:
        self._saved = saved
        self._conditions = 0

    def node(self, node: Node, path: str, depth: int, trail: _Trail) -> Node:
        """``path``: of the place in the outermost segment, where a fault is shown."""
        if isinstance(node, Leaf):
            return self._leaf(node, path, depth, trail)
        if depth == MAX_DEPTH:
            raise SegmentError(
                "too_deep",
                "안에 든 세그먼트까지 펼치면 묶음이 {limit}단계보다 깊게 겹쳐요.",
                "안에 든 세그먼트를 단순하게 고쳐 주세요.",
                path=path,
                limit=MAX_DEPTH,
            )
        if isinstance(node, Not):
            return Not(self.node(node.part, _step(path, ".not", trail), depth + 1, trail))
        word = "all" if isinstance(node, AllOf) else "any"
        parts = tuple(
            self.node(part, _step(path, f".{word}[{index}]", trail), depth + 1, trail)
            for index, part in enumerate(node.parts)
        )
        return AllOf(parts) if isinstance(node, AllOf) else AnyOf(parts)

    def _leaf(self, leaf: Leaf, path: str, depth: int, trail: _Trail) -> Leaf:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise SegmentError(
                "too_many_conditions",
                "안에 든 세그먼트까지 펼치면 조건이 {limit}개보다 많아요.",
                "안에 든 세그먼트를 줄여 주세요.",
                path=path,
                limit=MAX_CONDITIONS,
            )
        if asked := _asked_segment(leaf):  # for its name alone: what it says was asked by the refresh
            found = self._saved.get(asked)
            return replace(leaf, inner=(Definition(asked, found.name if found else "", None),))
        if not names_segments(leaf) or leaf.value is None:
            return leaf
        ids = dict.fromkeys(str(value) for value in cast(tuple[str, ...], leaf.value))
        return replace(leaf, inner=tuple(self._definition(name, path, depth, trail) for name in ids))

    def _definition(self, segment_id: str, path: str, depth: int, trail: _Trail) -> Definition:
        around = [known for known, _ in trail]
        if segment_id in around:
            names = [name or known for known, name in trail[around.index(segment_id) :]]
            raise SegmentError(
                "segment_cycle",
                "세그먼트가 서로를 안에 담고 있어요: {names}.",
                "이 가운데 하나에서 ‘세그먼트 소속’ 조건을 빼 주세요.",
                path=path,
                names=" → ".join([*names, names[0]]),
            )
        found = self._saved.get(segment_id)
        if found is None:
            return Definition(segment_id, "", None)
        inside = self.node(found.where, path, depth + 1, (*trail, (segment_id, found.name)))
        return Definition(segment_id, found.name, inside)


def _step(path: str, step: str, trail: _Trail) -> str:
    """One step down in the outermost segment; those inside are reached at the place where they are named."""
    return path if len(trail) > 1 else path + step
