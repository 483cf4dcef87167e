"""What buttons and inputs of the builder do. Each is a callback: it changes the state and says what is drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode

import streamlit as st

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.operators import OPERATORS
from ifdo_core.errors import IfdoError, SegmentError
from ifdo_core.i18n import current_language
from ifdo_core.segments import edit
from ifdo_core.segments.check import read_leaf
from ifdo_core.segments.edit import Address
from ifdo_core.segments.link import unpack
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, Scalar, Segment, leaves
from ifdo_core.segments.nested import named_ids, names_segments
from ifdo_core.segments.starters import starters
from ifdo_core.segments.wording import leaf_text
from ifdo_ui import cache
from ifdo_ui.builder.examples import example, examples
from ifdo_ui.builder.within import saved_choices
from ifdo_ui.state import (
    EXAMPLE,
    MAX_RECENT,
    NEW,
    STARTER,
    VIEWS,
    Builder,
    Draft,
    State,
    choose,
    leave_builder,
    split_link,
    state,
    widget,
    write_link,
)
from ifdo_ui.text import _, local_date
from ifdo_ui.widgets.slot import Raw

P = ParamSpec("P")
MAX_DEFAULT_NAME = 60

#: The parts of the page in the order in which they are drawn anew: the number first.
PANEL, HEAD, TREE, LIST, FORECAST = "panel", "head", "tree", "conditions", "forecast"
_EDIT = [PANEL, HEAD, TREE, FORECAST]
_ALL = [PANEL, HEAD, TREE, LIST, FORECAST]


def _builder() -> Builder:
    builder = state().builder
    assert builder is not None
    return builder


def _on_open(act: Callable[P, None]) -> Callable[P, None]:
    """For callbacks that change the open segment: one that comes late, when none is open, does nothing."""

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if state().builder is not None:
            act(*args, **kwargs)

    return run


def _shown(parts: list[str]) -> None:
    """The link says the new state; only these parts are drawn."""
    write_link(state())
    st.rerun(parts)


# --- opening ----------------------------------------------------------------------------------


def _normal(node: Node) -> Node:
    """The builder's root is always a group, so that there is a place to add to."""
    return node if isinstance(node, AllOf | AnyOf) else AllOf((node,))


def open_segment(segment: Segment | None, *, saved_id: str | None = None, guide: str | None = None) -> None:
    """Shows ``segment`` (None: an empty tree) in the builder."""
    draft = Draft(_normal(segment.where), segment.name) if segment else Draft()
    current = state()
    current.builder = Builder(draft, draft if saved_id or not segment else Draft(), saved_id, guide=guide)
    write_link(current)


def open_new() -> None:
    open_segment(None)


def open_example(example_id: str) -> None:
    state()  # a callback runs before its page: this sets the language of the example's name
    open_segment(example(example_id).segment(), guide=example_id)


def open_starter(starter_id: str) -> None:
    """A ready segment, as a new one."""
    state()  # as above: its name is in the language of the session
    open_segment(next(item for item in starters() if item.id == starter_id).segment())


def open_saved(segment_id: str) -> None:
    open_segment(cache.store().get(segment_id).readable(), saved_id=segment_id)


def open_changed(segment_id: str, segment: Segment) -> None:
    """A saved segment with changes that were not saved; without it, where it is gone."""
    try:
        kept = cache.store().get(segment_id).readable()
    except IfdoError:
        open_segment(segment)
        return
    open_segment(segment, saved_id=segment_id)
    _builder().kept = Draft(_normal(kept.where), kept.name)


def follow_link(asked: str) -> None:
    """Opens what a link asks for. Raises IfdoError where it leads nowhere."""
    of, packed = split_link(asked)
    if asked == NEW:
        open_new()
    elif asked in {EXAMPLE + item.id for item in examples()}:
        open_example(asked.removeprefix(EXAMPLE))
    elif packed and of:
        open_changed(of, unpack(packed))
    elif packed:
        open_segment(unpack(packed))
    elif asked in {STARTER + item.id for item in starters()}:
        open_starter(asked.removeprefix(STARTER))
    else:
        open_saved(asked)


def close() -> None:
    """Back to the list; what is unsaved can be taken up again there."""
    current = state()
    if current.builder and not current.builder.changed:
        current.builder = None
    leave_builder(current)


