"""The rules of docs/architecture.md that import-linter cannot see, read off the syntax trees."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
PAGE_LINES = 80

CORE = sorted((ROOT / "ifdo_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
SCREEN = [*PAGES, *sorted((ROOT / "ifdo_ui").rglob("*.py")), ROOT / "app.py"]
SERVER = sorted((ROOT / "ifdo_server").rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of what a module imports, at whatever depth of its code."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def dotted(node: ast.expr) -> str:
    """'datetime.now' for the expression that is written so, '' for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


# --- layers --------------------------------------------------------------------------------------


def test_import_linter_keeps_every_contract():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_the_map_of_the_rooms_names_every_room():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"[a-z_0-9]+", page.split("```")[1]))
    rooms = {
        path.stem for path in (ROOT / "ifdo_core").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - drawn - {"__init__"} == set()


def test_every_room_has_its_place_in_the_layers():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [layers] = [contract["layers"] for contract in config["contracts"] if contract["id"] == "layers"]
    placed = {name.strip().removeprefix("ifdo_core.") for layer in layers for name in re.split(r"[|:]", layer)}
    rooms = {path.stem if path.is_file() else path.name for path in (ROOT / "ifdo_core").iterdir()}
    assert rooms - {"__init__", "py", "__pycache__"} <= placed


# --- pages are thin ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_reads_state_calls_the_workbench_and_shows(page: Path):
    forbidden = imported(tree_of(page)) & {"pandas", "numpy", "sqlalchemy", "plotly", "duckdb", "pyarrow", "sqlite3"}
    assert not forbidden, f"a page leaves {sorted(forbidden)} to the core"
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= PAGE_LINES, f"{len(lines)} lines: logic has leaked into the page"


def test_app_is_found_by_streamlit_in_the_source():
    """``streamlit run app.py`` looks for a literal ``app = st.App(...)``; a second App would be a second process."""
    sources = [path.read_text(encoding="utf-8") for path in SCREEN]
    assert re.search(r"^app = st\.App\(", (ROOT / "app.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert sum(len(re.findall(r"\bst\.App\(", source)) for source in sources) == 1


def test_session_state_is_touched_in_one_place():
    users = [name_of(path) for path in SCREEN if "session_state" in path.read_text(encoding="utf-8")]
    assert set(users) <= {"ifdo_ui/state.py"}


# --- one clock -----------------------------------------------------------------------------------

WALL_CLOCK = re.compile(
    r"(^|\.)((datetime|date|Timestamp|dt|pd)\.(now|utcnow|today)"
    r"|time\.(time|time_ns|localtime|gmtime|ctime)"
    r"|func\.(now|current_timestamp|current_date|localtimestamp|today|getdate|sysdate))$"
)


def wall_clock_reads(path: Path) -> Iterator[int]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and WALL_CLOCK.search(dotted(node.func)):
            yield node.lineno


@pytest.mark.parametrize("path", [*CORE, *SCREEN, *SERVER], ids=name_of)
def test_only_the_clock_reads_the_wall_clock(path: Path):
    lines = list(wall_clock_reads(path))
    assert not lines or name_of(path) == "ifdo_core/clock.py", f"pass `now` in; read at lines {lines}"


def test_the_clock_guard_sees_what_it_should(tmp_path: Path):
    path = tmp_path / "reader.py"
    path.write_text("datetime.now(UTC)\ndate.today()\ntime.time()\nfunc.now()\ntime.monotonic()\n", encoding="utf-8")
    assert list(wall_clock_reads(path)) == [1, 2, 3, 4]


# --- engines alone know dialects -------------------------------------------------------------------

DIALECTS = {"duckdb", "postgresql", "clickhouse", "clickhousedb"}


@pytest.mark.parametrize("path", [p for p in CORE if "engines" not in p.parts], ids=name_of)
def test_only_engines_name_a_dialect(path: Path):
    tree = tree_of(path)
    named = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, (ast.Compare, ast.Dict, ast.Match))
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in DIALECTS
    ]
    compiles = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "compiles"]
    assert not named + compiles, f"a dialect is told apart at lines {named + compiles}"


# --- languages -------------------------------------------------------------------------------------

#: A Korean text in one of these is a msgid: it is translated when it is shown.
MSGID_CALLS = re.compile(r"^(.*\.)?(_|translate|_?count(_text)?|[A-Za-z]*Error|NotAllowed)$")


def hangul_outside_msgids(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Korean text constants that no translation can reach; docstrings are for us and do not count."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }

    def walk(node: ast.AST, translated: bool) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.Call) and MSGID_CALLS.match(dotted(node.func)):
            translated = True
        if isinstance(node, ast.JoinedStr):
            translated = False  # gettext sees the filled-in text, which no catalogue holds
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            if HANGUL.search(node.value) and not translated:
                yield node.lineno, node.value
            return
        for child in ast.iter_child_nodes(node):
            yield from walk(child, translated)

    yield from walk(tree, False)


@pytest.mark.parametrize("path", [*SCREEN, *SERVER, *(ROOT / "ifdo_core/cli").glob("*.py")], ids=name_of)
def test_no_korean_outside_translation(path: Path):
    assert list(hangul_outside_msgids(tree_of(path))) == []


def test_the_language_guard_sees_what_it_should():
    source = '"""모수"""\nst.write(_("방문"), "회원")\nst.write(_(f"방문 {n}"))\nraise DataError("x", "없어요")\n'
    assert list(hangul_outside_msgids(ast.parse(source))) == [(2, "회원"), (3, "방문 ")]


# --- what is installed -----------------------------------------------------------------------------


def test_requirements_for_the_cloud_are_the_projects_own():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == project["dependencies"]


def test_every_direct_dependency_is_pinned_and_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    chosen = [
        *project["dependencies"],
        *(text for extra in project["optional-dependencies"].values() for text in extra),
    ]
    for text in chosen:
        name = re.split(r"[\[=]", text)[0]
        if name == project["name"]:
            continue
        assert "==" in text, f"{text} is not pinned"
        assert re.search(rf"(?<![a-z-]){re.escape(name)}(?![a-z-])", page), f"{name} is not in docs/dependencies.md"
