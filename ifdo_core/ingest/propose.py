"""A mapping found by looking: at the names of the columns first, at their values where names leave doubt.

What is found is shown for confirmation: every column of the file with what it would become, some of its values, how
sure that is and why. ``Proposal.mapping`` is then saved as YAML and used like a ready one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa_untyped
import yaml

from ifdo_core.ingest import values
from ifdo_core.ingest.kinds import Kind, target
from ifdo_core.ingest.mapping import DERIVED, REQUIRED, TABLES, Columns, FileMapping, Name, canonical
from ifdo_core.ingest.mapping import Mapping as TableMapping
from ifdo_core.ingest.readers import Opened, Preview, expand, open_source, preview_of, simplified
from ifdo_core.ingest.told_apart import told_apart
from ifdo_core.ingest.values import Array

pa: Any = pa_untyped

NAMES_FILE = Path(__file__).resolve().parents[2] / "data" / "mappings" / "words" / "columns.yaml"

#: How sure a finding is. Below ``SURE`` it is only offered, never used without being confirmed.
OUR_NAME, SYNONYM, PART_OF_NAME, BY_VALUES = 1.0, 0.95, 0.6, 0.4
SURE = 0.9
_SAMPLE_ROWS = 200
_SHOWN = 3

#: Why a column was chosen: code → msgid.
WHY: Mapping[str, str] = MappingProxyType(
    {
        "our_name": "이프두의 열 이름과 같아요",
        "synonym": "흔히 쓰는 이름이에요",
        "part_of_name": "이름이 비슷해요",
        "values": "값의 모양이 맞아요",
        "doubtful": "이름은 맞지만 값이 이상해요",
        "ready": "준비된 매핑에 있는 열이에요",
        "chosen": "직접 골랐어요",
        "": "쓰지 않아요",
    }
)


@dataclass(frozen=True)
class Guess:
    """A column of the file and what it may be; ``column`` is None where nothing fits."""

    source: str
    table: str | None
    column: str | None
    confidence: float
    why: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What a file seems to be. ``ready`` names the shop system whose exports look like this."""

    table: str
    guesses: tuple[Guess, ...]
    lines: bool
    ready: str | None
    ready_mapping: TableMapping | None
    preview: Preview

    @property
    def mapping(self) -> TableMapping:
        """The mapping to use: the ready one, else what was found."""
        if self.ready_mapping is not None:
            return self.ready_mapping
        found: dict[str, dict[str, Any]] = {}
        for guess in self.guesses:
            if guess.table is not None and guess.column is not None:
                found.setdefault(guess.table, {})[guess.column] = Name(guess.source)
        if self.lines and "orders" in found:
            found.setdefault("order_items", {})["order_id"] = found["orders"]["order_id"]
        columns: dict[str, Columns] = {self.table: found.get(self.table, {}), **found}
        return TableMapping("proposed", (FileMapping(self.table, columns, lines=self.lines),))

    @property
    def missing(self) -> tuple[str, ...]:
        """Our required columns for which nothing was found."""
        if self.ready_mapping is not None:
            return ()
        columns = {(guess.table, guess.column) for guess in self.guesses}
        optional = {"amount"} if self.lines else set[str]()
        return tuple(
            name for name in REQUIRED[self.table] if (self.table, name) not in columns and name not in optional
        )

    @property
    def priceless(self) -> bool:
        """Whether each row is a line of an order of which nothing says what it cost: its order is loaded, the line
        is not."""
        if self.ready_mapping is not None or not self.lines:
            return False
        columns = {guess.column for guess in self.guesses if guess.table == "order_items"}
        return not columns & {"price", "paid"}

    def choosing(self, column: str, source: str | None, table: str | None = None) -> Proposal:
        """The proposal with ``column`` of ours taken from ``source`` (None: from nowhere)."""
        wanted = table or self.table

        def changed(guess: Guess) -> Guess:
            if guess.source == source:
                return replace(guess, table=wanted, column=column, confidence=1.0, why="chosen")
            if (guess.table, guess.column) == (wanted, column):
                return replace(guess, table=None, column=None, confidence=0.0, why="")
            return guess

        return replace(self, guesses=tuple(changed(guess) for guess in self.guesses), ready=None, ready_mapping=None)

    def frame(self) -> pd.DataFrame:
        """table, source, column, samples, confidence, why (code): one row for each column of the file."""
        rows = [[g.table, g.source, g.column, " · ".join(g.samples), g.confidence, g.why] for g in self.guesses]
        return pd.DataFrame(rows, columns=pd.Index(["table", "source", "column", "samples", "confidence", "why"]))


