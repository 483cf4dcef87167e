"""One condition, declared once: from it come the builder row, wording, validation, SQL, docs and tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ifdo_core.catalogue.operators import TYPE_OPERATORS, Kind, ValueType
from ifdo_core.catalogue.spec import Spec

#: Kinds of data a condition needs; what is missing explains an empty 모수.
Needs = Literal["events", "orders", "order_items", "products", "members", "messages"]
#: The moment a value is true for: the visit itself, its end, the preview's now, or right now on the site.
AsOf = Literal["visit", "visit_end", "now", "live"]
ParamType = Literal[
    "days", "hours", "text", "glob", "category", "product", "brand", "price_range", "number", "choice",
    "steps",  # 'view_item>add_to_cart'
    "goods",  # 'category:신발'
    "tests",  # 'price>=100000 & color=red'
    "segment",  # the id of a saved segment
]  # fmt: skip


@dataclass(frozen=True)
class ParamSpec:
    """A parameter of a condition: ``days=7`` in ``traffic.visits_in_period``."""

    name: str
    type: ParamType
    ko: str
    en: str
    default: str | int | float | None = None  # None = optional, filter left out
    required: bool = False
    choices: tuple[str, ...] = ()  # the only values allowed; () = any
    #: wording of values that have one, in the order the builder shows them; other values may be allowed too
    values: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    aliases: tuple[str, ...] = ()  # older or longer names accepted in segment files


@dataclass(frozen=True)
class Condition:
    """An entry of the catalogue. Ids are for ever; renames go through ``was``."""

    id: str
    ko: str
    en: str
    kind: Kind
    type: ValueType
    spec: Spec
    needs: tuple[Needs, ...]
    as_of: AsOf
    example: str  # 'gte 5' or 'gte 3 ; days=7', as in the reference
    note_ko: str = ""  # help at the place of doubt
    note_en: str = ""
    params: tuple[ParamSpec, ...] = ()
    #: category types: values with their wording, in the order the builder shows them
    values: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    #: quick choices beside the input: 30000, 50000, 70000
    quick: tuple[int | float | str, ...] = ()
    unit_ko: str = ""
    unit_en: str = ""
    needs_visit: bool = True
    was: tuple[str, ...] = ()

    @property
    def category(self) -> str:
        """'acquisition', 'traffic' … (cart and commerce are both 'e-commerce' on screen)."""
        return self.id.split(".")[0]

    @property
    def operators(self) -> tuple[str, ...]:
        return TYPE_OPERATORS[self.type]

    def label(self, language: str) -> str:
        return self.ko if language == "ko" else self.en

    def note(self, language: str) -> str:
        return self.note_ko if language == "ko" else self.note_en
