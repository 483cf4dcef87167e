"""The one public door: notebooks, pages and the command line all ask the workbench (api.md)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import delete, insert, select

from ifdo_core import tables
from ifdo_core.clock import utc_now
from ifdo_core.config import ShopSettings
from ifdo_core.doctor import Doctor, examine
from ifdo_core.engines import Engine, open_engine
from ifdo_core.errors import DataError
from ifdo_core.lists.page import ListPage, read_page
from ifdo_core.lists.query import Listing
from ifdo_core.lists.request import ListRequest
from ifdo_core.marts import Marts, MartTables
from ifdo_core.marts.holdings import Holdings, read_holdings
from ifdo_core.progress import Progress, part, watched
from ifdo_core.roles import Role, current_person, current_role
from ifdo_core.segments import audience
from ifdo_core.segments.bits import BitStore
from ifdo_core.segments.compile import WEEK, needs_visit
from ifdo_core.segments.explain import explain
from ifdo_core.segments.goods import with_names
from ifdo_core.segments.model import Segment
from ifdo_core.segments.nested import every_leaf, resolve
from ifdo_core.segments.preview import Preview, preview
from ifdo_core.segments.reasons import Reason
from ifdo_core.segments.subjects import Members, Visits, newest_run
from ifdo_core.segments.suggest import suggest, suggest_param

if TYPE_CHECKING:
    from ifdo_core.analysis.door import Analysis
    from ifdo_core.analysis.lifetime import Choice, Lifetime
    from ifdo_core.analysis.moments import AsOf
    from ifdo_core.analysis.rfm import Rfm
    from ifdo_core.digest import Digest, DigestMailed
    from ifdo_core.ingest import LoadReport
    from ifdo_core.ingest import Mapping as ColumnMapping
    from ifdo_core.insights import Insights
    from ifdo_core.jobs import Refresh
    from ifdo_core.lists.export import Actor, Exported, Headers, Source
    from ifdo_core.lists.mail import Mailed
    from ifdo_core.messages.door import Messages
    from ifdo_core.person import Customer
    from ifdo_core.questions import Help
    from ifdo_core.recommend.baskets import Level
    from ifdo_core.recommend.evaluate import Evaluation
    from ifdo_core.recommend.policy import Policy
    from ifdo_core.recommend.recommender import Recommendations
    from ifdo_core.recommend.rules import Rules
    from ifdo_core.recommend.together import Together
    from ifdo_core.reports import ReportResult
    from ifdo_core.segments.contrast import Comparison
    from ifdo_core.segments.forecast.result import Forecast
    from ifdo_core.segments.hints import Hints
    from ifdo_core.segments.matching import Matching
    from ifdo_core.segments.overlap import Overlap
    from ifdo_core.segments.several import Several
    from ifdo_core.segments.starters import Gallery
    from ifdo_core.segments.statistics import Statistics
    from ifdo_core.segments.understand.lexicon import Lexicon
    from ifdo_core.segments.understand.result import Understood
    from ifdo_core.store import Store

#: Spans a list can be asked for.
WINDOWS: Mapping[str, timedelta] = {"24h": timedelta(days=1), "7d": timedelta(days=7)}


class Workbench:
    """A shop's data and everything that can be asked of it. ``Workbench.open()`` makes one.

    Safe to share between threads; the numbers of a call all belong to one data version.
    """

    def __init__(self, engine: Engine, segments: Mapping[str, Segment] | None = None) -> None:
        self.engine = engine
        #: Saved segments by id, for conditions that name them; whoever opens the workbench says where they come from.
        self.segments: Mapping[str, Segment] = {} if segments is None else segments
        self._lock = RLock()
        engine.create([*tables.canonical.tables.values(), *tables.derived.tables.values()])
        engine.widen([tables.members, tables.events, tables.visits, tables.identity, tables.scores])
        self.settings = _read_settings(engine)
        self._marts = Marts(engine, self.settings)
        self._holdings: tuple[int, Holdings] | None = None
        self._together: Together | None = None
        self._bits = BitStore(engine)
        self._words: tuple[int, Lexicon] | None = None

    # --- opening ------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        url: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
        *,
        segments: Mapping[str, Segment] | None = None,
    ) -> Workbench:
        """The shop at ``url``; without one the demo shop, built on first use (same seed, same data).

        ``url``: a DuckDB file, or 'postgresql+psycopg://…', 'clickhousedb://…'. What an interrupted run left
        undone is finished here. ``segments``: saved ones by id (``open_store().segments``). Raises EngineError when
        the database is locked or cannot be reached.
        """
        if url is None:
            from ifdo_core.demo import open_demo

            workbench = open_demo(cls, progress or watched())
            workbench.segments = {} if segments is None else segments
            return workbench
        workbench = cls(open_engine(url), segments)
        workbench.catch_up(progress)
        return workbench

    def __enter__(self) -> Workbench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._bits.clear()
        self._marts.close()
        self.engine.close()

    # --- the shop -----------------------------------------------------------------------------

    @property
    def is_demo(self) -> bool:
        return self.settings.demo

    @property
    def now(self) -> datetime:
        """The moment numbers are for unless another is given: the newest event's, or of a shop without events the
        newest order's; the wall clock where there is neither. Naive UTC."""
        return self._marts.default_now() or utc_now()

    @property
    def data_version(self) -> int:
        """Grows with every change of the data; equal versions give equal answers."""
        return self._marts.version

    @property
    def holdings(self) -> Holdings:
        """What data is there, by kind."""
        version = self.data_version
        if self._holdings is None or self._holdings[0] != version:
            self._holdings = (version, read_holdings(self.engine))
        return self._holdings[1]

    def configure(self, settings: ShopSettings) -> None:
        """Keeps the shop's own facts (time zone, hosts …); marts that depend on them are built anew."""
        with self._lock:
            rows = [{"name": name, "value": value} for name, value in settings.to_rows().items()]
            fill = [insert(tables.settings).values(rows)] if rows else []
            self.engine.write(delete(tables.settings), *fill)
            self.settings = settings
            self._bits.clear()
            self._marts.close()
            self._marts = Marts(self.engine, settings)
            if self._marts.version:
                self._marts.update()

    def doctor(self) -> Doctor:
        """What data is there, what is missing, and which screens that leaves empty."""
        return examine(self.holdings, self.now, self.settings.zone)

    # --- data in ------------------------------------------------------------------------------

    def load(
        self,
        *,
        events: Any = None,
        orders: Any = None,
        order_items: Any = None,
        products: Any = None,
        members: Any = None,
        messages: Any = None,
        mapping: str | Path | ColumnMapping | None = None,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Takes in frames, files or globs and brings the marts up to date.

        The same rows again change nothing; a bad row is set aside and named in the report, a bad file changes
        nothing. ``mapping``: a ready mapping's name, a YAML file, or a Mapping. Raises DataError.
        """
        from ifdo_core.ingest import load

        given = {
            "events": events,
            "orders": orders,
            "order_items": order_items,
            "products": products,
            "members": members,
            "messages": messages,
        }
        sources = {name: source for name, source in given.items() if source is not None}
        if not sources:
            raise DataError("nothing_to_load", "불러올 데이터가 없어요.", "파일이나 DataFrame을 하나 이상 주세요.")
        with self._lock:
            told = progress or watched()
            share = part(told, 0.0, 0.6)
            report = load(self.engine, self.settings, sources, mapping=mapping, progress=share, now=utc_now())
            self.catch_up(part(told, 0.6, 1.0))
        return report

    def catch_up(self, progress: Progress | None = None) -> None:
        """Takes what was accepted but is not in the marts yet into them; nothing when nothing waits."""
        with self._lock:
            if self._marts.stale or not self._marts.version:
                self._marts.update(progress or watched())
                self._holdings = None

    def rebuild(self, progress: Progress | None = None) -> None:
        """Builds all marts anew from the canonical tables."""
        with self._lock:
            self._marts.rebuild(progress or watched())
            self._holdings = None

    # --- segments -----------------------------------------------------------------------------

    def preview(
        self,
        segment: Segment | Mapping[str, Any],
        now: datetime | None = None,
        *,
        window: timedelta = WEEK,
        on_counted: Callable[[int, int], None] | None = None,
    ) -> Preview:
        """모수 of a segment at ``now`` (naive UTC; default: ``self.now``). See ``Preview``.

        ``window``: another span in the place of the 7 days; the fields keep their names. ``on_counted(visits_7d,
        visits_24h)`` is called with the two large numbers before the rest is computed; again, where data came in
        meanwhile: all numbers are of one state of the data.
        """
        asked = self.resolve(segment)
        while True:
            moment, version = now or self.now, self.facts_version
            kept = (self._bits, version) if self.engine.columnar else None
            marts = self._marts.at(moment)
            found = preview(self.engine, marts, self.settings, self.holdings, asked, moment, window, on_counted, kept)
            if self._facts_asked() == version:
                return found

    def visits(self, segment: Segment | Mapping[str, Any] | None = None, window: str | None = None) -> pd.DataFrame:
        """Matching visits, newest first; ``window``: '24h', '7d' or None for all."""
        subject = self._visits(window)
        return self.engine.frame(audience.visits_query(subject, self._past(segment)))

    def visitors(self, segment: Segment | Mapping[str, Any] | None = None, window: str | None = "7d") -> pd.DataFrame:
        """Distinct visitors of the matching visits: visitor_id, member_id, visits, last_visit_at."""
        subject = self._visits(window)
        return self.engine.frame(audience.visitors_query(subject, self._past(segment)))

    def members(self, segment: Segment | Mapping[str, Any] | None = None, window: str | None = None) -> pd.DataFrame:
        """Members that a segment reaches: member_id, visits, last_visit_at, order_count, total_amount, standing.

        ``window`` '7d' or '24h': the distinct members of the matching visits, as ``preview`` counts them; 'now': each
        member at now, for which conditions on visits are refused by name. Default: '7d' where visits are collected,
        else 'now'.
        """
        chosen = window or ("7d" if self.holdings.has("events") else "now")
        where = self._past(segment)
        if chosen == "now":
            subject = Members(self._marts.at(self.now), self.settings, self.now)
            return self.engine.frame(audience.members_now_query(subject, where))
        return self.engine.frame(audience.members_of_visits_query(self._visits(chosen), where))

    def member_count(self, segment: Segment | Mapping[str, Any]) -> int:
        """How many members match at now; of conditions on visits, those of the matching visits of 7 days."""
        where = self._past(segment)
        visits = where is not None and any(needs_visit(place.leaf) for place in every_leaf(where))
        subject = self._visits("7d") if visits else Members(self._marts.at(self.now), self.settings, self.now)
        return int(self.engine.scalar(audience.member_count_query(subject, where)) or 0)

    def statistics(
        self, segment: Segment | Mapping[str, Any], window: str | None = "7d", now: datetime | None = None
    ) -> Statistics:
        """Who the segment's visits are, whence, what they view, cart and buy, and when: each against all visits."""
        from ifdo_core.segments.statistics import statistics

        moment = now or self.now
        span = self._visits(window).window
        return statistics(
            self.engine, self._marts.at(moment), self.settings, self.holdings, self.resolve(segment), moment, span
        )

    # --- lists ---------------------------------------------------------------------------------

    def listing(
        self,
        segment: Segment | Mapping[str, Any] | None = None,
        what: str = "members",
        *,
        window: str | None = "7d",
        limit: int = 50,
        offset: int = 0,
        role: Role | None = None,
        **asked: Any,
    ) -> ListPage:
        """A page of the visits, visitors or members behind a segment. ``asked``: columns, search, sort, descending,
        masked (see ``ListRequest``). Personal data is masked unless ``masked=False`` and the role may see it.
        """
        request = self._request(segment, what, window, asked)
        request.allow(role or current_role())
        return read_page(self.engine, self._listing(request), self.now, self.settings.timezone, limit, offset)

    def export(
        self,
        segment: Segment | Mapping[str, Any] | None,
        path: str | Path,
        what: str = "members",
        *,
        window: str | None = "7d",
        headers: Headers = "labels",
        actor: Actor | None = None,
        destination: str = "",
        store: Store | None = None,
        progress: Progress | None = None,
        **asked: Any,
    ) -> Exported:
        """Writes a whole list to a .csv or .xlsx and logs it in the store; ``asked`` as for ``listing``.

        ``actor``: who takes it and how; default: this user and role, from a notebook. Raises NotAllowed, DataError.
        """
        from ifdo_core.lists.export import Actor, export_list
        from ifdo_core.store import open_store

        request = self._request(segment, what, window, asked)
        by = actor or Actor(current_person(), current_role(), "notebook")
        with nullcontext(store) if store else open_store() as log:
            return export_list(
                self._source(request), Path(path), by, log.exports, utc_now(),
                destination=destination, headers=headers, progress=progress or watched(),
            )  # fmt: skip

    def email(
        self,
        segment: Segment | Mapping[str, Any] | None,
        to: str,
        what: str = "members",
        *,
        window: str | None = "7d",
        format: str = "xlsx",
        dry_run: bool = True,
        actor: Actor | None = None,
        store: Store | None = None,
        progress: Progress | None = None,
        **asked: Any,
    ) -> Mailed:
        """Sends a whole list to ``to`` by e-mail and logs it; ``asked`` as for ``listing``.

        With ``dry_run``, and on the demo shop always, the message is made and returned but not sent. The server is
        that of IFDO_SMTP_* (``MailSettings``). Raises MailError, NotAllowed, DataError.
        """
        from ifdo_core.lists.export import Actor
        from ifdo_core.lists.mail import mail_list
        from ifdo_core.store import open_store

        request = self._request(segment, what, window, asked)
        by = actor or Actor(current_person(), current_role(), "email")
        with nullcontext(store) if store else open_store() as log:
            return mail_list(
                self._source(request), to, format, by, log.exports, utc_now(),
                shop=self.settings.name, dry_run=dry_run or self.is_demo, progress=progress or watched(),
            )  # fmt: skip

    def _request(
        self, segment: Segment | Mapping[str, Any] | None, what: str, window: str | None, asked: Mapping[str, Any]
    ) -> ListRequest:
        if window == "7d" and what == "members" and not self.holdings.has("events"):
            window = "now"
        return ListRequest(None if segment is None else self.resolve(segment), what, window, **asked)

    def _listing(self, request: ListRequest) -> Listing:
        return Listing(self._marts.at(self.now), self.settings, self.now, request)

    def _source(self, request: ListRequest) -> Source:
        from ifdo_core.lists.export import Source

        return Source(self.engine, self._listing(request), self.settings.zone)

    def suggest(self, condition_id: str, query: str = "", limit: int = 20, *, param: str | None = None) -> pd.DataFrame:
        """Values for a condition's input with how many visits of the last 7 days have them: value, label, visits.

        ``param``: values for that parameter instead; products, categories and brands of the shop are uncounted (0).
        """
        now = self.now
        visits = Visits(self._marts.at(now), self.settings, now, WEEK)
        if param is not None:
            return suggest_param(self.engine, visits, condition_id, param, query, limit)
        return suggest(self.engine, visits, condition_id, query, limit)

    def resolve(self, segment: Segment | Mapping[str, Any], own_id: str | None = None) -> Segment:
        """The segment with what the saved segments in it say now, which everything that compiles it needs, and with
        the names of its products, for its wording.

        ``own_id``: the id it is saved under. Raises SegmentError for a circle, and beyond the bounds of a segment.
        """
        return with_names(self.engine, resolve(_segment(segment), self.segments, own_id))

    def forecast(self, segment: Segment | Mapping[str, Any], days: int = 7, now: datetime | None = None) -> Forecast:
        """Matching visits and distinct visitors of the ``days`` × 24 hours after ``now``: ``.visits``, ``.visitors``,
        each with ``.low`` and ``.high`` of the 80 % interval; ``.backtest`` says how often it held."""
        from ifdo_core.segments.forecast.foretell import forecast

        moment = now or self.now
        marts = self._marts.at(moment)
        return forecast(self.engine, marts, self.settings, self.holdings, self.resolve(segment), moment, days)

    def overlap(
        self, segments: Mapping[str, Segment | Mapping[str, Any]] | None = None, now: datetime | None = None
    ) -> Overlap:
        """How segments (by name; default: the saved ones) overlap: visits and visitors of 7 days, by combination."""
        return self._several(now).overlap(segments)

    def compare(
        self, a: Segment | Mapping[str, Any], b: Segment | Mapping[str, Any], now: datetime | None = None
    ) -> Comparison:
        """Two segments side by side: sizes, what they share, and the attributes in which they differ."""
        return self._several(now).compare(a, b)

    def hints(
        self, segment: Segment | Mapping[str, Any], now: datetime | None = None, own_id: str | None = None
    ) -> Hints:
        """Which condition less, one more, or another threshold changes the 모수 most; each with the changed segment."""
        return self._several(now).hints(segment, own_id)

    def matching(
        self,
        *,
        visitor: str | None = None,
        member: str | None = None,
        segments: Mapping[str, Segment | Mapping[str, Any]] | None = None,
        now: datetime | None = None,
    ) -> Matching:
        """Which segments (by name; default: the saved ones) the visits of 7 days of one visitor or member match."""
        return self._several(now).matching(visitor, member, segments)

    def starters(self, now: datetime | None = None) -> Gallery:
        """Ready segments with why, what to do, and their 모수 now, counted in one scan."""
        return self._several(now).starters()

    def sizes(
        self, segments: Mapping[str, Segment | Mapping[str, Any]], now: datetime | None = None
    ) -> dict[str, int | None]:
        """Visits of 7 days of many segments, counted in one scan; None where there is no number."""
        return self._several(now).sizes(segments)

    def _several(self, now: datetime | None) -> Several:
        from ifdo_core.segments.several import Several

        moment = now or self.now
        return Several(self.engine, self._marts.at(moment), self.settings, self.holdings, self.segments, moment)

    def understand(self, text: str, *, tokenizer: bool = False) -> Understood:
        """Conditions that a sentence speaks of: '최근 7일 장바구니 7만원 이상, 인스타그램'. ``.parts`` with other
        readings, ``.segment()`` all of it, ``.unknown`` what was not understood.

        ``tokenizer``: where words are left, set Korean words apart with kiwipiepy (extra 'korean') and try again.
        """
        from ifdo_core.segments.understand.read import understand
        from ifdo_core.segments.understand.shop import shop_lexicon, spaced

        version = self.data_version
        if self._words is None or self._words[0] != version:
            self._words = (version, shop_lexicon(self.engine))
        found = understand(text, self._words[1])
        if found.unknown and tokenizer and (apart := spaced(text)):
            again = understand(apart, self._words[1])
            return again if len(again.unknown) < len(found.unknown) else found
        return found

    def explain(self, segment: Segment | Mapping[str, Any]) -> tuple[Reason, ...]:
        """Why the segment's numbers may be missing, zero or small."""
        return tuple(explain(self.resolve(segment), self.holdings, self.now))

    def help(self) -> Help:
        """What shops ask most about 모수, answered from this shop's state: ``.answers``, ``.insight()``. Looks at
        ``self.segments``, the last changed first."""
        from ifdo_core import questions

        saved = {id: self.segments[id] for id in islice(self.segments, questions.MAX_SAVED)}
        has_members = self.holdings.has("members")
        return questions.answer_questions(
            questions.State(
                holdings=self.holdings,
                doctor=self.doctor(),
                now=self.now,
                today=utc_now(),
                is_demo=self.is_demo,
                everyone=self.preview(questions.EVERY),
                consenting=self.preview(questions.CONSENTING) if has_members else None,
                friends=self.preview(questions.FRIENDS) if has_members else None,
                saved={id: self.preview(segment) for id, segment in saved.items()},
            )
        )

    # --- customer analysis --------------------------------------------------------------------

    @property
    def analysis(self) -> Analysis:
        """Everything about customers; the usual questions have a method here."""
        from ifdo_core.analysis.door import Analysis

        return Analysis(self)

    def rfm(self, as_of: AsOf = None, lookback_days: int = 365) -> Rfm:
        """RFM scores and grades of every customer (semantics.md, 'RFM'); a date means the end of that day."""
        return self.analysis.rfm(as_of, lookback_days)

    def lifetime_value(self, as_of: AsOf = None, horizon_days: int = 365, model: Choice = "best") -> Lifetime:
        """Probability to be alive, expected orders and value of every customer (semantics.md, 'Lifetime models')."""
        return self.analysis.lifetime(as_of, horizon_days, model)

    def customer(self, who: str, *, masked: bool = True, role: Role | None = None) -> Customer:
        """One customer by member, order or visitor id: timeline, standing, forecast, what to recommend, segments.

        Raises DataError for nobody or several, NotAllowed where ``masked`` is False and the role may not see it.
        """
        from ifdo_core.person import customer

        return customer(self, who, role or current_role(), masked=masked)

    def find_customers(self, text: str, role: Role | None = None) -> pd.DataFrame:
        """Customers whose member, order or visitor id is ``text`` or holds it; by telephone and e-mail only for a role
        that may see them: person, customer, matched, order_count, total_amount, last_visit_at, last_order_at."""
        from ifdo_core.person import find

        now = self.now
        return find(self.engine, self.marts_at(now), text, now, role or current_role())

    def customers_at_risk(self, limit: int = 20, role: Role | None = None) -> pd.DataFrame:
        """Whom the newest refresh calls likely to leave, the largest first: person, customer, total_amount, reasons."""
        from ifdo_core.person import at_risk

        return at_risk(self.engine, self.marts_at(self.now), limit, role or current_role())

    def refresh(self, progress: Progress | None = None) -> Refresh:
        """The daily analysis, now: takes in what waits, then scores everybody (see ``ifdo_core.jobs``)."""
        from ifdo_core import jobs

        told = progress or watched()
        self.catch_up(part(told, 0.0, 0.2))
        done = jobs.refresh(self, part(told, 0.2, 1.0))
        self._holdings = None
        return done

    def marts_at(self, moment: datetime) -> MartTables:
        """The marts that hold everything up to ``moment``, and possibly more; identity is the newest known."""
        return self._marts.main if moment <= self.now else self._marts.at(moment)

    # --- products bought together --------------------------------------------------------------

    @property
    def together(self) -> Together:
        """Everything about products bought together; ``rules`` and ``recommend`` ask it."""
        from ifdo_core.recommend.together import Together

        with self._lock:
            if self._together is None or self._together.marts is not self._marts:
                self._together = Together(self.engine, self._marts, self.settings)
            return self._together

    def rules(
        self,
        level: Level = "product",
        *,
        min_support: float | None = None,
        min_confidence: float = 0.05,
        max_len: int | None = 2,
        now: datetime | None = None,
    ) -> Rules:
        """Association rules among products, categories or brands. See ``Rules``.

        ``min_support`` None: chosen by the data. ``max_len``: items of a rule at most, None for any number.
        """
        return self.together.rules(
            now or self.now, level, min_support=min_support, min_confidence=min_confidence, max_len=max_len
        )

    def recommend(
        self,
        *,
        product: object = None,
        basket: Sequence[object] | None = None,
        member: object = None,
        visitor: object = None,
        segment: Segment | Mapping[str, Any] | None = None,
        k: int = 10,
        policy: Policy | None = None,
        now: datetime | None = None,
    ) -> Recommendations:
        """Products for a product, a cart, a member or visitor (their next order, or with ``basket`` what goes with it
        for them), or a segment. ``policy``: the shop's own rules. Raises DataError for what is unknown."""
        from ifdo_core.recommend.ask import ask

        given = (product, basket, member, visitor, None if segment is None else _segment(segment))
        return ask(self, now or self.now, given, k, policy)

    def evaluate(self, progress: Progress | None = None, now: datetime | None = None) -> Evaluation:
        """How good every way to recommend is on this shop's last four weeks; then the best of each task answers."""
        return self.together.evaluation(now or self.now, progress or watched())

    # --- messages -----------------------------------------------------------------------------

    @cached_property
    def messages(self) -> Messages:
        """Brand messages: check, reach, drafts, sending, results."""
        from ifdo_core.messages.door import Messages

        return Messages(
            self.engine, lambda: self.settings, lambda now: self._marts.at(now), lambda: self.now,
            resolve=self.resolve, take=lambda rows: self.load(messages=rows),
            take_members=lambda rows: self.load(members=rows),
        )  # fmt: skip

    # --- reports ------------------------------------------------------------------------------

    def report(
        self,
        report_id: str,
        start: AsOf = None,
        end: AsOf = None,
        segment: Segment | Mapping[str, Any] | None = None,
        compare: bool = True,
    ) -> ReportResult:
        """A report of the catalogue (``REPORTS``): ``.frame()``, ``.figure()``, ``.insight()``, ``.segment(row)``.

        ``end``: as of when, default now; a date means the end of that day. ``start``: where the period begins (a date:
        its first moment), default the entry's own. ``segment``: only persons with a matching visit up to then, on
        orders-only data the members that match. ``compare``: also the total of the period before. Raises DataError
        for an unknown id.
        """
        from ifdo_core.analysis.moments import moment
        from ifdo_core.reports import ask

        zone = self.settings.zone
        until = moment(end, self.now, zone)
        begins = moment(start, until, zone) if start is not None else None
        if begins is not None and not isinstance(start, datetime):
            begins -= timedelta(days=1)  # the moment before the day begins: periods are open on the left
        marts, persons = self._marts.at(until), None
        if segment is not None:
            collected = self.holdings.has("events")
            subject = Visits(marts, self.settings, until, None) if collected else Members(marts, self.settings, until)
            persons = audience.persons_query(subject, self._past(segment))
        return ask(
            self.engine, marts, self.settings, self.holdings, report_id, until,
            start=begins, persons=persons, compare=compare,
        )  # fmt: skip

    def insights(self, day: date | None = None) -> Insights:
        """What was unlike itself on ``day`` (a local day; default: the last one that is over), the dearest first.

        The days before ``day`` are compared with, nothing after it; see ``ifdo_core.insights.detect`` for the tests.
        Those that the daily refresh kept are read where the data is still what it was.
        """
        from ifdo_core.insights import find_insights
        from ifdo_core.insights.daily import last_whole_day
        from ifdo_core.insights.stored import read_insights

        now = self.now
        kept = read_insights(self.engine, day or last_whole_day(now, self.settings), self.settings.currency)
        if kept is not None and kept[1] == self.data_version:
            return kept[0]
        return find_insights(self.engine, self._marts.at(now), self.settings, self.holdings, now, day)

    def digest(self, day: date | None = None, *, base_url: str | None = None) -> Digest:
        """The morning's digest of ``day`` (default: the last one that is over): ``.html()``, ``.text()``, ``.frame()``.

        ``base_url``: where the app is reached, for links; default IFDO_APP_URL, without which there are none.
        """
        from ifdo_core.digest import digest

        return digest(self, day, base_url)

    def email_digest(self, to: Sequence[str] = (), day: date | None = None, *, dry_run: bool = True) -> DigestMailed:
        """Sends the digest to ``to`` (default: the recipients of the shop's settings).

        With ``dry_run``, and on the demo shop always, it is made and returned but not sent. Raises MailError.
        """
        from ifdo_core.digest import mail_digest

        return mail_digest(
            self.digest(day), tuple(to) or self.analysis.scheme.digest_to, utc_now(), dry_run=dry_run or self.is_demo
        )

    def send_digest(self, wall: datetime | None = None) -> DigestMailed | None:
        """After the daily refresh: the digest to each recipient of the shop's settings, once a day.

        ``wall`` (naive UTC): what failed is tried again only after its wait and only so many times; without it at once.
        None where nothing is to be sent: nobody is named, the demo shop, before the day's refresh, or all have it.
        Raises MailError.
        """
        from ifdo_core.digest.post import outstanding, post
        from ifdo_core.insights.daily import last_whole_day
        from ifdo_core.insights.stored import newest_day

        to = () if self.is_demo else self.analysis.scheme.digest_to
        day = last_whole_day(self.now, self.settings)
        if not to or newest_day(self.engine) != day:
            return None
        asked = outstanding(self.engine, day, to, wall)
        return post(self.engine, self.digest(day), asked) if asked else None

    # --- inside -------------------------------------------------------------------------------

    @property
    def facts_version(self) -> tuple[int, int]:
        """What a condition's truth hangs on: the data, and the refresh whose scores count, which comes without data."""
        newest = self.engine.remembered("newest run", lambda: self.engine.scalar(select(newest_run())))
        return self.data_version, newest or 0

    def _facts_asked(self) -> tuple[int, int]:
        """``facts_version``, asked of the database: what is remembered of it is forgotten only after a commit."""
        version = select(tables.mart_state.c.value).where(tables.mart_state.c.name == "version").scalar_subquery()
        row = self.engine.execute(select(version.label("version"), newest_run().label("run")))[0]
        return int(row.version or 0), row.run or 0

    def _visits(self, window: str | None) -> Visits:
        if window is not None and window not in WINDOWS:
            raise DataError(
                "unknown_window", "모르는 기간이에요: {window}.", "'24h'나 '7d'를 써 주세요.", window=window
            )
        now = self.now
        return Visits(self._marts.at(now), self.settings, now, WINDOWS[window] if window else None)

    def _past(self, segment: Segment | Mapping[str, Any] | None) -> Any:
        return None if segment is None else self.resolve(segment).where


def _segment(given: Segment | Mapping[str, Any]) -> Segment:
    return given if isinstance(given, Segment) else Segment.from_dict(given)


def _read_settings(engine: Engine) -> ShopSettings:
    rows = engine.execute(select(tables.settings.c.name, tables.settings.c.value))
    return ShopSettings.from_rows({row[0]: row[1] for row in rows})
