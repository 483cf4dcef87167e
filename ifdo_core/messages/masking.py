"""Names and numbers as lists show them: enough to recognise, not enough to misuse."""

from __future__ import annotations


def masked_name(name: str | None) -> str:
    """'김*나', '김*', 'A***'; '' for nobody."""
    if not name:
        return ""
    if len(name) <= 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_phone(phone: str | None) -> str:
    """'010-****-1234'."""
    digits = "".join(char for char in phone or "" if char.isdigit())
    return f"{digits[:3]}-****-{digits[-4:]}" if len(digits) >= 8 else "*" * len(digits)
