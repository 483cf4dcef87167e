"""Events → visits: where each one starts, what happened in it, where it came from (semantics.md, 'Visits')."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Table,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    union,
)
from sqlalchemy.types import String

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines.sql import (
    Query,
    json_text,
    local_date,
    local_day_of_month,
    local_hour,
    local_weekday,
    micros,
    regex_matches,
    seconds_between,
)
from ifdo_core.marts.cut import Cut, Tail
from ifdo_core.marts.history import LOOKED_AT
from ifdo_core.marts.origins import Origin

#: Events that come by themselves: they do not make a one-page visit more than a bounce.
PASSIVE = ("page_view", "session_start", "first_visit", "user_engagement", "scroll")
#: The way to a purchase, nearest last (GA4 event names); the furthest one reached names the visit's step.
STEPS = ("view_item", "add_to_cart", "view_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase")

#: More than a shop has pages: a page's number and an event's fit into one of 64 bits.
MOST_PAGES = 2**31

ORIGIN_COLUMNS = tuple(Origin.__dataclass_fields__)
#: Columns of a visit that are simply those of its first event.
FIRST_EVENT_COLUMNS = (
    "device", "os", "browser", "country", "region", "city", "language", "os_version", "browser_version",
    "device_brand", "device_model", "platform", "screen_width",
)  # fmt: skip


def pages_query(cut: Cut) -> Query:
    """One row a page and its type, numbered: ``no`` of both, ``page_no`` of the page alone (null where unknown).

    Whoever cuts events into visits carries these numbers along, which is cheaper than texts.
    """
    events, asked = cut.to_sessions
    page, kind = _page(events), func.coalesce(events.c.page_type, "")
    seen = select(page.label("page"), kind.label("page_type")).where(asked, page.is_not(None)).distinct()
    p = seen.subquery("seen").c
    return select(
        cast(func.row_number().over(order_by=(p.page, p.page_type)), BigInteger).label("no"),
        case((p.page != "", cast(func.dense_rank().over(order_by=p.page), BigInteger))).label("page_no"),
        p.page,
        p.page_type,
    )


def _page(events: Table) -> ColumnElement[str]:
    """Which page an event views: '' where that is unknown, null where it views none."""
    e = events.c
    return case((e.name == "page_view", func.coalesce(e.page_path, e.page_url, "")), else_=cast(null(), String))


def steps_query(cut: Cut, pages: Table, settings: ShopSettings) -> Query:
    """One row an event: its visit as (visitor_id, source_visit_id, seq), whether it starts one, what it adds.

    Events that carry a visit id are one visit by it; the others of the visitor split after the gap.
    """
    events, asked = cut.to_sessions
    whose = (events.c.visitor_id, events.c.visit_id)
    when = (events.c.ts, events.c.event_id)
    same_page = and_(pages.c.page == _page(events), pages.c.page_type == func.coalesce(events.c.page_type, ""))
    rows = (
        select(
            events.c.event_id,
            events.c.visitor_id,
            events.c.visit_id.label("source_visit_id"),
            events.c.ts,
            pages.c.no.label("page"),
            pages.c.page_no,
            case((events.c.name.in_(PASSIVE), 0), else_=1).label("is_action"),
            case((events.c.member_id.is_not(None), 1), else_=0).label("is_member"),
            case((events.c.is_internal.is_(True), 1), else_=0).label("is_internal"),
            case(*((events.c.name == name, rank) for rank, name in enumerate(STEPS, 1)), else_=0).label("step"),
            engaged_ms(events.c.params).label("engaged_ms"),
            func.row_number().over(partition_by=whose, order_by=when).label("n"),
            func.lag(events.c.ts, type_=DateTime).over(partition_by=whose, order_by=when).label("previous"),
        )
        .select_from(events.outerjoin(pages, same_page))
        .where(asked)
        .subquery("rows")
    )
    gap = settings.visit_gap_minutes * 60_000_000
    # the first row is told by its number: what lag() gives there differs between engines
    starts = or_(
        rows.c.n == 1,
        and_(rows.c.source_visit_id.is_(None), micros(rows.c.ts) - micros(rows.c.previous) > gap),
    )
    flagged = select(rows, case((starts, 1), else_=0).label("is_start")).subquery("flagged")
    seq = func.sum(flagged.c.is_start).over(
        partition_by=(flagged.c.visitor_id, flagged.c.source_visit_id),
        order_by=flagged.c.n,
        rows=(None, 0),
    )
    kept = [column for column in flagged.c if column.name != "previous"]
    return select(*kept, cast(seq, BigInteger).label("seq"))


def engaged_ms(params: ColumnElement[str]) -> ColumnElement[float]:
    """The milliseconds of active time that an event tells."""
    return _digits(json_text(params, "engagement_time_msec"))


def _digits(text: ColumnElement[str]) -> ColumnElement[float]:
    """The whole number that ``text`` writes in plain digits; what shops put there besides is unknown, not an error."""
    return case((regex_matches(text, "^[0-9]{1,15}$"), cast(text, Double)))


def totals_query(steps: Query) -> Query:
    """One row a visit: what happened in it."""
    s = steps.subquery("steps")
    pages = func.count(s.c.page)
    # the last page as one number that grows with the events: the greatest is the last, and no text is compared
    last_page = func.max(cast(s.c.n, BigInteger) * MOST_PAGES + s.c.page)
    return select(
        func.max(case((s.c.is_start == 1, s.c.event_id))).label("visit_id"),
        s.c.visitor_id,
        s.c.source_visit_id,
        func.min(s.c.ts).label("started_at"),
        func.max(s.c.ts).label("ended_at"),
        cast(func.count(), Integer).label("events"),
        cast(pages, Integer).label("pages"),
        cast(func.count(s.c.page_no.distinct()), Integer).label("unique_pages"),
        (func.sum(s.c.engaged_ms) / 1000.0).label("engaged_s"),
        and_(pages == 1, func.sum(s.c.is_action) == 0).label("is_bounce"),
        (func.max(s.c.is_member) == 1).label("is_logged_in"),
        (func.max(s.c.is_internal) == 1).label("is_internal"),
        cast(func.max(s.c.step), Integer).label("step"),
        cast(func.mod(last_page, MOST_PAGES), BigInteger).label("exit_page"),
    ).group_by(s.c.visitor_id, s.c.source_visit_id, s.c.seq)  # fmt: skip


def first_events_query(totals: Table, cut: Cut) -> Query:
    """One row a visit: the columns of its first event that tell where it came from and with what."""
    events, asked = cut.to_sessions
    landing = func.coalesce(events.c.page_path, events.c.page_url)
    return (
        select(
            totals.c.visit_id,
            *(func.coalesce(events.c[name], "").label(name) for name in ORIGIN_COLUMNS),
            landing.label("landing_path"),
            events.c.page_title.label("landing_title"),
            events.c.page_type.label("landing_type"),
            events.c.product_id.label("landing_product"),
            events.c.page_url.label("landing_url"),
            events.c.page_query.label("landing_query"),
            events.c.page_host.label("host"),
            *(events.c[name].label(f"first_{name}") for name in FIRST_EVENT_COLUMNS),
        )
        .select_from(totals.join(events, events.c.event_id == totals.c.visit_id))
        .where(asked)
    )


def held_visits_query(visitors: Table) -> Query:
    """The visits that the mart has of ``visitors`` (column id): what tells them apart, and what others look back on."""
    mart = tables.visits.c
    looked_at = (mart[name] for name in LOOKED_AT if name != "person")
    return select(mart.visitor_id, mart.source_visit_id, *looked_at).where(mart.visitor_id.in_(select(visitors.c.id)))


def kept_visits_query(held: Table, starts: Table, identity: Table) -> Query:
    """Those of ``held`` that a partial build does not cut anew, with now's person: the columns ``LOOKED_AT``."""
    columns = dict(held.c.items()) | {"person": identity.c.person}
    before = (starts.c.id == held.c.visitor_id) & (micros(held.c.started_at) < starts.c.since_us)
    return select(*(columns[name] for name in LOOKED_AT)).select_from(
        held.join(starts, before).join(identity, identity.c.visitor_id == held.c.visitor_id)
    )


