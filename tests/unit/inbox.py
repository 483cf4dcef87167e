"""A real SMTP server on this machine, and what it got."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PASSWORD = "nobody-may-read-this"


class Inbox:
    """What the server got."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.hangs_up = False  # once it has the message, without a word

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refused:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"


class Server(Controller):
    """On a port that the system gives."""

    @property
    def real_port(self) -> int:
        return self.server.sockets[0].getsockname()[1]

    def _trigger_server(self) -> None:
        """The base asks the port it was given, which is 0 here."""
        with socket.create_connection(("127.0.0.1", self.real_port), timeout=5) as probe:
            probe.recv(1)


def allow(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = data.login == b"shop" and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=known)


@contextmanager
def open_inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """The server runs, and IFDO_SMTP_* name it."""
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
