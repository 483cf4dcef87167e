"""Timing side by side: contenders take turns, so that what disturbs one disturbs the other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Row:
    """``ours`` and ``theirs`` in seconds (median); ``ratio`` as ``sense`` reads it: 'faster' theirs / ours, 'times'
    ours / theirs. ``aim``: the ratio wished for."""

    what: str
    against: str
    ours: float
    theirs: float
    sense: str
    aim: float

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours if self.sense == "faster" else self.ours / self.theirs

    @property
    def places(self) -> int:
        """How many decimal places tell the ratio from its aim."""
        return 3 if self.aim < 0.1 else 2

    @property
    def reached(self) -> bool:
        return self.ratio >= self.aim if self.sense == "faster" else self.ratio <= self.aim


@dataclass(frozen=True)
class Result:
    """What a benchmark found: compared pairs, plain figures, and what was left out and why."""

    name: str
    rows: tuple[Row, ...]
    figures: Mapping[str, float | int | str] = field(default_factory=dict[str, float | int | str])
    left_out: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """One row a comparison: what, against, ours_s, theirs_s, ratio, aim, reached."""
        return pd.DataFrame(
            [
                {
                    "what": row.what,
                    "against": row.against,
                    "ours_s": round(row.ours, 4),
                    "theirs_s": round(row.theirs, 4),
                    "ratio": round(row.ratio, row.places),
                    "aim": f"{'≥' if row.sense == 'faster' else '≤'} {row.aim:g}",
                    "reached": row.reached,
                }
                for row in self.rows
            ]
        )

    def insight(self) -> str:
        """The result as lines of text."""
        told = [
            f"{row.what} / {row.against}: {row.ratio:.{row.places}f} "
            f"({'≥' if row.sense == 'faster' else '≤'} {row.aim:g}, "
            f"{row.ours * 1000:.1f} ms / {row.theirs * 1000:.1f} ms)"
            for row in self.rows
        ]
        return "\n".join([*told, *(f"{name}: {value}" for name, value in self.figures.items()), *self.left_out])


def side_by_side(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each, after one warm-up of each, in ``rounds`` rounds of turns."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for call in contenders.values():
        call()
    for _ in range(rounds):
        for name, call in contenders.items():
            start = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peak_memory_mb() -> int:
    """The most memory this process has held, in MB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    for line in status.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0
