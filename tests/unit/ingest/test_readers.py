"""Files of every kind as chunks of named columns."""

from __future__ import annotations

import gzip
import json

import openpyxl
import pandas as pd
import pytest

from ifdo_core.errors import DataError
from ifdo_core.ingest import readers
from ifdo_core.ingest.readers import Reading, detect_encoding, expand, open_source, read_preview

TEXT = '주문번호,금액,메모\n1,"1,000",가\n\n2,2000,나,남는 칸\n3,3000,\n4,4000\n5,5000,"두\n줄",\n'


def everything(source, reading=None, wanted=None):
    """(rows, columns, broken) of all chunks together."""
    opened = open_source(source, reading)
    rows, columns, broken = [], {}, []
    for chunk in opened.chunks(opened.columns if wanted is None else wanted):
        rows += chunk.rows.tolist()
        broken += chunk.broken
        for name, array in chunk.columns.items():
            columns.setdefault(name, []).extend(array.to_pylist())
    return rows, columns, broken


def code(run):
    with pytest.raises(DataError) as caught:
        run()
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_gives_the_same_rows(tmp_path, encoding):
    path = tmp_path / "orders.csv"
    path.write_bytes(TEXT.encode(encoding))
    rows, columns, broken = everything(path)
    assert rows == [1, 4, 6]
    assert columns == {"주문번호": ["1", "3", "5"], "금액": ["1,000", "3000", "5000"], "메모": ["가", "", "두\n줄"]}
    assert broken == [(3, "2,2000,나,남는 칸"), (5, "4,4000")]


def test_the_encoding_is_told_by_the_first_korean_letter_wherever_it_stands(tmp_path):
    path = tmp_path / "late.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 700_000 + "3,가\n".encode("cp949"))
    assert detect_encoding(path) == "cp949"
    assert everything(path)[1]["b"][-1] == "가"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(tmp_path, delimiter):
    path = tmp_path / "a.csv"
    path.write_text(
        delimiter.join(["id", "금액", "날짜"]) + "\n" + delimiter.join(["1", '"1,000"', "2026-01-02"]) + "\n"
    )
    assert everything(path)[1] == {"id": ["1"], "금액": ["1,000"], "날짜": ["2026-01-02"]}


def test_a_notice_above_the_header_is_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('개인정보를 잘\n다뤄 주세요\n주문번호,"금\n액",이름\n1,2,가\n')
    rows, columns, _ = everything(path)
    assert (rows, columns) == ([1], {"주문번호": ["1"], "금 액": ["2"], "이름": ["가"]})


def test_line_ends_of_every_system(tmp_path):
    for end in ("\n", "\r\n", "\r"):
        path = tmp_path / "a.csv"
        path.write_bytes(end.join(["a,b", "1,2", "3,4", ""]).encode())
        assert everything(path)[:2] == ([1, 2], {"a": ["1", "3"], "b": ["2", "4"]})


def test_a_delimiter_too_many_behind_header_or_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b,\n1,2\n3,4\n")
    assert everything(path)[:2] == ([1, 2], {"a": ["1", "3"], "b": ["2", "4"]})
    path.write_text("a,b\n1,2,\n3,4,\n")
    assert everything(path, wanted=["a", "b"])[:2] == ([1, 2], {"a": ["1", "3"], "b": ["2", "4"]})


def test_compressed_text(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode("cp949")))
    assert everything(path)[0] == [1, 4, 6]


def test_columns_apart_by_blanks_and_by_widths(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(" 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n")
    names = ("customer", "day", "cds", "dollars")
    for reading in (Reading(delimiter="whitespace", columns=names), Reading(widths=(7, 9, 3, 8), columns=names)):
        rows, columns, _ = everything(path, reading)
        assert rows == [1, 2]
        assert columns["customer"] == ["00001", "00002"]
        assert columns["dollars"] == ["11.77", "77.00"]


def test_numbers_go_on_over_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "BLOCK_BYTES", 1 << 12)
    lines = [f"{n},x" if n % 100 else f"{n}" for n in range(1, 5001)]
    path = tmp_path / "a.csv"
    path.write_text("n,b\n" + "\n".join(lines) + "\n")
    rows, columns, broken = everything(path)
    assert [int(value) for value in columns["n"]] == rows == [n for n in range(1, 5001) if n % 100]
    assert [row for row, _ in broken] == list(range(100, 5001, 100))


