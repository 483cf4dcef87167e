"""What sessions share: the open shop, the store, and results by query, data version and now's minute.

Every key holds the shop (its address, or the secret token of a session's own one), so no session is shown
the numbers of another shop.
"""

from __future__ import annotations

import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

import pandas as pd
import streamlit as st

from ifdo_core import Customer, Digest, Segment, Workbench
from ifdo_core.errors import SegmentError
from ifdo_core.i18n import current_language
from ifdo_core.insights import Insights
from ifdo_core.questions import Help
from ifdo_core.reports import ReportResult
from ifdo_core.segments.forecast.result import Forecast
from ifdo_core.segments.model import Leaf
from ifdo_core.segments.preview import Preview
from ifdo_core.segments.statistics.result import Statistics
from ifdo_core.store import Store, open_store
from ifdo_ui.newest import newest

T = TypeVar("T")
MEMORY = "duckdb:///:memory:"
MAX_RESULTS = 300
MAX_STATISTICS = 30
MAX_TRIALS = 4
MAX_ANALYSES = 24  # a result holds a row a customer


class Shop:
    """A shop that opens in the background, so that a page can show how far it is."""

    def __init__(self, key: str, url: str | None) -> None:
        self.key = key
        self.fraction = 0.0
        self.doing = ""
        self._workbench: Workbench | None = None
        self._error: Exception | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._open, args=(url,), name="open-shop", daemon=True)
        self._thread.start()

    def _open(self, url: str | None) -> None:
        try:
            self._workbench = Workbench.open(url, progress=self._progress, segments=_Saved())
        except Exception as error:  # handed to whoever waits for the shop
            self._error = error
        finally:
            # what is loaded by now stays: whoever collects garbage later need not look at it
            gc.collect()
            gc.freeze()
            self._done.set()

    def _progress(self, fraction: float, doing: str) -> None:
        """In a thread of its own the core speaks Korean, so ``doing`` is a msgid: each session translates it."""
        self.fraction, self.doing = min(max(fraction, 0.0), 1.0), doing

    def wait(self, seconds: float) -> bool:
        """Whether it is open, or has failed, within ``seconds``."""
        return self._done.wait(seconds)

    @property
    def failed(self) -> bool:
        return self._error is not None

    @property
    def workbench(self) -> Workbench:
        """Waits for it. Raises what opening raised."""
        self._done.wait()
        if self._workbench is None:
            raise self._error or RuntimeError("the shop is closed")
        return self._workbench

    def ready(self) -> Workbench | None:
        """The workbench if it is open already."""
        return self._workbench

    def close(self) -> None:
        self._done.wait()
        if self._workbench is not None:
            self._workbench.close()
            self._workbench = None


def shop_url() -> str | None:
    """``IFDO_URL``; None stands for the demo shop."""
    return os.environ.get("IFDO_URL", "").strip() or None


def _close(shop: Shop) -> None:
    shop.close()


@st.cache_resource(show_spinner=False, on_release=_close)
def _shared(url: str | None) -> Shop:
    return Shop(url or "demo", url)


@st.cache_resource(show_spinner=False, on_release=_close, max_entries=MAX_TRIALS)
def _trial(token: str) -> Shop:
    return Shop(token, MEMORY)


def shop(trial: str | None = None) -> Shop:
    """The shop of this process, or the session's own by its token. One that failed to open is tried again."""
    if trial:
        return _trial(trial)
    opened = _shared(shop_url())
    if opened.failed:
        _shared.clear()
        opened = _shared(shop_url())
    return opened


@st.cache_resource(show_spinner=False, on_release=lambda kept: kept.close())
def store() -> Store:
    """Saved segments."""
    return open_store()


class _Saved(Mapping[str, Segment]):
    """The store's segments, found when they are asked for: a shop opens before its store does."""

    def __getitem__(self, segment_id: str) -> Segment:
        return store().segments[segment_id]

    def __iter__(self) -> Iterator[str]:
        return iter(store().segments)

    def __len__(self) -> int:
        return len(store().segments)


def named(opened: Shop, segment: Segment) -> Segment:
    """The segment with the names of saved segments in it, for its wording; as it is where they go in a circle."""
    try:
        return opened.workbench.resolve(segment)
    except SegmentError:
        return segment


