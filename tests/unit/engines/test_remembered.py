"""What an engine remembers holds until something is written, by whichever engine of the process."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select

from ifdo_core.engines import Engine, open_engine
from ifdo_core.errors import EngineError

_rows = Table("rows", MetaData(), Column("n", Integer))


class _Asked:
    """Counts the rows of a table, and how often it was asked to."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return int(self.engine.scalar(select(func.count()).select_from(_rows)))

    def remembered(self) -> int:
        return self.engine.remembered("rows", self)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.duckdb"


def test_an_answer_is_asked_for_once_until_something_is_written(path: Path) -> None:
    with open_engine(path) as engine:
        engine.create([_rows])
        asked = _Asked(engine)
        assert [asked.remembered(), asked.remembered()] == [0, 0]
        assert asked.times == 1
        engine.write(insert(_rows).values(n=1))
        assert [asked.remembered(), asked.remembered()] == [1, 1]
        assert asked.times == 2


def test_another_engine_on_the_same_file_is_noticed(path: Path) -> None:
    with open_engine(path) as first, open_engine(path) as second:
        first.create([_rows])
        asked = _Asked(first)
        assert asked.remembered() == 0
        second.write(insert(_rows).values(n=1))
        assert asked.remembered() == 1


def test_a_file_opened_again_is_asked_again(path: Path) -> None:
    with open_engine(path) as first:
        first.create([_rows])
        assert _Asked(first).remembered() == 0
    with open_engine(path) as again:
        asked = _Asked(again)
        assert asked.remembered() == 0
        assert asked.times == 1


def test_inside_a_transaction_nothing_is_remembered_and_nobody_else_sees_it(path: Path) -> None:
    with open_engine(path) as engine:
        engine.create([_rows])
        seen: list[int] = []
        with engine.transaction():
            engine.write(insert(_rows).values(n=1))
            assert _Asked(engine).remembered() == 1
            reader = threading.Thread(target=lambda: seen.append(_Asked(engine).remembered()))
            reader.start()
            reader.join()
        assert seen == [0]
        assert _Asked(engine).remembered() == 1


def test_what_was_undone_is_not_remembered(path: Path) -> None:
    with open_engine(path) as engine:
        engine.create([_rows])
        with pytest.raises(EngineError):
            engine.write(insert(_rows).values(n=1), insert(Table("missing", MetaData(), Column("n", Integer))))
        assert _Asked(engine).remembered() == 0
