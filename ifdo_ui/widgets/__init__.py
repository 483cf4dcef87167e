"""One widget per value type: ``draw_value`` shows the one that fits a condition's type and operator."""

from __future__ import annotations

from ifdo_core.catalogue.operators import OPERATORS
from ifdo_core.catalogue.spec import SavedSegments
from ifdo_ui.widgets import choice, dates, money, number, segments, text
from ifdo_ui.widgets.slot import Slot

__all__ = ["Slot", "draw_quick", "draw_value"]

_BY_TYPE = {
    "category": choice,
    "id": choice,
    "set": choice,
    "string": text,
    "text_set": text,
    "date": dates,
    "money": money,
}


def draw_value(slot: Slot) -> None:
    """The input for the value of ``slot``; nothing where the operator takes none (yes/no, known/unknown)."""
    arity = OPERATORS[slot.leaf.op].arity
    if arity == "none":
        return
    if isinstance(slot.condition.spec, SavedSegments):
        segments.draw(slot)
        return
    module = number if arity == "days" else _BY_TYPE.get(slot.condition.type, number)
    module.draw(slot, arity)


def draw_quick(slot: Slot) -> None:
    """Quick choices for the value, where its type has some and the operator takes one."""
    arity = OPERATORS[slot.leaf.op].arity
    if arity == "days" or (arity == "one" and slot.condition.type not in _BY_TYPE):
        number.draw_quick(slot, arity)
    elif arity == "one" and slot.condition.type == "money":
        money.draw_quick(slot)
