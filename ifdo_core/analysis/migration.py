"""Who moved from which grade to which: between two moments, or between two ways to grade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from ifdo_core.analysis.grades import GradeTable
from ifdo_core.analysis.rfm import Rfm
from ifdo_core.catalogue.spec import GRADES_BEFORE
from ifdo_core.formats import count_text
from ifdo_core.i18n import translate
from ifdo_core.segments.model import Segment

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: In the place of a grade: not in the period then; no longer in it.
NOT_YET, GONE = "", "-"
#: The moves ``analysis.rfm_move`` knows.
UP, SAME, DOWN, NEW, LEFT = "up", "same", "down", "new", "gone"


def ago_text(days: int) -> str:
    """'30일 전', '30 days ago'."""
    return translate("{days} 전").format(days=count_text(days, "일"))


@dataclass(frozen=True)
class Migration:
    """``rows``: before, after, customers; '' stands for 'not a customer yet', '-' for 'no longer in the period'.

    A move is up when the grade stands earlier in the table.
    """

    rows: pd.DataFrame
    now: datetime
    before: datetime | None
    days: int
    table: GradeTable

    def frame(self) -> pd.DataFrame:
        """before, after (grades), before_label, after_label, move, customers; the most customers first."""
        out = self.rows.copy()
        out["before_label"] = [self.label(name) for name in out["before"]]
        out["after_label"] = [self.label(name) for name in out["after"]]
        out["move"] = [self.move(a, b) for a, b in zip(out["before"], out["after"], strict=True)]
        columns = ["before", "after", "before_label", "after_label", "move", "customers"]
        return out.sort_values("customers", ascending=False, kind="stable")[columns].reset_index(drop=True)

    def label(self, name: str) -> str:
        if name == NOT_YET:
            return translate("새로 들어옴")
        return translate("기간 밖") if name == GONE else self.table.label(name)

    def move(self, before: str, after: str) -> str:
        return move_of(self.table, before, after)

    @property
    def moved(self) -> int:
        """How many customers have another grade than before."""
        rows = self.rows
        return int(rows.loc[rows["before"] != rows["after"], "customers"].sum())

    def segment(self, row: int) -> Segment | None:
        """The customers of a row of ``frame()``; None where no score knows the grade of that time."""
        if self.days not in GRADES_BEFORE:
            return None
        told = self.frame().iloc[row]
        before = {**_of_grade("previous_rfm_grade", told["before"]), "params": {"ago": str(self.days)}}
        name = f"{told['before_label']} → {told['after_label']}"
        return Segment.all_of(name, before, _of_grade("rfm_grade", told["after"]))

    def figure(self) -> go.Figure:
        """A sankey from the grades before to those now."""
        from ifdo_core.analysis.rfm_figures import sankey_figure

        return sankey_figure(self)

    def insight(self) -> str:
        """How many rose and fell, and the largest fall."""
        told = self.frame()
        if told.empty:
            return translate("견줄 고객이 없어요.")
        sums = told.groupby("move")["customers"].sum()
        text = translate("{days} 전보다 등급이 오른 고객은 {up}, 내린 고객은 {down}, 새로 들어온 고객은 {new}이에요.")
        parts = [
            text.format(
                days=count_text(self.days, "일"),
                up=count_text(int(sums.get(UP, 0)), "명"),
                down=count_text(int(sums.get(DOWN, 0)), "명"),
                new=count_text(int(sums.get(NEW, 0)), "명"),
            )
        ]
        falls = told[told["move"] == DOWN]
        if len(falls):
            worst = falls.iloc[0]
            text = translate("가장 많이 내려간 길은 ‘{before}’에서 ‘{after}’(으)로 간 {customers}이에요.")
            parts.append(
                text.format(
                    before=worst["before_label"],
                    after=worst["after_label"],
                    customers=count_text(int(worst["customers"]), "명"),
                )
            )
        return " ".join(parts)


def _of_grade(condition: str, grade: str) -> dict[str, object]:
    leaf: dict[str, object] = {"condition": f"analysis.{condition}"}
    return {**leaf, "op": "is_unknown"} if grade in (NOT_YET, GONE) else {**leaf, "op": "in", "value": [grade]}


def move_of(table: GradeTable, before: str, after: str) -> str:
    """up, same, down, new or gone."""
    if before == NOT_YET:
        return NEW
    if after == GONE:
        return LEFT
    places = {grade.ko: place for place, grade in enumerate(table.grades)}
    last = len(places)
    difference = places.get(before, last) - places.get(after, last)
    return SAME if difference == 0 else (UP if difference > 0 else DOWN)


def migration(before: Rfm, after: Rfm, days: int) -> Migration:
    """From ``before`` to ``after``; persons who are in neither do not count."""
    then = before.rows.set_index("person")["grade"].astype(str).rename("before")
    now = after.rows.set_index("person")["grade"].astype(str).rename("after")
    both = pd.concat([then, now], axis=1)
    both["before"] = both["before"].fillna(NOT_YET)
    both["after"] = both["after"].fillna(GONE)
    rows = both.groupby(["before", "after"]).size().reset_index(name="customers")
    return Migration(rows, after.now, before.now, days, after.table)


def effect(given: Rfm, other: Rfm) -> Migration:
    """Who gets another grade when ``other``'s scheme is used in the place of ``given``'s; the same moment.

    Grades of ``given`` that the other table does not know keep their names.
    """
    made = migration(given, other, 0)
    return Migration(made.rows, other.now, None, 0, other.table)
