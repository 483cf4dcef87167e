"""``bench forecast``: what a forecast with its backtest costs beside a preview, and how good it is.

Quality is measured on the example of every condition of the catalogue that holds at least LEAST visits in the last
seven days, on demo shops of several seeds: each a segment of its own size and rhythm.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from ifdo_core.bench.measure import Result, Row, side_by_side
from ifdo_core.catalogue import CONDITIONS
from ifdo_core.demo import fill_demo
from ifdo_core.progress import Progress, part
from ifdo_core.segments.edit import default_leaf
from ifdo_core.segments.forecast.result import Backtest
from ifdo_core.segments.model import AllOf, Leaf, Segment
from ifdo_core.workbench import Workbench

SEEDS = (1, 2, 3)
LEAST = 50
ROUNDS = 9
AIM = 3.0
_TIMED = {
    "SNS": Leaf("acquisition.sns", "in", ("instagram", "facebook")),
    "cart": Leaf("cart.recent_amount", "gte", 50_000),
    "often, never bought": AllOf((Leaf("traffic.visit_count", "gte", 5), Leaf("purchase.order_count", "lte", 0))),
    "viewed, 30 days": Leaf("commerce.products_viewed", "gte", 10, (("days", 30),)),
}


def bench_forecast(progress: Progress, *, visits: int | None = None, **_of_others: object) -> Result:
    """Ratios and quality on the demo shop of ``visits`` visits (default: the usual size), made anew in a temporary
    folder."""
    rows: list[Row] = []
    figures: dict[str, float | int | str] = {}
    with tempfile.TemporaryDirectory() as home:
        for place, seed in enumerate(SEEDS):
            share = part(progress, place / len(SEEDS), (place + 1) / len(SEEDS))
            with Workbench.open(Path(home) / f"{seed}.duckdb") as workbench:
                fill_demo(workbench, visits, part(share, 0.0, 0.4), seed=seed)
                if seed == SEEDS[0]:
                    rows = _timed(workbench)
                figures |= _quality(workbench, f"seed {seed}", part(share, 0.4, 1.0))
    return Result("forecast", tuple(rows), figures)


def _timed(workbench: Workbench) -> list[Row]:
    rows: list[Row] = []
    for name, where in _TIMED.items():
        segment = Segment(where)
        taken = side_by_side(
            {"ours": lambda segment=segment: workbench.forecast(segment),
             "preview": lambda segment=segment: workbench.preview(segment)},
            ROUNDS,
        )  # fmt: skip
        rows.append(
            Row(f"forecast and backtest, {name}", "preview of 7 days", taken["ours"], taken["preview"], "times", AIM)
        )
    return rows


def _quality(workbench: Workbench, name: str, progress: Progress) -> dict[str, float | int | str]:
    entries = [entry for entry in CONDITIONS.values() if entry.kind != "live"]
    found: list[Backtest] = []
    for place, entry in enumerate(entries):
        progress(place / len(entries), entry.id)
        forecast = workbench.forecast(Segment(default_leaf(entry.id)))
        if forecast.backtest is None or forecast.backtest.mase is None:
            continue
        if forecast.past["visits"].tail(7).sum() >= LEAST:
            found.append(forecast.backtest)
    mases = np.array([backtest.mase for backtest in found])
    held = np.array([backtest.coverage for backtest in found])
    return {
        f"segments, {name}": len(found),
        f"coverage of visits, {name}": round(float(held.mean()), 3),
        f"coverage of visits, 10th to 90th percentile of segments, {name}": " to ".join(
            f"{end:.2f}" for end in np.quantile(held, [0.1, 0.9])
        ),
        f"coverage of visitors, {name}": _mean([backtest.visitors_coverage for backtest in found]),
        f"MASE, {name}": round(float(mases.mean()), 3),
        f"segments with MASE below 0.9, {name}": f"{(mases < 0.9).mean() * 100:.0f} %",
        f"error of the 7-day sum over naive's, {name}": _mean([backtest.error_ratio for backtest in found]),
        f"error of the 7-day visitors over naive's, {name}": _mean(
            [backtest.visitors_error_ratio for backtest in found]
        ),
    }


def _mean(values: list[float | None]) -> float:
    return round(float(np.mean([value for value in values if value is not None])), 3)
