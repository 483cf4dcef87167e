"""Why a job of the night failed, for people: its record keeps a code, not the error and its sentence."""

from __future__ import annotations

from collections.abc import Mapping

from ifdo_core.i18n import translate

#: Codes of errors and names of exceptions → what happened and what to do (Korean msgids).
SENTENCES: Mapping[str, str] = {
    "disk_full": "디스크에 남은 공간이 없었어요. 공간을 비워 주세요.",
    "OSError": "파일을 읽거나 쓰지 못했어요. 디스크의 남은 공간과 권한을 확인해 주세요.",
    "no_folder": "데이터를 둘 폴더가 없었어요.",
    "no_permission": "데이터를 쓸 권한이 없었어요. 폴더나 데이터베이스 계정의 권한을 확인해 주세요.",
    "out_of_memory": "메모리가 모자랐어요. 다른 프로그램을 닫거나 메모리를 늘려 주세요.",
    "MemoryError": "메모리가 모자랐어요. 다른 프로그램을 닫거나 메모리를 늘려 주세요.",
    "busy": "같은 데이터를 다른 작업이 바꾸고 있었어요.",
    "locked": "데이터 파일을 다른 프로그램이 쓰고 있었어요. 그 프로그램을 닫아 주세요.",
    "cancelled": "도중에 멈췄어요.",
    "KeyboardInterrupt": "앱이 꺼져서 멈췄어요.",
    "SystemExit": "앱이 꺼져서 멈췄어요.",
    "closed": "데이터베이스와 연결이 끊겼어요.",
    "reopen": "데이터베이스가 멈췄어요. 앱을 다시 시작해 주세요.",
    "unreachable": "데이터베이스 서버에 연결하지 못했어요. 서버가 켜져 있는지 확인해 주세요.",
    "refused": "데이터베이스가 로그인을 받아 주지 않았어요. 계정과 비밀번호를 확인해 주세요.",
    "no_database": "데이터베이스 서버에 쇼핑몰의 데이터베이스가 없었어요.",
    "no_table": "필요한 데이터가 아직 없었어요. 데이터를 먼저 올려 주세요.",
    "smtp_failed": "메일 서버와 이야기하지 못했어요. 서버의 주소와 포트를 확인해 주세요.",
    "smtp_login": "메일 서버가 계정을 받아들이지 않았어요. 계정과 비밀번호를 확인해 주세요.",
    "smtp_certificate": "메일 서버의 인증서를 믿을 수 없었어요.",
    "smtp_security": "메일 서버와 암호화해서 이야기할 수 없었어요. 보안 방식을 확인해 주세요.",
    "smtp_settings": "메일 서버 설정을 읽을 수 없었어요.",
    "smtp_open": "암호화하지 않고는 메일을 보내지 않아요. 보안 방식을 바꿔 주세요.",
    "smtp_sender": "보내는 주소가 없었어요.",
    "no_smtp": "메일 서버가 설정되어 있지 않았어요.",
    "address": "이메일 주소로 읽을 수 없었어요.",
    "address_outside": "허용된 도메인의 주소가 아니에요.",
}
#: For every other code (Korean msgid).
UNFORESEEN = "예상하지 못한 문제가 생겼어요. 계속되면 관리자에게 알려 주세요."


def failure_text(code: str) -> str:
    """What happened in the current language; the code itself is no part of it."""
    return translate(SENTENCES.get(code, UNFORESEEN))
