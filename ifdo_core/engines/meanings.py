"""What the drivers' errors mean to people: one wording per code, for all engines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ifdo_core.errors import EngineError

#: A pattern in what the driver says (searched without regard to case) and the code it stands for.
Meaning = tuple[str, str]

#: code → what happened, what to do. ``{place}`` is the file or server, ``{detail}`` what the driver said.
_WORDING: dict[str, tuple[str, str]] = {
    "bad_pattern": ("정규식을 읽을 수 없어요: {detail}", "정규식을 고쳐 주세요."),
    "busy": ("같은 데이터를 다른 작업이 바꾸고 있어요.", "잠시 뒤에 다시 해 주세요."),
    "cancelled": ("계산을 멈췄어요.", ""),
    "closed": ("데이터베이스 연결이 닫혀 있어요.", "다시 열어 주세요."),
    "disk_full": (
        "디스크에 남은 공간이 없어 저장하지 못했어요.",
        "공간을 비운 뒤 다시 해 주세요. 저장하던 내용은 반영되지 않았어요.",
    ),
    "failed": ("데이터베이스가 요청을 처리하지 못했어요: {detail}", ""),
    "locked": (
        "데이터 파일을 다른 프로그램이 쓰고 있어요: {place}",
        "그 프로그램을 닫거나, 파일을 복사해 복사본을 열어 주세요.",
    ),
    "no_database": ("서버에 그런 데이터베이스가 없어요: {place}", "데이터베이스를 먼저 만들거나 이름을 고쳐 주세요."),
    "no_folder": ("파일을 둘 폴더가 없어요: {place}", "폴더를 먼저 만들어 주세요."),
    "no_permission": (
        "쓸 수 있는 권한이 없어요: {place}",
        "폴더와 파일, 또는 데이터베이스 계정의 권한을 확인해 주세요.",
    ),
    "no_table": ("필요한 표가 아직 없어요: {detail}", "데이터를 먼저 불러와 주세요."),
    "not_a_database": (
        "열 수 있는 데이터 파일이 아니에요: {place}",
        "다른 파일을 고르거나 새 파일 이름을 적어 주세요.",
    ),
    "other_folder": (
        "이 프로그램은 이미 다른 chdb 폴더를 열고 있어요: {detail}",
        "chdb는 한 프로그램에서 한 폴더만 열 수 있어요. 먼저 연 것을 닫아 주세요.",
    ),
    "out_of_memory": (
        "메모리가 모자라 계산을 마치지 못했어요.",
        "기간을 줄이거나 환경 변수 IFDO_MEMORY_LIMIT의 값을 늘려 주세요.",
    ),
    "refused": ("데이터베이스가 로그인을 받아 주지 않았어요: {place}", "주소에 적은 계정과 비밀번호를 확인해 주세요."),
    "reopen": (
        "앞선 오류 때문에 데이터베이스가 멈췄어요.",
        "프로그램을 다시 시작해 주세요. 저장이 끝난 내용은 그대로 있어요.",
    ),
    "unreachable": (
        "데이터베이스 서버에 연결할 수 없어요: {place}",
        "서버가 켜져 있는지, 주소와 포트가 맞는지 확인해 주세요.",
    ),
}


def worded(meanings: Sequence[Meaning], error: Exception, place: str, said: str | None = None) -> EngineError:
    """The EngineError for what a driver said: the first of ``meanings`` that fits, else 'failed'.

    ``said`` is searched in place of the error's own text. Facts: place, detail (the first line).
    """
    text = (said or str(error)).strip()
    code = next((code for pattern, code in meanings if re.search(pattern, text, re.IGNORECASE)), "failed")
    message, hint = _WORDING[code]
    return EngineError(code, message, hint, place=place, detail=text.splitlines()[0] if text else type(error).__name__)
