"""What goes into a table fits exactly, or is refused by name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ifdo_core import tables
from ifdo_core.engines.frames import to_arrow, to_frame, unique_names
from ifdo_core.errors import EngineError

events, members = tables.events, tables.members


def column(name: str, values: Any) -> list[Any]:
    """``values`` as the column ``name`` of members takes them."""
    frame = pd.DataFrame({"member_id": [f"m{i}" for i in range(len(values))], name: values})
    return to_arrow(members, frame).column(name).to_pylist()


def test_columns_come_in_the_tables_order_and_absent_ones_are_null() -> None:
    rows = to_arrow(tables.products, pd.DataFrame({"name": ["가"], "product_id": ["p"]}))
    assert rows.column_names == [column.name for column in tables.products.columns]
    assert rows.column("price").to_pylist() == [None]
    assert len(to_arrow(tables.products, pd.DataFrame())) == 0


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("points", [1.0, None], [1, None]),
        ("points", pd.array([1, None], dtype="Int64"), [1, None]),
        ("points", np.array([1, 2], dtype="int8"), [1, 2]),
        ("points", [2**53 + 1, None], None),  # a frame that held them as floats has lost them already
        ("points", pd.Series([2**53 + 1, None], dtype=object), [2**53 + 1, None]),
        ("dormant", pd.array([True, None], dtype="boolean"), [True, None]),
        ("dormant", pd.Series([True, None], dtype=object), [True, None]),
        ("grade", pd.Categorical(["VIP", None]), ["VIP", None]),
        ("grade", [None, None], [None, None]),
        ("grade", ["a\x00b", "\x00"], ["ab", ""]),
        ("grade", pd.Series(["가", pd.NA], dtype="str"), ["가", None]),
        ("grade", pd.Series(["가", np.nan], dtype=object), ["가", None]),
        ("birthday", [date(1969, 12, 31), None], [date(1969, 12, 31), None]),
        ("birthday", pd.Series([date(1969, 12, 31), None, pd.NaT], dtype=object), [date(1969, 12, 31), None, None]),
        ("birthday", pd.Series([None], dtype=object), [None]),
        ("birthday", pd.to_datetime(["1969-12-31", None]), [date(1969, 12, 31), None]),
        (
            "joined_at",
            pd.to_datetime(["2026-01-01 00:00:00.123456789", None]),
            [datetime(2026, 1, 1, 0, 0, 0, 123456), None],
        ),
        (
            "joined_at",
            pd.to_datetime(["2026-01-01 09:00", None]).tz_localize("Asia/Seoul"),
            [datetime(2026, 1, 1), None],
        ),
        (
            "joined_at",
            pd.Series([pd.Timestamp("2026-01-01 09:00+09:00"), pd.NaT], dtype=object),
            [datetime(2026, 1, 1), None],
        ),
        ("joined_at", [datetime(1969, 12, 31, 23, 59, 59, 999999)], [datetime(1969, 12, 31, 23, 59, 59, 999999)]),
    ],
)
def test_what_fits(name: str, values: Any, expected: list[Any] | None) -> None:
    assert column(name, values) == (expected or [2**53, None])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("points", [1.5]),
        ("points", ["1"]),
        ("points", pd.Series(["1", 2], dtype=object)),
        ("points", pd.Series([2**63], dtype=object)),
        ("points", [True]),
        ("points", pd.to_datetime(["2026-01-01"])),
        ("reviews_written", [2**31]),
        ("dormant", [1]),
        ("dormant", ["Y"]),
        ("grade", [1]),
        ("grade", pd.Series([b"\xff"], dtype=object)),
        ("birthday", pd.to_datetime(["2026-01-01 09:00"])),
        ("birthday", pd.Series([datetime(2026, 1, 1, 9)], dtype=object)),
        ("birthday", ["2026-01-01"]),
        ("joined_at", ["2026-01-01"]),
        ("joined_at", [1]),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name: str, values: Any) -> None:
    with pytest.raises(EngineError) as caught:
        column(name, values)
    assert (caught.value.code, caught.value.facts["column"]) == ("bad_value", name)


def test_unknown_columns_and_missing_values_are_refused_by_name() -> None:
    with pytest.raises(EngineError) as caught:
        to_arrow(members, pd.DataFrame({"member_id": ["m"], "신발": [1]}))
    assert (caught.value.code, caught.value.facts["columns"]) == ("unknown_column", "신발")
    with pytest.raises(EngineError) as caught:
        to_arrow(events, pd.DataFrame({"event_id": ["e", None]}))
    assert caught.value.code == "missing_value"
    with pytest.raises(EngineError) as caught:
        to_arrow(events, pd.DataFrame({"event_id": ["e"]}))
    assert (caught.value.facts["column"], caught.value.facts["count"]) == ("ts", 1)


def test_what_comes_out_has_the_dtypes_promised() -> None:
    table = pa.table(
        {
            "sum": pa.array([2**53 + 1], pa.decimal128(38, 0)),
            "unsigned": pa.array([1], pa.uint64()),
            "mean": pa.array([None], pa.decimal128(5, 2)),
            "second": pa.array([0], pa.timestamp("s", tz="UTC")),
            "text": pa.array([None], pa.string()),
            "flag": pa.array([None], pa.bool_()),
            "day": pa.array([None], pa.date32()),
        }
    )
    frame = to_frame(table)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "sum": "int64",
        "unsigned": "int64",
        "mean": "float64",
        "second": "datetime64[us]",
        "text": "str",
        "flag": "boolean",
        "day": "object",
    }
    assert frame["sum"].iloc[0] == 2**53 + 1
    assert unique_names(["a", "b", "a", "a"]) == ["a", "b", "a_1", "a_2"]
