"""Mail through the shop's own SMTP server, never without an explicit set-up.

The server comes from the environment and from nowhere else; its password is in no file, log or error of ours:

=====================  ==========================================================================
IFDO_SMTP_HOST         the server; without it nothing is ever sent
IFDO_SMTP_PORT         default 587, with 'tls' 465
IFDO_SMTP_SECURITY     'starttls' (default), 'tls', or 'none' (a server on this machine only)
IFDO_SMTP_USER         with IFDO_SMTP_PASSWORD: the account; without it no login
IFDO_SMTP_FROM         the sender's address
IFDO_SMTP_MAX_MB       largest attachment, default 10
IFDO_SMTP_DOMAINS      where set: the only domains that lists may be sent to, with commas between
=====================  ==========================================================================
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from ifdo_core.clock import utc_now
from ifdo_core.errors import IfdoError

TIMEOUT_S = 30
#: Code of the error after which a message may have gone out all the same.
UNSURE = "smtp_unsure"
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_LOCAL = ("localhost", "127.0.0.1", "::1")


class MailError(IfdoError):
    """A message that cannot be made or sent."""


@dataclass(frozen=True)
class MailSettings:
    """The server and the sender. ``max_bytes``: of the attachment as a file."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    max_bytes: int = 10_000_000
    domains: tuple[str, ...] = ()

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> MailSettings | None:
        """None where no server is set. Raises MailError where what is set cannot be used."""
        given = os.environ if env is None else env

        def read(name: str, default: str = "") -> str:
            return given.get(f"IFDO_SMTP_{name}", "").strip() or default

        host = read("HOST")
        if not host:
            return None
        security = read("SECURITY", "starttls").lower()
        port, most = read("PORT", "465" if security == "tls" else "587"), read("MAX_MB", "10")
        if security not in ("starttls", "tls", "none") or not port.isdigit() or not most.isdigit():
            raise MailError(
                "smtp_settings",
                "메일 서버 설정을 읽을 수 없어요.",
                "IFDO_SMTP_SECURITY(starttls, tls, none), IFDO_SMTP_PORT, IFDO_SMTP_MAX_MB를 확인해 주세요.",
            )
        if security == "none" and host not in _LOCAL:
            raise MailError(
                "smtp_open",
                "암호화하지 않고는 다른 컴퓨터의 메일 서버로 보내지 않아요.",
                "IFDO_SMTP_SECURITY를 starttls나 tls로 바꿔 주세요.",
            )
        sender = read("FROM")
        if not _ADDRESS.fullmatch(sender):
            raise MailError("smtp_sender", "보내는 주소가 없어요.", "IFDO_SMTP_FROM에 이메일 주소를 적어 주세요.")
        domains = tuple(part.strip().lower() for part in read("DOMAINS").split(",") if part.strip())
        password = given.get("IFDO_SMTP_PASSWORD", "")
        return cls(host, int(port), security, sender, read("USER"), password, int(most) * 1_000_000, domains)


def is_address(text: str) -> bool:
    """Whether ``text`` is one address."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def check_address(to: str, settings: MailSettings | None) -> str:
    """``to`` as an address. Raises MailError where it is none, or lies outside the allowed domains."""
    address = to.strip()
    if not is_address(address):
        raise MailError("address", "이메일 주소로 읽을 수 없어요.", "name@example.com처럼 주소 하나를 적어 주세요.")
    allowed = settings.domains if settings else ()
    if allowed and address.rsplit("@", 1)[1].lower() not in allowed:
        raise MailError(
            "address_outside",
            "이 주소로는 목록을 보낼 수 없어요.",
            "허용된 도메인: {domains}.",
            domains=", ".join(allowed),
        )
    return address


def letter(sender: str, to: str, subject: str, text: str, now: datetime | None = None) -> EmailMessage:
    """A message with everything it needs to be sent; line breaks in ``subject`` become spaces. ``now``: naive UTC."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, " ".join(subject.split())
    message["Date"] = format_datetime(now or utc_now())
    message["Message-ID"] = make_msgid(domain=to.rsplit("@", 1)[1])
    message.set_content(text)
    return message


def deliver(message: EmailMessage, settings: MailSettings) -> None:
    """Hands ``message`` to the server. Raises MailError where it does not take it."""
    try:
        context = ssl.create_default_context()
        if settings.security == "tls":
            server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
        with server:
            if settings.security == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if settings.user:
                server.login(settings.user, settings.password)
            _hand_over(server, message, settings)
    except smtplib.SMTPAuthenticationError:
        # What the server says of a login may repeat it: neither chained nor shown.
        raise MailError(
            "smtp_login",
            "메일 서버가 계정을 받아들이지 않아요.",
            "IFDO_SMTP_USER와 IFDO_SMTP_PASSWORD를 확인해 주세요.",
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise MailError(
            "smtp_certificate",
            "메일 서버 {host}의 인증서를 믿을 수 없어 보내지 않았어요: {detail}.",
            "IFDO_SMTP_HOST가 인증서에 적힌 이름인지 확인해 주세요. "
            "회사의 인증 기관이 발급했다면 그 인증서 파일을 SSL_CERT_FILE에 적어 주세요.",
            host=settings.host,
            detail=error.verify_message,
        ) from error
    except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
        raise MailError(
            "smtp_security",
            "메일 서버 {host}:{port}와 암호화해서 이야기할 수 없어 보내지 않았어요.",
            "IFDO_SMTP_SECURITY(starttls, tls)와 IFDO_SMTP_PORT가 서버의 방식과 맞는지 확인해 주세요.",
            host=settings.host,
            port=settings.port,
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(
            "smtp_failed",
            "메일을 보내지 못했어요: {detail}",
            "메일 서버 주소와 포트, 보안 방식을 확인해 주세요. 기록에는 시도한 것으로 남아요.",
            detail=f"{type(error).__name__} {settings.host}:{settings.port}",
        ) from error


def _hand_over(server: smtplib.SMTP, message: EmailMessage, settings: MailSettings) -> None:
    """Where the line breaks while the message is on its way nobody knows whether it went out."""
    try:
        server.send_message(message)
    except (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError) as error:
        raise MailError(
            UNSURE,
            "보내는 중에 메일 서버 {host}:{port}와 연결이 끊겨, 메일이 나갔는지 알 수 없어요.",
            "받는 사람에게 도착했는지 확인한 뒤에 다시 보내 주세요.",
            host=settings.host,
            port=settings.port,
        ) from error
