"""Ready segments to start from, with why and what to do: ``data/segments/starters.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from ifdo_core.i18n import current_language
from ifdo_core.segments.model import Segment
from ifdo_core.segments.sizes import Size

_FILE = Path(__file__).resolve().parents[2] / "data" / "segments" / "starters.yaml"
Words = tuple[str, str]  # Korean, English


@dataclass(frozen=True)
class Starter:
    """A ready segment. ``purpose`` is a key of ``purposes()``."""

    id: str
    purpose: str
    names: Words
    whys: Words
    todos: Words
    tree: Segment = field(repr=False)

    @property
    def name(self) -> str:
        return _said(self.names)

    @property
    def why(self) -> str:
        """What the number tells."""
        return _said(self.whys)

    @property
    def todo(self) -> str:
        """What to do with it."""
        return _said(self.todos)

    def segment(self) -> Segment:
        """The segment under its name in the language of the moment."""
        return Segment(self.tree.where, self.name)


@dataclass(frozen=True)
class Gallery:
    """The ready segments with their 모수 at ``now``."""

    now: datetime
    starters: tuple[Starter, ...]
    sizes: Mapping[str, Size] = field(repr=False)

    def frame(self) -> pd.DataFrame:
        """Columns id, purpose, name, why, todo, visits_7d, visits_24h, reason."""
        rows: list[tuple[object, ...]] = []
        for item in self.starters:
            size = self.sizes[item.id]
            told = (item.id, purposes()[item.purpose], item.name, item.why, item.todo)
            rows.append((*told, size.visits_7d, size.visits_24h, size.reason.text() if size.reason else ""))
        columns = ["id", "purpose", "name", "why", "todo", "visits_7d", "visits_24h", "reason"]
        return pd.DataFrame(rows, columns=columns).astype({"visits_7d": "Int64", "visits_24h": "Int64"})


def starters() -> tuple[Starter, ...]:
    """All of them, in the order of the file."""
    return _read()[1]


def purposes() -> dict[str, str]:
    """The headings in the language of the moment."""
    return {purpose: _said(words) for purpose, words in _read()[0].items()}


def found(query: str = "", purpose: str | None = None) -> tuple[Starter, ...]:
    """Those of a purpose whose texts contain every word of ``query``, in either language and any case."""
    words = query.casefold().split()
    headings = _read()[0]
    return tuple(
        item
        for item in starters()
        if (purpose is None or item.purpose == purpose)
        and all(word in _text(item, headings[item.purpose]) for word in words)
    )


def _text(item: Starter, heading: Words) -> str:
    return " ".join((*item.names, *item.whys, *item.todos, *heading)).casefold()


def _said(words: Words) -> str:
    return words[0 if current_language() == "ko" else 1]


@cache
def _read() -> tuple[dict[str, Words], tuple[Starter, ...]]:
    told: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    headings: dict[str, Words] = {key: (words[0], words[1]) for key, words in told["purposes"].items()}
    items = tuple(
        Starter(
            row["id"],
            row["purpose"],
            (row["name"][0], row["name"][1]),
            (row["why"][0], row["why"][1]),
            (row["todo"][0], row["todo"][1]),
            Segment.from_dict({"format": 1, "name": row["name"][0], "where": row["where"]}),
        )
        for row in told["segments"]
    )
    return headings, items
