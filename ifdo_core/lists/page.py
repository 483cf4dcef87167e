"""One page of a list, as a result: frame, words, total."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from ifdo_core.catalogue.lists import ListColumn, label_of
from ifdo_core.engines import Engine
from ifdo_core.formats import count_text
from ifdo_core.i18n import translate
from ifdo_core.lists.cells import masked_frame, worded_frame
from ifdo_core.lists.query import Listing
from ifdo_core.lists.request import ListRequest

MAX_PAGE = 1_000  # rows


@dataclass(frozen=True)
class ListPage:
    """Rows ``offset`` + 1 … of ``total``; masked where the request is."""

    request: ListRequest
    now: datetime
    timezone: str
    total: int
    offset: int
    limit: int
    rows: pd.DataFrame = field(repr=False)

    @property
    def columns(self) -> tuple[ListColumn, ...]:
        return self.request.shown

    @property
    def pages(self) -> int:
        """How many pages of ``limit`` rows there are; one at least."""
        return max(1, -(-self.total // self.limit))

    def frame(self) -> pd.DataFrame:
        """The rows by column names; ids of values, times in UTC."""
        return self.rows

    def worded(self) -> pd.DataFrame:
        """The rows as people read them: names of values in the current language, times of the shop's clock."""
        return worded_frame(self.rows, self.columns, ZoneInfo(self.timezone))

    def insight(self) -> str:
        """How many there are, and whether personal data is masked."""
        told = translate("{what} 목록에 {total}행이 있어요.").format(
            what=label_of(self.request.what), total=count_text(self.total)
        )
        if self.request.masked and any(column.is_personal for column in self.columns):
            told += " " + translate("전화번호, 이메일, 생년월일은 가렸어요.")
        return told


def read_page(engine: Engine, listing: Listing, now: datetime, timezone: str, limit: int, offset: int) -> ListPage:
    """Rows ``offset`` + 1 … ``offset`` + ``limit`` (at most ``MAX_PAGE`` of them) and the total."""
    limit, offset = min(max(limit, 1), MAX_PAGE), max(offset, 0)
    total = int(engine.scalar(listing.count_query()))
    rows = engine.frame(listing.page_query(limit, offset))
    if listing.request.masked:
        rows = masked_frame(rows, listing.request.shown)
    return ListPage(listing.request, now, timezone, total, offset, limit, rows)
