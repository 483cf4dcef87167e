"""A segment as people say it: '방문 횟수가 5회 이상이고, SNS가 인스타그램인 방문'.

Korean joins clauses by their endings: 인 (before the noun), 이고 (and), 이거나 (or). A clause is therefore
kept as its text and the stem of its last word until its place in the sentence is known. A group of the
other kind, or an exclusion, stands in parentheses, so a sentence can be read one way only. English says
'and', 'or' and 'not' with the same parentheses. What is not given in a segment but acts (a default
period) is said too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.operators import OPERATORS
from ifdo_core.formats import duration_text, money_text, number_text
from ifdo_core.i18n import current_language, josa, translate
from ifdo_core.lookups import wording
from ifdo_core.segments.check import condition_of, effective_params
from ifdo_core.segments.model import AllOf, AnyOf, Leaf, Node, Not, Scalar, Segment, leaves
from ifdo_core.segments.nested import names_segments

#: A longer list of values is cut to this many, and the rest counted.
SHOWN_VALUES = 5

Form = Literal["noun", "and", "or"]  # before a noun (인), followed by 'and' (이고), by 'or' (이거나)

_FORMS: Mapping[str, Mapping[Form, str]] = {
    "이": {"noun": "인", "and": "이고", "or": "이거나"},
    "아니": {"noun": "아닌", "and": "아니고", "or": "아니거나"},
    "들어가": {"noun": "들어간", "and": "들어가고", "or": "들어가거나"},
    "제외하": {"noun": "제외한", "and": "제외하고", "or": "제외하거나"},
    "않았": {"noun": "않은", "and": "않고", "or": "않거나"},
}
_REGULAR: Mapping[Form, str] = {"noun": "는", "and": "고", "or": "거나"}
_KO_COMPARED = {"gt": " 초과", "gte": " 이상", "lt": " 미만", "lte": " 이하"}
_EN_TEXT = {
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "matches": "matches regex",
}
_GOODS = {"product": ("상품", "product"), "category": ("카테고리", "category"), "brand": ("브랜드", "brand")}
#: Names that are questions ('How the member signed up') stand in quotes, or they would not read.
_QUESTIONS = ("How ", "What ", "Where ", "Who ")


@dataclass(frozen=True)
class _Words:
    """What the words depend on besides the tree. ``names``: wording of values the shop itself brings."""

    korean: bool
    currency: str = "KRW"
    names: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def lang(self) -> str:
        return "ko" if self.korean else "en"


@dataclass(frozen=True)
class _Clause:
    """A Korean clause up to the stem of its last word, which takes the ending."""

    text: str
    stem: str

    def ending(self, form: Form) -> str:
        forms = _FORMS.get(self.stem)
        return self.text + (forms[form] if forms else self.stem + _REGULAR[form])


def sentence(
    segment: Segment | Node | None,
    lang: str | None = None,
    *,
    currency: str = "KRW",
    names: Mapping[str, str] | None = None,
    noun: str = "",
) -> str:
    """The whole segment or a part of it in one sentence; None, the empty tree, holds every visit.

    ``names`` gives a wording to values that the catalogue cannot know (product ids, grades);
    ``noun`` what is asked for when it is not visits ('회원').
    """
    node = segment.where if isinstance(segment, Segment) else segment
    words = _words(lang, currency, names, node)
    if words.korean:
        noun = noun or "방문"
        return f"모든 {noun}" if node is None else f"{_korean(_plain(node), 'noun', words)} {noun}"
    noun = noun or "visits"
    if node is None:
        return f"All {noun}"
    return f"{noun[:1].upper()}{noun[1:]} where {_english(_plain(node), words)}"


def leaf_text(
    leaf: Leaf, lang: str | None = None, *, currency: str = "KRW", names: Mapping[str, str] | None = None
) -> str:
    """One condition for a row or a label: '최근 장바구니 금액 5만원 이상', 'Social network is Instagram'."""
    words = _words(lang, currency, names, leaf)
    if not words.korean:
        return _english_leaf(leaf, words, lower=False)
    condition = condition_of(leaf)
    subject = _subject(leaf, condition, words)
    if leaf.op == "is_true":
        return _without_whether(subject)
    if leaf.op == "is_false":
        return f"{_without_whether(subject)} 아님"
    return f"{subject} {_korean_value(leaf, condition, words)}"


def value_text(
    leaf: Leaf, lang: str | None = None, *, currency: str = "KRW", names: Mapping[str, str] | None = None
) -> str:
    """Operator and value without the condition's name: '5만원 이상', '₩50,000 or more'."""
    words = _words(lang, currency, names, leaf)
    condition = condition_of(leaf)
    return _korean_value(leaf, condition, words) if words.korean else _english_value(leaf, condition, words)


