"""A list by e-mail: through the shop's own SMTP server, never without an explicit set-up.

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
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from ifdo_core.catalogue.lists import label_of
from ifdo_core.errors import IfdoError
from ifdo_core.formats import count_text, size_text
from ifdo_core.i18n import translate
from ifdo_core.lists.export import Actor, Source, record_of, write_list
from ifdo_core.lists.files import format_of
from ifdo_core.progress import Progress
from ifdo_core.roles import require_export
from ifdo_core.store import ExportLog, ExportRecord

TIMEOUT_S = 30
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_LOCAL = ("localhost", "127.0.0.1", "::1")
_TYPES = {
    ".csv": ("text", "csv"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".zip": ("application", "zip"),
}


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


@dataclass(frozen=True)
class Mailed:
    """The message as it was made. ``sent`` False: shown only (a dry run, or the demo shop)."""

    sent: bool
    sender: str
    to: str
    subject: str
    body: str
    attachment: str
    size: int
    rows: int
    record: ExportRecord | None

    def insight(self) -> str:
        if self.sent:
            return translate("{to}에게 {rows}행의 목록을 보냈어요.").format(to=self.to, rows=count_text(self.rows))
        return translate("보내지 않고 보여 드리기만 해요: 받는 사람 {to}, 첨부 {file} ({size}).").format(
            to=self.to, file=self.attachment, size=size_text(self.size)
        )


def check_address(to: str, settings: MailSettings | None) -> str:
    """``to`` as an address. Raises MailError where it is none, or lies outside the allowed domains."""
    address = to.strip()
    if not _ADDRESS.fullmatch(address):
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


def mail_list(
    source: Source,
    to: str,
    format: str,
    actor: Actor,
    log: ExportLog,
    now: datetime,
    *,
    shop: str,
    dry_run: bool,
    progress: Progress,
    settings: MailSettings | None = None,
) -> Mailed:
    """Writes the list, attaches and sends it; the log is written before the server gets anything.

    Raises MailError: no server is set, a bad address, an attachment that stays too large, a server that refuses.
    """
    found = settings or MailSettings.from_env()
    address = check_address(to, found)
    require_export(actor.role)
    source.request.allow(actor.role)
    if found is None and not dry_run:
        raise MailError(
            "no_smtp",
            "메일 서버가 설정되어 있지 않아 보내지 않았어요.",
            "IFDO_SMTP_HOST와 IFDO_SMTP_FROM을 설정하고 다시 시작해 주세요.",
        )
    limit = found.max_bytes if found else MailSettings("", 0, "", "").max_bytes
    with tempfile.TemporaryDirectory(prefix="ifdo-mail-") as folder:
        path = Path(folder) / f"{source.request.what}.{format}"
        rows = write_list(source, path, format_of(path), "labels", progress)
        attachment = fitting(path, limit)
        message = _message(source, found, address, shop, rows)
        if dry_run or found is None:
            progress(1.0, "")
            return _mailed(message, attachment, rows, None)
        kind, subkind = _TYPES[attachment.suffix]
        message.add_attachment(attachment.read_bytes(), maintype=kind, subtype=subkind, filename=attachment.name)
        record = log.add(record_of(source.request, actor, address, now, rows, format))
        _send(message, found)
        progress(1.0, "")
        return _mailed(message, attachment, rows, record)


def fitting(path: Path, limit: int) -> Path:
    """``path``, or a zip of it where it is over ``limit`` bytes. Raises MailError where that is too large too."""
    if path.stat().st_size <= limit:
        return path
    zipped = path.with_suffix(".zip")
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.write(path, path.name)
    size = zipped.stat().st_size
    if size > limit:
        raise MailError(
            "attachment_size",
            "첨부 파일이 압축해도 {size}라서 메일로 보낼 수 없어요(한도 {limit}).",
            "열을 줄이거나, 내려받아 다른 방법으로 전해 주세요.",
            size=size_text(size),
            limit=size_text(limit),
        )
    return zipped


def _message(source: Source, settings: MailSettings | None, to: str, shop: str, rows: int) -> EmailMessage:
    request = source.request
    name = request.segment.name if request.segment else ""
    message = EmailMessage()
    message["From"] = settings.sender if settings else translate("(보내는 주소 없음)")
    message["To"] = to
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=to.rsplit("@", 1)[1])
    what = label_of(request.what)
    subject = translate("{what} 목록: {name}").format(what=what, name=name or translate("이름 없는 세그먼트"))
    message["Subject"] = " ".join(subject.split())
    masked = (
        translate("개인정보는 가렸어요.")
        if not request.shows_personal
        else translate("개인정보가 들어 있어요. 필요한 동안만 보관하고 지워 주세요.")
    )
    lines = [
        " ".join(shop.split()),
        translate("{what} {rows}행의 목록을 첨부했어요.").format(what=what, rows=count_text(rows)),
        masked,
    ]
    message.set_content("\n".join(line for line in lines if line))
    return message


def _mailed(message: EmailMessage, attachment: Path, rows: int, record: ExportRecord | None) -> Mailed:
    part = message.get_body(("plain",))
    return Mailed(
        sent=record is not None,
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=part.get_content().strip() if part else "",
        attachment=attachment.name,
        size=attachment.stat().st_size,
        rows=rows,
        record=record,
    )


def _send(message: EmailMessage, settings: MailSettings) -> None:
    try:
        context = ssl.create_default_context()
        if settings.security == "tls":
            server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
        with server:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message)
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
            "메일 서버 주소와 포트, 보안 방식을 확인해 주세요. 내보내기 기록에는 시도한 것으로 남아요.",
            detail=f"{type(error).__name__} {settings.host}:{settings.port}",
        ) from error