def close_all() -> None:
    """Closes what is shared; at the end of the process."""
    for cached in (_shared, _trial, store, _previews, _analyses, _suggest, _forecasts, _statistics):
        cached.clear()


# --- results ----------------------------------------------------------------------------------


def preview(
    opened: Shop, segment: Segment, on_counted: Callable[[int, int], None] | None = None, own_id: str | None = None
) -> Preview:
    """``Workbench.preview``; the same question in the same minute on the same data is asked once.

    ``own_id``: what the segment is saved under, so that a circle of saved segments is seen.

    ``on_counted`` may draw: it is called outside of Streamlit's own caches, which would replay what it draws. A newer
    edit of the session stops the question (``newest``).
    """
    workbench = opened.workbench
    minute = workbench.now.replace(second=0, microsecond=0)
    asked = replace(workbench.resolve(segment, own_id), name="")
    key = (opened.key, workbench.facts_version, minute, current_language(), asked.where)
    kept = _previews()
    found = kept.get(key)
    if found is None:

        def ask(tell: Callable[[tuple[int, int]], None]) -> Preview:
            return workbench.preview(asked, on_counted=lambda week, day: tell((week, day)))

        found = newest(workbench.engine, ask, lambda counts: on_counted(*counts) if on_counted else None)
        kept.put(key, found)
    return found


def forecast(opened: Shop, segment: Segment) -> Forecast:
    """``Workbench.forecast`` of the next 7 days; the same question in the same hour on the same data is asked once."""
    workbench = opened.workbench
    hour = workbench.now.replace(minute=0, second=0, microsecond=0)
    asked = workbench.resolve(segment)
    key = (opened.key, workbench.facts_version, hour, current_language(), asked.where)
    kept = _forecasts()
    found = kept.get(key)
    if found is None:
        found = newest(workbench.engine, lambda _: workbench.forecast(asked))
        kept.put(key, found)
    return found


@st.cache_resource(show_spinner=False)
def _forecasts() -> _Kept:
    return _Kept()


def several(opened: Shop, what: str, about: Hashable, ask: Callable[[Workbench], T]) -> T:
    """``ask(workbench)``, once for the same ``what`` and ``about`` in the same minute on the same data."""
    workbench = opened.workbench
    minute = workbench.now.replace(second=0, microsecond=0)
    key = (what, opened.key, workbench.facts_version, minute, current_language(), about)
    kept = _previews()
    found = kept.get(key)
    if found is None:
        found = ask(workbench)
        kept.put(key, found)
    return found


def saved_trees(opened: Shop) -> dict[str, Segment]:
    """The readable saved segments by name, resolved: what is asked about all of them is kept by this."""
    return {item.name: named(opened, item.segment) for item in store().list() if item.segment is not None}


def statistics(opened: Shop, segment: Segment, window: str) -> Statistics:
    """``Workbench.statistics``; the same question in the same minute on the same data is asked once."""
    workbench = opened.workbench
    minute = workbench.now.replace(second=0, microsecond=0)
    asked = replace(workbench.resolve(segment), name="")
    key = ("statistics", opened.key, workbench.facts_version, minute, current_language(), asked.where, window)
    found = _statistics().get(key)
    if found is None:
        found = workbench.statistics(asked, window)
        _statistics().put(key, found)
    return found


@st.cache_resource(show_spinner=False)
def _statistics() -> _Kept:
    return _Kept(MAX_STATISTICS)


def help_of(opened: Shop) -> Help:
    """``Workbench.help``: it looks at saved segments too, which change without the data, so it is asked anew."""
    return opened.workbench.help()


def traffic(opened: Shop) -> Preview:
    """All visits of the last 24 hours and 7 days: the totals that every preview carries."""
    return preview(opened, Segment(Leaf("traffic.visit_count", "gte", 1)))


class _Kept:
    """The newest results by key, safe between threads."""

    def __init__(self, most: int = MAX_RESULTS) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: Hashable, result: Any) -> None:
        with self._lock:
            self._found[key] = result
            while len(self._found) > self._most:
                self._found.popitem(last=False)


