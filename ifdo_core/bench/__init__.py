"""Benchmarks: ratios measured side by side in one run, never seconds compared across machines."""

from __future__ import annotations

from typing import Any

from ifdo_core.bench.measure import Result
from ifdo_core.errors import DataError
from ifdo_core.progress import Progress, quiet

#: Name → what it measures (Korean msgid).
NAMES: dict[str, str] = {
    "segments": "모수 미리보기, 방문 만들기, 화면의 반응",
    "builder": "조건 스무 개를 고치는 동안: 첫 미리보기와 하나를 고친 뒤",
    "sessions": "스무 세션이 함께 고칠 때 수가 나오기까지",
    "baskets": "함께 산 쌍 세기: mlxtend와, 그리고 하루치만",
    "recommend": "GET /recommend: 초당 요청, 걸리는 시간",
    "analysis": "매일 하는 고객 분석과 BG/NBD 적합",
    "messages": "개인화 메시지 백만 건 채우기와 타깃별 회원 세기",
    "export": "목록을 CSV와 Excel로 쓰기",
    "forecast": "예측과 그 검증: 걸리는 시간과 맞는 정도",
}


def run(name: str, *, progress: Progress | None = None, **options: Any) -> Result:
    """Runs one benchmark. ``options``: ``visits`` (size of the shop), ``folder`` (where it is kept), ``browser``
    (False leaves the measurement in Chromium out). Raises DataError for an unknown name."""
    if name not in NAMES:
        raise DataError(
            "unknown_bench",
            "모르는 벤치마크예요: {name}.",
            "쓸 수 있는 것: {names}.",
            name=name,
            names=", ".join(NAMES),
        )
    if name == "builder":
        from ifdo_core.bench.builder import bench_builder

        return bench_builder(progress or quiet, **options)
    if name == "baskets":
        from ifdo_core.bench.baskets import bench_baskets

        return bench_baskets(progress or quiet)
    if name == "recommend":
        from ifdo_core.bench.serving import bench_recommend

        return bench_recommend(progress or quiet, **options)
    if name == "forecast":
        from ifdo_core.bench.forecast import bench_forecast

        return bench_forecast(progress or quiet, **options)
    if name == "analysis":
        from ifdo_core.bench.analysis import bench_analysis

        return bench_analysis(progress or quiet, **options)
    if name == "export":
        from ifdo_core.bench.export import bench_export

        return bench_export(progress or quiet, **options)
    if name == "sessions":
        from ifdo_core.bench.sessions import bench_sessions

        return bench_sessions(progress or quiet, **options)
    if name == "messages":
        from ifdo_core.bench.messages import bench_messages

        return bench_messages(progress or quiet, **options)
    from ifdo_core.bench.segments import bench_segments

    return bench_segments(progress or quiet, **options)
