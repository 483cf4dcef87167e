"""Who is held out and who gets which variant: decided by a hash of campaign and member, so it never changes.

The same digits are computed in Python and by every engine (``engines.sql.digest``), so a count and a sending agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, literal

from ifdo_core.engines.sql import digest

_DIGITS = 8
_STEPS = 16**_DIGITS


def _border(share: float) -> str:
    if not 0 <= share < 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    return f"{int(share * _STEPS):0{_DIGITS}x}"


def _digits(campaign: str, member_id: str) -> str:
    return hashlib.md5(f"{campaign}:{member_id}".encode(), usedforsecurity=False).hexdigest()


def is_held_out(campaign: str, member_id: str, share: float) -> bool:
    """Whether the member belongs to the ``share`` (0 to below 1) of the campaign that gets nothing."""
    return _digits(campaign, member_id)[:_DIGITS] < _border(share)


def held_out(campaign: str, member_id: ColumnElement[str], share: float) -> ColumnElement[bool]:
    """``is_held_out`` in SQL."""
    text = literal(f"{campaign}:").concat(member_id)
    return func.substr(digest(text), 1, _DIGITS) < literal(_border(share))


def variant_of(campaign: str, member_id: str, weights: Sequence[tuple[str, float]]) -> str:
    """The variant (name, weight above 0) of a member; digits of their own, so that it tells nothing of the hold-out."""
    place = int(_digits(campaign, member_id)[_DIGITS : 2 * _DIGITS], 16) / _STEPS
    total = sum(weight for _, weight in weights)
    for name, weight in weights:
        place -= weight / total
        if place < 0:
            return name
    return weights[-1][0]
