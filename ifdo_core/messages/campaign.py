"""One campaign from the composed message to its results: into the outbox, out through a dealer, back as rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from ifdo_core import tables
from ifdo_core.clock import utc_now
from ifdo_core.errors import MessageError
from ifdo_core.messages.channel import Channel
from ifdo_core.messages.check import can_be_sent, check
from ifdo_core.messages.dealers import Dealer, DryRun, Parcel
from ifdo_core.messages.model import Message
from ifdo_core.messages.results import canonical_rows
from ifdo_core.messages.rules import ensure_may_use
from ifdo_core.messages.sending import Run, Sender
from ifdo_core.messages.targeting import Limits

if TYPE_CHECKING:
    import pandas as pd

    from ifdo_core.messages.door import Messages

_AT_ONCE = 1_000


class Campaign:
    """A named sending; the same name always means the same one, so nobody gets it twice."""

    def __init__(self, messages: Messages, name: str) -> None:
        self._messages, self.name = messages, name

    def prepare(
        self,
        message: Message,
        segment: Any = None,
        targeting: str = "I",
        *,
        limits: Limits | None = None,
        manual: bool = True,
        now: datetime | None = None,
    ) -> int:
        """Puts the message for everyone who is reached into the outbox; answers how many are new.

        Raises NotAllowed where the targeting may not be used, MessageError where the message cannot be sent. Members
        whose filled-in message breaks a limit are left out.
        """
        store = self._messages.store
        ensure_may_use(targeting, manual=manual, approved=Channel(store.messages).approved)
        problems = check(message, targeting=targeting)
        if not can_be_sent(problems):
            raise MessageError(
                "cannot_be_sent",
                "보낼 수 없는 메시지예요: {first}",
                "작성 화면에서 고친 뒤 다시 보내 주세요.",
                first=str(problems[0]),
            )
        people = self._messages.people(segment, targeting, limits=limits, message=message, masked=False, now=now)
        batch = self._messages.filled(message, people)
        store.outbox.begin(self.name, targeting, now or utc_now())
        rows = (
            (str(people["member_id"].iloc[place]), str(people["phone"].iloc[place]), batch.one(place).to_json())
            for place in range(len(batch))
            if batch.ok[place]
        )
        return store.outbox.put(self.name, rows, now or utc_now())

    def send(
        self,
        dealer: Dealer | None = None,
        *,
        manual: bool = True,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Run:
        """Sends what waits; by default a dry run, which sends nothing. Started again, it goes on where it ended."""
        store = self._messages.store
        sender = Sender(
            store.outbox,
            dealer or DryRun(),
            clock=clock,
            sleep=sleep,
            approved=lambda: Channel(store.messages).approved,
            refused=self._refused,
            manual=manual,
        )
        return sender.run(self.name)

    def stop(self) -> None:
        """After the batch that is under way nothing more goes out; ``resume`` goes on."""
        self._messages.store.outbox.set_state(self.name, "stopped")

    def resume(self) -> None:
        self._messages.store.outbox.set_state(self.name, "running")

    def cancel(self) -> None:
        """What waits is never sent."""
        self._messages.store.outbox.set_state(self.name, "cancelled")

    @property
    def counts(self) -> dict[str, int]:
        """State → messages."""
        return self._messages.store.outbox.counts(self.name)

    def parcels(self) -> list[Parcel]:
        """What waits, for the file of a dealer's own site."""
        import json

        outbox = self._messages.store.outbox
        targeting = outbox.targeting(self.name)
        return [
            Parcel(one.key, one.phone, targeting, json.loads(one.body))
            for one in outbox.entries(self.name)
            if one.state == "waiting"
        ]

    def rows(self) -> pd.DataFrame:
        """What was sent, for ``wb.load(messages=…)``."""
        outbox = self._messages.store.outbox
        return canonical_rows(outbox.entries(self.name), outbox.targeting(self.name))

    def _refused(self, members: Collection[str]) -> set[str]:
        """Those who by now have opted out or have no row any more."""
        m, asked = tables.members.c, list(members)
        fine: set[str] = set()
        for begin in range(0, len(asked), _AT_ONCE):
            part = asked[begin : begin + _AT_ONCE]
            query = select(m.member_id).where(
                m.member_id.in_(part), or_(m.opted_out.is_(None), func.coalesce(m.opted_out, False).is_(False))
            )
            fine |= {str(row[0]) for row in self._messages.engine.execute(query)}
        return set(asked) - fine