def propose_mapping(source: pd.DataFrame | str | Path, table: str | None = None) -> Proposal:
    """What the (first) file of ``source`` seems to be; ``table`` where that is known.

    Raises DataError where the file cannot be read.
    """
    told = told_apart(source, table)
    opened = open_source(expand(source)[0], told.file.reading if told is not None else None)
    preview = preview_of(opened, _SAMPLE_ROWS)
    if told is not None:
        guesses = _of_ready(told.file, preview)
        return Proposal(told.table, guesses, told.file.lines, told.name, told.mapping, preview)
    return _looked(preview, table)


def choose(opened: Opened, table: str) -> tuple[str, FileMapping]:
    """The name and mapping to load a file with when nobody said: our own names, a ready mapping, sure findings."""
    plain = canonical(table)
    names = {simplified(name) for name in opened.columns}
    if all(simplified(name) in names for name in REQUIRED[table]):
        return "canonical", plain
    told = told_apart(opened.columns, table)
    if told is not None:
        return told.name, told.file
    proposal = _looked(preview_of(opened, _SAMPLE_ROWS), table)
    sure = tuple(g if g.confidence >= SURE else replace(g, table=None, column=None) for g in proposal.guesses)
    return "proposed", replace(proposal, guesses=sure).mapping.files[0]


# --- by names -------------------------------------------------------------------------------------


@cache
def _names() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    given = yaml.safe_load(NAMES_FILE.read_text(encoding="utf-8"))
    return {
        table: {column: tuple(simplified(name) for name in names) for column, names in columns.items()}
        for table, columns in given.items()
    }


def _by_name(name: str, table: str) -> list[tuple[float, str, str]]:
    """(confidence, column, why) of what ``name`` may be in ``table``, the likeliest first."""
    word = simplified(name)
    found: list[tuple[float, str, str]] = []
    synonyms = _names()[table]
    for column in (str(column.name) for column in TABLES[table].columns if column.name not in DERIVED):
        if word == simplified(column):
            found.append((OUR_NAME, column, "our_name"))
            continue
        names = synonyms.get(column, ())
        if word in names:
            # Names listed first are the surer ones; all are sure.
            found.append((SYNONYM - 0.0005 * names.index(word), column, "synonym"))
        elif any(len(one) >= 3 and (one in word or (len(word) >= 3 and word in one)) for one in names):
            found.append((PART_OF_NAME, column, "part_of_name"))
    if table == "order_items":
        for place, one in enumerate(synonyms.get("paid", ())):
            if word == one:
                found.append((SYNONYM - 0.0005 * place, "paid", "synonym"))
    return sorted(found, key=lambda one: -one[0])


# --- by values ------------------------------------------------------------------------------------

_UTC = ZoneInfo("UTC")


def _readable(array: Array, kind: Kind) -> float:
    """The share of the known values that can be read as ``kind``; 1 where nothing is known."""
    readers: dict[str, Callable[[], values.Numbers]] = {
        "money": lambda: values.numbers(array),
        "integer": lambda: values.integers(array),
        "instant": lambda: values.instants(array, _UTC),
        "day": lambda: values.days(array, _UTC),
        "boolean": lambda: values.booleans(array),
    }
    if kind not in readers:
        return 1.0
    read = readers[kind]()
    known = int((read.known | read.bad).sum())
    return 1.0 if known == 0 else 1.0 - int(read.bad.sum()) / known