@st.cache_resource(show_spinner=False)
def _previews() -> _Kept:
    return _Kept()


def suggest(opened: Shop, condition_id: str, limit: int = 200) -> pd.DataFrame:
    """``Workbench.suggest``: the values of a condition that occur most (value, label, visits)."""
    workbench = opened.workbench
    return _suggest(opened.key, str(workbench.facts_version), current_language(), condition_id, limit, workbench)


@st.cache_resource(show_spinner=False, max_entries=MAX_RESULTS)
def _suggest(
    shop: str, version: str, language: str, condition_id: str, limit: int, _workbench: Workbench
) -> pd.DataFrame:
    return _workbench.suggest(condition_id, limit=limit)


def analysed(opened: Shop, name: str, make: Callable[[], Any]) -> Any:
    """A result of customer analysis by name: made once for a version of the data and of what was refreshed."""
    workbench = opened.workbench
    minute = workbench.now.replace(second=0, microsecond=0)
    key = (opened.key, workbench.facts_version, minute, current_language(), name)
    kept = _analyses()
    found = kept.get(key)
    if found is None:
        found = make()
        kept.put(key, found)
    return found


def forget_analysis(opened: Shop) -> None:
    """After the shop's scheme changed, everything is scored anew."""
    _analyses.clear()


@st.cache_resource(show_spinner=False)
def _analyses() -> _Kept:
    return _Kept(MAX_ANALYSES)


def ready() -> Workbench | None:
    """The process's shop if it is open, without waiting for it."""
    opened = _shared(shop_url())
    return None if opened.failed else opened.ready()


def report(opened: Shop, report_id: str, period: str = "", segment_id: str = "") -> ReportResult:
    """``Workbench.report`` over the last ``period`` days ('' the report's own, 'all' everything) of a saved segment."""
    workbench = opened.workbench
    saved = store().get(segment_id).readable() if segment_id else None
    asked = replace(workbench.resolve(saved), name="") if saved else None
    return _report(
        opened.key, str(workbench.facts_version), current_language(), report_id, period, repr(asked), workbench, asked
    )


@st.cache_resource(show_spinner=False, max_entries=MAX_RESULTS)
def _report(
    shop: str,
    version: str,
    language: str,
    report_id: str,
    period: str,
    segment: str,
    _workbench: Workbench,
    _asked: Segment | None,
) -> ReportResult:
    start: datetime | None = None
    if period == "all":
        start = datetime(1970, 1, 1)
    elif period:
        start = _workbench.now - timedelta(days=int(period))
    return _workbench.report(report_id, start=start, segment=_asked)


def insights(opened: Shop, day: date) -> Insights:
    """``Workbench.insights`` of a day."""
    workbench = opened.workbench
    return _insights(opened.key, str(workbench.data_version), day, workbench)


@st.cache_resource(show_spinner=False, max_entries=MAX_RESULTS)
def _insights(shop: str, version: str, day: date, _workbench: Workbench) -> Insights:
    return _workbench.insights(day)


def customer(opened: Shop, who: str, masked: bool) -> Customer:
    """``Workbench.customer``; asked once in the same minute on the same data."""
    return several(opened, "customer", (who, masked), lambda workbench: workbench.customer(who, masked=masked))


def member_count(opened: Shop, segment: Segment) -> int:
    """``Workbench.member_count``; asked once in the same minute on the same data."""
    return several(opened, "member_count", segment.where, lambda workbench: workbench.member_count(segment))


def digest(opened: Shop, day: date) -> Digest:
    """``Workbench.digest`` of a day."""
    return several(opened, "digest", day, lambda workbench: workbench.digest(day))


def take_report(timestamp: str, body: bytes, signature: str) -> int:
    """A dealer's report on messages that were sent; see ``Messages.take_report``."""
    return shop().workbench.messages.take_report(timestamp, body, signature)


def health() -> tuple[Literal["ok", "starting", "failed"], str | None]:
    """For ``/health``: how the process's shop is, without waiting for it."""
    opened = _shared(shop_url())
    if opened.failed:
        return "failed", None
    workbench = opened.ready()
    return ("ok", str(workbench.data_version)) if workbench else ("starting", None)
