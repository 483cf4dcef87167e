"""모수 while editing: one scan of the window's visits answers the whole panel (semantics.md, '모수').

Each leaf is a bit; visits are grouped by their bits, their day and whether they are of the last 24 hours. The
counts of the segment, of each condition alone, of the segment without each, and the daily line all follow from
these groups (``segments.groups``). A second statement counts distinct visitors and members; it is also the SQL shown.

Where the bits of the window's visits are kept (``segments.bits``), all of it follows from them, and only conditions
that were not asked before are evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd
import plotly.graph_objects as go
from sqlalchemy import case, func, select

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import MASK_BITS, Query, as_int, bitmask
from ifdo_core.errors import SegmentError
from ifdo_core.formats import count_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.marts import MartTables
from ifdo_core.marts.holdings import Holdings
from ifdo_core.segments.bits import BitCounts, BitStore
from ifdo_core.segments.compile import DAY, WEEK, Compiler
from ifdo_core.segments.edit import path_of, places, remove
from ifdo_core.segments.explain import explain
from ifdo_core.segments.figures import daily_figure
from ifdo_core.segments.groups import GroupCounts
from ifdo_core.segments.model import Leaf, Node, Segment
from ifdo_core.segments.reasons import NO_NUMBER, Reason
from ifdo_core.segments.subjects import Members, Visits
from ifdo_core.segments.wording import leaf_text


@dataclass(frozen=True)
class Occurrence:
    """A condition where it stands in the tree."""

    path: str
    leaf: Leaf
    without: Node | None  # the tree without it; None holds everything


@dataclass(frozen=True)
class Preview:
    """What the builder's panel shows. Counts are None where they cannot be known; then ``reason`` says why.

    ``share_7d`` is a fraction of 1. ``members_now`` counts members on a shop without visits. ``conditions``:
    path, condition, op, text, visits_24h, visits_7d, without_24h, without_7d. ``daily``: date, visits, total, by
    local day of the visit's start over the 7 days.
    """

    segment: Segment
    now: datetime | None
    visits_24h: int | None = None
    visits_7d: int | None = None
    visitors_24h: int | None = None
    visitors_7d: int | None = None
    members_24h: int | None = None
    members_7d: int | None = None
    members_now: int | None = None
    share_7d: float | None = None
    total_visits_24h: int | None = None
    total_visits_7d: int | None = None
    reason: Reason | None = None
    reasons: tuple[Reason, ...] = ()
    conditions: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    daily: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    sql: str = field(default="", repr=False)
    timezone: str = "Asia/Seoul"

    def frame(self) -> pd.DataFrame:
        """The panel's numbers: rows visits, visitors, members; columns 24h and 7d."""
        rows = {
            "visits": (self.visits_24h, self.visits_7d),
            "visitors": (self.visitors_24h, self.visitors_7d),
            "members": (self.members_24h, self.members_7d),
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["24h", "7d"]).astype("Int64")

    def figure(self) -> go.Figure:
        """The daily line with the last 24 hours shaded."""
        return daily_figure(self.daily, self.now, self.timezone)

    def insight(self) -> str:
        """The panel in a sentence or two."""
        if self.visits_7d is None:
            return self.reason.text() if self.reason else ""
        told = translate("최근 7일에 {visits}, 최근 24시간에 {today}의 방문이 맞아요. 전체 방문의 {share}예요.").format(
            visits=count_text(self.visits_7d, "건"),
            today=count_text(self.visits_24h or 0, "건"),
            share=percent_text((self.share_7d or 0) * 100),
        )
        return f"{told} {self.reason.text()}" if self.reason else told


def preview(
    engine: Engine,
    marts: MartTables,
    settings: ShopSettings,
    holdings: Holdings,
    segment: Segment,
    now: datetime,
    window: timedelta = WEEK,
    on_counted: Callable[[int, int], None] | None = None,
    kept: tuple[BitStore, Hashable] | None = None,
) -> Preview:
    """모수 of ``segment`` at ``now``. ``marts`` must be those as of ``now``; ``window`` stands in for the 7 days.

    ``on_counted`` is told the visits of 7 days and of 24 hours as soon as they are known, before the rest is.
    ``kept``: where bits are kept, and the version of all that conditions read.
    """
    reasons = explain(segment, holdings, now)
    known = [reason for reason in reasons if reason.code in NO_NUMBER]
    if known:
        members_now = _members_now(engine, marts, settings, segment, now) if known[0].code == "not_collected" else None
        return Preview(
            segment, now, members_now=members_now, reason=known[0], reasons=tuple(reasons),
            conditions=_conditions_frame(_occurrences(segment.where), None), daily=_daily_frame(()),
            timezone=settings.timezone,
        )  # fmt: skip
    leaves = segment.conditions()
    visits = Visits(marts, settings, now, window)
    by_bits = kept[0].ask(visits, leaves, kept[1]) if kept else None
    counted = by_bits or GroupCounts(leaves, engine.arrow(panel_query(visits.again(), leaves)))
    matching = counted.visits(segment.where)
    if on_counted is not None:
        on_counted(matching[1], matching[0])
    audience = audience_query(Visits(marts, settings, now, window), segment.where)
    people = by_bits.people(segment.where) if by_bits else _people(engine, audience)
    total_24h, total_7d = counted.visits(None)
    reasons += _why_zero(segment, counted) if matching[1] == 0 else []
    found = Preview(
        segment,
        now,
        visits_24h=matching[0],
        visits_7d=matching[1],
        visitors_24h=people[0],
        visitors_7d=people[1],
        members_24h=people[2],
        members_7d=people[3],
        share_7d=matching[1] / total_7d if total_7d else None,
        total_visits_24h=total_24h,
        total_visits_7d=total_7d,
        reason=_foremost(reasons, matching[1]),
        reasons=tuple(reasons),
        conditions=_conditions_frame(_occurrences(segment.where), counted),
        daily=_daily_frame(counted.daily(segment.where)),
        sql=engine.sql(audience),
        timezone=settings.timezone,
    )
    if kept and not by_bits:
        kept[0].prepare(visits.again(), leaves, kept[1])
    return found


