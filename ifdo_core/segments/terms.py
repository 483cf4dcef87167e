"""Conditions as Python values: ``c.traffic.visit_count >= 5`` is a segment, and ``&``, ``|``, ``~`` join segments.

One class for each set of operators; which one a condition gets follows from its value type. Values and
parameters are checked where they are written, by the same rules as a segment file's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from ifdo_core.catalogue.entry import Condition
from ifdo_core.catalogue.operators import ValueType
from ifdo_core.errors import SegmentError
from ifdo_core.i18n import current_language
from ifdo_core.segments.check import read_leaf, read_segment
from ifdo_core.segments.model import AllOf, AnyOf, Node, Not, Scalar, Segment


@dataclass(frozen=True)
class Expression(Segment):
    """A segment written in Python. Everything that takes a segment takes it; ``to_segment`` gives it a name."""

    def __and__(self, other: Segment) -> Expression:
        """Both: '모두 만족'."""
        return Expression(AllOf((*_parts(self.where, AllOf), *_parts(other.where, AllOf))))

    def __or__(self, other: Segment) -> Expression:
        """At least one: '하나라도'."""
        return Expression(AnyOf((*_parts(self.where, AnyOf), *_parts(other.where, AnyOf))))

    def __invert__(self) -> Expression:
        """True exactly where this is not satisfied, unknown values included."""
        return Expression(self.where.part if isinstance(self.where, Not) else Not(self.where))

    def __bool__(self) -> NoReturn:
        raise SegmentError(
            "no_truth_value",
            "조건은 그 자체로 참도 거짓도 아니에요.",
            "and, or, not 대신 &, |, ~로 잇고, 두 끝이 있으면 between을 써 주세요.",
        )

    def __rand__(self, other: Segment) -> Expression:
        return Expression(other.where) & self

    def __ror__(self, other: Segment) -> Expression:
        return Expression(other.where) | self

    def to_segment(self, name: str = "") -> Segment:
        """The segment under a name, within the bounds of a file. Raises SegmentError beyond them."""
        return read_segment({**self.to_dict(), "name": name})


def _parts(node: Node, group: type[AllOf] | type[AnyOf]) -> tuple[Node, ...]:
    """``a & b & c`` is one group of three."""
    return node.parts if isinstance(node, AllOf | AnyOf) and type(node) is group else (node,)


class Term:
    """A condition that waits for its operator; called with parameters where it has some."""

    def __init__(self, entry: Condition, params: Mapping[str, Scalar] | None = None) -> None:
        self._entry = entry
        self._params = dict(params or {})
        self.__doc__ = f"{entry.ko} · {entry.en}\n\n{entry.note(current_language())}"

    # The stub has a signature of its own for each condition.
    if not TYPE_CHECKING:

        def __call__(self, **params: Scalar) -> Term:
            return type(self)(self._entry, {**self._params, **params})

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._params.items())
        return f"<c.{self._entry.id}{f'({given})' if given else ''}: {self._entry.label(current_language())}>"

    def _is(self, op: str, value: object = None) -> Expression:
        data: dict[str, object] = {"condition": self._entry.id, "op": op}
        if value is not None:
            data["value"] = value
        if self._params:
            data["params"] = {name: _plain(given) for name, given in self._params.items()}
        return Expression(read_leaf(data, f"c.{self._entry.id}"))


class _Known(Term):
    def is_known(self) -> Expression:
        """There is a value."""
        return self._is("is_known")

    def is_unknown(self) -> Expression:
        """There is no value."""
        return self._is("is_unknown")


class Count(Term):
    """Numbers that are never unknown: how often, how much in a period."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._is("eq", _plain(other))

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._is("ne", _plain(other))

    def __gt__(self, other: float) -> Expression:
        return self._is("gt", _plain(other))

    def __ge__(self, other: float) -> Expression:
        return self._is("gte", _plain(other))

    def __lt__(self, other: float) -> Expression:
        return self._is("lt", _plain(other))

    def __le__(self, other: float) -> Expression:
        return self._is("lte", _plain(other))

    def between(self, low: float, high: float) -> Expression:
        """From ``low`` to ``high``, both included."""
        return self._is("between", [_plain(low), _plain(high)])


