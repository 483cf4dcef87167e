"""Above a report or a list: the way back, the segment's name, and what it says."""

from __future__ import annotations

import streamlit as st

from ifdo_core.i18n import current_language
from ifdo_core.segments.model import Segment
from ifdo_core.segments.wording import sentence
from ifdo_ui import cache
from ifdo_ui.frame import heading
from ifdo_ui.state import choose, chosen, leave_view, seed, widget
from ifdo_ui.text import _

WINDOWS = ("7d", "24h")


def draw(opened: cache.Shop, segment: Segment, title: str) -> None:
    st.button(_("세그먼트로"), icon=":material/arrow_back:", type="tertiary", key="view.back", on_click=leave_view)
    currency = opened.workbench.settings.currency
    heading(
        f"{segment.name or _('이름 없는 세그먼트')} · {title}",
        sentence(cache.named(opened, segment), current_language(), currency=currency),
    )


def window() -> str:
    """The span that the report or list is of, with its switch."""
    words = {"7d": _("최근 7일"), "24h": _("24시간")}
    key = seed("view.window", chosen("window", WINDOWS))
    return st.segmented_control(
        _("기간"),
        WINDOWS,
        format_func=lambda span: words[span],
        key=key,
        on_change=lambda: choose("window", widget(key, WINDOWS[0]), WINDOWS),
        required=True,
        label_visibility="collapsed",
    )
