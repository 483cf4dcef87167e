"""메시지 › 수신 동의: one member, who is to be reminded, and the whole ledger with its proof."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.exports import csv_bytes
from ifdo_core.formats import count_text, time_text
from ifdo_core.i18n import translate
from ifdo_core.messages.consents import KINDS, WAYS, WHAT, Consents
from ifdo_core.roles import current_person, current_role
from ifdo_ui import cache
from ifdo_ui.frame import done, fragment, heading
from ifdo_ui.navigation import PAGES
from ifdo_ui.text import _, plain

_SHOWN = 500


def draw(opened: cache.Shop) -> None:
    heading(_("수신 동의"), _("누가 언제 어떻게 동의하고 거두었는지 남기고, 법이 정한 안내를 챙겨요."))
    if not opened.workbench.holdings.has("members"):
        st.info(_("회원 데이터가 아직 없어요."))
        st.page_link(PAGES["data"], label=_("설정 › 데이터에서 회원 파일을 올려 주세요."), icon=":material/upload:")
        return
    _page(opened)


@fragment("consents")
def _page(opened: cache.Shop) -> None:
    consents = opened.workbench.messages.consents
    one, due, ledger = st.tabs([_("회원 한 명"), _("안내할 회원"), _("전체 기록")])
    with one:
        _member(opened, consents)
    with due:
        _due(opened, consents)
    with ledger:
        _ledger(opened, consents)


def _member(opened: cache.Shop, consents: Consents) -> None:
    member = (st.text_input(_("회원 ID"), key="consent.member", placeholder=_("예: m00001")) or "").strip()
    if not member:
        st.caption(_("회원 ID를 적으면 동의 상태와 기록이 보이고, 동의나 철회를 적을 수 있어요."))
        return
    zone, standing = opened.workbench.settings.zone, consents.of(member)
    since = "" if standing.since is None else " · " + time_text(standing.since, zone)
    words = _("광고 수신에 동의했어요") if standing.agreed else _("광고 수신에 동의하지 않았어요")
    if standing.known:
        (st.success if standing.agreed else st.warning)(plain(words + since))
    else:  # a withdrawal under a mistyped id would stop nothing
        st.error(plain(_("‘{member}’ 회원이 데이터에 없어요. 대소문자까지 같은 ID인지 확인해 주세요.", member=member)))
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("철회"), anchor=False)
        st.caption(_("적는 순간부터 어떤 광고도 보내지 않고, 보내는 중이던 것에서도 빠져요."))
        how = _way("withdraw", ("080", "channel", "mypage", "written"))
        if st.button(_("철회로 기록"), key="consent.withdraw"):
            done(lambda: consents.withdraw([member], how, current_person(), utc_now()))
    with right:
        st.subheader(_("동의"), anchor=False)
        way = _way("agree", ("signup", "mypage", "written", "file"))
        what = st.selectbox(_("무엇에"), list(WHAT), key="consent.what", format_func=lambda one: translate(WHAT[one]))
        wording = st.text_area(_("동의한 글이나 그 버전"), key="consent.wording", height=80)
        proof = st.text_input(_("증거 (파일 이름, 화면 번호)"), key="consent.proof")
        if st.button(_("동의로 기록"), key="consent.agree"):
            done(lambda: consents.agree([member], way, current_person(), utc_now(), wording=wording or "",
                                       proof=proof or "", what=what))  # fmt: skip
    _table(consents.frame([member]), opened, "consent.history")


def _way(key: str, ways: tuple[str, ...]) -> str:
    return st.selectbox(_("방법"), ways, key=f"consent.how.{key}", format_func=lambda one: translate(WAYS[one]))


def _due(opened: cache.Shop, consents: Consents) -> None:
    now, role, person = utc_now(), current_role(), current_person()
    st.subheader(_("2년마다 동의 사실 안내"), anchor=False)
    st.caption(_("동의한 날부터 2년마다 동의한 사실과 거두는 방법을 알려야 해요. 답이 없으면 동의가 이어져요."))
    days = st.select_slider(_("앞으로 며칠 안에 (일)"), [0, 7, 14, 30, 60, 90], 30, key="consent.days")
    found = consents.due(now, int(days))
    st.markdown(f"**{plain(_('{count}에게 알려야 해요.', count=count_text(len(found), '명')))}**")
    if len(found):
        names = {
            "member_id": _("회원 ID"), "name": _("이름"), "phone": _("전화번호"), "agreed_at": _("동의한 때"),
            "due_on": _("기한"), "days_left": _("남은 날"), "told_at": _("마지막 안내"),
        }  # fmt: skip
        shown = _worded(found.head(_SHOWN), opened, "agreed_at", "told_at")
        st.dataframe(shown, hide_index=True, column_config=names, key="consent.due")
        with st.container(horizontal=True):
            st.download_button(
                _("목록 내려받기 (CSV)"),
                lambda: csv_bytes(
                    _worded(consents.export_due(person, role, utc_now(), int(days)), opened, "agreed_at", "told_at")
                    .rename(columns=names)
                ),
                "reminders.csv", disabled=not role.may_export, on_click="ignore", key="consent.due.csv",
            )  # fmt: skip
            if _told_all("consent.reminded", len(found)):
                members = [str(one) for one in found["member_id"]]
                done(lambda: consents.remind(members, "written", current_person(), utc_now()))
    st.subheader(_("14일 안에 처리 결과 안내"), anchor=False)
    waiting = consents.unnoticed(now)
    if not len(waiting):
        st.caption(_("알릴 것이 없어요."))
        return
    waiting["kind"] = [translate(KINDS[str(one)]) for one in waiting["kind"]]
    names = {
        "member_id": _("회원 ID"),
        "kind": _("요청"),
        "at": _("때"),
        "due_on": _("기한"),
        "days_left": _("남은 날"),
    }
    shown = _worded(waiting.head(_SHOWN), opened, "at")
    st.dataframe(shown, hide_index=True, column_config=names, key="consent.unnoticed")
    if _told_all("consent.noticed", len(waiting)):
        members = [str(one) for one in waiting["member_id"]]
        done(lambda: consents.notice(members, "written", current_person(), utc_now()))


def _told_all(key: str, count: int) -> bool:
    """Asks first: the ledger takes nothing back."""
    with st.popover(_("모두 알렸다고 기록")):
        st.write(_("{count}에게 알렸다고 기록해요. 기록은 고치거나 지울 수 없어요.", count=count_text(count, "명")))
        return st.button(_("기록"), type="primary", key=key)


def _worded(found: pd.DataFrame, opened: cache.Shop, *moments: str) -> pd.DataFrame:
    """Times by the shop's clock, and how many days are left or have passed."""
    shown, zone = found.copy(), opened.workbench.settings.zone
    for name in moments:
        shown[name] = [
            "" if pd.isna(one) else time_text(pd.Timestamp(one).to_pydatetime(), zone) for one in shown[name]
        ]
    shown["days_left"] = [_left(int(one)) for one in shown["days_left"]]
    return shown


