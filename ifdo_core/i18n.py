"""Languages: msgids are Korean, ``locale/en`` holds the English (gettext).

``using(language)`` sets the language of the current context (thread or task); the default is Korean.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("ko", "en")
LOCALE_DIR = Path(__file__).resolve().parent.parent / "locale"

_language: ContextVar[str] = ContextVar("ifdo_language", default="ko")


def current_language() -> str:
    return _language.get()


def set_language(language: str) -> None:
    _language.set(language if language in LANGUAGES else "ko")


@contextmanager
def using(language: str) -> Generator[None]:
    token = _language.set(language if language in LANGUAGES else "ko")
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("ifdo", localedir=LOCALE_DIR, languages=[language], fallback=True)


def translate(text: str, language: str | None = None) -> str:
    """``text`` (a Korean msgid) in ``language``; the msgid itself where no translation is known."""
    chosen = language or _language.get()
    if chosen == "ko" or not text:
        return text
    return _catalogue(chosen).gettext(text)


_PARTICLES = {
    "을/를": ("을", "를"),
    "이/가": ("이", "가"),
    "은/는": ("은", "는"),
    "과/와": ("과", "와"),
    "으로/로": ("으로", "로"),
}
_IN_PARENTHESES = re.compile(r"\s*\([^()]*\)$")
_DIGITS_WITH_FINAL = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}


def _final_sound(word: str) -> str:
    """The final consonant of the last syllable ('' when it ends in a vowel or cannot be told).

    What stands in parentheses at the end is not read: '동의(마수동)' ends as '동의' does.
    """
    word = _IN_PARENTHESES.sub("", word) or word
    for char in reversed(word):
        if char == "%":  # 퍼센트
            return ""
        if "가" <= char <= "힣":
            index = (ord(char) - 0xAC00) % 28
            return "" if index == 0 else ("ㄹ" if index == 8 else "ㅇ")
        if char.isdigit():
            return _DIGITS_WITH_FINAL.get(char, "")
        if char.isascii() and char.isalpha():
            return _latin_final(re.findall(r"[A-Za-z]+", word)[-1])
    return ""


def _latin_final(word: str) -> str:
    """As Koreans read it: capitals letter by letter (URL 유알엘), a word by its sound (naver 네이버, line 라인)."""
    if word.isupper():
        return "ㄹ" if word[-1] in "LR" else ("ㅇ" if word[-1] in "MN" else "")
    if re.search(r"le?$", word):
        return "ㄹ"
    return "ㅇ" if re.search(r"([mn]|ng|[aeiou][mn]e|[aeiou](?:[bckt]|pp?))$", word) else ""


def josa(word: str, particle: str) -> str:
    """``word`` with the right particle: ``josa('세그먼트', '을/를')`` is '세그먼트를'."""
    with_final, without = _PARTICLES[particle]
    final = _final_sound(word)
    if particle == "으로/로":
        return word + (without if final in ("", "ㄹ") else with_final)
    return word + (with_final if final else without)


#: A word with both forms of its particle, as msgids have them where the word is filled in.
_WRITTEN = {"이(가)": "이/가", "을(를)": "을/를", "은(는)": "은/는", "와(과)": "과/와", "(으)로": "으로/로"}
_UNDECIDED = re.compile("(\\S+?)(" + "|".join(re.escape(written) for written in _WRITTEN) + ")")


def with_particles(sentence: str) -> str:
    """Each particle in the form that the word before it asks for: '니트이(가)' becomes '니트가'."""
    return _UNDECIDED.sub(lambda found: josa(found[1], _WRITTEN[found[2]]), sentence)
