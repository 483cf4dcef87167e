"""Regular expressions that mean the same on every engine.

The engines read three dialects (RE2 on DuckDB and ClickHouse, ARE on PostgreSQL) and Python a fourth.
A segment may use what all four share: literals, ``.``, ``^ $``, classes, ``( )``, ``(?: )``, ``|``,
``* + ? {n,m}`` greedy or lazy, ``\\d \\w \\s`` and their opposites, and ``(?i)`` at the start.
"""

from __future__ import annotations

import re

MAX_PATTERN = 500
#: PostgreSQL's bound for one repeat; RE2 refuses nested repeats whose product is over 1,000.
MAX_REPEAT = 255
MAX_REPEAT_PRODUCT = 1000

_ESCAPES = frozenset("dDwWsSnrt")
_BOUND = re.compile(r"\{(\d{1,9})(,?)(\d{0,9})\}")
#: '{' before a digit or a comma that is no bound: a literal to some, an error to others.
_LOOSE_BRACE = re.compile(r"\{[\d,]")
#: A group or an alternative with nothing in it: engines disagree on it, and nobody means it.
_EMPTY_BRANCH = re.compile(r"\((?:\?:)?[|)]|\|(?:[|)]|\Z)")
_SET_OPERATORS = ("--", "&&", "~~", "||")


class PatternError(ValueError):
    """Why a pattern is refused: ``code`` is 'invalid' or 'unsupported'; ``part`` the offending piece."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(part)
        self.code = code
        self.part = part


def check_pattern(pattern: str) -> None:
    """Raises ``PatternError`` unless ``pattern`` compiles and keeps to the shared part of the dialects."""
    _refuse_dialects(pattern)
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError("invalid", str(error)) from error


def _refuse_dialects(pattern: str) -> None:
    at = start = 4 if pattern.startswith("(?i)") else 0
    product = 1
    while at < len(pattern):
        char = pattern[at]
        if _EMPTY_BRANCH.match(pattern, at) or (at == start and char == "|"):
            raise PatternError("unsupported", pattern[at : at + 4])
        if char == "\\":
            at = _after_escape(pattern, at)
        elif char == "[":
            at = _after_class(pattern, at)
        elif char == "(" and pattern.startswith("(?", at):
            if not pattern.startswith("(?:", at):
                raise PatternError("unsupported", pattern[at : at + 4])
            at += 3
        elif char in "*+?{":
            at, most = _after_repeat(pattern, at)
            product *= max(most, 1)
            if product > MAX_REPEAT_PRODUCT:
                raise PatternError("unsupported", pattern[at - 8 if at > 8 else 0 : at])
        else:
            at += 1


def _after_escape(pattern: str, at: int) -> int:
    following = pattern[at + 1 : at + 2]
    if not following:
        raise PatternError("invalid", "\\")
    plain = following.isascii() and not following.isalnum() and following != "_"
    if not plain and following not in _ESCAPES:
        raise PatternError("unsupported", "\\" + following)
    return at + 2


def _after_class(pattern: str, at: int) -> int:
    start = at
    at += 2 if pattern.startswith("[^", at) else 1
    first = at
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and at > first:
            return at + 1
        if char == "[" or pattern[at : at + 2] in _SET_OPERATORS or (char == "]" and at == first):
            raise PatternError("unsupported", pattern[start : at + 2])
        at = _after_escape(pattern, at) if char == "\\" else at + 1
    raise PatternError("invalid", pattern[start : start + 8])


def _after_repeat(pattern: str, at: int) -> tuple[int, int]:
    """The place after the quantifier at ``at`` and the most it repeats (1 for open ones and literals)."""
    most = 1
    end = at + 1
    if pattern[at] == "{":
        bound = _BOUND.match(pattern, at)
        if bound is None:
            if _LOOSE_BRACE.match(pattern, at):
                raise PatternError("unsupported", pattern[at : at + 4])
            return end, 1
        most = max(int(bound[1]), int(bound[3] or 0))
        end = bound.end()
        if most > MAX_REPEAT:
            raise PatternError("unsupported", bound[0])
    if pattern[end : end + 1] == "+":
        raise PatternError("unsupported", pattern[at : end + 1])
    return end + (pattern[end : end + 1] == "?"), most
