"""Ids for rows that come without one: a hash of what they say, the same on every machine and in every version.

A cell's hash is that of its column's name and its value; a row's is the sum of its cells' hashes, mixed. Empty cells
add nothing, so a column that a later file lacks changes no id. Two lanes of 64 bits, of which 96 bits are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa_untyped
from numpy.typing import NDArray

from ifdo_core.ingest.values import Array, distinct, known_of

pa: Any = pa_untyped

_Lanes = NDArray[np.uint64]
_LANES = 2


def row_ids(columns: Mapping[str, Array]) -> Array:
    """One id of 24 hexadecimal digits for each row of ``columns`` (Arrow arrays of equal length)."""
    size = len(next(iter(columns.values()))) if columns else 0
    total = np.zeros((_LANES, size), dtype=np.uint64)
    for name in sorted(columns):
        array = columns[name]
        known = known_of(array)
        if known.any():
            total += np.where(known, _cells(name, array), np.uint64(0))
    digest = _mixed(total)
    raw = np.ascontiguousarray(digest.T).view(np.uint8).reshape(size, 8 * _LANES)[:, :12]
    text = np.ascontiguousarray(raw).tobytes().hex()
    return pa.array([text[24 * place : 24 * place + 24] for place in range(size)], pa.string())


def _salt(name: str) -> _Lanes:
    return np.frombuffer(hashlib.blake2b(name.encode(), digest_size=8 * _LANES).digest(), dtype="<u8").astype(np.uint64)


def _cells(name: str, array: Array) -> _Lanes:
    salt = _salt(name)[:, None]
    if pa.types.is_string(array.type):
        values, codes = distinct(array)
        raw = b"".join(hashlib.blake2b((value or "").encode(), digest_size=8 * _LANES).digest() for value in values)
        lanes = np.frombuffer(raw, dtype="<u8").astype(np.uint64).reshape(-1, _LANES).T[:, codes]
    else:
        if pa.types.is_boolean(array.type):
            array = array.cast(pa.int8())
        whole = array.cast(pa.int32()) if pa.types.is_date32(array.type) else array
        numbers = whole.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        lanes = np.broadcast_to(numbers.view(np.uint64), (_LANES, len(numbers)))
    return _mixed(lanes ^ salt)


def _mixed(lanes: _Lanes) -> _Lanes:
    """The finalizer of splitmix64 (public domain), twice with different offsets for the two lanes."""
    offsets = np.array([0x9E3779B97F4A7C15, 0xD1B54A32D192ED03], dtype=np.uint64)[:, None]
    mixed = lanes + offsets
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def nth_equal(columns: Mapping[str, Array]) -> Array:
    """For each row, how many equal rows came before it (0 for the first)."""
    import pandas as pd

    frame = pd.DataFrame({name: array.to_pandas() for name, array in columns.items()})
    return pa.array(frame.groupby(list(frame.columns), dropna=False, sort=False).cumcount().to_numpy())
