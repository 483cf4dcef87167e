"""Drafts, templates, versions, and 친구톡 to carry over: where a message comes from."""

from __future__ import annotations

import json

import streamlit as st

from ifdo_core.chunks import chunks
from ifdo_core.clock import utc_now
from ifdo_core.errors import MessageError
from ifdo_core.formats import time_text
from ifdo_core.i18n import current_language
from ifdo_core.messages import Message
from ifdo_core.messages.friendtalk import carry_over, refuse
from ifdo_core.messages.limits import limits
from ifdo_core.messages.templates import templates
from ifdo_ui import cache
from ifdo_ui.composer import phone
from ifdo_ui.composer.desk import Desk
from ifdo_ui.state import widget
from ifdo_ui.text import _, distinct, plain

_ACROSS = 3


def draw(opened: cache.Shop, desk: Desk) -> None:
    """One row of ways to begin, and the steps back and forward."""
    places = st.columns([2, 2, 2, 1, 1], vertical_alignment="bottom")
    with places[0]:
        _drafts(opened, desk)
    with places[1]:
        _templates(desk)
    # closed by what was chosen in it: what an import changed is told below
    with places[2], st.popover(_("버전 · 가져오기"), width="stretch", key=f"composer.more.{desk.revision}"):
        _versions(opened, desk)
        _friendtalk(desk)
    places[3].button(_("되돌리기"), icon=":material/undo:", disabled=not desk.back, on_click=desk.undo, width="stretch")
    places[4].button(_("다시"), icon=":material/redo:", disabled=not desk.forward, on_click=desk.redo, width="stretch")
    for change in desk.changes:
        st.caption("· " + plain(change))


def _drafts(opened: cache.Shop, desk: Desk) -> None:
    saved = {one.id: one for one in cache.store().messages.list()}
    names = distinct({None: _("새 메시지"), **{one: item.name or _("이름 없음") for one, item in saved.items()}})
    # under another name it is another choice: the browser would go on showing the old one
    key = f"composer.draft.{desk.revision}.{desk.draft_id}.{names.get(desk.draft_id, '')}"
    drawn = desk.revision, desk.draft_id

    def picked() -> None:
        chosen = widget(key, None)
        # The browser may tell a choice again that was taken, or the one that stood under an earlier name: opening that
        # would bring back what was written before.
        if drawn != (desk.revision, desk.draft_id) or chosen == desk.draft_id:
            return
        if chosen is None:
            desk.open(Message(), None)
        else:
            desk.open(Message.from_json(saved[chosen].tree), chosen)

    options = [None, *saved]
    st.selectbox(
        _("저장된 메시지"), options, index=options.index(desk.draft_id) if desk.draft_id in options else 0, key=key,
        on_change=picked, format_func=lambda one: names[one],
    )  # fmt: skip


def _templates(desk: Desk) -> None:
    known = {one.id: one for one in templates()}
    key = f"composer.template.{desk.revision}"
    revision = desk.revision

    def picked() -> None:
        chosen = widget(key, None)
        if chosen is not None and desk.revision == revision:  # once: the browser may tell it again
            desk.put(known[chosen].message)

    st.selectbox(
        _("템플릿"), list(known), index=None, key=key, on_change=picked, placeholder=_("골라서 시작하기"),
        format_func=lambda one: known[one].en if current_language() == "en" else known[one].ko,
    )  # fmt: skip


def gallery(desk: Desk) -> None:
    """The templates as they look, to begin with one."""
    with st.expander(_("템플릿 둘러보기"), icon=":material/grid_view:"):
        for row in chunks(templates(), _ACROSS):
            for place, one in zip(st.columns(_ACROSS), row, strict=False):
                with place:
                    name = one.en if current_language() == "en" else one.ko
                    kind = limits().types[one.message.type]
                    st.markdown(f"**{name}**")
                    st.caption(kind.label())
                    phone.small(one.message)
                    st.button(
                        _("이걸로 시작"), key=f"composer.gallery.{one.id}", on_click=desk.put, args=(one.message,),
                        width="stretch",
                    )  # fmt: skip


def _versions(opened: cache.Shop, desk: Desk) -> None:
    if desk.draft_id is None:
        st.caption(_("고치는 대로 저장되고, 버전이 여기에 쌓여요."))
        return
    for one in cache.store().messages.versions(desk.draft_id)[:10]:
        moment = time_text(one.saved_at, opened.workbench.settings.zone)
        st.button(
            _("{number}번째 · {moment}", number=one.number, moment=moment), key=f"composer.version.{one.number}",
            on_click=desk.put, args=(Message.from_json(one.tree),),
        )  # fmt: skip


def _friendtalk(desk: Desk) -> None:
    st.caption(plain(str(refuse())))
    given = st.file_uploader(_("친구톡 JSON 가져오기"), type=["json"], key=f"composer.friendtalk.{desk.revision}")
    if given is None:
        return
    try:
        found = carry_over(json.loads(given.getvalue()))
    except (ValueError, MessageError) as error:
        st.error(plain(str(error)) if isinstance(error, MessageError) else _("JSON 파일이 아니에요."))
        return
    kept = cache.store().messages.save(found.message.name, found.message.to_json(), utc_now())
    desk.open(found.message, kept.id, found.changes)
    st.rerun()
