"""The morning's digest on screen, as a file, and by e-mail."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from ifdo_core import Digest
from ifdo_core.formats import date_text, day_text, time_text
from ifdo_core.insights.daily import last_whole_day
from ifdo_core.mail import MailSettings
from ifdo_ui import cache
from ifdo_ui.analysis import record, schedule
from ifdo_ui.changes import card
from ifdo_ui.frame import fragment, guard, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import choose, chosen, seed, widget
from ifdo_ui.text import _, plain

DAYS = 14
_TO = "digest.to"


def draw(opened: cache.Shop) -> None:
    """The digest of the day in the address; the last one that is over without."""
    workbench = opened.workbench
    if not any(workbench.holdings.has(kind) for kind in ("events", "orders")):
        heading(_("아침 요약"), _("방문이나 주문이 있어야 달라진 것을 알 수 있어요."))
        st.page_link(PAGES["data"], label=_("설정 › 데이터에서 파일을 올려 주세요."), icon=":material/upload:")
        return
    last = last_whole_day(workbench.now, workbench.settings)
    days = tuple(date_text(last - timedelta(days=ago)) for ago in range(DAYS))
    asked = chosen("day", days)
    with st.spinner(_("평소와 견주고 있어요"), show_time=False):
        found = cache.digest(opened, date.fromisoformat(asked))
    basis = _("기준 시각 {moment}", moment=time_text(workbench.now, workbench.settings.zone))
    heading(_("아침 요약"), f"{found.title()} · {basis}")
    picked = st.selectbox(
        _("날짜"), days, index=days.index(asked), format_func=lambda day: day_text(date.fromisoformat(day)),
        key="digest.day", label_visibility="collapsed", width=200,
    )  # fmt: skip
    if picked != asked:
        choose("day", picked, days)
        st.rerun()
    _numbers(found)
    left, right = st.columns([3, 2], gap="large")
    with left:
        if not found.insights.items:
            st.markdown(f":material/check_circle: {plain(found.insight())}")
        for place, item in enumerate(found.insights.items):
            card(item, place)
        if found.insights.watched:
            st.caption(plain(found.watched()))
    with right:
        _at_risk(found)
        _take(opened, found)
        schedule.draw(opened)
    record.draw(opened)


def _numbers(found: Digest) -> None:
    numbers = found.numbers()
    if not numbers:
        return
    with st.container(key="person-numbers"):
        columns = st.columns(len(numbers))
    for column, item in zip(columns, numbers, strict=True):
        change = 100 * item.change
        column.metric(
            plain(item.name()), item.number(item.verdict.actual), f"{change:+.0f} %", border=True, height="stretch",
            help=plain(found.number_line(item)),
            delta_color="normal" if not item.verdict.low <= item.verdict.actual <= item.verdict.high else "off",
        )  # fmt: skip
    st.caption(
        _(
            "변화는 지난 8주의 같은 요일과 흐름으로 본 평소와 견준 거예요. 색이 있으면 평소 범위 밖이지만, "
            "여러 숫자를 함께 보면 우연히도 그럴 수 있어 그런 것은 달라진 것으로 알리지 않아요."
        )
    )


def _at_risk(found: Digest) -> None:
    if not len(found.at_risk):
        return
    st.subheader(_("많이 샀는데 멀어지는 고객"), anchor=False)
    for row in found.at_risk.to_dict("records"):
        st.page_link(
            PAGES["customer"],
            label=plain(found.risk_line(row["customer"], int(row["total_amount"]), row["reasons"])),
            icon=":material/person:",
            query_params={"who": str(row["person"])},
        )


@fragment("digest.take")
def _take(opened: cache.Shop, found: Digest) -> None:
    """The file, and the e-mail: sent where a server is set, shown in the demo."""
    st.subheader(_("받아 보기"), anchor=False)
    st.download_button(
        _("HTML로 받기"), found.html().encode(), file_name=f"digest-{found.insights.day:%Y%m%d}.html", mime="text/html",
        icon=":material/download:", on_click="ignore", key="digest.html",
    )  # fmt: skip
    with st.popover(_("이메일로 보내기"), icon=":material/mail:"):
        demo, server = opened.workbench.is_demo, MailSettings.from_env()
        if demo:
            st.caption(_("데모에서는 보내지 않고, 보낼 메시지를 보여 드려요."))
        elif server is None:
            st.caption(_("메일 서버가 설정되어 있지 않아 보낼 메시지만 볼 수 있어요. IFDO_SMTP_HOST를 설정해 주세요."))
        kept = opened.workbench.analysis.scheme.digest_to
        st.text_area(
            _("받는 사람 이메일"), key=seed(_TO, "\n".join(kept)), placeholder="name@example.com", height=90,
            help=_("한 줄에 하나씩 적어 주세요."),
        )  # fmt: skip
        send = server is not None and not demo
        if st.button(_("보내기") if send else _("메시지 보기"), type="primary", key="digest.send"):
            with guard():
                to = schedule.addresses(widget(_TO, ""))
                mailed = opened.workbench.email_digest(to, found.insights.day, dry_run=not send)
                st.success(plain(mailed.insight())) if mailed.sent else st.info(plain(mailed.insight()))
                st.text(mailed.text)
