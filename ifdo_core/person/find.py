"""Who is meant by a text: a member, an order, a visitor, and for those who may see it a telephone or an e-mail."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from ifdo_core import tables
from ifdo_core.analysis.churn import reasons_text
from ifdo_core.analysis.customers import customer_of
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import contains, instant, regex_matches
from ifdo_core.errors import DataError
from ifdo_core.lists.masks import PERSONAL_PATTERN, mask_text
from ifdo_core.marts import MartTables
from ifdo_core.marts.identity import order_person
from ifdo_core.roles import Role, require_personal_data
from ifdo_core.segments.subjects import newest_run

MOST = 20
#: Shorter parts of an id find too much.
MIN_PART = 2
MAX_TEXT = 200
COLUMNS = ("person", "customer", "matched", "order_count", "total_amount", "last_visit_at", "last_order_at")


def find(engine: Engine, marts: MartTables, text: str, now: datetime, role: Role) -> pd.DataFrame:
    """One row a person, exact ids before parts of one: person, customer (masked where it looks personal and ``role``
    may not see it), matched ('member', 'order', 'visitor', 'phone', 'email'), order_count, total_amount,
    last_visit_at, last_order_at.

    Telephone and e-mail are looked into only for a role that may see them. Raises NotAllowed where the text is one of
    them and the role may not; DataError for a text that is too long.
    """
    asked = text.strip()
    if len(asked) > MAX_TEXT:
        raise DataError("long_search", "검색어가 너무 길어요.", "{limit}자까지 쓸 수 있어요.", limit=MAX_TEXT)
    if not asked:
        return pd.DataFrame(columns=list(COLUMNS))
    found = _exact(engine, marts, asked, now)
    if not found and role.may_see_personal_data:
        found = _personal(engine, asked)
    if not found and not role.may_see_personal_data and re.search(PERSONAL_PATTERN, asked):
        require_personal_data(role)
    if not found and len(asked) >= MIN_PART:
        found = _parts(engine, marts, asked, role)
    return _described(engine, marts, found, role)


def _exact(engine: Engine, marts: MartTables, asked: str, now: datetime) -> dict[str, str]:
    """person → what matched."""
    people, identity, orders = marts.people.c, marts.identity, tables.orders
    asks: list[tuple[str, Select[Any]]] = [
        ("member", select(people.person).where(people.person == f"m:{asked}")),
        ("visitor", select(identity.c.person).where(identity.c.visitor_id == asked)),
        ("visitor", select(people.person).where(people.person == f"v:{asked}")),
        (
            "order",
            select(order_person(orders, identity))
            .select_from(orders.outerjoin(identity, identity.c.visitor_id == orders.c.visitor_id))
            .where(orders.c.order_id == asked, orders.c.ts <= instant(now)),
        ),
    ]
    if asked[:2] in ("m:", "v:", "o:"):
        kind = {"m": "member", "v": "visitor", "o": "order"}[asked[0]]
        asks.insert(0, (kind, select(people.person).where(people.person == asked)))
    found: dict[str, str] = {}
    for matched, query in asks:
        for row in engine.execute(query.limit(MOST)):
            found.setdefault(str(row[0]), matched)
    return found


def _personal(engine: Engine, asked: str) -> dict[str, str]:
    """Members with this e-mail address or telephone number, as a whole."""
    m = tables.members.c
    digits = re.sub(r"\D", "", asked)
    bare = func.replace(func.replace(m.phone, "-", ""), " ", "")
    asks: list[tuple[str, ColumnElement[bool]]] = [("email", func.lower(m.email) == asked.lower())]
    if len(digits) >= 8:
        local = "0" + digits[2:].removeprefix("0") if digits.startswith("82") else digits
        asks.append(("phone", bare.in_([digits, local])))
    found: dict[str, str] = {}
    for matched, condition in asks:
        for row in engine.execute(select(m.member_id).where(condition).limit(MOST)):
            found.setdefault(f"m:{row[0]}", matched)
    return found


def _parts(engine: Engine, marts: MartTables, asked: str, role: Role) -> dict[str, str]:
    """Ids that hold the text, those who bought most first. While data is masked, an id that looks personal is found
    only as a whole: parts found one after the other would spell it out."""
    people, identity = marts.people.c, marts.identity.c

    def holds(column: ColumnElement[str]) -> ColumnElement[bool]:
        text = func.lower(column)
        part = contains(text, asked.lower())
        if role.may_see_personal_data:
            return part
        return or_(text == asked.lower(), and_(part, not_(regex_matches(text, PERSONAL_PATTERN))))

    order = (people.order_count.desc(), people.person)
    of_member = select(people.person).where(people.member_id.is_not(None), holds(people.member_id)).order_by(*order)
    of_visitor = (
        select(people.person)
        .where(people.person.in_(select(identity.person).where(holds(identity.visitor_id))))
        .order_by(*order)
    )
    found: dict[str, str] = {}
    for matched, query in (("member", of_member), ("visitor", of_visitor)):
        for row in engine.execute(query.limit(MOST)):
            found.setdefault(str(row[0]), matched)
    return dict(list(found.items())[:MOST])


def at_risk(engine: Engine, marts: MartTables, limit: int, role: Role) -> pd.DataFrame:
    """Whom the newest refresh calls likely to leave, those who spent most first: person, customer, total_amount,
    reasons (in words)."""
    s, p = tables.scores.c, marts.people.c
    rows = engine.frame(
        select(p.person, p.total_amount, s.churn_reasons, s.days_since_last, s.cycle_ratio)
        .select_from(tables.scores.join(marts.people, p.person == s.person))
        .where(s.run == newest_run(), s.churn_risk == "high", p.total_amount > 0)
        .order_by(p.total_amount.desc(), p.person)
        .limit(limit)
    )
    rows["person"] = rows["person"].astype(str)
    rows["customer"] = customer_of(rows["person"])
    if not role.may_see_personal_data:
        rows["customer"] = rows["customer"].map(mask_text)
    rows["reasons"] = [
        reasons_text(codes or "", days, float("nan") if cycle is None else cycle)
        for codes, days, cycle in zip(rows["churn_reasons"], rows["days_since_last"], rows["cycle_ratio"], strict=True)
    ]
    return rows[["person", "customer", "total_amount", "reasons"]]


def _described(engine: Engine, marts: MartTables, found: dict[str, str], role: Role) -> pd.DataFrame:
    p = marts.people.c
    rows = engine.frame(
        select(p.person, p.order_count, p.total_amount, p.last_visit_at, p.last_order_at).where(
            p.person.in_(list(found))
        )
    )
    rows["person"] = rows["person"].astype(str)
    rows = rows.set_index("person").reindex([person for person in found if person in set(rows["person"])]).reset_index()
    rows["customer"] = customer_of(rows["person"])
    if not role.may_see_personal_data:
        rows["customer"] = rows["customer"].map(mask_text)
    rows["matched"] = rows["person"].map(found)
    return rows[list(COLUMNS)]
