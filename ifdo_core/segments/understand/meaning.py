"""From what is said of one thing to conditions with operator, value and parameters, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ifdo_core.catalogue import CONDITIONS
from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.errors import SegmentError
from ifdo_core.segments.check import read_leaf
from ifdo_core.segments.model import Leaf
from ifdo_core.segments.understand.lexicon import WITH_PERIOD, Lexicon, Meaning, fold
from ifdo_core.segments.understand.numbers import Day, Number, Period, other_ops, read_number

#: Units of numbers that a condition's own unit takes, the fitting ones first.
_TAKES: Mapping[str, tuple[str, ...]] = {
    "원": ("money", "plain"), "초": ("duration", "plain"), "시간": ("duration", "plain"), "개월": ("days", "plain"),
    "일": ("days", "plain"),
    "회": ("count", "plain", "pieces"), "건": ("count", "plain", "pieces"), "개": ("pieces", "count", "plain"),
    "장": ("pieces", "count", "plain"), "명": ("pieces", "plain"), "페이지": ("pages", "plain", "count", "pieces"),
    "세": ("age", "plain"), "월": ("month", "plain"), "시": ("clock", "plain"), "%": ("percent", "plain"),
    "": ("plain", "percent", "count"),
}  # fmt: skip
#: Numbers are read in seconds and days; a condition may count in hours or months.
_SCALES = {("시간", "duration"): 3600, ("개월", "days"): 30}
_NUMERIC = ("integer", "number", "money", "percent", "score", "duration_s", "count", "sum")
_HOW = {"포함": "contains", "들어": "contains", "contain": "contains", "시작": "starts_with", "start": "starts_with",
        "끝": "ends_with", "end": "ends_with", "정규식": "matches", "matches": "matches"}  # fmt: skip
_NEGATED = {
    "is_true": "is_false", "is_false": "is_true", "in": "not_in", "any_of": "none_of", "contains": "not_contains",
    "eq": "ne", "in_last_days": "not_in_last_days", "is_known": "is_unknown", "gte": "lt", "gt": "lte", "lte": "gt",
    "lt": "gte",
}  # fmt: skip


@dataclass
class Said:
    """What is said of one thing."""

    start: int
    end: int
    meanings: tuple[Meaning, ...] = ()
    values: list[tuple[Meaning, ...]] = field(default_factory=list[tuple[Meaning, ...]])
    things: list[Meaning] = field(default_factory=list[Meaning])
    number: Number | None = None
    period: Period | None = None
    days: list[Day] = field(default_factory=list[Day])
    texts: list[str] = field(default_factory=list[str])
    words: list[str] = field(default_factory=list[str])
    how: str = ""
    aside: str = ""
    denied: bool = False
    known: bool | None = None
    all_of: bool = False


def readings(said: Said, words: Lexicon) -> list[Leaf]:
    """Conditions that ``said`` may mean, without repetition, the likeliest first; none where it is not understood."""
    found: list[Leaf] = []
    # with a period the name of a condition over a period comes first; without, it is not meant
    ordered = sorted(said.meanings, key=lambda meaning: meaning.value != WITH_PERIOD)
    for meaning in ordered:
        if meaning.value == WITH_PERIOD and said.period is None:
            continue
        if meaning.kind == "condition":
            found += _of_condition(CONDITIONS[meaning.id], said)
        elif meaning.kind == "topic":
            found += _of_topic(words.topics[meaning.id], said)
        elif meaning.kind == "value":
            found += _of_values(CONDITIONS[meaning.id], said, _in(said, meaning.id))
    for thing in said.things if not said.meanings else ():
        found += _of_thing(thing, said)
    if said.period is not None:
        # where one reading uses the period that was said, those that pass over it are none
        days = said.period.days
        found = [leaf for leaf in found if days in (leaf.value, *dict(leaf.params).values())] or found
    return list(dict.fromkeys(found))


def _in(said: Said, condition_id: str) -> list[str]:
    """The values said that the condition has."""
    named = any(meaning.kind == "condition" and meaning.id == condition_id for meaning in said.meanings)
    own = [] if named and said.values else [tuple(meaning for meaning in said.meanings if meaning.kind == "value")]
    own += said.values
    return [meaning.value for meanings in own for meaning in meanings if meaning.id == condition_id]


# --- a condition by its name ------------------------------------------------------------------


def _of_condition(entry: Condition, said: Said) -> Iterator[Leaf]:
    if said.known is not None and "is_known" in entry.operators:
        yield from _made(entry, "is_known" if said.known else "is_unknown", None, said)
        return
    if entry.type == "boolean":
        yield from _made(entry, "is_false" if said.denied else "is_true", None, said)
    elif entry.type in _NUMERIC:
        yield from _of_number(entry, said)
    elif entry.type == "date":
        yield from _of_date(entry, said)
    elif entry.type in ("string", "text_set"):
        yield from _of_text(entry, said)
    else:
        values = _in(said, entry.id)
        if not values and not entry.values:
            values = [*said.texts, *(thing.value for thing in said.things), *said.words]
        yield from _of_values(entry, said, values)


def _of_number(entry: Condition, said: Said, op: str = "", value: float | None = None) -> Iterator[Leaf]:
    takes = _TAKES.get(entry.unit_ko, ("plain", "count"))
    number = said.number
    if number is not None and number.unit in takes:
        scale = _SCALES.get((entry.unit_ko, number.unit), 1)
        for read in other_ops(number):
            said_op = read.op or op or ("gte" if _grows(entry, said) else "eq")
            if said.denied and said_op in _NEGATED:
                said_op = _NEGATED[said_op]
            pair = [_round(read.low / scale, entry), _round(read.high / scale, entry)]
            yield from _made(entry, said_op, pair if said_op == "between" else pair[0], said)
    elif number is None and value is not None:
        yield from _made(entry, op, _round(value, entry), said)
    elif number is None and entry.type == "count":
        yield from _made(entry, "eq" if said.denied else "gte", 0 if said.denied else 1, said)


def _grows(entry: Condition, said: Said) -> bool:
    """Whether a bare number of it is rather a threshold: an amount is, 'bought twice' or 'aged 30' is not."""
    return entry.type in ("money", "sum", "duration_s")


def _round(value: float, entry: Condition) -> int | float:
    return int(value) if value == int(value) else value


def _of_date(entry: Condition, said: Said) -> Iterator[Leaf]:
    if len(said.days) == 2:
        yield from _made(entry, "between", sorted(day.text for day in said.days), said)
    elif said.days:
        yield from _made(entry, said.days[0].op, said.days[0].text, said)
    elif said.period is not None:
        yield from _made(entry, "not_in_last_days" if said.denied else "in_last_days", said.period.days, said)


def _of_text(entry: Condition, said: Said, op: str = "") -> Iterator[Leaf]:
    texts = said.texts or said.words or [thing.value for thing in said.things]
    if not texts:
        return
    chosen = next((name for start, name in _HOW.items() if said.how.lower().startswith(start)), op)
    if not chosen:
        exact = entry.type == "string" and said.texts
        chosen = ("in" if len(texts) > 1 or said.denied else "eq") if exact else "contains"
    if said.denied:
        chosen = {"in": "not_in", "contains": "not_contains", "eq": "ne"}.get(chosen, chosen)
    many = chosen in ("in", "not_in")
    yield from _made(entry, chosen, list(dict.fromkeys(texts)) if many else texts[0], said)


def _of_values(entry: Condition, said: Said, values: list[str]) -> Iterator[Leaf]:
    if said.known is not None:
        yield from _made(entry, "is_known" if said.known else "is_unknown", None, said)
    elif values:
        if entry.type == "set":
            op = "none_of" if said.denied else "all_of" if said.all_of and len(values) > 1 else "any_of"
        else:
            op = "not_in" if said.denied else "in"
        yield from _made(entry, op, list(dict.fromkeys(values)), said)


# --- a topic ----------------------------------------------------------------------------------


def _of_topic(slots: Mapping[str, str], said: Said) -> Iterator[Leaf]:
    """The topic's conditions for what stands beside it, the one that uses most of it first."""
    for slot in _slots(said):
        if slot not in slots:
            continue
        id, _, preset = slots[slot].partition(" ")
        entry = CONDITIONS.get(id)
        if entry is None:
            continue
        heard = replace(said, denied=False) if slot in ("never", "period_never") else said
        if slot in ("category", "brand", "product"):
            yield from _of_number(entry, heard)
        elif not preset:
            yield from _of_condition(entry, heard)
        else:
            op, _, value = preset.partition(" ")
            yield from _preset(entry, heard, op, value)


