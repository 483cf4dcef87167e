"""Everyone with a visit, an order or a member row, in their state at now."""

from __future__ import annotations

from sqlalchemy import DateTime, FromClause, Integer, Table, cast, func, null, select, true, union_all

from ifdo_core import tables
from ifdo_core.engines.sql import Query
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.identity import member_of_person, member_person, members_among
from ifdo_core.marts.purchases import counts, order_facts


def people_query(visits: FromClause, person_orders: Table, cut: Cut) -> Query:
    """One row a person. ``visits`` and ``person_orders``: all of the cut's persons, and of nobody else."""
    v, o, m = visits.c, person_orders.c, tables.members.c
    of_them = true()
    if cut.persons is not None:
        of_them = m.member_id.in_(members_among(cut.persons))
    never = cast(null(), DateTime).label("started_at")
    seen = union_all(
        select(v.person, v.started_at),
        select(o.person, never),
        select(member_person(m.member_id), never).where(of_them),
    ).subquery("seen").c  # fmt: skip
    everyone = (
        select(
            seen.person,
            cast(func.count(seen.started_at), Integer).label("visit_count"),
            func.min(seen.started_at).label("first_visit_at"),
            func.max(seen.started_at).label("last_visit_at"),
        )
        .group_by(seen.person)
        .subquery("everyone")
    )
    bought = (
        select(o.person, *order_facts(o, None, cut)).where(counts(o, None, cut)).group_by(o.person).subquery("bought")
    )
    return select(
        everyone.c.person,
        member_of_person(everyone.c.person).label("member_id"),
        everyone.c.visit_count,
        everyone.c.first_visit_at,
        everyone.c.last_visit_at,
        func.coalesce(bought.c.order_count, 0).label("order_count"),
        func.coalesce(bought.c.total_amount, 0).label("total_amount"),
        bought.c.max_order_amount,
        bought.c.last_order_amount,
        bought.c.first_order_at,
        bought.c.last_order_at,
    ).select_from(everyone.outerjoin(bought, bought.c.person == everyone.c.person))
