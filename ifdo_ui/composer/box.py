"""The box of messages: groups with a colour, search, duplicate, move, delete."""

from __future__ import annotations

import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.formats import time_text
from ifdo_core.messages import Message
from ifdo_core.store.messages import COLOURS, SavedDraft
from ifdo_ui import cache
from ifdo_ui.composer.desk import Desk
from ifdo_ui.frame import tried
from ifdo_ui.text import _, plain

_SHOWN = 30


def draw(opened: cache.Shop, desk: Desk) -> None:
    shelf = cache.store().messages
    folders = shelf.folders()
    with st.expander(_("메시지함"), icon=":material/inbox:"):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        query = left.text_input(_("이름이나 본문으로 찾기"), key="box.query") or ""
        with right, st.popover(_("그룹"), width="stretch"):
            _groups(folders)
        chosen = st.pills(
            _("그룹"), ["", *folders], key="box.folder", label_visibility="collapsed",
            format_func=lambda one: _dot(folders.get(one, "")) + (plain(one) if one else _("그룹 없음")),
        )  # fmt: skip
        if desk.gone is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(plain(_("‘{name}’ 메시지를 지웠어요.", name=desk.gone[1])))
                st.button(_("되살리기"), icon=":material/undo:", on_click=_bring_back, args=(desk,), key="box.undo")
        found = shelf.list(query, chosen)
        if not found:
            st.caption(_("찾은 메시지가 없어요."))
        for one in found[:_SHOWN]:
            _row(opened, desk, one, folders)
        if len(found) > _SHOWN:
            st.caption(_("{count}개가 더 있어요. 이름으로 찾아보세요.", count=len(found) - _SHOWN))


def _dot(colour: str) -> str:
    return f":{colour}[●] " if colour else ""


def _row(opened: cache.Shop, desk: Desk, one: SavedDraft, folders: dict[str, str]) -> None:
    shelf = cache.store().messages
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"box-row-{one.id}"):
        when = time_text(one.updated_at, opened.workbench.settings.zone)
        name = one.name or _("이름 없음")
        st.button(
            f"{_dot(folders.get(one.folder, ''))}{plain(name)}", key=f"box.open.{one.id}", type="tertiary",
            on_click=lambda: desk.open(Message.from_json(one.tree), one.id), width="stretch", help=when,
        )  # fmt: skip
        st.button(
            _("복제"), icon=":material/content_copy:", key=f"box.copy.{one.id}",
            on_click=lambda: shelf.duplicate(one.id, _("{name} 사본", name=name), utc_now()),
        )  # fmt: skip
        options = ["", *folders]
        key = f"box.move.{one.id}"
        st.selectbox(
            _("그룹으로 옮기기"), options, index=options.index(one.folder) if one.folder in options else 0, key=key,
            label_visibility="collapsed", width=130, on_change=_move, args=(one.id, key),
            format_func=lambda name: name or _("그룹 없음"),
        )  # fmt: skip
        st.button(
            _("삭제"), icon=":material/delete:", key=f"box.delete.{one.id}",
            on_click=_delete, args=(desk, one.id, name),
        )  # fmt: skip


def _delete(desk: Desk, draft_id: str, name: str) -> None:
    """Gone until it is brought back; what is being written goes on as a new message."""
    cache.store().messages.delete(draft_id, utc_now())
    desk.gone = (draft_id, name)
    if desk.draft_id == draft_id:
        desk.open(Message(), None)


def _bring_back(desk: Desk) -> None:
    if desk.gone is not None:
        cache.store().messages.undelete(desk.gone[0])
        desk.gone = None


def _move(draft_id: str, key: str) -> None:
    from ifdo_ui.state import widget

    cache.store().messages.move(draft_id, widget(key, ""))


def _groups(folders: dict[str, str]) -> None:
    """Make, recolour, remove."""
    shelf = cache.store().messages
    words = {"blue": _("파랑"), "green": _("초록"), "orange": _("주황"), "red": _("빨강"), "violet": _("보라"),
             "gray": _("회색")}  # fmt: skip
    name = st.text_input(_("그룹 이름"), key="box.group")
    colour = st.selectbox(_("색"), COLOURS, key="box.colour", format_func=words.__getitem__)
    if st.button(_("그룹 만들기·색 바꾸기"), disabled=not name.strip(), key="box.make"):
        if not tried(lambda: shelf.put_folder(name, colour)):
            return
        st.rerun()
    for one in folders:
        st.button(
            _("‘{name}’ 그룹 없애기", name=plain(one)), key=f"box.gone.{one}", on_click=shelf.remove_folder,
            args=(one,), help=_("안의 메시지는 남아요."),
        )  # fmt: skip
