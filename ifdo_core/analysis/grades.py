"""Grades: a table from (R, F, M) to a name, every combination exactly once (semantics.md, 'RFM')."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.errors import DataError
from ifdo_core.i18n import current_language
from ifdo_core.lookups import read

SCORES = (1, 2, 3, 4, 5)
#: Every (R, F, M), in the order of ``GradeTable.cells``.
CELLS: tuple[tuple[int, int, int], ...] = tuple(product(SCORES, SCORES, SCORES))


@dataclass(frozen=True)
class Grade:
    """A grade is known by its Korean name, which segments hold; meaning and advice as (Korean, English)."""

    ko: str
    en: str
    means: tuple[str, str] = ("", "")
    todo: tuple[str, str] = ("", "")

    def label(self, language: str | None = None) -> str:
        return self.ko if (language or current_language()) == "ko" else self.en

    def meaning(self, language: str | None = None) -> str:
        return self.means[0 if (language or current_language()) == "ko" else 1]

    def advice(self, language: str | None = None) -> str:
        return self.todo[0 if (language or current_language()) == "ko" else 1]


@dataclass(frozen=True)
class GradeTable:
    """The grades in their order, the best first, and the name of each of the 125 ``CELLS``."""

    grades: tuple[Grade, ...]
    cells: tuple[str, ...]

    def __post_init__(self) -> None:
        names = [grade.ko for grade in self.grades]
        if len(set(names)) != len(names) or not all(name.strip() for name in names):
            raise DataError("grade_names", "등급 이름이 비었거나 두 번 쓰였어요.", "이름을 하나씩 다르게 적어 주세요.")
        unknown = sorted({cell for cell in self.cells if cell not in names})
        if len(self.cells) != len(CELLS) or unknown:
            raise DataError(
                "grade_cells",
                "등급표의 125칸이 모두 채워지지 않았어요: {what}.",
                "칸마다 등급을 하나씩 골라 주세요.",
                what=", ".join(unknown) or str(len(self.cells)),
            )

    def of(self, r: np.ndarray[Any, Any], f: np.ndarray[Any, Any], m: np.ndarray[Any, Any]) -> pd.Categorical[Any]:
        """The grade of each row; scores from 1 to 5."""
        names = [grade.ko for grade in self.grades]
        at = {name: place for place, name in enumerate(names)}
        codes = np.array([at[cell] for cell in self.cells], dtype=np.int16)
        places = (r.astype(np.int64) - 1) * 25 + (f.astype(np.int64) - 1) * 5 + (m.astype(np.int64) - 1)
        return pd.Categorical.from_codes(codes[places], categories=pd.Index(names))

    def grade(self, name: str) -> Grade | None:
        return next((grade for grade in self.grades if grade.ko == name), None)

    def label(self, name: str) -> str:
        """The grade's name in the current language; a name the table does not know stays as it is."""
        found = self.grade(name)
        return found.label() if found else name

    def frame(self) -> pd.DataFrame:
        """The table as people edit it: r, f and one column a monetary score, m1 … m5; the best recency first."""
        held = dict(zip(CELLS, self.cells, strict=True))
        rows = [
            {"r": r, "f": f, **{f"m{m}": held[(r, f, m)] for m in SCORES}}
            for r in reversed(SCORES)
            for f in reversed(SCORES)
        ]
        return pd.DataFrame(rows)

    def with_frame(self, frame: pd.DataFrame) -> GradeTable:
        """The same grades in the cells of an edited ``frame``. Raises DataError where a cell is empty."""
        held = {
            (int(row["r"]), int(row["f"]), m): str(row[f"m{m}"] or "")
            for row in frame.to_dict("records")
            for m in SCORES
        }
        return GradeTable(self.grades, tuple(held.get(cell, "") for cell in CELLS))

    def renamed(self, names: Mapping[str, tuple[str, str]]) -> GradeTable:
        """Grades by other names: Korean name now → (Korean, English)."""
        made = tuple(
            Grade(*names.get(grade.ko, (grade.ko, grade.en)), grade.means, grade.todo) for grade in self.grades
        )
        return GradeTable(made, tuple(names.get(cell, (cell, ""))[0] for cell in self.cells))

    def to_dict(self) -> dict[str, Any]:
        """For keeping as JSON."""
        rows = [{"ko": g.ko, "en": g.en, "means": list(g.means), "todo": list(g.todo)} for g in self.grades]
        return {"grades": rows, "cells": list(self.cells)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> GradeTable:
        grades = tuple(_grade(row) for row in kept["grades"])
        return cls(grades, tuple(kept["cells"]))


def _grade(row: Mapping[str, Any]) -> Grade:
    means: Sequence[str] = row.get("means", ("", ""))
    todo: Sequence[str] = row.get("todo", ("", ""))
    return Grade(row["ko"], row["en"], (means[0], means[1]), (todo[0], todo[1]))


def expand(pattern: str) -> Iterable[tuple[int, int, int]]:
    """The combinations of '45|3|12345'."""
    r, f, m = ([int(digit) for digit in part] for part in pattern.split("|"))
    return product(r, f, m)


@cache
def default_table(scheme: str = "buyers") -> GradeTable:
    """The table of ``data/lookups/rfm_grades.yaml``; ``scheme``: 'buyers' or 'visitors'."""
    rows: list[dict[str, Any]] = read("rfm_grades")[scheme]
    held = {cell: row["ko"] for row in rows for pattern in row["cells"] for cell in expand(pattern)}
    return GradeTable(tuple(_grade(row) for row in rows), tuple(held.get(cell, "") for cell in CELLS))
