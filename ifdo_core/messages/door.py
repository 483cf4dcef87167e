"""``wb.messages``: everything about brand messages that a page shows or a notebook asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.clock import utc_now
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query
from ifdo_core.errors import MessageError, SegmentError
from ifdo_core.i18n import translate
from ifdo_core.marts.shape import MartTables
from ifdo_core.messages.check import can_be_sent, check
from ifdo_core.messages.images import ImageFacts, uploaded_facts
from ifdo_core.messages.masking import masked_name, masked_phone
from ifdo_core.messages.model import Message
from ifdo_core.messages.problems import Problem
from ifdo_core.messages.reach import Reach, read_off
from ifdo_core.messages.render import (
    STATE_COLUMNS,
    Batch,
    needed_columns,
    render,
    rendered,
    used_variables,
    values_of,
)
from ifdo_core.messages.targeting import TARGETINGS, Limits, counted_query, marked_query, masks_where
from ifdo_core.messages.variables import VARIABLES
from ifdo_core.segments.compile import WEEK, Compiler
from ifdo_core.segments.model import Segment
from ifdo_core.segments.subjects import Members, Visits
from ifdo_core.store import Store, open_store

if TYPE_CHECKING:
    from ifdo_core.messages.campaign import Campaign
    from ifdo_core.messages.channel import Channel
    from ifdo_core.messages.consents import Consents
    from ifdo_core.messages.outcome import Outcome
    from ifdo_core.messages.plan import Estimate, Plan
    from ifdo_core.messages.prerequisites import Known
    from ifdo_core.messages.runner import Runner

#: Hours after a message in which an order counts, where no plan says otherwise.
_WINDOW_H = 72


@dataclass(frozen=True)
class Checked:
    """The faults of a message. ``ok``: nothing keeps it from being sent."""

    message: Message
    problems: tuple[Problem, ...]
    now: datetime

    @property
    def ok(self) -> bool:
        return can_be_sent(self.problems)

    def frame(self) -> pd.DataFrame:
        """path, field, severity, code, text, hint: one row a fault."""
        rows = [(p.path, p.field_name(), p.severity, p.code, p.text(), p.hint()) for p in self.problems]
        return pd.DataFrame(rows, columns=["path", "field", "severity", "code", "text", "hint"])

    def insight(self) -> str:
        if not self.problems:
            return translate("카카오톡 기준을 모두 지켰어요.")
        return "\n".join(one.sentence() for one in self.problems)


class Messages:
    """Made by the workbench; ``at`` gives the marts of a moment, ``now`` the workbench's; ``resolve`` fills in saved
    segments, ``take`` loads rows of messages, ``take_members`` of members."""

    def __init__(
        self,
        engine: Engine,
        settings: Callable[[], ShopSettings],
        at: Callable[[datetime], MartTables],
        now: Callable[[], datetime],
        store_url: str | None = None,
        *,
        resolve: Callable[[Segment | Mapping[str, Any]], Segment] | None = None,
        take: Callable[[pd.DataFrame], Any] | None = None,
        take_members: Callable[[pd.DataFrame], Any] | None = None,
    ) -> None:
        self.engine = engine
        self._settings, self._at, self._now, self._store_url = settings, at, now, store_url
        self._resolve, self._take, self._take_members = resolve or _segment, take, take_members
        self._images_seen: dict[str, ImageFacts] = {}

    @cached_property
    def store(self) -> Store:
        """Where drafts, applications and the outbox are kept (``IFDO_STATE_URL``)."""
        return open_store(self._store_url)

    # --- composing ----------------------------------------------------------------------------

    def check(
        self,
        message: Message | Mapping[str, Any],
        *,
        targeting: str | None = None,
        images: Mapping[str, ImageFacts | None] | None = None,
        longest: Mapping[str, str] | None = None,
    ) -> Checked:
        """The faults of ``message`` against Kakao's limits; see ``messages.check.check``. ``images``: by default those
        that were uploaded are looked at."""
        asked = _message(message)
        images = self.images_of(asked) if images is None else images
        return Checked(asked, check(asked, targeting=targeting, images=images, longest=longest), self._now())

    def images_of(self, message: Message) -> dict[str, ImageFacts | None]:
        """Facts of the message's uploaded images by address; None for a file that is gone or broken."""
        # by a function: a message without images must not open the store
        return uploaded_facts(message, lambda address: self.store.messages.image(address), self._images_seen)

    def samples(self, message: Message | Mapping[str, Any], count: int = 5) -> list[tuple[str, Message]]:
        """(masked name, the message as this member would get it) of some members who can get one, and of one for whom
        most variables are empty, last."""
        asked = _message(message)
        m = tables.members.c
        query = select(m.member_id).where(m.phone.is_not(None)).order_by(m.marketing_consent.desc(), m.member_id)
        frame = self._people(query.limit(count).subquery("some"), asked)
        names = [str(name) for name in frame.columns]
        rows = [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
        out = [(_shown(row), rendered(asked, values_of(row, asked))) for row in rows]
        out.append(("", rendered(asked, dict.fromkeys(used_variables(asked), "") | dict(asked.fallbacks))))
        return out

    def render(
        self, message: Message | Mapping[str, Any], segment: Segment | Mapping[str, Any] | None = None, **how: Any
    ) -> Batch:
        """The message for everyone whom ``targeting`` (default I) reaches, filled in and measured."""
        asked = _message(message)
        targeting = how.pop("targeting", "I")
        people = self.people(segment, targeting, message=asked, masked=False, **how)
        return render(asked, people)

    def filled(self, message: Message, people: pd.DataFrame) -> Batch:
        """The message for these members (rows of ``people(masked=False)``)."""
        return render(message, people)

    # --- the channel --------------------------------------------------------------------------

    @property
    def channel(self) -> Channel:
        """The shop's channel, its 080 number and its application for M and N."""
        from ifdo_core.messages.channel import Channel

        return Channel(self.store.messages, self._known_of_channel)

    @property
    def consents(self) -> Consents:
        """Who agreed to what, withdrawals, whom to remind, proof."""
        from ifdo_core.messages.consents import Consents

        return Consents(self.store.consents, self.store.exports, self.engine, self._take_members)

    def _known_of_channel(self) -> Known:
        from ifdo_core.messages.prerequisites import Known

        s, m = tables.messages.c, tables.members.c
        sent = select(func.max(s.ts)).where(s.channel == "alimtalk", s.status.in_(["accepted", "delivered"]))
        friends = select(func.count()).select_from(tables.members).where(func.coalesce(m.channel_friend, False))
        return Known(alimtalk_at=self.engine.scalar(sent), friends=int(self.engine.scalar(friends) or 0))

    # --- sending ------------------------------------------------------------------------------

    def campaign(self, name: str) -> Campaign:
        """A sending by its name: prepare, send, stop, counts, rows."""
        from ifdo_core.messages.campaign import Campaign

        return Campaign(self, name)

    def sendings(self) -> dict[str, str]:
        """Every planned sending by its name, the newest first, with its state."""
        from ifdo_core.messages.campaign import state_of

        known = self.store.outbox.overview()
        return {
            one.campaign: state_of(one.state, *known.get(one.campaign, ("none", False)))
            for one in self.store.plans.list()
        }

    def plan(self, plan: Plan, who: str, now: datetime | None = None) -> Campaign:
        """Keeps a sending for its time. Raises NotAllowed or MessageError where it could not be sent, IfdoError where
        the name is taken."""
        moment = now or utc_now()
        self.ensure_sendable(plan, moment)
        self.store.plans.add(plan.name, plan.to_json(), plan.at, who, moment)
        return self.campaign(plan.name)

    def ensure_sendable(self, plan: Plan, now: datetime) -> None:
        """Raises NotAllowed or MessageError for the first thing that keeps the plan from being kept."""
        from ifdo_core.messages.plan import ensure_sendable

        images = {url: facts for one in plan.variants for url, facts in self.images_of(one.message).items()}
        ensure_sendable(plan, now, approved=self.channel.approved, images=images)

    def estimate(self, plan: Plan, now: datetime | None = None) -> Estimate:
        """What a plan would do: whom it reaches, cost, time, who is held out."""
        from ifdo_core.messages.dealer_choice import dealer_of
        from ifdo_core.messages.plan import DRY_RUN, TYPICAL_RATE, estimate

        dealer = dealer_of(plan.dealer)
        rate = TYPICAL_RATE if plan.dealer == DRY_RUN else dealer.per_second * dealer.batch
        return estimate(self, plan, rate, now or self._now())

    def base_rate(self, plan: Plan, now: datetime | None = None) -> float:
        """The share of the segment's members who ordered within the last ``window_h`` hours, as a guide to what the
        hold-out will do."""
        from ifdo_core.messages.outcome import buyers_query

        moment = now or self._now()
        audience, _ = self._audience(plan.segment, moment)
        row = self.engine.execute(
            buyers_query(audience.subquery("audience"), self._at(moment).person_orders, plan.window_h, moment)
        )[0]
        return int(row[1] or 0) / int(row[0]) if row[0] else 0.0

    def outcome(self, campaign: str, *, window_h: int | None = None, now: datetime | None = None) -> Outcome:
        """What a campaign brought within ``window_h`` hours (default: as planned, else 72), at ``now``. Raises
        MessageError where the data know none of its messages."""
        from ifdo_core.messages.outcome import outcome

        plan, moment = self.campaign(campaign).plan, now or self._now()
        hours = window_h or (plan.window_h if plan is not None else _WINDOW_H)
        found = outcome(self.engine, self._at(moment), campaign, hours, moment)
        if found is None:
            raise MessageError(
                "no_such_campaign", "‘{name}’ 캠페인의 발송 기록이 없어요.", "이름을 확인해 주세요.",
                name=campaign,
            )  # fmt: skip
        return found

    def campaigns(self, now: datetime | None = None) -> pd.DataFrame:
        """campaign, sent_at, members, held: what the shop's data know, the newest first."""
        from ifdo_core.messages.outcome import campaigns_query

        return self.engine.frame(campaigns_query(now or self._now()))

    @cached_property
    def runner(self) -> Runner:
        """Sends planned campaigns in threads of this process."""
        from ifdo_core.messages.runner import Runner

        return Runner(self, self._take)

    def take_report(self, timestamp: str, body: bytes, signature: str) -> int:
        """A dealer's webhook, believed only with the signature of ``IFDO_DEALER_SECRET``."""
        from ifdo_core.messages.results import take_report

        return take_report(
            self.store.outbox,
            os.environ.get("IFDO_DEALER_SECRET", ""),
            timestamp,
            body,
            signature,
            utc_now().replace(tzinfo=UTC).timestamp(),
        )

    # --- whom it reaches ----------------------------------------------------------------------

    def reach(
        self,
        segment: Segment | Mapping[str, Any] | None = None,
        targeting: str = "M",
        *,
        limits: Limits | None = None,
        message: Message | None = None,
        now: datetime | None = None,
    ) -> Reach:
        """How many members of ``segment`` (None: all) one targeting reaches, and why the others drop out."""
        if targeting not in TARGETINGS:
            raise MessageError(
                "unknown_targeting", "모르는 타깃팅이에요: {targeting}.", "M, N, I 가운데 골라 주세요.",
                targeting=targeting,
            )  # fmt: skip
        return self.reach_all(segment, limits=limits, message=message, now=now)[targeting]

    def reach_all(
        self,
        segment: Segment | Mapping[str, Any] | None = None,
        *,
        limits: Limits | None = None,
        message: Message | None = None,
        now: datetime | None = None,
    ) -> dict[str, Reach]:
        """The reach of M, N and I by one query."""
        moment = now or self._now()
        audience, window = self._audience(segment, moment)
        marked = marked_query(audience.subquery("audience"), moment, _limits(limits, message))
        masks = {int(mask): int(members) for mask, members in self.engine.execute(counted_query(marked))}
        return read_off(masks, window, moment)

    def people(
        self,
        segment: Segment | Mapping[str, Any] | None,
        targeting: str,
        reason: str | None = None,
        *,
        limits: Limits | None = None,
        message: Message | None = None,
        now: datetime | None = None,
        limit: int | None = None,
        masked: bool = True,
    ) -> pd.DataFrame:
        """The members behind a step of the waterfall (``reason``), or those who are reached (None).

        member_id, name, phone; names and numbers masked unless for sending, then with the columns of the variables.
        """
        moment = now or self._now()
        audience, _ = self._audience(segment, moment)
        marked = marked_query(audience.subquery("audience"), moment, _limits(limits, message))
        masks = [int(mask) for mask, _ in self.engine.execute(counted_query(marked))]
        inner = marked.subquery("marked")
        chosen = (
            select(inner.c.member_id, inner.c.name, inner.c.phone)
            .where(inner.c.mask.in_(masks_where(targeting, reason, masks) or [-1]))
            .order_by(inner.c.member_id)
        )
        if limit is not None:
            chosen = chosen.limit(limit)
        if not masked:
            return self._people(chosen.subquery("chosen"), message or Message())
        frame = self.engine.frame(chosen)
        frame["name"] = [masked_name(None if pd.isna(name) else name) for name in frame["name"]]
        frame["phone"] = [masked_phone(None if pd.isna(phone) else phone) for phone in frame["phone"]]
        return frame

    # --- inside -------------------------------------------------------------------------------

    def _audience(self, segment: Segment | Mapping[str, Any] | None, moment: datetime) -> tuple[Query, str]:
        """member_id of the segment's members, each once, and as of what: at now where the conditions allow it."""
        settings = self._settings()
        if segment is None:
            return select(tables.members.c.member_id), "now"
        where = self._resolve(segment).where
        members = Members(self._at(moment), settings, moment)
        try:
            matches = Compiler(members).node(where)
        except SegmentError:
            visits = Visits(self._at(moment), settings, moment, WEEK)
            matches = Compiler(visits).node(where)
            known = visits.visit.member_id.is_not(None)
            found = select(visits.visit.member_id.label("member_id")).select_from(visits.source)
            return found.where(*visits.where(), matches, known).distinct(), "7d"
        query = select(members.member_id.label("member_id")).select_from(members.source)
        return query.where(*members.where(), matches), "now"

    def _people(self, chosen: Any, message: Message) -> pd.DataFrame:
        """member_id, name, phone and the columns of the message's variables for the members of ``chosen``."""
        columns = {VARIABLES[name].column for name in used_variables(message)} | {"name", "phone"}
        people, m = self._at(self._now()).people, tables.members.c
        source = chosen.join(tables.members, m.member_id == chosen.c.member_id)
        # named by hand: ClickHouse calls a column that two joined tables have by its table too
        names = ("member_id", *sorted(columns - STATE_COLUMNS))
        wanted: list[Any] = [m[name].label(name) for name in names]
        if columns & STATE_COLUMNS:
            source = source.outerjoin(people, people.c.member_id == chosen.c.member_id)
            wanted += [people.c[name].label(name) for name in sorted(columns & STATE_COLUMNS)]
        return self.engine.frame(select(*wanted).select_from(source).order_by(m.member_id))


def _segment(given: Segment | Mapping[str, Any]) -> Segment:
    return given if isinstance(given, Segment) else Segment.from_dict(given)


def _shown(row: Mapping[str, Any]) -> str:
    """The masked name, or the member's id where there is none."""
    return masked_name(None if pd.isna(row["name"]) else row["name"]) or str(row["member_id"])


def _message(given: Message | Mapping[str, Any]) -> Message:
    return given if isinstance(given, Message) else Message.from_dict(given)


def _limits(limits: Limits | None, message: Message | None) -> Limits:
    given = limits or Limits()
    if message is None or given.needed:
        return given
    return replace(given, needed=needed_columns(message))
