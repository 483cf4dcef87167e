"""메시지 › 채널 연동: the channel, its 080 number, and the application for M and N in one form."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.i18n import translate
from ifdo_core.messages.channel import STATEMENTS, WAITING, Channel, Draft, names_of
from ifdo_core.messages.consent_image import check_consent_image
from ifdo_core.messages.prerequisites import Details
from ifdo_core.roles import current_person
from ifdo_ui import cache
from ifdo_ui.channel import parts
from ifdo_ui.frame import done, fragment, heading
from ifdo_ui.text import _, plain


def draw(opened: cache.Shop) -> None:
    heading(_("채널 연동"), _("카카오톡 채널을 연동하고 M/N 타깃팅을 신청해요. I는 채널만 연동하면 바로 쓸 수 있어요."))
    parts.style()
    _page(opened)


@fragment("channel")
def _page(opened: cache.Shop) -> None:
    channel = opened.workbench.messages.channel
    parts.way(channel)
    _told(channel)
    open_ = channel.state not in (*WAITING, "approved")
    left, right = st.columns([3, 2], gap="large")
    with left:
        draft = _form(channel, disabled=not open_)
    with right:
        st.subheader(_("M/N에 필요한 다섯 가지"), anchor=False)
        parts.needs(channel.standings(utc_now(), draft.details))
        _number(channel, draft)
        if open_:
            _hand_in(channel, draft)
    parts.history(channel, opened)


def _told(channel: Channel) -> None:
    match channel.state:
        case "none":
            st.info(_("연동한 채널이 아직 없어요. 연동과 M/N 신청을 한 번에 할 수 있고, I는 연동하면 바로 써요."))
        case "registered":
            st.success(_("채널이 연동되어 I를 쓸 수 있어요. M과 N은 아래에서 신청해 주세요."))
        case "approved":
            st.success(_("M과 N이 승인되었어요. 자동 메시지에서 쓸 수 있고, 직접 보내기는 I만 돼요."))
        case "rejected":
            st.error(plain(_("반려되었어요: {reason} 고친 뒤 다시 신청해 주세요.", reason=channel.reason)))
        case _:
            parts.waiting(channel)


def _form(channel: Channel, *, disabled: bool) -> Draft:
    """The draft as it is filled in now."""
    kept = channel.draft
    given = kept.details
    how = {"disabled": disabled}
    st.subheader(_("채널"), anchor=False)
    name = st.text_input(_("채널 ID"), given.channel, placeholder=_("@로 시작하는 검색용 아이디"), key="ch.name", **how)
    one, two = st.columns(2)
    with one:
        certified = st.checkbox(_("비즈니스 인증을 받았어요"), given.business_certified, key="ch.certified", **how)
        phone = st.text_input(_("고객센터 전화번호"), given.phone, placeholder="1588-0000", key="ch.phone", **how)
        friends = st.number_input(_("채널 친구 수"), 0, None, given.friends, 1_000, key="ch.friends", **how)
    with two:
        business = st.text_input(
            _("사업자등록번호"), given.business_number, placeholder="000-00-00000", key="ch.business", **how
        )
        alimtalk = st.date_input(
            _("마지막으로 알림톡을 보낸 날"), given.alimtalk_on, min_value=date(2015, 1, 1), format="YYYY-MM-DD",
            key="ch.alimtalk", help=_("알림톡 발송 기록이 데이터에 있으면 적지 않아도 돼요."), **how,
        )  # fmt: skip
        email = st.text_input(_("결과를 받을 이메일"), given.email, key="ch.email", **how)
    st.subheader(_("080 수신거부 번호"), anchor=False)
    caller = st.text_input(_("연결할 발신번호"), given.caller, placeholder="02-000-0000", key="ch.caller", **how)
    outside = st.text_input(
        _("다른 곳에서 쓰던 080 번호 (있으면)"), given.outside_080, key="ch.outside", **how,
        help=_("서비스가 발급한 번호만 인정돼요. 쓰던 번호는 해지하고 새로 발급받아야 해요."),
    )  # fmt: skip
    released = given.outside_released
    if outside.strip():
        released = st.checkbox(_("이 번호를 해지했어요"), released, key="ch.released", **how)
    answers = _statements(kept, disabled=disabled)
    evidence = _evidence(kept.evidence, disabled=disabled)
    typed = Details(
        name.strip(), certified, business.strip(), int(friends), phone.strip(),
        alimtalk if isinstance(alimtalk, date) else None, caller.strip(), outside.strip(),
        released and bool(outside.strip()), email.strip(),
    )  # fmt: skip
    return Draft(typed, answers, evidence)


def _statements(kept: Draft, *, disabled: bool) -> frozenset[str]:
    """Each asked for itself; only '네' counts."""
    st.subheader(_("확인"), anchor=False)
    st.caption(_("하나씩 읽고 ‘네’라고 답해 주세요."))
    said: set[str] = set()
    for name, text in STATEMENTS.items():
        answer = st.radio(
            translate(text), ["no", "yes"], index=int(name in kept.answers), horizontal=True, key=f"ch.says.{name}",
            format_func={"no": _("아니요").capitalize(), "yes": _("네")}.__getitem__, disabled=disabled,
        )  # fmt: skip
        if answer == "yes":
            said.add(name)
    return frozenset(said)


def _evidence(kept: str, *, disabled: bool) -> str:
    """The image of the consent text, checked at once."""
    st.subheader(_("수신 동의 전문 이미지"), anchor=False)
    st.caption(_("회원이 동의한 화면에서 광고 수신 동의의 글 전체와 ‘카카오톡’이라는 말이 보여야 해요."))
    shelf = cache.store().messages
    given = None
    if not disabled:
        given = st.file_uploader(_("이미지 파일"), type=["jpg", "jpeg", "png", "webp"], key="ch.evidence")
    if given is not None:
        problems = check_consent_image(given.getvalue())
        if problems:
            st.error("\n".join(f"- {plain(one.text())} {plain(one.hint())}" for one in problems))
            return kept
        kept = shelf.put_image(given.getvalue(), utc_now())
    data = shelf.image(kept) if kept else None
    if data is not None:
        st.image(data, caption=_("붙인 이미지예요. 심사하는 사람이 그대로 봐요."), width=320)
    return kept


def _number(channel: Channel, draft: Draft) -> None:
    """The 080 number: issued by the service alone."""
    if channel.number_080:
        return
    if channel.number_is_asked:
        st.info(_("080 번호 발급을 요청했어요. 발급되면 여기에 보여요."), icon=":material/hourglass_top:")
        return
    if st.button(_("080 번호 발급 요청"), icon=":material/dialpad:", key="ch.ask"):
        done(
            lambda: (channel.save(draft, current_person(), utc_now()), channel.ask_number(current_person(), utc_now()))
        )


def _hand_in(channel: Channel, draft: Draft) -> None:
    now = utc_now()
    lacking = channel.missing(draft, now)
    st.subheader(_("신청"), anchor=False)
    if lacking:
        lines = "\n".join(f"- {plain(translate(name))}" for name in names_of(lacking))
        st.caption(_("{count}가지가 남았어요.", count=len(lacking)))
        with st.expander(_("남은 것 보기")):
            st.markdown(lines)
    again = channel.state == "rejected"
    apply = _("다시 신청") if again else _("연동하고 M/N 신청") if channel.state == "none" else _("M/N 신청")
    with st.container(horizontal=True):
        if st.button(apply, type="primary", disabled=bool(lacking), key="ch.submit"):
            done(lambda: channel.submit(draft, current_person(), utc_now()))
        if channel.state == "none" and st.button(
            _("채널만 연동"), disabled=not draft.details.channel, key="ch.register"
        ):
            done(lambda: channel.register(draft, current_person(), utc_now()))
        if st.button(_("저장"), disabled=draft == channel.draft, key="ch.save"):
            done(lambda: channel.save(draft, current_person(), utc_now()))
