"""Texts travel as bound parameters on every engine: none of them is ever part of the statement that runs."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    null,
    select,
    true,
    update,
)
from sqlalchemy.sql.elements import ClauseElement

from ifdo_core.engines import Engine, sql
from ifdo_core.tables import Key

notes = Table("notes", MetaData(), Column("id", Key, nullable=False), Column("word", String), Column("count", Integer))
n = notes.c

MARKER = "zq-marker-zq"
HOSTILE = [
    "'; DROP TABLE notes; --",
    "it's",
    "''",
    'say "no"',
    "`tick`",
    "\\",
    "\\'",
    "\\N",
    "a\\nb",
    "a\nb\tc\r\n",
    "100%",
    "%s %(p1)s %%",
    "$1",
    "$$x$$",
    ":name ?",
    "{p1:String}",
    "{0}",
    "/* -- */ #",
    "NULL",
    "",
    " ",
    "😀 한글 ‘따옴표’ é",
    "\u0001\u200b",
]


@pytest.fixture
def empty(engine: Engine) -> Engine:
    engine.create([notes])
    return engine


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_goes_in_is_found_and_comes_back(module_engine: Engine, text: str) -> None:
    engine = module_engine
    engine.drop([notes])
    engine.create([notes])
    query = select(literal("a", String).label("id"), literal(text, String).label("word"))
    engine.write(engine.insert_from(notes, query), insert(notes).values(id="b", word=text, count=1))
    engine.append(notes, pd.DataFrame({"id": ["c", "d"], "word": [text, "other"]}))
    assert engine.scalar(select(literal(text, String))) == text
    found = {
        "equal": n.word == text,
        "in": n.word.in_([text, "none"]),
        "contains": sql.contains(n.word, text) & (n.word != "other"),
        "starts": sql.starts_with(n.word, text) & (n.word != "other"),
        "ends": sql.ends_with(n.word, text) & (n.word != "other"),
        "glob": sql.glob_matches(n.word, text),
        "not other": n.word.not_in(["other", "none"]),
    }
    for name, condition in found.items():
        assert engine.execute(select(n.id, n.word).where(condition).order_by(n.id)) == [
            ("a", text),
            ("b", text),
            ("c", text),
        ], name
    framed = engine.frame(select(n.word).where(n.word == text))
    assert framed["word"].tolist() == [text] * 3
    engine.write(delete(notes).where(n.word == text))
    assert engine.execute(select(n.id)) == [("d",)]


def test_what_no_engine_holds_is_dropped(empty: Engine) -> None:
    empty.append(notes, pd.DataFrame({"id": ["a"], "word": ["ab"]}))
    assert empty.scalar(select(literal("a\0b", String))) == "ab"
    assert empty.scalar(select(literal("a\ud800b", String))) == "a?b"
    for condition in (n.word == "a\0b", n.word.in_(["a\0b", "x"])):
        assert empty.execute(select(n.id).where(condition)) == [("a",)]


STATEMENTS: dict[str, ClauseElement] = {
    "select": select(literal(MARKER, String), func.concat(n.word, MARKER)).where(n.word == MARKER),
    "in": select(n.id).where(n.word.in_([MARKER, f"{MARKER}2"]) | n.word.not_in([MARKER])),
    "in with null": select(n.id).where(n.word.in_([MARKER, None])),
    "like": select(n.id).where(n.word.like(f"{MARKER}%")),
    "constructs": select(
        sql.contains(n.word, MARKER), sql.regex_matches(n.word, MARKER), sql.json_text(n.word, MARKER)
    ),
    "case": select(case((n.word == MARKER, MARKER), else_=n.word)).group_by(
        case((n.word == MARKER, MARKER), else_=n.id)
    ),
    "insert": insert(notes).values(id=MARKER, word=MARKER),
    "insert many": insert(notes).values([{"id": MARKER}, {"id": f"{MARKER}2"}]),
    "insert from select": sql.insert_from(notes, select(literal(MARKER, String).label("id"))),
    "update": update(notes).values(word=MARKER).where(n.id == MARKER),
    "delete": delete(notes).where(n.word == MARKER),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_text_is_in_the_statement_that_runs(module_engine: Engine, name: str) -> None:
    bound = module_engine.bound(STATEMENTS[name])
    assert MARKER not in bound.text
    assert MARKER in str(bound.values)
    assert MARKER in module_engine.sql(STATEMENTS[name])


def test_equal_texts_are_one_parameter(empty: Engine) -> None:
    empty.append(notes, pd.DataFrame({"id": ["a", "b", "c"], "word": ["x", "y", None]}))
    kind = case((n.word == "x", "first"), (n.word.in_(["y", "z"]), "second"), else_="x")
    query = select(kind.label("kind"), func.count().label("n")).group_by(kind).order_by(kind)
    assert empty.bound(query).values == ("x", "first", ["y", "z"], "second")
    assert empty.execute(query) == [("first", 1), ("second", 1), ("x", 1)]


def test_what_is_shown_gives_what_runs(empty: Engine) -> None:
    empty.append(notes, pd.DataFrame({"id": [str(i) for i in range(len(HOSTILE))], "word": HOSTILE}))
    query = select(n.id, n.word).where(n.word.in_(HOSTILE[::2]) | (n.word == HOSTILE[1])).order_by(n.id)
    with empty.session() as session:
        shown = session.rows(empty.sql(query))[1]
    assert shown == [tuple(row) for row in empty.execute(query)]
    assert len(shown) == len(HOSTILE[::2]) + 1


def test_lists_mean_what_they_mean_in_sql(empty: Engine) -> None:
    empty.append(notes, pd.DataFrame({"id": ["a", "b", "c"], "word": ["x", "y", None]}))

    def ids(condition: object) -> list[str]:
        return [row.id for row in empty.execute(select(n.id).where(condition).order_by(n.id))]  # type: ignore[arg-type]

    assert ids(n.word.in_(["x"])) == ["a"]
    assert ids(n.word.not_in(["x"])) == ["b"]
    assert ids(n.word.in_([])) == []
    assert ids(n.word.not_in([])) == ["a", "b", "c"]
    assert ids(n.word.in_(["x", None])) == ["a"]
    assert ids(n.word.in_(["x", "z"]).is_(null())) == ["c"]
    assert ids(n.word.in_(["x", "z"]) == false()) == ["b"]
    assert ids((n.word + "!").in_(["x!", "y!"]) & true()) == ["a", "b"]
    assert ids(n.count.in_([1, 2])) == []


def test_long_lists(empty: Engine) -> None:
    """50,000 values in five lists, as a segment may have: with quotes, Korean and a value in each that is there."""
    empty.append(notes, pd.DataFrame({"id": list("abcde"), "word": [f"회원-{place}'\\0" for place in range(5)]}))
    lists = [[f"회원-{place}'\\{number}" for number in range(10_000)] for place in range(5)]
    condition = n.word.in_(lists[0])
    for more in lists[1:]:
        condition = condition | n.word.in_(more)
    assert empty.execute(select(func.count()).where(condition)) == [(5,)]
    assert len(empty.bound(select(func.count()).where(condition)).text) < 10_000
    assert empty.execute(select(n.id).where(n.word.not_in(lists[0])).order_by(n.id)) == [("b",), ("c",), ("d",), ("e",)]