# --- the tree ---------------------------------------------------------------------------------


def _change(node: Node | None, *, fresh: bool = True) -> None:
    builder = _builder()
    builder.put(replace(builder.draft, node=node), fresh=fresh)
    builder.target = _group_at(node, builder.target)


def _group_at(node: Node | None, address: Address) -> Address:
    """``address`` while a group is there, else the root."""
    try:
        return address if node is not None and isinstance(edit.get(node, address), AllOf | AnyOf) else ()
    except LookupError:
        return ()


def _tree() -> Node:
    node = _builder().draft.node
    assert node is not None
    return node


@_on_open
def pick(condition_id: str, value: str | None = None) -> None:
    """Adds a condition, ready to count, to the group that is being filled."""
    current, builder = state(), _builder()
    leaf = _first_leaf(current, condition_id, value)
    if builder.new_group:
        part: Node = AnyOf((leaf,))
        part = Not(part) if builder.new_group == "none" else part
        node = edit.insert(builder.draft.node, (), part)
        builder.new_group = None
        _change(node)
        place = (len(edit.children(node)) - 1,)
        builder.target = (*place, 0) if isinstance(part, Not) else place
    else:
        _change(edit.insert(builder.draft.node, builder.target, leaf))
    current.recent = list(dict.fromkeys([condition_id, *current.recent]))[:MAX_RECENT]
    _shown(_ALL)


@_on_open
def add_understood(text: str, part: int | None, rank: int) -> None:
    """Adds what was understood of ``text``: one reading of one part, or with None all of it."""
    current, builder = state(), _builder()
    understood = cache.shop(current.trial).workbench.understand(text)
    if part is None:
        where = understood.where
        if where is None:
            return
        found = where.parts if isinstance(where, AllOf) else (where,)
        current.searches += 1
    else:
        found = (understood.parts[part].candidates[rank],)
    node = builder.draft.node
    for one in found:
        node = edit.insert(node, builder.target if node is not None else (), one)
    _change(node)
    added = [leaf.condition for one in found for leaf in leaves(one)]
    current.recent = list(dict.fromkeys([*added, *current.recent]))[:MAX_RECENT]
    _shown(_ALL)


def _first_leaf(current: State, condition_id: str, value: str | None) -> Leaf:
    """The entry's example; where it names a value of a shop, one that this shop has."""
    leaf = edit.default_leaf(condition_id)
    condition = CONDITIONS[condition_id]
    if OPERATORS[leaf.op].arity != "many":
        return leaf
    if value is not None:
        return replace(leaf, value=(value,))
    if names_segments(leaf):
        free = saved_choices(cache.shop(current.trial), _builder().saved_id)
        return replace(leaf, value=(free[0].value,)) if free else leaf
    found = [str(found) for found in cache.suggest(cache.shop(current.trial), condition_id)["value"][:1]]
    known = condition.values
    mine = isinstance(leaf.value, tuple) and all(item in known for item in leaf.value)
    return leaf if mine or not found else replace(leaf, value=(found[0],))


@_on_open
def set_operator(address: Address, op: str) -> None:
    """The other operator; the value stays where it still fits, else the example's or an empty one comes."""
    leaf = edit.get(_tree(), address)
    assert isinstance(leaf, Leaf)
    _change(edit.replace(_tree(), address, _with_operator(leaf, op)))
    _shown(_EDIT)


def _with_operator(leaf: Leaf, op: str) -> Leaf:
    old, new = OPERATORS[leaf.op].arity, OPERATORS[op].arity
    example = edit.default_leaf(leaf.condition)
    first = leaf.value[0] if isinstance(leaf.value, tuple) else leaf.value
    if first is None:
        first = example.value[0] if isinstance(example.value, tuple) else example.value
    if new == "none":
        value = None
    elif new == old:
        value = leaf.value
    elif new == "many":
        value = (str(first),)
    elif new == "pair":
        value = _pair(leaf, first)
    elif new == "days":
        value = 30
    else:
        value = _today() if old == "days" else first
    return replace(leaf, op=op, value=value)


def _pair(leaf: Leaf, first: Scalar | None) -> tuple[Scalar, Scalar]:
    if CONDITIONS[leaf.condition].type == "date":
        day = first if isinstance(first, str) else _today()
        return day, day
    return (first, first) if isinstance(first, int | float) else (0, 0)


