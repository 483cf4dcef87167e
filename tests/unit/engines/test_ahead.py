"""Statements that run while the next ones are put into words."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, delete, func, insert, select, update

from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines.ahead import Ahead
from ifdo_core.errors import EngineError

numbers = Table("numbers", MetaData(), Column("n", Integer, nullable=False))
missing = Table("missing", MetaData(), Column("n", Integer))


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine("duckdb:///:memory:") as engine:
        engine.create([numbers])
        yield engine


def held(engine: Engine) -> list[int]:
    return [row.n for row in engine.execute(select(numbers.c.n).order_by(numbers.c.n))]


def test_work_is_done_in_its_order_by_another_thread_while_this_one_goes_on() -> None:
    done: list[int] = []
    threads: set[str] = set()
    may_begin = threading.Event()

    def work(number: int) -> None:
        may_begin.wait(10)
        threads.add(threading.current_thread().name)
        done.append(number)

    with Ahead() as ahead:
        for number in range(50):
            ahead.put(lambda number=number: work(number))
        assert done == []
        may_begin.set()
        ahead.wait()
        assert done == list(range(50))
    assert threading.current_thread().name not in threads
    assert len(threads) == 1


def test_after_a_failure_nothing_more_is_done() -> None:
    done: list[int] = []

    def fail() -> None:
        raise LookupError("no")

    def work() -> None:
        with Ahead() as ahead:
            ahead.put(lambda: done.append(1))
            ahead.put(fail)
            ahead.put(lambda: done.append(2))

    with pytest.raises(LookupError):
        work()
    assert done == [1]


def test_where_the_block_fails_what_waits_is_not_begun_and_what_runs_is_waited_for() -> None:
    done: list[int] = []
    running = threading.Event()

    def slow() -> None:
        running.set()
        time.sleep(0.2)
        done.append(1)

    def work() -> None:
        with Ahead() as ahead:
            ahead.put(slow)
            ahead.put(lambda: done.append(2))
            assert running.wait(10)
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert done == [1]


def test_threads_take_turns_as_usual_when_the_last_of_several_ends() -> None:
    usual = sys.getswitchinterval()
    with Ahead():
        with Ahead():
            assert sys.getswitchinterval() < usual
        assert sys.getswitchinterval() < usual
    assert sys.getswitchinterval() == usual


def test_a_read_sees_all_that_was_written_before_it(engine: Engine) -> None:
    with engine.transaction(), engine.ahead():
        for number in range(30):
            engine.write(insert(numbers).values(n=number), update(numbers).values(n=numbers.c.n + 1))
        assert held(engine) == [30] * 30
        engine.write(delete(numbers), insert(numbers).values(n=5))
    assert held(engine) == [5]


@pytest.mark.parametrize("read", [True, False], ids=["at the next read", "at the end"])
def test_a_statement_that_fails_is_told_and_undoes_all(engine: Engine, read: bool) -> None:
    engine.write(insert(numbers).values(n=7))

    def work() -> None:
        with engine.transaction(), engine.ahead():
            engine.write(insert(numbers).values(n=8))
            engine.write(insert(missing).values(n=1))
            engine.write(insert(numbers).values(n=9))
            if read:
                held(engine)
                pytest.fail("the read came through")

    with pytest.raises(EngineError) as caught:
        work()
    assert caught.value.code == "no_table"
    assert held(engine) == [7]
    engine.write(insert(numbers).values(n=10))  # the engine goes on
    assert held(engine) == [7, 10]


def test_what_runs_ahead_can_be_cancelled(engine: Engine) -> None:
    endless = select(func.count().label("n")).select_from(func.range(10**13).table_valued("range"))
    with engine.cancellable() as token:
        threading.Timer(0.2, token.cancel).start()
        with pytest.raises(EngineError) as caught, engine.transaction(), engine.ahead():
            engine.write(engine.insert_from(numbers, endless))
    assert caught.value.code == "cancelled"
    assert held(engine) == []
