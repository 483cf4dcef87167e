"""What was understood of a text, with its other readings and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ifdo_core.errors import SegmentError
from ifdo_core.i18n import current_language, translate
from ifdo_core.segments.model import Leaf, Node, Segment
from ifdo_core.segments.wording import leaf_text, sentence


@dataclass(frozen=True)
class Part:
    """A piece of the text and the conditions it may mean, the likeliest first. ``is_or``: or the part before it."""

    text: str
    candidates: tuple[Leaf, ...]
    is_or: bool = False

    @property
    def leaf(self) -> Leaf:
        return self.candidates[0]


@dataclass(frozen=True)
class Understood:
    """``segment()`` is all of it together; ``frame()`` one row a candidate; ``insight()`` says it back.

    ``unknown``: words that nothing was made of. ``window``: a period that belongs to no condition, in days: the
    audience is always counted over 24 hours and 7 days.
    """

    text: str
    parts: tuple[Part, ...] = ()
    unknown: tuple[str, ...] = ()
    window: int | None = None

    @property
    def where(self) -> Node | None:
        from ifdo_core.segments.understand.read import tree

        return tree(self.parts)

    def segment(self) -> Segment:
        """Everything that was understood. Raises SegmentError where that is nothing."""
        where = self.where
        if where is None:
            raise SegmentError(
                "nothing_understood",
                "‘{text}’에서 조건을 찾지 못했어요.",
                "‘장바구니 7만원 이상, 인스타그램’처럼 조건과 값을 적어 주세요.",
                path="$",
                text=self.text[:100],
            )
        return Segment(where)

    def frame(self) -> pd.DataFrame:
        """part (from 0), text, rank (from 0), condition, op, value, params, is_or, wording."""
        rows = [
            (
                number,
                part.text,
                rank,
                leaf.condition,
                leaf.op,
                leaf.value,
                dict(leaf.params),
                part.is_or,
                leaf_text(leaf),
            )
            for number, part in enumerate(self.parts)
            for rank, leaf in enumerate(part.candidates)
        ]
        columns = ["part", "text", "rank", "condition", "op", "value", "params", "is_or", "wording"]
        return pd.DataFrame(rows, columns=columns)

    def insight(self) -> str:
        """The segment as a sentence, and what was not understood."""
        told = [sentence(self.where, current_language())] if self.parts else []
        if self.unknown:
            told.append(translate("이해하지 못한 말: {words}.").format(words=", ".join(self.unknown)))
        if self.window not in (None, 1, 7):
            told.append(translate("모수는 언제나 최근 24시간과 7일로 세요."))
        return " ".join(told)
