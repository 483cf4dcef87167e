"""DuckDB: one file, many threads; what a locked file, a full disk, a crash and a cancel come to."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import sqlalchemy
from duckdb_engine import ConnectionWrapper
from sqlalchemy import Column, Integer, MetaData, String, Table, delete, func, literal, select

from ifdo_core import tables
from ifdo_core.engines import Engine, open_engine
from ifdo_core.engines import duckdb as adapter
from ifdo_core.errors import EngineError

ROOT = Path(__file__).resolve().parents[3]
products = tables.products


@pytest.fixture
def memory() -> Iterator[Engine]:
    with open_engine("duckdb:///:memory:") as engine:
        engine.create([products, tables.touched])
        yield engine


def goods(start: int, stop: int, price: int | None = 1) -> pd.DataFrame:
    return pd.DataFrame({"product_id": [f"p{i:07}" for i in range(start, stop)], "name": "상품", "price": price})


def count(engine: Engine) -> int:
    return engine.scalar(select(func.count()).select_from(products))


def code_of(work: Any, *arguments: Any) -> str:
    with pytest.raises(EngineError) as caught:
        work(*arguments)
    assert caught.value.text("ko")
    assert "{" not in caught.value.text("ko")
    return caught.value.code


class Child:
    """Python code in a process of its own, which says 'ready' and waits for a line."""

    def __init__(self, code: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def end(self, by: signal.Signals | None = None) -> None:
        if by is not None:
            self.process.send_signal(by)
        self.process.communicate("\n", timeout=60)


# --- opening ---------------------------------------------------------------------------------


def test_a_path_and_a_url_open_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "우리 가게.duckdb"
    for url in (path, str(path), f"duckdb:///{path}"):
        with open_engine(url) as engine:
            assert engine.dialect == "duckdb"
            engine.create([products])
            engine.append(products, goods(0, 1))
    with open_engine(path) as engine:
        assert count(engine) == 3


def test_a_file_another_program_holds_is_locked_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    child = Child(
        """
        import sys
        from ifdo_core.engines import open_engine
        engine = open_engine(sys.argv[1])
        print("ready", flush=True)
        input()
        """,
        str(path),
    )
    try:
        with pytest.raises(EngineError) as caught:
            open_engine(path)
        assert caught.value.code == "locked"
        assert str(path) in caught.value.text("ko")
        assert "복사본" in caught.value.text("ko")
    finally:
        child.end()
    open_engine(path).close()


def test_two_engines_of_one_process_share_a_file(tmp_path: Path) -> None:
    with open_engine(tmp_path / "a.duckdb") as one, open_engine(tmp_path / "a.duckdb") as other:
        one.create([products])
        assert other.has(products)


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("x" * 5000, encoding="utf-8")
    assert code_of(open_engine, tmp_path / "none" / "shop.duckdb") == "no_folder"
    assert code_of(open_engine, tmp_path / "note.txt") == "not_a_database"
    assert code_of(open_engine, tmp_path) == "not_a_database"
    assert code_of(open_engine, "mysql://localhost/shop") == "unknown_engine"


def test_a_closed_engine_says_so(memory: Engine) -> None:
    memory.close()
    assert code_of(memory.execute, select(literal(1))) == "closed"


def test_memory_and_threads_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    def setting(engine: Engine, name: str) -> Any:
        return engine.scalar(select(func.current_setting(name)))

    monkeypatch.setenv("IFDO_MEMORY_LIMIT", "300MB")
    with open_engine(":memory:") as engine:
        assert setting(engine, "memory_limit") == "286.1 MiB"
        assert setting(engine, "TimeZone") == "UTC"
        assert setting(engine, "block_allocator_memory") == "0 bytes"
    monkeypatch.delenv("IFDO_MEMORY_LIMIT")
    with open_engine(":memory:", memory_mib=200) as engine:
        assert setting(engine, "memory_limit") == "200.0 MiB"
        assert setting(engine, "threads") == 1
        assert setting(engine, "block_allocator_memory") == "0 bytes"
    with open_engine(":memory:", memory_mib=adapter.OWN_BLOCKS_FROM_MIB) as engine:
        assert setting(engine, "block_allocator_memory") == setting(engine, "memory_limit") == "4.0 GiB"
    with open_engine(":memory:", memory_mib=10 * adapter.machine_memory() // 2**20) as engine:
        assert setting(engine, "block_allocator_memory") == "0 bytes"
    assert adapter.machine_memory() > 2**28


def test_duckdb_engine_still_works_with_this_sqlalchemy() -> None:
    """Its last release is of 2025: what we take from it is the dialect, which must compile and run."""
    root = duckdb.connect(":memory:")
    engine = sqlalchemy.create_engine("duckdb:///:memory:", creator=lambda: ConnectionWrapper(root.cursor()))
    table = Table("t", MetaData(), Column("id", Integer), Column("word", String))
    with engine.begin() as connection:
        table.metadata.create_all(connection, checkfirst=False)
        connection.execute(table.insert(), [{"id": 1, "word": "가"}, {"id": 2, "word": None}])
        query = select(table.c.word, func.count().over()).where(table.c.id.in_([1, 2])).order_by(table.c.id).limit(1)
        assert connection.execute(query).all() == [("가", 2)]
    engine.dispose()
    root.close()


# --- threads ---------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [0, 100_000, 200_000])
def test_the_first_rows_are_those_that_are_left(memory: Engine, gone: int) -> None:
    """Where rows of several row groups were deleted, and others came."""
    left = [number * 7_919 % 400_009 for number in range(400_000)]
    memory.append(products, goods(0, 400_000).assign(price=left))
    memory.write(delete(products).where(products.c.price >= gone))
    memory.append(products, goods(400_000, 700_000).assign(price=left[:300_000]))
    expected = sorted([*left[:300_000], *(price for price in left if price < gone)], reverse=True)
    for limit, offset in ((1, 0), (2, 0), (3, 0), (5, 1), (1, 5), (50, 0)):
        query = select(products.c.price).order_by(products.c.price.desc()).limit(limit).offset(offset)
        assert [row.price for row in memory.execute(query)] == expected[offset : offset + limit]


def test_readers_see_whole_writes_while_one_writes(memory: Engine) -> None:
    """Every write replaces all rows by ones of one price: no reader sees two prices, or none."""
    memory.append(products, goods(0, 1000, price=0))
    price, stop, errors = products.c.price, threading.Event(), list[BaseException]()

    def read() -> None:
        query = select(func.count(), func.count(price.distinct())).select_from(products)
        try:
            while not stop.is_set():
                assert memory.execute(query) == [(1000, 1)]
                assert memory.frame(select(products))["price"].nunique() == 1
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 11):
        with memory.transaction():
            memory.write(delete(products))
            memory.append(products, goods(0, 1000, price=number))
        with memory.staging(products) as staging:
            staging.add(goods(0, 1000, price=-number))
            staging.merge()
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors
    assert memory.scalar(select(func.min(price))) == -10


def test_writers_wait_for_each_other(memory: Engine) -> None:
    def add(start: int) -> None:
        for step in range(5):
            with memory.staging(products) as staging:
                staging.add(goods(start + step * 10, start + step * 10 + 10))
                staging.merge()

    writers = [threading.Thread(target=add, args=(number * 100,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert count(memory) == 4 * 5 * 10


# --- cancelling ------------------------------------------------------------------------------


def endless() -> Any:
    one, two, three = products.alias(), products.alias(), products.alias()
    none = func.length(one.c.product_id.concat(two.c.product_id).concat(three.c.product_id)) < 0
    return select(one.c.product_id, one.c.name).select_from(one.join(two, literal(True)).join(three, none))


def test_a_running_statement_is_counted_and_can_be_cancelled(memory: Engine) -> None:
    memory.append(products, goods(0, 20_000))
    tokens: list[Any] = []
    codes: list[str] = []

    def work() -> None:
        with memory.cancellable() as token:
            tokens.append(token)
            codes.append(code_of(memory.frame, endless()))
            codes.append(code_of(memory.execute, select(literal(1))))

    thread = threading.Thread(target=work)
    thread.start()
    while memory.running == 0 and thread.is_alive():
        time.sleep(0.005)
    tokens[0].cancel()
    thread.join(timeout=30)
    assert codes == ["cancelled", "cancelled"]
    assert memory.running == 0
    assert memory.scalar(select(literal(1))) == 1


def test_a_cancelled_write_is_undone(memory: Engine) -> None:
    memory.append(products, goods(0, 20_000))
    with memory.cancellable() as token:
        threading.Timer(0.2, token.cancel).start()
        statements = memory.insert_from(products, select(literal("x").label("product_id"), literal("y").label("name")))
        assert code_of(memory.write, statements, memory.insert_from(products, endless())) == "cancelled"
    assert count(memory) == 20_000


def test_cancelling_what_does_not_run_does_no_harm(memory: Engine) -> None:
    with memory.cancellable() as token:
        assert memory.scalar(select(literal(1))) == 1
    token.cancel()
    assert memory.scalar(select(literal(1))) == 1


# --- crashes and full disks ------------------------------------------------------------------


def test_a_killed_process_leaves_the_last_commit(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    child = Child(
        """
        import sys
        import pandas as pd
        from ifdo_core import tables
        from ifdo_core.engines import open_engine
        def goods(count): return pd.DataFrame({"product_id": [f"p{i}" for i in range(count)], "name": "x"})
        engine = open_engine(sys.argv[1])
        engine.create([tables.products, tables.touched])
        engine.append(tables.products, goods(10))
        with engine.transaction():
            engine.append(tables.products, goods(100_000))
            with engine.staging(tables.products) as staging:
                staging.add(goods(200_000).assign(price=1))
                staging.merge()
                print("ready", flush=True)
                input()
        """,
        str(path),
    )
    child.end(by=signal.SIGKILL)
    with open_engine(path) as engine:
        assert count(engine) == 10


def test_a_full_disk_is_named_and_leaves_the_last_commit(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    code = """
        import sys
        import numpy as np
        import pandas as pd
        from ifdo_core import tables
        from ifdo_core.engines import open_engine
        from ifdo_core.errors import EngineError
        from sqlalchemy import func, select
        noise = np.random.default_rng(1)
        def goods(count):
            return pd.DataFrame({"product_id": [noise.bytes(20).hex() for _ in range(count)], "name": "x"})
        engine = open_engine(sys.argv[1])
        engine.create([tables.products])
        kept = 0
        try:
            while True:
                engine.append(tables.products, goods(20_000))
                kept += 20_000
        except EngineError as error:
            # The engine goes on by itself: it can be read, and small writes still fit.
            print(error.code, kept, engine.scalar(select(func.count()).select_from(tables.products)))
    """
    limit = 10 * 2**20
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    name, kept, found = done.stdout.split()
    assert (name, found) == ("disk_full", kept)
    with open_engine(path) as engine:
        assert count(engine) == int(kept) > 0
        engine.append(products, goods(0, 5))
        assert count(engine) == int(kept) + 5


def test_more_than_the_memory_goes_to_disk_and_a_full_memory_is_named(tmp_path: Path) -> None:
    with open_engine(tmp_path / "a.duckdb", memory_mib=64) as engine:
        engine.create([products])
        engine.append(products, goods(0, 300_000))
        query = select(products.c.product_id, products.c.name).order_by(products.c.price, products.c.product_id.desc())
        assert engine.frame(query)["product_id"].iloc[0] == "p0299999"
        with engine.session() as session:
            session.run("SET GLOBAL max_temp_directory_size = '1MB'")
        one, two = products.alias(), products.alias()
        large = (
            select(func.list(one.c.product_id.concat(two.c.product_id)))
            .select_from(one.join(two, one.c.price == two.c.price))
            .where(two.c.product_id < "p0000100")
        )
        assert code_of(engine.execute, large) in ("out_of_memory", "disk_full")
        assert count(engine) == 300_000
