"""The rows that analyses start from: one a person with valid orders as of a moment (semantics.md, 'Money')."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Integer, Table, cast, func, select

from ifdo_core.engines.sql import Query, instant, whole_days
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.purchases import counts, net_amount

_ALL = Cut()


def valid_at(orders: Table, as_of: datetime) -> list[Any]:
    """Filters on ``person_orders``: the order counts as of the moment."""
    return [counts(orders.c, instant(as_of), _ALL)]


def net_at(orders: Table, as_of: datetime) -> Any:
    """What the order was worth as of the moment."""
    return net_amount(orders.c, instant(as_of), _ALL)


def recency_query(orders: Table, as_of: datetime, lookback_days: int) -> Query:
    """person, recency (whole days), frequency, monetary, over (as_of − lookback, as_of] (semantics.md, 'RFM')."""
    o = orders.c
    since = as_of - timedelta(days=lookback_days)
    return (
        select(
            o.person,
            cast(whole_days(func.max(o.ts), instant(as_of)), Integer).label("recency"),
            cast(func.count(), Integer).label("frequency"),
            cast(func.sum(net_at(orders, as_of)), BigInteger).label("monetary"),
        )
        .where(*valid_at(orders, as_of), o.ts > instant(since))
        .group_by(o.person)
        .order_by(o.person)
    )


def visitors_query(visits: Table, orders: Table, as_of: datetime, lookback_days: int) -> Query:
    """The same columns of persons who never bought: days since the last visit, visits, pages seen."""
    v = visits.c
    since = as_of - timedelta(days=lookback_days)
    buyers = select(orders.c.person).where(*valid_at(orders, as_of))
    return (
        select(
            v.person,
            cast(whole_days(func.max(v.started_at), instant(as_of)), Integer).label("recency"),
            cast(func.count(), Integer).label("frequency"),
            cast(func.sum(func.coalesce(v.pages, 0)), BigInteger).label("monetary"),
        )
        .where(v.started_at > instant(since), v.started_at <= instant(as_of), v.person.not_in(buyers))
        .group_by(v.person)
        .order_by(v.person)
    )


def customer_of(person: pd.Series) -> pd.Series:
    """The name of a person in results: the member id, or of one who is no member the person itself ('v:…')."""
    text = person.astype(str)
    return text.str.removeprefix("m:").where(text.str.startswith("m:"), text)
