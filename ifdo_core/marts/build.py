"""The marts: built whole, brought up to date after a load, or made as of an earlier moment."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime
from threading import RLock
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    ColumnElement,
    FromClause,
    String,
    Subquery,
    Table,
    delete,
    func,
    insert,
    select,
    union_all,
)

from ifdo_core import tables
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, instant
from ifdo_core.i18n import translate
from ifdo_core.marts import carts, history, identity, people, purchases, sessions
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.origins import Attribution, classify_frame
from ifdo_core.marts.scope import moved_into_view, touched_scope
from ifdo_core.marts.shape import MartTables
from ifdo_core.marts.work import WorkTables
from ifdo_core.progress import Progress, quiet

#: Goes up with every change of what a build makes of the same data.
FORMAT = 3
#: How many copies as of earlier moments are kept at a time.
COPIES_KEPT = 2
#: In ``mart_state`` while a build replaces rows on an engine without transactions: where it stays, that build was
#: broken off, and only a full one makes the marts whole.
BROKEN_OFF = "broken_off"


class _CutUp(NamedTuple):
    """Work tables: one row a page, and one a visit each of what happened in it."""

    pages: Table
    totals: Table
    unique_pages: FromClause
    firsts: Table


class _Visits(NamedTuple):
    """Those that are put ``anew``, and ``every`` one of their persons: what others look back on. The first ones also
    ``described`` in full."""

    anew: Table
    every: FromClause
    described: Subquery


class Marts:
    """The derived tables of a shop and what they were built for.

    ``main`` holds everything up to the shop's own now; ``at(now)`` gives the tables for any other moment.
    """

    def __init__(self, engine: Engine, settings: ShopSettings) -> None:
        self.engine = engine
        self.settings = settings
        self.main = MartTables.main()
        #: The share of visitors touched above which an update builds everything.
        self.full_above = 0.3
        self._copies: OrderedDict[tuple[int, datetime | None], MartTables] = OrderedDict()
        self._lock = RLock()

    # --- what is there ------------------------------------------------------------------------

    def default_now(self) -> datetime | None:
        """The newest event's time; of a shop without events the newest order's; None when there is nothing."""
        return self.engine.remembered("newest", lambda: self._newest(tables.events) or self._newest(tables.orders))

    def _newest(self, table: Table) -> datetime | None:
        built_at = self._state().get("now")
        if built_at:  # where there is any since then, nobody has to look at the others
            since = instant(datetime.fromisoformat(built_at))
            later = self.engine.scalar(_newest_query(table.c.ts).where(table.c.ts >= since))
            if later is not None:
                return later
        return self.engine.scalar(_newest_query(table.c.ts))

    @property
    def version(self) -> int:
        """Counts the builds: results of one version never change."""
        return int(self._state().get("version", 0))

    @property
    def stale(self) -> bool:
        """Whether rows were accepted that the marts have not taken in."""
        waiting = self.engine.scalar(select(func.count()).select_from(tables.touched)) or 0
        return bool(waiting) or self._state().get("settings") != self._settings_mark()

    def at(self, now: datetime) -> MartTables:
        """The marts as of ``now``: the main ones where nothing lies between, else a copy built for it."""
        # Whoever takes in data or builds a copy holds the lock for as long; where the swap at its end is a transaction,
        # a question about the main marts need not wait for that.
        if self.engine.transactional and self._state().get("now") == now.isoformat():
            return self.main
        with self._lock:
            state = self._state()
            if state.get("now") == now.isoformat():
                return self.main
            moment = self._moment(now)
            if state.get("moment") == _text(moment):
                return self.main
            version = int(state.get("version", 0))
            key = (version, moment)
            if key not in self._copies:
                self._drop_copies(keep=COPIES_KEPT - 1, version=version)
                self._copies[key] = self._build_copy(moment)
            self._copies.move_to_end(key)
            return self._copies[key]

    def close(self) -> None:
        with self._lock:
            self._drop_copies(keep=0, version=self.version)

    # --- building -----------------------------------------------------------------------------

    def rebuild(self, progress: Progress | None = None) -> None:
        """Builds everything from the canonical tables."""
        with self._lock:
            self._full(progress or quiet)

    def update(self, progress: Progress | None = None) -> None:
        """Takes in what was loaded since the last build; rebuilds only the persons it touched."""
        with self._lock:
            report = progress or quiet
            state = self._state()
            built_at, now = state.get("now"), self.default_now()
            if not built_at or now is None or BROKEN_OFF in state or state.get("settings") != self._settings_mark():
                self._full(report)
                return
            cut = self._cut(now)
            with WorkTables(self.engine, "work_scope") as work:
                self.engine.write(moved_into_view(min(now, datetime.fromisoformat(built_at))))
                scope = touched_scope(self.engine, work, cut, self.settings, self.full_above)
                if scope is None:
                    self._full(report)
                else:
                    if not self.engine.transactional:
                        self.engine.write(insert(tables.mart_state).values(name=BROKEN_OFF, value=""))
                    self._build(scope, self.main, "work_part", self._finished(now), report)

    def _full(self, progress: Progress) -> None:
        now = self.default_now()
        cut = self._cut(now)
        self._build(cut, self.main, "work_main", self._finished(now), progress)

    def _build_copy(self, moment: datetime | None) -> MartTables:
        digest = hashlib.blake2b(f"{id(self)}{moment}".encode(), digest_size=6).hexdigest()
        copy = MartTables.named(f"asof_{digest}")
        self.engine.drop(copy.all())
        self.engine.create(copy.all())
        self._build(Cut(moment or datetime(1, 1, 1)), copy, f"work_{digest}", [], quiet)
        return copy

    def _build(self, cut: Cut, into: MartTables, prefix: str, finish: list[ClauseElement], progress: Progress) -> None:
        """Fills ``into`` with what ``cut`` holds. The swap at the end is one transaction where the engine has them."""
        with WorkTables(self.engine, prefix, few=cut.few) as work:
            progress(0.02, translate("방문자와 회원을 연결하고 있어요"))
            who = work.make("identity", identity.identity_query(cut)) if cut.identity is None else cut.identity
            progress(0.08, translate("이벤트를 방문으로 나누고 있어요"))
            cut_up = self._cut_up(work, cut)
            progress(0.4, translate("유입 경로를 알아내고 있어요"))
            given = self.engine.frame(sessions.distinct_origins_query(cut_up.firsts))
            orders = self._orders(work, cut, who)  # they run while Python tells where visits came from
            origins = self._origins(work, given)
            progress(0.55, translate("방문을 정리하고 있어요"))
            visits, every, described = self._visits(work, cut, who, cut_up, origins)
            progress(0.65, translate("방문 이력을 계산하고 있어요"))
            histories = self._histories(work, cut, every, visits, who)
            progress(0.75, translate("장바구니와 구매를 계산하고 있어요"))
            bought = work.make_for_one("bought", purchases.visit_orders_query(visits, orders))
            # a product's new category reaches baskets of persons that nothing else touched
            in_baskets = Cut(cut.until) if self._products_touched() else cut
            of_orders = orders if in_baskets is cut else into.person_orders
            fill = self.engine.insert_from
            self.engine.write(*_clear_carts(work, into, cut), fill(into.cart_events, carts.cart_events_query(cut)))
            cart_rows = work.make("cart_rows", carts.cart_rows_query(into.cart_events, who, visits))
            in_cart = work.make_for_one("carts", carts.visit_carts_query(visits, cart_rows))
            progress(0.85, translate("결과를 저장하고 있어요"))
            complete = _complete_visits_query(described, histories, in_cart, bought)
            self.engine.write(
                *_clear(work, into, cut, in_baskets, visits),
                fill(into.identity, select(who), few=cut.few),
                fill(into.visits, complete, few=cut.few),
                fill(into.person_orders, select(orders)),
                fill(into.people, people.people_query(every, orders, cut), few=cut.few),
                fill(into.baskets, purchases.baskets_query(of_orders, in_baskets)),
                *finish,
            )
            progress(1.0, translate("방문 데이터를 준비했어요"))

    def _histories(self, work: WorkTables, cut: Cut, every: FromClause, visits: Table, who: Table) -> FromClause:
        """What each of ``every`` visit knows of the person's other ones, where there are others."""
        ranked = work.make("ranked", history.ranked_query(every))
        pages = None
        if self.engine.scalar(history.some_overlap_query(ranked)):
            overlapping = work.make("overlapping", history.overlapping_query(ranked, visits))
            since = self.engine.scalar(select(func.min(overlapping.c.apart_since))) or datetime(1970, 1, 1)
            pages = work.make("pages", history.overlapping_pages_query(overlapping, who, since, cut))
        return work.make_for_one("history", history.history_query(ranked, pages, visits if cut.few else None))

    def _products_touched(self) -> bool:
        owner = tables.touched.c.owner
        return self.engine.scalar(select(owner).where(owner == "product_id").limit(1)) is not None

    def _cut_up(self, work: WorkTables, cut: Cut) -> _CutUp:
        """The events cut into visits: what happened in each, and its first event."""
        pages = work.make("page_numbers", sessions.pages_query(cut))
        laid_out = sessions.laid_out_query(sessions.parts_query(cut, pages, self.settings), self.settings)
        parts = laid_out.cte("parts") if self.engine.shares_ctes else work.make("parts", laid_out)
        totals = work.make("totals", sessions.totals_query(parts), few=cut.few)
        unique_pages = work.make_for_one("unique_pages", sessions.unique_pages_query(totals, pages, cut))
        place = self.engine.place(tables.events.c.event_id)
        firsts = work.make("firsts", sessions.first_events_query(totals, cut, place), few=cut.few)
        return _CutUp(pages, totals, unique_pages, firsts)

    def _orders(self, work: WorkTables, cut: Cut, who: Table) -> Table:
        place = self.engine.place(tables.orders.c.order_id)
        whose = work.make("whose_orders", purchases.whose_orders_query(who, cut, place))
        return work.make("orders", purchases.person_orders_query(whose, cut, self.settings, place))

    def _origins(self, work: WorkTables, given: pd.DataFrame) -> Table:
        """Each distinct origin with its attribution: the rules run in Python, once an origin."""
        found = classify_frame(given, self.settings.own_hosts)
        keys = [f"o_{name}" for name in sessions.ORIGIN_COLUMNS]
        texts = (Column(name, String) for name in (*keys, *Attribution._fields))
        table = work.empty("origins", Column("no", BigInteger), *texts)
        origins = pd.concat([given.set_axis(keys, axis=1), found], axis=1)
        self.engine.append(table, origins.rename_axis("no").reset_index())
        return table

    def _visits(self, work: WorkTables, cut: Cut, who: Table, cut_up: _CutUp, origins: Table) -> _Visits:
        pages, totals, unique_pages, firsts = cut_up
        visits = work.make("visits", sessions.visits_query(totals, firsts, origins, who), few=cut.few)
        described = sessions.described_query(visits, totals, unique_pages, firsts, origins, pages, self.settings)
        if cut.tail is None:
            return _Visits(visits, visits, described.subquery("visits"))
        names = [column.name for column in described.selected_columns]
        place = self.engine.place(tables.visits.c.visit_id)
        changed = work.make("changed", sessions.changed_visits_query(cut.tail))
        again = work.make("again", sessions.looking_back_query(names, changed, place))
        shared = [again.c[column.name] for column in visits.c if column.name in again.c]
        self.engine.write(self.engine.insert_from(visits, select(*shared)))
        every = history.every_visit_query(cut.tail.kept, visits).subquery("every")
        return _Visits(visits, every, union_all(described, select(again)).subquery("visits"))

    # --- state --------------------------------------------------------------------------------

    def _moment(self, now: datetime) -> datetime | None:
        """The newest moment up to ``now`` at which anything happened: two nows with the same one see the same."""
        columns = (tables.events.c.ts, tables.orders.c.ts, tables.orders.c.refunded_at)
        newest = (_newest_query(ts).where(ts <= instant(now)) for ts in columns)
        found = map(self.engine.scalar, newest)
        return max((moment for moment in found if moment is not None), default=None)

    def _cut(self, now: datetime | None) -> Cut:
        """No limit at all where nothing lies after ``now``: the usual and the fastest case."""
        if now is None:
            return Cut()
        columns = (tables.events.c.ts, tables.orders.c.ts, tables.orders.c.refunded_at)
        later = any(self.engine.scalar(select(ts).where(ts > instant(now)).limit(1)) is not None for ts in columns)
        return Cut(now) if later else Cut()

    def _finished(self, now: datetime | None) -> list[ClauseElement]:
        """What a finished build of the main marts leaves in ``mart_state``."""
        state = {
            "version": str(self.version + 1),
            "moment": _text(now),  # the shop's own now is the time of something
            "now": _text(now),
            "settings": self._settings_mark(),
        }
        rows = [{"name": name, "value": value} for name, value in state.items()]
        return [delete(tables.mart_state), insert(tables.mart_state).values(rows), delete(tables.touched)]

    def _state(self) -> dict[str, str]:
        """What the last build left: version, now, moment, settings; empty before the first."""
        return self.engine.remembered(
            "mart_state", lambda: {row.name: row.value for row in self.engine.execute(select(tables.mart_state))}
        )

    def _settings_mark(self) -> str:
        """What shaped the marts beside the data; when it differs, they are built anew."""
        return (
            f"{FORMAT}|{self.settings.timezone}|{self.settings.visit_gap_minutes}|{','.join(self.settings.own_hosts)}"
            f"{self.engine.keeping and '|'}{self.engine.keeping}"
        )

    def _drop_copies(self, keep: int, version: int) -> None:
        for key in [key for key in self._copies if key[0] != version]:
            self.engine.drop(self._copies.pop(key).all())
        while len(self._copies) > keep:
            self.engine.drop(self._copies.popitem(last=False)[1].all())


