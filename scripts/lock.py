"""Writes constraints.txt: the version of every package that is installed for development.

The direct dependencies are chosen and pinned in pyproject.toml; this file holds those that come with
them, so that a clone of next year installs what was tested.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Written by `make lock`: every package behind the extras of pyproject.toml, at the tested version.\n"


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(root: str, extras: frozenset[str]) -> dict[str, str]:
    """Name → version of all that ``root[extras]`` brings on this machine, itself left out."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    queue = [(root, extras)]
    while queue:
        name, wanted = queue.pop()
        if (canonical(name), wanted) in seen:
            continue
        seen.add((canonical(name), wanted))
        dist: Distribution = distribution(name)
        if canonical(name) != canonical(root):
            found[canonical(name)] = dist.version
        for text in dist.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in (wanted or {""})
            ):
                queue.append((requirement.name, frozenset(requirement.extras)))
    return found


def main() -> None:
    versions = needed("ifdo", frozenset({"dev"}))
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    (ROOT / "constraints.txt").write_text(HEAD + "".join(lines), encoding="utf-8")
    print(f"constraints.txt: {len(lines)} packages")


if __name__ == "__main__":
    main()
