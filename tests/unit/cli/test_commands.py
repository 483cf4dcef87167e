"""The command line, from the words typed to the exit code, on a small demo shop in a file."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ifdo_core import Segment, Workbench, c
from ifdo_core.cli import main
from ifdo_core.store import open_store
from ifdo_core.tables import KEYS

ROOT = Path(__file__).resolve().parents[3]
OFTEN = {
    "format": 1,
    "name": "자주 와요",
    "where": {"all": [{"condition": "traffic.visit_count", "op": "gte", "value": 2}]},
}

NOBODY = {"condition": "traffic.visit_count", "op": "gte", "value": 1_000_000}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("cli") / "demo.duckdb"
    assert main(["demo", "--to", str(path), "--visits", "2000", "--days", "14", "--quiet"]) == 0
    return str(path)


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")


@pytest.fixture
def segment(tmp_path: Path) -> str:
    path = tmp_path / "often.json"
    path.write_text(json.dumps(OFTEN, ensure_ascii=False), encoding="utf-8")
    return str(path)


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, object]:
    capsys.readouterr()
    assert main([*words, "--json"]) == code
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


# --- preview -------------------------------------------------------------------------------------


def test_preview_says_what_a_notebook_says(shop: str, segment: str, capsys: pytest.CaptureFixture[str]):
    found = answer(capsys, "preview", segment, "--shop", shop)
    with Workbench.open(shop) as workbench:
        expected = workbench.preview(c.traffic.visit_count >= 2)
    for name in ("visits_24h", "visits_7d", "visitors_7d", "members_7d", "total_visits_7d"):
        assert found[name] == getattr(expected, name)
    assert found["visits_7d"]
    assert found["now"] == expected.now.isoformat() + "Z"
    assert found["reason"] is None
    assert len(found["conditions"]) == 1
    assert len(found["daily"]) >= 7


def test_preview_in_words_in_both_languages(shop: str, segment: str, capsys: pytest.CaptureFixture[str]):
    assert main(["preview", segment, "--shop", shop]) == 0
    korean = capsys.readouterr().out
    assert main(["preview", segment, "--shop", shop, "--lang", "en", "--sql"]) == 0
    english = capsys.readouterr().out
    assert "방문 횟수" in korean
    assert "Asia/Seoul" in korean
    assert "SELECT" not in korean
    assert "방문 횟수" not in english
    assert "SELECT" in english


def test_preview_at_another_moment_reads_the_shops_clock(shop: str, segment: str, capsys: pytest.CaptureFixture[str]):
    with Workbench.open(shop) as workbench:
        day = workbench.now.date()
    found = answer(capsys, "preview", segment, "--shop", shop, "--now", f"{day}T09:00")
    assert found["now"] == f"{day}T00:00:00Z"
    same = answer(capsys, "preview", segment, "--shop", shop, "--now", f"{day}T00:00+00:00")
    assert {**same, "sql": ""} == {**found, "sql": ""}, "copies of the marts as of a moment have names of their own"


def test_a_segment_may_be_yaml_or_come_by_standard_input(
    shop: str, segment: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    expected = answer(capsys, "preview", segment, "--shop", shop)
    yaml = "format: 1\nname: 자주 와요\nwhere:\n  all:\n  - {condition: traffic.visit_count, op: gte, value: 2}\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(yaml))
    assert answer(capsys, "preview", "-", "--shop", shop) == expected


def test_a_number_that_does_not_exist_is_null_with_a_reason(
    shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "live.yaml"
    path.write_text(
        "format: 1\nwhere: {condition: live.current_page, op: contains, value: /product}\n", encoding="utf-8"
    )
    found = answer(capsys, "preview", str(path), "--shop", shop)
    assert found["visits_7d"] is None
    assert found["reason"]["code"] == "live"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"format": 1, "where": {"condition": "no.such", "op": "gte", "value": 1}}', "where"),
        ('{"format": 1, "where": {"all": []}}', "where"),
        ("{broken", "$"),
        ("a: [1", "$"),
    ],
)
def test_a_broken_segment_is_refused_with_its_path(
    text: str, path: str, shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "broken.json"
    file.write_text(text, encoding="utf-8")
    assert main(["preview", str(file), "--shop", shop]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(path)
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(("content", "code"), [(None, "no_file"), ("이름".encode("cp949"), "not_utf8")])
def test_a_segment_file_that_cannot_be_read(
    content: bytes | None, code: str, shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "segment.json"
    if content is not None:
        path.write_bytes(content)
    refused = answer(capsys, "preview", str(path), "--shop", shop, code=1)
    assert refused["error"]["code"] == code
    assert "segment.json" in refused["error"]["text"]


# --- export --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "count"), [("members", "members_7d"), ("visitors", "visitors_7d"), ("visits", "visits_7d")]
)
def test_an_export_has_as_many_rows_as_the_number_says(
    what: str, count: str, shop: str, segment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    number = answer(capsys, "preview", segment, "--shop", shop)[count]
    out = tmp_path / "list.csv"
    told = answer(capsys, "export", segment, "--shop", shop, "--what", what, "--out", str(out))
    data = out.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) - 1 == number == told["rows"]


def test_an_export_to_standard_output_is_the_file_itself(
    shop: str, segment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "list.csv"
    assert main(["export", segment, "--shop", shop, "--out", str(out)]) == 0
    capsys.readouterr()
    assert main(["export", segment, "--shop", shop]) == 0
    shown = capsys.readouterr().out
    assert shown.split() == out.read_bytes().decode("utf-8").split()


def test_an_export_is_logged_and_masked(
    shop: str, segment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "list.xlsx"
    words = ("export", segment, "--shop", shop, "--columns", "member_id,phone", "--headers", "labels")
    told = answer(capsys, *words, "--out", str(out))
    refused = answer(capsys, *words, "--unmasked", code=1)
    assert refused["error"]["code"] == "personal_data"
    monkeypatch.setenv("IFDO_ROLE", "admin")
    open_list = answer(capsys, *words, "--unmasked")["list"]
    with open_store() as store:
        plain, first = store.exports.newest()
    assert (first.id, first.way, first.destination, first.masked) == (told["log"], "cli", str(out), True)
    assert (plain.destination, plain.masked, plain.rows) == ("stdout", False, len(open_list))
    masked = pd.read_excel(out, dtype="str", engine="calamine")
    assert list(masked.columns) == ["회원 ID", "전화번호"]
    assert masked["전화번호"].dropna().str.contains("****", regex=False).all()
    assert not any("*" in row["전화번호"] for row in open_list)
    assert list(masked["회원 ID"]) == [row["회원 ID"] for row in open_list]


def test_only_members_have_a_list_at_now(shop: str, segment: str, capsys: pytest.CaptureFixture[str]):
    refused = answer(capsys, "export", segment, "--shop", shop, "--what", "visits", "--window", "now", code=1)
    assert refused["error"]["code"] == "window"


# --- load ----------------------------------------------------------------------------------------

ORDERS = 'order_id,ts,amount,member_id\n1,2026-01-05 10:00,"50,000원",a\n2,2026-01-06 11:00,30000,b\n'


def test_load_takes_a_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file, shop = tmp_path / "orders.csv", str(tmp_path / "shop.duckdb")
    file.write_text(ORDERS, encoding="utf-8")
    first = answer(capsys, "load", "--orders", str(file), "--shop", shop)
    assert (first["rows_read"], first["rows_loaded"], first["rows_duplicate"], first["rows_rejected"]) == (2, 2, 0, 0)
    again = answer(capsys, "load", "--orders", str(file), "--shop", shop)
    assert (again["rows_read"], again["rows_loaded"], again["rows_duplicate"], again["rows_rejected"]) == (2, 0, 2, 0)


def test_rows_set_aside_are_named_and_end_the_command_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file, rejected = tmp_path / "orders.csv", tmp_path / "rejected.csv"
    file.write_text(ORDERS + "3,2026-01-07 12:00,=1+1,c\n", encoding="utf-8")
    words = ["load", "--orders", str(file), "--shop", str(tmp_path / "shop.duckdb"), "--rejected", str(rejected)]
    report = answer(capsys, *words, code=1)
    assert (report["rows_loaded"], report["rows_rejected"]) == (2, 1)
    [row] = report["rejected"]
    assert (row["file"], row["row"], row["column"], row["value"]) == ("orders.csv", 3, "amount", "=1+1")
    assert "'=1+1" in rejected.read_text(encoding="utf-8-sig"), "the file of rejected rows is opened in Excel too"


def test_load_without_files_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    refused = answer(capsys, "load", "--shop", str(tmp_path / "shop.duckdb"), code=1)
    assert refused["error"]["code"] == "no_files"


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["load", "--orders", str(tmp_path / "none.csv"), "--shop", str(tmp_path / "shop.duckdb")]
    assert main(words) == 1
    assert "none.csv" in capsys.readouterr().err


# --- the shop ------------------------------------------------------------------------------------


def test_doctor_tells_what_is_there_and_what_is_missing(shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    found = answer(capsys, "doctor", "--shop", shop)
    assert {row["table"] for row in found["tables"]} == set(KEYS)
    assert found["screens"] == {}
    empty = answer(capsys, "doctor", "--shop", str(tmp_path / "empty.duckdb"))
    assert not empty["healthy"]
    assert len(empty["screens"]) == len(KEYS)


def test_doctor_counts_as_people_do_and_answers_what_shops_ask(shop: str, capsys: pytest.CaptureFixture[str]):
    with open_store() as store:
        store.save(Segment.from_dict({**OFTEN, "name": "아무도 아닌", "where": NOBODY}))
    assert main(["doctor", "--shop", shop]) == 0
    told = capsys.readouterr().out
    assert re.search(r"회원 [\d,]+명이 있고", told)
    assert re.search(r"상품 [\d,]+개가 있", told)
    assert re.search(r"주문 [\d,]+건이 있고", told)
    assert "모수는 메시지를 받을 사람 수인가요?" in told
    assert "아무도 아닌" in told, "the answers look at the saved segments"
    assert main(["doctor", "--shop", shop, "--lang", "en"]) == 0
    assert re.search(r"Members: [\d,]+ people, the newest", capsys.readouterr().out)


def test_a_file_may_name_a_saved_segment(shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with open_store() as store:
        kept = store.save(Segment.from_dict(OFTEN))
    within = {
        "format": 1,
        "name": "안에",
        "where": {"condition": "analysis.in_segment", "op": "any_of", "value": [kept.id]},
    }
    file = tmp_path / "within.json"
    file.write_text(json.dumps(within, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "often.json").write_text(json.dumps(OFTEN, ensure_ascii=False), encoding="utf-8")
    found = answer(capsys, "preview", str(file), "--shop", shop)
    alone = answer(capsys, "preview", str(tmp_path / "often.json"), "--shop", shop)
    assert found["visits_7d"] == alone["visits_7d"] != 0
    assert "자주 와요" in str(found["sentence"])
    out = tmp_path / "list.csv"
    told = answer(capsys, "export", str(file), "--shop", shop, "--what", "visits", "--out", str(out))
    assert told["rows"] == alone["visits_7d"]


def test_refresh_builds_a_new_version_with_the_same_answers(
    shop: str, segment: str, capsys: pytest.CaptureFixture[str]
):
    before = answer(capsys, "preview", segment, "--shop", shop)
    told = answer(capsys, "refresh", "--shop", shop)
    assert told["data_version"]
    assert answer(capsys, "preview", segment, "--shop", shop) == before


def test_the_demo_is_never_written_over_a_shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file, shop = tmp_path / "orders.csv", str(tmp_path / "shop.duckdb")
    file.write_text(ORDERS, encoding="utf-8")
    assert main(["load", "--orders", str(file), "--shop", shop]) == 0
    refused = answer(capsys, "demo", "--to", shop, "--visits", "100", code=1)
    assert refused["error"]["code"] == "not_a_demo"
    with Workbench.open(shop) as workbench:
        assert workbench.holdings.tables["orders"].rows == 2


def test_a_file_that_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "notes.duckdb"
    path.write_text("not a database " * 1000, encoding="utf-8")
    refused = answer(capsys, "doctor", "--shop", str(path), code=1)
    assert refused["error"]["code"] == "not_a_database"


def test_a_report_that_is_not_there(capsys: pytest.CaptureFixture[str]):
    refused = answer(capsys, "report", "no.such.report", code=1)
    assert refused["error"]["code"] == "unknown_report"


# --- the command line itself ---------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["fly"], ["preview"], ["demo", "--visits", "0"], ["export", "a", "--what", "x"]])
def test_a_command_line_that_is_none_ends_with_2(words: list[str]):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


@pytest.mark.parametrize(("language", "word"), [("ko", "쇼핑몰"), ("en", "shop")])
def test_help_is_in_the_language_asked_for(language: str, word: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["--lang", language, "load", "--help"])
    assert ended.value.code == 0
    assert word in capsys.readouterr().out


def test_a_reader_that_has_had_enough_is_no_error(shop: str, segment: str):
    words = [sys.executable, "-m", "ifdo_core", "export", segment, "--shop", shop, "--what", "visits", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        error = process.stderr.read()
        assert process.wait() == 0
    assert error == b""
