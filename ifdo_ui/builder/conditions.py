"""The left column: search over the catalogue, its categories, and what was picked lately."""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue import CATEGORIES, CONDITIONS, category_of, conditions_in
from ifdo_core.catalogue.entry import Condition
from ifdo_core.i18n import current_language
from ifdo_core.segments import edit
from ifdo_core.segments.model import AllOf, Not
from ifdo_core.segments.wording import value_text
from ifdo_ui.builder import actions, understanding
from ifdo_ui.frame import fragment
from ifdo_ui.search import search
from ifdo_ui.state import Builder, state, widget
from ifdo_ui.text import _, plain
from ifdo_ui.words import group_word


@fragment(actions.LIST)
def draw() -> None:
    """Only what is open or found is drawn: few widgets, quick edits."""
    current = state()
    key = f"conditions.query.{current.searches}"
    st.text_input(
        _("조건 검색"),
        key=key,
        type="search",
        icon=":material/search:",
        placeholder=_("예: 장바구니 7만원, 인스타그램"),
        label_visibility="collapsed",
        live="200ms",
    )
    if current.builder:
        _where_to(current.builder)
    query = widget(key, "").strip()
    if query:
        understood = understanding.draw(query)
        _found(query, quiet=understood)
        return
    if current.recent:
        st.caption(_("최근에 쓴 조건"))
        with st.container(gap=None, key="recent"):
            for condition_id in current.recent:
                _button(CONDITIONS[condition_id], "recent")
    st.caption(_("모든 조건"))
    with st.container(gap=None, key="categories"):
        for category in CATEGORIES.values():
            opened = current.category == category.id
            st.button(
                plain(category.label(current_language())),
                key=f"category.{category.id}",
                icon=f":material/{category.icon}:",
                type="tertiary",
                width="stretch",
                on_click=actions.open_category,
                args=(category.id,),
            )
            if opened:
                with st.container(gap=None, key="opened"):
                    for condition in conditions_in(category.id):
                        _button(condition, "category")


def _where_to(builder: Builder) -> None:
    """Which group the next condition joins, where there is more than one."""
    if builder.new_group:
        kind = "none" if builder.new_group == "none" else "any"
        st.caption(_("→ 새 그룹 ‘{kind}’에 넣어요", kind=group_word(kind)))
    elif builder.target and builder.draft.node:
        group = edit.get(builder.draft.node, builder.target)
        parent = edit.get(builder.draft.node, builder.target[:-1])
        kind = "all" if isinstance(group, AllOf) else "any"
        if isinstance(parent, Not):
            kind = "not_all" if kind == "all" else "none"
        st.caption(_("→ ‘{kind}’ 그룹에 넣어요", kind=group_word(kind)))


def _found(query: str, *, quiet: bool) -> None:
    """``quiet``: that no condition is called so is no news."""
    hits = search(query)
    if not hits and quiet:
        return
    if not hits:
        st.caption(_("‘{query}’에 맞는 조건이 없어요. 다른 낱말이나 초성으로 찾아보세요.", query=plain(query)))
        return
    place = 0 if current_language() == "ko" else 1
    with st.container(gap=None, key="found"):
        for hit in hits:
            named = hit.condition.values[hit.value][place] if hit.value else ""
            _button(hit.condition, "found", hit.value, named)


def _button(condition: Condition, where: str, value: str | None = None, named: str = "") -> None:
    language = current_language()
    label = plain(condition.label(language))
    hint = plain(named or value_text(edit.default_leaf(condition.id), language))
    st.button(
        f"{label} :gray[:small[{hint}]]",
        key=f"pick.{where}.{condition.id}",
        icon=f":material/{category_of(condition).icon}:" if where != "category" else None,
        type="tertiary",
        width="stretch",
        help=plain(condition.note(language)),
        on_click=actions.pick,
        args=(condition.id, value),
    )
