"""Between pandas and the engines: one set of dtypes in, one set out, by way of Arrow.

Out (``Engine.frame``), the same on every engine:

=============  ==========================================================================
integer        ``int64``; ``Int64`` where a null occurs (never a float, so never rounded)
float          ``float64``, null = NaN
boolean        ``bool``; ``boolean`` where a null occurs
text           ``str`` (pandas' own string dtype), null = NaN
timestamp      ``datetime64[us]``, naive UTC, null = NaT
date           ``datetime.date`` objects (a local date is no instant), null = None
=============  ==========================================================================

In (``Engine.append``, staging): columns are taken by name and brought to the table's types; a value
that does not fit exactly is an error that names the column, never rounded or turned to null.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.compute
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, String, Table

from ifdo_core.errors import EngineError

# pyarrow brings no types.
pa: Any = pyarrow
pc: Any = pyarrow.compute
#: A pyarrow Table, and one column of it.
ArrowTable = Any
ArrowColumn = Any
_ARROW_ERROR: type[Exception] = pa.ArrowException


def arrow_type(column: Column[Any]) -> Any:
    """The Arrow type that holds ``column``."""
    kind = column.type
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, BigInteger):
        return pa.int64()
    if isinstance(kind, Integer):
        return pa.int32()
    if isinstance(kind, Float):
        return pa.float64()
    if isinstance(kind, DateTime):
        return pa.timestamp("us")
    if isinstance(kind, Date):
        return pa.date32()
    if isinstance(kind, String):
        return pa.string()
    raise TypeError(f"{column.table.name}.{column.name}: no Arrow type for {kind!r}")


def to_arrow(table: Table, frame: pd.DataFrame) -> ArrowTable:
    """``frame`` as rows of ``table``: all its columns in its order, absent ones null.

    Raises EngineError 'unknown_column', 'missing_value' (null where the table allows none) or
    'bad_value'. A NUL character inside a text is dropped: PostgreSQL cannot hold it.
    """
    unknown = [str(name) for name in frame.columns if str(name) not in table.columns]
    if unknown:
        raise EngineError(
            "unknown_column",
            "{table} 표에 없는 열이에요: {columns}.",
            "열 이름을 확인해 주세요.",
            table=table.name,
            columns=", ".join(unknown),
        )
    columns = [_column(column, frame) for column in table.columns]
    return pa.table(columns, names=[column.name for column in table.columns])


def _column(column: Column[Any], frame: pd.DataFrame) -> ArrowColumn:
    wanted = arrow_type(column)
    if column.name not in frame.columns:
        out = pa.chunked_array([pa.nulls(len(frame), wanted)], type=wanted)
    else:
        try:
            out = _converted(frame[column.name], wanted)
        except (_ARROW_ERROR, ValueError, TypeError, OverflowError) as error:
            raise EngineError(
                "bad_value",
                "{table} 표의 {column} 열에 맞지 않는 값이 있어요: {detail}",
                "값의 형식을 확인해 주세요.",
                table=column.table.name,
                column=column.name,
                detail=str(error),
            ) from error
    if not column.nullable and out.null_count:
        raise EngineError(
            "missing_value",
            "{table} 표의 {column} 열은 비어 있을 수 없는데 {count}행이 비어 있어요.",
            "빈 값을 채우거나 그 행을 빼 주세요.",
            table=column.table.name,
            column=column.name,
            count=out.null_count,
        )
    return out


def _converted(series: pd.Series[Any], wanted: Any) -> ArrowColumn:
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    if series.dtype == object and not pa.types.is_date(wanted):  # a date would take any time of its day
        array = pa.array(series, type=wanted, from_pandas=True)
    else:
        array = pa.array(series, from_pandas=True)
    chunked = array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
    if chunked.type != wanted:
        _refuse_guess(chunked.type, wanted)
        # Only a timestamp may lose something, and only what is finer than a microsecond.
        given, chunked = chunked, chunked.cast(wanted, safe=not pa.types.is_timestamp(wanted))
        timed = pa.types.is_date(wanted) and pa.types.is_timestamp(given.type)
        if timed and not pc.all(pc.equal(chunked.cast(given.type), given), min_count=0).as_py():
            raise TypeError(f"{given.type} with a time of day is not {wanted}")
    if pa.types.is_string(wanted) and pc.any(pc.match_substring(chunked, "\x00")).as_py():
        chunked = pc.replace_substring(chunked, "\x00", "")
    return chunked


def _refuse_guess(given: Any, wanted: Any) -> None:
    """Casts Arrow offers but nobody meant: a number as text, a text as number, a number as instant."""
    text = pa.types.is_string(wanted)
    given_text = pa.types.is_string(given) or pa.types.is_large_string(given)
    temporal = pa.types.is_timestamp(wanted) or pa.types.is_date(wanted)
    given_temporal = pa.types.is_timestamp(given) or pa.types.is_date(given)
    flag = pa.types.is_boolean(wanted)
    if pa.types.is_null(given):
        return
    if text != given_text or temporal != given_temporal or flag != pa.types.is_boolean(given):
        raise TypeError(f"{given} is not {wanted}")


def numbered(rows: ArrowTable, name: str, start: int) -> ArrowTable:
    """``rows`` with one more column ``name``: start, start + 1, …"""
    return rows.append_column(name, pa.array(range(start, start + len(rows)), pa.int64()))


def as_booleans(result: ArrowTable, places: Iterable[int]) -> ArrowTable:
    """``result`` with its columns at ``places``, 0 or 1, as booleans."""
    for place in places:
        column = result.column(place)
        result = result.set_column(place, result.column_names[place], column.cast(pa.bool_()))
    return result


def to_frame(table: ArrowTable) -> pd.DataFrame:
    """An engine's result with the dtypes of this module's table."""
    columns: dict[str, Any] = {}
    for name, column in zip(unique_names(table.column_names), table.columns, strict=True):
        columns[name] = _series(_plain(column))
    return pd.DataFrame(columns)


def unique_names(names: Iterable[str]) -> list[str]:
    """``names`` with _1, _2 … behind those that came before."""
    out: list[str] = []
    for name in names:
        candidate, number = name, 0
        while candidate in out:
            number += 1
            candidate = f"{name}_{number}"
        out.append(candidate)
    return out


def _plain(column: ArrowColumn) -> ArrowColumn:
    kind = column.type
    if pa.types.is_decimal(kind):  # sums of integers come as wide decimals
        return column.cast(pa.int64() if kind.scale == 0 else pa.float64())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind):
        return column.cast(pa.string())
    return column


def _nullable_integer(_: object) -> pd.Int64Dtype:
    return pd.Int64Dtype()


def _nullable_boolean(_: object) -> pd.BooleanDtype:
    return pd.BooleanDtype()


def _series(column: ArrowColumn) -> Any:
    kind = column.type
    if column.null_count:
        if pa.types.is_integer(kind):
            return column.to_pandas(types_mapper=_nullable_integer)
        if pa.types.is_boolean(kind):
            return column.to_pandas(types_mapper=_nullable_boolean)
    if pa.types.is_string(kind):
        return column.to_pandas().astype("str")
    return column.to_pandas()