def _written_like_times(texts: Sequence[str]) -> bool:
    """Times that are written as such: a bare number may be anything."""
    written = [text for text in texts if not text.replace(".", "").isdigit()]
    return bool(written) and all(values.parse_time(text) is not None for text in written)


def _by_values(texts: Sequence[str], table: str) -> str | None:
    """What a column without a telling name is by its values."""
    if not texts:
        return None
    if table in ("events", "orders") and _written_like_times(texts):
        return "ts"
    if table == "members" and all("@" in text for text in texts):
        return "email"
    if table == "events" and all(text.startswith(("http://", "https://")) for text in texts):
        return "page_url"
    return None


# --- putting it together --------------------------------------------------------------------------


def _looked(preview: Preview, table: str | None) -> Proposal:
    candidates = [_for_table(preview, one) for one in ([table] if table is not None else TABLES)]
    return max(candidates, key=_fit)


def _fit(proposal: Proposal) -> float:
    """What was found, less what is needed and was not: one missing column outweighs one good match."""
    return sum(guess.confidence for guess in proposal.guesses) - 1.5 * len(proposal.missing)


def _for_table(preview: Preview, table: str) -> Proposal:
    rooms = [table, "order_items"] if table == "orders" else [table]
    arrays: dict[str, Array] = {
        name: pa.array([v if isinstance(v, str) else None for v in preview.rows[name]], pa.string())
        for name in preview.columns
    }
    texts = {name: tuple(v for v in array.to_pylist() if v is not None) for name, array in arrays.items()}
    options: list[tuple[float, str, str, str, str]] = []
    for name in preview.columns:
        for place, room in enumerate(rooms):
            for confidence, column, why in _by_name(name, room):
                # A column of both goes to the order: its lines take the order's id from there.
                sure = confidence - 0.01 * place
                if _readable(arrays[name], target(room, column).kind) < 0.5:
                    sure, why = min(sure, 0.3), "doubtful"
                options.append((sure, name, room, column, why))
        guess = _by_values(texts[name], table)
        if guess is not None:
            options.append((BY_VALUES, name, table, guess, "values"))
    taken: dict[str, tuple[float, str, str, str]] = {}
    filled: set[tuple[str, str]] = set()
    for confidence, name, room, column, why in sorted(options, key=lambda one: -one[0]):
        if name in taken or (room, column) in filled or (room == "order_items" and column == "order_id"):
            continue
        taken[name] = (confidence, room, column, why)
        filled.add((room, column))
    lines = table == "orders" and {("order_items", "product_id"), ("order_items", "quantity")} <= filled
    guesses = tuple(_guess(name, taken.get(name), texts[name], table, lines) for name in preview.columns)
    return Proposal(table, guesses, lines, None, None, preview)


def _guess(
    name: str, found: tuple[float, str, str, str] | None, texts: tuple[str, ...], table: str, lines: bool
) -> Guess:
    samples = tuple(dict.fromkeys(texts))[:_SHOWN]
    if found is None or (found[1] != table and not lines):
        return Guess(name, None, None, 0.0, "", samples)
    confidence, room, column, why = found
    return Guess(name, room, column, round(confidence, 2), why, samples)


def _of_ready(file: FileMapping, preview: Preview) -> tuple[Guess, ...]:
    """What a ready mapping makes of each column of the file, for people to see."""
    from ifdo_core.ingest.evaluate import resolve
    from ifdo_core.ingest.mapping import names_in

    present = resolve(file.names(), preview.columns)
    uses: dict[str, tuple[str, str]] = {}
    for table, columns in file.tables.items():
        for column, expr in columns.items():
            for name in names_in(expr):
                if name in present:
                    uses.setdefault(present[name], (table, column))
    guesses: list[Guess] = []
    for name in preview.columns:
        table, column = uses.get(name, (None, None))
        texts = [v for v in preview.rows[name] if isinstance(v, str)]
        sure = OUR_NAME if column is not None else 0.0
        samples = tuple(dict.fromkeys(texts))[:_SHOWN]
        guesses.append(Guess(name, table, column, sure, "ready" if column is not None else "", samples))
    return tuple(guesses)
