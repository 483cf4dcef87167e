"""Questions about several segments at once, all for one moment: sizes, overlap, comparison, hints, who is in which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.errors import DataError, SegmentError
from ifdo_core.marts import MartTables
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments import starters
from ifdo_core.segments.compile import WEEK
from ifdo_core.segments.contrast import Comparison, compare_segments
from ifdo_core.segments.explain import explain
from ifdo_core.segments.hints import Hints, changes, ranked
from ifdo_core.segments.matching import Matching, matching_now, matching_visits
from ifdo_core.segments.model import Leaf, Segment, leaves
from ifdo_core.segments.nested import Saved, resolve
from ifdo_core.segments.overlap import Overlap, overlap
from ifdo_core.segments.reasons import NO_NUMBER
from ifdo_core.segments.sizes import sizes, tree_counts
from ifdo_core.segments.subjects import Visits

Given = Segment | Mapping[str, Any]


@dataclass(frozen=True)
class Several:
    """A shop at one moment, and the saved segments; made by ``Workbench``."""

    engine: Engine
    marts: MartTables
    settings: ShopSettings
    holdings: Holdings
    saved: Saved
    now: datetime

    # --- questions ----------------------------------------------------------------------------

    def overlap(self, segments: Mapping[str, Given] | None) -> Overlap:
        countable, left_out = self._countable(self._named(segments))
        return overlap(self.engine, self._week(), countable, left_out)

    def compare(self, a: Given, b: Given) -> Comparison:
        first, second = (resolve(_read(given), self.saved) for given in (a, b))
        names = (first.name or "A", second.name or "B")
        if names[0] == names[1]:
            names = (names[0], f"{names[1]} (2)")
        countable, left_out = self._countable(dict(zip(names, (first, second), strict=True)))
        if left_out:
            name, why = next(iter(left_out.items()))
            raise DataError(
                "not_countable", "‘{name}’ 세그먼트는 모수가 없어 비교할 수 없어요. {why}", name=name, why=why
            )
        shared = overlap(self.engine, self._week(), countable, {})
        return compare_segments(self.engine, self._week(), (first.where, second.where), shared)

    def hints(self, given: Given, own_id: str | None) -> Hints:
        segment = resolve(_read(given), self.saved, own_id)
        reason = next((found for found in explain(segment, self.holdings, self.now) if found.code in NO_NUMBER), None)
        if reason is not None:
            return Hints(segment, self.now, None, reason=reason)
        found = changes(segment, self._candidates())
        counted = tree_counts(self.engine, self._week(), [segment.where, *(change.where for change in found)])
        return ranked(segment, self.now, counted[0][0], found, [week for week, _ in counted[1:]])

    def starters(self) -> starters.Gallery:
        every = starters.starters()
        found = sizes(self.engine, self._week(), self.holdings, {item.id: item.tree for item in every}, self.now)
        return starters.Gallery(self.now, every, found)

    def sizes(self, segments: Mapping[str, Given]) -> dict[str, int | None]:
        """Visits of 7 days of each; None where there is no number."""
        countable, _ = self._countable({key: _read(given) for key, given in segments.items()})
        found = sizes(self.engine, self._week(), self.holdings, countable, self.now)
        return {key: found[key].visits_7d if key in found else None for key in segments}

    def matching(self, visitor: str | None, member: str | None, segments: Mapping[str, Given] | None) -> Matching:
        if (visitor is None) == (member is None):
            raise DataError(
                "visitor_or_member", "방문자와 회원 가운데 하나를 알려 주세요.", "visitor나 member를 적어 주세요."
            )
        named = self._named(segments)
        if not self.holdings.has("events") and member is not None:
            resolved, left_out = self._resolved(named)
            return matching_now(self.engine, self.marts, self.settings, resolved, left_out, member, self.now)
        countable, left_out = self._countable(named)
        who = ("visitor_id", visitor) if visitor is not None else ("member_id", str(member))
        return matching_visits(self.engine, self.marts, self.settings, countable, left_out, who, self.now)

    # --- what they share ----------------------------------------------------------------------

    def _week(self) -> Visits:
        return Visits(self.marts, self.settings, self.now, WEEK)

    def _named(self, segments: Mapping[str, Given] | None) -> dict[str, Segment]:
        """Those given by name; else the saved ones."""
        if segments is not None:
            return {name: _read(given) for name, given in segments.items()}
        return {segment.name or key: segment for key, segment in self.saved.items()}

    def _resolved(self, named: Mapping[str, Segment]) -> tuple[dict[str, Segment], dict[str, str]]:
        kept: dict[str, Segment] = {}
        left_out: dict[str, str] = {}
        for name, segment in named.items():
            try:
                kept[name] = resolve(segment, self.saved)
            except SegmentError as error:
                left_out[name] = str(error)
        return kept, left_out

    def _countable(self, named: Mapping[str, Segment]) -> tuple[dict[str, Segment], dict[str, str]]:
        """Those with a number, resolved; and why the others have none."""
        kept, left_out = self._resolved(named)
        for name, segment in list(kept.items()):
            reasons = explain(segment, self.holdings, self.now)
            if missing := next((reason for reason in reasons if reason.code in NO_NUMBER), None):
                left_out[name] = missing.text()
                del kept[name]
        return kept, left_out

    def _candidates(self) -> list[Leaf]:
        """Conditions that could be added: those of the ready segments that the shop has the data for."""
        found = dict.fromkeys(leaf for item in starters.starters() for leaf in leaves(item.tree.where))
        return [
            leaf
            for leaf in found
            if not any(reason.code.startswith("missing_") for reason in explain(Segment(leaf), self.holdings, self.now))
        ]


def _read(given: Given) -> Segment:
    return given if isinstance(given, Segment) else Segment.from_dict(given)
