"""Values a condition's input can offer, with how many visits of the last 7 days have them."""

from __future__ import annotations

import json
from collections import Counter

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, String, cast, func, select

from ifdo_core import tables
from ifdo_core.catalogue import CONDITIONS, Condition
from ifdo_core.catalogue.spec import Aggregate, LiveValue, MemberFact, Property, RecommendedProducts, SavedSegments
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query
from ifdo_core.i18n import current_language
from ifdo_core.segments.aggregates import elements_query
from ifdo_core.segments.check import effective_params
from ifdo_core.segments.compile import Compiler
from ifdo_core.segments.facts import message_targets
from ifdo_core.segments.goods import are_products, product_names
from ifdo_core.segments.model import Leaf
from ifdo_core.segments.subjects import Visits, newest_run

#: How many values are counted before the list is cut to what was asked for.
MOST_COUNTED = 1_000

_LISTED = ("category", "string", "id", "set", "text_set")


def suggest(engine: Engine, visits: Visits, condition_id: str, query: str, limit: int) -> pd.DataFrame:
    """Columns value, label, visits; the catalogue's own values come with 0 where no visit has them.

    ``query`` keeps values or labels that contain it, whatever the case. Empty for conditions without values.
    """
    entry = CONDITIONS[condition_id]
    counted = _counts(engine, visits, entry)
    for value in entry.values:
        counted.setdefault(value, 0)
    place = 0 if current_language() == "ko" else 1
    labels = {value: wording[place] for value, wording in entry.values.items()}
    if are_products(entry):
        labels |= product_names(engine, counted)
    return _frame([(value, labels.get(value, value), n) for value, n in counted.items()], query, limit)


def suggest_param(
    engine: Engine, visits: Visits, condition_id: str, param: str, query: str, limit: int
) -> pd.DataFrame:
    """Columns value, label, visits for a parameter of a condition; visits are 0 where they are not counted.

    Products, categories and brands of the shop: a category comes with those above it, '아우터 > 코트' offers '아우터'
    too. Parameters of landing addresses and fields of members with the visits that have them. Event names by their
    visits. Empty for other parameters but those whose values the catalogue lists.
    """
    entry = CONDITIONS[condition_id]
    spec = next(spec for spec in entry.params if spec.name == param)
    products = tables.products.c
    place = 0 if current_language() == "ko" else 1
    rows = {value: (wording[place], 0) for value, wording in spec.values.items()}
    if spec.type == "product":
        found = engine.execute(select(products.product_id, products.name).order_by(products.name))
        rows |= {row.product_id: (row.name, 0) for row in found}
    elif spec.type in ("category", "brand"):
        column = products.category if spec.type == "category" else products.brand
        known = engine.execute(select(column.label("value")).where(column.is_not(None)).distinct())
        rows |= {text: (text, 0) for row in known for text in with_those_above(row.value)}
    elif isinstance(entry.spec, Property):
        rows |= {key: (key, n) for key, n in _keys(engine, visits, entry.spec).items()}
    elif spec.values and param in ("event", "did", "not"):
        counts = _counted(engine, elements_query(visits, Aggregate("events", "set", "name", within="visit"), {}))
        rows |= {name: (rows[name][0] if name in rows else name, n) for name, n in counts.items()}
    return _frame([(value, label, n) for value, (label, n) in sorted(rows.items(), key=_by_label)], query, limit)


def _by_label(row: tuple[str, tuple[str, int]]) -> str:
    return row[1][0]


def _frame(rows: list[tuple[str, str, int]], query: str, limit: int) -> pd.DataFrame:
    """The rows that contain ``query``, the most frequent first."""
    asked = query.strip().lower()
    kept = [row for row in rows if asked in row[0].lower() or asked in row[1].lower()]
    kept.sort(key=lambda row: -row[2])
    return pd.DataFrame(kept[:limit], columns=["value", "label", "visits"])


def with_those_above(category: str) -> list[str]:
    """'아우터', '아우터 > 코트' of '아우터 > 코트'."""
    parts = category.split(" > ")
    return [" > ".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _counts(engine: Engine, visits: Visits, entry: Condition) -> dict[str, int]:
    """Values with their visits, the most frequent first; empty where the condition has no listed values."""
    spec, leaf = entry.spec, Leaf(entry.id, "is_known")
    unlisted = entry.type not in _LISTED or isinstance(spec, LiveValue | SavedSegments)
    if unlisted or any(param.required for param in entry.params):
        return {}
    if isinstance(spec, Aggregate) and spec.function == "set":
        return _counted(engine, elements_query(visits, spec, effective_params(leaf, entry)))
    if isinstance(spec, RecommendedProducts):
        return _counted(engine, _recommended_query(visits))
    if isinstance(spec, MemberFact) and spec.name == "message_target":
        targets = message_targets(visits)
        counts = [func.count(visits.key.distinct()).filter(flag).label(name) for name, flag in targets.items()]
        row = next(iter(engine.execute(select(*counts).select_from(visits.source).where(*visits.where()))))
        return {name: int(getattr(row, name)) for name in targets}
    value = cast(Compiler(visits).value(entry, leaf), String)
    counted = _counted(engine, _grouped(value, visits.source, visits))
    if isinstance(spec, MemberFact) and spec.name == "tags":
        single: Counter[str] = Counter()
        for text, n in counted.items():
            single.update({tag: n for tag in text.split("|") if tag})
        return dict(single.most_common())
    return counted


def _recommended_query(visits: Visits) -> Query:
    """Products of the newest refresh with the visits of those whom it recommends them to."""
    r = tables.recommended.c
    to_whom = (r.person == visits.person) & (r.run == newest_run())
    return _grouped(r.product_id, visits.source.join(tables.recommended, to_whom), visits)


def _keys(engine: Engine, visits: Visits, spec: Property) -> dict[str, int]:
    """The keys of a JSON column with the visits that have them; of the texts that most visits have."""
    single: Counter[str] = Counter()
    value = Compiler(visits).json_of(spec)
    for text, n in _counted(engine, _grouped(value, visits.source, visits)).items():
        single.update(dict.fromkeys(json.loads(text), n))
    return dict(single.most_common())


def _counted(engine: Engine, query: Query) -> dict[str, int]:
    return {str(value): int(n) for value, n in engine.execute(query.limit(MOST_COUNTED))}


def _grouped(value: ColumnElement[str], source: FromClause, visits: Visits) -> Query:
    visits_of = func.count(visits.key.distinct())
    return (
        select(value.label("value"), visits_of.label("visits"))
        .select_from(source)
        .where(*visits.where(), value.is_not(None))
        .group_by(value)
        .order_by(visits_of.desc(), value)
    )
