"""Lists on disk, written piece by piece: CSV and Excel files that open well and cannot act (``exports``).

Memory holds one piece at a time. An Excel sheet has 1,048,576 rows, so a longer list goes on in further sheets.
"""

from __future__ import annotations

import csv
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import numpy as np
import pandas as pd

from ifdo_core.catalogue.lists import ListColumn
from ifdo_core.errors import DataError
from ifdo_core.exports import FORMULA_STARTS, safe_cell
from ifdo_core.i18n import translate

#: Rows and characters that Excel takes: of a sheet (its header included), of a cell.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
#: Excel counts days from here; a time is a fraction of a day.
_EXCEL_EPOCH = pd.Timestamp("1899-12-30")
_DAY_US = 86_400_000_000


class ListFile(ABC):
    """A file being written: ``with open_file(...) as file: file.add(frame)``; ``rows`` so far, header left out."""

    def __init__(self, path: Path, columns: Sequence[ListColumn], header: Sequence[str]) -> None:
        self.path = path
        self.columns = tuple(columns)
        self.header = tuple(header)
        self.rows = 0

    @abstractmethod
    def add(self, frame: pd.DataFrame) -> None:
        """Appends rows; the columns of ``frame`` are those of the file, in its order."""

    @abstractmethod
    def close(self) -> None:
        """Ends the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class CsvFile(ListFile):
    """UTF-8 with a byte order mark, by which Excel knows Korean text from CP949; lines end as RFC 4180 says."""

    def __init__(self, path: Path, columns: Sequence[ListColumn], header: Sequence[str]) -> None:
        super().__init__(path, columns, header)
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([safe_cell(name) for name in header])

    def add(self, frame: pd.DataFrame) -> None:
        self._writer.writerows(zip(*(_texts(frame.iloc[:, place]) for place in range(frame.shape[1])), strict=True))
        self.rows += len(frame)

    def close(self) -> None:
        self._file.close()


class ExcelFile(ListFile):
    """An .xlsx whose rows go to disk as they come. No cell is a formula: texts are written as texts, and those that
    look like a formula stay texts when somebody edits them (Excel's own 'quote prefix')."""

    def __init__(self, path: Path, columns: Sequence[ListColumn], header: Sequence[str]) -> None:
        super().__init__(path, columns, header)
        from xlsxwriter import Workbook  # heavy, and not needed to show a list

        self._folder = tempfile.TemporaryDirectory(prefix="ifdo-xlsx-", dir=path.parent)
        options = {"constant_memory": True, "tmpdir": self._folder.name, "strings_to_formulas": False}
        self._book = Workbook(str(path), options)
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True})
        self._quoted = self._book.add_format({"quote_prefix": True})
        shapes = {"time": "yyyy-mm-dd hh:mm:ss", "date": "yyyy-mm-dd", "money": "#,##0", "count": "#,##0"}
        made = {kind: self._book.add_format({"num_format": shape}) for kind, shape in shapes.items()}
        self._formats = [made.get(column.kind) for column in columns]
        self._new_sheet()

    def _new_sheet(self) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet(translate("목록 {number}").format(number=number))
        widths = {"time": 19, "date": 12, "money": 14, "count": 12, "number": 12, "flag": 8}
        for place, (column, name) in enumerate(zip(self.columns, self.header, strict=True)):
            self._sheet.set_column(place, place, max(widths.get(column.kind, 18), 2 * len(name) + 2))
            self._sheet.write_string(0, place, name, self._bold)
        self._sheet.freeze_panes(1, 0)
        self._row = 1

    def add(self, frame: pd.DataFrame) -> None:
        start = 0
        while start < len(frame):
            if self._row == SHEET_ROWS:
                self._new_sheet()
            part = frame.iloc[start : start + SHEET_ROWS - self._row]
            self._write(part)
            start += len(part)
        self.rows += len(frame)

    def _write(self, part: pd.DataFrame) -> None:
        sheet, row = self._sheet, self._row
        number, text, formats, quoted = sheet.write_number, sheet.write_string, self._formats, self._quoted
        columns = [_excel_values(part.iloc[:, place]) for place in range(part.shape[1])]
        for values in zip(*columns, strict=True):
            for place, value in enumerate(values):
                if value is None:
                    continue
                if isinstance(value, str):
                    text(row, place, value, quoted if value.startswith(FORMULA_STARTS) else None)
                else:
                    number(row, place, value, formats[place])
            row += 1
        self._row = row

    def close(self) -> None:
        try:
            self._book.close()
        finally:
            self._folder.cleanup()


FORMATS: dict[str, type[ListFile]] = {"csv": CsvFile, "xlsx": ExcelFile}


def format_of(path: Path) -> str:
    """'csv' or 'xlsx' by the name's ending. Raises DataError for another."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise DataError(
            "file_format",
            "‘{name}’은(는) 어떤 형식인지 알 수 없어요.",
            "파일 이름이 .csv나 .xlsx로 끝나게 적어 주세요.",
            name=path.name,
        )
    return ending


# --- values --------------------------------------------------------------------------------------


def _texts(series: pd.Series[Any]) -> list[Any]:
    """Cells of CSV: numbers as they are, times by the second, nothing for null."""
    if pd.api.types.is_datetime64_dtype(series):
        told = cast("list[str]", np.datetime_as_string(series.to_numpy("datetime64[s]")).tolist())
        return [None if value == "NaT" else value.replace("T", " ") for value in told]
    if pd.api.types.is_bool_dtype(series) or pd.api.types.is_numeric_dtype(series):
        return _plain(series)
    return [safe_cell(value) if isinstance(value, str) else value for value in _plain(series)]


def _plain(series: pd.Series[Any]) -> list[Any]:
    """Python values, None for null."""
    if series.hasnans:
        return [None if missing else value for value, missing in zip(series.tolist(), series.isna(), strict=True)]
    return series.tolist()


def _excel_values(series: pd.Series[Any]) -> list[Any]:
    """None, a number, or a text that fits into a cell. Times and dates are days since 1900."""
    if pd.api.types.is_datetime64_dtype(series):
        days = (series.astype("datetime64[us]") - _EXCEL_EPOCH).astype("int64") / _DAY_US
        return [None if missing else value for value, missing in zip(days.tolist(), series.isna(), strict=True)]
    if pd.api.types.is_bool_dtype(series):
        return [
            None if value is None else translate("예") if value else translate("아니요") for value in _plain(series)
        ]
    if pd.api.types.is_numeric_dtype(series):
        return _plain(series)
    return [_excel_value(value) for value in _plain(series)]


def _excel_value(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return float((pd.Timestamp(value) - _EXCEL_EPOCH).days) if value.year >= 1900 else value.isoformat()
    return str(value)[:CELL_CHARACTERS]
