"""Products that a segment names by their ids, and what the shop calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import select

from ifdo_core import tables
from ifdo_core.catalogue import CONDITIONS, Condition
from ifdo_core.catalogue.spec import Aggregate, RecommendedProducts
from ifdo_core.engines import Engine
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, Segment
from ifdo_core.segments.nested import every_leaf


def are_products(condition: Condition) -> bool:
    """Whether the condition's values are ids of products."""
    spec = condition.spec
    if isinstance(spec, Aggregate):
        return spec.column == "product_id" and spec.function in ("set", "latest")
    return isinstance(spec, RecommendedProducts)


def product_ids(leaf: Leaf) -> Iterator[str]:
    """The ids of products in a condition's value and parameters."""
    condition = CONDITIONS[leaf.condition]
    if are_products(condition) and leaf.value is not None:
        yield from map(str, leaf.value if isinstance(leaf.value, tuple) else (leaf.value,))
    for spec in condition.params:
        given = str(leaf.param(spec.name) or "")
        if spec.type == "product" and given:
            yield given
        if spec.type == "goods" and given.startswith("product:"):
            yield given.removeprefix("product:")


def product_names(engine: Engine, ids: Iterable[str]) -> dict[str, str]:
    """What the shop calls the products with these ids; without those it does not know or has no name for."""
    asked = sorted(set(ids))
    p = tables.products.c
    query = select(p.product_id, p.name).where(p.product_id.in_(asked))
    return {row.product_id: row.name for row in engine.execute(query) if row.name} if asked else {}


def with_names(engine: Engine, segment: Segment) -> Segment:
    """``segment`` whose wording calls products by their names, also in the saved segments within it."""
    names = product_names(engine, (one for within in every_leaf(segment.where) for one in product_ids(within.leaf)))
    return replace(segment, where=_named(segment.where, names)) if names else segment


def _named(node: Node, names: Mapping[str, str]) -> Node:
    if isinstance(node, Not):
        return Not(_named(node.part, names))
    if isinstance(node, AllOf | AnyOf):
        return type(node)(tuple(_named(part, names) for part in node.parts))
    own = tuple((one, names[one]) for one in dict.fromkeys(product_ids(node)) if one in names)
    inner = tuple(replace(one, where=one.where and _named(one.where, names)) for one in node.inner)
    return replace(node, called=own, inner=inner)
