"""What a command prints: aligned text for people, one JSON document for programs."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd


def plain(value: Any) -> Any:
    """``value`` as JSON knows it: frames become lists of rows, unknowns null, timestamps ISO 8601 in UTC."""
    if isinstance(value, pd.DataFrame):
        return [{str(key): plain(cell) for key, cell in row.items()} for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(key): plain(cell) for key, cell in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(cell) for cell in value]  # pyright: ignore[reportUnknownVariableType]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def to_json(document: Mapping[str, Any]) -> str:
    return json.dumps(plain(document), ensure_ascii=False, indent=2)


def width(text: str) -> int:
    """Columns of a terminal: a Hangul syllable takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def table(frame: pd.DataFrame, limit: int | None = None) -> str:
    """``frame`` in aligned columns, numbers to the right; at most ``limit`` rows and a line that says so.

    Named rows (an index that is not 0, 1, 2 …) get a column of their own.
    """
    named = frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index(names=str(frame.index.name or ""))
    shown = named if limit is None else named.head(limit)
    columns = [[str(name), *(_cell(value) for value in shown.iloc[:, at])] for at, name in enumerate(shown.columns)]
    numeric = [pd.api.types.is_numeric_dtype(shown.iloc[:, at]) for at in range(shown.shape[1])]
    widths = [max(width(cell) for cell in column) for column in columns]
    lines: list[str] = []
    for row in range(len(shown) + 1):
        cells = [
            " " * (widths[at] - width(column[row])) + column[row]
            if numeric[at]
            else column[row] + " " * (widths[at] - width(column[row]))
            for at, column in enumerate(columns)
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * size for size in widths))
    if limit is not None and len(frame) > limit:
        lines.append(f"… {len(frame) - limit:,}")
    return "\n".join(lines)
