"""Values of dimensions and metrics as people read them, and back into conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from ifdo_core.catalogue import CONDITIONS, find
from ifdo_core.catalogue.examples import parse_example
from ifdo_core.catalogue.reports import Dimension, Metric
from ifdo_core.formats import count_text, decimal_text, money_short, money_text, number_text, percent_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.lookups import wording

WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")
#: Korean counters of units; ``formats.count_text`` words them in English.
_COUNTERS: Mapping[str, str] = {"people": "명", "orders": "건", "count": "개", "days": "일"}


def metric_text(metric: Metric, value: Any, currency: str) -> str:
    """'1,234명', '5만 2,300원', '12.3 %'."""
    number = None if value is None or pd.isna(value) else float(value)
    if metric.unit == "money":
        return money_text(number, currency)
    if metric.unit == "percent":
        return percent_text(number)
    if metric.unit == "number":
        return decimal_text(number, 1)
    return count_text(number, _COUNTERS[metric.unit])


def value_label(dimension: Dimension, value: Any, currency: str, names: Mapping[str, str]) -> str:
    """One value of a dimension in the current language; ``names``: of products by id."""
    if _unknown(value):
        return translate("알 수 없음")
    match dimension.scale:
        case "band":
            return band_label(dimension, int(value), currency)
        case "month":
            return month_label(int(value))
        case "quarter":
            year, month = divmod(int(value), 12)
            return f"{year} Q{month // 3 + 1}"
        case "week":
            day = pd.Timestamp(value).date()
            return f"{day.year % 100:02}.{day.month:02}.{day.day:02}"
        case "weekday":
            return translate(WEEKDAYS[int(value)])
        case "hour":
            return translate("{hour}시").format(hour=int(value))
        case "number":
            return number_text(float(value))
        case "wording":
            assert dimension.words
            words = wording(dimension.words).get(str(value))
            return (words[1] if current_language() == "en" else words[0]) if words else str(value)
        case "text":
            return names.get(str(value), str(value))


def _unknown(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value))


def month_label(number: int) -> str:
    """'2026-10' of the months since year 0."""
    year, month = divmod(number, 12)
    return f"{year}-{month + 1:02}"


def band_label(dimension: Dimension, place: int, currency: str) -> str:
    """'5만원~7만원', '2건', '11건 이상': bands of whole numbers with one value are that value."""
    edges = dimension.edges
    low = edges[place]
    high = edges[place + 1] if place + 1 < len(edges) else None
    if high is None:
        return translate("{low} 이상").format(low=_edge(dimension, low, currency))
    if high - low == 1 and dimension.unit != "money":
        return _edge(dimension, low, currency)
    if dimension.unit == "money":
        if low == 0:
            return translate("{high} 미만").format(high=_edge(dimension, high, currency))
        return f"{_edge(dimension, low, currency)}~{_edge(dimension, high, currency)}"
    last = high if dimension.unit == "percent" else high - 1
    return f"{number_text(low)}~{_edge(dimension, last, currency)}"


def _edge(dimension: Dimension, value: int, currency: str) -> str:
    if dimension.unit == "money":
        return money_short(value, currency)
    if dimension.unit == "percent":
        return percent_text(value, 0)
    if dimension.unit == "place":
        return translate("{number}번째").format(number=number_text(value))
    if dimension.unit in _COUNTERS:
        return count_text(value, _COUNTERS[dimension.unit])
    return number_text(value)


def near_conditions(dimension: Dimension, value: Any, days: int) -> list[dict[str, Any]]:
    """Conditions for the customers behind one value, or, where none says exactly them, for customers like them."""
    if str(value) in dimension.near_values:
        condition, asked = dimension.near_values[str(value)]
        return [example_leaf(condition, asked)]
    return value_conditions(replace(dimension, condition=dimension.condition or dimension.near), value, days)


def example_leaf(condition: str, asked: str) -> dict[str, Any]:
    """A condition of the catalogue with an operator and a value as examples are written, as in a segment file."""
    op, value, params = parse_example(asked, CONDITIONS[condition])
    leaf: dict[str, Any] = {"condition": condition, "op": op}
    if value is not None:
        leaf["value"] = list(value) if isinstance(value, tuple) else value
    return {**leaf, "params": dict(params)} if params else leaf


def value_conditions(dimension: Dimension, value: Any, days: int) -> list[dict[str, Any]]:
    """Conditions, as in a segment file, that hold for exactly the customers behind one value; none where the dimension
    has no condition. ``days``: of the report's period, for a condition that counts over one."""
    if dimension.condition is None or find(dimension.condition) is None or _unknown(value):
        return []
    leaf: dict[str, Any] = {"condition": dimension.condition}
    if dimension.param:
        asked = _range(dimension, int(value)) if dimension.scale == "band" else str(value)
        return [{**leaf, "op": "gte", "value": 1, "params": {dimension.param: asked, "days": days}}]
    dated = CONDITIONS[dimension.condition].type == "date"
    match dimension.scale:
        case "band" if dimension.reached:
            return [{**leaf, "op": "gte", "value": dimension.edges[int(value)]}]
        case "band":
            return [{**leaf, **bound} for bound in _bounds(dimension, int(value))]
        case "month" | "quarter" if dated:
            first, following = (
                month_start(int(value)),
                month_start(int(value) + (1 if dimension.scale == "month" else 3)),
            )
            return [{**leaf, "op": "between", "value": _dates(first, following - timedelta(days=1))}]
        case "hour":
            return [{**leaf, "op": "eq", "value": int(value)}]
        case "week" if dated:
            monday = as_day(value)
            return [{**leaf, "op": "between", "value": _dates(monday, monday + timedelta(days=6))}]
        case "month":
            return [{**leaf, "op": "in", "value": [month_label(int(value))]}]
        case "wording":
            many = CONDITIONS[dimension.condition].type == "set"
            return [{**leaf, "op": "any_of" if many else "in", "value": [str(value)]}]
        case "text":
            return [{**leaf, "op": "any_of", "value": [str(value)]}]
        case _:
            return []


def _bounds(dimension: Dimension, place: int) -> list[dict[str, Any]]:
    """At least the band's lower end and less than its upper one: right for amounts that are no whole numbers too."""
    edges = dimension.edges
    bounds: list[dict[str, Any]] = [{"op": "gte", "value": edges[place]}]
    if place + 1 < len(edges):
        bounds.append({"op": "lt", "value": edges[place + 1]})
    return bounds


def _range(dimension: Dimension, place: int) -> str:
    """A band of whole numbers as the parameter 'a..b', both ends included."""
    edges = dimension.edges
    return f"{edges[place]}.." + (str(edges[place + 1] - 1) if place + 1 < len(edges) else "")


def month_start(number: int) -> date:
    """The first day of the month that is so many months after year 0."""
    year, month = divmod(number, 12)
    return date(year, month + 1, 1)


def _dates(first: date, last: date) -> list[str]:
    return [first.isoformat(), last.isoformat()]


def as_day(value: Any) -> date:
    """A 'week' as a date."""
    return pd.Timestamp(value).date()
