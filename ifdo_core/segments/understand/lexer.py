"""A sentence as tokens: phrases the lexicon knows, numbers, periods, quotes, negations, links, and what is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ifdo_core.segments.understand.lexicon import LONGEST, Lexicon, Meaning, fold
from ifdo_core.segments.understand.numbers import Day, Number, Period, read_day, read_number, read_period

TokenKind = Literal["phrase", "number", "period", "day", "quote", "not", "known", "and", "or", "how", "aside", "word"]


@dataclass(frozen=True)
class Token:
    """A piece of the text from ``start`` to ``end``. ``given``: what stands in it, by kind."""

    kind: TokenKind
    start: int
    end: int
    text: str
    meanings: tuple[Meaning, ...] = ()
    given: Number | Period | Day | str | None = None
    weak: bool = False  # an everyday word, which is a value only where its condition is named


_QUOTE = re.compile(r"[‘“\"'「]([^’”\"'」]{1,200})[’”\"'」]")
_ASIDE = re.compile(r"\(([^()]*:[^()]*)\)")
_OR = re.compile(r"(?:또는|혹은|이거나|거나|아니면|or(?![a-z])|\|)\s*", re.IGNORECASE)
_AND = re.compile(r"(?:그리고|이면서|면서|but(?![a-z])|and(?![a-z])|,(?!\d{3})|[;+&/])\s*", re.IGNORECASE)
_NOT = re.compile(
    r"(?:하?지\s*)?(?:않[가-힣]*|못[한하했]?[가-힣]*|없[가-힣]*|아닌|아니[가-힣]*|아님|제외[가-힣]*|빼고|말고|빼[^가-힣]|비어[가-힣]*(?:\s*있[가-힣]*)?|빈(?=\s)|안(?=\s|샀|사[는고면]|구매)"
    r"|(?:does\s+not\s+apply|not|no|never|without|except(?:\s+for)?|excluding|nothing|didn'?t|don'?t|haven'?t|hasn'?t|doesn'?t"
    r"|neither|none\s+of)(?![a-z]))", re.IGNORECASE)  # fmt: skip
_KNOWN = re.compile(r"값(?:이)?\s*(있[가-힣]*|없[가-힣]*)|is\s+(known|unknown)(?![a-z])", re.IGNORECASE)
_HOW = re.compile(
    r"(포함|들어[가간]|시작|끝[나남]|정규식|contains?|containing|starts?\s+with|ends?\s+with|matches\s+regex)[가-힣]*",
    re.IGNORECASE,
)
#: Particles and endings that follow a word, and whether they link it to the next one.
_PARTICLE = re.compile(
    r"(이나|나(?=\s)|이거나|거나)|(하고|이고|고(?=[\s,])|와(?=\s)|과(?=\s)|이며|며(?=\s)|인데|는데|지만|으면서|면서)|"
    r"(?:에서부터|에서|에게서|으로부터|으로|로(?=\s|$)|에게|까지|부터|이|가(?=\s|$)|을|를|은|는|의|에|도|만|인|들|님)+(?=[\s,.~)’”]|$|[가-힣])"
)
#: Words that carry nothing of their own.
_FILLER = re.compile(
    r"(?:사람|손님|고객|방문자|유저|사용자|분들|분|것|적(?:이|도)?|있[는은었고음]?[가-힣]*|이력|경험|한(?=\s|$)|하는|하고|했[가-힣]*|된|되[는고]|중(?:에)?|어느|"
    r"유입(?:한|된)?|모두|경우[가-힣]*|해당[가-힣]*|들어온|찾아온|"
    r"상품(?:을|이)?(?=\s)|후(?=\s)|간(?=\s)|갔[가-힣]*|사는(?=\s)|신청[가-힣]*|알림|넘[가-힣]*|값|여부|그런|이런|보여\s*줘|찾아\s*줘|알려\s*줘|"
    r"(?:visits?|visitors?|where|who|people|customers?|users?|shoppers?|have|has|had|"
    r"with|that|which|are|is|was|were|the|an?|in|on|of|from|by|at|to|for|"
    r"their|them|they|any|all|some|ones?|one|show|me|find|applies|it|been|did|do|only)(?![a-z]))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s,;()‘’“”\"'~]+")
_ENDING = re.compile(r"(?<=\w{2})(?:에서|으로|이나|이|가|인|을|를|은|는)$")
_SHORT = 4  # letters
_NEVER_ONCE = re.compile(r"한\s*번도|ever(?![a-z])")
_ONE_THAT = re.compile(r"one\s+(?:that|who|of)(?![a-z])", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣]")


def tokens(text: str, words: Lexicon) -> list[Token]:
    """The tokens of ``text`` from left to right; what stands between them carries nothing."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        read = _read(text, at, words, found)
        if read is None:
            at += 1
            continue
        token, at = read
        if token is not None:
            found.append(token)
        if token is not None and token.kind in ("phrase", "quote", "number", "period", "day", "aside"):
            at = _particle(text, at, found)
    return found


