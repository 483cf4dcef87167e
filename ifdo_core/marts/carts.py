"""Cart totals as they were read, and the cart at each visit's end (semantics.md, '모수' and 'Recent cart amount')."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, String, Table, and_, case, cast, func, literal, null, or_, select, true

from ifdo_core import tables
from ifdo_core.engines.sql import Query, instant, micros
from ifdo_core.marts.cut import Cut, Tail
from ifdo_core.marts.sessions import events_to_cut

_DAY = 24 * 3600 * 1_000_000


def cart_events_query(cut: Cut) -> Query:
    """The events that change a cart or show its total, of the columns of ``cart_events``; of a partial build only those
    of the tail."""
    e = events_to_cut(cut).c
    return select(*(e[column.name] for column in tables.cart_events.c)).where(
        or_(e.name.in_(("add_to_cart", "remove_from_cart", "purchase")), e.cart_value.is_not(None))
    )


def replaced_cart_events_query(tail: Tail) -> Query:
    """event_id of the rows in the mart that a partial build puts anew or takes away."""
    mart, starts = tables.cart_events.c, tail.starts.c
    of_tail = (starts.id == mart.visitor_id) & (micros(mart.ts) >= starts.since_us)
    return select(mart.event_id).join(tail.starts, of_tail).where(mart.ts >= instant(tail.since))


def cart_rows_query(cart_events: Table, identity: Table, visits: Table | None = None) -> Query:
    """One row a cart event of a person: the total it shows, since when the cart is filled.

    An event that carries ``cart_value`` shows it; otherwise the total is what was added less what was removed
    since the last purchase. A purchase empties the cart and is no reading. ``visits``: of their persons only.
    """
    e = cart_events.c
    bought = e.name == "purchase"
    worth = func.coalesce(e.value, 0)
    rows = (
        select(
            identity.c.person,
            e.ts,
            e.event_id,
            case((bought, 1), else_=0).label("is_purchase"),
            case((e.name == "add_to_cart", e.ts)).label("added_at"),
            case((e.name == "add_to_cart", worth), (e.name == "remove_from_cart", -worth), else_=0).label("change"),
            e.cart_value.label("own"),
        )
        .select_from(cart_events.join(identity, identity.c.visitor_id == e.visitor_id))
        .where(true() if visits is None else identity.c.person.in_(select(visits.c.person)))
        .subquery("rows")
    )
    r = rows.c
    when = (r.ts, r.event_id)
    of_person: dict[str, Any] = {"partition_by": r.person, "order_by": when}
    eras = select(
        rows,
        cast(func.sum(r.is_purchase).over(**of_person, rows=(None, 0)), BigInteger).label("era"),
        func.row_number().over(**of_person).label("n"),
    ).subquery("eras")
    s = eras.c
    so_far: dict[str, Any] = {"partition_by": (s.person, s.era), "order_by": s.n, "rows": (None, 0)}
    total = func.coalesce(s.own, func.sum(s.change).over(**so_far))
    return select(
        s.person,
        s.event_id,
        micros(s.ts).label("at_us"),
        cast(s.n, BigInteger).label("n"),
        cast(case((s.is_purchase == 1, 0), else_=total), BigInteger).label("amount"),
        cast(case((s.is_purchase == 0, total)), BigInteger).label("reading"),
        func.min(s.added_at).over(**so_far).label("cart_started_at"),
        func.max(s.added_at).over(**so_far).label("cart_last_add_at"),
    )


def visit_carts_query(visits: Table, cart_rows: Table) -> Query:
    """One row a visit whose person ever had a cart: the cart at its end, and the highest total of its last 24 hours.

    The ends of visits, and the moments 24 hours before, are laid among the person's cart rows; one window pass
    numbers how many rows lie up to each.
    """
    c = cart_rows.c
    places = _places_query(visits, cart_rows).subquery("places")
    p = places.c
    highest = (
        select(p.visit_id, func.max(c.reading).label("recent"))
        .select_from(places.join(cart_rows, and_(c.person == p.person, c.n > p.before, c.n <= p.upto)))
        .group_by(p.visit_id)
        .subquery("highest")
    )
    return select(
        p.visit_id,
        c.amount.label("cart_amount"),
        highest.c.recent.label("recent_cart_amount"),
        c.cart_started_at,
        c.cart_last_add_at,
    ).select_from(
        places.outerjoin(cart_rows, and_(c.person == p.person, c.n == p.upto))
        .outerjoin(highest, highest.c.visit_id == p.visit_id)
    )  # fmt: skip


def _places_query(visits: Table, cart_rows: Table) -> Query:
    """visit_id, person, and how many of the person's cart rows lie up to its end and up to 24 hours before it."""
    c, v = cart_rows.c, visits.c
    nobody = cast(null(), String)
    rows = select(c.person, c.at_us, literal(1).label("is_row"), literal(0).label("ago"), nobody.label("visit_id"))
    end = micros(v.ended_at)
    with_cart = v.person.in_(select(c.person))
    ends = select(v.person, end, literal(0), literal(0), v.visit_id).where(with_cart)
    day_before = select(v.person, end - _DAY, literal(0), literal(1), v.visit_id).where(with_cart)
    laid = rows.union_all(ends, day_before).subquery("laid").c
    so_far = func.sum(laid.is_row).over(partition_by=laid.person, order_by=laid.at_us, range_=(None, 0))
    numbered = select(laid.person, laid.visit_id, laid.ago, cast(so_far, BigInteger).label("n")).subquery("numbered").c
    return (
        select(
            numbered.visit_id,
            numbered.person,
            func.max(case((numbered.ago == 0, numbered.n))).label("upto"),
            func.max(case((numbered.ago == 1, numbered.n))).label("before"),
        )
        .where(numbered.visit_id.is_not(None))
        .group_by(numbered.visit_id, numbered.person)
    )