def _left(days: int) -> str:
    if days < 0:
        return _("{days}일 지남", days=f"{-days:,}")
    return _("{days}일 남음", days=f"{days:,}") if days else _("오늘까지")


def _ledger(opened: cache.Shop, consents: Consents) -> None:
    count = consents.ledger.count()
    if not count:
        st.caption(_("아직 기록이 없어요. 회원 파일에 적힌 동의는 회원 한 명 탭에서 볼 수 있어요."))
        return
    broken = consents.ledger.verify()
    if broken is None:
        st.success(_("{count}줄 모두 처음 쓴 그대로예요.", count=count_text(count)), icon=":material/verified:")
    else:
        st.error(_("{number}번째 줄이 처음 쓴 것과 달라요. 저장소의 백업과 견주어 보세요.", number=broken))
    _table(consents.frame().tail(_SHOWN), opened, "consent.ledger")
    role = current_role()
    st.download_button(
        _("증빙 내려받기 (CSV)"), lambda: csv_bytes(consents.export(current_person(), role, utc_now())), "consents.csv",
        disabled=not role.may_export or broken is not None, on_click="ignore", key="consent.proof.csv",
        help=_("줄마다 앞줄까지 이어진 확인 값이 있어, 나중에 고치면 드러나요. 내려받은 것은 내보내기 기록에 남아요."),
    )  # fmt: skip


def _table(frame: pd.DataFrame, opened: cache.Shop, key: str) -> None:
    if frame.empty:
        return
    shown, zone = frame.iloc[::-1].copy(), opened.workbench.settings.zone
    shown["at"] = [time_text(pd.Timestamp(one).to_pydatetime(), zone) for one in shown["at"]]
    for name, words in (("what", WHAT), ("kind", KINDS), ("how", WAYS)):
        shown[name] = [translate(words[str(one)]) if str(one) in words else str(one) for one in shown[name]]
    shown["digest"] = [str(one)[:12] for one in shown["digest"]]
    names = {
        "at": _("때"), "member_id": _("회원 ID"), "what": _("무엇에"), "kind": _("요청"), "how": _("방법"),
        "wording": _("동의한 글이나 그 버전"), "proof": _("증거"), "who": _("누가"), "digest": _("확인 값"),
    }  # fmt: skip
    st.dataframe(shown[list(names)], hide_index=True, column_config=names, key=key)
