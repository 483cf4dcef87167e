"""The ledger of what is sent: a row before the call, and never a second one for the same campaign and member.

States of a row: waiting → calling → accepted | refused; accepted → delivered | failed. 'calling' says that a call was
begun: after a crash it is unknown whether the dealer took it, so it is asked about, not sent again. 'holdout' is the
row of a member who deliberately gets nothing.

One process at a time sends a campaign: taking rows and putting them back asks for its lease (``alone``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update
from sqlalchemy.orm import Session

from ifdo_core.chunks import chunks
from ifdo_core.store.leases import LEASE_S, Lease, Leases
from ifdo_core.store.models import CampaignRow, OutboxRow

Opened = Callable[[], AbstractContextManager[Session]]
OPEN = ("waiting", "calling")
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Entry:
    """One message of a campaign to one member."""

    key: str
    campaign: str
    member_id: str
    phone: str
    body: str
    state: str
    attempts: int
    not_before: datetime
    updated_at: datetime
    reason: str


@dataclass(frozen=True)
class Settled:
    """What became of a row: 'accepted', 'refused', 'delivered' or 'failed'."""

    key: str
    state: str
    dealer_id: str = ""
    reason: str = ""


def key_of(campaign: str, member_id: str) -> str:
    """The idempotency key: the same for the same campaign and member, whatever happens."""
    return hashlib.sha256(f"{campaign}\x00{member_id}".encode()).hexdigest()[:40]


class Outbox:
    """The ledger in a store."""

    def __init__(self, reading: Opened, writing: Opened, leases: Leases) -> None:
        self._reading, self._writing, self._leases = reading, writing, leases

    def alone(self, campaign: str, seconds: float = LEASE_S) -> AbstractContextManager[Lease]:
        """The right to fill and send a campaign for a ``with`` block. Raises Elsewhere where another has it."""
        return self._leases.hold(f"send:{campaign}", seconds)

    def begin(self, campaign: str, targeting: str, now: datetime) -> None:
        """A campaign; again, it changes nothing."""
        with self._writing() as session:
            if session.get(CampaignRow, campaign) is None:
                session.add(CampaignRow(campaign=campaign, targeting=targeting, state="running", created_at=now))

    def put(
        self, campaign: str, messages: Iterable[tuple[str, str, str]], now: datetime, state: str = "waiting"
    ) -> int:
        """(member_id, phone, body) to be sent, or with ``state`` 'holdout' not; those that have a row already are left
        alone. Answers how many are new."""
        with self._reading() as session:
            known = set(session.scalars(select(OutboxRow.key).where(OutboxRow.campaign == campaign)))
        fresh = 0
        for part in chunks(messages, _AT_ONCE):
            rows: list[dict[str, object]] = []
            for member_id, phone, body in part:
                key = key_of(campaign, member_id)
                if key not in known:
                    known.add(key)
                    rows.append(
                        {"key": key, "campaign": campaign, "member_id": member_id, "phone": phone, "body": body,
                         "state": state, "attempts": 0, "not_before": now, "updated_at": now, "dealer_id": "",
                         "reason": ""}
                    )  # fmt: skip
            if rows:
                with self._writing() as session:
                    session.execute(insert(OutboxRow), rows)
            fresh += len(rows)
        return fresh

    def state(self, campaign: str) -> str:
        with self._reading() as session:
            row = session.get(CampaignRow, campaign)
            return "none" if row is None else row.state

    def targeting(self, campaign: str) -> str:
        with self._reading() as session:
            row = session.get(CampaignRow, campaign)
            return "I" if row is None else row.targeting

    def set_state(self, campaign: str, state: str) -> None:
        """'running', 'stopped' (can go on) or 'cancelled' (what waits is never sent)."""
        with self._writing() as session:
            row = session.get(CampaignRow, campaign)
            if row is not None and row.state != "cancelled":
                row.state = state

    def take(self, campaign: str, limit: int, now: datetime, lease: Lease) -> list[Entry]:
        """The next that wait, now marked as being called: committed before the call."""
        with self._writing() as session:
            lease.confirm(session)
            rows = session.scalars(
                select(OutboxRow)
                .where(OutboxRow.campaign == campaign, OutboxRow.state == "waiting", OutboxRow.not_before <= now)
                .order_by(OutboxRow.key)
                .limit(limit)
                .with_for_update()
            ).all()
            for row in rows:
                row.state, row.attempts, row.updated_at = "calling", row.attempts + 1, now
            return [_entry(row) for row in rows]

    def unknown(self, campaign: str, limit: int) -> list[Entry]:
        """Those whose call was begun and whose answer is not known."""
        with self._reading() as session:
            rows = session.scalars(
                select(OutboxRow)
                .where(OutboxRow.campaign == campaign, OutboxRow.state == "calling")
                .order_by(OutboxRow.key)
                .limit(limit)
            )
            return [_entry(row) for row in rows]

    def settle(self, told: Iterable[Settled], now: datetime) -> int:
        """New states, by the order of states: what comes late, twice or for an unknown key changes nothing. Answers how
        many changed."""
        changed: int = 0
        with self._writing() as session:
            for one in told:
                values: dict[str, object] = {"state": one.state, "updated_at": now}
                values |= {"dealer_id": one.dealer_id} if one.dealer_id else {}
                values |= {"reason": one.reason[:200]} if one.reason else {}
                # one statement, so that of two reports at once none undoes the other
                before = [state for state, after in _AFTER.items() if one.state in after]
                settled = update(OutboxRow).where(OutboxRow.key == one.key, OutboxRow.state.in_(before))
                changed += cast("CursorResult[Any]", session.execute(settled.values(values))).rowcount
        return changed

    def put_back(self, keys: Sequence[str], not_before: datetime, now: datetime, lease: Lease) -> None:
        """Certainly not taken: they wait again."""
        with self._writing() as session:
            lease.confirm(session)
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.key.in_(keys), OutboxRow.state == "calling")
                .values(state="waiting", not_before=not_before, updated_at=now)
            )

    def counts(self, campaign: str) -> dict[str, int]:
        with self._reading() as session:
            rows = session.execute(
                select(OutboxRow.state, func.count()).where(OutboxRow.campaign == campaign).group_by(OutboxRow.state)
            )
            return {state: int(count) for state, count in rows}

    def overview(self) -> dict[str, tuple[str, bool]]:
        """Campaign → its switch, and whether anything is still to be sent."""
        with self._reading() as session:
            still = set(session.scalars(select(OutboxRow.campaign).where(OutboxRow.state.in_(OPEN)).distinct()))
            rows = session.execute(select(CampaignRow.campaign, CampaignRow.state))
            return {str(name): (str(state), name in still) for name, state in rows}

    def entries(self, campaign: str, limit: int | None = None, state: str | None = None) -> list[Entry]:
        """In the order of keys; ``state``: only rows in it."""
        query = select(OutboxRow).where(OutboxRow.campaign == campaign).order_by(OutboxRow.key).limit(limit)
        if state is not None:
            query = query.where(OutboxRow.state == state)
        with self._reading() as session:
            return [_entry(row) for row in session.scalars(query)]

    def out(self, campaigns: Sequence[str], since: datetime) -> list[tuple[str, str]]:
        """(key, member_id) of what these campaigns have sent, or may yet send, since a moment."""
        gone = ("waiting", "calling", "accepted", "delivered")
        with self._reading() as session:
            rows = session.execute(
                select(OutboxRow.key, OutboxRow.member_id).where(
                    OutboxRow.campaign.in_(campaigns), OutboxRow.state.in_(gone), OutboxRow.updated_at > since
                )
            )
            return [(str(key), str(member)) for key, member in rows]


#: State → what may follow. A report can come before the answer to the call.
_AFTER: dict[str, tuple[str, ...]] = {
    "waiting": ("accepted", "delivered", "failed"),
    "calling": ("accepted", "refused", "delivered", "failed"),
    "accepted": ("delivered", "failed"),
    "refused": (),
    "delivered": (),
    "failed": ("delivered",),
    "holdout": (),
}


def _entry(row: OutboxRow) -> Entry:
    return Entry(
        row.key, row.campaign, row.member_id, row.phone, row.body, row.state, row.attempts, row.not_before,
        row.updated_at, row.reason,
    )  # fmt: skip
