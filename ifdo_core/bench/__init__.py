"""Benchmarks: ratios measured side by side in one run, never seconds compared across machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ifdo_core.bench.measure import Result
from ifdo_core.errors import DataError

#: Name → what it measures (Korean msgid).
NAMES: dict[str, str] = {
    "segments": "모수 미리보기, 방문 만들기, 화면의 반응",
    "ingest": "파일 불러오기",
}


def run(name: str, *, progress: Callable[[float, str], None] | None = None, **options: Any) -> Result:
    """Runs one benchmark. ``options``: ``visits`` (size of the shop), ``folder`` (where it is kept), ``browser``
    (False leaves the measurement in Chromium out). Raises DataError for an unknown name."""
    if name not in NAMES:
        raise DataError(
            "unknown_bench", "모르는 벤치마크예요: {name}.", "쓸 수 있는 것: {names}.", name=name, names=", ".join(NAMES)
        )
    report = progress or (lambda share, text: None)
    if name == "segments":
        from ifdo_core.bench.segments import bench_segments

        return bench_segments(report, **options)
    from ifdo_core.bench.ingest import bench_ingest

    return bench_ingest(report, **options)
