"""From tokens to parts: which number, period, value and negation belongs to which word, and how parts are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Scalar
from ifdo_core.segments.understand.lexer import Token, tokens
from ifdo_core.segments.understand.lexicon import WITH_PERIOD, Lexicon, Meaning, lexicon
from ifdo_core.segments.understand.meaning import Said, readings
from ifdo_core.segments.understand.numbers import Day, Number, Period
from ifdo_core.segments.understand.result import Part, Understood

#: Longer texts are cut: nobody types more into a search box.
MAX_TEXT = 2_000
MAX_CANDIDATES = 4


def understand(text: str, words: Lexicon | None = None) -> Understood:
    """The conditions that ``text`` speaks of, in its order. Never fails: what is not understood is listed."""
    chosen = words or lexicon()
    kept = text[:MAX_TEXT]
    found = tokens(kept, chosen)
    parts: list[Part] = []
    unknown: list[str] = []
    joined_by_or = False
    for clause, link in _clauses(found):
        said, left = _said(clause, chosen)
        joined_by_or = link == "or"
        for one in said:
            leaves = readings(one, chosen)
            piece = kept[one.start : one.end].strip()
            if not leaves:
                if not _silent(one, chosen):
                    unknown.append(piece)
                continue
            part = Part(piece, tuple(leaves[:MAX_CANDIDATES]), joined_by_or and bool(parts))
            joined_by_or = False
            parts = _add(parts, part, one)
        unknown += left
    parts = _without_echoes(parts)
    return Understood(kept, tuple(parts), tuple(dict.fromkeys(unknown)), window=_window(found, parts))


def tree(parts: Sequence[Part]) -> Node | None:
    """Parts joined by 'or' make a group of their own; the groups must all hold."""
    groups: list[list[Leaf]] = []
    for part in parts:
        if part.is_or and groups:
            groups[-1].append(part.leaf)
        else:
            groups.append([part.leaf])
    nodes: list[Node] = [leaves[0] if len(leaves) == 1 else AnyOf(tuple(leaves)) for leaves in groups]
    if not nodes:
        return None
    return nodes[0] if len(nodes) == 1 else AllOf(tuple(nodes))


def _without_echoes(parts: list[Part]) -> list[Part]:
    """'여성 회원' asks for women, who are members anyway; '네이버에서 검색해서' for Naver, which is known."""
    about_member = any(part.leaf.condition.startswith("member.") and not _echo(part) for part in parts)
    known = {part.leaf.condition for part in parts if part.leaf.op in ("in", "any_of")}
    return [
        part
        for part in parts
        if part.is_or
        or not ((_echo(part) and about_member) or (part.leaf.op == "is_known" and part.leaf.condition in known))
    ]


def _echo(part: Part) -> bool:
    return part.leaf == Leaf("member.is_member", "is_true")


def _add(parts: list[Part], part: Part, said: Said) -> list[Part]:
    """A second value of the same condition joins the first: nobody means a visit from two networks at once."""
    if parts and not said.number:
        last, leaf = parts[-1].leaf, part.leaf
        same = (last.condition, last.op, last.params) == (leaf.condition, leaf.op, leaf.params)
        if same and leaf.op in ("in", "not_in", "any_of", "none_of"):
            assert isinstance(last.value, tuple)
            assert isinstance(leaf.value, tuple)
            both = replace(leaf, value=tuple(dict.fromkeys((*last.value, *leaf.value))))
            return [*parts[:-1], Part(f"{parts[-1].text}, {part.text}", (both,), parts[-1].is_or)]
    return [*parts, part]


def _clauses(found: Sequence[Token]) -> list[tuple[list[Token], str]]:
    """Tokens between links, with the link before them."""
    clauses: list[tuple[list[Token], str]] = [([], "")]
    for token in found:
        if token.kind in ("and", "or"):
            clauses.append(([], token.kind))
        else:
            clauses[-1][0].append(token)
    kept: list[tuple[list[Token], str]] = []
    pending = ""
    for clause, link in clauses:
        link = "or" if "or" in (link, pending) else link
        if clause:
            kept.append((clause, link))
            pending = ""
        else:
            pending = link
    return _lists(kept)


def _lists(clauses: list[tuple[list[Token], str]]) -> list[tuple[list[Token], str]]:
    """'SNS 인스타그램 또는 페이스북 아님': a clause that begins with a value belongs to the one before that named its
    condition, with what follows."""
    merged: list[tuple[list[Token], str]] = []
    for clause, link in clauses:
        if merged and _is_more(merged[-1][0], clause):
            merged[-1][0].extend(clause)
        else:
            merged.append((clause, link))
    return merged


def _is_more(before: list[Token], clause: list[Token]) -> bool:
    first, last = clause[0], before[-1]
    if first.kind in ("quote", "day", "word") and first.kind == last.kind:
        return True
    if first.kind == "word" and len(before) > 1 and last.kind == "phrase":
        return any(_is_free(meaning) for token in before[:-1] for meaning in token.meanings)
    if first.kind != "phrase":
        return False
    values = {meaning.id for meaning in first.meanings if meaning.kind == "value"}
    named = {meaning.id for token in before for meaning in token.meanings if meaning.kind == "condition"}
    return bool(values & named) and not any(token.kind == "not" for token in before)


def _is_free(meaning: Meaning) -> bool:
    """The name of a condition whose values the catalogue does not list: 'VIP 또는 GOLD' are both of the grade."""
    if meaning.kind != "condition":
        return False
    entry = CONDITIONS[meaning.id]
    return entry.type in ("category", "id", "set") and not entry.values


# --- what belongs to what ---------------------------------------------------------------------


def _said(clause: Sequence[Token], words: Lexicon) -> tuple[list[Said], list[str]]:
    """The things a clause speaks of, and words nobody took."""
    clause = list(clause)
    heads: list[Said] = []
    place: list[int] = []  # of each head among the tokens
    for at, token in enumerate(clause):
        if token.kind != "phrase":
            continue
        if heads and _takes_value(heads[-1], token, words):
            _give_value(heads[-1], token)
            continue
        grades = [meaning for meaning in token.meanings if (meaning.kind, meaning.id) == ("thing", "grade")]
        if grades:
            heads.append(Said(token.start, token.end, things=grades))
            place.append(at)
            continue
        if all(meaning.kind == "thing" for meaning in token.meanings):
            continue
        meanings = _by_preference(token, words)
        if heads and _same_topic(heads[-1], meanings):
            heads[-1].end = token.end  # '장바구니에 담은'
        elif meanings:
            heads.append(Said(token.start, token.end, meanings))
            place.append(at)
        elif not token.weak:  # a value of something that was not named is a word like any other
            clause[at] = replace(token, kind="word", meanings=())
    things = [(at, token) for at, token in enumerate(clause) if _thing(token)]
    if not heads and things:
        heads.append(Said(things[0][1].start, things[0][1].end))
        place.append(things[0][0])
    left: list[str] = []
    for at, token in enumerate(clause):
        _give(heads, place, at, token, left, words)
    return heads, left


def _same_topic(said: Said, meanings: tuple[Meaning, ...]) -> bool:
    """Whether both words are of one topic and nothing else."""
    names = {(meaning.kind, meaning.id) for meaning in said.meanings}
    return bool(meanings) and all(
        meaning.kind == "topic" and (meaning.kind, meaning.id) in names for meaning in meanings
    )


def _by_preference(token: Token, words: Lexicon) -> tuple[Meaning, ...]:
    """Names first; values of conditions that must be named are left out."""
    return tuple(
        meaning
        for meaning in token.meanings
        if meaning.kind != "thing" and not (meaning.kind == "value" and (token.weak or _needs_name(meaning.id, words)))
    )


def _needs_name(condition_id: str, words: Lexicon) -> bool:
    return condition_id in words.need_name or CONDITIONS[condition_id].kind == "live"


def _takes_value(said: Said, token: Token, words: Lexicon) -> bool:
    """Whether the token is a value of the condition just named, or a further value of the same condition."""
    values = {meaning.id for meaning in token.meanings if meaning.kind == "value"}
    named = {meaning.id for meaning in said.meanings if meaning.kind in ("condition", "value")}
    if any(meaning.kind == "value" for meaning in said.meanings):
        named = {meaning.id for meaning in said.meanings[:1]}
    return bool(values & named)


def _give_value(said: Said, token: Token) -> None:
    said.values.append(token.meanings)
    said.end = token.end
    named = {meaning.id for meaning in token.meanings if meaning.kind == "value"}
    # of several conditions of that name the one that has the value is meant
    said.meanings = (
        *(meaning for meaning in said.meanings if meaning.id in named),
        *(meaning for meaning in said.meanings if meaning.id not in named),
    )


def _thing(token: Token) -> bool:
    return token.kind == "phrase" and any(meaning.kind == "thing" for meaning in token.meanings)


def _give(heads: list[Said], place: list[int], at: int, token: Token, left: list[str], words: Lexicon) -> None:
    """Hands a token to the head it belongs to."""
    before = max((n for n, p in enumerate(place) if p < at), default=None)
    after = min((n for n, p in enumerate(place) if p > at), default=None)
    given = token.given
    if isinstance(given, Number) and before is not None and (both := _between(heads[before].number, given)):
        _set(heads, before, "number", both, token, left)
    elif isinstance(given, Number):
        choice = [n for n in (before, after) if n is not None and heads[n].number is None]
        fits = [n for n in choice if _counts(replace(heads[n], number=given), words)]
        _set(heads, (fits or [None])[0], "number", given, token, left)
    elif isinstance(given, Period):
        order = (before, after) if before is not None and _is_date(heads[before]) else (after, before)
        choice = [n for n in order if n is not None and heads[n].period is None]
        fits = [n for n in choice if _hears(heads[n], given, words)]
        if fits:
            _set(heads, fits[0], "period", given, token, left)
    elif isinstance(given, Day):
        nearest = before if before is not None else after
        if nearest is None:
            left.append(token.text)
        else:
            heads[nearest].days.append(given)
            heads[nearest].end = max(heads[nearest].end, token.end)
    elif token.kind == "not":
        _deny(heads, before, after, token)
    elif token.kind == "known" and before is not None:
        heads[before].known = bool(given) and str(given).lower()[:1] in ("있", "k")
        heads[before].end = token.end
    elif token.kind in ("quote", "word", "how", "aside"):
        _give_text(heads, before, after, token, left)
    elif token.kind == "phrase" and at not in place and _thing(token):
        nearest = after if after is not None else before
        if nearest is not None:
            heads[nearest].things += [meaning for meaning in token.meanings if meaning.kind == "thing"]
            heads[nearest].start = min(heads[nearest].start, token.start)
    elif token.kind == "phrase" and _thing(token) and not heads[place.index(at)].meanings:
        heads[place.index(at)].things += [meaning for meaning in token.meanings if meaning.kind == "thing"]


def _counts(said: Said, words: Lexicon) -> bool:
    """Whether a reading holds a number: a member is nothing that one is twice."""
    for leaf in readings(said, words):
        own = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        if any(_is_number(value) for value in (*own, *(value for _, value in leaf.params))):
            return True
    return False


def _is_number(value: Scalar | None) -> bool:
    """Some conditions keep their numbers as words: months, hours."""
    if isinstance(value, str):
        return value[:1].isdecimal()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _set(heads: list[Said], chosen: int | None, name: str, given: object, token: Token, left: list[str]) -> None:
    if chosen is None:
        left.append(token.text)
        return
    setattr(heads[chosen], name, given)
    heads[chosen].start = min(heads[chosen].start, token.start)
    heads[chosen].end = max(heads[chosen].end, token.end)


def _between(low: Number | None, high: Number) -> Number | None:
    """'3만원 이상 5만원 미만' as one range; ends that are not meant are moved by one."""
    if low is None or low.op not in ("gte", "gt") or high.op not in ("lte", "lt") or low.unit != high.unit:
        return None
    start, end = low.low + (low.op == "gt"), high.high - (high.op == "lt")
    return Number("between", start, end, low.unit) if start <= end else None


def _is_date(said: Said) -> bool:
    return any(meaning.kind == "condition" and CONDITIONS[meaning.id].type == "date" for meaning in said.meanings)


def _hears(said: Said, period: Period, words: Lexicon) -> bool:
    """Whether a period changes what is meant."""
    for meaning in said.meanings:
        if meaning.kind == "topic":
            if any(slot.startswith("period") for slot in words.topics[meaning.id]):
                # a cart of an amount has no period of its own
                return said.number is None or f"period_{said.number.unit}" in words.topics[meaning.id]
            if any(slot in ("category", "brand", "product") for slot in words.topics[meaning.id]) and said.things:
                return True
        if meaning.kind == "condition":
            entry = CONDITIONS[meaning.id]
            if entry.type == "date" or any(spec.type == "days" for spec in entry.params):
                return True
    return bool(said.things) and not said.meanings


def _deny(heads: list[Said], before: int | None, after: int | None, token: Token) -> None:
    """Korean denies what was said before, but for '안'; English what follows, but for 'does not apply'."""
    text = token.text.strip().lower()
    forward = text == "안" or (text.isascii() and "apply" not in text)
    chosen = after if forward and after is not None else before if before is not None else after
    if chosen is not None:
        heads[chosen].denied = True
        heads[chosen].start = min(heads[chosen].start, token.start)
        heads[chosen].end = max(heads[chosen].end, token.end)


def _give_text(heads: list[Said], before: int | None, after: int | None, token: Token, left: list[str]) -> None:
    nearest = before if before is not None else after
    if token.kind == "word" and after is not None and (before is None or not _wants_text(heads[before])):
        nearest = after
    if nearest is None or (token.kind == "word" and not _wants_text(heads[nearest])):
        if token.kind in ("word", "quote"):
            left.append(token.text)
        return
    head = heads[nearest]
    if token.kind == "quote":
        head.texts.append(str(token.given))
    elif token.kind == "word":
        head.words.append(token.text)
    elif token.kind == "how":
        head.how = token.text
    else:
        head.aside = str(token.given)
    head.start, head.end = min(head.start, token.start), max(head.end, token.end)


def _wants_text(said: Said) -> bool:
    """Whether a bare word may be a value of it."""
    for meaning in said.meanings:
        if meaning.kind == "topic":
            return meaning.id in ("searched", "campaign", "landing")
        if meaning.kind == "condition":
            entry = CONDITIONS[meaning.id]
            free = entry.type in ("string", "text_set") or (
                entry.type in ("category", "id", "set") and not entry.values
            )
            if free or any(spec.type in ("text", "glob", "product", "category", "brand") for spec in entry.params):
                return True
    return False


def _silent(said: Said, words: Lexicon) -> bool:
    """A word like 'visits' that says nothing by itself is no failure."""
    return said.number is None and all(
        meaning.value == WITH_PERIOD or (meaning.kind == "topic" and "alone" not in words.topics[meaning.id])
        for meaning in said.meanings
    )


def _window(found: Sequence[Token], parts: Sequence[Part]) -> int | None:
    """Days of a period that no condition took: the window in which the audience is counted."""
    for token in found:
        if isinstance(token.given, Period) and not any(_has_days(part, token.given.days) for part in parts):
            return token.given.days
    return None


def _has_days(part: Part, days: int) -> bool:
    return any(leaf.param("days") == days or leaf.value == days for leaf in part.candidates)
