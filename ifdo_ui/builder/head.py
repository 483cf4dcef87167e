"""Above the columns: the name, steps back and forward, save, what to do with it; it as a sentence; the guide."""

from __future__ import annotations

import streamlit as st

from ifdo_core.i18n import current_language
from ifdo_core.segments.link import pack
from ifdo_core.segments.wording import sentence
from ifdo_ui import cache
from ifdo_ui.builder import actions
from ifdo_ui.builder.examples import example
from ifdo_ui.composer.desk import AUDIENCE
from ifdo_ui.frame import fragment
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import Builder, link_of, preset, seed, state
from ifdo_ui.text import _, element, plain, tag


@fragment(actions.HEAD)
def draw(opened: cache.Shop) -> None:
    current = state()
    builder = current.builder
    if builder is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        _buttons(builder)
    currency = opened.workbench.settings.currency
    segment = builder.draft.segment()
    said = cache.named(opened, segment) if segment else None
    st.html(tag("p", sentence(said, current_language(), currency=currency), "ifdo-sentence"))
    if builder.guide:
        _guide(builder)
    if current.notice:
        st.toast(plain(current.notice), icon=":material/check:")
        current.notice = ""


def _buttons(builder: Builder) -> None:
    st.button(
        _("목록"),
        icon=":material/arrow_back:",
        type="tertiary",
        key="head.back",
        on_click=actions.leave,
        help=_("세그먼트 목록으로"),
    )
    key = seed(f"head.name.{builder.serial}.{builder.naming}", builder.draft.name)
    st.text_input(
        _("세그먼트 이름"),
        key=key,
        placeholder=_("이름 없는 세그먼트"),
        label_visibility="collapsed",
        max_chars=200,
        on_change=actions.set_name,
        args=(key,),
        width=230,
    )
    if builder.changed:
        st.badge(_("저장 안 됨"), color="orange")
    elif builder.saved_id:
        st.badge(_("저장됨"), color="gray")
    st.button(
        _("되돌리기"),
        icon=":material/undo:",
        type="tertiary",
        key="head.undo",
        disabled=not builder.back,
        shortcut="mod+z",
        on_click=actions.undo,
    )
    st.button(
        _("다시 하기"),
        icon=":material/redo:",
        type="tertiary",
        key="head.redo",
        disabled=not builder.forward,
        shortcut="mod+shift+z",
        on_click=actions.redo,
    )
    st.button(
        _("저장"),
        icon=":material/save:",
        type="primary",
        key="head.save",
        disabled=builder.draft.node is None,
        shortcut="mod+s",
        on_click=actions.save,
    )
    for view, word, icon in (("report", _("통계 리포트"), "bar_chart"), ("list", _("유저 리스트"), "list")):
        st.button(
            word,
            icon=f":material/{icon}:",
            key=f"head.{view}",
            disabled=builder.draft.node is None,
            on_click=actions.show_view,
            args=(view,),
        )
    if st.button(_("메시지 만들기"), icon=":material/chat:", key="head.message", disabled=builder.draft.node is None):
        _message_to(builder)
    with st.popover(_("더보기"), icon=":material/more_horiz:", key="head.more", on_change="rerun") as more:
        if more.open:
            _more(builder)


def _message_to(builder: Builder) -> None:
    """The composer for this segment: the saved one, or as it stands, carried by the address."""
    segment = builder.draft.segment()
    if segment is None:
        return
    if builder.saved_id and not builder.changed:
        preset(AUDIENCE, builder.saved_id)
        st.switch_page(PAGES["messages"])
    st.switch_page(PAGES["messages"], query_params={"segment": pack(segment)})


def _more(builder: Builder) -> None:
    segment = builder.draft.segment()
    if segment is None:
        st.caption(_("조건을 먼저 골라 주세요."))
        return
    if builder.saved_id:
        st.button(_("복제"), icon=":material/content_copy:", type="tertiary", on_click=actions.copy_open)
        st.button(_("삭제"), icon=":material/delete:", type="tertiary", on_click=actions.delete_open)
    st.caption(_("링크 (이 주소를 열면 같은 화면이 보여요)"))
    st.code(actions.address(link_of(builder)), language=None)
    st.caption("YAML")
    st.code(segment.to_yaml(), language="yaml")
    st.download_button(
        _("YAML 내려받기"),
        segment.to_yaml(),
        file_name="segment.yaml",
        mime="application/yaml",
        icon=":material/download:",
        on_click="ignore",
    )


def _guide(builder: Builder) -> None:
    """Three steps of the guided first run, each ticked when it is seen to be done."""
    assert builder.guide
    shown = example(builder.guide)
    steps = [
        (_("모수를 읽어 보세요. 최근 7일과 24시간에 이 조건에 맞은 방문 수예요."), True),
        (shown.step.text, shown.step.done(builder.draft.node)),
        (_("이름을 정하고 저장하세요."), builder.saved_id is not None),
    ]
    items = "".join(tag("li", text, "done" if done else "") for text, done in steps)
    with st.container(horizontal=True, key="guide", vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(element("ol", items, "ifdo-guide"), width="stretch")
        st.button(_("안내 닫기"), type="tertiary", key="guide.close", on_click=actions.close_guide)
