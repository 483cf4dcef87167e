"""Lists by e-mail, to a real SMTP server on this machine."""

from __future__ import annotations

import email
import email.policy
import io
import logging
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ifdo_core import Workbench
from ifdo_core.errors import NotAllowed
from ifdo_core.lists.export import Actor
from ifdo_core.lists.mail import fitting
from ifdo_core.mail import MailError, MailSettings
from ifdo_core.roles import ROLES
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.store import open_store

VIP = Segment(Leaf("member.grade", "in", ("VIP",)), "VIP\n회원")
TO = "marketing@shop.example"
PASSWORD = "nobody-may-read-this"


class Inbox:
    """What the server got."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


class Server(Controller):
    """On a port that the system gives."""

    @property
    def real_port(self) -> int:
        return self.server.sockets[0].getsockname()[1]

    def _trigger_server(self) -> None:
        """The base asks the port it was given, which is 0 here."""
        import socket

        with socket.create_connection(("127.0.0.1", self.real_port), timeout=5) as probe:
            probe.recv(1)


def allow(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = data.login == b"shop" and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=known)


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    box = Inbox()
    server = Server(
        box, hostname="127.0.0.1", port=0, authenticator=allow, auth_require_tls=False, decode_data=False
    )  # fmt: skip
    server.start()
    for name, value in {
        "HOST": "127.0.0.1", "PORT": str(server.real_port), "SECURITY": "none", "FROM": "crm@shop.example",
        "USER": "shop", "PASSWORD": PASSWORD,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"IFDO_SMTP_{name}", value)
    yield box
    server.stop()


def test_a_list_arrives(workbench: Workbench, inbox: Inbox):
    told = workbench.email(VIP, TO, dry_run=False)
    [message] = inbox.messages
    assert (message["To"], message["From"]) == (TO, "crm@shop.example")
    assert message["Subject"] == "회원 목록: VIP 회원"
    assert "3행의 목록을 첨부했어요" in message.get_body(("plain",)).get_content()
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "members.xlsx"
    frame = pd.read_excel(io.BytesIO(attached.get_content()), engine="calamine")
    assert len(frame) == told.rows == 3
    assert "010-1234-5678" not in frame.to_csv()
    with open_store() as store:
        [entry] = store.exports.newest()
    assert (entry.way, entry.destination, entry.rows, entry.masked) == ("email", TO, 3, True)
    assert told.sent
    assert TO in told.insight()


def test_a_dry_run_is_the_default_and_sends_nothing(workbench: Workbench, inbox: Inbox):
    told = workbench.email(VIP, TO, format="csv")
    assert not told.sent
    assert (told.to, told.attachment, told.rows) == (TO, "members.csv", 3)
    assert "보내지 않고" in told.insight()
    assert inbox.messages == []
    with open_store() as store:
        assert store.exports.count() == 0


def test_the_demo_shop_never_sends(workbench: Workbench, inbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbench, "settings", replace(workbench.settings, demo=True))
    assert not workbench.email(VIP, TO, dry_run=False).sent
    assert inbox.messages == []


def test_without_a_server_nothing_is_sent(workbench: Workbench):
    assert MailSettings.from_env({}) is None
    with pytest.raises(MailError) as refused:
        workbench.email(VIP, TO, dry_run=False)
    assert refused.value.code == "no_smtp"
    assert not workbench.email(VIP, TO).sent, "but what would be sent can be seen"


def test_a_wrong_password_is_said_and_never_shown(
    workbench: Workbench, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    secret = "wrong-and-secret"
    monkeypatch.setenv("IFDO_SMTP_PASSWORD", secret)
    with caplog.at_level(logging.DEBUG), pytest.raises(MailError) as refused:
        workbench.email(VIP, TO, dry_run=False)
    assert refused.value.code == "smtp_login"
    assert refused.value.__cause__ is None
    assert secret not in caplog.text + str(refused.value) + repr(MailSettings.from_env())
    assert inbox.messages == []


def test_a_server_that_is_not_there_is_said(workbench: Workbench, inbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IFDO_SMTP_PORT", "9")
    with pytest.raises(MailError) as refused:
        workbench.email(VIP, TO, dry_run=False)
    assert refused.value.code == "smtp_failed"


@pytest.mark.parametrize("to", ["", "a", "a@b", "a@b.kr, c@d.kr", "a@b.kr\nBcc: c@d.kr", "<a@b.kr>", "a b@c.kr"])
def test_only_one_plain_address(workbench: Workbench, inbox: Inbox, to: str):
    with pytest.raises(MailError) as refused:
        workbench.email(VIP, to, dry_run=False)
    assert refused.value.code == "address"


def test_only_allowed_domains(workbench: Workbench, inbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IFDO_SMTP_DOMAINS", "shop.example, other.example")
    assert workbench.email(VIP, TO, dry_run=False).sent
    with pytest.raises(MailError) as refused:
        workbench.email(VIP, "a@else.example", dry_run=False)
    assert refused.value.code == "address_outside"


def test_the_role_decides(workbench: Workbench, inbox: Inbox):
    viewer = Actor("가", ROLES["viewer"], "email")
    with pytest.raises(NotAllowed):
        workbench.email(VIP, TO, dry_run=False, actor=viewer)
    assert inbox.messages == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"SECURITY": "maybe"}, "smtp_settings"),
        ({"PORT": "abc"}, "smtp_settings"),
        ({"FROM": "nobody"}, "smtp_sender"),
        ({"SECURITY": "none", "HOST": "mail.example"}, "smtp_open"),
    ],
)
def test_settings_that_cannot_be_used_are_said(given: dict[str, str], code: str):
    sound = {"HOST": "localhost", "FROM": "crm@shop.example", **given}
    with pytest.raises(MailError) as refused:
        MailSettings.from_env({f"IFDO_SMTP_{name}": value for name, value in sound.items()})
    assert refused.value.code == code


def test_ports_follow_the_security():
    base = {"IFDO_SMTP_HOST": "mail.example", "IFDO_SMTP_FROM": "crm@shop.example"}
    for security, port in (("starttls", 587), ("tls", 465)):
        found = MailSettings.from_env({**base, "IFDO_SMTP_SECURITY": security})
        assert found is not None
        assert found.port == port


def test_a_large_file_is_zipped_and_a_too_large_one_refused(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text("a,b\r\n" * 10_000)
    assert fitting(path, 1_000_000) == path
    zipped = fitting(path, 10_000)
    assert zipped.suffix == ".zip"
    with zipfile.ZipFile(zipped) as archive:
        assert archive.read("list.csv") == path.read_bytes()
    path.write_bytes(random.Random(1).randbytes(50_000))
    with pytest.raises(MailError) as refused:
        fitting(path, 10_000)
    assert "50" in str(refused.value)
