"""Personal data made unreadable: enough stays to tell rows apart, too little to reach or recognise anybody.

Columns that hold personal data have a mask of their own. Every other text passes ``mask_text``, since an e-mail
address or a telephone number may also stand in a member's id, a search term or an address of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

HIDDEN = "****"
#: An e-mail address, its sign possibly as a URL writes it.
_EMAIL = re.compile(r"[^\s@/?&=,;<>()\"]+(?:@|%40)[^\s@/?&=,;<>()\"]*", re.IGNORECASE)
#: A mobile number of Korea in a longer text.
_PHONE = re.compile(r"(?<!\d)(?:\+?82[-. ]?\(?0?\)?|0)1[016789][-. ]?\d{3,4}[-. ]?\d{4}(?!\d)")
#: The same two for a database (RE2 and PostgreSQL): texts that are found only as a whole while data is masked.
PERSONAL_PATTERN = "@|%40|(82|0)[-. ()0]*1[016789][-. ]?[0-9]{3,4}[-. ]?[0-9]{4}"


def mask_phone(value: Any) -> str:
    """'010-1234-5678' → '010-****-5678'; of a number that is not Korean only the last four digits stay."""
    digits = re.sub(r"\D", "", str(value))
    if digits.startswith("82") and len(digits) in (10, 11, 12, 13):
        digits = "0" + digits[2:].removeprefix("0")
    if len(digits) < 8:
        return HIDDEN
    if digits.startswith("0") and len(digits) in (9, 10, 11):
        area = "02" if digits.startswith("02") else digits[:3]
        return f"{area}-{HIDDEN}-{digits[-4:]}"
    return f"{HIDDEN}-{digits[-4:]}"


def mask_email(value: Any) -> str:
    """'kim@shop.com' → 'k***@shop.com'; of a name of one or two letters none stays."""
    name, sign, host = str(value).partition("@")
    if not sign:
        return HIDDEN
    return (name[0] if len(name) > 2 else "") + f"***@{host.split('@')[-1]}"


def mask_birthday(value: Any) -> str:
    """1990-05-17 → '1990-**-**'."""
    return f"{str(value)[:4]}-**-**"


def mask_text(value: Any) -> Any:
    """A text without the e-mail addresses and mobile numbers in it; anything else as it is."""
    if not isinstance(value, str):
        return value
    if "@" in value or "%40" in value:
        value = _EMAIL.sub("***@***", value)
    return _PHONE.sub(lambda found: mask_phone(found[0]), value)


#: Name of a mask → what it does to a value that is there.
MASKS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"phone": mask_phone, "email": mask_email, "birthday": mask_birthday, "text": mask_text}
)
