"""10,000 broken segments, always the same ones: each is read or refused by a sentence with its place, at once.

Whatever is read is then compiled, and what it says stands in no statement: texts are bound values.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from ifdo_core import Segment, Workbench
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.engines import Engine
from ifdo_core.errors import SegmentError
from ifdo_core.segments.compile import WEEK
from ifdo_core.segments.model import leaves
from ifdo_core.segments.preview import panel_query
from ifdo_core.segments.subjects import Visits
from tests.golden.shop import golden_shop
from tests.property.loading import opened

CASES = 10_000
#: Stands in every hostile text, and must not stand in a statement.
MARK = "zz0zz"
HOSTILE: tuple[Any, ...] = (
    f"'; DROP TABLE events; --{MARK}", f'"{MARK}" OR 1=1', f"{MARK}%_\\", f"${{{MARK}}}", f"{{p1:{MARK}}}", f"$1{MARK}",
    f":{MARK}", f"{MARK}\n--", f"{MARK}*/ UNION SELECT 1", f"({MARK}", f"[{MARK}", f"{MARK}>purchase", f"brand:{MARK}'",
    f"price>={MARK}", f"{MARK}='x'", f"{MARK}=1 & {MARK}>2", "\x00", "\ud800", "", " ", "x" * 3_000, "가" * 600, "..",
    "1..2", "9..1", None, True, False, 0, -1, 1, 10**15, 10**400, -(10**30), 1.5, 1e308, float("inf"), float("nan"),
    [], {}, [[]], [None], [MARK] * 3, [MARK] * 20_000, ["x", 1], {"all": []}, [1, 2], [2, 1],
    ["2026-01-01", "2026-02-30"],
    "2026-11-24", "9999-99-99", "gte", "in", "matches", "all", "condition", "traffic.visit_count", "live.current_page",
    (), object(), {1: 2}, b"bytes", {"": ""},
)  # fmt: skip
KEYS = (
    "all",
    "any",
    "not",
    "condition",
    "op",
    "value",
    "params",
    "format",
    "name",
    "where",
    "days",
    "url",
    "",
    MARK,
    1,
)


def seeds() -> list[dict[str, Any]]:
    """Every condition's example as a segment, alone and in groups."""
    found: list[dict[str, Any]] = []
    for entry in CONDITIONS.values():
        op, value, params = parse_example(entry.example, entry)
        leaf: dict[str, Any] = {"condition": entry.id, "op": op, "params": params}
        if value is not None:
            leaf["value"] = list(value) if isinstance(value, tuple) else value
        found.append(leaf)
    return found