def _preset(entry: Condition, said: Said, op: str, value: str) -> Iterator[Leaf]:
    if entry.type in ("string", "text_set"):
        yield from _of_text(entry, said, op)
    elif op == "in_last_days":
        yield from _of_date(entry, said)
    elif op == "not_in_last_days":
        yield from _of_date(entry, replace(said, denied=True))
    elif op in ("is_true", "is_false", "is_known", "is_unknown"):
        yield from _made(entry, _NEGATED[op] if said.denied else op, None, said)
    elif value:
        _, read, _ = parse_example(f"{op} {value}", entry)
        yield from _made(entry, op, read, said)
    elif said.number is not None:
        yield from _of_number(entry, said, op)
    elif said.period is not None:  # 'joined in the last 7 days'
        yield from _made(entry, op, said.period.days, replace(said, period=None))


def _slots(said: Said) -> Iterator[str]:
    number, period = said.number, said.period
    unit = "" if number is None else number.unit
    hours = unit == "duration" and number is not None and number.low >= 3600
    for thing in said.things:
        yield thing.id
    if number is not None and number.ago:
        yield "ago_hours" if hours else "ago"
    if number is not None and period is not None:
        yield f"period_{unit}"
        if unit in ("plain", "pieces"):
            yield "period_count"
    if number is not None:
        yield unit
        if hours:
            yield "hours"
        if unit in ("plain", "pieces"):
            yield "count"
        if unit == "plain":
            yield "age"
    if said.texts or said.words:
        yield "text"
    if number is None and period is not None:
        yield "period_never" if said.denied else "period"
    if number is None:
        yield "never" if said.denied else "alone"
        if said.denied:
            yield "alone"


