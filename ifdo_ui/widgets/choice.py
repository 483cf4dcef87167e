"""Values out of those that occur: categories, products, sets; each with its wording and its visits."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ifdo_core.catalogue.operators import Arity
from ifdo_core.formats import count_text
from ifdo_core.i18n import current_language
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _
from ifdo_ui.widgets.slot import Slot


def draw(slot: Slot, arity: Arity) -> None:
    """Several values; what is not among the suggestions can be typed, save for fixed lists."""
    key = seed(f"{slot.key}.many", [str(value) for value in slot.values()])
    options, word = choices(slot, [str(value) for value in widget(key, [])])
    st.multiselect(
        slot.label,
        options,
        format_func=word,
        key=key,
        on_change=lambda: slot.put(list(widget(key, [])) or None),
        accept_new_options=slot.condition.type != "category",
        placeholder=_("값을 골라 주세요"),
        label_visibility="collapsed",
        filter_mode="contains",
        wrap=True,
    )


def draw_one(slot: Slot) -> None:
    """One value; others can be typed."""
    key = seed(f"{slot.key}.one", slot.leaf.value)
    options, word = choices(slot, [str(slot.leaf.value or "")])
    st.selectbox(
        slot.label,
        options,
        format_func=word,
        key=key,
        on_change=lambda: slot.put(widget(key, None)),
        accept_new_options=True,
        placeholder=_("값을 고르거나 적어 주세요"),
        label_visibility="collapsed",
        filter_mode="contains",
        width=240,
    )


def choices(slot: Slot, chosen: list[str], of: str = "") -> tuple[list[str], Callable[[str], str]]:
    """Options (those that occur first, then the rest of the list, then what is chosen) and their wording."""
    found = {item.value: item for item in slot.suggest(of)}
    place = 0 if current_language() == "ko" else 1
    known = {value: words[place] for value, words in slot.condition.values.items()} if not of else {}
    called = dict(slot.leaf.called)
    options = list(dict.fromkeys([*found, *known, *(value for value in chosen if value)]))

    def word(value: str) -> str:
        label = known.get(value) or (found[value].label if value in found else called.get(value, value))
        return f"{label} · {count_text(found[value].visits, '건')}" if value in found else label

    return options, word