def looking_back_query(names: Sequence[str], identity: Table, tail: Tail) -> Query:
    """The kept visits that ended after their person's history became another: the columns ``names``, with now's member
    and person."""
    mart, kept, changes = tables.visits, tail.kept.c, tail.changes.c
    changed = select(kept.visit_id).join(
        tail.changes, (changes.id == kept.person) & (micros(kept.ended_at) >= changes.since_us)
    )
    columns = dict(mart.c.items()) | {"member_id": identity.c.member_id, "person": identity.c.person}
    return (
        select(*(columns[name].label(name) for name in names))
        .select_from(mart.join(identity, identity.c.visitor_id == mart.c.visitor_id))
        .where(mart.c.visit_id.in_(changed))
    )


def replaced_visits_query(visits: Table, tail: Tail) -> Query:
    """visit_id of the rows in the mart that a partial build puts anew or takes away: those cut anew, and the others
    of ``visits``."""
    held, kept = tail.visits.c.visit_id, tail.kept.c.visit_id
    every = union(select(held).where(held.not_in(select(kept))), select(visits.c.visit_id)).subquery("every")
    return select(every.c.visit_id)


def distinct_origins_query(firsts: Table) -> Query:
    return select(*(firsts.c[name] for name in ORIGIN_COLUMNS)).distinct()