def _today() -> str:
    workbench = cache.shop(state().trial).workbench
    return local_date(workbench.now, workbench.settings.zone).isoformat()


@_on_open
def set_value(address: Address, raw: Raw, *, afresh: bool = False) -> None:
    """A value as it was typed; one that cannot be taken is said beside it, and the old one stays.

    ``afresh``: the inputs do not show it yet.
    """
    leaf = edit.get(_tree(), address)
    assert isinstance(leaf, Leaf)
    if raw is None:
        money = CONDITIONS[leaf.condition].type == "money"
        _builder().faults[address] = (
            _("금액으로 읽을 수 없어요. ‘7만’이나 ‘70,000’처럼 적어 주세요.") if money else _("값을 넣어 주세요.")
        )
        _shown([TREE])
        return
    if afresh:
        _builder().afresh(address)
    _take(address, {**_as_dict(leaf), "value": raw})


@_on_open
def set_param(address: Address, name: str, value: Scalar | None) -> None:
    leaf = edit.get(_tree(), address)
    assert isinstance(leaf, Leaf)
    params = {**dict(leaf.params), name: value}
    _take(address, {**_as_dict(leaf), "params": {key: kept for key, kept in params.items() if kept is not None}})


def _as_dict(leaf: Leaf) -> dict[str, object]:
    value = list(leaf.value) if isinstance(leaf.value, tuple) else leaf.value
    written: dict[str, object] = {"condition": leaf.condition, "op": leaf.op, "params": dict(leaf.params)}
    return written if value is None else {**written, "value": value}


def _take(address: Address, data: dict[str, object]) -> None:
    builder = _builder()
    try:
        leaf = read_leaf({key: value for key, value in data.items() if value not in (None, {})})
    except SegmentError as error:
        builder.faults[address] = _fault(error, str(data["condition"]))
        _shown([TREE])
        return
    builder.faults.pop(address, None)
    _change(edit.replace(_tree(), address, leaf), fresh=False)
    _shown(_EDIT)


def _fault(error: SegmentError, condition: str) -> str:
    """What is wrong, as the screen calls it: its place is plain to see, and a parameter has a label."""
    if error.code != "param_missing":
        return IfdoError.text(error)
    spec = next(one for one in CONDITIONS[condition].params if one.name == error.facts["name"])
    return _("‘{label}’ 값을 골라 주세요.", label=spec.ko if current_language() == "ko" else spec.en)


@_on_open
def edit_one(address: Address) -> None:
    """In a long segment: inputs for this condition."""
    _builder().editing = address
    _shown([TREE])


@_on_open
def set_kind(address: Address, kind: str) -> None:
    """Turns the group (or the exclusion of one) at ``address`` into one of ``GROUP_KINDS``."""
    here = edit.get(_tree(), address)
    group = here.part if isinstance(here, Not) else here
    parts = edit.children(group)
    joined: Node = edit.group("any" if kind in ("any", "none") else "all", parts)
    _change(edit.replace(_tree(), address, Not(joined) if kind in ("none", "not_all") else joined))
    _shown(_ALL)


@_on_open
def aim(address: Address) -> None:
    """The next condition joins this group."""
    builder = _builder()
    builder.target, builder.new_group = address, None
    _shown([TREE, LIST])


@_on_open
def aim_new(kind: str) -> None:
    """The next condition begins a group of its own: 'any', or 'none' for an exclusion."""
    builder = _builder()
    builder.target, builder.new_group = (), (None if builder.new_group == kind else kind)
    _shown([TREE, LIST])


def _negate(address: Address) -> None:
    _change(edit.negate(_tree(), address))


def _wrap(address: Address) -> None:
    """A group of its own around it, which the next condition joins with 'or'."""
    _change(edit.wrap(_tree(), address, "any"))
    _builder().target = address


def _unwrap(address: Address) -> None:
    _change(edit.unwrap(_tree(), address))


def _remove(address: Address) -> None:
    _change(edit.remove(_tree(), address))


MENU: dict[str, Callable[[Address], None]] = {
    "negate": _negate,
    "wrap": _wrap,
    "unwrap": _unwrap,
    "up": lambda address: _change(edit.move(_tree(), address, -1)),
    "down": lambda address: _change(edit.move(_tree(), address, +1)),
    "remove": _remove,
}