def scalar_text(
    value: Scalar,
    condition: Condition,
    lang: str | None = None,
    *,
    currency: str = "KRW",
    names: Mapping[str, str] | None = None,
) -> str:
    """One value of a condition as it is read: '5만원', '인스타그램', '3분'."""
    return _one(value, condition, _words(lang, currency, names))


# --- Korean -----------------------------------------------------------------------------------


def _korean(node: Node, form: Form, words: _Words) -> str:
    if isinstance(node, Leaf):
        return _korean_leaf(node, words).ending(form)
    if isinstance(node, Not):
        return _Clause(f"{_korean_part(node.part, 'noun', words)} 경우를 ", "제외하").ending(form)
    link: Form = "and" if isinstance(node, AllOf) else "or"
    last = len(node.parts) - 1
    said = [_korean_part(part, form if index == last else link, words) for index, part in enumerate(node.parts)]
    return ", ".join(said)


def _korean_part(node: Node, form: Form, words: _Words) -> str:
    text = _korean(node, form, words)
    return text if isinstance(node, Leaf) else f"({text})"


def _korean_leaf(leaf: Leaf, words: _Words) -> _Clause:
    condition = condition_of(leaf)
    subject = _subject(leaf, condition, words)
    if leaf.op == "is_true":
        return _Clause(f"‘{_without_whether(subject)}’에 해당", "하")
    if leaf.op == "is_false":
        return _Clause(f"‘{_without_whether(subject)}’에 해당하지 ", "않")
    if leaf.op in ("is_known", "is_unknown"):
        return _Clause(f"{subject} 값이 ", "있" if leaf.op == "is_known" else "없")
    if condition.type in ("set", "text_set"):
        return _korean_set(leaf, subject, condition, words)
    if leaf.op in ("contains", "not_contains"):
        said = josa(_quoted(leaf.value, words), "이/가")
        if leaf.op == "contains":
            return _Clause(f"{subject}에 {said} ", "들어가")
        return _Clause(f"{subject}에 {said} 들어가지 ", "않았")
    named = josa(subject, "이/가")
    if leaf.op in ("starts_with", "ends_with", "matches"):
        return _Clause(f"{named} {_korean_text_test(leaf, words)}", "")
    return _korean_compared(leaf, named, condition, words)


def _korean_compared(leaf: Leaf, named: str, condition: Condition, words: _Words) -> _Clause:
    if leaf.op == "ne":
        return _Clause(f"{named} {josa(_one(_single(leaf), condition, words), '이/가')} ", "아니")
    if leaf.op == "not_in_last_days":
        return _Clause(f"{named} 최근 {_single(leaf)}일 안이 ", "아니")
    if leaf.op == "not_in":
        values = _values(leaf, condition, words)
        if len(values) == 1:
            return _Clause(f"{named} {josa(values[0], '이/가')} ", "아니")
        return _Clause(f"{named} {_cut(values, words)} 중 어느 것도 ", "아니")
    return _Clause(f"{named} {_korean_value(leaf, condition, words)}", "이")


def _korean_set(leaf: Leaf, subject: str, condition: Condition, words: _Words) -> _Clause:
    if leaf.op in ("starts_with", "ends_with", "matches"):
        return _Clause(f"{subject} 중 {_korean_text_test(leaf, words)}는 것이 ", "있")
    if leaf.op in ("contains", "not_contains"):
        found = f"{subject} 중 {josa(_quoted(leaf.value, words), '이/가')} 들어간 것이 "
        return _Clause(found, "있" if leaf.op == "contains" else "없")
    values = _values(leaf, condition, words)
    if names_segments(leaf):
        return _korean_membership(leaf, values, words)
    if leaf.op in ("none_of", "not_in", "ne"):
        none = josa(values[0], "이/가") if len(values) == 1 else f"{_cut(values, words)} 중 어느 것도"
        return _Clause(f"{subject}에 {none} ", "없")
    if leaf.op == "all_of" and len(values) > 1:
        return _Clause(f"{subject}에 {josa(_cut(values, words), '이/가')} 모두 ", "있")
    return _Clause(f"{subject}에 {_some(values, words, '이/가')} ", "있")


