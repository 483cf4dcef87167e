"""Edits of a segment's tree, as pure functions: each returns a new tree and leaves the old one as it was.

A place is an address: the tuple of child indices from the root, ``()`` being the root itself. A ``not``
has its part at index 0. ``None`` stands for the empty tree, which holds every visit. An address that
leads nowhere raises LookupError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.segments.check import read_leaf
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not

Address = tuple[int, ...]
GroupKind = Literal["all", "any"]

_STEP = re.compile(r"\.(?:(?:all|any)\[(\d+)\]|not)")


# --- looking ----------------------------------------------------------------------------------


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a group or of a ``not``; none for a leaf."""
    if isinstance(node, Leaf):
        return ()
    return (node.part,) if isinstance(node, Not) else node.parts


def get(node: Node, address: Address) -> Node:
    """The node at ``address``."""
    for index in address:
        parts = children(node)
        if not 0 <= index < len(parts):
            raise LookupError(f"no node at {address}")
        node = parts[index]
    return node


def places(node: Node | None, at: Address = ()) -> Iterator[tuple[Address, Node]]:
    """Every node with its address, a group before its parts, from left to right."""
    if node is None:
        return
    yield at, node
    for index, part in enumerate(children(node)):
        yield from places(part, (*at, index))


def path_of(node: Node, address: Address) -> str:
    """The path of a place as errors name it: 'where.all[2].not.any[0]'."""
    path = "where"
    for depth, index in enumerate(address):
        parent = get(node, address[:depth])
        path += ".not" if isinstance(parent, Not) else f".{group_kind(parent)}[{index}]"
    get(node, address)
    return path


def address_of(path: str) -> Address:
    """The address that an error's path leads to: 'where.all[2].not.op' is (2, 0)."""
    found: list[int] = []
    at = len("where")
    while step := _STEP.match(path, at):
        found.append(int(step[1] or 0))
        at = step.end()
    return tuple(found)


def group_kind(node: Node) -> GroupKind:
    """'all' or 'any'. Raises LookupError for what is no group."""
    if isinstance(node, AllOf):
        return "all"
    if isinstance(node, AnyOf):
        return "any"
    raise LookupError("not a group")


# --- editing ----------------------------------------------------------------------------------


def group(kind: GroupKind, parts: tuple[Node, ...]) -> AllOf | AnyOf:
    return AllOf(parts) if kind == "all" else AnyOf(parts)


def replace(node: Node, address: Address, new: Node) -> Node:
    """The tree with ``new`` in the place of what is at ``address``."""
    changed = _put(node, address, new)
    assert changed is not None
    return changed


def remove(node: Node, address: Address) -> Node | None:
    """The tree without the node at ``address``; groups and ``not`` that this empties go too."""
    get(node, address)
    return _put(node, address, None)


def insert(node: Node | None, address: Address, part: Node, index: int | None = None) -> Node:
    """``part`` added to the group at ``address``, at its end or before its ``index``-th part.

    Where no group is, one of kind 'all' is made around what is there. The empty tree becomes ``part``
    in a group of its own.
    """
    if node is None:
        return AllOf((part,))
    here = get(node, address)
    if isinstance(here, Leaf | Not):
        return replace(node, address, AllOf((here, part)))
    place = len(here.parts) if index is None else max(0, min(index, len(here.parts)))
    return replace(node, address, group(group_kind(here), (*here.parts[:place], part, *here.parts[place:])))


def wrap(node: Node, address: Address, kind: GroupKind = "any") -> Node:
    """The node at ``address`` put into a group of its own."""
    return replace(node, address, group(kind, (get(node, address),)))


def unwrap(node: Node, address: Address) -> Node:
    """The group at ``address`` dissolved into the group around it; the root only when it has one part."""
    here = get(node, address)
    parts = children(here)
    if isinstance(here, Leaf | Not):
        raise LookupError("not a group")
    parent = get(node, address[:-1]) if address else None
    if isinstance(parent, AllOf | AnyOf):
        kept = (*parent.parts[: address[-1]], *parts, *parent.parts[address[-1] + 1 :])
        return replace(node, address[:-1], group(group_kind(parent), kept))
    return replace(node, address, parts[0]) if len(parts) == 1 else node


def toggle(node: Node, address: Address) -> Node:
    """'all' becomes 'any' and the other way round, for the group at ``address``."""
    here = get(node, address)
    return replace(node, address, group("any" if group_kind(here) == "all" else "all", children(here)))


def negate(node: Node, address: Address) -> Node:
    """``not`` put around the node at ``address``, or taken away where it is one or stands in one."""
    here = get(node, address)
    if isinstance(here, Not):
        return replace(node, address, here.part)
    if address and isinstance(get(node, address[:-1]), Not):
        return replace(node, address[:-1], here)
    return replace(node, address, Not(here))


def move(node: Node, address: Address, step: int) -> Node:
    """The node at ``address`` moved by ``step`` within its group; it stops at the ends."""
    here = get(node, address)
    parent = get(node, address[:-1]) if address else None
    if not isinstance(parent, AllOf | AnyOf):
        return node
    rest = (*parent.parts[: address[-1]], *parent.parts[address[-1] + 1 :])
    place = max(0, min(address[-1] + step, len(rest)))
    return replace(node, address[:-1], group(group_kind(parent), (*rest[:place], here, *rest[place:])))


def without(node: Node, leaf: Leaf) -> Node | None:
    """The tree without ``leaf``, wherever it occurs; what this empties goes too. None holds everything.

    For one occurrence of several use ``remove``.
    """
    if isinstance(node, Leaf):
        return None if node == leaf else node
    return _rebuilt(node, tuple(without(part, leaf) for part in children(node)))


def _put(node: Node, address: Address, new: Node | None) -> Node | None:
    if not address:
        return new
    get(node, address[:1])
    parts: list[Node | None] = list(children(node))
    parts[address[0]] = _put(get(node, address[:1]), address[1:], new)
    return _rebuilt(node, tuple(parts))


def _rebuilt(node: Node, parts: tuple[Node | None, ...]) -> Node | None:
    """``node`` with these parts, those that are None left out; None when nothing is left."""
    kept = tuple(part for part in parts if part is not None)
    if not kept:
        return None
    return Not(kept[0]) if isinstance(node, Not) else group(group_kind(node), kept)


# --- a new condition --------------------------------------------------------------------------


def default_leaf(condition_id: str) -> Leaf:
    """A complete condition to start from: operator, value and parameters of the entry's example."""
    condition = CONDITIONS[condition_id]
    op, value, params = parse_example(condition.example, condition)
    data: dict[str, object] = {"condition": condition_id, "op": op}
    if value is not None:
        data["value"] = value
    if params:
        data["params"] = params
    return read_leaf(data)
