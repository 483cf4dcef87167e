"""What the refresh keeps of a day's changes, and the digest made of it: as text, HTML and e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import delete, select, update

from ifdo_core import Workbench, jobs, tables
from ifdo_core.clock import utc_now
from ifdo_core.digest.mailing import mail_digest
from ifdo_core.digest.post import WAITS, attempts
from ifdo_core.errors import DataError
from ifdo_core.i18n import using
from ifdo_core.insights.stored import newest_day, read_insights
from ifdo_core.mail import MailError
from ifdo_core.segments.link import unpack
from ifdo_server.scheduler import Scheduler
from tests.unit.inbox import Inbox

END = datetime(2026, 9, 15, 14, 59)  # the last minute of 15 September in Seoul


def a_shop() -> pd.DataFrame:
    """Sixty days of visits from two networks, of which one all but stops on the last day."""
    dice = np.random.default_rng(4)
    rows = []
    for ago in range(60):
        for source, mean in (("instagram", 60.0 if ago else 6.0), ("naver", 80.0)):
            for _ in range(dice.poisson(mean)):
                ts = END - timedelta(days=ago, minutes=float(dice.uniform(0, 1_430)))
                medium = "social" if source == "instagram" else "cpc"
                rows.append({"ts": f"{ts.isoformat()}Z", "visitor_id": f"v{len(rows)}", "name": "page_view",
                             "utm_source": source, "utm_medium": medium})  # fmt: skip
    rows.append({"ts": f"{END.isoformat()}Z", "visitor_id": "last", "name": "page_view"})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    with Workbench.open("duckdb:///:memory:") as opened:
        opened.configure(replace(opened.settings, name="<b>무지개</b> & 상점"))
        opened.load(events=a_shop())
        opened.refresh()
        yield opened


def test_the_refresh_keeps_what_it_found(workbench: Workbench):
    day = date(2026, 9, 15)
    assert newest_day(workbench.engine) == day
    kept = read_insights(workbench.engine, day, "KRW")
    assert kept is not None
    from ifdo_core.insights import find_insights

    fresh = find_insights(
        workbench.engine, workbench.marts_at(workbench.now), workbench.settings, workbench.holdings, workbench.now
    )
    assert len(fresh.items) >= 1
    pd.testing.assert_frame_equal(kept[0].frame(), fresh.frame(), check_dtype=False)
    assert kept[1] == workbench.data_version
    assert [item.watch.id for item in kept[0].numbers] == [item.watch.id for item in fresh.numbers]
    assert kept[0].items[0].figure().to_json() == fresh.items[0].figure().to_json()
    assert workbench.insights(day).frame().equals(kept[0].frame())


def test_a_day_that_is_not_whole_is_not_read(workbench: Workbench):
    engine, days = workbench.engine, tables.insight_days
    day = date(2026, 9, 15)
    engine.write(delete(days).where(days.c.day == day))
    assert read_insights(engine, day, "KRW") is None
    assert workbench.insights().items  # found anew
    workbench.refresh()
    items = engine.frame(select(tables.insight_items))
    assert not items.duplicated(["day", "place"]).any()
    assert read_insights(engine, day, "KRW") is not None


def test_missed_days_are_caught_up_but_not_for_ever():
    with Workbench.open("duckdb:///:memory:") as opened:
        events = a_shop()
        opened.load(events=events[pd.to_datetime(events["ts"], format="ISO8601") < "2026-09-12T14:59:30Z"])
        opened.refresh()
        first = newest_day(opened.engine)
        opened.load(events=events)
        opened.refresh()
        days = set(opened.engine.frame(select(tables.insight_days.c.day))["day"].astype(str))
        assert newest_day(opened.engine) == date(2026, 9, 15)
        assert first is not None
        assert {"2026-09-13", "2026-09-14", "2026-09-15"} <= days
        assert len(days) <= 1 + jobs.MOST_INSIGHT_DAYS


class Strict(HTMLParser):
    """Tags that are opened are closed, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "circle", "line", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("circle", "line", "polyline"):
            assert self.open.pop() == tag


def test_the_page_needs_nothing_beside_itself(workbench: Workbench):
    for language in ("ko", "en"):
        with using(language):
            html = workbench.digest(base_url="").html()
        reader = Strict()
        reader.feed(html)
        assert reader.open == []
        assert reader.links == []
        assert "<svg" in html
        assert "<script" not in html
        assert "nan" not in html.lower().replace("finance", "")
        assert "<b>무지개</b>" not in html
        assert "&lt;b&gt;무지개&lt;/b&gt; &amp; 상점" in html
        assert bool(re.search("[가-힣]", html.replace("무지개", "").replace("상점", ""))) == (language == "ko")


def test_each_insight_has_evidence_a_link_a_segment_and_an_action(workbench: Workbench):
    found = workbench.digest(base_url="https://crm.shop.example/")
    assert found.insights.items
    text = found.text()
    for item in found.insights.items:
        for part in (item.what(), item.evidence(), item.todo()):
            assert part in text
    links = [address for item in found.insights.items for _, address in found.links(item)]
    assert links
    assert all(address.startswith("https://crm.shop.example/") for address in links)
    segment = next(address for address in links if "/segments?" in address)
    told = unpack(segment.split("segment=")[1].split("&")[0])
    assert workbench.preview(told).visits_7d is not None
    assert any("/messages?" in address for address in links)
    assert links[0] in found.html().replace("&amp;", "&")


