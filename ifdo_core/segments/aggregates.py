"""Behaviour as SQL: an ``Aggregate`` over a person's rows up to each subject's 'as of'.

The rows are joined to the subjects by person and time, and grouped once a subject: one value each, which the
subjects then carry beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, Integer, and_, cast, func, literal, or_, select

from ifdo_core.catalogue.spec import Aggregate, Except, Param
from ifdo_core.engines.sql import Query, instant, local_date, micros, newest
from ifdo_core.segments.filters import Flag, Params, column_of, filters
from ifdo_core.segments.rows import Rows
from ifdo_core.segments.sources import reaching_back
from ifdo_core.segments.subjects import Subject

DAY_US = 86_400_000_000
#: More rows than any one person has: the count of a group stands before the place of its newest row.
_PLACES = 1_000_000_000


def aggregate_query(
    subject: Subject, spec: Aggregate, params: Params, raw: Callable[[ColumnElement[Any]], Flag] | None = None
) -> Query:
    """Columns key and value: one row for each subject that has rows at all.

    ``raw``: a function of the rows' column that keeps those for which it is true (for sets).
    """
    asked = subject.again()
    rows = Rows(asked, spec)
    name = column_of(spec, params)
    if spec.function == "most":
        return _most_query(rows, spec, params)
    kept = rows_of(rows, spec, params)
    if raw is not None:
        kept.append(raw(rows.column(name or "")))
    if spec.function == "largest_group":
        column = rows.column(name or "")
        how_many = func.count(rows.order.order_id.distinct()) if spec.source == "items" else func.count()
        groups = (
            rows.select(asked.key.label("key"), how_many.label("n"))
            .where(*kept, column.is_not(None))
            .group_by(asked.key, column)
            .subquery("groups")
        )
        return select(groups.c.key, func.max(groups.c.n).label("value")).group_by(groups.c.key)
    value = _value(rows, spec, name)
    return rows.select(asked.key.label("key"), value.label("value")).where(*kept).group_by(asked.key)


def moment_query(subject: Subject, spec: Aggregate, params: Params, *, oldest: bool = False) -> Query:
    """Columns key and value: the time of the newest (or oldest) row of each subject that has one."""
    asked = subject.again()
    rows = Rows(asked, spec)
    kept = rows_of(rows, spec, params)
    moment = func.min(rows.ts) if oldest else func.max(rows.ts)
    return rows.select(asked.key.label("key"), moment.label("value")).where(*kept).group_by(asked.key)


def elements_query(subject: Subject, spec: Aggregate, params: Params) -> Query:
    """Columns value and visits: the elements of a set with how many subjects have each, the most frequent first."""
    rows = Rows(subject.again(), spec)
    column = rows.column(column_of(spec, params) or "")
    kept = rows_of(rows, spec, params)
    subjects = func.count(rows.subject.key.distinct())
    return (
        rows.select(column.label("value"), subjects.label("visits"))
        .where(*kept, column.is_not(None))
        .group_by(column)
        .order_by(subjects.desc(), column)
    )


def except_query(subject: Subject, spec: Except, params: Params) -> Query:
    """Columns key and value: what is left of ``spec.of``; one row for each subject that has any of it."""
    of, minus = (_groups_query(subject, part, spec.by, params).subquery() for part in (spec.of, spec.minus))
    same = [of.c.key == minus.c.key, *(of.c[f"by_{place}"] == minus.c[f"by_{place}"] for place in range(len(spec.by)))]
    left = minus.c.key.is_(None)
    if spec.later:
        left = or_(left, minus.c.newest < of.c.newest)
    return (
        select(of.c.key, cast(func.sum(of.c.n), BigInteger).label("value"))
        .select_from(of.outerjoin(minus, and_(*same)))
        .where(left)
        .group_by(of.c.key)
    )


def _groups_query(subject: Subject, spec: Aggregate, by: tuple[str, ...], params: Params) -> Query:
    """key, by_0 …, n, newest: the rows of each subject that agree in ``by``; unknown is ''."""
    asked = subject.again()
    rows = Rows(asked, spec)
    groups = [func.coalesce(rows.column(name), "") for name in by]
    kept = rows_of(rows, spec, params)
    return rows.select(
        asked.key.label("key"),
        *(column.label(f"by_{place}") for place, column in enumerate(groups)),
        _value(rows, spec, column_of(spec, params)).label("n"),
        func.max(micros(rows.ts)).label("newest"),
    ).where(*kept).group_by(asked.key, *groups)  # fmt: skip


def _most_query(rows: Rows, spec: Aggregate, params: Params) -> Query:
    """The value that most rows have; of several the one with the newest row."""
    key, column = rows.subject.key, rows.column(column_of(spec, params) or "")
    kept = rows_of(rows, spec, params)
    place = func.row_number().over(partition_by=key, order_by=(rows.ts, rows.id))
    placed = (
        rows.select(key.label("key"), column.label("value"), place.label("place"))
        .where(*kept, column.is_not(None))
        .subquery("placed_rows")
        .c
    )
    weight = cast(func.count(), BigInteger) * _PLACES + func.max(placed.place)
    groups = (
        select(placed.key, placed.value, weight.label("weight"))
        .group_by(placed.key, placed.value)
        .subquery("weighed")
        .c
    )
    return select(groups.key, newest(groups.value, groups.weight, literal("")).label("value")).group_by(groups.key)


def _value(rows: Rows, spec: Aggregate, name: str | None) -> ColumnElement[Any]:
    if spec.function == "distinct_days":
        return func.count(local_date(rows.ts, rows.subject.settings.timezone).distinct())
    if name is None or spec.function in ("count", "set"):
        return func.count()
    if spec.function in ("sum", "max"):
        column = rows.number(name)
        if spec.function == "max":
            return func.max(column)
        whole = isinstance(column.type, BigInteger | Integer)
        return cast(func.sum(column), BigInteger if whole else Double)
    if spec.function == "distinct":
        return func.count(rows.column(name).distinct())
    return newest(rows.column(name), rows.ts, rows.id)


def rows_of(rows: Rows, spec: Aggregate, params: Params) -> list[Flag]:
    """The row passes the filters, lies at or before 'as of' and in the period. Called after the columns are named."""
    kept = filters(rows, spec.where, params)
    if rows.ts is None or spec.within == "visit":
        return kept
    subject, days = rows.subject, _days(spec, params)
    kept += [rows.ts <= subject.as_of, rows.ts <= instant(subject.now)]
    if days is not None:
        kept.append(micros(rows.ts) > micros(subject.as_of) - days * DAY_US)
        # holds for every subject, so that the engine need not look at older rows at all
        earliest = reaching_back(subject, days)
        if earliest is not None:
            kept.append(rows.ts >= instant(earliest))
    return kept


def _days(spec: Aggregate, params: Params) -> int | None:
    days = spec.days
    value = params.get(days.name) if isinstance(days, Param) else days
    return None if value is None else int(value)
