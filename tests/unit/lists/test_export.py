"""Every list that leaves is logged first, and what fails leaves nothing behind."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ifdo_core import Workbench
from ifdo_core.errors import DataError, EngineError, NotAllowed
from ifdo_core.lists.export import Actor
from ifdo_core.roles import ROLES
from ifdo_core.segments.model import Leaf, Segment
from ifdo_core.store import ExportRecord, Store, open_store

VIP = Segment(Leaf("member.grade", "in", ("VIP",)), "VIP 회원")


@pytest.fixture
def store() -> Store:
    return open_store()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_and_its_entry(workbench: Workbench, store: Store, tmp_path: Path):
    steps: list[float] = []
    path = tmp_path / "vip.csv"
    actor = Actor("하늘", ROLES["marketer"], "download")
    done = workbench.export(
        VIP, path, actor=actor, store=store, search="v", columns=("member_id", "phone"),
        progress=lambda share, text: steps.append(share),
    )  # fmt: skip
    assert [set(row) for row in rows_of(path)] == [{"회원 ID", "전화번호"}] * done.rows
    [entry] = store.exports.newest()
    assert entry == done.record
    assert (entry.who, entry.role, entry.way, entry.destination) == ("하늘", "marketer", "download", str(path))
    assert (entry.segment_name, entry.what, entry.window, entry.format) == ("VIP 회원", "members", "7d", "csv")
    assert (entry.columns, entry.masked, entry.search, entry.rows) == (("member_id", "phone"), True, "v", 3)
    assert Segment.from_json(entry.segment).where == VIP.where
    assert steps == sorted(steps)
    assert steps[-1] == 1
    assert store.exports.count() == 1
    assert "segment" not in store.exports.frame().columns


def test_an_export_has_the_rows_of_the_page_in_its_order(workbench: Workbench, tmp_path: Path):
    asked = {"sort": "visitor_id", "descending": True, "columns": ("visitor_id", "source")}
    path = tmp_path / "visits.csv"
    workbench.export(None, path, "visits", headers="ids", **asked)
    page = workbench.listing(None, "visits", **asked).frame()
    assert [row["visitor_id"] for row in rows_of(path)] == list(page.visitor_id)
    assert {row["source"] for row in rows_of(path)} == {"'=1+1", "naver", "010-****-3333", "***@***", "(not set)"}


def test_nothing_leaves_without_its_entry(workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(record: ExportRecord) -> ExportRecord:
        raise EngineError("state_unavailable", "저장소를 쓸 수 없어요: {detail}", detail="test")

    store = open_store()
    monkeypatch.setattr(store.exports, "add", broken)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(EngineError):
        workbench.export(None, folder / "a.xlsx", store=store)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_breaks_halfway_leaves_no_file(workbench: Workbench, store: Store, tmp_path: Path, kind: str):
    def stop(share: float, text: str) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "out"
    folder.mkdir()
    (folder / f"a.{kind}").write_text("the old one")
    with pytest.raises(KeyboardInterrupt):
        workbench.export(None, folder / f"a.{kind}", store=store, progress=stop)
    assert [file.name for file in folder.iterdir()] == [f"a.{kind}"]
    assert (folder / f"a.{kind}").read_text() == "the old one"
    assert store.exports.count() == 0
    assert workbench.engine.running == 0


def test_the_role_decides(workbench: Workbench, store: Store, tmp_path: Path):
    path = tmp_path / "a.csv"
    with pytest.raises(NotAllowed):
        workbench.export(None, path, store=store, actor=Actor("가", ROLES["viewer"], "download"))
    with pytest.raises(NotAllowed):
        workbench.export(None, path, store=store, masked=False, actor=Actor("가", ROLES["analyst"], "download"))
    assert not path.exists()
    assert store.exports.count() == 0
    workbench.export(None, path, store=store, masked=False, actor=Actor("가", ROLES["admin"], "download"))
    assert "010-1234-5678" in path.read_text(encoding="utf-8")
    assert store.exports.newest()[0].masked is False


def test_a_notebook_s_file_is_logged_too(workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IFDO_USER", "분석가 하늘")
    workbench.export(VIP, tmp_path / "a.csv")
    with open_store() as store:
        [entry] = store.exports.newest()
    assert (entry.who, entry.way) == ("분석가 하늘", "notebook")


@pytest.mark.parametrize(("path", "code"), [("none/a.csv", "no_folder"), ("a.pdf", "file_format")])
def test_where_it_cannot_go_is_said(workbench: Workbench, tmp_path: Path, path: str, code: str):
    with pytest.raises(DataError) as refused:
        workbench.export(None, tmp_path / path)
    assert refused.value.code == code
