"""Dates."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ifdo_core.catalogue.operators import Arity
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _
from ifdo_ui.widgets.slot import Slot

_FIRST, _LAST = date(1900, 1, 1), date(2100, 12, 31)


def draw(slot: Slot, arity: Arity) -> None:
    """One date, or two with '~' between."""
    keys = [f"{slot.key}.{place}" for place in range(2 if arity == "pair" else 1)]

    def changed() -> None:
        days = [widget(key, None) for key in keys]
        if any(day is None for day in days):
            slot.put(None)
            return
        texts = [day.isoformat() for day in days if day]
        slot.put(texts if len(texts) > 1 else texts[0])  # type: ignore[arg-type]

    for place, key in enumerate(keys):
        if place:
            st.text("~", width="content")
        seed(key, date.fromisoformat(str(slot.values()[place])))
        st.date_input(
            slot.label if arity != "pair" else _("{label} {place}번째 값", label=slot.label, place=place + 1),
            min_value=_FIRST,
            max_value=_LAST,
            format="YYYY-MM-DD",
            key=key,
            on_change=changed,
            label_visibility="collapsed",
            width=140,
        )
