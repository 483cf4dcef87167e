"""Quick choices beside an input: '3만 · 5만 · 7만'."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ifdo_core.segments.model import Scalar
from ifdo_ui.state import set_widget, widget
from ifdo_ui.text import _
from ifdo_ui.widgets.slot import Slot


def draw(
    slot: Slot, options: tuple[Scalar, ...], word: Callable[[Scalar], str], taken: Callable[[Scalar], None]
) -> None:
    """Chips for ``options``, the leaf's own value lit; a pressed one is told to ``taken`` and becomes the value."""
    if not options:
        return
    key = f"{slot.key}.chips"
    set_widget(key, slot.leaf.value if slot.leaf.value in options else None)

    def pressed() -> None:
        value = widget(key, None)
        if value is None:  # pressed the lit one: it stays
            return
        taken(value)
        slot.put(value)

    st.pills(
        _("{label} 빠른 선택", label=slot.label),
        options,
        format_func=word,
        key=key,
        on_change=pressed,
        label_visibility="collapsed",
    )
