"""From a number to its people: a segment in the builder, ready made."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core import Segment
from ifdo_core.segments.link import pack
from ifdo_ui.navigation import PAGES
from ifdo_ui.text import _, plain


def make_segment(name: str, *leaves: dict[str, Any]) -> None:
    """A link that opens the builder with these conditions, all of which must hold."""
    segment = Segment.from_dict({"format": 1, "name": name, "where": {"all": list(leaves)}})
    st.page_link(
        PAGES["segments"],
        label=_("‘{name}’ 세그먼트 만들기", name=plain(name)),
        icon=":material/filter_alt:",
        query_params={"segment": pack(segment)},
    )
