"""Amounts: typed as people say them ('5만', '52,300원'), shown with thousands and in words.

An input keeps what was typed ('5만') and says beside it what that was read as. To put '50,000' in its place would mean
a new input, which takes away what is typed on into the old one while the answer is under way.
"""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue.operators import Arity
from ifdo_core.formats import money_short, number_text, read_money
from ifdo_core.segments.model import Scalar
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _, plain
from ifdo_ui.widgets import chips
from ifdo_ui.widgets.slot import Slot


def draw(slot: Slot, arity: Arity) -> None:
    """One amount, or two with '~' between."""
    keys = [f"{slot.key}.{place}" for place in range(2 if arity == "pair" else 1)]
    values = slot.values() or [0]

    def changed() -> None:
        amounts = [read_money(widget(key, ""), slot.currency) for key in keys]
        whole = [amount for amount in amounts if amount is not None]
        if len(whole) < len(keys):
            slot.put(None)
            return
        slot.put(list(whole) if len(whole) > 1 else whole[0])

    for place, key in enumerate(keys):
        if place:
            st.text("~", width="content")
        seed(key, number_text(values[place]))  # type: ignore[arg-type]
        st.text_input(
            slot.label if arity != "pair" else _("{label} {place}번째 값", label=slot.label, place=place + 1),
            key=key,
            on_change=changed,
            placeholder=_("직접 입력 (예: 7만)"),
            label_visibility="collapsed",
            width=112,
        )
    unit = _("원") if slot.currency == "KRW" else slot.currency
    shown = [number_text(value) for value in values]  # type: ignore[arg-type]
    as_shown = all(widget(key, amount) == amount for key, amount in zip(keys, shown, strict=False))
    st.text(unit if as_shown else f"{unit} (= {' ~ '.join(shown)})", width="content")


def draw_quick(slot: Slot) -> None:
    """The entry's quick choices: '3만원 · 5만원 · 7만원'."""
    chips.draw(slot, slot.condition.quick, lambda value: plain(_short(value, slot.currency)))


def _short(value: Scalar, currency: str) -> str:
    return money_short(value, currency)  # type: ignore[arg-type]
