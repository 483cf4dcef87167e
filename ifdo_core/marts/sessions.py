"""Events → visits: where each one starts, what happened in it, where it came from (semantics.md, 'Visits')."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    FromClause,
    Integer,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import String

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines.sql import (
    Query,
    distinct_count,
    json_text,
    local_date,
    local_day_of_month,
    local_hour,
    local_weekday,
    micros,
    newest,
    oldest,
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

#: Added to a time in microseconds it gives a positive number, as far back as times go.
_LONG_BEFORE_US = 70_000_000_000_000_000

#: An aggregate over the parts of a visit.
_Over = Callable[[ColumnElement[Any]], ColumnElement[Any]]

ORIGIN_COLUMNS = tuple(Origin.__dataclass_fields__)
#: Columns of a visit that are simply those of its first event.
FIRST_EVENT_COLUMNS = (
    "device", "os", "browser", "country", "region", "city", "language", "os_version", "browser_version",
    "device_brand", "device_model", "platform", "screen_width",
)  # fmt: skip


def cut_by(events: Table) -> list[ColumnElement[Any]]:
    """What of an event is asked to cut it into visits and carts; of each visit's first event the rest as well.

    ``page``: the one it views, '' where that is unknown, null where it views none.
    """
    e = events.c
    page = case((e.name == "page_view", func.coalesce(e.page_path, e.page_url, "")), else_=cast(null(), String))
    return [
        e.event_id,
        e.visitor_id,
        e.visit_id,
        e.ts,
        e.name,
        page.label("page"),
        func.coalesce(e.page_type, "").label("page_type"),
        case((e.member_id.is_not(None), 1), else_=0).label("is_member"),
        case((e.is_internal.is_(True), 1), else_=0).label("is_internal"),
        engaged_ms(e.params).label("engaged_ms"),
        e.value,
        e.cart_value,
    ]


def events_to_cut(cut: Cut) -> FromClause:
    """The events that are cut into visits: the columns ``cut_by``."""
    if cut.tail is not None:
        return cut.tail.events
    return select(*cut_by(tables.events)).where(cut.events()).subquery("events_to_cut")


def pages_query(cut: Cut) -> Query:
    """One row a page and its type, numbered: ``no`` of both, ``page_no`` of the page alone (null where unknown).

    Whoever cuts events into visits carries these numbers along, which is cheaper than texts.
    """
    e = events_to_cut(cut).c
    p = select(e.page, e.page_type).where(e.page.is_not(None)).distinct().subquery("seen").c
    return select(
        cast(func.row_number().over(order_by=(p.page, p.page_type)), BigInteger).label("no"),
        case((p.page != "", cast(func.dense_rank().over(order_by=p.page), BigInteger))).label("page_no"),
        p.page,
        p.page_type,
    )


def _on_page(events: FromClause, pages: Table) -> ColumnElement[bool]:
    """Joins an event to the row of ``pages_query`` that numbers the page it views."""
    return and_(pages.c.page == events.c.page, pages.c.page_type == events.c.page_type)


def parts_query(cut: Cut, pages: Table, settings: ShopSettings) -> Query:
    """One row a part of a visit: what happened in it. Parts are hashed, not sorted, and about as few as the visits.

    A part holds the visitor's events of one source visit id; of those without one, the events of one slice of time as
    long as the gap, within which no two can be further apart than it.
    """
    events = events_to_cut(cut)
    e = events.c
    rows = (
        select(
            e.event_id,
            e.visitor_id,
            e.visit_id.label("source_visit_id"),
            case((e.visit_id.is_(None), _slice(e.ts, _gap_us(settings))), else_=0).label("slice"),
            e.ts,
            pages.c.no.label("page"),
            pages.c.page_no,
            case((e.name.in_(PASSIVE), 0), else_=1).label("is_action"),
            e.is_member,
            e.is_internal,
            case(*((e.name == name, rank) for rank, name in enumerate(STEPS, 1)), else_=0).label("step"),
            e.engaged_ms,
        )
        .select_from(events.outerjoin(pages, _on_page(events, pages)))
        .subquery("rows")
    )
    r = rows.c
    return select(
        r.visitor_id,
        r.source_visit_id,
        oldest(r.event_id, r.ts, r.event_id).label("first_event"),
        func.min(r.ts).label("started_at"),
        func.max(r.ts).label("ended_at"),
        func.count().label("events"),
        func.count(r.page).label("pages"),
        distinct_count(r.page_no).label("unique_pages"),
        newest(r.page, r.ts, r.event_id, r.page.is_not(None)).label("last_page"),
        func.sum(r.engaged_ms).label("engaged_ms"),
        func.max(r.is_action).label("is_action"),
        func.max(r.is_member).label("is_member"),
        func.max(r.is_internal).label("is_internal"),
        func.max(r.step).label("step"),
    ).group_by(r.visitor_id, r.source_visit_id, r.slice)


def _gap_us(settings: ShopSettings) -> int:
    return max(settings.visit_gap_minutes * 60_000_000, 1)


def _slice(ts: ColumnElement[Any], width_us: int) -> ColumnElement[int]:
    """Where the slice of time starts that ``ts`` is in, in microseconds since long before any event."""
    since = micros(ts) + literal(_LONG_BEFORE_US, BigInteger)
    return since - func.mod(since, literal(width_us, BigInteger))


def engaged_ms(params: ColumnElement[str]) -> ColumnElement[float]:
    """The milliseconds of active time that an event tells."""
    return _digits(json_text(params, "engagement_time_msec"))


def _digits(text: ColumnElement[str]) -> ColumnElement[float]:
    """The whole number that ``text`` writes in plain digits; what shops put there besides is unknown, not an error."""
    return case((regex_matches(text, "^[0-9]{1,15}$"), cast(text, Double)))


def laid_out_query(parts: Query, settings: ShopSettings) -> Query:
    """``parts`` in the order of their visitor and source visit id: the column ``n``, ``is_start`` of a visit, and
    ``is_end``. The gap parts two visits; most are of one part, which both starts and ends them."""
    p = parts.subquery("parts").c
    whose: dict[str, Any] = {"partition_by": (p.visitor_id, p.source_visit_id), "order_by": p.started_at}
    rows = select(
        *p,
        func.row_number().over(**whose).label("n"),
        func.lag(p.ended_at, type_=DateTime).over(**whose).label("previous"),
        func.lead(p.started_at, type_=DateTime).over(**whose).label("following"),
        func.lead(literal(1), type_=Integer).over(**whose).label("is_followed"),
    ).subquery("rows")
    r, gap = rows.c, _gap_us(settings)
    # the first and the last row are told by numbers: what times lag() and lead() give there differs between engines
    starts = or_(r.n == 1, micros(r.started_at) - micros(r.previous) > gap)
    ends = or_(func.coalesce(r.is_followed, 0) == 0, micros(r.following) - micros(r.ended_at) > gap)
    return select(
        *(r[column.name] for column in p),
        cast(r.n, BigInteger).label("n"),
        case((starts, 1), else_=0).label("is_start"),
        case((ends, 1), else_=0).label("is_end"),
    )


def totals_query(parts: FromClause) -> Query:
    """One row a visit: what happened in it, put together from its parts (how many: the column of that name).

    Events that carry a visit id are one visit by it; the others of the visitor split after the gap. Pages that several
    parts share count in each: ``unique_pages_query`` tells how many they are. ``parts``: ``laid_out_query``.
    """
    alone = and_(parts.c.is_start == 1, parts.c.is_end == 1)
    some = select(parts).where(not_(alone)).subquery("some").c
    seq = func.sum(some.is_start).over(
        partition_by=(some.visitor_id, some.source_visit_id), order_by=some.n, rows=(None, 0)
    )
    s = select(*some, cast(seq, BigInteger).label("seq")).subquery("numbered").c
    last_page = newest(s.last_page, s.started_at, s.first_event, s.last_page.is_not(None))
    of_several = select(
        func.max(case((s.is_start == 1, s.first_event))).label("visit_id"),
        *_visit_columns(s, func.count(), last_page, total=func.sum, least=func.min, most=func.max),
    ).group_by(s.visitor_id, s.source_visit_id, s.seq)
    of_one = select(
        parts.c.first_event.label("visit_id"),
        *_visit_columns(parts.c, literal(1), parts.c.last_page, total=_itself, least=_itself, most=_itself),
    ).where(alone)
    return select(union_all(of_one, of_several).subquery("totals"))


def _visit_columns(
    p: Any, parts: ColumnElement[int], last_page: ColumnElement[int], *, total: _Over, least: _Over, most: _Over
) -> list[ColumnElement[Any]]:
    """The columns of a visit, over its parts ``p``."""
    pages = total(p.pages)
    return [
        p.visitor_id,
        p.source_visit_id,
        least(p.started_at).label("started_at"),
        most(p.ended_at).label("ended_at"),
        cast(parts, Integer).label("parts"),
        cast(total(p.events), Integer).label("events"),
        cast(pages, Integer).label("pages"),
        cast(total(p.unique_pages), Integer).label("unique_pages"),
        (total(p.engaged_ms) / 1000.0).label("engaged_s"),
        and_(pages == 1, most(p.is_action) == 0).label("is_bounce"),
        (most(p.is_member) == 1).label("is_logged_in"),
        (most(p.is_internal) == 1).label("is_internal"),
        cast(most(p.step), Integer).label("step"),
        cast(last_page, BigInteger).label("exit_page"),
    ]


def _itself(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def unique_pages_query(totals: Table, pages: Table, cut: Cut) -> Query:
    """visit_id, unique_pages of the visits of several parts: these have no source visit id."""
    events = events_to_cut(cut)
    e, t = events.c, totals.c
    within = and_(e.visitor_id == t.visitor_id, e.ts >= t.started_at, e.ts <= t.ended_at)
    return (
        select(t.visit_id, cast(distinct_count(pages.c.page_no), Integer).label("unique_pages"))
        .select_from(totals.join(events, within).join(pages, _on_page(events, pages)))
        .where(t.parts > 1, e.visit_id.is_(None))
        .group_by(t.visit_id)
    )


def first_events_query(totals: Table, cut: Cut, place: ColumnElement[Any]) -> Query:
    """One row a visit: the columns of its first event that tell where it came from and with what. In a partial build it
    is found by its ``place`` among all events."""
    events, visit_id = tables.events, totals.c.visit_id
    firsts = totals.join(events, events.c.event_id == visit_id)
    if cut.tail is not None:
        cut_anew = cut.tail.events.c
        found = select(totals.c.visit_id, cut_anew.place).join(cut.tail.events, cut_anew.event_id == totals.c.visit_id)
        first = found.subquery("first")
        firsts, visit_id = first.join(events, first.c.place == place), first.c.visit_id
    landing = func.coalesce(events.c.page_path, events.c.page_url)
    return (
        select(
            visit_id.label("visit_id"),
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
        .select_from(firsts)
        .where(true() if cut.tail is not None else cut.events())
    )


def held_visits_query(of_them: ColumnElement[bool], place: ColumnElement[Any]) -> Query:
    """The visits of the mart that are ``of_them``: place, what tells them apart, and what others look back on."""
    mart = tables.visits.c
    looked_at = (mart[name] for name in LOOKED_AT if name != "person")
    return select(place.label("place"), mart.visitor_id, mart.source_visit_id, *looked_at).where(of_them)


def kept_visits_query(held: Table, starts: Table, identity: Table) -> Query:
    """Those of ``held`` that a partial build does not cut anew, with now's member and person."""
    before = (starts.c.id == held.c.visitor_id) & (micros(held.c.started_at) < starts.c.since_us)
    of_visitor = identity.c.visitor_id == held.c.visitor_id
    return select(held, identity.c.member_id, identity.c.person).join(starts, before).join(identity, of_visitor)


