"""A shop as plain rows, and time as people reckon it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ifdo_core.segments.model import Node

#: A row of a canonical table; a column that is missing counts as unknown.
Row = dict[str, Any]


@dataclass
class Shop:
    """The canonical tables with naive UTC datetimes, and the settings that numbers depend on."""

    events: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    order_items: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    #: what the newest refresh found of each person; how it is found is tested elsewhere
    scores: list[Row] = field(default_factory=list)
    timezone: str = "Asia/Seoul"
    visit_gap_minutes: int = 30
    own_hosts: tuple[str, ...] = ()
    free_shipping_from: int | None = None
    message_cap: int = 3
    #: saved segments by id
    segments: dict[str, Node] = field(default_factory=dict)

    def local(self, moment: datetime) -> datetime:
        """The shop's wall clock at ``moment``."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.timezone))

    def local_date(self, moment: datetime) -> date:
        return self.local(moment).date()


def seconds(first: datetime, second: datetime) -> float:
    """From ``first`` to ``second``."""
    return (second - first) / timedelta(microseconds=1) / 1e6


def whole_days(first: datetime, second: datetime) -> int:
    """Whole days of 24 hours from ``first`` to ``second``."""
    return (second - first) // timedelta(days=1)


def in_order(rows: Iterable[Row], key: str) -> list[Row]:
    """``rows`` from the oldest to the newest by (ts, key)."""
    return sorted(rows, key=lambda row: (row["ts"], row[key].encode()))
