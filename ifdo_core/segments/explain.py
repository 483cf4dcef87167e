"""What stands between a segment and its 모수: nothing collected, a live condition, missing or young data."""

from __future__ import annotations

from datetime import datetime

from ifdo_core.catalogue import CONDITIONS, Condition
from ifdo_core.catalogue.spec import GradeBefore, RecommendedProducts, ScoreColumn, SegmentEntered
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments.check import effective_params
from ifdo_core.segments.compile import WEEK
from ifdo_core.segments.model import Segment
from ifdo_core.segments.nested import Within, every_leaf, missing_ids, names_segments
from ifdo_core.segments.reasons import Reason


def explain(segment: Segment, holdings: Holdings, now: datetime) -> list[Reason]:
    """Reasons in the order of their weight; those that leave no number at all come first.

    A segment with a live condition has no past whatever was collected, so that is said before anything else.
    """
    leaves = list(dict.fromkeys(every_leaf(segment.where)))
    first = holdings.first_event
    found: list[Reason] = []
    found += [_about(leaf, "live") for leaf in leaves if _kind(leaf) == "live"][:1]
    found += [_about(leaf, "segment_missing") for leaf in leaves if _is_missing(leaf)][:1]
    if first is None or first > now:
        return [*found, Reason("not_collected")]
    for leaf in leaves:
        found += _missing(leaf, holdings)
    if now - first < WEEK:
        found.append(Reason("young", {"days": (now - first).days + 1}))
    found += [reason for leaf in leaves if (reason := _short(leaf, first, now))]
    found += [_about(leaf, "standing_now") for leaf in leaves if _kind(leaf) == "standing"]
    return found


def _kind(place: Within) -> str:
    return CONDITIONS[place.leaf.condition].kind


def _is_missing(place: Within) -> bool:
    return names_segments(place.leaf) and bool(missing_ids(place.leaf))


def _missing(place: Within, holdings: Holdings) -> list[Reason]:
    """Kinds of data the condition needs of which the shop has nothing; a saved segment needs what its own do."""
    if names_segments(place.leaf):
        return []
    entry = CONDITIONS[place.leaf.condition]
    found = [_about(place, f"missing_{table}") for table in entry.needs if not holdings.has(table)]
    if (
        not found
        and isinstance(entry.spec, ScoreColumn | GradeBefore | RecommendedProducts | SegmentEntered)
        and not holdings.analysed
    ):
        found.append(_about(place, "not_analysed"))
    return found


def _short(place: Within, first: datetime, now: datetime) -> Reason | None:
    """Collection began later than the period the condition looks back over."""
    entry = CONDITIONS[place.leaf.condition]
    asked = effective_params(place.leaf, entry).get("days")
    collected = (now - first).days
    if "events" not in entry.needs or not isinstance(asked, int) or asked <= collected:
        return None
    return _about(place, "short_history", asked=asked, days=collected)


def _about(place: Within, code: str, **facts: object) -> Reason:
    """Where the condition stands in a saved segment, its label says in which: 'VIP › 현재 보는 페이지'."""
    entry: Condition = CONDITIONS[place.leaf.condition]
    around = "".join(f"{name} › " for name in place.names)
    return Reason(code, dict(facts), {"ko": around + entry.ko, "en": around + entry.en})
