"""Quick choices beside an input: '3만원 · 5만원 · 7만원'."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ifdo_core.segments.model import Scalar
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _
from ifdo_ui.widgets.slot import Slot


def draw(slot: Slot, options: tuple[Scalar, ...], word: Callable[[Scalar], str]) -> None:
    """Chips for ``options``, the leaf's own value lit; a pressed one becomes the value."""
    if not options:
        return
    value = slot.leaf.value
    # The value is part of the key, so the chips are drawn anew where it changed.
    key = seed(f"{slot.key}.chips.{value}", value if value in options else None)

    def pressed() -> None:
        chosen = widget(key, None)
        if chosen is not None and chosen != value:
            slot.set(chosen)

    st.pills(
        _("{label} 빠른 선택", label=slot.label),
        options,
        format_func=word,
        key=key,
        on_change=pressed,
        required=value in options,
        label_visibility="collapsed",
    )
