"""``python -m ifdo_core.docs [--check]``: writes what is made from the catalogue, or says what is stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ifdo_core.docs.conditions import conditions_page
from ifdo_core.docs.reports import reports_page
from ifdo_core.docs.stub import notebook_stub

ROOT = Path(__file__).resolve().parents[2]
#: File below the repository's root → what makes its text.
MADE: Mapping[str, Callable[[], str]] = {
    "docs/conditions.md": conditions_page,
    "docs/reports.md": reports_page,
    "ifdo_core/segments/notebook.pyi": notebook_stub,
}


def stale(root: Path = ROOT) -> list[str]:
    """The files that are not, to the letter, what the catalogue makes of them now."""
    return [name for name, make in MADE.items() if not _is(root / name, make())]


def write(root: Path = ROOT) -> list[str]:
    """Writes the stale ones; returns their names."""
    names = stale(root)
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MADE[name](), encoding="utf-8", newline="\n")
    return names


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ifdo_core.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when something is stale")
    if not parser.parse_args(arguments).check:
        for name in write():
            print(f"written: {name}")
        return 0
    names = stale()
    for name in names:
        print(f"stale: {name} (run `python -m ifdo_core.docs`)")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
