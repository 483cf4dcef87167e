"""The answer to an application, by e-mail to the address that it names, through the shop's mail settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ifdo_core.i18n import translate
from ifdo_core.mail import MailError, MailSettings, check_address, deliver, letter
from ifdo_core.messages.channel import Channel


@dataclass(frozen=True)
class Notice:
    """The mail as it was made. ``fault``: why it did not go out, '' where it did."""

    to: str
    subject: str
    body: str
    sent: bool
    fault: str = ""

    def insight(self) -> str:
        if self.sent:
            return translate("{to}에 결과를 메일로 알렸어요.").format(to=self.to)
        return translate("메일은 보내지 못했어요: {fault}").format(fault=self.fault)


def tell_result(channel: Channel, who: str, now: datetime, settings: MailSettings | None = None) -> Notice:
    """Sends the decision of ``channel`` and notes it in the history; where no server is set, only the text is made.

    A mail that cannot be sent is a notice with its fault, never an error: the decision stands without it.
    """
    to = channel.draft.details.email.strip()
    if channel.approved:
        subject = translate("브랜드 메시지 M/N 신청이 승인되었어요")
        lines = [translate("이제 자동 메시지에서 M과 N 타깃팅을 쓸 수 있어요.")]
    else:
        subject = translate("브랜드 메시지 M/N 신청이 반려되었어요")
        lines = [
            translate("반려 사유: {reason}").format(reason=channel.reason),
            translate("고친 뒤 채널 연동 화면에서 다시 신청해 주세요. I 타깃팅은 지금도 쓸 수 있어요."),
        ]
    body = "\n".join([translate("채널 {name}").format(name=channel.draft.details.channel), *lines])
    fault = ""
    try:
        found = settings or MailSettings.from_env()
        address = check_address(to, found)
        if found is None:
            raise MailError(
                "no_smtp_notice",
                "메일 서버가 설정되어 있지 않아요.",
                "IFDO_SMTP_HOST와 IFDO_SMTP_FROM을 설정해 주세요.",
            )
        deliver(letter(found.sender, address, subject, body), found)
    except MailError as error:
        fault = str(error)
    channel.note_notice(to, not fault, who, now)
    return Notice(to, subject, body, not fault, fault)
