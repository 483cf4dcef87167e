"""Files that open well, hold what they were given, and cannot act."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from ifdo_core.catalogue.lists import ListColumn
from ifdo_core.errors import DataError
from ifdo_core.exports import FORMULA_STARTS
from ifdo_core.lists import files
from ifdo_core.lists.files import FORMATS, CsvFile, ExcelFile, format_of

COLUMNS = (
    ListColumn("name", "이름", "Name"),
    ListColumn("n", "수", "Count", "count"),
    ListColumn("at", "때", "At", "time"),
    ListColumn("day", "날", "Day", "date"),
    ListColumn("yes", "예", "Yes", "flag"),
)
AT = datetime(2026, 11, 24, 12, 30, 15)


def frame(*names: str | None) -> pd.DataFrame:
    count = len(names)
    return pd.DataFrame(
        {
            "name": pd.Series(list(names), dtype="str"),
            "n": pd.array([None if index % 2 else index * 1_000 for index in range(count)], dtype="Int64"),
            "at": pd.Series([AT, pd.NaT] * count).head(count).astype("datetime64[us]"),
            "day": [date(2026, 11, 24), None][:1] * count,
            "yes": pd.array([True] * count, dtype="boolean"),
        }
    )


def written(kind: str, folder: Path, *frames: pd.DataFrame) -> Path:
    path = folder / f"list.{kind}"
    with FORMATS[kind](path, COLUMNS, [column.ko for column in COLUMNS]) as file:
        for part in frames:
            file.add(part)
    return path


def excel_rows(path: Path) -> list[list[Any]]:
    book = load_workbook(path)
    return [[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]


def test_csv_for_excel(tmp_path: Path):
    data = written("csv", tmp_path, frame("김하늘", None), frame("=1+1")).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").split("\r\n") == [
        "이름,수,때,날,예",
        "김하늘,0,2026-11-24 12:30:15,2026-11-24,True",
        ",,,2026-11-24,True",
        "'=1+1,0,2026-11-24 12:30:15,2026-11-24,True",
        "",
    ]


def test_excel_holds_numbers_times_and_texts(tmp_path: Path):
    head, first, second = excel_rows(written("xlsx", tmp_path, frame("김하늘", None)))
    assert head == ["이름", "수", "때", "날", "예"]
    assert first == ["김하늘", 0, AT, datetime(2026, 11, 24), "예"]
    assert second == [None, None, None, datetime(2026, 11, 24), "예"]


DANGEROUS = [start + "HYPERLINK(1)" for start in FORMULA_STARTS]


def test_no_cell_is_a_formula(tmp_path: Path):
    path = written("xlsx", tmp_path, frame(*DANGEROUS))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert 'quotePrefix="1"' in archive.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    for row in list(load_workbook(path).active.iter_rows(min_row=2)):
        assert row[0].data_type != "f"
        assert row[0].quotePrefix
    with written("csv", tmp_path, frame(*DANGEROUS)).open(encoding="utf-8-sig", newline="") as file:
        assert all(row[0].startswith("'") for row in list(csv.reader(file))[1:])


@settings(max_examples=30)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=8))
def test_any_text_survives(texts: list[str], tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("texts")
    with written("csv", folder, frame(*texts)).open(encoding="utf-8-sig", newline="") as file:
        found = [row[0] for row in list(csv.reader(file))[1:]]
    assert found == ["'" + text if text.startswith(FORMULA_STARTS) else text for text in texts]
    cells = pd.read_excel(written("xlsx", folder, frame(*texts)), engine="calamine", dtype="str", keep_default_na=False)
    assert len(cells) == len(texts)


def test_a_long_list_goes_on_in_further_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "SHEET_ROWS", 4)
    path = written("xlsx", tmp_path, frame("a", "b"), frame("c", "d", "e", "f", "g", "h", "i"))
    book = load_workbook(path)
    assert [sheet.max_row for sheet in book.worksheets] == [4, 4, 4]
    assert [row[0] for row in excel_rows(path)] == ["이름", "a", "b", "c", "이름", "d", "e", "f", "이름", "g", "h", "i"]
    assert book.sheetnames == ["목록 1", "목록 2", "목록 3"]


def test_a_cell_takes_as_much_as_excel_does(tmp_path: Path):
    rows = excel_rows(written("xlsx", tmp_path, frame("가" * 40_000)))
    assert len(rows[1][0]) == files.CELL_CHARACTERS


def test_an_empty_list_has_a_header(tmp_path: Path):
    assert excel_rows(written("xlsx", tmp_path)) == [["이름", "수", "때", "날", "예"]]
    assert written("csv", tmp_path).read_text(encoding="utf-8-sig") == "이름,수,때,날,예\n"


@pytest.mark.parametrize(("name", "kind"), [("a.csv", CsvFile), ("A.XLSX", ExcelFile)])
def test_the_name_says_the_format(name: str, kind: type):
    assert FORMATS[format_of(Path(name))] is kind


def test_another_format_is_refused():
    with pytest.raises(DataError):
        format_of(Path("list.pdf"))
