"""What a visit knows of the person's earlier visits, as of its end (semantics.md, 'Visits' and 'Whose history')."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Table,
    case,
    cast,
    func,
    null,
    select,
    true,
    union_all,
)

from ifdo_core import tables
from ifdo_core.engines.sql import Query, any_bit, bitmask, bits_set, instant, micros
from ifdo_core.lookups import wording
from ifdo_core.marts.cut import Cut

#: What of a visit later ones look back on.
LOOKED_AT = (
    "visit_id", "person", "started_at", "ended_at", "channel", "source", "campaign", "landing_path", "pages",
    "duration_s",
)  # fmt: skip


def every_visit_query(kept: FromClause, visits: Table) -> Query:
    """The visits that are ``kept`` and those of ``visits`` that are cut anew: the columns ``LOOKED_AT``."""
    before, anew = (select(*(some.c[name] for name in LOOKED_AT)) for some in (kept, visits))
    # the others of ``visits`` only look back on something else: they are kept as well
    return select(union_all(before, anew.where(visits.c.origin.is_not(None))).subquery("every"))


def ranked_query(visits: FromClause) -> Query:
    """One row a visit of a person with several: its number among the person's visits by (started_at, visit_id), and
    what runs along them in that order. Most persons come once, and nothing of theirs needs to be sorted:
    ``columns_so_far``. ``overlaps`` (1 or 0): an earlier one had not ended.
    """
    again = select(visits.c.person).group_by(visits.c.person).having(func.count() > 1)
    v = select(visits).where(visits.c.person.in_(again)).subquery("several").c
    in_order: dict[str, Any] = {"partition_by": v.person, "order_by": (v.started_at, v.visit_id)}
    so_far: dict[str, Any] = in_order | {"rows": (None, 0)}
    # each channel is one bit: what differs is told by one pass, not by sorting once more
    channel = bitmask([v.channel == name for name in wording("channel")])
    r = select(
        *(v[name] for name in LOOKED_AT if name != "duration_s"),
        cast(func.row_number().over(**in_order), Integer).label("visit_number"),
        func.lag(v.started_at, type_=DateTime).over(**in_order).label("previous"),
        func.sum(v.duration_s).over(**so_far).label("lifetime_duration_s"),
        cast(func.sum(v.pages).over(**so_far), BigInteger).label("pages_so_far"),
        func.max(micros(v.ended_at)).over(**in_order, rows=(None, -1)).label("latest_end"),
        bits_set(any_bit(channel).over(**so_far)).label("distinct_channels"),
        cast(func.sum(case((v.channel != "direct", 1), else_=0)).over(**so_far), Integer).label("non_direct"),
    ).subquery("rows").c  # fmt: skip
    is_later = r.visit_number > 1  # what lag() and an empty frame give for the first row differs between engines
    overlaps = case((is_later, case((micros(r.started_at) <= r.latest_end, 1), else_=0)), else_=0)
    return select(
        *(column for column in r if column.name not in ("previous", "latest_end")),
        case((is_later, r.previous)).label("previous_visit_at"),
        overlaps.label("overlaps"),
    )


def some_overlap_query(ranked: Table) -> Query:
    """How many visits overlap with an earlier one of the person: few, or none at all."""
    return select(func.count()).where(ranked.c.overlaps == 1)


def overlapping_query(ranked: Table, visits: Table) -> Query:
    """The visits among ``visits`` that overlap with others of the person: no running sum tells the pages up to their
    ends. ``apart_since``: when the first of those that hang together started; ``pages_apart``: page views before it.
    """
    r = ranked.c
    somewhere = select(r.person).where(r.overlaps == 1)
    so_far: dict[str, Any] = {"partition_by": r.person, "order_by": r.visit_number, "rows": (None, 0)}
    before = r.pages_so_far - r.pages
    groups = (
        select(
            r.visit_id, r.person, r.ended_at, r.overlaps,
            func.max(case((r.overlaps == 0, r.started_at)), type_=DateTime).over(**so_far).label("apart_since"),
            cast(func.max(case((r.overlaps == 0, before))).over(**so_far), BigInteger).label("pages_apart"),
        )
        .where(r.person.in_(somewhere))
        .subquery("groups")
    )  # fmt: skip
    g, other = groups.c, groups.alias("other").c
    mixed = select(other.person, other.apart_since).where(other.overlaps == 1).distinct().subquery("mixed")
    together = (mixed.c.person == g.person) & (mixed.c.apart_since == g.apart_since)
    return (
        select(g.visit_id, g.person, g.ended_at, g.apart_since, g.pages_apart)
        .join(mixed, together)
        .where(g.visit_id.in_(select(visits.c.visit_id)))
    )


def overlapping_pages_query(overlapping: Table, identity: Table, since: datetime, cut: Cut) -> Query:
    """Page views up to the end of each visit of ``overlapping``; ``since``: the earliest ``apart_since`` of them."""
    events, o = tables.events, overlapping.c
    viewed = (
        select(identity.c.person, events.c.ts)
        .select_from(events.join(identity, identity.c.visitor_id == events.c.visitor_id))
        .where(
            events.c.name == "page_view",
            events.c.ts >= instant(since),
            cut.events(),
            identity.c.person.in_(select(o.person)),
        )
        .subquery("viewed")
    )
    within = (viewed.c.ts >= o.apart_since) & (viewed.c.ts <= o.ended_at)
    seen = o.pages_apart + func.coalesce(func.sum(case((within, 1), else_=0)), 0)
    return (
        select(o.visit_id, cast(seen, Integer).label("pages"))
        .select_from(overlapping.outerjoin(viewed, viewed.c.person == o.person))
        .group_by(o.visit_id, o.pages_apart)
    )


def history_query(ranked: Table, overlapping_pages: Table | None, of: Table | None) -> Query:
    """One row a visit of ``ranked``, of those in ``of`` only where it is given: the columns of ``visits`` that tell the
    person's visits so far. ``overlapping_pages``: None where no visits overlap."""
    r, first, touched = ranked.c, ranked.alias("first_visit"), ranked.alias("non_direct")
    last_non_direct = (touched.c.channel != "direct") & (touched.c.non_direct == r.non_direct)
    known = ranked.join(first, (first.c.person == r.person) & (first.c.visit_number == 1)).outerjoin(
        touched, (touched.c.person == r.person) & last_non_direct
    )
    pages = r.pages_so_far
    if overlapping_pages is not None:
        known = known.outerjoin(overlapping_pages, overlapping_pages.c.visit_id == r.visit_id)
        pages = func.coalesce(overlapping_pages.c.pages, pages)
    return (
        select(
            r.visit_id,
            r.visit_number,
            first.c.started_at.label("first_visit_at"),
            r.previous_visit_at,
            cast(pages, Integer).label("lifetime_pages"),
            r.lifetime_duration_s,
            r.distinct_channels,
            first.c.channel.label("first_channel"),
            first.c.source.label("first_source"),
            first.c.campaign.label("first_campaign"),
            first.c.landing_path.label("first_landing_path"),
            touched.c.source.label("last_non_direct_source"),
        )
        .select_from(known)
        .where(true() if of is None else r.visit_id.in_(select(of.c.visit_id)))
    )


def columns_so_far(visit: Any, history: FromClause) -> dict[str, ColumnElement[Any]]:
    """The columns of ``history``, outer joined to the columns ``visit``; where it has no row, the visit is the person's
    only one."""
    only: dict[str, Any] = {
        "visit_number": 1,
        "first_visit_at": visit.started_at,
        "previous_visit_at": null(),
        "lifetime_pages": visit.pages,
        "lifetime_duration_s": visit.duration_s,
        "distinct_channels": 1,
        "first_channel": visit.channel,
        "first_source": visit.source,
        "first_campaign": visit.campaign,
        "first_landing_path": visit.landing_path,
        "last_non_direct_source": case((visit.channel != "direct", visit.source)),
    }
    return {name: case((history.c.visit_id.is_(None), own), else_=history.c[name]) for name, own in only.items()}
