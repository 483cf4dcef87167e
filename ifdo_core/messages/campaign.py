"""One campaign from the composed message to its results: into the outbox, out through a dealer, back as rows."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from ifdo_core import tables
from ifdo_core.chunks import chunks
from ifdo_core.clock import utc_now
from ifdo_core.errors import MessageError
from ifdo_core.messages.assignment import variant_of
from ifdo_core.messages.channel import Channel
from ifdo_core.messages.check import can_be_sent
from ifdo_core.messages.dealer_file import COLUMNS, upload_csv, upload_xlsx
from ifdo_core.messages.dealers import Dealer, DryRun, Parcel
from ifdo_core.messages.links import with_message_id
from ifdo_core.messages.model import Message
from ifdo_core.messages.plan import DRY_RUN, Plan
from ifdo_core.messages.results import canonical_rows
from ifdo_core.messages.rules import cost_won, ensure_may_use
from ifdo_core.messages.sending import Run, Sender
from ifdo_core.messages.targeting import Limits
from ifdo_core.roles import Role, require_export, require_personal_data
from ifdo_core.store.exports import ExportRecord
from ifdo_core.store.leases import Lease
from ifdo_core.store.outbox import OPEN, Settled, key_of

if TYPE_CHECKING:
    import pandas as pd

    from ifdo_core.messages.door import Messages

_AT_ONCE = 1_000
#: States of a sending and of a row → their words, Korean msgids.
STATES: Mapping[str, str] = {
    "planned": "예약됨",
    "running": "보내는 중",
    "stopped": "멈춤",
    "cancelled": "취소됨",
    "done": "끝남",
}
ROW_STATES: Mapping[str, str] = {
    "waiting": "기다림",
    "calling": "보내는 중",
    "accepted": "접수됨",
    "delivered": "도착",
    "failed": "실패",
    "refused": "보내지 않음",
    "holdout": "대조군",
}


def state_of(planned: str | None, switched: str, still: bool) -> str:
    """``planned``: state of its plan, ``switched``: of the outbox, ``still``: something is yet to be sent."""
    if switched in ("stopped", "cancelled"):
        return switched
    if planned == "planned":
        return "planned"
    if switched == "none":
        return "none"
    return "running" if still else "done"


class Campaign:
    """A named sending; the same name always means the same one, so nobody gets it twice."""

    def __init__(self, messages: Messages, name: str) -> None:
        self._messages, self.name = messages, name
        self._lease: Lease | None = None

    @contextmanager
    def alone(self) -> Generator[Lease]:
        """Nobody else fills or sends it meanwhile, in no process. Raises Elsewhere where somebody is at it."""
        if self._lease is not None:
            yield self._lease
            return
        with self._messages.store.outbox.alone(self.name) as lease:
            self._lease = lease
            try:
                yield lease
            finally:
                self._lease = None

    # --- before sending -----------------------------------------------------------------------

    @property
    def plan(self) -> Plan | None:
        """What was planned; None for a sending that was prepared without a plan."""
        saved = self._messages.store.plans.get(self.name)
        return None if saved is None else Plan.from_json(saved.facts)

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
        ensure_may_use(targeting, manual=manual, approved=Channel(store.messages).approved, now=now)
        problems = self._messages.check(message, targeting=targeting).problems
        if not can_be_sent(problems):
            raise MessageError(
                "cannot_be_sent",
                "보낼 수 없는 메시지예요: {first}",
                "작성 화면에서 고친 뒤 다시 보내 주세요.",
                first=str(problems[0]),
            )
        people = self._messages.people(segment, targeting, limits=limits, message=message, masked=False, now=now)
        with self.alone():
            store.outbox.begin(self.name, targeting, now or utc_now())
            return store.outbox.put(self.name, self._filled(message, people), now or utc_now())

    def begin(self, now: datetime | None = None) -> int:
        """Puts what was planned into the outbox, with a row for each held-out member; answers how many are new.

        Begun again it adds who is new and changes nothing else. Raises as ``ensure_sendable`` does, by what holds now.
        """
        plan, moment = self.plan, now or utc_now()
        if plan is None:
            raise MessageError(
                "not_planned", "계획이 없는 발송이에요: {name}.", "먼저 발송을 계획해 주세요.", name=self.name
            )
        self._messages.ensure_sendable(plan, plan.at)
        with self.alone():
            return self._begin(plan, moment)

    def _begin(self, plan: Plan, moment: datetime) -> int:
        store, people = self._messages.store, self._reached(plan, None, moment)
        store.outbox.begin(self.name, plan.targeting, moment)
        fresh = 0
        drawn = [variant_of(plan.drawn_by, str(one), plan.weights) for one in people["member_id"]]
        for variant in plan.variants:
            theirs = people.iloc[[place for place, name in enumerate(drawn) if name == variant.name]]
            fresh += store.outbox.put(self.name, self._filled(variant.message, theirs.reset_index(drop=True)), moment)
        if plan.holdout:
            held = self._reached(plan, "holdout", moment)
            store.outbox.put(self.name, ((str(one), "", "{}") for one in held["member_id"]), moment, "holdout")
        store.plans.set_state(self.name, "begun")
        return fresh

    def _reached(self, plan: Plan, reason: str | None, now: datetime) -> pd.DataFrame:
        """Those who get it, or those behind ``reason``, with the columns that any variant needs."""
        frames = [
            self._messages.people(
                plan.segment, plan.targeting, reason, limits=plan.limits, message=one.message, masked=False, now=now
            )
            for one in plan.variants
        ]
        people = frames[0]
        for more in frames[1:]:
            fresh = [name for name in more.columns if name not in people.columns]
            people = people.merge(more[["member_id", *fresh]], on="member_id")
        if plan.cap is None:
            return people
        return people[~people["member_id"].isin(self._over_the_cap(plan, now))].reset_index(drop=True)

    def _filled(self, message: Message, people: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
        """(member_id, phone, body) of those whose message fits; links carry the message's id."""
        batch = self._messages.filled(message, people)
        for place in range(len(batch)):
            if batch.ok[place]:
                member = str(people["member_id"].iloc[place])
                body = with_message_id(batch.one(place), key_of(self.name, member))
                yield member, str(people["phone"].iloc[place]), body.to_json()

    def _over_the_cap(self, plan: Plan, now: datetime) -> set[str]:
        """Members who with what other campaigns still have in the outbox have had enough."""
        assert plan.cap is not None
        store, since = self._messages.store, now - timedelta(days=plan.cap_days)
        saved = [one for one in store.plans.list() if one.campaign != self.name]
        others = [one.campaign for one in saved if Plan.from_json(one.facts).dealer != DRY_RUN]
        out = store.outbox.out(others, since) if others else []
        m, known = tables.messages.c, set[str]()
        counted: Counter[str] = Counter()
        for part in chunks((key for key, _ in out), _AT_ONCE):
            known |= {str(row[0]) for row in self._messages.engine.execute(select(m.message_id).where(
                m.message_id.in_(part)))}  # fmt: skip
        for key, member in out:
            counted[member] += key not in known
        for part in chunks((member for member in list(counted) if counted[member]), _AT_ONCE):
            query = (
                select(m.member_id, func.count())
                .where(m.member_id.in_(part), m.channel == "brand_message", m.ts > since, m.ts <= now,
                       m.status.in_(["accepted", "delivered"]))
                .group_by(m.member_id)
            )  # fmt: skip
            for member, sent in self._messages.engine.execute(query):
                counted[str(member)] += int(sent)
        return {member for member, sent in counted.items() if sent >= plan.cap}

    # --- sending ------------------------------------------------------------------------------

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
        return sender.run(self.name, self._lease)

    def stop(self) -> None:
        """After the batch that is under way nothing more goes out; ``resume`` goes on."""
        self._messages.store.outbox.set_state(self.name, "stopped")

    def resume(self) -> None:
        self._messages.store.outbox.set_state(self.name, "running")

    def cancel(self) -> None:
        """What waits is never sent, a plan that has not begun never begins."""
        store, plan = self._messages.store, self.plan
        if plan is not None:
            store.outbox.begin(self.name, plan.targeting, utc_now())
            store.plans.set_state(self.name, "done")
        store.outbox.set_state(self.name, "cancelled")

    @property
    def state(self) -> str:
        """'planned', 'running', 'stopped', 'cancelled', 'done', or 'none' for an unknown name."""
        outbox, saved = self._messages.store.outbox, self._messages.store.plans.get(self.name)
        counts = self.counts
        still = any(counts.get(one) for one in OPEN)
        return state_of(None if saved is None else saved.state, outbox.state(self.name), still)

    # --- after sending ------------------------------------------------------------------------

    @property
    def counts(self) -> dict[str, int]:
        """State → messages."""
        return self._messages.store.outbox.counts(self.name)

    @property
    def cost(self) -> int:
        """What the messages that the dealer took cost by the price list, in won; those that failed are not counted."""
        plan = self.plan
        if plan is None:
            return 0
        taken = [one.member_id for state in ("accepted", "delivered") for one in self._entries(state)]
        if len(plan.variants) == 1:
            return cost_won(plan.message, len(taken))
        prices = {one.name: cost_won(one.message, 1) for one in plan.variants}
        return sum(prices[variant_of(plan.drawn_by, member, plan.weights)] for member in taken)

    def _entries(self, state: str) -> list[Any]:
        return self._messages.store.outbox.entries(self.name, state=state)

    def parcels(self, state: str = "waiting") -> list[Parcel]:
        """The messages that wait, or that are in another state."""
        targeting = self._messages.store.outbox.targeting(self.name)
        return [Parcel(one.key, one.phone, targeting, json.loads(one.body)) for one in self._entries(state)]

    def file(self, form: str, who: str, role: Role, now: datetime | None = None) -> bytes:
        """What the dealer 'file' took, as 'xlsx' or 'csv' for a dealer's own site, without those who refused meanwhile.

        It holds the numbers as they are, and the hand-over is logged. Raises NotAllowed where the role may not export
        or may not see personal data.
        """
        require_export(role)
        require_personal_data(role)
        store, moment = self._messages.store, now or utc_now()
        taken = self._entries("accepted")
        gone = self._refused([one.member_id for one in taken])
        store.outbox.settle(
            [Settled(one.key, "failed", reason="withdrawn") for one in taken if one.member_id in gone], moment
        )
        parcels = self.parcels("accepted")
        data = upload_xlsx(parcels) if form == "xlsx" else upload_csv(parcels)
        store.exports.add(
            ExportRecord(moment, who, role.id, "download", f"{self.name}.{form}"[:200], self.name, "", "messages", "",
                         COLUMNS, False, "", len(parcels), form)
        )  # fmt: skip
        return data

    def rows(self) -> pd.DataFrame:
        """What was sent and who was held out, for ``wb.load(messages=…)``."""
        outbox, plan = self._messages.store.outbox, self.plan
        entries, targeting = outbox.entries(self.name), outbox.targeting(self.name)
        if plan is None:
            return canonical_rows(entries, targeting)
        tested = len(plan.variants) > 1
        prices = {one.name: cost_won(one.message, 1) for one in plan.variants}

        def told(member: str) -> tuple[str | None, int]:
            name = variant_of(plan.drawn_by, member, plan.weights)
            return name if tested else None, prices[name]

        return canonical_rows(entries, targeting, told)

    def _refused(self, members: Collection[str]) -> set[str]:
        """Those who by now have opted out, took their consent back, or have no row any more."""
        m, asked = tables.members.c, list(members)
        targeting = self._messages.store.outbox.targeting(self.name)
        conditions = [or_(m.opted_out.is_(None), func.coalesce(m.opted_out, False).is_(False))]
        if targeting in ("M", "N"):
            conditions.append(func.coalesce(m.marketing_consent, False).is_(True))
        fine: set[str] = set()
        for part in chunks(asked, _AT_ONCE):
            query = select(m.member_id).where(m.member_id.in_(part), *conditions)
            fine |= {str(row[0]) for row in self._messages.engine.execute(query)}
        return (set(asked) - fine) | self._messages.store.consents.withdrawn(asked)
