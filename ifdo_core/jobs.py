"""The daily refresh: scores of every person, written beside yesterday's and seen only when they are whole.

One at a time: inside a process by a lock, between processes by the run that is marked as running. A run that was broken
off leaves rows that nobody reads; the next one removes them and begins anew. Days on which nothing ran are filled into
the history of grades.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

import pandas as pd
from sqlalchemy import Table, delete, func, insert, select

from ifdo_core import tables
from ifdo_core.analysis.door import Analysis, Shop
from ifdo_core.analysis.moments import end_of_day, local_day
from ifdo_core.catalogue.spec import GRADES_BEFORE
from ifdo_core.clock import utc_now
from ifdo_core.errors import DataError, IfdoError
from ifdo_core.formats import count_text, duration_text, time_text
from ifdo_core.i18n import translate
from ifdo_core.progress import Progress, quiet

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ifdo_core.engines import Engine
    from ifdo_core.recommend.together import Together
    from ifdo_core.segments.model import Segment

#: A run that says 'running' for longer than this was broken off.
PATIENCE = timedelta(hours=2)
#: On the first refresh the grades of so many days ago are filled in; of later gaps at most so many days.
FIRST_DAYS, MOST_DAYS = (90, 30, 7, 1), 92
#: The failure of a run that never came to its end.
BROKEN_OFF = "broken_off"
#: Insights of at most so many missed days are caught up.
MOST_INSIGHT_DAYS = 7

#: Tables whose rows belong to a run and are seen once it is done.
OF_A_RUN = (tables.scores, tables.recommended, tables.segment_entries)

_running = threading.Lock()


class Refreshed(Shop, Protocol):
    """What a refresh needs of the workbench."""

    @property
    def segments(self) -> Mapping[str, Segment]: ...

    @property
    def together(self) -> Together: ...


@dataclass(frozen=True)
class Refresh:
    """A refresh that is done. ``now``: the moment it is for; ``seconds`` it took."""

    run: int
    now: datetime
    day: date
    data_version: int
    customers: int
    people: int
    model: str
    seconds: float
    filled_days: int
    zone: ZoneInfo

    def frame(self) -> pd.DataFrame:
        """One row."""
        names = ("run", "now", "day", "data_version", "customers", "people", "model", "seconds", "filled_days")
        return pd.DataFrame([{name: getattr(self, name) for name in names}])

    def insight(self) -> str:
        text = translate("고객 {customers}의 분석을 {seconds} 만에 마쳤어요. 기준 시각은 {moment}이에요.")
        return text.format(
            customers=count_text(self.customers, "명"),
            seconds=duration_text(self.seconds),
            moment=time_text(self.now, self.zone),
        )


def refresh(shop: Refreshed, progress: Progress | None = None) -> Refresh:
    """Scores everybody at the shop's now. Raises DataError while another refresh runs; a failure is recorded."""
    if not _running.acquire(blocking=False):
        raise _busy()
    try:
        return _refresh(shop, progress or quiet)
    finally:
        _running.release()


def _busy() -> DataError:
    return DataError("refresh_running", "지금 다른 분석이 돌고 있어요.", "끝난 뒤에 다시 해 주세요.")


def _refresh(shop: Refreshed, progress: Progress) -> Refresh:
    engine, zone, runs = shop.engine, shop.settings.zone, tables.score_runs
    begun = utc_now()
    now, version = shop.now, shop.data_version
    day = local_day(now, zone)
    _take(engine, begun)
    run = int(engine.scalar(select(func.max(runs.c.run))) or 0) + 1
    facts = {"run": run, "day": day, "as_of": now, "data_version": version, "started_at": begun}
    engine.write(insert(runs).values(**facts, status="running"))
    try:
        customers, people, model, filled = _score(shop, run, now, day, progress)
    except BaseException as error:
        failure = error.code if isinstance(error, IfdoError) else type(error).__name__
        _finish(engine, run, {**facts, "status": "failed", "finished_at": utc_now(), "failure": failure})
        raise
    done = utc_now()
    _finish(
        engine,
        run,
        {**facts, "status": "done", "finished_at": done, "customers": customers, "model": model},
    )
    engine.write(*(delete(table).where(table.c.run != run) for table in OF_A_RUN))
    progress(1.0, translate("분석을 마쳤어요"))
    seconds = (done - begun).total_seconds()
    return Refresh(run, now, day, version, customers, people, model, seconds, filled, zone)


def _take(engine: Engine, begun: datetime) -> None:
    """Refuses while another process is at it; clears what a broken one left, and says in the record that it broke."""
    runs = tables.score_runs.c
    names = [column.name for column in runs]
    for row in engine.execute(select(*runs).where(runs.status == "running")):
        if begun - row.started_at < PATIENCE and not engine.exclusive:
            raise _busy()
        engine.write(*(delete(table).where(table.c.run == row.run) for table in OF_A_RUN))
        told = dict(zip(names, row, strict=True))
        _finish(engine, row.run, {**told, "status": "failed", "failure": BROKEN_OFF})


def _finish(engine: Engine, run: int, facts: dict[str, object]) -> None:
    engine.write(
        delete(tables.score_runs).where(tables.score_runs.c.run == run), insert(tables.score_runs).values(**facts)
    )


