"""From a person's name in the data to all that is known of them."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import select

from ifdo_core import tables
from ifdo_core.analysis.customers import valid_at
from ifdo_core.analysis.moments import local_day
from ifdo_core.analysis.scheme import read_scheme
from ifdo_core.catalogue.lists import MEMBERS
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.errors import DataError
from ifdo_core.formats import money_text
from ifdo_core.lists.cells import masked_frame, worded_frame
from ifdo_core.marts import MartTables
from ifdo_core.marts.holdings import Holdings
from ifdo_core.person.find import find
from ifdo_core.person.moments import Reader
from ifdo_core.person.result import Customer, Window
from ifdo_core.recommend.recommender import Recommendations
from ifdo_core.roles import Role, require_personal_data
from ifdo_core.segments.matching import Matching
from ifdo_core.segments.subjects import newest_run

#: Own gaps between purchase days that a window needs.
LEAST_GAPS = 3


class Door(Protocol):
    """What of the workbench is needed here."""

    engine: Engine
    settings: ShopSettings

    @property
    def now(self) -> datetime: ...

    @property
    def holdings(self) -> Holdings: ...

    def marts_at(self, moment: datetime) -> MartTables: ...

    def recommend(self, *, member: object = None, visitor: object = None, k: int = 10) -> Recommendations: ...

    def matching(self, *, visitor: str | None = None, member: str | None = None) -> Matching: ...


def customer(door: Door, who: str, role: Role, *, masked: bool = True) -> Customer:
    """``who``: a person ('m:…', 'v:…'), or an id that finds exactly one. Raises DataError for nobody or for several,
    NotAllowed where ``masked`` is False and the role may not see personal data."""
    if not masked:
        require_personal_data(role)
    now = door.now
    marts = door.marts_at(now)
    found = find(door.engine, marts, who, now, role)
    exact = found[found["person"] == who]
    if len(exact) == 1:
        found = exact
    if len(found) != 1:
        raise _nobody(who) if found.empty else _several(who, len(found))
    return _read(door, marts, str(found["person"].iloc[0]), now, masked)


def _nobody(who: str) -> DataError:
    return DataError(
        "unknown_customer", "‘{who}’에 맞는 고객이 없어요.", "회원 ID, 주문번호, 방문자 ID를 확인해 주세요.", who=who
    )


def _several(who: str, count: int) -> DataError:
    return DataError(
        "several_customers", "‘{who}’에 맞는 고객이 {count}명이에요.", "찾는 고객의 ID를 끝까지 적어 주세요.",
        who=who, count=count,
    )  # fmt: skip


def _read(door: Door, marts: MartTables, person: str, now: datetime, masked: bool) -> Customer:
    engine, settings = door.engine, door.settings
    standing, scored_at = _standing(engine, person)
    grades = read_scheme(engine).grades
    member = person.removeprefix("m:") if person.startswith("m:") else None
    visitor = person.removeprefix("v:") if person.startswith("v:") else None

    def recommend(k: int) -> Recommendations | None:
        holdings = door.holdings
        if not (holdings.has("orders") and holdings.has("order_items")) or (member is None and visitor is None):
            return None
        return door.recommend(member=member, k=k) if member is not None else door.recommend(visitor=visitor, k=k)

    def matching() -> Matching | None:
        if member is not None:
            return door.matching(member=member)
        return door.matching(visitor=visitor) if visitor is not None and door.holdings.has("events") else None

    return Customer(
        person=person,
        now=now,
        zone=settings.zone,
        currency=settings.currency,
        masked=masked,
        state=_state(engine, marts, person),
        standing=standing,
        scored_at=scored_at,
        profile=_profile(engine, member, masked, settings),
        moments=tuple(Reader(engine, marts, settings, now, person, grades).read()),
        grades=grades,
        by_model=_by_model(standing, scored_at, now, settings.zone),
        by_cycle=_by_cycle(engine, marts, person, now, settings.zone),
        _recommend=recommend,
        _matching=matching,
    )


def _state(engine: Engine, marts: MartTables, person: str) -> dict[str, Any]:
    p = marts.people.c
    names = ("visit_count", "order_count", "total_amount", "first_visit_at", "last_visit_at", "first_order_at",
             "last_order_at")  # fmt: skip
    rows = engine.execute(select(*(p[name] for name in names)).where(p.person == person))
    return dict(zip(names, rows[0], strict=True))


def _standing(engine: Engine, person: str) -> tuple[dict[str, Any], datetime | None]:
    """The scores of the newest refresh that is done, null left out; and the moment they are for."""
    runs, s = tables.score_runs.c, tables.scores
    columns = [column for column in s.c if column.name not in ("run", "person", "member_id")]
    rows = engine.execute(select(*columns).where(s.c.person == person, s.c.run == newest_run()))
    as_of = engine.scalar(select(runs.as_of).where(runs.run == newest_run()))
    if not rows:
        return {}, as_of
    told = {column.name: value for column, value in zip(columns, rows[0], strict=True)}
    return {name: value for name, value in told.items() if value is not None and not pd.isna(value)}, as_of


def _profile(engine: Engine, member: str | None, masked: bool, settings: ShopSettings) -> dict[str, str]:
    """Label → worded value of what the member's row knows."""
    columns = [column for column in MEMBERS if column.of == "member"]
    if member is None:
        return {}
    m = tables.members.c
    rows = engine.frame(select(*(m[column.name] for column in columns)).where(m.member_id == member))
    if rows.empty:
        return {}
    if masked:
        rows = masked_frame(rows, columns)
    worded = worded_frame(rows, columns, settings.zone).iloc[0]
    told: dict[str, str] = {}
    for column in columns:
        value: Any = worded[column.name]
        if value is None or pd.isna(value):
            continue
        if column.kind == "time":
            told[column.label()] = f"{value:%Y-%m-%d}"
        elif column.name == "points":
            told[column.label()] = money_text(int(value), settings.currency)
        else:
            told[column.label()] = str(value)
    return told


def _by_model(standing: dict[str, Any], scored_at: datetime | None, now: datetime, zone: ZoneInfo) -> Window | None:
    """The window that the refresh found, a day less for each day since."""
    low, high = standing.get("due_low_days"), standing.get("due_high_days")
    if low is None or high is None or scored_at is None:
        return None
    since = (local_day(now, zone) - local_day(scored_at, zone)).days
    return Window(int(low) - since, int(high) - since)


def _by_cycle(engine: Engine, marts: MartTables, person: str, now: datetime, zone: ZoneInfo) -> Window | None:
    """The middle half of the own gaps between purchase days, from the last one on."""
    o = marts.person_orders.c
    rows = engine.execute(
        select(o.ordered_on).where(o.person == person, *valid_at(marts.person_orders, now)).distinct()
    )
    days: list[date] = sorted(row[0] for row in rows)
    gaps = [(after - before).days for before, after in pairwise(days)]
    if len(gaps) < LEAST_GAPS:
        return None
    since = (local_day(now, zone) - days[-1]).days
    low, high = (round(float(end)) - since for end in np.quantile(gaps, [0.25, 0.75]))
    return Window(low, high)
