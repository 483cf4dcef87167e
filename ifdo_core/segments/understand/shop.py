"""The shop's own words for ``understand``: its categories, brands, products and member grades; and its spaces."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import select

from ifdo_core import tables
from ifdo_core.engines import Engine
from ifdo_core.segments.understand.lexicon import Lexicon, lexicon, with_things

#: More product names than this are left out: each is a phrase to look for.
MAX_PRODUCTS = 20_000


def shop_lexicon(engine: Engine) -> Lexicon:
    """The lexicon with what the shop has."""
    return with_things(lexicon(), _things(engine))


def _things(engine: Engine) -> Iterator[tuple[str, str, str]]:
    products, members = tables.products.c, tables.members.c
    for row in engine.execute(select(products.category).where(products.category.is_not(None)).distinct()):
        parts = str(row[0]).split(" > ")
        for depth, name in enumerate(parts, 1):
            yield "category", " > ".join(parts[:depth]), name
    for row in engine.execute(select(products.brand).where(products.brand.is_not(None)).distinct()):
        yield "brand", str(row[0]), str(row[0])
    for row in engine.execute(select(members.grade).where(members.grade.is_not(None)).distinct()):
        yield "grade", str(row[0]), str(row[0])
    named = select(products.product_id, products.name).order_by(products.product_id).limit(MAX_PRODUCTS)
    for row in engine.execute(named):
        yield "product", str(row[0]), str(row[1])
        yield "product", str(row[0]), str(row[0])


def spaced(text: str) -> str | None:
    """``text`` with its words set apart by the Korean tokenizer (extra 'korean'); None where it is not installed.

    Loading it takes seconds and some hundred MB, so it is asked for and never a matter of course.
    """
    tokenizer = _tokenizer()
    return None if tokenizer is None else str(tokenizer.space(text))


@cache
def _tokenizer() -> Any:
    try:
        from kiwipiepy import Kiwi
    except ImportError:
        return None
    return Kiwi()