def places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree of mappings and lists."""
    yield at
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in items:
        yield from places(part, (*at, key))


def broken(dice: Random, leaves_: list[dict[str, Any]]) -> Any:
    """A segment with one to three things in it put wrong."""
    parts = [copy.deepcopy(dice.choice(leaves_)) for _ in range(dice.choice((1, 1, 2, 3)))]
    where: Any = parts[0] if len(parts) == 1 else {dice.choice(("all", "any")): parts}
    for _ in range(dice.choice((0, 0, 1, 25))):
        where = {"not": where} if dice.random() < 0.5 else {"all": [where]}
    tree: Any = {"format": 1, "name": "x", "where": where}
    if dice.random() < 0.3:  # only what a text says is changed, so that it may be taken
        for part in parts:
            for holder in (part, part["params"], part.get("value")):
                put_texts(dice, holder)
        return tree
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        at = dice.choice(list(places(tree)))
        if not at:
            continue
        parent = tree
        for step in at[:-1]:
            parent = parent[step]
        change = dice.random()
        if change < 0.7:
            parent[at[-1]] = hostile_value(dice)
        elif change < 0.8:
            del parent[at[-1]]
        elif isinstance(parent, dict):
            parent[dice.choice(KEYS)] = hostile_value(dice)
        else:
            parent.append(hostile_value(dice))
    return tree if dice.random() > 0.02 else hostile_value(dice)


def put_texts(dice: Random, holder: Any) -> None:
    """Other texts in the place of some of those in a mapping or list."""
    items = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
    for key, old in list(items):
        if isinstance(old, str) and key not in ("condition", "op") and dice.random() < 0.8:
            holder[key] = dice.choice([text for text in HOSTILE if isinstance(text, str) and MARK in text])


def hostile_value(dice: Random) -> Any:
    return copy.deepcopy(dice.choice(HOSTILE))


def read(source: Any) -> Segment | None:
    """The segment, or None where it is refused as it should be: a code, a place and a text without a trace."""
    try:
        return Segment.from_json(source) if isinstance(source, str) else Segment.from_dict(source)
    except SegmentError as error:
        said = (error.code, error.path, str(error))
    assert all(said)
    assert "Traceback" not in said[2]
    assert len(said[2]) < 2_000
    return None


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    with opened(golden_shop()[0]) as filled:
        yield filled


def texts_in(engine: Engine, segment: Segment, visits: Visits) -> str:
    return engine.bound(panel_query(visits, segment.conditions())).text


def test_ten_thousand_broken_segments(workbench: Workbench):
    dice, from_examples = Random(4), seeds()
    taken: list[Segment] = []
    slowest = 0.0
    for number in range(CASES):
        source = broken(dice, from_examples)
        if number % 3 == 0:  # as a file, some of them cut or with a letter changed
            source = json.dumps(source, default=str, ensure_ascii=bool(number % 2))
            if number % 9 == 0:
                place = dice.randrange(len(source) + 1)
                source = source[:place] + dice.choice(("", "}", '"', "[" * 2_000, "\\", "1e9", "null", ",,"))
        started = time.perf_counter()
        segment = read(source)
        slowest = max(slowest, time.perf_counter() - started)
        if segment is not None:
            taken.append(segment)
    assert slowest < 5  # the longest list is refused in milliseconds; the machine may be busy
    assert CASES * 0.1 < len(taken) < CASES * 0.9
    hostile = [
        one for one in taken if MARK in one.to_json() and all(not is_live(leaf.condition) for leaf in leaves(one.where))
    ]
    assert len(hostile) > 200
    now = golden_shop()[1]
    for segment in hostile[:200]:
        visits = Visits(workbench._marts.at(now), workbench.settings, now, WEEK)
        assert MARK not in texts_in(workbench.engine, segment, visits)
    for segment in hostile[:20]:
        assert workbench.preview(segment, now=now).total_visits_7d == 28


def is_live(condition: str) -> bool:
    return CONDITIONS[condition].kind == "live" or condition.startswith("analysis.")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, '{"a":' * 100_000, "1" * 100_000, '"' + "x" * 3_000_000, "NaN", "\ud800", "", "null",
        '{"format": 1, "format": 1}', '{"format": 1, "where": {"condition": "\\ud800", "op": "eq"}}',
    ],
    ids=range(10),
)  # fmt: skip
def test_texts_that_are_no_segment(text: str):
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "!!int ''", "!!bool maybe", "!!timestamp soon", "!!python/object/apply:os.system ['true']", "&a [*a]",
        "? [1]\n: 2", "!!float x", "!!binary x", "[" * 5_000, "a: *nobody", "x" * 3_000_000,
        "{format: 1, where: &w {all: [*w, *w]}}",
        "a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nwhere: {all: *c}\nformat: 1",
    ],
)  # fmt: skip
def test_yaml_that_is_no_segment(text: str):
    with pytest.raises(SegmentError) as caught:
        Segment.from_yaml(text)
    assert len(str(caught.value)) < 2_000


def test_a_million_values_are_bounded_and_it_says_so():
    leaf = {"condition": "acquisition.landing_product", "op": "in", "value": [f"P{n}" for n in range(1_000_000)]}
    started = time.perf_counter()
    with pytest.raises(SegmentError) as caught:
        Segment.from_dict({"format": 1, "where": leaf})
    assert time.perf_counter() - started < 2
    assert caught.value.code == "value_list_too_long"
    assert "10,000" in str(caught.value)
    assert caught.value.facts["path"] == "where.value"
