"""A list that is searched: its field, as many of what was found as were asked for, and room for what follows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ifdo_ui.text import _

T = TypeVar("T")


def field(key: str, label: str, hint: str) -> None:
    """Where the search is typed; it is looked for while one types."""
    st.text_input(
        label,
        key=key,
        type="search",
        icon=":material/search:",
        placeholder=hint,
        label_visibility="collapsed",
        live="200ms",
        width=280,
    )


def rows(
    found: Sequence[T],
    most: int,
    row: Callable[[T], DeltaGenerator],
    more: Callable[[], None],
    key: str,
    across: int = 1,
) -> list[tuple[DeltaGenerator, T]]:
    """The first ``most``, ``across`` beside each other, and a button for the rest. ``row`` draws one and gives the
    place for what is known later, its number: all stand first, then the numbers follow."""
    shown = found[:most]
    places: list[tuple[DeltaGenerator, T]] = []
    for start in range(0, len(shown), across):
        beside = shown[start : start + across]
        for place, item in zip(st.columns(across) if across > 1 else [st.container()], beside, strict=False):
            with place:
                places.append((row(item), item))
    if len(found) > len(shown):
        st.button(_("더 보기 ({left}개)", left=len(found) - len(shown)), key=f"{key}.more", on_click=more)
    return places
