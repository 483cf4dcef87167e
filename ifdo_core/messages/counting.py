"""Lengths as Kakao counts them: UTF-16 units, so that an emoji is two; a line end is one, however it was typed."""

from __future__ import annotations


def tidy(text: str) -> str:
    """Line ends as one ``\\n``, as they are counted and sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def length(text: str) -> int:
    """Characters of ``text`` as Kakao counts them."""
    tidied = tidy(text)
    return len(tidied) + sum(char > "\uffff" for char in tidied)


def breaks(text: str) -> int:
    """Line ends in ``text``."""
    return tidy(text).count("\n")


def cut(text: str, limit: int) -> str:
    """The longest beginning of ``text`` that is not longer than ``limit``; no character is cut in half."""
    tidied = tidy(text)
    used = 0
    for place, char in enumerate(tidied):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return tidied[:place]
    return tidied
