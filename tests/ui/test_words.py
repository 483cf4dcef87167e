"""Texts of the screens: each is a msgid, each has its English, pages are thin."""

from __future__ import annotations

import ast
import importlib.util
import string
from pathlib import Path
from types import ModuleType

import pytest

from ifdo_core.i18n import translate
from ifdo_ui.text import distinct

ROOT = Path(__file__).resolve().parents[2]
SCREENS = sorted([ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "ifdo_ui").rglob("*.py")])
FORBIDDEN = {"pandas", "sqlalchemy", "plotly", "numpy", "duckdb"}


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("locale_build", ROOT / "locale" / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_msgid_has_its_english(build: ModuleType) -> None:
    """After a new text: ``python locale/build.py``, then fill in what is empty in ``ifdo.po``."""
    empty = [message.id for message in build.merged("en") if message.id and not message.string]
    assert empty == []


def test_the_compiled_files_are_up_to_date(build: ModuleType) -> None:
    po, mo = build.written(build.merged("en"))
    path = build.po_path("en")
    assert path.read_bytes() == po
    assert path.with_suffix(".mo").read_bytes() == mo


def test_translations_keep_the_placeholders(build: ModuleType) -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for message in build.merged("en"):
        if message.id and message.string:
            assert fields(message.id) == fields(message.string), message.id


def test_english_is_found_at_run_time() -> None:
    assert translate("세그먼트", "en") == "Segments"
    assert translate("세그먼트", "ko") == "세그먼트"


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_korean_outside_a_msgid(path: Path, build: ModuleType) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    marked = {text for text, _ in build.marked(tree)}
    allowed = {*marked, *build.NO_TEXT}
    loose = [text for text, _ in build.constants(tree) if build.HANGUL.search(text) and text not in allowed]
    assert loose == []


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_pages_are_thin(path: Path) -> None:
    """Read state, call the workbench, hand the result to widgets: no frames, no SQL, no sums."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) < 80
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & FORBIDDEN
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)]


def test_only_state_touches_the_session() -> None:
    for path in SCREENS:
        if path.name != "state.py":
            text = path.read_text(encoding="utf-8")
            assert "session_state" not in text, path
            assert "query_params[" not in text, path


def test_names_that_read_alike_are_told_apart() -> None:
    assert distinct({1: "김*영", 2: "김*영", 3: "김*영 (2)", 4: "김*영"}) == {
        1: "김*영", 2: "김*영 (2)", 3: "김*영 (2) (2)", 4: "김*영 (3)",
    }  # fmt: skip