def _newest_query(ts: ColumnElement[datetime]) -> Query:
    """The newest of the times ``ts``; no row where there is none."""
    return select(func.max(ts)).having(func.count(ts) > 0)


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _clear_carts(work: WorkTables, into: MartTables, cut: Cut) -> list[ClauseElement]:
    """Removes the cart events that the build puts anew."""
    if cut.tail is None:
        return [delete(into.cart_events)]
    replaced = work.make("replaced_cart_events", carts.replaced_cart_events_query(cut.tail))
    return [delete(into.cart_events).where(into.cart_events.c.event_id.in_(select(replaced.c.event_id)))]


def _clear(work: WorkTables, into: MartTables, cut: Cut, in_baskets: Cut, visits: Table) -> list[ClauseElement]:
    """Removes what the build puts anew."""
    engine = work.engine
    of_visits, of_identity, of_people = delete(into.visits), delete(into.identity), delete(into.people)
    if cut.persons is not None:
        of_people = of_people.where(engine.found(into.people.c.person, select(cut.persons.c.id)))
    if cut.tail is not None:
        replaced = work.make("replaced", sessions.replaced_visits_query(visits, cut.tail))
        of_visits = of_visits.where(engine.place(into.visits.c.visit_id).in_(select(replaced.c.place)))
        of_identity = of_identity.where(engine.place(into.identity.c.visitor_id).in_(select(cut.tail.identity.c.place)))
    return [
        of_visits,
        of_identity,
        of_people,
        delete(into.person_orders).where(cut.of_persons(into.person_orders.c.person)),
        delete(into.baskets).where(in_baskets.of_persons(into.baskets.c.person)),
    ]


def _complete_visits_query(visits: Subquery, histories: FromClause, in_cart: FromClause, bought: FromClause) -> Query:
    """Visits with everything that looks back, in the order of the mart's columns."""
    v, b = visits.c, bought.c
    given: dict[str, Any] = {name: column for table in (in_cart, visits) for name, column in table.c.items()}
    given |= history.columns_so_far(v, histories)
    given |= {
        "converted": (v.furthest_step == "purchase") | b.order_amount.is_not(None),
        "order_amount": b.order_amount,
        "order_count": func.coalesce(b.order_count, 0),
        "total_amount": func.coalesce(b.total_amount, 0),
        **{name: b[name] for name in ("max_order_amount", "last_order_amount", "first_order_at", "last_order_at")},
    }
    return select(*(given[column.name].label(column.name) for column in tables.visits.c)).select_from(
        visits.outerjoin(histories, histories.c.visit_id == v.visit_id)
        .outerjoin(in_cart, in_cart.c.visit_id == v.visit_id)
        .outerjoin(bought, b.visit_id == v.visit_id)
    )
