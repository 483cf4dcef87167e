"""``bench segments``: the marts, the preview panel and the screen's answer, each against what it should be held to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from ifdo_core.bench.measure import Result, Row, peak_memory_mb, side_by_side
from ifdo_core.bench.rivals import BY_HAND, NAIVE, SEGMENT, filled
from ifdo_core.bench.shop import make_shop, time_building
from ifdo_core.progress import Progress, part
from ifdo_core.segments.compile import WEEK
from ifdo_core.segments.model import Segment
from ifdo_core.workbench import Workbench

#: Events a second below which building the marts is too slow for a daily rebuild at night.
BUILD_AIM = 500_000
ROUNDS = 7
NAIVE_ROUNDS = 1


def bench_segments(
    progress: Progress, *, visits: int = 3_000_000, days: int = 30, folder: str = "var/bench", browser: bool = True
) -> Result:
    """Ratios on ``visits`` visits of ``days`` days; the shop is kept in ``folder`` for the next run."""
    path = make_shop(Path(folder), visits, days, part(progress, 0.0, 0.4))
    rows: list[Row] = []
    left_out: list[str] = []
    with Workbench.open(path) as workbench:
        building = time_building(workbench, part(progress, 0.4, 0.6))
        piece, build = building.piece, building.build
        rows.append(Row("take in 1 %", "full build", piece.wall_s, build.wall_s, "times", 0.05))
        rows.append(Row("take in 1 %, processor time", "full build", piece.cpu_s, build.cpu_s, "times", 0.05))
        figures: dict[str, float | int | str] = {
            "events": building.events,
            "events built a second": building.events_a_second,
            "events a second / aim": round(building.events_a_second / BUILD_AIM, 2),
            "full builds before and after, s": ", ".join(f"{one.wall_s:.1f}" for one in building.builds),
            "each 1 % / full build": ", ".join(f"{one.wall_s / build.wall_s:.3f}" for one in building.pieces),
        }
        for name, window, aim in (("7 days", WEEK, 100), ("all", timedelta(days=days), 30)):
            progress(0.7, name)
            panel = _panel(workbench, name, window, aim)
            figures[f"visits in {name}"] = panel[0]
            rows += panel[1]
        figures["peak memory MB"] = peak_memory_mb()
        start = (workbench.now - WEEK).isoformat(" ")
    if browser:
        from ifdo_core.bench.screen import edit_to_number

        measured = edit_to_number(path, start, part(progress, 0.9, 1.0))
        if isinstance(measured, str):
            left_out.append(measured)
        else:
            rows.append(measured)
    return Result("segments", tuple(rows), figures, tuple(left_out))


def _panel(workbench: Workbench, name: str, window: timedelta, naive_aim: float) -> tuple[int, list[Row]]:
    """Visits in the window, and the whole preview against the two hand-written ways."""
    segment, engine, now = Segment.from_dict(SEGMENT), workbench.engine, workbench.now
    by_hand = [text(filled(query, now, window)) for query in BY_HAND]
    naive = text(filled(NAIVE, now, window))

    def ours() -> int:
        return workbench.preview(segment, now, window=window).total_visits_7d or 0

    taken = side_by_side({"ours": ours, "by hand": lambda: [engine.execute(query) for query in by_hand]}, ROUNDS)
    slow = side_by_side({"naive": lambda: engine.execute(naive)}, NAIVE_ROUNDS)
    panel = f"preview, {name}"
    return ours(), [
        Row(panel, "sessionizing at each question", taken["ours"], slow["naive"], "faster", naive_aim),
        Row(panel, "hand-written SQL on the mart", taken["ours"], taken["by hand"], "times", 1.3),
    ]
