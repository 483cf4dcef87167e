"""The channel's application: what it needs, its states, working days, the e-mail; M and N wait for it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ifdo_core.errors import MessageError, NotAllowed
from ifdo_core.mail import MailSettings
from ifdo_core.messages.channel import STATEMENTS, Channel, Draft, names_of
from ifdo_core.messages.channel_mail import tell_result
from ifdo_core.messages.consent_image import check_consent_image
from ifdo_core.messages.prerequisites import PREREQUISITES, Details, Known, is_080, is_business_number, standings
from ifdo_core.messages.rules import ensure_may_use
from ifdo_core.messages.working_days import due_on, holidays_between, is_working_day, working_days_left
from ifdo_core.roles import ROLES
from ifdo_core.store import Store, open_store
from tests.unit.inbox import Inbox, Server

NOW = datetime(2026, 11, 24, 3)
ADMIN, MARKETER = ROLES["admin"], ROLES["marketer"]
DETAILS = Details(
    channel="@아라담", business_certified=True, business_number="124-81-00998", friends=60_000, phone="1588-1234",
    alimtalk_on=date(2026, 11, 1), caller="02-123-4567", email="crm@shop.example.com",
)  # fmt: skip
WITH_NUMBER = Known(issued_080="080-123-4567", caller="02-123-4567")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/state.db") as opened:
        yield opened


def picture(width: int = 720, form: str = "PNG", text: str = "광고성 정보 수신 동의 kakaotalk") -> bytes:
    page = Image.new("RGB", (width, 900), "white")
    if text:
        pen = ImageDraw.Draw(page)
        for line in range(40):
            pen.text((20, 20 * line), text.encode("ascii", "ignore").decode() * 8, fill="black")
    buffer = io.BytesIO()
    page.save(buffer, form)
    return buffer.getvalue()


def ready(store: Store, details: Details = DETAILS) -> tuple[Channel, Draft]:
    """A channel with everything there: the number was asked for and issued."""
    channel = Channel(store.messages)
    evidence = store.messages.put_image(picture(), NOW)
    draft = Draft(details, frozenset(STATEMENTS), evidence)
    channel.save(draft, "shop", NOW)
    channel.ask_number("shop", NOW)
    channel.issue_number("080-123-4567", "operator", NOW, ADMIN)
    return channel, draft


def held(details: Details, known: Known = WITH_NUMBER) -> set[str]:
    return {one.id for one in standings(details, known, NOW) if one.holds}


def test_each_prerequisite_has_evidence_or_says_what_to_do() -> None:
    assert held(DETAILS) == set(PREREQUISITES)
    lacking = {
        "business": [{"business_certified": False}, {"business_number": "124-81-00997"}, {"business_number": ""}],
        "friends": [{"friends": 49_999}],
        "phone": [{"phone": ""}, {"phone": "12"}],
        "alimtalk": [{"alimtalk_on": None}, {"alimtalk_on": date(2026, 8, 25)}, {"alimtalk_on": date(2026, 11, 25)}],
    }
    for name, changes in lacking.items():
        for change in changes:
            assert held(replace(DETAILS, **change)) == set(PREREQUISITES) - {name}
    assert held(DETAILS, Known()) == set(PREREQUISITES) - {"number_080"}
    assert held(replace(DETAILS, alimtalk_on=None), replace(WITH_NUMBER, alimtalk_at=datetime(2026, 11, 20))) == set(
        PREREQUISITES
    )
    for one in standings(DETAILS, WITH_NUMBER, NOW):
        assert one.evidence
        assert not one.todo()
    for one in standings(Details(), Known(), NOW):
        assert one.todo()
    [outside] = [one for one in standings(replace(DETAILS, outside_080="080-999-9999"), Known(), NOW)
                 if one.id == "number_080"]  # fmt: skip
    assert "080-999-9999" in outside.evidence


def test_numbers() -> None:
    assert is_business_number("124-81-00998")  # published by the company that holds it
    assert not is_business_number("124-81-0099")
    assert is_080("0801234567")
    assert not is_080("02-123-4567")


@given(st.integers(0, 999_999_999))
def test_one_check_digit_fits_and_a_changed_digit_does_not(nine: int) -> None:
    fitting = [f"{nine:09d}{last}" for last in range(10) if is_business_number(f"{nine:09d}{last}")]
    assert len(fitting) == 1


def test_the_number_comes_from_the_service_alone(store: Store) -> None:
    channel = Channel(store.messages)
    channel.save(Draft(replace(DETAILS, outside_080="080-999-9999")), "shop", NOW)
    with pytest.raises(MessageError, match="해지"):
        channel.ask_number("shop", NOW)
    with pytest.raises(MessageError):
        channel.issue_number("080-123-4567", "operator", NOW, ADMIN)  # nobody asked
    channel.save(Draft(replace(DETAILS, outside_080="080-999-9999", outside_released=True)), "shop", NOW)
    channel.ask_number("shop", NOW)
    assert channel.number_is_asked
    with pytest.raises(MessageError):
        channel.ask_number("shop", NOW)
    with pytest.raises(NotAllowed):
        channel.issue_number("080-123-4567", "shop", NOW, MARKETER)
    with pytest.raises(MessageError):
        channel.issue_number("02-123-4567", "operator", NOW, ADMIN)
    channel.issue_number("080-123-4567", "operator", NOW, ADMIN)
    assert channel.number_080 == "080-123-4567"
    channel.issue_number("080-7654-3210", "operator", NOW, ADMIN)
    assert channel.number_080 == "080-7654-3210"


def test_both_ways_in_to_approval_and_back(store: Store) -> None:
    channel, draft = ready(store)
    assert (channel.state, channel.approved) == ("none", False)
    for name in STATEMENTS:
        assert channel.missing(replace(draft, answers=draft.answers - {name}), NOW) == (name,)
    assert channel.missing(replace(draft, evidence="image:unknown"), NOW) == ("evidence",)
    for name, wrong in (("email", "crm@"), ("email", " "), ("channel", "arada"), ("channel", "")):
        typed = replace(draft.details, **{name: wrong})
        assert channel.missing(replace(draft, details=typed), NOW) == (name,)
    assert len(names_of(channel.missing(Draft(), NOW))) == len(channel.missing(Draft(), NOW)) == 11
    with pytest.raises(MessageError) as caught:
        channel.submit(replace(draft, evidence=""), "shop", NOW)
    assert caught.value.facts["missing"] == ("evidence",)
    assert channel.state == "none"
    # no channel yet: registration and application in one form
    assert channel.submit(draft, "shop", NOW) == channel.due_on == date(2026, 11, 27)
    assert [one.state for one in channel.history][-2:] == ["registered", "submitted"]
    with pytest.raises(MessageError):
        channel.submit(draft, "shop", NOW)
    for decide in (lambda: channel.approve("shop", NOW, MARKETER), lambda: channel.reject("x", "shop", NOW, MARKETER),
                   lambda: channel.begin_review("shop", NOW, MARKETER)):  # fmt: skip
        with pytest.raises(NotAllowed):
            decide()
    channel.begin_review("operator", NOW, ADMIN)
    assert channel.state == "in_review"
    with pytest.raises(MessageError):
        channel.reject(" ", "operator", NOW, ADMIN)
    channel.reject("동의 문구에 카카오톡이 없어요", "operator", NOW, ADMIN)
    assert (channel.reason[:2], channel.due_on) == ("동의", None)
    with pytest.raises(NotAllowed):
        ensure_may_use("M", manual=False, approved=channel.approved)
    channel.submit(draft, "shop", NOW)
    assert channel.state == "resubmitted"
    channel.approve("operator", NOW, ADMIN)
    ensure_may_use("M", manual=False, approved=channel.approved)
    with pytest.raises(MessageError):
        channel.reject("늦었어요", "operator", NOW, ADMIN)


def test_a_registered_channel_applies_later(store: Store) -> None:
    channel, draft = ready(store)
    with pytest.raises(MessageError):
        channel.register(Draft(), "shop", NOW)
    channel.register(draft, "shop", NOW)
    assert channel.state == "registered"
    with pytest.raises(MessageError):
        channel.approve("operator", NOW, ADMIN)
    channel.submit(draft, "shop", NOW)
    assert channel.state == "submitted"
    before = len(channel.history)
    channel.save(draft, "shop", NOW)
    assert len(channel.history) == before
    assert Draft.from_facts(channel.history[-1].facts) == draft


def test_the_consent_image_must_be_readable() -> None:
    def codes(data: bytes) -> list[str]:
        return [one.code for one in check_consent_image(data)]

    assert codes(picture()) == codes(picture(form="JPEG")) == []
    assert codes(b"text") == ["image_unreadable"]
    assert codes(picture(width=400)) == ["image_width"]
    assert codes(picture(form="GIF")) == ["image_format"]
    assert codes(picture(text="")) == ["image_blank"]


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


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)), st.integers(1, 12))
def test_the_days_left_are_those_that_were_asked_for(now: datetime, days: int) -> None:
    due = due_on(now, days)
    assert is_working_day(due)
    assert working_days_left(now, due) == days
    assert all(not is_working_day(day) for day, _ in holidays_between(now, due))


def test_holidays_are_named() -> None:
    assert holidays_between(datetime(2026, 12, 23, 3), date(2026, 12, 29)) == [(date(2026, 12, 25), "기독탄신일")]
    assert working_days_left(datetime(2026, 11, 30, 3), date(2026, 11, 27)) == -1


def test_the_result_goes_out_by_mail_and_is_noted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    channel, draft = ready(store)
    channel.submit(draft, "shop", NOW)
    channel.reject("동의 문구에 카카오톡이 없어요", "operator", NOW, ADMIN)
    monkeypatch.delenv("IFDO_SMTP_HOST", raising=False)
    unsent = tell_result(channel, "operator", NOW)
    assert (unsent.sent, bool(unsent.fault)) == (False, True)
    assert "동의 문구에 카카오톡이 없어요" in unsent.body
    assert channel.history[-1].facts == {"to": "crm@shop.example.com", "sent": False}
    assert channel.state == "rejected"
    inbox = Inbox()
    server = Server(inbox, hostname="127.0.0.1", port=0)
    server.start()
    try:
        settings = MailSettings("127.0.0.1", server.real_port, "none", "ifdo@shop.example.com")
        assert tell_result(channel, "operator", NOW, settings).sent
    finally:
        server.stop()
    assert len(inbox.messages) == 1
    assert channel.history[-1].facts["sent"] is True
