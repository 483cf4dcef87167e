"""The visits, visitors and members behind a 모수: the same compiled condition as the count."""

from __future__ import annotations

from sqlalchemy import func, select

from ifdo_core import tables
from ifdo_core.engines.sql import Query
from ifdo_core.segments.compile import Compiler
from ifdo_core.segments.model import Node
from ifdo_core.segments.subjects import Members, Subject, Visits

#: Facts of a member that identify nobody; names and addresses stay out of lists.
_MEMBER_COLUMNS = ("grade", "gender", "region", "marketing_consent", "channel_friend", "joined_at")


def visits_query(visits: Visits, where: Node | None) -> Query:
    """The matching visits with every column of the mart, newest first."""
    matches = Compiler(visits).node(where)
    visit = visits.visit
    return (
        select(*(column.label(column.name) for column in visit))
        .select_from(visits.source)
        .where(*visits.where(), matches)
        .order_by(visit.started_at.desc(), visit.visit_id)
    )


def visitors_query(visits: Visits, where: Node | None) -> Query:
    """Distinct visitors of the matching visits: visitor_id, member_id, visits, last_visit_at."""
    matches = Compiler(visits).node(where)
    visit = visits.visit
    return (
        select(
            visit.visitor_id.label("visitor_id"),
            func.max(visit.member_id).label("member_id"),  # one member a visitor
            func.count().label("visits"),
            func.max(visit.started_at).label("last_visit_at"),
        )
        .select_from(visits.source)
        .where(*visits.where(), matches)
        .group_by(visit.visitor_id)
        .order_by(func.max(visit.started_at).desc(), visit.visitor_id)
    )


def members_of_visits_query(visits: Visits, where: Node | None) -> Query:
    """Distinct members of the matching visits: member_id, visits, last_visit_at, state at now, standing."""
    matches = Compiler(visits).node(where)
    visit = visits.visit
    found = (
        select(
            visit.member_id.label("member_id"),
            func.count().label("visits"),
            func.max(visit.started_at).label("last_visit_at"),
        )
        .select_from(visits.source)
        .where(*visits.where(), matches, visit.member_id.is_not(None))
        .group_by(visit.member_id)
        .subquery("found")
    )
    people, member = visits.marts.people.c, tables.members.c
    return (
        select(
            *(column.label(column.name) for column in found.c),
            people.order_count,
            people.total_amount,
            *(member[name] for name in _MEMBER_COLUMNS),
        )
        .select_from(
            found.outerjoin(visits.marts.people, people.member_id == found.c.member_id)
            .outerjoin(tables.members, member.member_id == found.c.member_id)
        )
        .order_by(found.c.last_visit_at.desc(), found.c.member_id)
    )  # fmt: skip


def members_now_query(members: Members, where: Node | None) -> Query:
    """Every member that matches at now: member_id, visits, last_visit_at, state at now, standing."""
    matches = Compiler(members).node(where)
    people, member = members.row.c, members.member.c
    return (
        select(
            members.member_id.label("member_id"),
            people.visit_count.label("visits"),
            people.last_visit_at,
            people.order_count,
            people.total_amount,
            *(member[name] for name in _MEMBER_COLUMNS),
        )
        .select_from(members.source)
        .where(*members.where(), matches)
        .order_by(members.member_id)
    )


def persons_query(subject: Subject, where: Node | None) -> Query:
    """Distinct persons of the matching visits or members, one column: to narrow a report down to them."""
    matches = Compiler(subject).node(where)
    return (
        select(subject.person.label("person")).select_from(subject.source).where(*subject.where(), matches).distinct()
    )


def member_count_query(subject: Subject, where: Node | None) -> Query:
    """One number: the distinct members among them."""
    matches = Compiler(subject).node(where)
    count = func.count(subject.member_id.distinct())
    return select(count).select_from(subject.source).where(*subject.where(), matches)
