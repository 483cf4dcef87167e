"""The log of exports, the newest first."""

from __future__ import annotations

import streamlit as st

from ifdo_core.catalogue.lists import COLUMNS, label_of
from ifdo_core.exports import in_zone
from ifdo_core.roles import ROLES
from ifdo_ui import cache
from ifdo_ui.state import asked_text, say
from ifdo_ui.text import _

PAGE = 100


def draw(opened: cache.Shop) -> None:
    log = cache.store().exports
    total = log.count()
    if not total:
        st.info(
            _("아직 내보낸 목록이 없어요. 세그먼트의 유저 리스트에서 내려받으면 여기에 남아요."), icon=":material/info:"
        )
        return
    page = int(asked_text("page")) if asked_text("page").isdigit() else 1
    frame = in_zone(log.frame(PAGE, (max(page, 1) - 1) * PAGE), opened.workbench.settings.zone)
    ways = {"download": _("내려받기"), "email": _("이메일"), "cli": _("명령줄"), "notebook": _("노트북")}
    labels = {column.name: column.label() for columns in COLUMNS.values() for column in columns}
    frame["way"] = frame["way"].map(lambda way: ways.get(way, way))
    frame["what"] = frame["what"].map(label_of)
    frame["role"] = frame["role"].map(lambda role: ROLES[role].label() if role in ROLES else role)
    frame["columns"] = frame["columns"].map(lambda names: ", ".join(labels.get(name, name) for name in names))
    frame["masked"] = frame["masked"].map(lambda masked: _("가림") if masked else _("개인정보 포함"))
    frame["segment_name"] = frame["segment_name"].where(frame["segment_name"] != "", _("이름 없는 세그먼트"))
    words = {
        "at": _("때"),
        "who": _("누가"),
        "role": _("역할"),
        "way": _("방법"),
        "segment_name": _("세그먼트"),
        "what": _("목록"),
        "rows": _("행 수"),
        "masked": _("개인정보"),
        "destination": _("어디로"),
        "columns": _("열"),
    }
    st.dataframe(
        frame[list(words)],
        hide_index=True,
        column_config={
            **words,
            "at": st.column_config.DatetimeColumn(words["at"], format="YYYY-MM-DD HH:mm:ss"),
            "rows": st.column_config.NumberColumn(words["rows"], format="localized"),
        },
        placeholder="",
        key="exports.table",
    )
    if total <= PAGE:
        return
    with st.container(horizontal=True):
        st.button(
            _("이전 쪽"), disabled=page <= 1, on_click=say, kwargs={"page": str(page - 1)}, key="exports.previous"
        )
        more = page * PAGE < total
        st.button(_("다음 쪽"), disabled=not more, on_click=say, kwargs={"page": str(page + 1)}, key="exports.next")
