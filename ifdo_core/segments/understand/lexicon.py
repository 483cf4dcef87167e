"""Which words mean which conditions: the catalogue's own names and values, how people speak
(``data/lookups/topics.yaml``), and what the shop itself calls things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.lookups import read

Kind = Literal["condition", "topic", "value", "thing"]
#: The longest phrase, in folded letters.
LONGEST = 40
WITH_PERIOD = "with period"
_IN_PARENTHESES = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True)
class Meaning:
    """``condition``: its id; ``value`` is WITH_PERIOD where the phrase means it beside a period only. ``topic``: its
    name. ``value``: a condition's id and the value's. ``thing``: something the shop has, ``id`` being 'category',
    'brand', 'product' or 'grade'."""

    kind: Kind
    id: str
    value: str = ""


@dataclass(frozen=True)
class Lexicon:
    """Folded phrase → what it may mean, the likeliest first."""

    phrases: Mapping[str, tuple[Meaning, ...]]
    topics: Mapping[str, Mapping[str, str]] = field(repr=False)
    need_name: frozenset[str]
    ambiguous: frozenset[str]


def fold(text: str) -> str:
    """Lower case without spaces and the signs that are typed in many ways."""
    return re.sub(r"[\s·/’'‘\-_.,:&]", "", text.lower())


@cache
def lexicon() -> Lexicon:
    """The words of the catalogue and of everyday speech."""
    spoken: dict[str, Any] = read("topics")
    found: dict[str, list[Meaning]] = {}

    def add(text: str, meaning: Meaning) -> None:
        phrase = fold(text)
        if phrase and len(phrase) <= LONGEST and meaning not in found.setdefault(phrase, []):
            found[phrase].append(meaning)

    # a condition's own name goes before how people speak of it, and both before values of the same word
    for entry in CONDITIONS.values():
        for name in (entry.ko, entry.en):
            for said in _names(name):
                add(said, Meaning("condition", entry.id))
            for said in (name.removeprefix("기간 내 "), name.removesuffix(" in a period")):
                if said != name:
                    add(said, Meaning("condition", entry.id, WITH_PERIOD))
    for topic, words in spoken["topics"].items():
        for said in words["say"]:
            add(said, Meaning("topic", topic))
    preferred: list[str] = spoken["preferred"]
    order = [*preferred, *(id for id in CONDITIONS if id not in preferred)]
    for id in order:
        entry = CONDITIONS.get(id)
        if entry is None:
            continue
        more: Mapping[str, list[str]] = spoken["synonyms"].get(id, {})
        for value, wording in entry.values.items():
            for said in (*wording, *map(_short, wording), value, *more.get(value, ())):
                if len(fold(said)) > 1 or not said.isascii():
                    add(said, Meaning("value", id, value))
    topics = {
        name: {key: value for key, value in words.items() if key != "say"} for name, words in spoken["topics"].items()
    }
    return Lexicon(
        {phrase: tuple(meanings) for phrase, meanings in found.items()},
        topics,
        frozenset(spoken["values_need_name"]),
        frozenset(map(fold, map(str, spoken["ambiguous"]))),
    )


def with_things(base: Lexicon, things: Iterable[tuple[str, str, str]]) -> Lexicon:
    """``base`` with a shop's own words: (kind, value, how it is called)."""
    phrases = dict(base.phrases)
    for kind, value, said in things:
        phrase = fold(said)
        if 1 < len(phrase) <= LONGEST:
            phrases[phrase] = (*phrases.get(phrase, ()), Meaning("thing", kind, value))
    return Lexicon(phrases, base.topics, base.need_name, base.ambiguous)


def _names(label: str) -> Iterable[str]:
    """A label, and how it is said once an answer stands beside it."""
    yield label
    yield _short(label)
    yield label.removesuffix(" 여부")


def _short(text: str) -> str:
    return _IN_PARENTHESES.sub("", text)