# --- the two statements -----------------------------------------------------------------------


def panel_query(visits: Visits, leaves: Sequence[Leaf]) -> Query:
    """Columns day, is_24h, visits and one mask for each MASK_BITS leaves."""
    compiler = Compiler(visits)
    flags = [compiler.leaf(leaf) for leaf in leaves]
    masks = [bitmask(flags[start : start + MASK_BITS]) for start in range(0, len(flags), MASK_BITS)]
    marked = (
        select(
            visits.visit.started_on.label("day"),
            as_int(visits.since(DAY)).label("is_24h"),
            *(mask.label(f"mask_{index}") for index, mask in enumerate(masks)),
        )
        .select_from(visits.source)
        .where(*visits.where())
        .subquery("marked")
    )
    keys = list(marked.c)
    return select(*keys, func.count().label("visits")).group_by(*keys)


def audience_query(visits: Visits, where: Node | None) -> Query:
    """One row: visits, visits of 24 hours, distinct visitors and members of both."""
    matches = Compiler(visits).node(where)
    visit, recent = visits.visit, visits.since(DAY)
    return (
        select(
            func.count().label("visits_7d"),
            func.count(case((recent, 1))).label("visits_24h"),
            func.count(visit.visitor_id.distinct()).label("visitors_7d"),
            func.count(case((recent, visit.visitor_id)).distinct()).label("visitors_24h"),
            func.count(visit.member_id.distinct()).label("members_7d"),
            func.count(case((recent, visit.member_id)).distinct()).label("members_24h"),
        )
        .select_from(visits.source)
        .where(*visits.where(), matches)
    )


def _people(engine: Engine, audience: Query) -> tuple[int, int, int, int]:
    found = engine.execute(audience)[0]
    return found.visitors_24h, found.visitors_7d, found.members_24h, found.members_7d


def _members_now(
    engine: Engine, marts: MartTables, settings: ShopSettings, segment: Segment, now: datetime
) -> int | None:
    """Members at now on a shop without visits; None where a condition needs a visit."""
    members = Members(marts, settings, now)
    try:
        matches = Compiler(members).node(segment.where)
    except SegmentError:
        return None
    return engine.scalar(select(func.count()).select_from(members.source).where(*members.where(), matches))


# --- the panel --------------------------------------------------------------------------------

#: Either way of counting.
Counted = GroupCounts | BitCounts


def _occurrences(where: Node) -> list[Occurrence]:
    """Every place of the tree where a condition stands, from left to right."""
    return [
        Occurrence(path_of(where, address), node, remove(where, address))
        for address, node in places(where)
        if isinstance(node, Leaf)
    ]


_CONDITION_COLUMNS = ("path", "condition", "op", "text", "visits_24h", "visits_7d", "without_24h", "without_7d")


def _conditions_frame(occurrences: Sequence[Occurrence], counted: Counted | None) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for place in occurrences:
        told = (place.path, place.leaf.condition, place.leaf.op, leaf_text(place.leaf))
        alone = counted.visits(place.leaf) if counted else (None, None)
        without = counted.visits(place.without) if counted else (None, None)
        rows.append((*told, *alone, *without))
    frame = pd.DataFrame(rows, columns=list(_CONDITION_COLUMNS))
    return frame.astype(dict.fromkeys(_CONDITION_COLUMNS[4:], "Int64"))


def _daily_frame(rows: Iterable[tuple[date, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["date", "visits", "total"])


# --- why --------------------------------------------------------------------------------------


def _why_zero(segment: Segment, counted: Counted) -> list[Reason]:
    """Which condition alone leaves nothing, or that only all of them together do."""
    if counted.visits(None)[1] == 0:
        return [Reason("no_visits")]
    empty = [
        place
        for place in _occurrences(segment.where)
        if ".not" not in place.path and counted.visits(place.leaf)[1] == 0
    ]
    if not empty:
        return [Reason("nothing_together")]
    decisive = [place for place in empty if counted.visits(place.without)[1] > 0]
    entry = CONDITIONS[(decisive or empty)[0].leaf.condition]
    return [Reason("nothing_matches", labels={"ko": entry.ko, "en": entry.en})]


def _foremost(reasons: Sequence[Reason], visits_7d: int) -> Reason | None:
    """The one to show first: missing data before 'nothing matches' before what is only worth knowing."""
    order = ("missing_", "no_visits", "nothing_", "young", "short_history") if visits_7d == 0 else ("missing_", "young")
    for start in order:
        for reason in reasons:
            if reason.code.startswith(start):
                return reason
    return None
