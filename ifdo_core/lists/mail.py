"""A list by e-mail (``ifdo_core.mail``)."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from ifdo_core.catalogue.lists import label_of
from ifdo_core.formats import count_text, size_text
from ifdo_core.i18n import translate
from ifdo_core.lists.export import Actor, Source, record_of, write_list
from ifdo_core.lists.files import format_of
from ifdo_core.mail import MailError, MailSettings, check_address, deliver, letter
from ifdo_core.progress import Progress
from ifdo_core.roles import require_export
from ifdo_core.store import ExportLog, ExportRecord

_TYPES = {
    ".csv": ("text", "csv"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".zip": ("application", "zip"),
}


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
        deliver(message, found)
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
    sender = settings.sender if settings else translate("(보내는 주소 없음)")
    what = label_of(request.what)
    subject = translate("{what} 목록: {name}").format(what=what, name=name or translate("이름 없는 세그먼트"))
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
    return letter(sender, to, subject, "\n".join(line for line in lines if line))


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
