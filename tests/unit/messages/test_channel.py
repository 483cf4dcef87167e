"""The channel's application: what it needs, its states, working days; M and N wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from ifdo_core.errors import MessageError, NotAllowed
from ifdo_core.messages.channel import PREREQUISITES, STATEMENTS, Application, Channel, due_on, missing
from ifdo_core.messages.rules import ensure_may_use
from ifdo_core.store import Store, open_store

NOW = datetime(2026, 11, 24, 3)
WHOLE = Application("아라담", 60_000, "080-123-4567", frozenset(PREREQUISITES), frozenset(STATEMENTS), "image:abc")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/state.db") as opened:
        yield opened


def test_what_is_missing() -> None:
    assert missing(WHOLE) == ()
    for name in PREREQUISITES:
        assert missing(replace(WHOLE, met=WHOLE.met - {name})) == (name,)
    for name in STATEMENTS:
        assert missing(replace(WHOLE, answers=WHOLE.answers - {name})) == (name,)
    assert missing(replace(WHOLE, friends=49_999)) == ("friends",)
    assert missing(replace(WHOLE, number_080="02-123-4567")) == ("number_080",)
    assert missing(replace(WHOLE, evidence="", channel=" ")) == ("channel", "evidence")


def test_both_ways_to_approval_and_back(store: Store) -> None:
    channel = Channel(store.messages)
    assert (channel.state, channel.approved) == ("none", False)
    channel.register("아라담", "owner", NOW)
    with pytest.raises(MessageError) as caught:
        channel.submit(replace(WHOLE, evidence=""), "owner", NOW)
    assert caught.value.facts["missing"] == ("evidence",)
    assert channel.state == "registered"
    assert channel.submit(WHOLE, "owner", NOW) == date(2026, 11, 27)
    with pytest.raises(MessageError):
        channel.submit(WHOLE, "owner", NOW)
    with pytest.raises(MessageError):
        channel.reject(" ", "operator", NOW)
    channel.reject("동의 문구에 카카오톡이 없어요", "operator", NOW)
    with pytest.raises(NotAllowed):
        ensure_may_use("M", manual=False, approved=channel.approved)
    channel.submit(WHOLE, "owner", NOW)
    channel.approve("operator", NOW)
    ensure_may_use("M", manual=False, approved=channel.approved)
    assert [one.state for one in channel.history] == [
        "registered", "in_review", "rejected", "in_review", "approved",
    ]  # fmt: skip
    assert channel.history[2].facts["reason"].startswith("동의")


def test_nobody_approves_what_was_not_handed_in(store: Store) -> None:
    channel = Channel(store.messages)
    with pytest.raises(MessageError):
        channel.approve("operator", NOW)
    assert channel.submit(WHOLE, "owner", NOW)  # channel and application in one form


@pytest.mark.parametrize(
    ("handed_in", "due"),
    [
        ("2026-11-24T03:00", "2026-11-27"),
        ("2026-11-27T03:00", "2026-12-02"),  # over a weekend
        ("2026-12-23T03:00", "2026-12-29"),  # 25 December is a holiday, then a weekend
        ("2026-09-22T03:00", "2026-09-29"),  # over Chuseok
        ("2026-11-24T16:00", "2026-11-30"),  # already the 25th in Korea
    ],
)
def test_working_days_of_korea(handed_in: str, due: str) -> None:
    assert due_on(datetime.fromisoformat(handed_in)) == date.fromisoformat(due)
