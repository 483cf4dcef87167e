"""Files in: what each seems to be is shown and can be corrected, then all of them are loaded, or none."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ifdo_core.errors import IfdoError
from ifdo_core.exports import csv_bytes
from ifdo_core.formats import count_text, size_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.ingest import LoadReport, Mapping, Proposal, propose_mapping
from ifdo_core.ingest.mapping import DERIVED, LINE_COLUMNS, TABLES, FileMapping
from ifdo_core.ingest.propose import SURE, WHY
from ifdo_ui import cache
from ifdo_ui.data.columns import column_word, table_word
from ifdo_ui.frame import fragment, show_error
from ifdo_ui.state import seed, state, widget
from ifdo_ui.text import _, plain

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "parquet"]
MAX_MB = 500
_PREVIEW_ROWS = 8
_SHOWN_REJECTS = 200
DATA = "data"


@dataclass
class Upload:
    """One file put by on disk, and what it seems to be. ``edits`` grows with each correction."""

    name: str
    size: int
    path: Path
    proposal: Proposal | None = None
    error: IfdoError | None = None
    by_hand: bool = False
    edits: int = 0


@dataclass
class Desk:
    """The files of a session that are not loaded yet; they go when it ends."""

    folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="ifdo-upload-")
    )
    files: dict[str, Upload] = field(default_factory=dict)
    rounds: int = 0  # a new uploader after each load
    report: LoadReport | None = None


@fragment(DATA)
def draw(opened: cache.Shop) -> None:
    """Uploader, a card a file, the button, and the report of the last load."""
    desk = _desk()
    st.subheader(_("파일 올리기"), anchor=False)
    given = st.file_uploader(
        _("쇼핑몰에서 내려받은 파일을 그대로 올려 주세요."),
        TYPES,
        accept_multiple_files=True,
        key=f"upload.{desk.rounds}",
        max_upload_size=MAX_MB,
    )
    st.caption(
        _("CSV, Excel, Parquet · 파일마다 {size}MB까지. 더 큰 파일은 명령줄의 python -m ifdo_core load", size=MAX_MB)
    )
    _take(desk, given)
    for file_id, upload in desk.files.items():
        _card(file_id, upload)
    if desk.files:
        _load_button(opened, desk)
    if desk.report:
        _report(desk.report)


def _desk() -> Desk:
    current = state()
    if current.desk is None:
        current.desk = Desk()
    return current.desk


def _take(desk: Desk, given: list[UploadedFile]) -> None:
    """Puts new files by on disk and looks at them; forgets those taken away."""
    for file_id in set(desk.files) - {file.file_id for file in given}:
        desk.files.pop(file_id).path.unlink(missing_ok=True)
    for file in given:
        if file.file_id in desk.files:
            continue
        folder = Path(desk.folder.name) / file.file_id
        folder.mkdir()
        path = folder / Path(file.name).name
        path.write_bytes(file.getbuffer())
        desk.files[file.file_id] = upload = Upload(file.name, file.size, path)
        _look(upload)


def _look(upload: Upload, table: str | None = None) -> None:
    upload.edits += 1
    try:
        upload.proposal = propose_mapping(upload.path, table)
        upload.error = None
    except IfdoError as error:
        upload.proposal, upload.error = None, error


# --- one file ---------------------------------------------------------------------------------


def _card(file_id: str, upload: Upload) -> None:
    with st.container(border=True, key=f"file-{file_id}"):
        st.markdown(f":material/description: **{plain(upload.name)}** :gray[{size_text(upload.size)}]")
        if upload.error is not None:
            show_error(upload.error)
        if upload.proposal is None:
            return
        proposal = upload.proposal
        _told(file_id, upload, proposal)
        st.caption(_("첫 {rows}줄", rows=min(_PREVIEW_ROWS, len(proposal.preview.rows))))
        st.dataframe(proposal.preview.rows.head(_PREVIEW_ROWS), hide_index=True, height="content", placeholder="")
        _mapping(file_id, upload, proposal)
        if proposal.missing:
            names = ", ".join(column_word(name) for name in proposal.missing)
            st.warning(_("꼭 필요한 열을 골라 주세요: {names}", names=plain(names)), icon=":material/help:")
        elif proposal.priceless:
            st.warning(
                _(
                    "상품마다 얼마였는지 말하는 열이 없어 주문만 넣고 주문 상품은 넣지 않아요. 그런 열이 있으면 "
                    "‘{price}’이나 ‘{paid}’으로 골라 주세요.",
                    price=plain(f"{table_word('order_items')} · {column_word('price')}"),
                    paid=plain(f"{table_word('order_items')} · {column_word('paid')}"),
                ),
                icon=":material/help:",
            )


def _told(file_id: str, upload: Upload, proposal: Proposal) -> None:
    """Which kind of data the file is, and whose export."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = seed(f"file.{file_id}.{upload.edits}.table", proposal.table)
        st.selectbox(
            _("무슨 데이터인가요?"),
            list(TABLES),
            format_func=table_word,
            key=key,
            on_change=lambda: _look(upload, widget(key, proposal.table)),
            filter_mode=None,
            width=220,
        )
        if proposal.ready_mapping is not None:
            mapping = proposal.ready_mapping
            name = (mapping.ko if current_language() == "ko" else mapping.en) or mapping.name
            st.badge(_("{name} 내보내기 파일이에요", name=name), icon=":material/check:", color="green")
        elif proposal.lines:
            st.badge(_("한 줄이 주문 상품 하나예요"), color="gray")


