"""Messages with their variables filled in: one for a preview, a million for a sending.

Texts are put together by Arrow a column at a time, and each distinct value is formatted once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa_untyped
import pyarrow.compute as pc_untyped
from numpy.typing import NDArray

from ifdo_core.messages.check_parts import coupon_title
from ifdo_core.messages.fields import text_fields, with_texts
from ifdo_core.messages.limits import TextLimit, limits
from ifdo_core.messages.model import Message
from ifdo_core.messages.variables import VARIABLES, filled, names_in, parts_of, worded

pa: Any = pa_untyped
pc: Any = pc_untyped


def used_variables(message: Message) -> tuple[str, ...]:
    """The known variables of a message, each once."""
    found = [name for field in text_fields(message) for name in names_in(field.text) if name in VARIABLES]
    return tuple(dict.fromkeys(found))


def needed_columns(message: Message) -> tuple[str, ...]:
    """Columns of members that must have a value: those of variables without a fallback."""
    fallbacks = dict(message.fallbacks)
    return tuple(
        VARIABLES[name].column
        for name in used_variables(message)
        if name not in fallbacks and VARIABLES[name].column not in STATE_COLUMNS
    )


#: Columns of the person's state; they are never empty.
STATE_COLUMNS = frozenset(["order_count", "total_amount"])


def values_of(row: Mapping[str, object], message: Message) -> dict[str, str]:
    """Variable → text for one member, fallbacks where there is no value."""
    fallbacks = dict(message.fallbacks)
    out: dict[str, str] = {}
    for name in used_variables(message):
        text = worded(row.get(VARIABLES[name].column), VARIABLES[name].kind)
        out[name] = text or fallbacks.get(name, "")
    return out


def rendered(message: Message, values: Mapping[str, str]) -> Message:
    """``message`` with its variables replaced by ``values``."""
    return with_texts(message, lambda _, text: filled(text, values))


@dataclass(frozen=True)
class Batch:
    """Many personal messages. ``texts``: path → a text a member, for those fields that hold variables; the others are
    as the message has them. ``ok``: whether each fits every limit and has every value it needs."""

    message: Message
    member_ids: Any
    texts: Mapping[str, Any]
    ok: NDArray[np.bool_]
    too_long: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.ok)

    def one(self, place: int) -> Message:
        """The message of the member at ``place``."""
        return with_texts(
            self.message, lambda path, text: self.texts[path][place].as_py() if path in self.texts else text
        )


def render(message: Message, members: pd.DataFrame) -> Batch:
    """Fills in and measures the message for every row of ``members`` (member_id and the columns of its variables)."""
    kind, fallbacks = limits().types[message.type], dict(message.fallbacks)
    size = len(members)
    words = {name: _column(members, name, fallbacks.get(name)) for name in used_variables(message)}
    ok = np.ones(size, dtype=np.bool_)
    for column in words.values():
        ok &= column.is_valid().to_numpy(zero_copy_only=False)
    texts: dict[str, Any] = {}
    too_long: dict[str, int] = {}
    for field in text_fields(message):
        if not any(name in words for name in names_in(field.text)):
            continue
        parts = [words.get(name, f"#{{{name}}}") if name else literal for literal, name in parts_of(field.text)]
        texts[field.path] = pc.binary_join_element_wise(*parts, "", null_handling="emit_null")
        limit = kind.texts.get(field.limit)
        over = None if limit is None else ~_fits(parts, limit, size)
        if field.path.endswith("coupon.title"):
            over = _measured(texts[field.path], _is_no_coupon) == 1
        if over is not None:
            too_long[field.path] = int((over & ok).sum())
            ok &= ~over
    return Batch(message, pa.array(members["member_id"]), texts, ok, too_long)


def _column(members: pd.DataFrame, name: str, fallback: str | None) -> Any:
    """The variable's text for each member; null where there is neither value nor fallback. Dictionary encoded work:
    what is distinct is worded once."""
    variable = VARIABLES[name]
    array = pa.array(members[variable.column], from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    distinct = [worded(value, variable.kind) or None for value in coded.dictionary.to_pylist()]
    texts = pa.array(distinct, pa.string()).take(coded.indices)
    return texts if fallback is None else pc.fill_null(texts, fallback)


def _fits(parts: list[Any], limit: TextLimit, size: int) -> NDArray[np.bool_]:
    """Whether each joined text keeps to the limit: lengths and line ends add up, so no text is looked at twice."""
    chars, lines = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    for part in parts:
        if isinstance(part, str):
            chars += _units(part)
            lines += _line_ends(part)
        else:
            chars += _measured(part, _units)
            lines += _measured(part, _line_ends)
    return (chars <= limit.chars) & (lines <= limit.breaks)


def _is_no_coupon(title: str) -> int:
    return int(any(coupon_title("", title)))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _line_ends(text: str) -> int:
    return text.count("\n")


def _measured(array: Any, measure: Callable[[str], int]) -> NDArray[np.int64]:
    coded = array.dictionary_encode()
    sizes = pa.array([measure(text) for text in coded.dictionary.to_pylist()], pa.int64())
    return np.asarray(pc.fill_null(sizes.take(coded.indices), 0).to_numpy(zero_copy_only=False), dtype=np.int64)
