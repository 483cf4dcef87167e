"""Reads a segment's tree and refuses every fault with its path (api.md, 'A segment as text').

Nothing is repaired in silence but spellings that have one meaning only: a condition or parameter under
an older name gets its present one, ``5.0`` becomes ``5`` where whole numbers are asked for, and a date
that YAML has read as a date becomes its ISO text. Defaults of parameters are not written into the leaf:
``effective_params`` adds them where the leaf is used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import cast

from ifdo_core.catalogue import CONDITIONS, find
from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.operators import OPERATORS, Operator, ValueType
from ifdo_core.catalogue.spec import GOODS, PLAIN_NUMBER, PROPERTY_TEST
from ifdo_core.errors import SegmentError
from ifdo_core.segments.model import (
    FORMAT,
    MAX_CONDITIONS,
    MAX_DEPTH,
    AllOf,
    AnyOf,
    Leaf,
    Node,
    Not,
    Scalar,
    Segment,
    Value,
)
from ifdo_core.segments.patterns import MAX_PATTERN, PatternError, check_pattern

MAX_NAME = 200
MAX_TEXT = 2_000
MAX_DAYS = 36_500
MAX_HOURS = MAX_DAYS * 24
#: Beyond this a float no longer holds every whole number, and sums overflow.
MAX_NUMBER = 10**15
#: What every engine's date type can hold (ClickHouse's is the narrowest).
FIRST_DATE, LAST_DATE = "1900-01-01", "2299-12-31"
#: Steps of a sequence, and tests of an event's properties.
MAX_STEPS = 5
MAX_TESTS = 10
MAX_LIST = 1_000
#: Lists of ids are pasted or uploaded, so they may be long; a statement with all of a segment's lists must stay
#: within what every engine takes (PostgreSQL: 65,535 parameters).
MAX_ID_LIST = 10_000
MAX_VALUES = 50_000

_WHOLE: frozenset[ValueType] = frozenset({"integer", "count", "money", "score"})
_LONG_LISTS: frozenset[ValueType] = frozenset({"id", "set", "string", "text_set"})
_SEGMENT_KEYS = ("format", "name", "where")
_LEAF_KEYS = ("condition", "op", "value", "params")
_NODE_KEYS = ("all", "any", "not", "condition")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)
_PLAIN_KEY = re.compile(r"\w{1,40}")
_PRICE_RANGE = re.compile(r"(\d{0,15})\.\.(\d{0,15})", re.ASCII)

#: Code → (what is wrong, what to do), Korean msgids. Codes are stable; programs and tests rely on them.
FAULTS: Mapping[str, tuple[str, str]] = {
    "not_a_mapping": (
        "여기에는 이름과 값으로 된 항목이 와야 하는데 {shown} 값이 왔어요.",
        "조건이나 묶음을 {{ }} 안에 적어 주세요.",
    ),
    "unknown_key": ("모르는 항목이에요: {key}.", "오타가 아닌지 확인해 주세요. 쓸 수 있는 항목: {allowed}."),
    "format_missing": ("세그먼트 형식 번호가 없어요.", '맨 위에 "format": 1 항목을 넣어 주세요.'),
    "format_unknown": (
        "이 버전이 읽을 수 없는 세그먼트 형식이에요: {shown}.",
        "format 값을 {known} 숫자로 적거나, 더 새로운 버전에서 열어 주세요.",
    ),
    "name_not_text": ("세그먼트 이름이 글자가 아니에요: {shown}.", "이름을 따옴표로 감싼 한 줄의 글자로 적어 주세요."),
    "name_too_long": ("세그먼트 이름이 {limit}자보다 길어요.", "이름을 {limit}자 이하로 줄여 주세요."),
    "where_missing": ("세그먼트에 조건이 없어요.", "where 항목에 조건이나 묶음을 넣어 주세요."),
    "node_unknown": ("조건도 묶음도 아니에요.", "all, any, not, condition 가운데 하나를 적어 주세요."),
    "node_mixed": (
        "한자리에 {keys} 항목이 함께 있어요.",
        "all, any, not, condition 가운데 하나만 남기고 나머지는 묶음 안으로 옮겨 주세요.",
    ),
    "group_not_list": ("묶음의 내용이 목록이 아니에요: {shown}.", "조건들을 [ ] 안에 적어 주세요."),
    "group_empty": ("묶음이 비어 있어요.", "조건을 하나 이상 넣거나 묶음을 지워 주세요."),
    "too_deep": ("묶음이 {limit}단계보다 깊게 겹쳐 있어요.", "같은 종류의 묶음을 하나로 합쳐 주세요."),
    "too_many_conditions": (
        "조건이 {limit}개보다 많아요.",
        "조건을 줄이거나, 여러 값을 한 조건의 목록으로 모아 주세요.",
    ),
    "too_many_values": (
        "목록에 적은 값이 모두 합쳐 {limit}개보다 많아요.",
        "목록을 줄이거나 세그먼트를 둘로 나눠 주세요.",
    ),
    "condition_not_text": ("조건 ID가 글자가 아니에요: {shown}.", "조건 ID를 따옴표로 감싸 적어 주세요."),
    "condition_unknown": ("모르는 조건이에요: {shown}.", "조건 목록에서 ID를 확인해 주세요."),
    "condition_unknown_near": ("모르는 조건이에요: {shown}.", "‘{suggestion}’ 조건을 쓰려던 것인지 확인해 주세요."),
    "op_missing": ("연산자가 없어요.", "op 항목에 {allowed} 가운데 하나를 적어 주세요."),
    "op_unknown": ("모르는 연산자예요: {shown}.", "이 조건에는 {allowed} 가운데 하나를 써 주세요."),
    "op_not_allowed": ("이 조건에는 쓸 수 없는 연산자예요: {shown}.", "이 조건에는 {allowed} 가운데 하나를 써 주세요."),
    "value_missing": ("비교할 값이 없어요.", "value 항목에 값을 넣어 주세요."),
    "value_not_allowed": ("이 연산자는 값을 받지 않아요.", "value 항목을 지워 주세요."),
    "value_not_text": ("글자가 와야 하는데 {shown} 값이 왔어요.", "값을 따옴표로 감싸 주세요."),
    "value_empty_text": ("값이 비어 있어요.", "찾을 글자를 적거나 이 항목을 지워 주세요."),
    "value_too_long": ("값이 {limit}자보다 길어요.", "{limit}자 이하로 줄여 주세요."),
    "value_bad_text": (
        "데이터베이스에 담을 수 없는 글자가 들어 있어요.",
        "보이지 않는 제어 문자나 깨진 글자를 지워 주세요.",
    ),
    "value_not_number": ("숫자가 와야 하는데 {shown} 값이 왔어요.", "따옴표나 단위 없이 숫자만 적어 주세요."),
    "value_not_finite": ("무한대나 NaN은 비교할 수 없어요.", "보통의 숫자를 적어 주세요."),
    "value_not_whole": ("소수점이 없는 수가 와야 하는데 {shown} 값이 왔어요.", "정수로 적어 주세요."),
    "value_too_large": ("수가 너무 커요.", "{limit}보다 작은 수를 적어 주세요."),
    "value_not_list": ("목록이 와야 하는데 {shown} 값이 왔어요.", "값이 하나여도 [ ] 안에 적어 주세요."),
    "value_empty_list": ("목록이 비어 있어요.", "값을 하나 이상 골라 주세요."),
    "value_list_too_long": ("목록에 값이 {limit}개보다 많아요.", "값을 줄이거나 여러 조건으로 나눠 주세요."),
    "value_not_pair": ("값 두 개가 와야 하는데 {shown} 값이 왔어요.", "[시작, 끝]처럼 두 값을 적어 주세요."),
    "value_pair_order": ("시작이 끝보다 커요: {low} > {high}.", "두 값의 자리를 바꿔 주세요."),
    "value_not_date": ("날짜가 아니에요: {shown}.", "2026-11-24처럼 연-월-일로 적어 주세요."),
    "value_date_too_far": ("너무 먼 날짜예요: {shown}.", "{first}부터 {last}까지의 날짜를 적어 주세요."),
    "value_not_days": ("날수가 아니에요: {shown}.", "0부터 {limit}까지의 정수로 적어 주세요."),
    "regex_invalid": ("정규식을 읽을 수 없어요: {detail}.", "괄호와 기호의 짝을 확인해 주세요."),
    "regex_unsupported": (
        "정규식에서 쓸 수 없는 부분이에요: {detail}.",
        "역참조, 전후방 탐색, 이름 붙은 묶음 없이 적어 주세요.",
    ),
    "params_not_mapping": (
        "params 항목은 이름과 값으로 적어야 하는데 {shown} 값이 왔어요.",
        '{{"days": 30}}처럼 적어 주세요.',
    ),
    "param_unknown": ("이 조건에 없는 매개변수예요: {shown}.", "쓸 수 있는 매개변수: {allowed}."),
    "param_unknown_none": ("이 조건은 매개변수를 받지 않아요: {shown}.", "params 항목을 지워 주세요."),
    "param_twice": ("같은 매개변수를 두 이름으로 적었어요: {shown}.", "‘{name}’ 하나만 남겨 주세요."),
    "param_missing": ("꼭 필요한 매개변수가 없어요: {name}.", "params 항목에 {name} 값을 넣어 주세요."),
    "value_not_hours": ("시간 수가 아니에요: {shown}.", "0부터 {limit}까지의 숫자로 적어 주세요."),
    "param_not_range": (
        "가격대가 아니에요: {shown}.",
        "50000..100000, 50000.. 또는 ..100000처럼 작은 값부터 적어 주세요.",
    ),
    "param_not_steps": (
        "행동의 순서가 아니에요: {shown}.",
        "view_item>add_to_cart처럼 이벤트 이름을 둘에서 {limit}개까지 >로 이어 주세요.",
    ),
    "param_not_goods": (
        "상품, 카테고리, 브랜드 가운데 무엇인지 알 수 없어요: {shown}.",
        "product:P1001, category:신발, brand:NORD처럼 적어 주세요.",
    ),
    "param_not_tests": (
        "속성 조건을 읽을 수 없어요: {shown}.",
        "price>=100000처럼 이름, 부호, 값 순서로 적고 여럿이면 &로 이어 주세요. {limit}개까지 쓸 수 있어요.",
    ),
    "param_not_choice": ("고를 수 없는 값이에요: {shown}.", "{allowed} 가운데 하나를 골라 주세요."),
}


def read_segment(data: object) -> Segment:
    """The segment that ``data`` (parsed JSON or YAML) describes. Raises SegmentError at the first fault."""
    tree = _mapping(data, "$")
    _only_keys(tree, _SEGMENT_KEYS, "")
    if "format" not in tree:
        raise _fault("format_missing", "format")
    form = tree["format"]
    if type(form) is not int or form != FORMAT:
        raise _fault("format_unknown", "format", shown=shown(form), known=FORMAT)
    name = _name(tree.get("name", ""))
    if "where" not in tree:
        raise _fault("where_missing", "where")
    return Segment(where=_Reader().node(tree["where"], "where", 0), name=name)


def read_leaf(data: object, path: str = "where") -> Leaf:
    """One condition on its own, as a builder row or a link holds it."""
    return _leaf(_mapping(data, path), path)


def effective_params(leaf: Leaf, condition: Condition) -> dict[str, Scalar]:
    """The leaf's parameters with the condition's defaults where it gives none; optional ones stay out."""
    given = dict(leaf.params)
    defaults = {spec.name: spec.default for spec in condition.params if spec.default is not None}
    return {**defaults, **given}


def condition_of(leaf: Leaf) -> Condition:
    """The catalogue's entry for a leaf. Raises SegmentError for a leaf made by hand with an unknown id."""
    return _condition(leaf.condition, "where")


