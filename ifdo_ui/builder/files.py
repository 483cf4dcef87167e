"""Saved segments out as YAML and in again: names that are taken, faults with their place, both in words."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ifdo_core.errors import SegmentError
from ifdo_core.segments.exchange import Read, read_segments, write_segments
from ifdo_core.store.incoming import Arrival, conflicts, take_in
from ifdo_ui import cache
from ifdo_ui.state import state, widget
from ifdo_ui.text import _, plain

_FILE, _TAKEN = "import.file", "import.taken"
_MIME = "application/yaml"


def buttons() -> None:
    """Beside the search of the list: in, and out with all of them."""
    st.button(_("가져오기"), icon=":material/upload:", key="import.open", on_click=_open)
    if state().importing:
        st.dialog(_("세그먼트 가져오기"), on_dismiss=_close)(_import)()
    kept = cache.store().segments
    if len(kept):
        st.download_button(
            _("모두 내보내기"),
            lambda: write_segments(dict(kept)),
            file_name="segments.yaml",
            mime=_MIME,
            icon=":material/download:",
            on_click="ignore",
            key="export.all",
        )


def _open() -> None:
    state().importing = True


def _close() -> None:
    state().importing = False


def one(segment_id: str) -> None:
    """The dialog of one segment: its YAML to read, copy and download."""
    item = cache.store().get(segment_id)
    text = write_segments({item.id: item.readable()})
    st.code(text, language="yaml")
    st.download_button(
        _("YAML 내려받기"),
        text,
        file_name=f"{item.name}.yaml",
        mime=_MIME,
        icon=":material/download:",
        on_click="ignore",
        key="export.one",
    )


def _import() -> None:
    state()
    given: Any = st.file_uploader(_("YAML 파일"), type=["yaml", "yml"], key=_FILE)
    st.caption(_("내보낸 파일이나 세그먼트 하나의 YAML을 올려 주세요. 여러 개를 한 번에 가져올 수 있어요."))
    if given is None:
        return
    try:
        rows = read_segments(given.getvalue().decode("utf-8-sig"))
    except UnicodeDecodeError:
        st.error(_("글자를 읽을 수 없어요. UTF-8로 저장한 YAML 파일인지 확인해 주세요."), icon=":material/error:")
        return
    except SegmentError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    good = [row for row in rows if row.segment is not None]
    _faults(rows)
    taken = conflicts(cache.store(), good)
    if taken:
        _ask_taken(taken)
    if not good:
        return
    st.markdown(_("가져올 세그먼트 {count}개: {names}", count=len(good), names=plain(_names(good))))
    if st.button(_("{count}개 가져오기", count=len(good)), type="primary", key="import.ok"):
        state().notice = _told(take_in(cache.store(), good, widget(_TAKEN, "number") if taken else "number"))
        _close()
        st.rerun()


def _faults(rows: list[Read]) -> None:
    """What cannot be taken, with its place in the file."""
    for row in rows:
        if row.fault is not None:
            at = "" if row.path == "$" else f"{row.path} "
            named = f"{at}‘{row.name}’" if row.name else at
            st.error(plain(f"{named}: {row.fault}" if named else str(row.fault)), icon=":material/error:")


def _ask_taken(taken: set[str]) -> None:
    words = {
        "number": _("새 이름으로 ((2)를 붙여요)"),
        "replace": _("있던 것을 바꾸기"),
        "skip": _("건너뛰기"),
    }
    st.radio(
        _("이름이 같은 세그먼트가 있어요: {names}", names=plain(", ".join(sorted(taken)))),
        list(words),
        format_func=lambda key: words[key],
        key=_TAKEN,
    )


def _names(rows: list[Read]) -> str:
    shown = ", ".join(row.name for row in rows[:8])
    return shown if len(rows) <= 8 else _("{shown} 외 {more}개", shown=shown, more=len(rows) - 8)


def _told(found: list[Arrival]) -> str:
    """What became of them, in a sentence or two."""
    kept = [item for item in found if item.saved is not None]
    said = [_("세그먼트 {count}개를 가져왔어요.", count=len(kept))]
    renamed = [item.saved.name for item in kept if item.saved and item.renamed]
    if renamed:
        said.append(_("이름이 겹쳐 새로 붙인 이름: {names}", names=", ".join(renamed)))
    said += [f"‘{item.read.name}’: {item.why}" for item in found if item.saved is None]
    return " ".join(said)