def test_a_message_to_each_recipient(workbench: Workbench, inbox: Inbox):
    found = workbench.digest(base_url="https://crm.shop.example")
    to = ("a@shop.example", "b@shop.example", "a@shop.example")
    mailed = mail_digest(found, to, END, dry_run=False)
    assert mailed.sent
    assert [message["To"] for message in inbox.messages] == ["a@shop.example", "b@shop.example"]
    first = inbox.messages[0]
    assert first.get_body(("plain",)).get_content() == found.text()
    assert "<svg" not in first.get_body(("html",)).get_content()
    assert first["Subject"] == found.subject()


def test_nothing_is_sent_without_a_server_or_in_a_dry_run(workbench: Workbench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("IFDO_SMTP_HOST", raising=False)
    shown = workbench.email_digest(["a@shop.example"])
    assert not shown.sent
    assert "보내지 않고" in shown.insight()
    with pytest.raises(MailError):
        workbench.email_digest(["a@shop.example"], dry_run=False)
    with pytest.raises(MailError):
        workbench.email_digest(["not an address"])
    with pytest.raises(DataError):
        workbench.email_digest()


@pytest.fixture
def recipients(workbench: Workbench) -> Iterator[tuple[str, str]]:
    to = ("a@shop.example", "b@shop.example")
    workbench.analysis.keep(replace(workbench.analysis.scheme, digest_to=to))
    workbench.engine.write(delete(tables.digest_mails))
    yield to
    workbench.analysis.keep(replace(workbench.analysis.scheme, digest_to=()))


def test_nobody_is_to_get_it(workbench: Workbench, inbox: Inbox):
    assert workbench.send_digest() is None
    assert not Scheduler(lambda: workbench).mail()
    assert inbox.messages == []


def test_after_the_refresh_it_goes_out_once_a_day(workbench: Workbench, inbox: Inbox, recipients: tuple[str, str]):
    sent = workbench.send_digest()
    assert sent is not None
    assert sent.to == recipients
    assert workbench.send_digest() is None
    workbench.refresh()
    assert not Scheduler(lambda: workbench).mail()
    assert [message["To"] for message in inbox.messages] == list(recipients)
    assert set(attempts(workbench.engine)["status"]) == {"sent"}


def test_one_who_comes_later_gets_it_too(workbench: Workbench, inbox: Inbox, recipients: tuple[str, str]):
    workbench.send_digest()
    workbench.analysis.keep(replace(workbench.analysis.scheme, digest_to=(*recipients, "c@shop.example")))
    assert Scheduler(lambda: workbench).mail()
    assert [message["To"] for message in inbox.messages] == [*recipients, "c@shop.example"]


def test_not_before_the_day_is_refreshed(workbench: Workbench, inbox: Inbox, recipients: tuple[str, str]):
    kept = workbench.engine.frame(select(tables.insight_days))
    workbench.engine.write(delete(tables.insight_days))
    try:
        assert not Scheduler(lambda: workbench).mail()
    finally:
        workbench.engine.append(tables.insight_days, kept)
    assert inbox.messages == []


def test_what_fails_is_tried_again_each_time_after_a_longer_wait_and_then_given_up(
    workbench: Workbench, inbox: Inbox, recipients: tuple[str, str]
):
    """The server refuses one of the two addresses."""
    inbox.refused = {"a@shop.example"}
    wall = utc_now()
    for tried, wait in enumerate((*WAITS, timedelta(days=1)), 1):
        with pytest.raises(MailError):
            workbench.send_digest(wall)
        last = attempts(workbench.engine).set_index("address")
        assert (last.loc["a@shop.example", "attempt"], last.loc["a@shop.example", "status"]) == (tried, "failed")
        assert last.loc["b@shop.example", "attempt"] == 1
        workbench.engine.write(update(tables.digest_mails).values(tried_at=wall))
        assert workbench.send_digest(wall + wait - timedelta(seconds=1)) is None
        wall += wait
    assert workbench.send_digest(wall) is None  # given up
    assert [message["To"] for message in inbox.messages] == ["b@shop.example"]
    inbox.refused = set()
    assert workbench.send_digest() is not None  # asked for by hand it goes out all the same
    assert [message["To"] for message in inbox.messages] == ["b@shop.example", "a@shop.example"]


def test_what_may_have_gone_out_is_never_sent_twice(
    workbench: Workbench, inbox: Inbox, recipients: tuple[str, str], monkeypatch: pytest.MonkeyPatch
):
    inbox.hangs_up = True
    with pytest.raises(MailError) as told:
        workbench.send_digest()
    assert told.value.code == "smtp_unsure"
    inbox.hangs_up = False
    assert workbench.send_digest() is None
    assert workbench.send_digest(utc_now() + timedelta(days=2)) is None
    last = attempts(workbench.engine)
    assert list(last["status"]) == ["unsure", "unsure"]
    # nor what a crash cut off
    workbench.engine.write(update(tables.digest_mails).values(status="trying"))
    assert workbench.send_digest() is None
