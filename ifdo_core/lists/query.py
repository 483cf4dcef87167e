"""Lists as SQL: around the compiled statement that the count uses too, so both always agree."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, not_, or_, select

from ifdo_core import tables
from ifdo_core.catalogue.lists import KEY, SEARCHED, ListColumn
from ifdo_core.config import ShopSettings
from ifdo_core.engines.sql import Query, contains, regex_matches
from ifdo_core.lists.masks import PERSONAL_PATTERN
from ifdo_core.lists.request import ListRequest
from ifdo_core.marts import MartTables
from ifdo_core.segments import audience
from ifdo_core.segments.compile import DAY, WEEK
from ifdo_core.segments.subjects import Members, Visits

_NEWEST_FIRST = {"visits": "started_at", "visitors": "last_visit_at", "members": "last_visit_at"}
_WINDOWS = {"24h": DAY, "7d": WEEK, None: None}


class Listing:
    """The rows of one request on one shop at one moment."""

    def __init__(self, marts: MartTables, settings: ShopSettings, now: datetime, request: ListRequest) -> None:
        self.request = request
        self._listed = _rows(marts, settings, now, request).order_by(None).subquery("listed")
        self._member = tables.members.alias("member_row")
        self._columns = request.known

    # --- statements ---------------------------------------------------------------------------

    def page_query(self, limit: int | None = None, offset: int = 0) -> Query:
        """The chosen columns in order; ``limit`` None for all rows."""
        query = (
            select(*(self._value(column).label(column.name) for column in self.request.shown))
            .select_from(self._source)
            .where(*self._found())
            .order_by(*self._order())
        )
        return query if limit is None else query.limit(limit).offset(offset)

    def count_query(self) -> Query:
        """One row: how many rows the list has."""
        source = self._source if self._found() else self._listed
        return select(func.count().label("rows")).select_from(source).where(*self._found())

    # --- parts --------------------------------------------------------------------------------

    @property
    def _source(self) -> FromClause:
        return self._listed.outerjoin(self._member, self._member.c.member_id == self._listed.c.member_id)

    def _value(self, column: ListColumn) -> ColumnElement[Any]:
        return self._member.c[column.name] if column.of == "member" else self._listed.c[column.name]

    def _order(self) -> list[ColumnElement[Any]]:
        key = self._listed.c[KEY[self.request.what]]
        if not self.request.sort:
            return [self._listed.c[_NEWEST_FIRST[self.request.what]].desc().nulls_last(), key]
        value = self._value(self._columns[self.request.sort])
        return [(value.desc() if self.request.descending else value.asc()).nulls_last(), key]

    def _found(self) -> list[ColumnElement[bool]]:
        """Rows in which some column has the search, in any case of Latin letters.

        While data is masked, personal columns are not looked into, and texts that look personal are found only as a
        whole: parts that are found one after the other would spell out what is masked.
        """
        asked = self.request.search.strip().lower()
        if not asked:
            return []
        found: list[ColumnElement[bool]] = []
        for name in SEARCHED[self.request.what]:
            column = self._columns[name]
            if column.is_personal and self.request.masked:
                continue
            text = func.lower(self._value(column))
            part = contains(text, asked)
            if self.request.masked:
                part = or_(text == asked, and_(part, not_(regex_matches(text, PERSONAL_PATTERN))))
            found.append(func.coalesce(part, False))
            digits = re.sub(r"[-. ]", "", asked)
            if column.mask == "phone" and digits.isdigit():
                bare = func.replace(func.replace(text, "-", ""), " ", "")
                found.append(func.coalesce(contains(bare, digits), False))
        return [or_(*found)]


def _rows(marts: MartTables, settings: ShopSettings, now: datetime, request: ListRequest) -> Query:
    where = request.segment.where if request.segment else None
    if request.window == "now":
        return audience.members_now_query(Members(marts, settings, now), where)
    visits = Visits(marts, settings, now, _WINDOWS[request.window])
    if request.what == "visits":
        return audience.visits_query(visits, where)
    if request.what == "visitors":
        return audience.visitors_query(visits, where)
    return audience.members_of_visits_query(visits, where)
