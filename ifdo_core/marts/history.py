"""What a visit knows of the person's earlier visits, as of its end (semantics.md, 'Visits' and 'Whose history')."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Integer, Table, case, cast, func, null, select, union_all

from ifdo_core import tables
from ifdo_core.engines.sql import Query, instant, micros
from ifdo_core.marts.cut import Cut

#: What of a visit later ones look back on.
LOOKED_AT = (
    "visit_id", "person", "started_at", "ended_at", "channel", "source", "campaign", "landing_path", "pages",
    "duration_s",
)  # fmt: skip


def every_visit_query(fresh: Table, kept: Table) -> Query:
    """``fresh`` visits and those of ``kept`` that are not among them: the columns ``LOOKED_AT``."""
    others = select(*(fresh.c[name] for name in LOOKED_AT)).where(fresh.c.visit_id.not_in(select(kept.c.visit_id)))
    return select(union_all(select(kept), others).subquery("every"))


def ranked_query(visits: Table) -> Query:
    """One row a visit of a person with several: its number among the person's visits by (started_at, visit_id), and
    running sums by it. Most persons come once, and nothing of theirs needs to be sorted: ``columns_so_far``.
    """
    again = select(visits.c.person).group_by(visits.c.person).having(func.count() > 1)
    v = select(visits).where(visits.c.person.in_(again)).subquery("several").c
    when = (v.started_at, v.visit_id)
    so_far: dict[str, Any] = {"partition_by": v.person, "order_by": when, "rows": (None, 0)}
    rows = select(
        v.visit_id, v.person, v.started_at, v.ended_at, v.channel, v.source, v.campaign, v.landing_path,
        func.row_number().over(partition_by=v.person, order_by=when).label("n"),
        func.lag(v.started_at, type_=DateTime).over(partition_by=v.person, order_by=when).label("previous"),
        func.sum(v.duration_s).over(**so_far).label("lifetime_duration_s"),
        cast(func.sum(v.pages).over(**so_far), BigInteger).label("pages_so_far"),
        v.pages,
        func.max(micros(v.ended_at)).over(partition_by=v.person, order_by=when, rows=(None, -1)).label("latest_end"),
        func.row_number().over(partition_by=(v.person, v.channel), order_by=when).label("n_of_channel"),
    ).subquery("rows")  # fmt: skip
    overlaps = case((rows.c.n > 1, case((micros(rows.c.started_at) <= rows.c.latest_end, 1), else_=0)), else_=0)
    r = (
        select(*(column for column in rows.c if column.name != "latest_end"), overlaps.label("overlaps"))
        .subquery("r")
        .c
    )
    so_far: dict[str, Any] = {"partition_by": r.person, "order_by": r.n, "rows": (None, 0)}
    before = r.pages_so_far - r.pages
    return select(
        r.visit_id, r.person, r.started_at, r.ended_at, r.channel, r.source, r.campaign, r.landing_path,
        cast(r.n, Integer).label("visit_number"),
        case((r.n > 1, r.previous)).label("previous_visit_at"),
        r.lifetime_duration_s,
        r.pages_so_far,
        r.overlaps,
        func.max(case((r.overlaps == 0, r.started_at)), type_=DateTime).over(**so_far).label("apart_since"),
        cast(func.max(case((r.overlaps == 0, before))).over(**so_far), BigInteger).label("pages_apart"),
        cast(func.sum(case((r.n_of_channel == 1, 1), else_=0)).over(**so_far), Integer).label("distinct_channels"),
        cast(func.max(case((r.channel != "direct", r.n))).over(**so_far), Integer).label("last_non_direct"),
    )  # fmt: skip


def overlapping_query(ranked: Table, visits: Table) -> Query:
    """The visits among ``visits`` that overlap with others of the person: no running sum tells the pages up to their
    ends. ``apart_since``: when the first of those that hang together started; ``pages_apart``: page views before it.
    """
    r, other = ranked.c, ranked.alias("other").c
    mixed = select(other.person, other.apart_since).where(other.overlaps == 1).distinct().subquery("mixed")
    together = (mixed.c.person == r.person) & (mixed.c.apart_since == r.apart_since)
    return (
        select(r.visit_id, r.person, r.ended_at, r.apart_since, r.pages_apart)
        .join(mixed, together)
        .where(r.visit_id.in_(select(visits.c.visit_id)))
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


def history_query(ranked: Table, overlapping_pages: Table) -> Query:
    """One row a visit of ``ranked``: the columns of ``visits`` that tell the person's visits so far."""
    r, first, touched = ranked.c, ranked.alias("first_visit"), ranked.alias("non_direct")
    return select(
        r.visit_id,
        r.visit_number,
        first.c.started_at.label("first_visit_at"),
        r.previous_visit_at,
        cast(func.coalesce(overlapping_pages.c.pages, r.pages_so_far), Integer).label("lifetime_pages"),
        r.lifetime_duration_s,
        r.distinct_channels,
        first.c.channel.label("first_channel"),
        first.c.source.label("first_source"),
        first.c.campaign.label("first_campaign"),
        first.c.landing_path.label("first_landing_path"),
        touched.c.source.label("last_non_direct_source"),
    ).select_from(
        ranked.join(first, (first.c.person == r.person) & (first.c.visit_number == 1))
        .outerjoin(touched, (touched.c.person == r.person) & (touched.c.visit_number == r.last_non_direct))
        .outerjoin(overlapping_pages, overlapping_pages.c.visit_id == r.visit_id)
    )


def columns_so_far(visit: Any, history: Table) -> dict[str, ColumnElement[Any]]:
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
