"""Taking a list out: as a file, or by e-mail. The log has it before anybody gets it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from ifdo_core.formats import count_text, size_text
from ifdo_core.lists.export import Actor
from ifdo_core.lists.mail import Mailed
from ifdo_core.mail import MailSettings
from ifdo_core.roles import current_person, current_role
from ifdo_core.segments.model import Segment
from ifdo_ui import cache
from ifdo_ui.frame import guard
from ifdo_ui.navigation import PAGES
from ifdo_ui.state import state, widget
from ifdo_ui.text import _, plain

#: A larger file would not fit beside the others into the memory of a small machine.
MAX_DOWNLOAD = 100_000_000  # bytes
MIMES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_FORMAT = "take.format"
_TO = "take.to"


@dataclass(frozen=True)
class Prepared:
    """A written and logged file; ``asked`` is the list it is of."""

    asked: Any
    name: str
    data: bytes
    text: str


def draw(opened: cache.Shop, segment: Segment, what: str, asked: dict[str, Any], total: int) -> None:
    role = current_role()
    if not role.may_export:
        st.caption(_("‘{role}’ 역할은 목록을 내보낼 수 없어요. 관리자에게 요청해 주세요.", role=role.label()))
        return
    key = (opened.key, segment, what, tuple(asked.items()), widget(_FORMAT, "xlsx"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="take"):
        names = {"xlsx": "Excel", "csv": "CSV"}
        st.segmented_control(
            _("파일 형식"),
            list(names),
            default="xlsx",
            format_func=lambda kind: names[kind],
            key=_FORMAT,
            required=True,
        )
        made = st.button(
            _("{count} 파일 만들기", count=count_text(total, "건" if what == "visits" else "명")),
            icon=":material/download:",
            key="take.file",
        )
        with st.popover(_("이메일로 보내기"), icon=":material/mail:"):
            _mail(opened, segment, what, asked)
        st.page_link(PAGES["exports"], label=_("내보내기 기록"), icon=":material/history:")
    if made:
        with guard():
            state().prepared = _file(opened, segment, what, asked, key)
    prepared = state().prepared
    if prepared is not None and prepared.asked == key:
        with st.container(horizontal=True, vertical_alignment="center", key="take-ready"):
            st.download_button(
                _("내려받기"),
                prepared.data,
                file_name=prepared.name,
                mime=MIMES[prepared.name.rsplit(".", 1)[1]],
                type="primary",
                icon=":material/download:",
                on_click="ignore",
                key="take.download",
            )
            st.caption(plain(prepared.text))
    if state().mailed is not None:
        _told(state().mailed)
        state().mailed = None


def _file(opened: cache.Shop, segment: Segment, what: str, asked: dict[str, Any], key: Any) -> Prepared | None:
    place = st.empty()
    kind = widget(_FORMAT, "xlsx")
    with tempfile.TemporaryDirectory(prefix="ifdo-download-") as folder:
        path = Path(folder) / f"{what}-{opened.workbench.now:%Y%m%d}.{kind}"
        done = opened.workbench.export(
            segment,
            path,
            what,
            actor=Actor(current_person(), current_role(), "download"),
            destination=path.name,
            store=cache.store(),
            progress=lambda share, text: _progress(place, share, text),
            **asked,
        )
        place.empty()
        if done.size > MAX_DOWNLOAD:
            st.warning(
                _(
                    "파일이 {size}라서 브라우저로 내려받기에는 커요. 명령줄(python -m ifdo_core export)을 써 주세요.",
                    size=size_text(done.size),
                )
            )
            return None
        return Prepared(key, path.name, path.read_bytes(), done.insight())


def _progress(place: Any, share: float, text: str) -> None:
    place.progress(min(share, 1.0), plain(text))


def _mail(opened: cache.Shop, segment: Segment, what: str, asked: dict[str, Any]) -> None:
    demo, server = opened.workbench.is_demo, MailSettings.from_env()
    if demo:
        st.caption(_("데모에서는 보내지 않고, 보낼 메시지를 보여 드려요."))
    elif server is None:
        st.caption(_("메일 서버가 설정되어 있지 않아 보낼 메시지만 볼 수 있어요. IFDO_SMTP_HOST를 설정해 주세요."))
    st.text_input(_("받는 사람 이메일"), key=_TO, placeholder="name@example.com", max_chars=200)
    if st.button(_("보내기") if server and not demo else _("메시지 보기"), type="primary", key="take.send"):
        with guard():
            state().mailed = opened.workbench.email(
                segment,
                widget(_TO, ""),
                what,
                format=widget(_FORMAT, "xlsx"),
                dry_run=demo or server is None,
                actor=Actor(current_person(), current_role(), "email"),
                store=cache.store(),
                **asked,
            )


def _told(mailed: Mailed) -> None:
    with st.container(border=True, key="mailed"):
        st.markdown(plain(mailed.insight()))
        rows = (
            (_("보내는 사람"), mailed.sender or _("메일 서버를 설정하면 정해져요")),
            (_("받는 사람"), mailed.to),
            (_("제목"), mailed.subject),
            (_("첨부"), f"{mailed.attachment} ({size_text(mailed.size)})"),
        )
        st.markdown("\n".join(f"- **{plain(name)}** {plain(text)}" for name, text in rows))
        st.text(mailed.body)
