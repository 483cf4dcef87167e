"""E-mail over an encrypted connection: to a server on this machine with a certificate made for the test."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from ifdo_core import Workbench
from ifdo_core.mail import MailError
from ifdo_core.store import open_store
from tests.unit.inbox import PASSWORD, Inbox, Server, allow
from tests.unit.lists.test_mail import TO, VIP

#: How a server is started: its security ('starttls', 'tls', 'none') → what it gets.
Start = Callable[[str], Inbox]


class Certificate:
    """A certificate for localhost and 127.0.0.1 that nobody vouches for but itself."""

    def __init__(self, folder: Path) -> None:
        self.file, self.key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(self.key), "-out", str(self.file)],
            check=True, capture_output=True,
        )  # fmt: skip

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


class TlsServer(Server):
    """With implicit TLS, or with STARTTLS that it insists on."""

    starttls: ssl.SSLContext | None = None

    def factory(self) -> SMTP:
        if self.starttls is None:
            return super().factory()
        return SMTP(
            self.handler, tls_context=self.starttls, require_starttls=True, authenticator=allow, hostname="localhost"
        )

    def _trigger_server(self) -> None:
        if self.ssl_context is None:
            super()._trigger_server()
            return
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self.real_port), timeout=5) as probe,
            trusting.wrap_socket(probe) as encrypted,
        ):
            encrypted.recv(1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def start(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    servers: list[TlsServer] = []

    def started(security: str) -> Inbox:
        box = Inbox()
        context = certificate.context() if security == "tls" else None
        server = TlsServer(
            box, hostname="127.0.0.1", port=0, authenticator=allow, ssl_context=context, decode_data=False,
            auth_require_tls=False,  # aiosmtpd counts STARTTLS alone as TLS
        )  # fmt: skip
        server.starttls = certificate.context() if security == "starttls" else None
        server.start()
        servers.append(server)
        for name, value in {
            "HOST": "localhost", "PORT": str(server.real_port), "SECURITY": security, "FROM": "crm@shop.example",
            "USER": "shop", "PASSWORD": PASSWORD,
        }.items():  # fmt: skip
            monkeypatch.setenv(f"IFDO_SMTP_{name}", value)
        return box

    yield started
    for server in servers:
        server.stop()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_list_arrives_encrypted(
    workbench: Workbench, start: Start, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    """The first server takes nothing before STARTTLS, the second nothing but TLS."""
    box = start(security)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    assert workbench.email(VIP, TO, dry_run=False).sent
    [message] = box.messages
    assert message["To"] == TO


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused_in_words(
    workbench: Workbench, start: Start, security: str
) -> None:
    box = start(security)
    with pytest.raises(MailError) as refused:
        workbench.email(VIP, TO, dry_run=False)
    assert refused.value.code == "smtp_certificate"
    assert "인증서를 믿을 수 없어 보내지 않았어요" in str(refused.value)
    assert "SSL_CERT_FILE" in str(refused.value)
    assert PASSWORD not in str(refused.value)
    assert box.messages == []
    with open_store() as store:
        [entry] = store.exports.newest()
    assert entry.destination == TO  # the attempt is in the log


def test_a_certificate_for_another_name_is_refused(
    workbench: Workbench, start: Start, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    monkeypatch.setenv("IFDO_SMTP_HOST", "localhost.localdomain")
    monkeypatch.setattr("socket.getaddrinfo", _loopback)
    with pytest.raises(MailError) as refused:
        workbench.email(VIP, TO, dry_run=False)
    assert refused.value.code == "smtp_certificate"


def _loopback(host: str, port: int, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.mark.parametrize(("served", "asked"), [("none", "starttls"), ("none", "tls")])
def test_a_server_without_encryption_gets_nothing(
    workbench: Workbench, start: Start, monkeypatch: pytest.MonkeyPatch, served: str, asked: str
) -> None:
    box = start(served)
    monkeypatch.setenv("IFDO_SMTP_SECURITY", asked)
    with pytest.raises(MailError) as refused:
        workbench.email(VIP, TO, dry_run=False)
    assert refused.value.code == "smtp_security"
    assert box.messages == []
