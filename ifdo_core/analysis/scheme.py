"""How the shop wants its customers scored: kept in its own table, so that the next refresh scores alike."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, Literal

from sqlalchemy import delete, insert, select

from ifdo_core import tables
from ifdo_core.analysis.grades import GradeTable, default_table
from ifdo_core.engines import Engine
from ifdo_core.errors import DataError

Scoring = Literal["quintile", "fixed"]


@dataclass(frozen=True)
class Thresholds:
    """Fixed limits, four of each. ``recency`` in days: at most the first scores 5, … above the last 1.
    ``frequency`` and ``monetary``: below the first scores 1, from the last on 5."""

    recency: tuple[int, ...] = (30, 60, 120, 240)
    frequency: tuple[int, ...] = (2, 3, 5, 8)
    monetary: tuple[int, ...] = (50_000, 100_000, 300_000, 700_000)

    def __post_init__(self) -> None:
        for name in ("recency", "frequency", "monetary"):
            limits: tuple[int, ...] = getattr(self, name)
            if len(limits) != 4 or any(a >= b for a, b in pairwise(limits)):
                raise DataError(
                    "thresholds",
                    "점수의 기준값은 네 개이고 뒤로 갈수록 커야 해요: {limits}.",
                    "작은 값부터 적어 주세요.",
                    limits=", ".join(map(str, limits)),
                )


@dataclass(frozen=True)
class Scheme:
    """Scoring, look-back and grade tables; ``churn_cuts``: per cent from which the risk is 'mid' and 'high';
    ``refresh_hour``: the shop's hour of the daily refresh; ``digest_to``: who gets the digest by e-mail after it."""

    scoring: Scoring = "quintile"
    thresholds: Thresholds = field(default_factory=Thresholds)
    lookback_days: int = 365
    grades: GradeTable = field(default_factory=default_table)
    visitor_grades: GradeTable = field(default_factory=lambda: default_table("visitors"))
    churn_cuts: tuple[int, int] = (40, 70)
    refresh_hour: int = 5
    digest_to: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.lookback_days < 1:
            raise DataError("lookback", "돌아볼 기간은 하루 이상이어야 해요.", "365처럼 적어 주세요.")
        mid, high = self.churn_cuts
        if not 0 < mid < high < 100:
            raise DataError(
                "churn_cuts", "이탈 위험의 경계는 0보다 크고 100보다 작으며, 높음이 중간보다 커야 해요.",
                "40과 70처럼 적어 주세요.",
            )  # fmt: skip
        if not 0 <= self.refresh_hour <= 23:
            raise DataError("refresh_hour", "분석 시각은 0시부터 23시까지예요.", "5처럼 적어 주세요.")

    def over(self, lookback_days: int) -> Scheme:
        return replace(self, lookback_days=lookback_days)


def read_scheme(engine: Engine) -> Scheme:
    """The shop's scheme, or the usual one."""
    kept = {row.name: json.loads(row.value) for row in engine.execute(select(tables.analysis_settings))}
    known = {item.name for item in fields(Scheme)}
    return Scheme(**{name: _read(name, value) for name, value in kept.items() if name in known})


def write_scheme(engine: Engine, scheme: Scheme) -> None:
    rows = [{"name": item.name, "value": _written(getattr(scheme, item.name))} for item in fields(Scheme)]
    engine.write(delete(tables.analysis_settings), insert(tables.analysis_settings).values(rows))


def _read(name: str, value: Any) -> Any:
    if name in ("grades", "visitor_grades"):
        return GradeTable.from_dict(value)
    if name == "thresholds":
        return Thresholds(**{key: tuple(limits) for key, limits in value.items()})
    return tuple(value) if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _written(value: Any) -> str:
    if isinstance(value, GradeTable):
        value = value.to_dict()
    elif isinstance(value, Thresholds):
        value = {item.name: list(getattr(value, item.name)) for item in fields(value)}
    return json.dumps(value, ensure_ascii=False)
