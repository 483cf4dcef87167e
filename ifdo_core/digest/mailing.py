"""The digest by e-mail, through the shop's own server (``ifdo_core.mail``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from ifdo_core.digest.result import Digest
from ifdo_core.errors import DataError
from ifdo_core.i18n import translate
from ifdo_core.mail import MailError, MailSettings, check_address, deliver, letter

MOST_RECIPIENTS = 50


@dataclass(frozen=True)
class DigestMailed:
    """The message as it was made. ``sent`` False: shown only (a dry run, or the demo shop)."""

    sent: bool
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str

    def insight(self) -> str:
        told = ", ".join(self.to)
        if self.sent:
            return translate("{to}에게 아침 요약을 보냈어요.").format(to=told)
        return translate("보내지 않고 보여 드리기만 해요: 받는 사람 {to}, 제목 ‘{subject}’.").format(
            to=told, subject=self.subject
        )


def mail_digest(
    digest: Digest, to: tuple[str, ...], now: datetime, *, dry_run: bool, settings: MailSettings | None = None
) -> DigestMailed:
    """Each recipient gets a message of their own. Raises DataError without recipients, MailError where an address is
    none or lies outside the allowed domains, no server is set, or it refuses."""
    found = settings or MailSettings.from_env()
    addresses = tuple(dict.fromkeys(check_address(address, found) for address in to))
    if not addresses or len(addresses) > MOST_RECIPIENTS:
        raise DataError(
            "digest_to", "아침 요약을 받을 이메일 주소가 없거나 {most}개보다 많아요.",
            "주소를 한 줄에 하나씩 적어 주세요.", most=MOST_RECIPIENTS,
        )  # fmt: skip
    if found is None and not dry_run:
        raise MailError(
            "no_smtp",
            "메일 서버가 설정되어 있지 않아 보내지 않았어요.",
            "IFDO_SMTP_HOST와 IFDO_SMTP_FROM을 설정하고 다시 시작해 주세요.",
        )
    text, html = digest.text(), digest.html(pictures=False)
    sender = found.sender if found else translate("(보내는 주소 없음)")
    if found is not None and not dry_run:
        for address in addresses:
            deliver(_message(sender, address, digest.subject(), text, html, now), found)
    return DigestMailed(found is not None and not dry_run, sender, addresses, digest.subject(), text, html)


def _message(sender: str, to: str, subject: str, text: str, html: str, now: datetime) -> EmailMessage:
    message = letter(sender, to, subject, text, now)
    message.add_alternative(html, subtype="html")
    return message
