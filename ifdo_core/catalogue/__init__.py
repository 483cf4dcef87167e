"""The catalogue: everything a shop can ask about, declared once (architecture.md, 'One registry, one entry').

``CONDITIONS``, ``DIMENSIONS``, ``METRICS`` and ``REPORTS`` map ids to entries in the order screens show them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ifdo_core.catalogue.conditions import (
    acquisition,
    analysis,
    behaviour,
    cart,
    commerce,
    live,
    member,
    message,
    purchase,
    traffic,
)
from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.reports import DIMENSIONS as _DIMENSIONS
from ifdo_core.catalogue.reports import METRICS as _METRICS
from ifdo_core.catalogue.reports import REPORTS as _REPORTS
from ifdo_core.catalogue.reports import Dimension, Metric, Report

__all__ = [
    "CATEGORIES",
    "CONDITIONS",
    "DIMENSIONS",
    "METRICS",
    "REPORTS",
    "Category",
    "Condition",
    "Dimension",
    "Metric",
    "ParamSpec",
    "Report",
    "category_of",
    "conditions_in",
    "find",
]


@dataclass(frozen=True)
class Category:
    """A heading of the segment builder. ``prefixes``: the first parts of the ids it holds."""

    id: str
    ko: str
    en: str
    icon: str  # name of a Material symbol
    prefixes: tuple[str, ...]

    def label(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        category.id: category
        for category in (
            Category("acquisition", "유입", "Acquisition", "login", ("acquisition",)),
            Category("traffic", "트래픽", "Traffic", "monitoring", ("traffic",)),
            Category("behaviour", "행동", "Behaviour", "touch_app", ("behaviour",)),
            Category("commerce", "전자상거래", "E-commerce", "shopping_cart", ("cart", "commerce")),
            Category("purchase", "구매", "Purchase", "receipt_long", ("purchase",)),
            Category("member", "회원", "Member", "badge", ("member",)),
            Category("analysis", "분석", "Analysis", "insights", ("analysis",)),
            Category("message", "메시지", "Messages", "chat", ("message",)),
            Category("live", "현재", "Live", "sensors", ("live",)),
        )
    }
)

_MODULES = (acquisition, traffic, behaviour, cart, commerce, purchase, member, analysis, message, live)

CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {entry.id: entry for module in _MODULES for entry in module.CONDITIONS}
)
DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({entry.id: entry for entry in _DIMENSIONS})
METRICS: Mapping[str, Metric] = MappingProxyType({entry.id: entry for entry in _METRICS})
REPORTS: Mapping[str, Report] = MappingProxyType({entry.id: entry for entry in _REPORTS})

_BY_PREFIX = {prefix: category for category in CATEGORIES.values() for prefix in category.prefixes}
_FORMER = {old: entry for entry in CONDITIONS.values() for old in entry.was}


def find(condition_id: str) -> Condition | None:
    """The condition of this id, or of what it was renamed to."""
    return CONDITIONS.get(condition_id) or _FORMER.get(condition_id)


def category_of(condition: Condition) -> Category:
    """The heading under which a condition stands: 'cart.amount' is under 전자상거래."""
    return _BY_PREFIX[condition.category]


def conditions_in(category_id: str) -> Iterator[Condition]:
    """The conditions under a heading, in their order. Raises KeyError for an unknown heading."""
    prefixes = CATEGORIES[category_id].prefixes
    return (entry for entry in CONDITIONS.values() if entry.category in prefixes)