def _score(shop: Refreshed, run: int, now: datetime, day: date, progress: Progress) -> tuple[int, int, str, int]:
    from ifdo_core.analysis.standing import standing

    engine, analysis = shop.engine, Analysis(shop)
    progress(0.05, translate("RFM 등급을 매기고 있어요"))
    rfm = analysis.rfm(now)
    before = {days: analysis.rfm(now - timedelta(days=days)) for days in GRADES_BEFORE}
    progress(0.2, translate("고객 가치를 예측하고 있어요"))
    life = analysis.lifetime(now)
    progress(0.5, translate("이탈 위험을 계산하고 있어요"))
    churn = analysis.churn(now, life=life)
    progress(0.6, translate("고객마다 점수를 정리하고 있어요"))
    marts = shop.marts_at(now)
    found = standing(engine, marts, now, shop.settings.zone, rfm, before, life, churn)
    found["run"] = run
    progress(0.8, translate("점수를 저장하고 있어요"))
    engine.append(tables.scores, found[[column.name for column in tables.scores.c]])
    _append(engine, tables.segment_entries, _entries(shop, now, day), run)
    progress(0.85, translate("권할 상품을 고르고 있어요"))
    _append(engine, tables.recommended, _recommended(shop, now), run)
    filled = _fill_history(shop, analysis, day)
    progress(0.95, translate("달라진 것을 찾고 있어요"))
    _find_changes(shop, now)
    return len(rfm.rows), len(found), life.model, filled


def _fill_history(shop: Shop, analysis: Analysis, day: date) -> int:
    """Grades of the days since the last history day, ``day`` included: one missed is caught up. Returns how many."""
    from ifdo_core.analysis.standing import history_rows

    engine, kept = shop.engine, tables.score_history
    last = engine.scalar(select(func.max(kept.c.day)).where(kept.c.day < day))
    engine.write(delete(kept).where(kept.c.day >= day))
    if last is None:
        days = [day - timedelta(days=ago) for ago in FIRST_DAYS]
    else:
        gap = min((day - last).days, MOST_DAYS)
        days = [day - timedelta(days=ago) for ago in range(gap - 1, 0, -1)]
    for one in [*days, day]:
        moment = shop.now if one == day else end_of_day(one, shop.settings.zone)
        rows = history_rows(analysis.rfm(moment), grades_on(engine, one - timedelta(days=1)), one)
        if len(rows):
            engine.append(kept, rows)
    return len(days)


def _append(engine: Engine, table: Table, rows: pd.DataFrame, run: int) -> None:
    if len(rows):
        engine.append(table, rows.assign(run=run)[[column.name for column in table.c]])


def _entries(shop: Refreshed, now: datetime, day: date) -> pd.DataFrame:
    """Who is in which saved segment."""
    from ifdo_core.analysis.membership import snapshot

    return snapshot(shop.engine, shop.marts_at(now), shop.settings, now, day, shop.segments)


def _recommended(shop: Refreshed, now: datetime) -> pd.DataFrame:
    """What each person should be shown; nothing where there is nothing to learn from."""
    from ifdo_core.recommend.standing import COLUMNS, standing

    if not all(shop.holdings.has(kind) for kind in ("orders", "order_items")):
        return pd.DataFrame(columns=list(COLUMNS))
    return standing(shop.together.recommender(now))


def _find_changes(shop: Shop, now: datetime) -> None:
    """The insights of the last whole day, and of the days before it that were missed."""
    from ifdo_core.insights import find_insights
    from ifdo_core.insights.daily import last_whole_day
    from ifdo_core.insights.stored import newest_day, write_insights

    last, kept = last_whole_day(now, shop.settings), newest_day(shop.engine)
    missed = 1 if kept is None else min(max((last - kept).days, 1), MOST_INSIGHT_DAYS)
    for ago in range(missed - 1, -1, -1):
        found = find_insights(
            shop.engine, shop.marts_at(now), shop.settings, shop.holdings, now, last - timedelta(days=ago)
        )
        write_insights(shop.engine, found, shop.data_version, utc_now())


def grades_on(engine: Engine, day: date) -> pd.DataFrame:
    """person, grade as the history knows them on ``day``; '' for those who had left the period."""
    h = tables.score_history.c
    newest = select(h.person, func.max(h.day).label("day")).where(h.day <= day).group_by(h.person).subquery("newest")
    return engine.frame(
        select(h.person, h.grade).join_from(
            tables.score_history, newest, (newest.c.person == h.person) & (newest.c.day == h.day)
        )
    )


def runs(engine: Engine) -> pd.DataFrame:
    """Every refresh, the newest first: run, status, day, as_of, data_version, started_at, finished_at, customers, …"""
    return engine.frame(select(tables.score_runs).order_by(tables.score_runs.c.run.desc()))


def is_due(shop: Shop, wall: datetime, hour: int) -> bool:
    """Whether the shop's day has no scores yet and its ``hour`` has come; a day that was missed is due at once.

    ``wall``: the wall clock, naive UTC. Days are those of the shop's now, so a shop whose data stand still rests.
    """
    newest = newest_done(shop.engine)
    if newest is None:
        return True
    zone = shop.settings.zone
    behind = (local_day(shop.now, zone) - newest[0]).days
    return behind > 1 or (behind == 1 and wall.replace(tzinfo=UTC).astimezone(zone).hour >= hour)


def next_due(shop: Shop, hour: int) -> datetime:
    """From when on the next refresh runs by itself, if the data go on (naive UTC): the shop's ``hour`` of the day after
    the newest one that is done."""
    zone, newest = shop.settings.zone, newest_done(shop.engine)
    day = (newest[0] if newest else local_day(shop.now, zone)) + timedelta(days=1)
    return datetime.combine(day, time(hour), zone).astimezone(UTC).replace(tzinfo=None)


def newest_done(engine: Engine) -> tuple[date, int] | None:
    """Day and data version of the newest refresh that is done."""
    r = tables.score_runs.c
    last = select(func.max(r.run)).where(r.status == "done").scalar_subquery()
    rows = engine.execute(select(r.day, r.data_version).where(r.run == last))
    return (rows[0][0], int(rows[0][1])) if rows else None