class Number(Count, _Known):
    """Numbers, amounts, seconds, percentages; they can be unknown."""

    __hash__ = None  # type: ignore[assignment]


class Text(_Known):
    """Texts, and sets of texts such as the pages of a visit: some page does, or for negative ones no page does."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._is("eq", other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._is("ne", other)

    def isin(self, values: Iterable[str]) -> Expression:
        return self._is("in", _listed(values))

    def not_in(self, values: Iterable[str]) -> Expression:
        return self._is("not_in", _listed(values))

    def contains(self, text: str) -> Expression:
        """Upper and lower case are told apart."""
        return self._is("contains", text)

    def not_contains(self, text: str) -> Expression:
        return self._is("not_contains", text)

    def starts_with(self, text: str) -> Expression:
        return self._is("starts_with", text)

    def ends_with(self, text: str) -> Expression:
        return self._is("ends_with", text)

    def matches(self, pattern: str) -> Expression:
        """A regular expression, found anywhere in the text."""
        return self._is("matches", pattern)


class Choice(_Known):
    """One of a list of values, or an id; ``== value`` is short for ``isin([value])``."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._is("in", [other])

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._is("not_in", [other])

    def isin(self, values: Iterable[str]) -> Expression:
        return self._is("in", _listed(values))

    def not_in(self, values: Iterable[str]) -> Expression:
        return self._is("not_in", _listed(values))


class YesNo(_Known):
    def is_true(self) -> Expression:
        return self._is("is_true")

    def is_false(self) -> Expression:
        """Known to be false; ``~is_true()`` includes the unknown."""
        return self._is("is_false")


Date = date | str


class Day(_Known):
    """Days in the shop's time zone, as ``date`` or '2026-11-24'."""

    def on(self, day: Date) -> Expression:
        return self._is("on", day)

    def before(self, day: Date) -> Expression:
        return self._is("before", day)

    def after(self, day: Date) -> Expression:
        return self._is("after", day)

    def between(self, first: Date, last: Date) -> Expression:
        """From ``first`` to ``last``, both included."""
        return self._is("between", [first, last])

    def in_last_days(self, days: int) -> Expression:
        return self._is("in_last_days", _plain(days))

    def not_in_last_days(self, days: int) -> Expression:
        return self._is("not_in_last_days", _plain(days))


class Items(_Known):
    """Sets: the payment methods used, the targets a member belongs to."""

    def any_of(self, values: Iterable[str]) -> Expression:
        return self._is("any_of", _listed(values))

    def all_of(self, values: Iterable[str]) -> Expression:
        return self._is("all_of", _listed(values))

    def none_of(self, values: Iterable[str]) -> Expression:
        """An empty set has none of them; an unknown one satisfies nothing."""
        return self._is("none_of", _listed(values))


def _listed(values: Iterable[str]) -> list[str]:
    """A single text is a list of one, not of its letters."""
    return [values] if isinstance(values, str) else list(values)


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's own."""
    return value.item() if hasattr(value, "item") else value


TermName = Literal["Count", "Number", "Text", "Choice", "YesNo", "Day", "Items"]
TERMS: Mapping[TermName, type[Term]] = {
    "Count": Count, "Number": Number, "Text": Text, "Choice": Choice, "YesNo": YesNo, "Day": Day, "Items": Items,
}  # fmt: skip
TERM_OF_TYPE: Mapping[ValueType, TermName] = {
    "count": "Count", "sum": "Count",
    "integer": "Number", "number": "Number", "money": "Number", "percent": "Number", "score": "Number",
    "duration_s": "Number",
    "string": "Text", "text_set": "Text",
    "category": "Choice", "id": "Choice",
    "boolean": "YesNo", "date": "Day", "set": "Items",
}  # fmt: skip


def term(entry: Condition) -> Term:
    """The condition as a Python value."""
    return TERMS[TERM_OF_TYPE[entry.type]](entry)
