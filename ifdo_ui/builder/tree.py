"""The middle column: the tree as groups of sentences, each edited where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from ifdo_core.catalogue import CONDITIONS, category_of
from ifdo_core.i18n import current_language
from ifdo_core.segments import edit
from ifdo_core.segments.edit import Address
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, Segment, leaves
from ifdo_core.segments.nested import names_segments
from ifdo_core.segments.wording import leaf_text
from ifdo_ui import cache
from ifdo_ui.builder import actions
from ifdo_ui.builder.within import saved_choices
from ifdo_ui.frame import fragment
from ifdo_ui.state import Builder, seed, state, widget
from ifdo_ui.text import _, plain
from ifdo_ui.widgets import Slot, draw_quick, draw_value
from ifdo_ui.widgets.params import draw_params
from ifdo_ui.widgets.slot import Suggestion
from ifdo_ui.words import GROUP_KINDS, group_word, joining_word, operator_word

#: With more conditions than this only the one being edited has inputs; the rest are sentences.
MAX_OPEN = 12
#: Parameters without a list of their own take their suggestions from a condition of the same kind.
_SAME_KIND = {
    "product": "commerce.last_product",
    "category": "commerce.last_category",
    "brand": "purchase.brand",
    "segment": "analysis.in_segment",
}


@fragment(actions.TREE)
def draw(opened: cache.Shop) -> None:
    builder = state().builder
    if builder is None:
        return
    node = builder.draft.node
    if node is None:
        with st.container(border=True, key="empty-tree"):
            st.markdown(f"**{_('어떤 방문을 찾을까요?')}**")
            st.caption(
                _("조건을 하나 고르면 여기에 문장으로 놓이고, 모수가 바로 나와요. 조건이 없으면 모든 방문이에요.")
            )
        return
    _Drawing(opened, builder, sum(1 for _leaf in leaves(node)) > MAX_OPEN).unit(node, ())
    with st.container(horizontal=True, key="new-groups"):
        _new_group("any", _("‘또는’ 그룹 추가"), builder)
        _new_group("none", _("제외 그룹 추가"), builder)


def _new_group(kind: str, label: str, builder: Builder) -> None:
    st.button(
        label,
        key=f"new.{kind}",
        icon=":material/add:",
        type="primary" if builder.new_group == kind else "secondary",
        help=_("누른 다음 조건을 고르면 새 그룹에 들어가요."),
        on_click=actions.aim_new,
        args=(kind,),
    )


class _Drawing:
    """One drawing of the tree; ``compact``: sentences, with inputs for one condition only."""

    def __init__(self, opened: cache.Shop, builder: Builder, compact: bool) -> None:
        self.opened = opened
        self.builder = builder
        self.compact = compact

    def key(self, address: Address, what: str) -> str:
        return f"t{self.builder.serial}-{self.builder.revision}.{'-'.join(map(str, address))}.{what}"

    def bound(self, act: Callable[..., None]) -> Callable[..., None]:
        """``act`` for this drawing only: an input of a tree that is gone (it was undone meanwhile) does nothing."""
        drawn, revision = self.builder, self.builder.revision

        def run(*args: object) -> None:
            builder = state().builder
            if builder is drawn and builder.revision == revision:
                act(*args)

        return run

    def unit(self, node: Node, address: Address) -> None:
        """A node with the 'not' around it, if there is one."""
        if isinstance(node, Leaf):
            self.leaf(node, address, address)
        elif isinstance(node, Not) and isinstance(node.part, Leaf):
            self.leaf(node.part, (*address, 0), address)
        else:
            self.group(node, address)

    # --- groups ----------------------------------------------------------------------------

    def group(self, node: Node, address: Address) -> None:
        inner = node.part if isinstance(node, Not) else node
        at = (*address, 0) if isinstance(node, Not) else address
        if not isinstance(inner, AllOf | AnyOf):  # not(not(…))
            with st.container(border=True):
                st.caption(_("다음을 제외"))
                self.unit(inner, at)
            return
        kind = "all" if isinstance(inner, AllOf) else "any"
        if isinstance(node, Not):
            kind = "not_all" if kind == "all" else "none"
        aimed = self.builder.target == at and not self.builder.new_group
        depth = sum(1 for step in range(len(at)) if isinstance(self._node(at[:step]), AllOf | AnyOf))
        with st.container(border=True, gap="xsmall", key=f"group-{kind}-{depth % 2}-{'-'.join(map(str, at))}"):
            self._group_head(kind, address, at)
            for index, part in enumerate(inner.parts):
                if index:
                    st.caption(joining_word(kind))
                self.unit(part, (*at, index))
            st.button(
                _("여기에 조건 추가") if not aimed else _("다음 조건이 여기에 들어가요"),
                key=self.key(at, "aim"),
                icon=":material/add:",
                type="tertiary",
                disabled=aimed,
                on_click=self.bound(actions.aim),
                args=(at,),
            )

    def _node(self, address: Address) -> Node:
        assert self.builder.draft.node is not None
        return edit.get(self.builder.draft.node, address)

    def _group_head(self, kind: str, address: Address, at: Address) -> None:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            key = seed(self.key(at, "kind"), kind)
            st.selectbox(
                _("그룹의 조건들을"),
                GROUP_KINDS,
                format_func=group_word,
                key=key,
                on_change=self.bound(lambda: actions.set_kind(address, widget(key, kind))),
                label_visibility="collapsed",
                filter_mode=None,
                width=200,
            )
            if address:
                self._menu(address, {"unwrap": _("그룹 풀기"), **self._moves(), "remove": _("그룹 삭제")}, at)

    def _moves(self) -> dict[str, str]:
        return {"up": _("위로"), "down": _("아래로")}

    def _menu(self, address: Address, entries: dict[str, str], at: Address) -> None:
        """``address`` is what the entries act on; dissolving a group acts on the group itself."""
        key = self.key(address, "menu")

        def chosen() -> None:
            what = widget(key, None)
            if what:
                actions.act(what, at if what == "unwrap" else address)

        st.menu_button(
            _("더보기"),
            list(entries),
            format_func=lambda what: entries[what],
            key=key,
            icon=":material/more_horiz:",
            type="tertiary",
            on_click=self.bound(chosen),
        )

    # --- conditions ------------------------------------------------------------------------

    def leaf(self, leaf: Leaf, address: Address, unit: Address) -> None:
        """``unit``: the address of the 'not' around it, else its own."""
        language = current_language()
        condition = CONDITIONS[leaf.condition]
        negated = unit != address
        with st.container(key=self.key(address, "leaf").replace(".", "-"), gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                label = f":material/{category_of(condition).icon}: **{plain(condition.label(language))}**"
                if negated:
                    label = f":red-badge[{_('제외')}] {label}"
                st.markdown(label, help=plain(condition.note(language)) or None, width="content")
                self._menu(unit, self._entries(negated), unit)
            if self.compact and self.builder.editing != address:
                st.button(
                    plain(leaf_text(self._named(leaf), language)),
                    key=self.key(address, "edit"),
                    icon=":material/edit:",
                    type="tertiary",
                    on_click=self.bound(actions.edit_one),
                    args=(address,),
                )
            else:
                self._inputs(leaf, address)
            if fault := self.builder.faults.get(address):
                st.error(plain(fault))

    def _named(self, leaf: Leaf) -> Leaf:
        where = cache.named(self.opened, Segment(leaf)).where
        return where if isinstance(where, Leaf) else leaf

    def _entries(self, negated: bool) -> dict[str, str]:
        return {
            "negate": _("제외 풀기") if negated else _("이 조건을 제외로"),
            "wrap": _("‘또는’ 조건 붙이기"),
            **self._moves(),
            "remove": _("삭제"),
        }

    def _inputs(self, leaf: Leaf, address: Address) -> None:
        condition = CONDITIONS[leaf.condition]
        slot = Slot(
            condition,
            replace(leaf, called=self._named(leaf).called),
            self.key(address, f"{leaf.op}{self.builder.epochs.get(address, 0)}"),
            self.bound(partial(actions.set_value, address)),
            self.bound(partial(actions.set_value, address, afresh=True)),
            self._suggest(leaf),
            self.opened.workbench.settings.currency,
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if current_language() == "ko":
                draw_value(slot)
                self._operator(leaf, address)
            else:
                self._operator(leaf, address)
                draw_value(slot)
            draw_quick(slot)
        if condition.params:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                draw_params(slot, self.bound(partial(actions.set_param, address)))

    def _operator(self, leaf: Leaf, address: Address) -> None:
        key = seed(self.key(address, "operator"), leaf.op)
        condition = CONDITIONS[leaf.condition]
        st.selectbox(
            _("{label} 비교 방법", label=plain(condition.label(current_language()))),
            condition.operators,
            format_func=operator_word,
            key=key,
            on_change=self.bound(lambda: actions.set_operator(address, widget(key, leaf.op))),
            label_visibility="collapsed",
            filter_mode=None,
            width=160 if condition.type in ("set", "text_set") else 132,  # "중 하나라도 있음" is long
        )

    def _suggest(self, leaf: Leaf):
        def suggest(of: str) -> Sequence[Suggestion]:
            condition_id = _SAME_KIND.get(of) if of else leaf.condition
            if condition_id is None:
                return ()
            if names_segments(Leaf(condition_id, leaf.op)):
                return saved_choices(self.opened, self.builder.saved_id)
            found = cache.suggest(self.opened, condition_id)
            return [Suggestion(str(row.value), str(row.label), int(row.visits)) for row in found.itertuples()]

        return suggest
