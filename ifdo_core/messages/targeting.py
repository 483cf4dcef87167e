"""Whom M, N and I reach in a segment, and why the others drop out (product.md, 'Brand message targeting').

One pass over the members answers for all three: every reason becomes a bit, members are grouped by their bits, and
the three waterfalls are read off the groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal, not_, or_, select

from ifdo_core import tables
from ifdo_core.engines.sql import Query, bitmask, instant
from ifdo_core.messages.assignment import held_out

TARGETINGS = ("M", "N", "I")
#: Reasons to be left out, each a bit.
BITS = ("no_phone", "withdrawn", "no_consent", "friend", "not_friend", "blocked", "capped", "no_value", "holdout")
#: Targeting → the reasons that count, in the order of the waterfall.
STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "M": ("no_phone", "withdrawn", "no_consent", "blocked", "capped", "no_value", "holdout"),
        "N": ("no_phone", "withdrawn", "no_consent", "friend", "blocked", "capped", "no_value", "holdout"),
        "I": ("no_phone", "withdrawn", "not_friend", "blocked", "capped", "no_value", "holdout"),
    }
)
#: Columns of members in which an empty text is no value.
_TEXTS = frozenset(["name", "grade", "region"])
#: What dealers say when the channel is blocked by the member (Kakao 3020).
BLOCKED = ("blocked", "3020")
_BLOCK_DAYS = 365


@dataclass(frozen=True)
class Limits:
    """What leaves members out beside their own standing.

    ``cap``: at most so many brand messages in ``cap_days``; None for no cap. ``campaign`` with ``holdout`` (share of
    its members that get nothing). ``needed``: columns of members without which the message cannot be written.
    """

    cap: int | None = None
    cap_days: int = 7
    campaign: str = ""
    holdout: float = 0.0
    needed: tuple[str, ...] = ()


def _known_true(column: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.coalesce(column, False)


def _sent_query(now: datetime, days: int) -> Query:
    """member_id, sent: brand messages of the last ``days`` that went out."""
    m = tables.messages.c
    return (
        select(m.member_id, func.count().label("sent"))
        .where(
            m.channel == "brand_message",
            m.status.in_(["accepted", "delivered"]),
            m.member_id.is_not(None),
            m.ts > instant(now - timedelta(days=days)),
            m.ts <= instant(now),
        )
        .group_by(m.member_id)
    )


def _blocked_query(now: datetime) -> Query:
    """member_id of those whose last word was that they blocked the channel."""
    m = tables.messages.c
    of_channel = and_(
        m.channel == "brand_message", m.ts > instant(now - timedelta(days=_BLOCK_DAYS)), m.ts <= instant(now)
    )
    is_block = and_(m.status == "failed", m.failure.in_(BLOCKED))
    last_block = func.max(case((is_block, m.ts)))
    last_arrival = func.max(case((m.status == "delivered", m.ts)))
    found = (
        select(m.member_id, last_block.label("block_at"), last_arrival.label("arrival_at"))
        .where(of_channel, m.member_id.is_not(None))
        .group_by(m.member_id)
        .subquery("told")
    )
    return select(found.c.member_id).where(
        found.c.block_at.is_not(None), or_(found.c.arrival_at.is_(None), found.c.arrival_at < found.c.block_at)
    )


def marked_query(audience: Subquery, now: datetime, limits: Limits) -> Query:
    """member_id, name, phone, mask: one row a member of ``audience`` (column member_id)."""
    row = tables.members.alias("member")
    m = row.c
    sent, blocked = _sent_query(now, limits.cap_days).subquery("sent"), _blocked_query(now).subquery("blocked")
    source = audience.outerjoin(row, m.member_id == audience.c.member_id).outerjoin(
        blocked, blocked.c.member_id == audience.c.member_id
    )
    capped: ColumnElement[bool] = literal(False)
    if limits.cap is not None:
        source = source.outerjoin(sent, sent.c.member_id == audience.c.member_id)
        capped = func.coalesce(sent.c.sent, 0) >= limits.cap
    missing = [or_(m[name].is_(None), m[name] == "") if name in _TEXTS else m[name].is_(None) for name in limits.needed]
    friend = _known_true(m.channel_friend)
    flags = {
        "no_phone": or_(m.phone.is_(None), m.phone == ""),
        "withdrawn": _known_true(m.opted_out),
        "no_consent": not_(_known_true(m.marketing_consent)),
        "friend": friend,
        "not_friend": not_(friend),
        "blocked": blocked.c.member_id.is_not(None),
        "capped": capped,
        "no_value": or_(*missing) if missing else literal(False),
        "holdout": held_out(limits.campaign, audience.c.member_id, limits.holdout)
        if limits.holdout
        else literal(False),
    }
    mask = bitmask([flags[name] for name in BITS]).label("mask")
    return select(audience.c.member_id.label("member_id"), m.name, m.phone, mask).select_from(source)


def counted_query(marked: Query) -> Query:
    """mask, members: how many members have the same reasons."""
    inner = marked.with_only_columns(marked.selected_columns["mask"].label("mask")).subquery("marked")
    return select(inner.c.mask, func.count().label("members")).group_by(inner.c.mask)


def falls_at(mask: int, targeting: str) -> str | None:
    """The first reason that leaves a member out; None for one who is reached."""
    return next((name for name in STEPS[targeting] if mask >> BITS.index(name) & 1), None)


def masks_where(targeting: str, reason: str | None, masks: list[int]) -> list[int]:
    """Those of ``masks`` that fall at ``reason`` (None: are reached)."""
    return [mask for mask in masks if falls_at(mask, targeting) == reason]