def _korean_membership(leaf: Leaf, values: Sequence[str], words: _Words) -> _Clause:
    """'‘VIP’ 세그먼트에 속하는'."""
    named = [f"‘{value}’" for value in values]
    if leaf.op == "none_of":
        none = f"{named[0]} 세그먼트에" if len(named) == 1 else f"{_cut(named, words)} 중 어느 세그먼트에도"
        return _Clause(f"{none} 속하지 ", "않")
    if leaf.op == "all_of" and len(named) > 1:
        return _Clause(f"{_cut(named, words)} 세그먼트 모두에 속", "하")
    return _Clause(f"{_some(named, words)} 세그먼트에 속", "하")


def _korean_text_test(leaf: Leaf, words: _Words) -> str:
    """'‘a’로 시작하', '‘a’로 끝나', '정규식 ‘a’에 맞': up to the stem."""
    if leaf.op == "matches":
        return f"정규식 {_quoted(leaf.value, words)}에 맞"
    return f"{josa(_quoted(leaf.value, words), '으로/로')} {'시작하' if leaf.op == 'starts_with' else '끝나'}"


def _korean_value(leaf: Leaf, condition: Condition, words: _Words) -> str:
    """Operator and value as a noun: '5회 이상', '‘a’ 포함', '최근 7일 안'."""
    op = leaf.op
    if OPERATORS[op].arity == "none":
        return {"is_true": "예", "is_false": "아니요", "is_known": "값 있음", "is_unknown": "값 없음"}[op]
    if op == "between":
        return _range(leaf, condition, words)
    if OPERATORS[op].arity == "many":
        return _korean_list(leaf, condition, words)
    if op in ("in_last_days", "not_in_last_days"):
        return f"최근 {_single(leaf)}일 안" + ("이 아님" if op == "not_in_last_days" else "")
    if op == "matches":
        return f"정규식 {_quoted(leaf.value, words)} 일치"
    if op in ("starts_with", "ends_with"):
        return f"{josa(_quoted(leaf.value, words), '으로/로')} {'시작' if op == 'starts_with' else '끝남'}"
    if op in ("contains", "not_contains"):
        return f"{_quoted(leaf.value, words)} 포함" + (" 안 함" if op == "not_contains" else "")
    said = _one(_single(leaf), condition, words)
    if op in ("before", "after"):
        return f"{said} {'전' if op == 'before' else '후'}"
    return f"{josa(said, '이/가')} 아님" if op == "ne" else said + _KO_COMPARED.get(op, "")


def _korean_list(leaf: Leaf, condition: Condition, words: _Words) -> str:
    values = _values(leaf, condition, words)
    if leaf.op == "not_in":
        return f"{_cut(values, words)} 아님"
    if leaf.op == "none_of":
        return f"{_cut(values, words)} 없음"
    if leaf.op == "all_of" and len(values) > 1:
        return f"{_cut(values, words)} 모두"
    return _some(values, words)


def _without_whether(subject: str) -> str:
    """'광고 유입 여부' is said as '광고 유입' once the answer follows."""
    return subject.removesuffix(" 여부")


# --- English ----------------------------------------------------------------------------------


def _english(node: Node, words: _Words) -> str:
    if isinstance(node, Leaf):
        return _english_leaf(node, words)
    if isinstance(node, Not):
        return f"not ({_english(node.part, words)})"
    link = ", and " if isinstance(node, AllOf) else ", or "
    return link.join(
        f"({_english(part, words)})" if isinstance(part, AllOf | AnyOf) else _english(part, words)
        for part in node.parts
    )


def _english_leaf(leaf: Leaf, words: _Words, *, lower: bool = True) -> str:
    condition = condition_of(leaf)
    subject = _subject(leaf, condition, words)
    if leaf.op in ("is_true", "is_false"):
        return f"“{subject}” {'applies' if leaf.op == 'is_true' else 'does not apply'}"
    if subject.startswith(_QUESTIONS):
        subject = f"“{subject}”"
    elif lower and (subject[1:2].islower() or subject[1:2] in ("-", " ")):
        subject = subject[0].lower() + subject[1:]
    if names_segments(leaf) and leaf.value is not None:
        return _english_membership(leaf, _values(leaf, condition, words), words, lower)
    value = _english_value(leaf, condition, words)
    if condition.type in ("set", "text_set") and leaf.op not in ("is_known", "is_unknown"):
        return f"{subject}: {value}"
    return f"{subject} {value}" if leaf.op in _EN_TEXT else f"{subject} is {value}"


