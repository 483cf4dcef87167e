"""What the pages say is so: commands exist, links lead somewhere, generated pages are fresh."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.cli.main import build_parser
from ifdo_core.ingest import MAPPINGS, Mapping
from ifdo_core.segments import Segment

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*?)\s*$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks_of(page: Path, language: str) -> list[str]:
    """The page's fenced blocks of one language, without the indent of a list they stand in."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [dedent(body) for _, name, body in found if name == language]


def commands_of(page: Path) -> list[list[str]]:
    """Words of each command line in the page's ``sh`` blocks, comments left out."""
    lines = [line for block in blocks_of(page, "sh") for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def make_targets() -> dict[str, str]:
    rules = re.findall(
        r"^([a-z-]+):([^=\n]*?)(?:## (.*))?$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name: help for name, _, help in rules}


COMMANDS = [(page, words) for page in PAGES for words in commands_of(page)]


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=[" ".join(words) for _, words in COMMANDS])
def test_a_command_on_a_page_exists(page: Path, words: list[str]):
    program = words[0].removeprefix(".venv/bin/")
    if program == "make":
        assert set(words[1:]) <= set(make_targets())
    elif program == "python" and words[1:3] == ["-m", "ifdo_core"]:
        build_parser().parse_args(words[3:])  # SystemExit where it is none
    elif program == "streamlit":
        assert (ROOT / words[2]).is_file()
    elif program in ("git", "cd", "pip", "sudo"):
        pass
    else:
        pytest.fail(f"{name_of(page)} names a command that nothing here knows: {' '.join(words)}")


def test_the_readme_opens_with_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [words[1] for words in commands_of(ROOT / "README.md")[:2]] == ["run", "test"]
    assert readme.index("make test") < 2000, "on the first screen"
    assert readme.index("make run") < readme.index("## English"), "Korean first"


def test_ci_calls_the_readmes_test_command():
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = make_targets()
    assert targets
    assert all(targets.values()), "each target says what it is for"
    assert all(f"make {name} " in listed for name in targets)
    wanted = "setup run test parity browser bench lint types docs golden deep"
    assert set(wanted.split()) <= set(targets)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        aimed = (page.parent / file).resolve() if file else page
        assert aimed.exists(), f"{name_of(page)} links to {target}"
        if anchor:
            assert anchor in anchors_of(aimed), f"{name_of(page)} links to {target}"


def anchors_of(page: Path) -> set[str]:
    """Anchors as GitHub makes them of headings."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readmes_three_lines_run(tmp_path: Path):
    [lines] = blocks_of(ROOT / "README.md", "python")
    assert len([line for line in lines.splitlines() if line]) == 3
    environment = {**os.environ, "IFDO_HOME": str(tmp_path), "IFDO_DEMO_VISITS": "2000", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, env=environment, check=True, capture_output=True)


def test_the_readmes_segment_is_one():
    [text] = blocks_of(ROOT / "README.md", "json")
    assert [leaf.condition for leaf in Segment.from_json(text).conditions()] == [
        "traffic.visit_count",
        "purchase.order_count",
    ]


def test_the_mapping_on_the_page_is_one():
    [text] = blocks_of(ROOT / "docs/data-formats.md", "yaml")
    assert Mapping.from_yaml(text).files[0].table == "orders"


def test_every_ready_mapping_is_on_the_page():
    page = (ROOT / "docs/data-formats.md").read_text(encoding="utf-8")
    assert MAPPINGS
    assert not [name for name in MAPPINGS if f"`{name}`" not in page]


def test_the_catalogue_has_as_many_conditions_as_the_page():
    page = (ROOT / "docs/conditions.md").read_text(encoding="utf-8")
    assert not [name for name in CONDITIONS if f"`{name}`" not in page]


def test_generated_pages_are_fresh():
    """`make docs` writes them."""
    run = subprocess.run(
        [sys.executable, "-m", "ifdo_core.docs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_screenshot_is_a_picture_of_a_wide_screen():
    data = (ROOT / "docs/images/segment-builder.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(data[16:20], "big") >= 1200


def test_changelog_keeps_its_form():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
