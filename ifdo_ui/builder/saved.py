"""The page without an open segment: the guided examples, and the list of saved ones with their 모수."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ifdo_core.clock import utc_now
from ifdo_core.errors import SegmentError
from ifdo_core.formats import count_text, missing_text, relative_time_text
from ifdo_core.i18n import current_language
from ifdo_core.segments.model import Segment
from ifdo_core.segments.wording import sentence
from ifdo_core.store import SavedSegment
from ifdo_ui import cache
from ifdo_ui.builder import actions, files, gallery, searched
from ifdo_ui.builder.examples import examples
from ifdo_ui.state import state, widget
from ifdo_ui.text import _, plain, tag

_QUERY = "saved.query"
_PAGE = 20


def draw(opened: cache.Shop) -> None:
    current = state()
    _undo()
    if current.notice:
        st.toast(plain(current.notice), icon=":material/check:")
        current.notice = ""
    if current.builder and current.builder.changed and current.builder.draft.node:
        with st.container(horizontal=True, vertical_alignment="center", border=True, key="unsaved"):
            st.markdown(
                _("저장하지 않은 세그먼트가 있어요: {name}", name=plain(current.builder.draft.name or _("이름 없음")))
            )
            st.button(_("이어서 만들기"), icon=":material/edit:", on_click=actions.resume)
    saved = cache.store().list()
    if not saved:
        _examples()
        with st.container(horizontal=True):
            st.button(_("빈 세그먼트로 시작"), icon=":material/add:", on_click=actions.open_new)
            files.buttons()
        _ready(opened)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        searched.field(_QUERY, _("저장된 세그먼트 검색"), _("이름으로 찾기"))
        st.button(_("새 세그먼트"), icon=":material/add:", type="primary", on_click=actions.open_new)
        files.buttons()
    _list(opened, widget(_QUERY, ""))
    _ready(opened)
    with st.expander(_("예제로 시작하기"), type="compact"):
        _examples()


def _ready(opened: cache.Shop) -> None:
    with st.container(key="ready"):
        st.subheader(_("바로 쓰는 시작 세트"), anchor=False)
        st.caption(_("자주 쓰는 세그먼트를 지금 모수와 함께 모았어요. 열어서 값을 고치고 저장하세요."))
        gallery.draw(opened)


def _examples() -> None:
    columns = st.columns(3)
    for column, item in zip(columns, examples(), strict=True):
        with column, st.container(border=True, key=f"example-{item.id}", height="stretch"):
            st.markdown(f":material/{item.icon}: **{plain(item.title)}**")
            st.caption(plain(item.question))
            st.button(
                _("열어 보기"),
                key=f"example.{item.id}",
                width="stretch",
                on_click=actions.open_example,
                args=(item.id,),
            )


def _list(opened: cache.Shop, query: str) -> None:
    current = state()
    found = cache.store().list(query)
    if not found:
        st.caption(_("‘{query}’에 맞는 이름이 없어요.", query=plain(query)))
        return
    row = partial(_row, opened)
    for place, item in searched.rows(found, _PAGE * current.pages, row, actions.more_saved, "saved"):
        if item.segment is None:
            continue
        number = _number(opened, item.segment, item.id)
        place.html(tag("small", _("최근 7일")) + tag("b", number), width="stretch")


def _number(opened: cache.Shop, segment: Segment, segment_id: str) -> str:
    try:
        visits = cache.preview(opened, segment, own_id=segment_id).visits_7d
    except SegmentError:  # saved segments that name each other in a circle
        visits = None
    return missing_text() if visits is None else count_text(visits, "건")


def _row(opened: cache.Shop, item: SavedSegment) -> DeltaGenerator:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"saved-{item.id}"):
        with st.container(gap=None):
            st.button(
                f"**{plain(item.name)}**",
                key=f"open.{item.id}",
                type="tertiary",
                disabled=item.segment is None,
                on_click=actions.open_saved,
                args=(item.id,),
            )
            said = sentence(cache.named(opened, item.segment), current_language()) if item.segment else str(item.fault)
            st.caption(plain(said))
        with st.container(width=120, key=f"count-{item.id}"):
            place = st.empty()
        st.caption(relative_time_text(item.updated_at, utc_now()), width="content")
        key = f"menu.{item.id}"
        words: dict[str, str] = {"rename": _("이름 변경"), "copy": _("복제"), "link": _("링크"), "yaml": "YAML",
            "delete": _("삭제")}  # fmt: skip
        st.menu_button(
            _("더보기"),
            list(words) if item.segment else ["delete"],
            format_func=lambda what: words[what],
            key=key,
            icon=":material/more_horiz:",
            type="tertiary",
            on_click=_chosen,
            args=(key, item.id),
        )
    return place


def _chosen(key: str, segment_id: str) -> None:
    current = state()
    what = widget(key, None)
    if what == "copy":
        actions.copy(segment_id)
    elif what == "delete":
        actions.delete(segment_id)
    elif what in ("rename", "link", "yaml"):
        current.dialog = (what, segment_id)


def dialogs() -> None:
    """The dialog that a menu asked for."""
    current = state()
    if current.dialog is None:
        return
    what, segment_id = current.dialog
    current.dialog = None
    item = cache.store().get(segment_id)
    if what == "yaml":
        st.dialog(plain(item.name))(files.one)(item.id)
    elif what == "rename":
        st.dialog(_("이름 변경"))(_rename)(item)
    else:
        st.dialog(_("링크"))(_link)(item)


def _rename(item: SavedSegment) -> None:
    name = st.text_input(_("새 이름"), item.name, max_chars=200, key="rename.name")
    if st.button(_("바꾸기"), type="primary", disabled=not name.strip(), key="rename.ok"):
        actions.rename(item.id, name)
        st.rerun()


def _link(item: SavedSegment) -> None:
    st.caption(_("이 주소를 열면 같은 화면이 보여요."))
    st.code(actions.address(item.id), language=None)


def _undo() -> None:
    """A deleted segment can be brought back from here."""
    current = state()
    if not current.deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="deleted"):
        st.markdown(_("‘{name}’ 삭제했어요.", name=plain(current.deleted[1])))
        st.button(_("되살리기"), icon=":material/undo:", key="undelete", on_click=actions.undelete)
        st.button(_("닫기"), type="tertiary", key="forget", on_click=actions.forget_deleted)
