"""Benchmarks: ratios measured side by side in one run, never seconds compared across machines."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ifdo_core.bench.measure import Result
from ifdo_core.errors import DataError
from ifdo_core.progress import Progress, quiet

#: Name → what it measures (Korean msgid). Each is the function ``bench_<name>`` of the module of its name, which is
#: imported only when asked for.
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
    found = getattr(import_module(f"{__name__}.{name}"), f"bench_{name}")
    return found(progress or quiet, **options)
