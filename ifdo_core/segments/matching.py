"""Which segments one visitor or member is in: by the visits of 7 days, or at now on a shop without visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, select

from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import as_int
from ifdo_core.errors import SegmentError
from ifdo_core.formats import count_text
from ifdo_core.i18n import translate
from ifdo_core.marts import MartTables
from ifdo_core.segments.compile import WEEK, Compiler
from ifdo_core.segments.model import Segment
from ifdo_core.segments.subjects import Members, Visits


@dataclass(frozen=True)
class Matching:
    """``rows``: segment, matches (any visit of 7 days does), visits (how many do), last_visit_matches, last_matched_at.

    On a shop without visits ``matches`` is for the member at now, and the other columns are empty.
    """

    who: str
    now: datetime
    visits: int | None  # of this person in 7 days; None where none are collected
    rows: pd.DataFrame = field(repr=False)
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])  # name → why it could not be decided

    def frame(self) -> pd.DataFrame:
        return self.rows

    @property
    def names(self) -> tuple[str, ...]:
        """The segments that match."""
        return tuple(self.rows["segment"][self.rows["matches"]])

    def insight(self) -> str:
        """How many match, and which."""
        if self.visits == 0:
            return translate("최근 7일에 방문이 없어 어떤 세그먼트에도 들지 않아요.")
        if not self.names:
            return translate("세그먼트 {all}개 가운데 맞는 것이 없어요.").format(all=len(self.rows))
        return translate("세그먼트 {all}개 가운데 {count}에 들어요: {names}.").format(
            all=len(self.rows), count=count_text(len(self.names), "개"), names=", ".join(self.names)
        )


class _OwnVisits(Visits):
    """The visits of one visitor or member only, so that no other history is read."""

    def __init__(
        self, marts: MartTables, settings: ShopSettings, now: datetime, window: timedelta, column: str, value: str
    ) -> None:
        super().__init__(marts, settings, now, window)
        self._own = (column, value)

    def where(self) -> list[ColumnElement[bool]]:
        column, value = self._own
        return [*super().where(), self.visit[column] == value]

    def again(self) -> Visits:
        return _OwnVisits(self.marts, self.settings, self.now, self.window or WEEK, *self._own)


def matching_visits(
    engine: Engine,
    marts: MartTables,
    settings: ShopSettings,
    segments: Mapping[str, Segment],
    left_out: Mapping[str, str],
    who: tuple[str, str],
    now: datetime,
) -> Matching:
    """``who``: ('visitor_id' or 'member_id', its value); ``segments`` by name, resolved and countable."""
    visits = _OwnVisits(marts, settings, now, WEEK, *who)
    compiler = Compiler(visits)
    flags = [as_int(compiler.node(segment.where)).label(f"s{place}") for place, segment in enumerate(segments.values())]
    found: list[Any] = list(
        engine.execute(
            select(visits.visit.started_at.label("started_at"), *flags)
            .select_from(visits.source)
            .where(*visits.where())
            .order_by(visits.visit.started_at.desc(), visits.visit.visit_id.desc())
        )
    )
    rows: list[tuple[object, ...]] = []
    for place, name in enumerate(segments, start=1):
        when = [row[0] for row in found if row[place]]
        rows.append((name, bool(when), len(when), bool(found and found[0][place]), when[0] if when else None))
    return Matching(who[1], now, len(found), _frame(rows), left_out)


def matching_now(
    engine: Engine,
    marts: MartTables,
    settings: ShopSettings,
    segments: Mapping[str, Segment],
    left_out: Mapping[str, str],
    member_id: str,
    now: datetime,
) -> Matching:
    """The member at now; segments that ask for visits are left out by name."""
    rows: list[tuple[object, ...]] = []
    skipped = dict(left_out)
    for name, segment in segments.items():
        members = Members(marts, settings, now)
        try:
            matches = Compiler(members).node(segment.where)
        except SegmentError as error:
            skipped[name] = str(error)
            continue
        asked = select(members.member_id).select_from(members.source).where(members.member_id == member_id, matches)
        rows.append((name, bool(engine.execute(asked)), None, None, None))
    return Matching(member_id, now, None, _frame(rows), skipped)


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["segment", "matches", "visits", "last_visit_matches", "last_matched_at"])
    return frame.astype({"matches": bool, "visits": "Int64", "last_visit_matches": "boolean"})
