"""Everyone with a visit, an order or a member row, in their state at now."""

from __future__ import annotations

from sqlalchemy import FromClause, Integer, Table, cast, func, select, true, union

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
    everyone = union(
        select(v.person),
        select(o.person),
        select(member_person(m.member_id).label("person")).where(of_them),
    ).subquery("everyone")
    came = (
        select(
            v.person,
            cast(func.count(), Integer).label("visit_count"),
            func.min(v.started_at).label("first_visit_at"),
            func.max(v.started_at).label("last_visit_at"),
        )
        .group_by(v.person)
        .subquery("came")
    )
    bought = (
        select(o.person, *order_facts(o, None, cut)).where(counts(o, None, cut)).group_by(o.person).subquery("bought")
    )
    return select(
        everyone.c.person,
        member_of_person(everyone.c.person).label("member_id"),
        func.coalesce(came.c.visit_count, 0).label("visit_count"),
        came.c.first_visit_at,
        came.c.last_visit_at,
        func.coalesce(bought.c.order_count, 0).label("order_count"),
        func.coalesce(bought.c.total_amount, 0).label("total_amount"),
        bought.c.max_order_amount,
        bought.c.last_order_amount,
        bought.c.first_order_at,
        bought.c.last_order_at,
    ).select_from(
        everyone.outerjoin(came, came.c.person == everyone.c.person)
        .outerjoin(bought, bought.c.person == everyone.c.person)
    )  # fmt: skip
