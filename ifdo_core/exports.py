"""Lists as files that a spreadsheet opens well and that cannot act in it.

A cell of text that begins like a formula ('=1+1', '@SUM', '-2+cmd') is run by Excel when the file is
opened, and a shop's data holds what strangers typed. Such cells get a leading apostrophe, as OWASP
advises against CSV injection; numbers and dates are left alone.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

#: What Excel, LibreOffice and Google Sheets take for the beginning of a formula, the full-width signs included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """``value`` itself, or with an apostrophe before it where a spreadsheet would read a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy of ``frame`` whose text cells and column names are safe to open in a spreadsheet."""
    out = frame.copy()
    out.columns = pd.Index([safe_cell(str(name)) for name in frame.columns])
    for position in range(out.shape[1]):
        column = out.iloc[:, position]
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):
            out.isetitem(position, column.map(safe_cell, na_action="ignore").array)
    return out


def in_zone(frame: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """A copy whose timestamps (naive, in UTC) are naive times of ``zone``: a marketer reads the shop's clock."""
    out = frame.copy()
    for position in range(out.shape[1]):
        column = out.iloc[:, position]
        if pd.api.types.is_datetime64_dtype(column):
            local = column.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
            out.isetitem(position, local.array)
    return out


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """``frame`` as CSV in UTF-8 with a byte order mark, by which Excel knows Korean text from CP949."""
    return safe_frame(frame).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