def _mapping(file_id: str, upload: Upload, proposal: Proposal) -> None:
    """Each column of the file with what it becomes; corrected by hand where that is needed."""
    words = _choices(proposal)
    frame = _frame(proposal, words)
    ready = proposal.ready_mapping is not None and not upload.by_hand
    config = {
        "source": st.column_config.TextColumn(_("파일의 열")),
        "samples": st.column_config.TextColumn(_("값의 예")),
        "becomes": st.column_config.SelectboxColumn(_("이렇게 읽어요"), options=list(words.values()), width="medium"),
        "why": st.column_config.TextColumn(_("까닭")),
    }
    if ready:
        used = frame[frame["becomes"].notna()]
        st.dataframe(used, hide_index=True, column_config=config, height="content")
        st.button(_("직접 고르기"), key=f"file.{file_id}.by_hand", type="tertiary", on_click=_by_hand, args=(upload,))
    else:
        edited = st.data_editor(
            frame,
            hide_index=True,
            column_config=config,
            disabled=["source", "samples", "why"],
            key=f"file.{file_id}.{upload.edits}.mapping",
            height="content",
            placeholder=_("그대로 둠") if proposal.table == "members" else _("쓰지 않음"),
        )
        if _corrected(upload, proposal, frame, edited, words):
            st.rerun(scope="fragment")
    st.download_button(
        _("이 매핑을 YAML로 저장"),
        proposal.mapping.to_yaml(),
        file_name=f"{Path(upload.name).stem}.mapping.yaml",
        mime="application/yaml",
        icon=":material/download:",
        type="tertiary",
        key=f"file.{file_id}.yaml",
        on_click="ignore",
    )


def _by_hand(upload: Upload) -> None:
    upload.by_hand = True


def _choices(proposal: Proposal) -> dict[tuple[str, str], str]:
    """(table, column) of ours → how it is called in the editor."""
    tables = [proposal.table, *(["order_items"] if proposal.table == "orders" else [])]
    out: dict[tuple[str, str], str] = {}
    for table in tables:
        columns = [column.name for column in TABLES[table].columns if column.name not in DERIVED]
        if table == "order_items":
            columns += LINE_COLUMNS
        for column in columns:
            mark = f"{table_word(table)} · " if len(tables) > 1 else ""
            out[table, column] = mark + column_word(column)
    return out


