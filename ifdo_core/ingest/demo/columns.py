"""Numbers to columns: codes to categories, milliseconds to timestamps, numbers to identifiers, all vectorised.

Texts with few values are pandas categories, identifiers and addresses are ``str``; both go to a database as Arrow
without a Python object per row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute

from ifdo_core.ingest.demo.parts import Flags, Ints, Texts

# pyarrow brings no types.
pa: Any = pyarrow
pc: Any = pyarrow.compute


def chosen(values: Texts, codes: Ints) -> pd.Categorical:
    """``values[codes]`` as a category; code -1 and values that are None are missing. Equal values become one."""
    numbers, distinct = pd.factorize(values)
    lookup = np.append(numbers, -1)  # the last answers to code -1
    small = np.int8 if len(distinct) < 128 else np.int16 if len(distinct) < 32_768 else np.int32
    return pd.Categorical.from_codes(
        lookup.astype(small)[codes], categories=pd.Index(distinct, dtype="str"), validate=False
    )


def integers(values: Ints, known: Flags) -> Any:
    """Whole numbers, missing where not ``known``."""
    return pd.arrays.IntegerArray(np.where(known, values, 0).astype(np.int64), ~known)


def flags(values: Flags, known: Flags) -> Any:
    return pd.arrays.BooleanArray(values & known, ~known)


def datetimes(ms: Ints, known: Flags | None = None) -> Any:
    """Naive UTC timestamps of milliseconds, missing where not ``known``."""
    out = (ms * 1000).astype("datetime64[us]")
    if known is not None:
        out[~known] = np.datetime64("NaT")
    return out


def dates(days: Ints, known: Flags) -> Any:
    """Dates of days since 1970, as Arrow dates."""
    array = pa.array(days.astype(np.int32), mask=~known).cast(pa.date32())
    return pd.Series(pd.arrays.ArrowExtensionArray(array))


def text(array: Any) -> Any:
    """An Arrow array of texts as a column of type ``str``."""
    return pd.array(array.cast(pa.large_string()), dtype="str")


def identifiers(prefix: str, numbers: Ints, digits: int) -> Any:
    """'M000042' for 42; missing where the number is negative."""
    padded = pc.utf8_lpad(pa.array(numbers, mask=numbers < 0).cast(pa.string()), width=digits, padding="0")
    return text(pc.binary_join_element_wise(prefix, padded, "") if prefix else padded)
