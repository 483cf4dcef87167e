"""Texts: one to be found in a value, or a list of exact ones out of those that occur."""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue.operators import Arity
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _
from ifdo_ui.widgets import choice
from ifdo_ui.widgets.slot import Slot

_EXACT = ("eq", "ne")


def draw(slot: Slot, arity: Arity) -> None:
    """A field for a part of a text; for whole texts those that occur, and room for others."""
    if arity == "many":
        choice.draw(slot, arity)
        return
    if slot.leaf.op in _EXACT:
        choice.draw_one(slot)
        return
    key = seed(f"{slot.key}.0", slot.leaf.value or "")
    st.text_input(
        slot.label,
        key=key,
        on_change=lambda: slot.put(widget(key, "").strip() or None),
        placeholder=_("정규식") if slot.leaf.op == "matches" else _("찾을 글자"),
        label_visibility="collapsed",
        width=240,
    )
