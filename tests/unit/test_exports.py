"""Lists that a spreadsheet opens well and that cannot act in it."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifdo_core.exports import FORMULA_STARTS, csv_bytes, in_zone, safe_cell, safe_frame


@pytest.mark.parametrize("text", ["=1+1", "+82-10", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")', "＝1+1"])
def test_text_that_reads_as_a_formula_gets_an_apostrophe(text: str):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["", "김하늘", "a=b", "1-2", 0, -5, -1.5, None, True])
def test_everything_else_is_left_as_it_is(value: object):
    assert safe_cell(value) is value


def test_numbers_and_times_stay_numbers_and_times():
    frame = pd.DataFrame({"amount": [-5, 3], "at": [datetime(2026, 1, 1)] * 2, "name": ["-a", None]})
    safe = safe_frame(frame)
    assert list(safe["amount"]) == [-5, 3]
    assert safe["at"].dtype == frame["at"].dtype
    assert safe["name"][0] == "'-a"
    assert pd.isna(safe["name"][1])
    assert frame["name"][0] == "-a", "the frame itself is not changed"


def test_names_of_columns_and_categories_are_made_safe_too():
    frame = pd.DataFrame({"=evil()": pd.Categorical(["=1", "b"])})
    assert csv_bytes(frame).decode("utf-8-sig").split() == ["'=evil()", "'=1", "b"]


def test_columns_of_the_same_name_are_kept_apart():
    frame = pd.DataFrame([["=1", "=2"]], columns=["a", "a"])
    assert csv_bytes(frame).decode("utf-8-sig").split() == ["a,a", "'=1,'=2"]


def test_a_list_without_rows_still_has_its_head():
    assert csv_bytes(pd.DataFrame(columns=["member_id"])) == b"\xef\xbb\xbfmember_id\r\n"


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), min_size=1, max_size=5))
def test_no_cell_of_any_file_begins_like_a_formula(rows: list[tuple[str, str]]):
    data = csv_bytes(pd.DataFrame(rows, columns=["name", "note"]))
    assert data.startswith(b"\xef\xbb\xbf"), "Excel tells UTF-8 by it"
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read[1:] == [[safe_cell(cell) for cell in row] for row in rows]
    assert not any(cell.startswith(FORMULA_STARTS) for row in read for cell in row)


def test_times_are_the_shops():
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-01-01 15:00", None]), "visits": [1, 2]})
    local = in_zone(frame, ZoneInfo("Asia/Seoul"))
    assert str(local["at"][0]) == "2026-01-02 00:00:00"
    assert pd.isna(local["at"][1])
    assert csv_bytes(local).decode("utf-8-sig").splitlines()[1] == "2026-01-02,1"
