"""Texts that are taken while they are typed: each pause hands over what stands in the box.

Streamlit takes a text when its box is left or with (Ctrl+)Enter. ``st.text_area`` has no ``live``, and that of
``st.text_input`` waits for the end of a composition: a Korean syllable is composed until the next key, so in a pause a
Korean word would never be taken. So the boxes stay Streamlit's own, with their caret, labels, composition and history,
and a script beside them presses the key that takes the text. Nothing is ever written into a box: no syllable can be
broken or doubled by it, and no older text can come back. Should Streamlit one day read that key otherwise, the texts
are taken on leaving, as ever.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

_watch = st.components.v2.component(
    "ifdo.live_texts", js=Path(__file__).with_name("live.js").read_text("utf-8"), isolate_styles=False
)


@contextmanager
def live_texts(key: str) -> Generator[None]:
    """A part of a page whose texts (``st.text_input``, ``st.text_area``) are taken while they are typed."""
    with st.container(key=f"live-texts-{key}"):
        yield
        _watch(key=f"live-watch-{key}")
