"""What a load did, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from ifdo_core.i18n import translate
from ifdo_core.ingest.rejects import Rejects, reason_text


@dataclass(frozen=True)
class TableCount:
    """What became of the rows for one table. ``duplicate``: known before, or written over by a later row."""

    loaded: int
    duplicate: int
    rejected: int


@dataclass(frozen=True)
class FileCount:
    """One source: the table it was loaded as, by which mapping, and its rows."""

    source: str
    table: str
    mapping: str
    rows_read: int
    rows_rejected: int


@dataclass(frozen=True)
class LoadReport:
    """The result of ``load``.

    ``rows_read`` counts rows of files, ``rows_loaded`` rows of our tables that are new or changed: 0 says that nothing
    has changed. A file of order lines fills two tables, so these need not add up to what was read.
    """

    load_id: str
    files: tuple[FileCount, ...]
    tables: Mapping[str, TableCount]
    rejects: Rejects
    unknown_columns: Mapping[str, tuple[str, ...]]  # file → columns nobody asked for
    noted: Mapping[str, Mapping[str, int]] = field(
        default_factory=dict[str, "Mapping[str, int]"]
    )  # file → status word → rows
    notes: tuple[str, ...] = ()
    now: datetime | None = None

    @property
    def rows_read(self) -> int:
        return sum(one.rows_read for one in self.files)

    @property
    def rows_loaded(self) -> int:
        return sum(one.loaded for one in self.tables.values())

    @property
    def rows_duplicate(self) -> int:
        return sum(one.duplicate for one in self.tables.values())

    @property
    def rows_rejected(self) -> int:
        return self.rejects.total

    @property
    def rejected(self) -> pd.DataFrame:
        """file, row (1 = first below the header), column, value, reason (code), table."""
        return self.rejects.frame()

    def rejected_texts(self, language: str | None = None) -> pd.DataFrame:
        """``rejected`` with the reasons in words."""
        frame = self.rejected
        frame["reason"] = [reason_text(str(code), language) for code in frame["reason"]]
        return frame

    def frame(self) -> pd.DataFrame:
        """One row a table: table, loaded, duplicate, rejected."""
        rows = [[name, one.loaded, one.duplicate, one.rejected] for name, one in self.tables.items()]
        return pd.DataFrame(rows, columns=pd.Index(["table", "loaded", "duplicate", "rejected"]))

    def insight(self) -> str:
        """What happened, and what to do about what did not."""
        parts = [
            translate("{read:,}줄을 읽어 {loaded:,}건을 새로 넣거나 바꿨어요.").format(
                read=self.rows_read, loaded=self.rows_loaded
            )
        ]
        if self.rows_duplicate:
            parts.append(translate("이미 있던 {count:,}건은 그대로예요.").format(count=self.rows_duplicate))
        if self.rows_rejected:
            reasons = self.rejected["reason"].value_counts()
            parts.append(
                translate("{count:,}줄은 읽을 수 없어 빼 두었어요. 가장 많은 까닭: {reason}.").format(
                    count=self.rows_rejected, reason=reason_text(str(reasons.index[0]))
                )
            )
        columns = [f"{name} ({', '.join(names)})" for name, names in self.unknown_columns.items() if names]
        if columns:
            parts.append(translate("쓰지 않은 열: {columns}.").format(columns="; ".join(columns)))
        words = sorted({word for found in self.noted.values() for word in found})
        if words:
            parts.append(translate("확인이 필요한 주문 상태: {words}.").format(words=", ".join(words)))
        return " ".join([*parts, *self.notes])

    def figure(self) -> go.Figure:
        """Loaded, known and set-aside rows of each table, as bars."""
        frame = self.frame()
        figure = go.Figure()
        names = {"loaded": "새로 넣음", "duplicate": "이미 있음", "rejected": "빼 둠"}
        for column, name in names.items():
            figure.add_bar(y=frame["table"], x=frame[column], name=translate(name), orientation="h")
        figure.update_layout(barmode="stack", title=self.insight().split(". ")[0])
        return figure
