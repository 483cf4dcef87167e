"""Search over the catalogue: Korean, English, initial consonants, half-typed syllables, wordings of values.

'ㅈㅂㄱㄴ' finds 장바구니, 'cart' finds it too, and '인스타' finds the condition SNS with its value 인스타그램.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ifdo_core.catalogue import CONDITIONS, category_of
from ifdo_core.catalogue.entry import Condition

_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_FINALS, _VOWELS = 28, 21
_INITIALS = tuple(map(chr, (0x3131, 0x3132, 0x3134, 0x3137, 0x3138, 0x3139, 0x3141, 0x3142, 0x3143, 0x3145,
                            0x3146, 0x3147, 0x3148, 0x3149, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E)))  # fmt: skip
#: Final consonant → the initial it becomes when the next vowel is typed; 0 where it cannot.
_FINAL_AS_INITIAL = (
    0, 0x3131, 0x3132, 0, 0x3134, 0, 0, 0x3137, 0x3139, 0, 0, 0, 0, 0, 0, 0,
    0x3141, 0x3142, 0, 0x3145, 0x3146, 0x3147, 0x3148, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E,
)  # fmt: skip

#: Where a word was found → what that is worth.
_LABEL, _VALUE, _CATEGORY, _ID, _NOTE = 100, 70, 40, 30, 10


@dataclass(frozen=True)
class Hit:
    """A condition that was found; ``value``: the id of the value whose wording matched, else None."""

    condition: Condition
    value: str | None = None


@dataclass(frozen=True)
class _Field:
    texts: tuple[str, ...]
    worth: int
    value: str | None = None


def search(query: str, limit: int = 30) -> list[Hit]:
    """The best ``limit`` conditions in which every word of ``query`` is found; none for an empty query."""
    words = tuple(fold(word) for word in query.split())
    words = tuple(word for word in words if word)
    if not words:
        return []
    found: list[tuple[int, Hit]] = []
    for condition in CONDITIONS.values():
        best = [_best(word, condition.id) for word in words]
        if all(worth for worth, _ in best):
            value = next((value for _, value in best if value), None)
            found.append((sum(worth for worth, _ in best), Hit(condition, value)))
    found.sort(key=lambda pair: -pair[0])  # stable: equals stay in the order of the catalogue
    return [hit for _, hit in found[:limit]]


def _best(word: str, condition_id: str) -> tuple[int, str | None]:
    best, value = 0, None
    for field in _fields(condition_id):
        worth = max((_worth(word, text, field.worth) for text in field.texts), default=0)
        if worth > best:
            best, value = worth, field.value
    return best, value


def _worth(word: str, text: str, worth: int) -> int:
    at = find(word, text) if worth > _NOTE else text.find(word)
    if at < 0:
        return 0
    return worth + (20 if at == 0 else 0) + (10 if len(word) == len(text) else 0)


@cache
def _fields(condition_id: str) -> tuple[_Field, ...]:
    condition = CONDITIONS[condition_id]
    category = category_of(condition)
    return (
        _Field((fold(condition.ko), fold(condition.en)), _LABEL),
        *(_Field((fold(ko), fold(en)), _VALUE, value) for value, (ko, en) in condition.values.items()),
        _Field((fold(category.ko), fold(category.en)), _CATEGORY),
        _Field((fold(condition.id),), _ID),
        _Field((fold(condition.note_ko), fold(condition.note_en)), _NOTE),
    )


def fold(text: str) -> str:
    """Lower case, letters and digits only: spaces and signs are typed in many ways."""
    return "".join(char for char in text.lower() if char.isalnum())


def find(word: str, text: str) -> int:
    """Where ``word`` first stands in ``text`` (both folded), -1 when nowhere.

    A lone consonant stands for any syllable that begins with it; the last syllable may be half typed.
    """
    if word in text:
        return text.index(word)
    if word.isascii():
        return -1
    if all(sign in _INITIALS for sign in word):
        return initials(text).find(word)
    first = _initial(word[0]) or word[0]
    if first not in initials(text):
        return -1
    for start in range(len(text) - len(word) + 1):
        if all(_same(sign, text[start + place]) for place, sign in enumerate(word[:-1])) and _begins(
            word[-1], text, start + len(word) - 1
        ):
            return start
    return -1


@cache
def initials(text: str) -> str:
    """The initial consonants: '장바구니' is 'ㅈㅂㄱㄴ'."""
    return "".join(_initial(char) or char for char in fold(text))


def _parts(syllable: str) -> tuple[int, int, int] | None:
    code = ord(syllable)
    if not _FIRST_SYLLABLE <= code <= _LAST_SYLLABLE:
        return None
    code -= _FIRST_SYLLABLE
    return code // (_VOWELS * _FINALS), code // _FINALS % _VOWELS, code % _FINALS


def _initial(char: str) -> str | None:
    parts = _parts(char)
    return _INITIALS[parts[0]] if parts else None


def _same(sign: str, char: str) -> bool:
    return sign == char or sign == _initial(char)


def _begins(sign: str, text: str, at: int) -> bool:
    """Whether ``text`` at ``at`` can still become of ``sign``, the syllable being typed."""
    if _same(sign, text[at]):
        return True
    typed, there = _parts(sign), _parts(text[at])
    if not typed or not there or typed[:2] != there[:2]:
        return False
    if typed[2] == 0:  # '자' on the way to '장'
        return True
    following = _initial(text[at + 1]) if at + 1 < len(text) else None
    moves = _FINAL_AS_INITIAL[typed[2]]  # '박' on the way to '바구'
    return there[2] == 0 and moves != 0 and following == chr(moves)
