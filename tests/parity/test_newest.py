"""A newer question stops the statement of the one before: at no moment do two of one session run (DuckDB, PostgreSQL,
ClickHouse)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Column, MetaData, Table, func, literal, select, true

from ifdo_core.engines import Engine
from ifdo_core.engines.newest import Overtaken, unless_overtaken
from ifdo_core.errors import EngineError
from ifdo_core.i18n import current_language, set_language
from ifdo_core.tables import Key

numbers = Table("numbers", MetaData(), Column("id", Key, nullable=False))


@pytest.fixture
def endless(engine: Engine) -> Any:
    """A statement that takes minutes."""
    engine.create([numbers])
    engine.append(numbers, pd.DataFrame({"id": [f"{number:05}" for number in range(20_000)]}))
    one, two, three = numbers.alias(), numbers.alias(), numbers.alias()
    none = func.length(one.c.id.concat(two.c.id).concat(three.c.id)) < 0
    return select(func.count()).select_from(one.join(two, true()).join(three, none))


def after(engine: Engine, seconds: float) -> Callable[[], bool]:
    """Overtaken once a statement has run for ``seconds``."""
    started: list[float] = []

    def is_overtaken() -> bool:
        if engine.running and not started:
            started.append(time.monotonic())
        return bool(started) and time.monotonic() - started[0] > seconds

    return is_overtaken


def test_edits_one_after_another_leave_one_statement(engine: Engine, endless: Any) -> None:
    counted: list[int] = []
    watching = threading.Event()

    def watch() -> None:
        while not watching.wait(0.005):
            counted.append(engine.running)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(4):
        with pytest.raises(Overtaken):
            unless_overtaken(engine, lambda _: engine.scalar(endless), after(engine, 0.1))
        assert engine.running == 0
    last = unless_overtaken(engine, lambda _: engine.scalar(select(func.count()).select_from(numbers)), lambda: False)
    watching.set()
    watcher.join()
    assert last == 20_000
    assert max(counted) == 1


def test_what_is_told_is_heard_here_before_the_result(engine: Engine) -> None:
    heard: list[tuple[int, str]] = []
    set_language("en")
    try:

        def work(tell: Callable[[Any], None]) -> int:
            tell((threading.get_ident(), current_language()))
            return engine.scalar(select(literal(7)))

        def hear(told: tuple[int, str]) -> None:
            heard.append(told)
            assert threading.current_thread() is threading.main_thread()

        assert unless_overtaken(engine, work, lambda: False, hear) == 7
    finally:
        set_language("ko")
    assert [language for _, language in heard] == ["en"]
    assert heard[0][0] != threading.get_ident()


def test_what_fails_is_raised(engine: Engine) -> None:
    with pytest.raises(EngineError):
        unless_overtaken(engine, lambda _: engine.scalar(select(numbers.c.id)), lambda: False)