# --- something the shop has -------------------------------------------------------------------


def _of_thing(thing: Meaning, said: Said) -> Iterator[Leaf]:
    """A category, brand or product alone: seen in the last days, or bought."""
    if thing.id == "grade":
        yield from _made(CONDITIONS["member.grade"], "not_in" if said.denied else "in", [thing.value], said)
        return
    ids = {
        "category": ("commerce.category_viewed", "purchase.category"),
        "brand": ("commerce.brand_viewed", "purchase.brand"),
        "product": ("commerce.product_viewed", "purchase.product"),
    }
    for id in ids[thing.id]:
        yield from _of_number(CONDITIONS[id], said)


# --- making a leaf ----------------------------------------------------------------------------


def _made(entry: Condition, op: str, value: object, said: Said) -> Iterator[Leaf]:
    """The leaf, where operator, value and required parameters make one."""
    params: dict[str, object] = {}
    aside = _aside(said.aside)
    for spec in entry.params:
        given = _param(spec, said, aside)
        if given is not None:
            params[spec.name] = given
        elif spec.required:
            return
    data: dict[str, object] = {"condition": entry.id, "op": op}
    if value is not None:
        data["value"] = value
    if params:
        data["params"] = params
    try:
        yield read_leaf(data)
    except SegmentError:
        return


def _param(spec: ParamSpec, said: Said, aside: Mapping[str, str]) -> object | None:
    if spec.type == "days":
        return said.period.days if said.period is not None else None
    text = aside.get(fold(spec.ko)) or aside.get(fold(spec.en))
    if text is None:
        if spec.type in ("category", "brand", "product"):
            return next((thing.value for thing in said.things if thing.id == spec.type), None)
        if spec.type in ("text", "glob", "choice") and (said.texts or said.words):
            text = (said.texts or said.words)[0]
            text = f"*{text}*" if spec.type == "glob" and "*" not in text else text
        else:
            return None
    for value, wording in spec.values.items():
        if fold(text) in (fold(wording[0]), fold(wording[1]), fold(value)):
            return value
    if spec.type == "price_range":
        return _price_range(text)
    if spec.type in ("hours", "number"):
        number = read_number(text, 0)
        return None if number is None else number[0].low / (3600 if number[0].unit == "duration" else 1)
    return text


def _price_range(text: str) -> str | None:
    read = read_number(text, 0)
    if read is None:
        return None
    number = read[0]
    if number.op == "between":
        return f"{number.low:.0f}..{number.high:.0f}"
    return f"..{number.low:.0f}" if number.op in ("lte", "lt") else f"{number.low:.0f}.."


def _aside(text: str) -> dict[str, str]:
    """'카테고리: 아우터, 브랜드: NORD' by folded name."""
    found: dict[str, str] = {}
    for part in re.split(r",\s+(?=[^,:]+:)", text):
        name, mark, value = part.partition(":")
        if mark:
            found[fold(name)] = value.strip()
    return found