def _frame(proposal: Proposal, words: dict[tuple[str, str], str]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for guess in proposal.guesses:
        target = words.get((guess.table, guess.column)) if guess.table and guess.column else None
        if guess.column is None and proposal.table == "members":
            why = _("조건에 쓸 수 있게 그대로 두어요")  # further columns of members are kept as they are
            rows.append({"source": guess.source, "samples": " · ".join(guess.samples), "becomes": None, "why": why})
            continue
        why = translate(WHY[guess.why]) + ("" if target is None or guess.confidence >= SURE else _(" — 확인해 주세요"))
        rows.append({"source": guess.source, "samples": " · ".join(guess.samples), "becomes": target, "why": why})
    return pd.DataFrame(rows, columns=pd.Index(["source", "samples", "becomes", "why"]))


def _corrected(
    upload: Upload, proposal: Proposal, frame: pd.DataFrame, edited: pd.DataFrame, words: dict[tuple[str, str], str]
) -> bool:
    """Takes over what was changed in the editor; whether there was anything."""
    meant = {word: target for target, word in words.items()}
    changed = False
    for guess, before, after in zip(proposal.guesses, frame["becomes"], edited["becomes"], strict=True):
        before, after = (None if pd.isna(value) else value for value in (before, after))
        if before == after:
            continue
        changed = True
        if after is not None:
            table, column = meant[after]
            proposal = proposal.choosing(column, guess.source, table)
        elif guess.column is not None:
            proposal = proposal.choosing(guess.column, None, guess.table)
    if changed:
        upload.proposal, upload.edits = proposal, upload.edits + 1
    return changed


# --- loading ----------------------------------------------------------------------------------


def _load_button(opened: cache.Shop, desk: Desk) -> None:
    proposals = [upload.proposal for upload in desk.files.values()]
    ready = all(proposal is not None and not proposal.missing for proposal in proposals)
    pressed = st.button(
        _("파일 {count}개 불러오기", count=len(desk.files)),
        type="primary",
        icon=":material/upload:",
        key="load",
        disabled=not ready,
    )
    if not ready:
        st.caption(_("위에서 알려 드린 것을 고치면 불러올 수 있어요."))
    if pressed:
        _load(opened, desk)


def _load(opened: cache.Shop, desk: Desk) -> None:
    """All files in one load: either all are in, or nothing has changed."""
    proposals = [(upload.path, upload.proposal) for upload in desk.files.values() if upload.proposal]
    sources: dict[str, list[Path]] = {}
    for path, proposal in proposals:
        sources.setdefault(proposal.table, []).append(path)
    bar = st.progress(0.0, _("파일을 읽고 있어요"))
    try:
        desk.report = opened.workbench.load(
            **sources,  # type: ignore[arg-type]
            mapping=_joined([proposal.mapping for _path, proposal in proposals]),
            progress=lambda share, text: bar.progress(min(max(share, 0.0), 1.0), plain(text)),
        )
    except IfdoError as error:
        bar.empty()
        show_error(error)
        return
    bar.empty()
    desk.files.clear()
    desk.rounds += 1
    st.rerun()  # the state of the data above has changed too


def _joined(mappings: list[Mapping]) -> Mapping:
    """One mapping that reads every file; where all are of one shop system, its own, whose name is then kept."""
    if all(mapping == mappings[0] for mapping in mappings):
        return mappings[0]
    files: list[FileMapping] = []
    for mapping in mappings:
        files += [file for file in mapping.files if file not in files]
    return Mapping("uploaded", tuple(files))


def _report(report: LoadReport) -> None:
    with st.container(border=True, key="report"):
        st.markdown(f":material/task_alt: **{plain(report.insight())}**")
        frame = report.frame()
        frame["table"] = [table_word(str(name)) for name in frame["table"]]
        st.dataframe(
            frame,
            hide_index=True,
            height="content",
            column_config={
                "table": st.column_config.TextColumn(_("데이터")),
                "loaded": st.column_config.NumberColumn(_("새로 넣거나 바꾼 행"), format="localized"),
                "duplicate": st.column_config.NumberColumn(_("이미 있던 행"), format="localized"),
                "rejected": st.column_config.NumberColumn(_("빼 둔 행"), format="localized"),
            },
        )
        for name, columns in report.unknown_columns.items():
            st.caption(_("{file}에서 쓰지 않은 열: {columns}", file=plain(name), columns=plain(", ".join(columns))))
        if report.rows_rejected:
            _rejects(report)


def _rejects(report: LoadReport) -> None:
    rejected = report.rejected_texts()
    st.markdown(_("빼 둔 행 {count}", count=count_text(report.rows_rejected, "개")))
    st.dataframe(
        rejected.head(_SHOWN_REJECTS),
        hide_index=True,
        column_config={
            "file": st.column_config.TextColumn(_("파일")),
            "row": st.column_config.NumberColumn(_("줄"), help=_("머리글 바로 아래가 1번째 줄이에요.")),
            "column": st.column_config.TextColumn(_("열")),
            "value": st.column_config.TextColumn(_("값")),
            "reason": st.column_config.TextColumn(_("까닭"), width="large"),
            "table": None,
        },
    )
    st.download_button(
        _("빼 둔 행 내려받기 (CSV)"),
        csv_bytes(rejected),
        file_name="rejected.csv",
        mime="text/csv",
        icon=":material/download:",
        key="rejects",
        on_click="ignore",
    )
