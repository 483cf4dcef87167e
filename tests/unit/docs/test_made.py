"""What is made from the catalogue is fresh, and making it twice gives the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ifdo_core.catalogue import CATEGORIES, CONDITIONS
from ifdo_core.docs.__main__ import MADE, main, stale, write
from ifdo_core.docs.conditions import conditions_page


def test_the_repository_is_fresh():
    assert stale() == [], "run `python -m ifdo_core.docs`"


def test_writing_then_checking(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert set(stale(tmp_path)) == set(MADE)
    assert set(write(tmp_path)) == set(MADE)
    assert write(tmp_path) == []
    (tmp_path / "docs/conditions.md").write_text("old", encoding="utf-8")
    assert stale(tmp_path) == ["docs/conditions.md"]
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_the_page_has_every_condition_once_under_its_heading():
    page = conditions_page()
    assert page == conditions_page()
    for category in CATEGORIES.values():
        assert f"## {category.ko} · {category.en}\n" in page
    rows = re.findall(r"^\| `([a-z]+\.\w+)`(?:<br>[^|]*)? \| \*\*", page, flags=re.MULTILINE)
    assert rows == list(CONDITIONS)


def test_tables_have_as_many_cells_as_their_head():
    width = 0
    for line in conditions_page().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (width and cells) or cells == width, line
        width = cells