# --- the tree ---------------------------------------------------------------------------------


class _Reader:
    """Walks the tree and counts; depth is checked before going down, so no input can overflow."""

    def __init__(self) -> None:
        self._conditions = 0
        self._values = 0

    def node(self, raw: object, path: str, depth: int) -> Node:
        part = _mapping(raw, path)
        kinds = [key for key in _NODE_KEYS if key in part]
        if len(kinds) > 1:
            raise _fault("node_mixed", path, keys=", ".join(kinds))
        if not kinds:
            raise _fault("node_unknown", path)
        if kinds[0] == "condition":
            self._conditions += 1
            if self._conditions > MAX_CONDITIONS:
                raise _fault("too_many_conditions", path, limit=MAX_CONDITIONS)
            leaf = _leaf(part, path)
            self._values += len(leaf.value) if isinstance(leaf.value, tuple) else 0
            if self._values > MAX_VALUES:
                raise _fault("too_many_values", f"{path}.value", limit=f"{MAX_VALUES:,}")
            return leaf
        if depth == MAX_DEPTH:
            raise _fault("too_deep", path, limit=MAX_DEPTH)
        _only_keys(part, (kinds[0],), path)
        if kinds[0] == "not":
            return Not(self.node(part["not"], f"{path}.not", depth + 1))
        return self._group(kinds[0], part[kinds[0]], f"{path}.{kinds[0]}", depth)

    def _group(self, kind: str, raw: object, path: str, depth: int) -> Node:
        if not isinstance(raw, list | tuple):
            raise _fault("group_not_list", path, shown=shown(raw))
        items = cast("Sequence[object]", raw)
        if not items:
            raise _fault("group_empty", path)
        parts = tuple(self.node(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(items))
        return AllOf(parts) if kind == "all" else AnyOf(parts)


def _leaf(part: Mapping[object, object], path: str) -> Leaf:
    _only_keys(part, _LEAF_KEYS, path)
    condition = _condition(part.get("condition"), f"{path}.condition")
    op = _operator(part, condition, f"{path}.op")
    value = _value(part.get("value"), op, condition.type, f"{path}.value")
    return Leaf(condition.id, op.id, value, _params(part.get("params"), condition, f"{path}.params"))


def _condition(raw: object, path: str) -> Condition:
    if not isinstance(raw, str):
        raise _fault("condition_not_text", path, shown=shown(raw))
    entry = find(raw)
    if entry is not None:
        return entry
    near = get_close_matches(raw[:80], CONDITIONS, n=1)
    if not near:
        raise _fault("condition_unknown", path, shown=shown(raw))
    raise _fault("condition_unknown_near", path, code="condition_unknown", shown=shown(raw), suggestion=near[0])


def _operator(part: Mapping[object, object], condition: Condition, path: str) -> Operator:
    allowed = ", ".join(condition.operators)
    raw = part.get("op")
    if raw is None:
        raise _fault("op_missing", path, allowed=allowed)
    if raw is True and "on" in condition.operators:
        raw = "on"  # YAML reads a bare ``on`` as true
    if not isinstance(raw, str) or raw not in OPERATORS:
        raise _fault("op_unknown", path, shown=shown(raw), allowed=allowed)
    if raw not in condition.operators:
        raise _fault("op_not_allowed", path, shown=raw, allowed=allowed)
    return OPERATORS[raw]


# --- values -----------------------------------------------------------------------------------


def _value(raw: object, op: Operator, type_: ValueType, path: str) -> Value:
    if op.arity == "none":
        if raw is not None:
            raise _fault("value_not_allowed", path)
        return None
    if raw is None:
        raise _fault("value_missing", path)
    if op.arity == "days":
        return _days(raw, path)
    if op.arity == "pair":
        return _pair(raw, type_, path)
    if op.arity == "many":
        return _many(raw, type_, path)
    if op.id == "matches":
        return _regex(raw, path)
    return _one(raw, type_, path)


def _one(raw: object, type_: ValueType, path: str) -> Scalar:
    if type_ == "date":
        return _date(raw, path)
    if type_ in ("category", "id", "string", "text_set", "set"):
        return _text(raw, path)
    return _number(raw, path, whole=type_ in _WHOLE)


def _pair(raw: object, type_: ValueType, path: str) -> tuple[Scalar, Scalar]:
    items = _items(raw, "value_not_pair", path)
    if len(items) != 2:
        raise _fault("value_not_pair", path, shown=shown(raw))
    if type_ == "date":
        first, last = (_date(item, f"{path}[{index}]") for index, item in enumerate(items))
        if first > last:
            raise _fault("value_pair_order", path, low=first, high=last)
        return first, last
    low, high = (_number(item, f"{path}[{index}]", whole=type_ in _WHOLE) for index, item in enumerate(items))
    if low > high:
        raise _fault("value_pair_order", path, low=low, high=high)
    return low, high


def _many(raw: object, type_: ValueType, path: str) -> tuple[Scalar, ...]:
    items = _items(raw, "value_not_list", path)
    limit = MAX_ID_LIST if type_ in _LONG_LISTS else MAX_LIST
    if not items:
        raise _fault("value_empty_list", path)
    if len(items) > limit:
        raise _fault("value_list_too_long", path, limit=f"{limit:,}")
    return tuple(_text(item, f"{path}[{index}]") for index, item in enumerate(items))


def _items(raw: object, code: str, path: str) -> Sequence[object]:
    if not isinstance(raw, list | tuple):
        raise _fault(code, path, shown=shown(raw))
    return cast("Sequence[object]", raw)


def _text(raw: object, path: str, limit: int = MAX_TEXT) -> str:
    if not isinstance(raw, str):
        raise _fault("value_not_text", path, shown=shown(raw))
    if raw == "":
        raise _fault("value_empty_text", path)
    if len(raw) > limit:
        raise _fault("value_too_long", path, limit=f"{limit:,}")
    if not _storable(raw):
        raise _fault("value_bad_text", path)
    return raw


def _storable(text: str) -> bool:
    """No NUL (PostgreSQL refuses it) and no lone surrogate (UTF-8 cannot hold it)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _regex(raw: object, path: str) -> str:
    pattern = _text(raw, path, MAX_PATTERN)
    try:
        check_pattern(pattern)
    except PatternError as error:
        raise _fault(f"regex_{error.code}", path, detail=shown(error.part)) from error
    return pattern


def _number(raw: object, path: str, *, whole: bool = False) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _fault("value_not_number", path, shown=shown(raw))
    if isinstance(raw, float) and not math.isfinite(raw):
        raise _fault("value_not_finite", path)
    if abs(raw) >= MAX_NUMBER:
        raise _fault("value_too_large", path, limit=f"{MAX_NUMBER:,}")
    if not whole:
        return raw
    if raw != int(raw):
        raise _fault("value_not_whole", path, shown=shown(raw))
    return int(raw)


def _days(raw: object, path: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= MAX_DAYS or raw != int(raw):
        raise _fault("value_not_days", path, shown=shown(raw), limit=f"{MAX_DAYS:,}")
    return int(raw)


def _date(raw: object, path: str) -> str:
    text = raw.isoformat() if isinstance(raw, date) else raw  # YAML reads a bare 2026-11-24 as a date
    if not isinstance(text, str) or not _ISO_DATE.fullmatch(text):
        raise _fault("value_not_date", path, shown=shown(raw))
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise _fault("value_not_date", path, shown=shown(raw)) from error
    if not FIRST_DATE <= text <= LAST_DATE:
        raise _fault("value_date_too_far", path, shown=shown(raw), first=FIRST_DATE, last=LAST_DATE)
    return text


# --- parameters -------------------------------------------------------------------------------


def _params(raw: object, condition: Condition, path: str) -> tuple[tuple[str, Scalar], ...]:
    if raw is not None and not isinstance(raw, Mapping):
        raise _fault("params_not_mapping", path, shown=shown(raw))
    given = cast("Mapping[object, object]", raw or {})
    specs = {name: spec for spec in condition.params for name in (spec.name, *spec.aliases)}
    read: dict[str, Scalar] = {}
    for key, value in given.items():
        spec = specs.get(key) if isinstance(key, str) else None
        at = _at(path, key)
        if spec is None:
            raise _unknown_param(key, condition, at)
        if spec.name in read:
            raise _fault("param_twice", at, shown=shown(key), name=spec.name)
        read[spec.name] = _param(value, spec, at)
    for spec in condition.params:
        if spec.required and spec.default is None and spec.name not in read:
            raise _fault("param_missing", f"{path}.{spec.name}", name=spec.name)
    return tuple(sorted(read.items()))


def _unknown_param(key: object, condition: Condition, path: str) -> SegmentError:
    if not condition.params:
        return _fault("param_unknown_none", path, code="param_unknown", shown=shown(key))
    return _fault("param_unknown", path, shown=shown(key), allowed=", ".join(spec.name for spec in condition.params))


def _param(raw: object, spec: ParamSpec, path: str) -> Scalar:
    if spec.type == "days":
        return _days(raw, path)
    if spec.type == "hours":
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= MAX_HOURS:
            raise _fault("value_not_hours", path, shown=shown(raw), limit=f"{MAX_HOURS:,}")
        return raw
    if spec.type == "number":
        return _number(raw, path)
    text = _text(raw, path, MAX_PATTERN)
    if spec.type == "choice" and text not in spec.choices:
        raise _fault("param_not_choice", path, shown=shown(text), allowed=", ".join(spec.choices))
    if spec.type == "price_range" and not _is_range(text):
        raise _fault("param_not_range", path, shown=shown(text))
    if spec.type == "steps" and not _are_steps(text):
        raise _fault("param_not_steps", path, shown=shown(text), limit=MAX_STEPS)
    if spec.type == "goods" and not _are_goods(text):
        raise _fault("param_not_goods", path, shown=shown(text))
    if spec.type == "tests" and not _are_tests(text):
        raise _fault("param_not_tests", path, shown=shown(text), limit=MAX_TESTS)
    return text


def _are_steps(text: str) -> bool:
    names = text.split(">")
    return 2 <= len(names) <= MAX_STEPS and all(name.strip() for name in names)


def _are_goods(text: str) -> bool:
    kind, colon, named = text.partition(":")
    return kind in GOODS and bool(colon and named)


def _are_tests(text: str) -> bool:
    parts = text.split("&")
    return len(parts) <= MAX_TESTS and all(map(_is_test, parts))


def _is_test(text: str) -> bool:
    """A property and what it is compared with; less and more need a number."""
    found = PROPERTY_TEST.fullmatch(text)
    return found is not None and (found[2] in ("=", "!=") or _PLAIN_NUMBER.fullmatch(found[3]) is not None)


def _is_range(text: str) -> bool:
    found = _PRICE_RANGE.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        return False
    return not (found[1] and found[2]) or int(found[1]) <= int(found[2])


# --- refusing ---------------------------------------------------------------------------------


def _fault(fault: str, path: str, *, code: str = "", **facts: object) -> SegmentError:
    message, hint = FAULTS[fault]
    return SegmentError(code or fault, message, hint, path=path, **facts)


def _name(raw: object) -> str:
    if not isinstance(raw, str) or not _storable(raw) or any(ord(char) < 32 for char in raw):
        raise _fault("name_not_text", "name", shown=shown(raw))
    if len(raw) > MAX_NAME:
        raise _fault("name_too_long", "name", limit=MAX_NAME)
    return raw


def _mapping(raw: object, path: str) -> Mapping[object, object]:
    if not isinstance(raw, Mapping):
        raise _fault("not_a_mapping", path, shown=shown(raw))
    return cast("Mapping[object, object]", raw)


def _only_keys(part: Mapping[object, object], allowed: tuple[str, ...], path: str) -> None:
    for key in part:
        if key not in allowed:
            raise _fault("unknown_key", _at(path, key), key=shown(key), allowed=", ".join(allowed))


def _at(path: str, key: object) -> str:
    """The path of an entry of the mapping at ``path`` ('' = the whole): 'where.op', '$[‘1 2’]'."""
    if isinstance(key, str) and _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path or '$'}[{shown(key)}]"


def shown(raw: object) -> str:
    """``raw`` as a short, printable piece of an error text; never walks into containers, which may be endless."""
    if raw is None or isinstance(raw, bool):
        return {None: "null", True: "true", False: "false"}[raw]
    if isinstance(raw, Mapping):
        return "{…}"
    if isinstance(raw, list | tuple):
        return "[…]"
    if not isinstance(raw, str | int | float | date):
        return f"<{type(raw).__name__}>"
    if isinstance(raw, int) and abs(raw) >= MAX_NUMBER:
        return "…"
    text = str(raw[:41] if isinstance(raw, str) else raw)
    short = "".join(char if char.isprintable() else "�" for char in text)
    short = short if len(short) <= 40 else short[:40] + "…"
    return f"‘{short}’" if isinstance(raw, str) else short
