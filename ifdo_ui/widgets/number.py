"""Counts, numbers, per cent, scores, seconds, and numbers of days."""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue.factories import DAYS
from ifdo_core.catalogue.operators import Arity
from ifdo_core.formats import duration_text, number_text
from ifdo_core.segments.model import Scalar
from ifdo_ui.state import seed, widget
from ifdo_ui.text import _
from ifdo_ui.widgets import chips
from ifdo_ui.widgets.slot import Raw, Slot

_FRACTIONAL = ("number", "percent", "score")
_NEVER_NEGATIVE = ("count", "sum", "percent", "score", "duration_s")


def draw(slot: Slot, arity: Arity) -> None:
    """One number, or two with '~' between."""
    days = arity == "days"
    keys = [f"{slot.key}.{place}" for place in range(2 if arity == "pair" else 1)]
    values = slot.values() or [0]
    fractional = not days and (slot.condition.type in _FRACTIONAL or any(value != int(value) for value in values))  # type: ignore[arg-type]
    kind = float if fractional else int

    def changed() -> None:
        numbers: list[Scalar] = [_whole(widget(key, None)) for key in keys]  # type: ignore[misc]
        slot.put(_handed(numbers))

    for place, key in enumerate(keys):
        if place:
            st.text("~", width="content")
        seed(key, kind(values[place]))  # type: ignore[arg-type]
        st.number_input(
            slot.label if arity != "pair" else _("{label} {place}번째 값", label=slot.label, place=place + 1),
            min_value=kind(0) if days or slot.condition.type in _NEVER_NEGATIVE else None,
            step=kind(1),
            format="%.6g" if fractional else None,
            key=key,
            on_change=changed,
            label_visibility="collapsed",
            width=124 if arity != "pair" else 108,
        )
    unit = _("일") if days else _unit(slot, values)
    if unit:
        st.text(unit, width="content")


def draw_quick(slot: Slot, arity: Arity) -> None:
    """The entry's quick choices; for a number of days the usual ones."""
    days = arity == "days"
    chips.draw(slot, tuple(DAYS) if days else slot.condition.quick, lambda value: _word(slot, value, days))


def _handed(numbers: list[Scalar]) -> Raw:
    if any(number is None for number in numbers):
        return None
    return numbers if len(numbers) > 1 else numbers[0]


def _whole(number: float | None) -> float | int | None:
    """5.0 is written 5."""
    return int(number) if number is not None and number == int(number) else number


def _unit(slot: Slot, values: list[Scalar]) -> str:
    if slot.condition.type == "duration_s":
        read = duration_text(values[-1])  # type: ignore[arg-type]
        return _("초 ({read})", read=read) if values[-1] >= 60 else _("초")  # type: ignore[operator]
    return slot.unit


def _word(slot: Slot, value: Scalar, days: bool) -> str:
    if slot.condition.type == "duration_s" and not days:
        return duration_text(value)  # type: ignore[arg-type]
    return number_text(value)  # type: ignore[arg-type]