def test_excel_with_a_notice_typed_cells_and_blank_rows(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["안내문"])
    sheet.append(["주문번호", "금액", "일시", "수량"])
    sheet.append(["A1", 12000, pd.Timestamp("2026-01-02 03:04:05").to_pydatetime(), 2])
    sheet.append([])
    sheet.append([10, "1,000원", None, None])
    book.create_sheet("빈 시트")
    book.save(path)
    for in_memory in (1 << 30, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(readers, "EXCEL_IN_MEMORY_BYTES", in_memory)
            rows, columns, _ = everything(path)
        assert rows == [1, 3]
        assert columns["주문번호"] == ["A1", "10"]
        assert columns["금액"] == ["12000", "1,000원"]
        assert str(columns["일시"][0]) == "2026-01-02 03:04:05"
        assert columns["수량"][1] is None


def test_the_sheet_that_holds_the_header_is_found(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["요약", "합계"])
    sheet = book.create_sheet("목록")
    sheet.append(["엑셀을 열 때의 주의"])
    sheet.append(["상품주문번호", "수량"])
    sheet.append(["X1", 1])
    book.save(path)
    opened = open_source(path, Reading(header_holds=("상품주문번호",)))
    assert (opened.columns, opened.details["sheet"]) == (("상품주문번호", "수량"), "목록")


def test_parquet_and_frames(tmp_path):
    frame = pd.DataFrame({"id": [1, 2], "at": pd.to_datetime(["2026-01-01", "2026-01-02"]), "이름": ["가", None]})
    path = tmp_path / "a.parquet"
    frame.to_parquet(path)
    for source in (frame, path):
        rows, columns, _ = everything(source)
        assert rows == [1, 2]
        assert columns["이름"] == ["가", None]


def test_nested_json_lines_with_keys_and_lists(tmp_path):
    records = [
        {
            "event_name": "purchase",
            "event_params": [
                {"key": "page", "value": {"string_value": "/a", "int_value": None}},
                {"key": "id", "value": {"string_value": None, "int_value": "7"}},
            ],
            "items": [{"item_id": "A", "geo": {"x": 1}}, {"item_id": "B", "geo": {"x": 2}}],
        },
        {"event_name": "login", "event_params": [], "items": []},
    ]
    wanted = ["event_name", "event_params.page", "event_params.id", "items.item_id", "items.geo.x", "items#"]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records))
    parquet = tmp_path / "a.parquet"
    pd.DataFrame(records).to_parquet(parquet)
    for source in (path, parquet, pd.DataFrame(records)):
        rows, columns, _ = everything(source, Reading(explode="items"), wanted)
        assert rows == [1, 1, 2]
        assert columns["event_name"] == ["purchase", "purchase", "login"]
        assert columns["event_params.page"] == ["/a", "/a", None]
        assert columns["event_params.id"] == ["7", "7", None]
        assert columns["items.item_id"] == ["A", "B", None]
        assert columns["items.geo.x"] == [1, 2, None]
        assert columns["items#"] == [0, 1, 0]


def test_what_cannot_be_read_says_what_to_do(tmp_path):
    def file(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    cases = {
        "empty_file": file("a.csv", b""),
        "only_header": file("b.csv", b"a,b\n"),
        "duplicate_columns": file("c.csv", b"a,b,a\n1,2,3\n"),
        "unclosed_quote": file("d.csv", b'a,b\n1,"x\n2,3\n4,5\n'),
        "encoding": file("e.csv", b"a,b\n1,\x80\x81\xff\n"),
        "html_file": file("f.xls", b"<html><body><table>"),
        "unreadable_file": file("g.xlsx", b"PK\x03\x04 and nothing more"),
    }
    for expected, path in cases.items():
        assert code(lambda path=path: everything(path)) == expected
        with pytest.raises(DataError) as caught:
            everything(path)
        assert path.name in caught.value.text("ko")
    blank = tmp_path / "h.csv"
    blank.write_text("\n  \n")
    assert code(lambda: everything(blank)) == "empty_file"


def test_a_wrong_encoding_further_on_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("a,b\n1,가\n".encode() + b"2,3\n" * 100 + b"4,\xb0\xa1\n")
    assert code(lambda: everything(path)) == "encoding"


def test_globs_lists_and_what_is_not_there(tmp_path):
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("x\n1\n")
    assert [path.name for path in expand(str(tmp_path / "*.csv"))] == ["a.csv", "b.csv"]
    assert len(expand([tmp_path / "a.csv", pd.DataFrame({"x": [1]}), str(tmp_path / "*.csv")])) == 4
    assert code(lambda: expand(str(tmp_path / "none*.csv"))) == "no_file"
    assert code(lambda: expand([])) == "no_file"


def test_a_name_with_brackets_is_a_file_before_it_is_a_glob(tmp_path):
    path = tmp_path / "orders[1].csv"
    path.write_text("x\n1\n")
    assert expand(str(path)) == [path]


def test_preview(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode("cp949"))
    preview = read_preview(path, rows=2)
    assert preview.columns == ("주문번호", "금액", "메모")
    assert preview.details["encoding"] == "cp949"
    assert preview.frame()["금액"].tolist() == ["1,000", "3000"]
