"""메시지 › 결과: one campaign's arms against the hold-out, what may be said, and how it was decided."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ifdo_core.formats import count_text, money_text, percent_text, time_text
from ifdo_core.messages.outcome import Outcome, arm_name, looked, waiting_line
from ifdo_ui import cache
from ifdo_ui.frame import fragment, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import asked_text, say, seed, widget
from ifdo_ui.text import _, plain
from ifdo_ui.widgets.picture import chart

WINDOWS = (24, 48, 72, 120, 168)
_MARKS = {"works": st.success, "harms": st.error, "unknown": st.warning, "early": st.info}


def draw(opened: cache.Shop) -> None:
    heading(_("메시지 결과"), _("보낸 회원과 일부러 보내지 않은 대조군을 견주어, 메시지가 정말로 만든 것만 세요."))
    messages = opened.workbench.messages
    campaigns = messages.campaigns() if opened.workbench.holdings.has("messages") else None
    if campaigns is None or campaigns.empty:
        st.info(_("보낸 메시지의 기록이 아직 없어요. 발송하거나, 발송 결과 파일을 불러오면 여기에 보여요."))
        st.page_link(PAGES["sending"], label=_("발송하러 가기"), icon=":material/send:")
        return
    names = [str(one) for one in campaigns["campaign"]]
    asked = asked_text("campaign")
    first = asked if asked in names else _first(names, campaigns["held"].tolist())
    if asked and asked not in names:
        st.info(plain(_("‘{name}’의 결과는 아직 데이터에 없어요. 발송이 끝나고 결과를 받으면 보여요.", name=asked)))
    held = dict(zip(names, campaigns["held"], strict=True))
    key = seed(f"results.campaign.{first}", first)

    def worded_name(name: str) -> str:
        return name if held[name] else _("{name} (대조군 없음)", name=name)

    st.selectbox(
        _("캠페인"), names, key=key, format_func=worded_name, on_change=lambda: say(campaign=widget(key, first))
    )
    _one(opened, first)


def _first(names: list[str], held: list[int]) -> str:
    """The newest with a hold-out, else the newest."""
    return next((name for name, count in zip(names, held, strict=True) if count), names[0])


@fragment("results")
def _one(opened: cache.Shop, campaign: str) -> None:
    messages = opened.workbench.messages
    plan = messages.campaign(campaign).plan
    planned = plan.window_h if plan is not None else 72
    window = st.select_slider(
        _("보낸 뒤 이만큼 안의 주문을 세요 (시간)"), WINDOWS, planned if planned in WINDOWS else 72,
        key=f"results.window.{campaign}", disabled=plan is not None,
        help=_("보내기 전에 정한 기간은 바꿀 수 없어요. 나중에 고르면 우연을 효과로 보게 돼요."),
    )  # fmt: skip
    found = messages.outcome(campaign, window_h=int(window))
    _MARKS[found.verdict.state](plain(found.insight()))
    numbers(found)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader(_("구매율"), anchor=False)
        chart(found.figure(), key=f"results.rates.{campaign}")
    with right:
        st.subheader(_("나눈 묶음마다"), anchor=False)
        table(found)
        _between(found)
    zone = opened.workbench.settings.zone
    lines = [_("마지막으로 보낸 때 {moment}.", moment=time_text(found.sent_at, zone)), waiting_line(found)]
    if found.verdict.state != "early":
        lines.append(looked(found.verdict))
    st.caption(plain(" ".join(one for one in lines if one)))


def numbers(found: Outcome) -> None:
    """Sent, delivered, clicked, opened, and the extra revenue where it can be told."""
    sent = found.arms[found.arms["arm"] != "holdout"]
    columns = st.columns(4)
    columns[0].metric(_("보낸 회원"), count_text(found.treated, "명"))
    columns[1].metric(_("도착"), count_text(int(sent["delivered"].fillna(0).sum()), "명"))
    columns[2].metric(_("클릭"), _told(sent["clicked"]))
    columns[3].metric(_("열람"), _told(sent["opened"]), help=_("열람을 알려 주는 채널에서만 보여요."))


def _told(column: object) -> str:
    known = column.dropna()  # type: ignore[attr-defined]
    return count_text(int(known.sum()), "명") if len(known) else _("알려 주지 않음")


def table(found: Outcome) -> None:
    shown = found.arms.copy()
    shown["arm"] = [arm_name(str(one)) for one in shown["arm"]]
    shown["rate"] = [percent_text(100 * float(one), 2) for one in shown["rate"]]
    shown["revenue"] = [money_text(int(one)) for one in shown["revenue"]]
    shown["per_member"] = [money_text(round(float(one))) for one in shown["per_member"]]
    words = {
        "arm": _("나눈 묶음"), "members": _("회원"), "buyers": _("산 회원"), "rate": _("구매율"), "orders": _("주문"),
        "revenue": _("매출"), "per_member": _("회원 한 명의 매출"), "clicked": _("클릭"), "failed": _("실패"),
    }  # fmt: skip
    for name in ("clicked", "failed"):
        shown[name] = ["" if pd.isna(one) else count_text(int(one)) for one in shown[name]]
    columns = {
        name: st.column_config.Column(word, alignment="left" if name == "arm" else "right")
        for name, word in words.items()
    }
    st.dataframe(shown[list(words)], hide_index=True, column_config=columns, key="results.arms")


def _between(found: Outcome) -> None:
    """B against A."""
    verdict = found.between
    if verdict is None:
        return
    if verdict.state in ("unknown", "early"):
        st.caption(_("A안과 B안 가운데 어느 쪽이 나은지 아직 알 수 없어요."))
        return
    better = "B" if verdict.state == "works" else "A"
    st.caption(plain(_("{name}안이 더 나았어요.", name=better)))
