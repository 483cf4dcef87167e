"""What the pages say is so: commands exist, links lead somewhere, generated pages are fresh."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ifdo_core.cli.main import build_parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*?)\s*$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands_of(page: Path) -> list[list[str]]:
    """Words of each command line in the page's ``sh`` blocks, comments left out."""
    blocks = [body for _, language, body in FENCE.findall(page.read_text(encoding="utf-8")) if language == "sh"]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
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
