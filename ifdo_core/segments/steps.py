"""'A, then B' and 'A, but not B' as SQL: events in their order, each with the place of the next step.

One pass over the persons' events numbers them and finds for every event where the next one of each step stands; the
steps are then joined by these numbers. Nothing of it depends on the subject, which only says what lies in its period.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, literal, or_, select

from ifdo_core import tables
from ifdo_core.catalogue.spec import Followed, Param
from ifdo_core.engines.sql import Query, instant, micros
from ifdo_core.marts.carts import cart_rows_query
from ifdo_core.segments.aggregates import DAY_US
from ifdo_core.segments.filters import Params
from ifdo_core.segments.sources import reaching_back
from ifdo_core.segments.subjects import Subject

HOUR_US = 3_600_000_000


def step_names(spec: Followed, params: Params) -> list[tuple[str, ...]]:
    """The names of each step."""
    if isinstance(spec.steps, Param):
        return [(name.strip(),) for name in str(params[spec.steps.name]).split(">")]
    return [(str(params[step.name]),) if isinstance(step, Param) else step for step in spec.steps]


def followed_query(subject: Subject, spec: Followed, params: Params) -> Query:
    """Columns key and value: one row for each subject that has such events."""
    asked = subject.again()
    steps = step_names(spec, params)
    hours_us = round(float(params[spec.hours.name]) * HOUR_US)
    days = int(params[spec.days.name])
    since = reaching_back(asked, days)
    at = _places_query(asked, steps, spec, since).subquery("places")
    chain = [at.alias(f"step_{number}") for number in range(len(steps))]
    joined: Any = chain[0]
    for number, (before, then) in enumerate(pairwise(chain), 1):
        # a step that is not reached is an unknown number and joins nothing
        on = and_(then.c.person == before.c.person, then.c.n == before.c[f"next_{number}"])
        joined = joined.outerjoin(then, on)
    first, last_us = chain[0].c, chain[-1].c.at_us
    found = select(
        first.person, first.event_id, first.at_us, last_us.label("last_us")
    ).select_from(joined).where(first.is_first == 1).subquery("found")  # fmt: skip
    f = found.c
    end = micros(asked.as_of)
    in_time = and_(f.last_us.is_not(None), f.last_us <= f.at_us + hours_us)
    if spec.never:
        wanted = [f.at_us + hours_us <= end, or_(f.last_us.is_(None), f.last_us > f.at_us + hours_us)]
    else:
        wanted = [in_time, f.last_us <= end]
    source = asked.row.join(found, f.person == asked.person)
    value: ColumnElement[Any] = func.count()
    if spec.cart:
        carts = cart_rows_query(subject.marts.cart_events, subject.marts.identity).subquery("carts")
        source = source.join(carts, carts.c.event_id == f.event_id)
        value = cast(func.sum(carts.c.amount), BigInteger)
    return (
        select(asked.key.label("key"), value.label("value"))
        .select_from(source)
        .where(*asked.where(), f.at_us <= end, f.at_us > end - days * DAY_US, *wanted)
        .group_by(asked.key)
    )


def _places_query(subject: Subject, steps: list[tuple[str, ...]], spec: Followed, since: Any) -> Query:
    """person, event_id, at_us, n, is_first, next_1 …: each event of a step and where the next of each step stands."""
    events, identity = tables.events.alias("step_event"), subject.marts.identity.alias("step_identity")
    e = events.c
    names = tuple(dict.fromkeys(name for step in steps for name in step))
    upto = [e.ts <= instant(subject.now), *([] if since is None else [e.ts >= instant(since)])]
    moments = (
        select(identity.c.person, e.event_id, micros(e.ts).label("at_us"), e.name, literal(0).label("rank"))
        .select_from(events.join(identity, identity.c.visitor_id == e.visitor_id))
        .where(e.name.in_(names), *upto)
    )
    laid: Any = moments
    if spec.paid:
        orders = subject.marts.person_orders.alias("step_order").c
        laid = moments.union_all(
            select(orders.person, orders.order_id, micros(orders.ts), literal("purchase"), literal(1)).where(
                orders.ts <= instant(subject.now)
            )
        )
    m = laid.subquery("moments").c
    order: Any = (m.at_us, m.rank, m.event_id)
    numbered = select(m.person, m.event_id, m.at_us, m.name, m.rank,
        func.row_number().over(partition_by=m.person, order_by=order).label("n"),
    ).subquery("numbered")  # fmt: skip
    r = numbered.c
    following: dict[str, Any] = {"partition_by": r.person, "order_by": r.n, "rows": (1, None)}
    return select(
        r.person,
        r.event_id,
        r.at_us,
        r.n,
        case((and_(r.name.in_(steps[0]), r.rank == 0), 1), else_=0).label("is_first"),
        *(
            func.min(case((r.name.in_(step), r.n))).over(**following).label(f"next_{number}")
            for number, step in enumerate(steps[1:], 1)
        ),
    )
