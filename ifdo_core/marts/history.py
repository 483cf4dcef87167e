"""What a visit knows of the person's earlier visits, as of its end (semantics.md, 'Visits' and 'Whose history')."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Table, case, cast, func, select

from ifdo_core import tables
from ifdo_core.engines.sql import Query, micros
from ifdo_core.marts.cut import Cut


def ranked_query(visits: Table) -> Query:
    """One row a visit: its number among the person's visits by (started_at, visit_id), and running sums by it."""
    v = visits.c
    when = (v.started_at, v.visit_id)
    so_far: dict[str, Any] = {"partition_by": v.person, "order_by": when, "rows": (None, 0)}
    rows = select(
        v.visit_id, v.person, v.started_at, v.ended_at, v.channel, v.source, v.campaign, v.landing_path,
        func.row_number().over(partition_by=v.person, order_by=when).label("n"),
        func.lag(v.started_at, type_=DateTime).over(partition_by=v.person, order_by=when).label("previous"),
        func.sum(v.duration_s).over(**so_far).label("lifetime_duration_s"),
        cast(func.sum(v.pages).over(**so_far), BigInteger).label("pages_so_far"),
        func.max(micros(v.ended_at)).over(partition_by=v.person, order_by=when, rows=(None, -1)).label("latest_end"),
        func.row_number().over(partition_by=(v.person, v.channel), order_by=when).label("n_of_channel"),
    ).subquery("rows")  # fmt: skip
    r = rows.c
    so_far: dict[str, Any] = {"partition_by": r.person, "order_by": r.n, "rows": (None, 0)}
    return select(
        r.visit_id, r.person, r.started_at, r.ended_at, r.channel, r.source, r.campaign, r.landing_path,
        cast(r.n, Integer).label("visit_number"),
        case((r.n > 1, r.previous)).label("previous_visit_at"),
        r.lifetime_duration_s,
        r.pages_so_far,
        case((r.n > 1, case((micros(r.started_at) <= r.latest_end, 1), else_=0)), else_=0).label("overlaps"),
        cast(func.sum(case((r.n_of_channel == 1, 1), else_=0)).over(**so_far), Integer).label("distinct_channels"),
        cast(func.max(case((r.channel != "direct", r.n))).over(**so_far), Integer).label("last_non_direct"),
    )  # fmt: skip


def overlapping_pages_query(ranked: Table, identity: Table, cut: Cut) -> Query:
    """Page views up to each visit's end, for persons whose visits overlap: there no running sum is right."""
    events = tables.events
    mixed = select(ranked.c.person).where(ranked.c.overlaps == 1).distinct()
    viewed = (
        select(identity.c.person, events.c.ts)
        .select_from(events.join(identity, identity.c.visitor_id == events.c.visitor_id))
        .where(events.c.name == "page_view", cut.events(), identity.c.person.in_(mixed))
        .subquery("viewed")
    )
    r = ranked.c
    seen = cast(func.sum(case((viewed.c.ts <= r.ended_at, 1), else_=0)), Integer)
    return (
        select(r.visit_id, seen.label("pages"))
        .select_from(ranked.join(viewed, viewed.c.person == r.person))
        .where(r.person.in_(mixed))
        .group_by(r.visit_id)
    )


def history_query(ranked: Table, overlapping: Table) -> Query:
    """One row a visit: the columns of ``visits`` that tell the person's visits so far."""
    r, first, touched = ranked.c, ranked.alias("first_visit"), ranked.alias("non_direct")
    return select(
        r.visit_id,
        r.visit_number,
        first.c.started_at.label("first_visit_at"),
        r.previous_visit_at,
        cast(func.coalesce(overlapping.c.pages, r.pages_so_far), Integer).label("lifetime_pages"),
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
        .outerjoin(overlapping, overlapping.c.visit_id == r.visit_id)
    )
