"""Campaigns that are planned: what, to whom, when; the store keeps the plan's JSON and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifdo_core.errors import IfdoError
from ifdo_core.store.models import PlanRow

Opened = Callable[[], AbstractContextManager[Session]]
_NAME = 200


@dataclass(frozen=True)
class SavedPlan:
    """``state``: 'planned', 'begun' or 'done'; whether it was stopped is the outbox's to say. Times are naive UTC."""

    campaign: str
    facts: str
    due_at: datetime
    created_at: datetime
    state: str
    who: str


class PlanShelf:
    """The plans in a store."""

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    def add(self, campaign: str, facts: str, due_at: datetime, who: str, now: datetime) -> SavedPlan:
        """Raises IfdoError where the name is taken: the same name would be the same sending."""
        with self._writing() as session:
            if session.get(PlanRow, campaign) is not None:
                raise IfdoError(
                    "campaign_exists", "‘{name}’ 이름의 발송이 이미 있어요.", "다른 이름을 적어 주세요.", name=campaign
                )
            row = PlanRow(
                campaign=campaign, facts=facts, due_at=due_at, created_at=now, state="planned", who=who[:_NAME]
            )
            session.add(row)
            session.flush()
            return _plan(row)

    def get(self, campaign: str) -> SavedPlan | None:
        with self._reading() as session:
            row = session.get(PlanRow, campaign)
            return None if row is None else _plan(row)

    def list(self) -> list[SavedPlan]:
        """The newest first."""
        with self._reading() as session:
            return [_plan(row) for row in session.scalars(select(PlanRow).order_by(PlanRow.created_at.desc()))]

    def due(self, now: datetime) -> list[SavedPlan]:
        """Those to begin or to go on with, the earliest first."""
        query = select(PlanRow).where(PlanRow.state != "done", PlanRow.due_at <= now).order_by(PlanRow.due_at)
        with self._reading() as session:
            return [_plan(row) for row in session.scalars(query)]

    def set_state(self, campaign: str, state: str) -> None:
        with self._writing() as session:
            row = session.get(PlanRow, campaign)
            if row is not None:
                row.state = state


def _plan(row: PlanRow) -> SavedPlan:
    return SavedPlan(row.campaign, row.facts, row.due_at, row.created_at, row.state, row.who)