def _english_membership(leaf: Leaf, values: Sequence[str], words: _Words, lower: bool) -> str:
    """'in segment “VIP”', 'not in segment “VIP”'."""
    named = [f"“{value}”" for value in values]
    if leaf.op == "none_of":
        said = f"not in segment {_some(named, words)}"
    elif leaf.op == "all_of" and len(named) > 1:
        said = f"in all of the segments {_cut(named, words)}"
    else:
        said = f"in segment {_some(named, words)}"
    return said if lower else said[0].upper() + said[1:]


def _english_value(leaf: Leaf, condition: Condition, words: _Words) -> str:
    """Operator and value after 'is' (texts: after the name): '₩50,000 or more', 'contains “a”'."""
    op = leaf.op
    if OPERATORS[op].arity == "none":
        return {"is_true": "yes", "is_false": "no", "is_known": "known", "is_unknown": "unknown"}[op]
    if op == "between":
        return _range(leaf, condition, words)
    if op in _EN_TEXT:
        if condition.type == "text_set":
            return f"{'none' if op == 'not_contains' else 'one'} that {_EN_TEXT[op.removeprefix('not_')]} " + (
                _quoted(leaf.value, words)
            )
        return f"{_EN_TEXT[op]} {_quoted(leaf.value, words)}"
    if OPERATORS[op].arity == "many":
        return _english_list(leaf, condition, words)
    if op in ("in_last_days", "not_in_last_days"):
        return f"{'not ' if op == 'not_in_last_days' else ''}in the last {_days(_single(leaf))}"
    said = _one(_single(leaf), condition, words)
    if op in ("eq", "on"):
        return said
    return OPERATORS[op].en.removeprefix("is ").format(value=said)


def _english_list(leaf: Leaf, condition: Condition, words: _Words) -> str:
    values = _values(leaf, condition, words)
    if leaf.op in ("not_in", "none_of"):
        if len(values) == 1:
            return f"not {values[0]}"
        return f"neither {values[0]} nor {values[1]}" if len(values) == 2 else f"none of {_cut(values, words)}"
    if leaf.op == "all_of" and len(values) > 1:
        return f"all of {_cut(values, words)}"
    return _some(values, words)


def _days(days: Scalar) -> str:
    return "1 day" if days == 1 else f"{days:,} days"


# --- both -------------------------------------------------------------------------------------


def _words(lang: str | None, currency: str, names: Mapping[str, str] | None, node: Node | None = None) -> _Words:
    """``node``: the saved segments and the products that its conditions name are called by their names."""
    chosen = lang or current_language()
    known: dict[str, str] = {}
    for leaf in leaves(node) if node else ():
        known.update(leaf.called)
        for definition in leaf.inner:
            gone = translate("지워진 세그먼트", chosen)
            known[definition.id] = definition.name or (definition.id if definition.where else gone)
    return _Words(chosen != "en", currency, {**known, **(names or {})})


def _plain(node: Node) -> Node:
    """The same tree without groups of one and groups within groups of their own kind."""
    if isinstance(node, Leaf):
        return node
    if isinstance(node, Not):
        return Not(_plain(node.part))
    kind = type(node)
    parts: list[Node] = []
    for part in map(_plain, node.parts):
        parts.extend(part.parts if isinstance(part, kind) else (part,))
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _subject(leaf: Leaf, condition: Condition, words: _Words) -> str:
    """The condition's name with its period and its other parameters."""
    given = effective_params(leaf, condition)
    label = condition.label(words.lang)
    others = [
        f"{spec.ko if words.korean else spec.en}: {_param(given[spec.name], spec, words)}"
        for spec in condition.params
        if spec.name in given and spec.type != "days"
    ]
    details = f"({', '.join(others)})" if others else ""
    days = next((given[spec.name] for spec in condition.params if spec.type == "days" and spec.name in given), None)
    if words.korean:
        period = "" if days is None else f"최근 {days:,}일 동안 "
        return period + (label.removeprefix("기간 내 ") if period else label) + details
    period = "" if days is None else f" in the last {_days(days)}"
    details = f" {details}" if details else ""
    return (label.removesuffix(" in a period") if period else label) + details + period


