"""Segments: named boolean trees of conditions, their text, their wording and their 모수 (semantics.md, '모수')."""

from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, Segment, leaves

__all__ = ["AllOf", "AnyOf", "Leaf", "Node", "Not", "Segment", "leaves"]
