"""Saved segments by name, with search."""

from __future__ import annotations

import streamlit as st

from ifdo_ui.state import seed, widget
from ifdo_ui.text import _
from ifdo_ui.widgets.slot import Slot


def draw(slot: Slot) -> None:
    """Several saved segments; one that is gone stays as a choice that says so, so that it can be taken out."""
    names = {item.value: item.label for item in slot.suggest("")}
    key = seed(f"{slot.key}.segments", [str(value) for value in slot.values()])
    chosen = [str(value) for value in widget(key, [])]
    options = list(dict.fromkeys([*names, *chosen]))
    st.multiselect(
        slot.label,
        options,
        format_func=lambda value: names.get(value) or _("지워진 세그먼트"),
        key=key,
        on_change=lambda: slot.put(list(widget(key, [])) or None),
        placeholder=_("저장한 세그먼트를 이름으로 찾기") if names else _("저장한 세그먼트가 아직 없어요"),
        label_visibility="collapsed",
        filter_mode="contains",
        wrap=True,
    )
