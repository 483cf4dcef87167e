"""What stands between a segment and its 모수: nothing collected, a live condition, missing or young data."""

from __future__ import annotations

from datetime import datetime

from ifdo_core.catalogue import CONDITIONS, Condition
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments.check import effective_params
from ifdo_core.segments.compile import WEEK
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.segments.reasons import Reason


def explain(segment: Segment, holdings: Holdings, now: datetime) -> list[Reason]:
    """Reasons in the order of their weight; those that leave no number at all come first.

    A segment with a live condition has no past whatever was collected, so that is said before anything else.
    """
    leaves = segment.conditions()
    first = holdings.first_event
    found: list[Reason] = []
    found += [_about(leaf, "live") for leaf in leaves if CONDITIONS[leaf.condition].kind == "live"][:1]
    if first is None or first > now:
        return [*found, Reason("not_collected")]
    for leaf in leaves:
        found += _missing(leaf, holdings)
    if now - first < WEEK:
        found.append(Reason("young", {"days": (now - first).days + 1}))
    found += [reason for leaf in leaves if (reason := _short(leaf, first, now))]
    found += [_about(leaf, "standing_now") for leaf in leaves if CONDITIONS[leaf.condition].kind == "standing"]
    return found


def _missing(leaf: Leaf, holdings: Holdings) -> list[Reason]:
    """Kinds of data the condition needs of which the shop has nothing."""
    return [_about(leaf, f"missing_{table}") for table in CONDITIONS[leaf.condition].needs if not holdings.has(table)]


def _short(leaf: Leaf, first: datetime, now: datetime) -> Reason | None:
    """Collection began later than the period the condition looks back over."""
    entry = CONDITIONS[leaf.condition]
    asked = effective_params(leaf, entry).get("days")
    collected = (now - first).days
    if "events" not in entry.needs or not isinstance(asked, int) or asked <= collected:
        return None
    return _about(leaf, "short_history", asked=asked, days=collected)


def _about(leaf: Leaf, code: str, **facts: object) -> Reason:
    entry: Condition = CONDITIONS[leaf.condition]
    return Reason(code, dict(facts), {"ko": entry.ko, "en": entry.en})