def changed_visits_query(tail: Tail) -> Query:
    """The kept visits that ended after their person's history became another."""
    kept, changes = tail.kept.c, tail.changes.c
    since = (changes.id == kept.person) & (micros(kept.ended_at) >= changes.since_us)
    return select(tail.kept).join(tail.changes, since)


def looking_back_query(names: Sequence[str], changed: Table, place: ColumnElement[Any]) -> Query:
    """The ``changed`` visits: the columns ``names``. They are found by their ``place`` in the mart, where only what is
    not held is read."""
    mart = tables.visits
    columns = dict(mart.c.items()) | dict(changed.c.items())
    return select(*(columns[name].label(name) for name in names)).join_from(mart, changed, changed.c.place == place)


def replaced_visits_query(visits: Table, tail: Tail) -> Query:
    """place of the rows in the mart that a partial build puts anew or takes away: those cut anew, and the others of
    ``visits``. All are held: where an event came to another visitor, both are touched."""
    held, starts = tail.visits.c, tail.starts.c
    put_anew = held.visit_id.in_(select(visits.c.visit_id))
    whose = tail.visits.join(tail.starts, starts.id == held.visitor_id)
    return select(held.place).select_from(whose).where(or_(micros(held.started_at) >= starts.since_us, put_anew))


def distinct_origins_query(firsts: Table) -> Query:
    return select(*(firsts.c[name] for name in ORIGIN_COLUMNS)).distinct()


def visits_query(totals: Table, firsts: Table, origins: Table, identity: Table) -> Query:
    """One row a visit that is cut anew: what others look back on, who made it, and the number of its origin."""
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
    visits: Table,
    totals: Table,
    unique_pages: FromClause,
    firsts: Table,
    origins: Table,
    pages: Table,
    settings: ShopSettings,
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
        "unique_pages": func.coalesce(unique_pages.c.unique_pages, t.unique_pages),
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
        .outerjoin(unique_pages, unique_pages.c.visit_id == v.visit_id)
        .outerjoin(pages, pages.c.no == t.exit_page)
    )


def _ordinary_browser(firsts: Any) -> Any:
    """'none' where the browser is known and is no in-app one; unknown where nothing is known of it."""
    return case((firsts.first_browser.is_not(None), "none"), else_=cast(null(), String))
