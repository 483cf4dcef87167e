"""The filters of a spec as SQL: which rows an aggregate keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, or_

from ifdo_core.catalogue.spec import EVENT_NUMBERS, GOODS, PLAIN_NUMBER, PROPERTY_TEST, Aggregate, Param, Where
from ifdo_core.engines.sql import glob_matches, starts_with
from ifdo_core.segments.model import Scalar
from ifdo_core.segments.rows import Rows

Params = Mapping[str, Scalar]
Flag = ColumnElement[bool]

_NUMBER = re.compile(PLAIN_NUMBER, re.ASCII)


def filters(rows: Rows, wheres: tuple[Where, ...], params: Params) -> list[Flag]:
    """The filters whose parameters are given; a null keeps nothing."""
    found: list[Flag] = []
    for where in wheres:
        value: Any = where.value
        if isinstance(value, Param):
            value = params.get(value.name)
            if value is None:
                continue
        found.append(_filter(rows, where, value))
    return found


def property_column(name: str) -> str:
    """The column of events that holds the property of this name."""
    return name if name in EVENT_NUMBERS else f"params.{name}"


def column_of(spec: Aggregate, params: Params) -> str | None:
    """The name of the column that an aggregate reads."""
    return property_column(str(params[spec.column.name])) if isinstance(spec.column, Param) else spec.column


def _filter(rows: Rows, where: Where, value: Any) -> Flag:
    if where.op == "goods":
        kind, _, named = str(value).partition(":")
        where, value = Where(GOODS[kind], "category" if kind == "category" else "eq"), named
    if where.op == "tests":
        return and_(*(_test(rows, part) for part in str(value).split("&")))
    if where.op in ("gte", "lte"):
        measured = rows.number(where.column)
        return measured >= value if where.op == "gte" else measured <= value
    column = rows.column(where.column)
    match where.op:
        case "eq":
            return column == value
        case "ne":
            return column != value
        case "in":
            return column.in_(value)
        case "glob":
            return _glob(rows, where.column, column, str(value))
        case "category":
            return in_category(column, str(value))
        case "range":
            low, _, high = str(value).partition("..")
            limits = ([column >= int(low)] if low else []) + ([column <= int(high)] if high else [])
            return and_(column.is_not(None), *limits)
        case "is_true":
            return column.is_(True)
        case _:  # is_known
            return column.is_not(None)


def in_category(column: ColumnElement[Any], category: str) -> Flag:
    """The category itself or one below it."""
    return or_(column == category, starts_with(column, f"{category} > "))


def _glob(rows: Rows, name: str, column: ColumnElement[Any], pattern: str) -> Flag:
    """A page's address may match as a whole or by its path."""
    if name == "page_url":
        return or_(glob_matches(column, pattern), glob_matches(rows.base.page_path, pattern))
    return glob_matches(column, pattern)


def _test(rows: Rows, text: str) -> Flag:
    """'price>=100000': as numbers where the wanted one is a number, else as texts."""
    found = PROPERTY_TEST.fullmatch(text)
    if found is None:
        raise ValueError(f"no test of a property: {text!r}")
    name, op, wanted = found.groups()
    column = rows.column(property_column(name))
    if _NUMBER.fullmatch(wanted):
        measured: Any = rows.number(property_column(name))
        aim: Any = float(wanted)
        return {
            "=": measured == aim,
            "!=": measured != aim,
            ">": measured > aim,
            "<": measured < aim,
            ">=": measured >= aim,
            "<=": measured <= aim,
        }[op]
    told = cast(column, String) if name in EVENT_NUMBERS else column
    return told != wanted if op == "!=" else told == wanted
