"""Rows that are set aside: which, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from ifdo_core.i18n import translate

#: Reason → its msgid. The codes are kept in ``rejected_rows`` and stay as they are.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "꼭 있어야 하는 값이 비어 있어요",
        "not_an_amount": "금액으로 읽을 수 없어요",
        "not_an_integer": "정수가 아니에요",
        "not_a_time": "날짜·시각으로 읽을 수 없어요",
        "not_a_boolean": "예/아니오로 읽을 수 없어요",
        "not_json": "JSON 객체가 아니에요",
        "negative": "음수는 쓸 수 없어요",
        "too_large": "값이 너무 커요",
        "future": "미래의 시각이에요",
        "damaged_id": "엑셀이 번호를 지수로 바꿔 원래 값을 알 수 없어요. 열을 텍스트로 두고 다시 내려받아 주세요",
        "columns": "열 개수가 제목 줄과 달라요",
        "same_order": "같은 주문의 다른 줄이 잘못되어 함께 뺐어요",
    }
)

#: Values of these columns are personal: their place is named, what they say is not kept.
PERSONAL = frozenset(["phone", "email", "birthday"])

#: Rows named one by one in a load; beyond that they are only counted.
NAMED = 100_000


def reason_text(code: str, language: str | None = None) -> str:
    """The wording of a reason in ``language`` (default: the current one); the code itself where it has none."""
    return translate(REASONS.get(code, code), language)


@dataclass(frozen=True)
class Rejected:
    """One row set aside. ``row`` counts from 1 below the header; ``value`` is as it stood in the file."""

    table: str
    file: str
    row: int
    column: str | None
    value: str | None
    reason: str


@dataclass
class Rejects:
    """What a load sets aside, in the order of the files. A row is counted once, with its first reason."""

    rows: list[Rejected] = field(default_factory=list[Rejected])
    counts: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def add(self, table: str, file: str, row: int, column: str | None, value: str | None, reason: str) -> None:
        key = (table, file)
        self.counts[key] = self.counts.get(key, 0) + 1
        if len(self.rows) < NAMED:
            shown = value if value is None or len(value) <= 200 else value[:199] + "…"
            self.rows.append(Rejected(table, file, row, column, shown, reason))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def count(self, table: str, file: str) -> int:
        return self.counts.get((table, file), 0)

    def frame(self) -> pd.DataFrame:
        """file, row, column, value, reason (the code), and the table the row was meant for; by file and row."""
        names = ["file", "row", "column", "value", "reason", "table"]
        ordered = sorted(self.rows, key=lambda one: (one.file, one.row))
        columns: dict[str, list[object]] = {name: [getattr(one, name) for one in ordered] for name in names}
        frame = pd.DataFrame(columns, columns=pd.Index(names), dtype=object)
        return frame.astype({"row": "int64"})