def _read(text: str, at: int, words: Lexicon, before: list[Token]) -> tuple[Token | None, int] | None:
    """The token at ``at`` and where the next one may begin; a filler gives no token."""
    if found := _QUOTE.match(text, at):
        named = _name_in_quotes(found, words)
        if named is not None:
            return named, found.end()
        return Token("quote", at, found.end(), found[0], given=found[1]), found.end()
    if (found := _ASIDE.match(text, at)) and before and before[-1].kind == "phrase":
        return Token("aside", at, found.end(), found[0], given=found[1]), found.end()
    phrase = _phrase(text, at, words)
    if phrase is not None and not text[at : phrase.end].isdigit():
        return phrase, phrase.end
    if found := _NEVER_ONCE.match(text, at):
        return None, found.end()
    if found := _ONE_THAT.match(text, at):
        return None, found.end()
    if day := read_day(text, at):
        return Token("day", at, day[1], text[at : day[1]], given=day[0]), day[1]
    if period := read_period(text, at):
        return Token("period", at, period[1], text[at : period[1]], given=period[0]), period[1]
    if number := read_number(text, at):
        return Token("number", at, number[1], text[at : number[1]], given=number[0]), number[1]
    for kind, pattern in (("or", _OR), ("and", _AND), ("known", _KNOWN), ("not", _NOT), ("how", _HOW)):
        if found := pattern.match(text, at):
            said = (found[1] or found[2]) if kind == "known" else found[1] if kind == "how" else None
            return Token(kind, at, found.end(), found[0], given=said), max(found.end(), at + 1)  # type: ignore[arg-type]
    if found := _FILLER.match(text, at):
        return None, found.end()
    if found := _WORD.match(text, at):
        within = next((at + n for n in range(1, len(found[0])) if _begins(text, at + n, words)), None)
        if within is not None:
            return Token("word", at, within, text[at:within]), within
        word = _ENDING.sub("", found[0].rstrip(".!?"))
        return (Token("word", at, found.end(), word) if re.search(r"\w", word) else None), found.end()
    return None


def _phrase(text: str, at: int, words: Lexicon) -> Token | None:
    """The longest phrase of the lexicon at ``at``; spaces inside do not matter."""
    if at and text[at].isascii() and text[at].isalnum() and text[at - 1].isascii() and text[at - 1].isalnum():
        return None
    folded = ""
    ends: list[int] = []
    place = at
    while place < len(text) and len(folded) < LONGEST:
        char = text[place].lower()
        if not re.match(r"[\s·/’'‘\-_.,:&]", char):
            folded += char
            ends.append(place + 1)
        elif not folded or (char in ".:" and text[place + 1 : place + 2].isspace() and "(" not in folded):
            break
        place += 1
    for length in range(len(folded), 0, -1):
        meanings = words.phrases.get(folded[:length])
        if meanings and _whole(text, ends[length - 1], folded[:length]):
            end = ends[length - 1]
            if length <= _SHORT and folded[:length].isascii() and " " in text[at:end]:
                continue  # '30 s' is no '30s'
            weak = folded[:length] in words.ambiguous and not _spoken_of(text, end)
            return Token("phrase", at, end, text[at:end], meanings, weak=weak)
    return None


def _begins(text: str, at: int, words: Lexicon) -> bool:
    """Whether a phrase of two letters or more begins inside a word: '유입30대여성'."""
    token = _phrase(text, at, words) if _HANGUL.match(text[at]) or text[at].isdigit() else None
    return token is not None and token.end - token.start > 1 and not token.text.isdigit()


def _name_in_quotes(quote: re.Match[str], words: Lexicon) -> Token | None:
    """'‘재방문’에 해당': the name of a condition in quotes."""
    meanings = words.phrases.get(fold(quote[1]), ())
    named = tuple(meaning for meaning in meanings if meaning.kind == "condition" and not meaning.value)
    return Token("phrase", quote.start(), quote.end(), quote[0], named) if named else None


def _whole(text: str, end: int, phrase: str) -> bool:
    """Whether a phrase may end here: a Latin word ends at its last letter, a single syllable before a particle."""
    after = text[end : end + 1]
    if phrase[-1].isascii():
        return not (after.isascii() and after.isalnum()) or not after
    if len(phrase) > 1 or not _HANGUL.match(after):
        return True
    return bool(re.match(r"(?:을|를|이|은|는|의|로|에|과|와|한|하)(?![가-힣]{2})", text[end:]))


def _spoken_of(text: str, end: int) -> bool:
    return bool(re.match(r"\s*(?:에서|으?로\s|검색|유입|search|을\s*통)", text[end:]))


def _particle(text: str, at: int, found: list[Token]) -> int:
    """Past the particle after a word; one that links becomes a token."""
    match = _PARTICLE.match(text, at)
    if match is None or match.end() == at:
        return at
    if match[1] or match[2]:
        found.append(Token("or" if match[1] else "and", at, match.end(), match[0]))
    return match.end()
