"""Segments as SQL: each leaf a two-valued expression over a subject, the tree their combination.

Reads the specs of the catalogue (``catalogue.spec``); another, slow reading of the same specs checks this one
in the tests.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, true

from ifdo_core.catalogue import CONDITIONS, Condition
from ifdo_core.catalogue.spec import (
    GRADES_BEFORE,
    After,
    Aggregate,
    DaysSince,
    Except,
    FirstTime,
    Followed,
    GradeBefore,
    Has,
    HeldOut,
    LandingMessage,
    LiveValue,
    MemberFact,
    PersonColumn,
    Property,
    Ratio,
    RecommendedProducts,
    SavedSegments,
    ScoreColumn,
    SegmentEntered,
    SendsLeft,
    Spec,
    StateColumn,
    Streak,
    Unanswered,
    VisitColumn,
    VisitFact,
    VisitFlag,
)
from ifdo_core.engines.sql import Query, contains, date_days_between, json_text, micros, ratio, whole_days
from ifdo_core.errors import SegmentError
from ifdo_core.segments.aggregates import DAY_US, aggregate_query, except_query, moment_query
from ifdo_core.segments.check import effective_params
from ifdo_core.segments.compare import DENIED, Flag, compare, compare_date
from ifdo_core.segments.facts import member_fact, message_targets, state_fact, visit_fact
from ifdo_core.segments.filters import Params, in_category
from ifdo_core.segments.model import AllOf, Leaf, Node, Not
from ifdo_core.segments.nested import every_leaf, missing_ids
from ifdo_core.segments.replies import after_query, held_out, sends_left, streak_query, unanswered_query
from ifdo_core.segments.steps import followed_query
from ifdo_core.segments.subjects import Subject, Visits

#: Functions whose value is 0 where nothing happened (semantics.md, 'Counts over a period').
_ZERO_WHEN_NOTHING = ("count", "sum", "distinct", "distinct_days", "largest_group")


def needs_visit(leaf: Leaf) -> bool:
    """Whether the condition means nothing for a member without visits."""
    return CONDITIONS[leaf.condition].needs_visit


class Compiler:
    """Turns leaves and trees into flags over one subject; equal leaves are compiled once."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._flags: dict[Leaf, Flag] = {}

    def node(self, node: Node | None) -> Flag:
        """True where the subject matches; None holds everything."""
        if node is None:
            return true()
        if isinstance(node, Leaf):
            return self.leaf(node)
        if isinstance(node, Not):
            return not_(self.node(node.part))
        parts = [self.node(part) for part in node.parts]
        return and_(*parts) if isinstance(node, AllOf) else or_(*parts)

    def leaf(self, leaf: Leaf) -> Flag:
        """Never null: an unknown value satisfies nothing (semantics.md, '모수')."""
        if leaf not in self._flags:
            self._flags[leaf] = func.coalesce(self._compare(leaf, CONDITIONS[leaf.condition]), false())
        return self._flags[leaf]

    def _compare(self, leaf: Leaf, condition: Condition) -> Flag:
        spec, subject = condition.spec, self.subject
        if condition.needs_visit and not isinstance(subject, Visits):
            raise SegmentError(
                "needs_visit",
                "‘{label}’ 조건은 방문 데이터가 있어야 쓸 수 있어요.",
                "이 조건을 빼거나, 설정 › 데이터에서 방문 이벤트를 올려 주세요.",
                label=condition.ko,
                condition=condition.id,
            )
        if isinstance(spec, LiveValue):
            raise SegmentError(
                "live",
                "‘{label}’ 조건은 지금 접속한 방문자에게만 쓸 수 있어 지난 방문을 셀 수 없어요.",
                "모수를 보려면 이 조건을 빼 주세요.",
                label=condition.ko,
                condition=condition.id,
            )
        if isinstance(spec, SavedSegments):
            return self._of_segments(leaf)
        if isinstance(spec, RecommendedProducts):
            return self._of_recommended(leaf)
        if isinstance(spec, MemberFact) and spec.name == "message_target":
            return self._of_choices(message_targets(subject), leaf)
        if isinstance(spec, MemberFact) and spec.name == "tags":
            return self._of_tags(leaf)
        if isinstance(spec, Aggregate) and spec.function == "set":
            return self._of_set(spec, leaf, condition)
        value = self.value(condition, leaf)
        if condition.type == "date":
            today = subject.local_today(as_of_now=condition.as_of != "visit_end")
            return compare_date(value, leaf.op, leaf.value, today)
        return compare(value, leaf.op, leaf.value)

    # --- values -------------------------------------------------------------------------------

    def json_of(self, spec: Property) -> ColumnElement[str]:
        """The column that holds the JSON object of a property."""
        subject = self.subject
        return cast(Visits, subject).visit.landing_query if spec.of == "query" else subject.member.c.extra

    def value(self, condition: Condition, leaf: Leaf) -> ColumnElement[Any]:
        subject, spec = self.subject, condition.spec
        match spec:
            case VisitColumn(name):
                return cast(Visits, subject).visit[name]
            case VisitFlag(name, values):
                column = cast(Visits, subject).visit[name]
                return case((column.is_not(None), column.in_(values)))
            case VisitFact(name):
                return visit_fact(cast(Visits, subject), name)
            case StateColumn(name):
                return state_fact(subject, name)
            case MemberFact(name):
                return member_fact(subject, name)
            case PersonColumn(name):
                return subject.people.c[name]
            case ScoreColumn(name):
                return subject.scores.c[name]
            case GradeBefore(ago):
                days = int(effective_params(leaf, condition)[ago.name])
                return subject.scores.c[GRADES_BEFORE[days]]
            case SegmentEntered(param):
                entered = subject.entered(str(dict(leaf.params)[param.name])).c.entered_on
                return date_days_between(entered, subject.local_today(as_of_now=True))
            case LandingMessage(name):
                return cast(Visits, subject).landing_message.c[name]
            case Property(_, key):
                return json_text(self.json_of(spec), str(dict(leaf.params)[key.name]))
            case HeldOut():
                return held_out(subject, spec, effective_params(leaf, condition))
            case SendsLeft():
                return sends_left(subject, spec, effective_params(leaf, condition))
            case _:
                return self._history_value(spec, effective_params(leaf, condition))

    def _history_value(self, spec: Spec, params: Params) -> ColumnElement[Any]:
        """A value worked out from rows of the person's history."""
        subject = self.subject
        match spec:
            case Aggregate():
                value = self._joined(spec, params, aggregate_query(subject, spec, params))
                return func.coalesce(value, 0) if spec.function in _ZERO_WHEN_NOTHING else value
            case DaysSince(of):
                return whole_days(self._joined(spec, params, moment_query(subject, of, params)), subject.as_of)
            case Ratio(part, whole, times):
                return ratio(self._history_value(part, params) * times, self._history_value(whole, params))
            case Has(of):
                return self._history_value(of, params) > 0
            case FirstTime(of, days):
                oldest = self._joined(spec, params, moment_query(subject, of, params, oldest=True))
                since = micros(subject.as_of) - int(params[days.name]) * DAY_US
                return case((micros(oldest) > since, 1), else_=0)
            case Except():
                return func.coalesce(self._joined(spec, params, except_query(subject, spec, params)), 0)
            case Unanswered():
                return func.coalesce(self._joined(spec, params, unanswered_query(subject, spec, params)), 0)
            case After():
                return func.coalesce(self._joined(spec, params, after_query(subject, spec, params)), 0)
            case Streak():
                return self._joined(spec, params, streak_query(subject, spec, params))
            case Followed():
                return func.coalesce(self._joined(spec, params, followed_query(subject, spec, params)), 0)
            case _:
                raise TypeError(f"no value for {spec!r}")

    def _joined(self, spec: Spec, params: Params, query: Query) -> ColumnElement[Any]:
        """The query's value for each subject; equal specs with equal parameters are joined once."""
        return self.subject.join_values((spec, tuple(sorted(params.items()))), query).c.value

    # --- sets ---------------------------------------------------------------------------------

    def _of_set(self, spec: Aggregate, leaf: Leaf, condition: Condition) -> Flag:
        """A positive operator asks for some element, a negative one that none is (semantics.md, 'Negation over sets').

        A set read from rows is always known, if empty.
        """
        if leaf.op in ("is_known", "is_unknown"):
            return true() if leaf.op == "is_known" else false()
        if leaf.op == "all_of":
            values = dict.fromkeys(cast(tuple[str, ...], leaf.value))
            return and_(*(self._some(spec, leaf, condition, "any_of", (value,)) for value in values))
        denied = DENIED.get(leaf.op)
        found = self._some(spec, leaf, condition, denied or leaf.op, leaf.value)
        return not_(found) if denied else found

    def _some(self, spec: Aggregate, leaf: Leaf, condition: Condition, op: str, value: Any) -> Flag:
        """Some row's element satisfies ``op value``."""
        params = effective_params(leaf, condition)
        element_is = _category_is if spec.column == "category" else _element_is
        query = aggregate_query(self.subject, spec, params, raw=partial(element_is, op=op, value=value))
        name = (spec, tuple(sorted(params.items())), op, value)
        return self.subject.join_values(name, query).c.value.is_not(None)

    def _of_segments(self, leaf: Leaf) -> Flag:
        """The definitions of the saved segments, asked of the same subject."""
        if leaf.op in ("is_known", "is_unknown"):
            return true() if leaf.op == "is_known" else false()
        if missing := missing_ids(leaf):
            raise SegmentError(
                "segment_missing",
                "이 세그먼트가 쓰는 저장된 세그먼트를 찾을 수 없어요: {ids}.",
                "지운 세그먼트를 되살리거나, ‘세그먼트 소속’ 조건에서 다른 세그먼트를 골라 주세요.",
                ids=", ".join(missing),
                condition=leaf.condition,
            )
        inside = [self.node(definition.where) for definition in leaf.inner]
        if leaf.op == "none_of":
            return not_(or_(*inside))
        return and_(*inside) if leaf.op == "all_of" else or_(*inside)

    def _of_recommended(self, leaf: Leaf) -> Flag:
        """A set of products, unknown where there is none."""
        values = tuple(dict.fromkeys(str(value) for value in cast(tuple[str, ...], leaf.value or ())))
        told = self.subject.recommended(values).c
        if leaf.op in ("is_known", "is_unknown"):
            return told.every.is_not(None) if leaf.op == "is_known" else told.every.is_(None)
        if leaf.op == "none_of":
            return told.asked == 0
        return told.asked == len(values) if leaf.op == "all_of" else told.asked > 0

    def _of_choices(self, choices: dict[str, ColumnElement[bool]], leaf: Leaf) -> Flag:
        """A set with few possible elements, each an expression; unknown where all of them are."""
        known = and_(*(flag.is_not(None) for flag in choices.values()))
        if leaf.op in ("is_known", "is_unknown"):
            return known if leaf.op == "is_known" else not_(known)
        asked = [choices.get(str(value), false()) for value in cast(tuple[str, ...], leaf.value)]
        if leaf.op == "none_of":
            return and_(known, not_(or_(*asked)))
        return and_(*asked) if leaf.op == "all_of" else or_(*asked)

    def _of_tags(self, leaf: Leaf) -> Flag:
        """Tags are kept as one text with '|' between them; unknown where the member has none on record."""
        tags = self.subject.member.c.tags
        if leaf.op in ("is_known", "is_unknown"):
            return compare(tags, leaf.op, None)
        fenced = func.concat("|", tags, "|")
        asked = [contains(fenced, f"|{value}|") for value in cast(tuple[str, ...], leaf.value)]
        if leaf.op == "none_of":
            return and_(tags.is_not(None), not_(or_(*asked)))
        return and_(tags.is_not(None), and_(*asked) if leaf.op == "all_of" else or_(*asked))


def _element_is(column: ColumnElement[Any], op: str, value: Any) -> Flag:
    return compare(column, op, value)


def _category_is(column: ColumnElement[Any], op: str, value: Any) -> Flag:
    """A set of categories holds those above each one too: '아우터 > 코트' is in '아우터'."""
    assert op == "any_of"
    return or_(*(in_category(column, str(category)) for category in value))


WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def is_live(node: Node) -> bool:
    """Whether any leaf asks for what is happening right now, in a saved segment too."""
    return any(CONDITIONS[place.leaf.condition].kind == "live" for place in every_leaf(node))