def _param(value: Scalar, spec: ParamSpec, words: _Words) -> str:
    if spec.type == "hours":
        return f"{number_text(_number(value))}{'시간' if words.korean else ' h'}"
    if spec.type == "price_range":
        return _price_range(str(value), words)
    if spec.type == "steps":
        return " → ".join(_wording(name.strip(), dict(wording("event")), words) for name in str(value).split(">"))
    if spec.type == "goods":
        kind, _, named = str(value).partition(":")
        return f"{_GOODS[kind][0 if words.korean else 1]} {_wording(named, {}, words)}"
    if spec.type == "segment":
        return _wording(words.names.get(str(value), str(value)), {}, words)
    if isinstance(value, str):
        return _wording(value, spec.values, words)
    return number_text(_number(value))


def _price_range(text: str, words: _Words) -> str:
    low, high = (money_text(int(end), words.currency, words.lang) if end else "" for end in text.split(".."))
    if low and high:
        return f"{low}~{high}" if words.korean else f"{low} to {high}"
    template = OPERATORS["gte" if low else "lte"]
    return (template.ko if words.korean else template.en).format(value=low or high)


def _one(value: Scalar, condition: Condition, words: _Words) -> str:
    """One value as it is read, with its unit."""
    if isinstance(value, str):
        if condition.type in ("string", "text_set"):
            return _quoted(value, words)
        return value if condition.type == "date" else _wording(value, condition.values, words)
    number = _number(value)
    if condition.unit_ko == "원":
        return money_text(number, words.currency, words.lang) if number == int(number) else _won(number, words)
    if condition.unit_ko == "초":
        return duration_text(number, words.lang, exact=True)
    if condition.type == "percent":
        return f"{number_text(number)} %"
    return number_text(number) + (condition.unit_ko if words.korean else "")


def _won(number: int | float, words: _Words) -> str:
    """A threshold between two amounts of a sum, which must not be rounded."""
    return f"{number_text(number)}{'원' if words.korean else ' won'}"


def _range(leaf: Leaf, condition: Condition, words: _Words) -> str:
    low, high = _list(leaf)
    said = [_one(low, condition, words), _one(high, condition, words)]
    if words.korean and condition.type not in ("date", "money", "duration_s") and condition.unit_ko not in ("원", "초"):
        said[0] = said[0].removesuffix(condition.unit_ko).rstrip()
    return "~".join(said) if words.korean else " to ".join(said)


def _wording(value: str, values: Mapping[str, tuple[str, str]], words: _Words) -> str:
    if value in values:
        return values[value][0 if words.korean else 1]
    return words.names.get(value, value)


def _values(leaf: Leaf, condition: Condition, words: _Words) -> list[str]:
    return [_one(value, condition, words) for value in dict.fromkeys(_list(leaf))]


def _some(values: Sequence[str], words: _Words, particle: str = "") -> str:
    """'A 또는 B', 'A, B, C 외 3개 중 하나'; with ``particle`` after it."""
    if len(values) > SHOWN_VALUES:
        text = f"{_cut(values, words)} 중 하나" if words.korean else f"one of {_cut(values, words)}"
    else:
        link = " 또는 " if words.korean else " or "
        text = link.join([", ".join(values[:-1]), values[-1]]) if len(values) > 1 else values[0]
    return josa(text, particle) if particle else text


def _cut(values: Sequence[str], words: _Words) -> str:
    """The first values, and how many more there are."""
    text = ", ".join(values[:SHOWN_VALUES])
    more = len(values) - SHOWN_VALUES
    if more <= 0:
        return text if words.korean else " and ".join(part for part in (", ".join(values[:-1]), values[-1]) if part)
    return f"{text} 외 {more:,}개" if words.korean else f"{text} and {more:,} more"


def _list(leaf: Leaf) -> tuple[Scalar, ...]:
    if isinstance(leaf.value, tuple):
        return leaf.value
    return () if leaf.value is None else (leaf.value,)


def _single(leaf: Leaf) -> Scalar:
    return _list(leaf)[0]


def _number(value: Scalar) -> int | float:
    return value if isinstance(value, int | float) else float(value)


def _quoted(value: object, words: _Words) -> str:
    return f"‘{value}’" if words.korean else f"“{value}”"
