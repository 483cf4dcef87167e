"""A result read piece by piece is the result read at once, on all three engines."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, MetaData, String, Table, select

from ifdo_core.engines import Engine
from ifdo_core.errors import EngineError

ROWS = 1_234
TABLE = Table(
    "streamed",
    MetaData(),
    Column("id", BigInteger, nullable=False),
    Column("name", String),
    Column("amount", BigInteger),
    Column("share", Float),
    Column("yes", Boolean),
    Column("seen", DateTime),
    Column("day", Date),
)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    at = pd.Timestamp("2026-11-24 03:04:05.678901")
    frame = pd.DataFrame(
        {
            "id": range(ROWS),
            "name": [None if n % 7 == 0 else f"김{n}" for n in range(ROWS)],
            "amount": pd.array([None if n % 5 == 0 else n * 1_000 for n in range(ROWS)], dtype="Int64"),
            "share": [n / 3 for n in range(ROWS)],
            "yes": pd.array([None if n % 3 == 0 else n % 2 == 0 for n in range(ROWS)], dtype="boolean"),
            "seen": pd.Series([at + pd.Timedelta(seconds=n) for n in range(ROWS)]).astype("datetime64[us]"),
            "day": [at.date()] * ROWS,
        }
    )
    engine.create([TABLE])
    engine.append(TABLE, frame)
    return engine


QUERY = select(TABLE, (TABLE.c.id > 10).label("late")).where(TABLE.c.name != "김8").order_by(TABLE.c.id)


def test_the_pieces_are_the_whole(filled: Engine):
    pieces = list(filled.stream(QUERY, rows=100))
    assert max(map(len, pieces)) <= 100
    assert len(pieces) > 10
    whole = filled.frame(QUERY)
    together = pd.concat([piece.astype("object") for piece in pieces], ignore_index=True)
    assert [list(piece.columns) for piece in pieces] == [list(whole.columns)] * len(pieces)
    pd.testing.assert_frame_equal(together, whole.astype("object"), check_dtype=False)


def test_nothing_found_is_no_rows(filled: Engine):
    assert sum(map(len, filled.stream(QUERY.where(TABLE.c.id < 0)))) == 0


def test_a_reader_may_stop_in_the_middle(filled: Engine):
    pieces = filled.stream(QUERY, rows=10)
    assert len(next(pieces)) <= 10
    pieces.close()
    assert filled.running == 0
    assert len(filled.frame(QUERY)) == ROWS - 1 - sum(n % 7 == 0 for n in range(ROWS))


def test_a_fault_is_worded(engine: Engine):
    with pytest.raises(EngineError):
        list(engine.stream(QUERY))