def visits_query(totals: Table, firsts: Table, origins: Table, identity: Table) -> Query:
    """One row a visit: what others look back on, who made it, and the number of its origin."""
    t = totals.c
    same_origin = and_(*(origins.c[f"o_{name}"] == firsts.c[name] for name in ORIGIN_COLUMNS))
    return select(
        t.visit_id,
        t.visitor_id,
        identity.c.member_id,
        identity.c.person,
        t.started_at,
        t.ended_at,
        *(origins.c[name] for name in ("channel", "source", "campaign")),
        firsts.c.landing_path,
        t.pages,
        seconds_between(t.started_at, t.ended_at).label("duration_s"),
        origins.c.no.label("origin"),
    ).select_from(
        totals.join(firsts, firsts.c.visit_id == t.visit_id)
        .join(origins, same_origin)
        .join(identity, identity.c.visitor_id == t.visitor_id)
    )


def described_query(
    visits: Table, totals: Table, firsts: Table, origins: Table, pages: Table, settings: ShopSettings
) -> Query:
    """``visits`` with the columns of the mart that do not look back: totals, first event, origin, local calendar."""
    v, t, f = visits.c, totals.c, firsts.c
    zone = settings.timezone
    given: dict[str, Any] = {
        **dict(f.items()),
        **dict(origins.c.items()),
        **{name: f[f"first_{name}"] for name in FIRST_EVENT_COLUMNS},
        **dict(t.items()),
        **dict(v.items()),
        "started_on": local_date(v.started_at, zone),
        "hour": local_hour(v.started_at, zone),
        "weekday": local_weekday(v.started_at, zone),
        "day_of_month": local_day_of_month(v.started_at, zone),
        "furthest_step": case(*((t.step == rank, name) for rank, name in enumerate(STEPS, 1)), else_="none"),
        "exit_path": case((pages.c.page != "", pages.c.page)),
        "exit_type": case((pages.c.page_type != "", pages.c.page_type)),
        "inapp": func.coalesce(func.nullif(f.inapp, ""), _ordinary_browser(f)),
    }
    named = (given[column.name].label(column.name) for column in tables.visits.c if column.name in given)
    return select(*named).select_from(
        visits.join(totals, t.visit_id == v.visit_id)
        .join(firsts, f.visit_id == v.visit_id)
        .join(origins, origins.c.no == v.origin)
        .outerjoin(pages, pages.c.no == t.exit_page)
    )


def _ordinary_browser(firsts: Any) -> Any:
    """'none' where the browser is known and is no in-app one; unknown where nothing is known of it."""
    return case((firsts.first_browser.is_not(None), "none"), else_=cast(null(), String))
