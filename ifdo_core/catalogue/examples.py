"""Examples as entries write them, 'gte 3 ; url=*/lookbook/* ; days=30', read into operator, value and parameters."""

from __future__ import annotations

from datetime import date

from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.operators import OPERATORS, ValueType

Scalar = str | int | float | bool
#: What a segment file holds for a value: one, several, a pair, or nothing.
Value = Scalar | tuple[Scalar, ...] | None

_WHOLE: frozenset[ValueType] = frozenset({"integer", "count", "money", "score"})
_NUMBER: frozenset[ValueType] = frozenset({"number", "percent", "duration_s", "sum"})


def parse_example(text: str, condition: Condition) -> tuple[str, Value, dict[str, Scalar]]:
    """``(op, value, params)`` of an example of ``condition``, with the types a segment file has.

    Lists and pairs are separated by '|', parameters by ' ; ' and found under their older names too.
    Raises ValueError where the example does not fit the condition.
    """
    head, *rest = (part.strip() for part in text.split(" ; "))
    op, _, raw = head.partition(" ")
    if op not in condition.operators:
        raise ValueError(f"{condition.id}: no operator {op!r}")
    return op, _value(op, raw.strip(), condition.type), dict(_parameter(part, condition) for part in rest)


def _value(op: str, raw: str, type: ValueType) -> Value:
    arity = OPERATORS[op].arity
    parts = [part.strip() for part in raw.split("|")] if raw else []
    if arity == "none":
        if parts:
            raise ValueError(f"{op} takes no value")
        return None
    if arity == "days":
        return int(raw)
    if arity == "one":
        return _scalar(raw, type)
    if arity == "pair" and len(parts) != 2:
        raise ValueError(f"{op} takes two values")
    if not parts:
        raise ValueError(f"{op} takes a value")
    return tuple(_scalar(part, type) for part in parts)


def _scalar(raw: str, type: ValueType) -> Scalar:
    if not raw:
        raise ValueError("no value")
    if type in _WHOLE:
        return int(raw)
    if type in _NUMBER:
        return _number(raw)
    if type == "date":
        return date.fromisoformat(raw).isoformat()
    return raw


def _number(raw: str) -> int | float:
    """A whole number stays one: 180 and 1.5."""
    return int(raw) if raw.lstrip("-").isdigit() else float(raw)


def _parameter(part: str, condition: Condition) -> tuple[str, Scalar]:
    name, _, raw = (text.strip() for text in part.partition("="))
    for spec in condition.params:
        if name == spec.name or name in spec.aliases:
            return spec.name, _parameter_value(raw, spec)
    raise ValueError(f"{condition.id}: no parameter {name!r}")


def _parameter_value(raw: str, spec: ParamSpec) -> Scalar:
    if spec.type in ("days", "hours"):
        return int(raw)
    if spec.type == "number":
        return _number(raw)
    if spec.choices and raw not in spec.choices:
        raise ValueError(f"{spec.name}: {raw!r} is not one of {', '.join(spec.choices)}")
    return raw
