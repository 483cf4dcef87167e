"""From a row of a list to the page of its customer."""

from __future__ import annotations

import streamlit as st

from ifdo_ui.navigation import PAGES
from ifdo_ui.text import _, plain


def customer_link(person: str, name: str) -> None:
    """A link to the page of ``person`` ('m:…', 'v:…'), whose ``name`` may be masked."""
    st.page_link(
        PAGES["customer"],
        label=_("{name} 고객 보기", name=plain(name)),
        icon=":material/person_search:",
        query_params={"who": person},
    )
