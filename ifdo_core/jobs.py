"""The daily refresh: scores of every person, written beside yesterday's and seen only when they are whole.

One at a time: inside a process by a lock, between processes by the run that is marked as running. A run that was broken
off leaves rows that nobody reads; the next one removes them and begins anew. Days on which nothing ran are filled into
the history of grades.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import delete, func, insert, select

from ifdo_core import tables
from ifdo_core.analysis.door import Analysis, Shop
from ifdo_core.analysis.moments import end_of_day, local_day
from ifdo_core.clock import utc_now
from ifdo_core.errors import DataError, IfdoError
from ifdo_core.formats import count_text, duration_text, time_text
from ifdo_core.i18n import translate
from ifdo_core.progress import Progress, quiet

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ifdo_core.engines import Engine

#: A run that says 'running' for longer than this was broken off.
PATIENCE = timedelta(hours=2)
#: On the first refresh the grades of so many days ago are filled in; of later gaps at most so many days.
FIRST_DAYS, MOST_DAYS = (90, 30, 7, 1), 92

_running = threading.Lock()


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


def refresh(shop: Shop, progress: Progress | None = None) -> Refresh:
    """Scores everybody at the shop's now. Raises DataError while another refresh runs; a failure is recorded."""
    if not _running.acquire(blocking=False):
        raise _busy()
    try:
        return _refresh(shop, progress or quiet)
    finally:
        _running.release()


def _busy() -> DataError:
    return DataError("refresh_running", "지금 다른 분석이 돌고 있어요.", "끝난 뒤에 다시 해 주세요.")


def _refresh(shop: Shop, progress: Progress) -> Refresh:
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
    engine.write(delete(tables.scores).where(tables.scores.c.run != run))
    progress(1.0, translate("분석을 마쳤어요"))
    seconds = (done - begun).total_seconds()
    return Refresh(run, now, day, version, customers, people, model, seconds, filled, zone)


def _take(engine: Engine, begun: datetime) -> None:
    """Refuses while another process is at it; clears what a broken one left."""
    runs = tables.score_runs.c
    for row in engine.execute(select(runs.run, runs.started_at).where(runs.status == "running")):
        if begun - row.started_at < PATIENCE and not engine.exclusive:
            raise _busy()
        engine.write(
            delete(tables.score_runs).where(runs.run == row.run),
            delete(tables.scores).where(tables.scores.c.run == row.run),
        )


def _finish(engine: Engine, run: int, facts: dict[str, object]) -> None:
    engine.write(
        delete(tables.score_runs).where(tables.score_runs.c.run == run), insert(tables.score_runs).values(**facts)
    )


def _score(shop: Shop, run: int, now: datetime, day: date, progress: Progress) -> tuple[int, int, str, int]:
    from ifdo_core.analysis.standing import BEFORE_DAYS, standing

    engine, analysis = shop.engine, Analysis(shop)
    progress(0.05, translate("RFM 등급을 매기고 있어요"))
    rfm, before = analysis.rfm(now), analysis.rfm(now - timedelta(days=BEFORE_DAYS))
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
    filled = _fill_history(shop, analysis, day)
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


def newest_done(engine: Engine) -> tuple[date, int] | None:
    """Day and data version of the newest refresh that is done."""
    r = tables.score_runs.c
    rows = engine.execute(select(r.day, r.data_version).where(r.status == "done").order_by(r.run.desc()).limit(1))
    return (rows[0][0], int(rows[0][1])) if rows else None