@_on_open
def act(what: str, address: Address) -> None:
    """An entry of the menu of a condition or group."""
    MENU[what](address)
    _shown(_ALL)


@_on_open
def undo() -> None:
    _builder().undo()
    _builder().target = _group_at(_builder().draft.node, _builder().target)
    _shown(_ALL)


@_on_open
def redo() -> None:
    _builder().redo()
    _builder().target = _group_at(_builder().draft.node, _builder().target)
    _shown(_ALL)


@_on_open
def apply_hint(where: Node) -> None:
    """One of the changes that the panel offers; a step that can be undone."""
    _change(_normal(where))
    _shown(_ALL)


# --- the list of conditions ---------------------------------------------------------------------


def open_category(category_id: str) -> None:
    """Opens a category in the list, or closes it."""
    current = state()
    current.category = None if current.category == category_id else category_id
    st.rerun([LIST])


# --- the head -----------------------------------------------------------------------------------


@_on_open
def set_name(key: str) -> None:
    builder = _builder()
    builder.put(replace(builder.draft, name=widget(key, "").strip()), fresh=False)
    _shown([HEAD])


def leave() -> None:
    close()
    st.rerun()


def show_view(view: str) -> None:
    """The report or the list of the open segment, in the builder's place."""
    choose("view", view, VIEWS)
    st.rerun()


@_on_open
def close_guide() -> None:
    _builder().guide = None


def address(link: str) -> str:
    """The whole address of this page with a link's state."""
    language = {} if current_language() == "ko" else {"lang": current_language()}
    return f"{(st.context.url or '').split('?')[0]}?{urlencode({**language, 'segment': link})}"


@_on_open
def copy_open() -> None:
    builder = _builder()
    assert builder.saved_id
    copy(builder.saved_id)
    st.rerun()


@_on_open
def delete_open() -> None:
    builder = _builder()
    assert builder.saved_id
    delete(builder.saved_id)
    st.rerun()


# --- saved segments -----------------------------------------------------------------------------


@_on_open
def save() -> None:
    """Keeps the open segment: in its place where it was saved before, else as a new one."""
    builder = _builder()
    segment = builder.draft.segment()
    if segment is None:
        return
    if not segment.name:
        first = next(leaves(cache.named(cache.shop(state().trial), segment).where))
        segment = replace(segment, name=leaf_text(first, current_language())[:MAX_DEFAULT_NAME])
    try:
        saved = cache.store().save(segment, builder.saved_id)
    except SegmentError as error:  # saved segments that would contain each other
        state().notice = IfdoError.text(error)
        return
    builder.naming += saved.name != builder.draft.name
    builder.draft = builder.kept = replace(builder.draft, name=saved.name)
    builder.saved_id = saved.id
    state().notice = _("‘{name}’ 저장했어요.", name=saved.name)
    write_link(state())


def resume() -> None:
    """Back to what was left unsaved."""
    write_link(state())


def more_starters() -> None:
    state().starter_pages += 1


def more_saved() -> None:
    state().pages += 1


def rename(segment_id: str, name: str) -> None:
    saved = cache.store().rename(segment_id, name)
    state().notice = _("이름을 ‘{name}’(으)로 바꿨어요.", name=saved.name)


def copy(segment_id: str) -> None:
    """A second one, opened."""
    saved = cache.store().copy(segment_id)
    open_saved(saved.id)
    state().notice = _("‘{name}’ 복제본을 만들었어요.", name=saved.name)


def delete(segment_id: str) -> None:
    """Off the list, with a way back for a while."""
    current = state()
    current.deleted = (segment_id, cache.store().delete(segment_id).name)
    users = [item.name for item in cache.store().list() if item.segment and segment_id in named_ids(item.segment.where)]
    if users:
        current.notice = _("이 세그먼트를 쓰던 세그먼트의 모수를 셀 수 없게 됐어요: {names}", names=", ".join(users))
    if current.builder and current.builder.saved_id == segment_id:
        current.builder = None
        leave_builder(current)


def forget_deleted() -> None:
    state().deleted = None


def undelete() -> None:
    current = state()
    if current.deleted:
        saved = cache.store().undelete(current.deleted[0])
        current.deleted = None
        current.notice = _("‘{name}’ 되살렸어요.", name=saved.name)
