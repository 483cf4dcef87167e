"""The place of one value on screen: what it is of, and where a changed value goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ifdo_core.catalogue.entry import Condition
from ifdo_core.i18n import current_language
from ifdo_core.segments.model import Leaf, Scalar

#: What a widget hands over: a value as the segment's JSON has it, or None where what was typed is none.
Raw = Scalar | list[Scalar] | None


@dataclass(frozen=True)
class Suggestion:
    """A value that occurs in the shop's data, its wording, and in how many visits."""

    value: str
    label: str
    visits: int


@dataclass(frozen=True)
class Slot:
    """``put`` takes a value as it was typed into the input; ``set`` one that the input does not show yet.

    ``suggest`` gives the values that occur most, of the condition ('') or of a type of parameter.
    """

    condition: Condition
    leaf: Leaf
    key: str
    put: Callable[[Raw], None]
    set: Callable[[Raw], None]
    suggest: Callable[[str], Sequence[Suggestion]]
    currency: str = "KRW"

    @property
    def label(self) -> str:
        """For screen readers: which condition this input belongs to."""
        return self.condition.label(current_language())

    @property
    def unit(self) -> str:
        return self.condition.unit_ko if current_language() == "ko" else self.condition.unit_en

    def values(self) -> list[Scalar]:
        """The leaf's value as a list; empty where it has none."""
        value = self.leaf.value
        if value is None:
            return []
        return list(value) if isinstance(value, tuple) else [value]
