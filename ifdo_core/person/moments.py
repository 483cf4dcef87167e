"""What happened to one person, each thing a moment with its facts; worded when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, func, select

from ifdo_core import tables
from ifdo_core.analysis.grades import GradeTable
from ifdo_core.analysis.moments import end_of_day
from ifdo_core.config import ShopSettings
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import instant
from ifdo_core.formats import count_text, duration_text, money_text
from ifdo_core.i18n import current_language, translate
from ifdo_core.lookups import wording
from ifdo_core.marts import MartTables
from ifdo_core.marts.identity import order_person

Kind = Literal["visit", "cart", "order", "refund", "message", "joined", "grade"]
KINDS: tuple[Kind, ...] = ("order", "cart", "visit", "message", "refund", "grade", "joined")
#: Of each kind at most so many, the newest.
MOST = 300
#: Things put into a cart within so long of each other are told in one line.
TOGETHER = timedelta(minutes=30)
#: Products that a line names before 'and n more'.
NAMED = 2


@dataclass(frozen=True)
class Moment:
    """``at``: naive UTC. ``facts``: of the kind; ``amount`` in the currency's smallest unit where money is in it."""

    at: datetime
    kind: Kind
    facts: dict[str, Any]

    @property
    def amount(self) -> int | None:
        return self.facts.get("amount")

    def text(self, currency: str) -> str:
        """The moment in words."""
        return _WORDS[self.kind](self.facts, currency)


def kind_word(kind: str) -> str:
    """'주문함', 'Order'."""
    return {
        "visit": translate("방문함"), "cart": translate("장바구니"), "order": translate("주문함"),
        "refund": translate("환불"), "message": translate("메시지"), "joined": translate("가입"),
        "grade": translate("등급 변화"),
    }[kind]  # fmt: skip


# --- words ------------------------------------------------------------------------------------


def _word(name: str, value: str | None) -> str:
    if not value:
        return ""
    words = wording(name).get(value)
    return value if words is None else words[current_language() != "ko"]


def _products(names: list[str]) -> str:
    told = ", ".join(names[:NAMED])
    if len(names) <= NAMED:
        return told
    return translate("{names} 외 {more}개").format(names=told, more=len(names) - NAMED)


def _visit(facts: dict[str, Any], currency: str) -> str:
    parts = [_word("channel", facts["channel"]), facts["campaign"] or "", _word("device", facts["device"])]
    parts.append(count_text(facts["pages"] or 0, "페이지"))
    if facts["duration_s"]:
        parts.append(duration_text(facts["duration_s"]))
    return " · ".join(part for part in parts if part)


def _cart(facts: dict[str, Any], currency: str) -> str:
    form = translate("뺌: {products}") if facts["removed"] else translate("담음: {products}")
    return form.format(products=_products(facts["products"]))


def _order(facts: dict[str, Any], currency: str) -> str:
    parts = [money_text(facts["amount"], currency), _products(facts["products"])]
    if facts["coupon"]:
        parts.append(translate("쿠폰 {name}").format(name=facts["coupon"]))
    if facts["status"] != "paid":
        parts.append(_word("order_status", facts["status"]))
    return " · ".join(part for part in parts if part)


def _refund(facts: dict[str, Any], currency: str) -> str:
    form = translate("{amount} 환불 · 주문 {order}")
    return form.format(amount=money_text(facts["amount"], currency), order=facts["order_id"])


def _message(facts: dict[str, Any], currency: str) -> str:
    came = {
        "holdout": translate("보내지 않음(대조군)"), "failed": translate("실패"), "clicked": translate("눌러 봄"),
        "opened": translate("열어 봄"), "delivered": translate("도착"), "accepted": translate("보냄"),
    }[facts["outcome"]]  # fmt: skip
    parts = [_word("message_channel", facts["channel"]), facts["campaign"] or "", came, facts["failure"] or ""]
    return " · ".join(part for part in parts if part)


def _joined(facts: dict[str, Any], currency: str) -> str:
    told = _word("signup_channel", facts["channel"])
    return translate("회원 가입") + (f" · {told}" if told else "")


def _grade(facts: dict[str, Any], currency: str) -> str:
    before, after = (facts["table"].label(name) if name else "" for name in (facts["before"], facts["after"]))
    if not after:
        return translate("{before}에서 기간 밖으로").format(before=before)
    return f"{before} → {after}" if before else after


_WORDS: dict[Kind, Callable[[dict[str, Any], str], str]] = {
    "visit": _visit, "cart": _cart, "order": _order, "refund": _refund, "message": _message, "joined": _joined,
    "grade": _grade,
}  # fmt: skip


# --- what the tables hold ----------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Reads the moments of one person up to ``now``."""

    engine: Engine
    marts: MartTables
    settings: ShopSettings
    now: datetime
    person: str
    grades: GradeTable

    def read(self) -> list[Moment]:
        """The newest first."""
        found = [*self._visits(), *self._carts(), *self._orders(), *self._messages(), *self._joined(), *self._grades()]
        return sorted(found, key=lambda moment: moment.at, reverse=True)

    @property
    def _visitors(self) -> Select[Any]:
        identity = self.marts.identity.c
        return select(identity.visitor_id).where(identity.person == self.person)

    @property
    def _member_id(self) -> str | None:
        return self.person.removeprefix("m:") if self.person.startswith("m:") else None

    def _visits(self) -> Iterator[Moment]:
        v = self.marts.visits.c
        columns = (v.started_at, v.channel, v.campaign, v.device, v.pages, v.duration_s, v.landing_path)
        query = (
            select(*columns)
            .where(v.person == self.person, v.started_at <= instant(self.now))
            .order_by(v.started_at.desc())
            .limit(MOST)
        )
        for row in self.engine.execute(query):
            yield Moment(row[0], "visit", dict(zip([column.name for column in columns[1:]], row[1:], strict=True)))

    def _carts(self) -> Iterator[Moment]:
        e, p = tables.events.c, tables.products.c
        query = (
            select(e.ts, e.name, func.coalesce(p.name, e.product_id).label("product"))
            .select_from(tables.events.outerjoin(tables.products, p.product_id == e.product_id))
            .where(
                e.visitor_id.in_(self._visitors), e.name.in_(["add_to_cart", "remove_from_cart"]),
                e.ts <= instant(self.now), e.product_id.is_not(None),
            )
            .order_by(e.ts.desc(), e.event_id.desc())
            .limit(MOST)
        )  # fmt: skip
        begun: datetime | None = None
        names: list[str] = []
        removed = False
        for ts, name, product in reversed(list(self.engine.execute(query))):
            if begun is not None and (ts - begun > TOGETHER or (name == "remove_from_cart") != removed):
                yield Moment(begun, "cart", {"products": names, "removed": removed})
                begun = None
            if begun is None:
                begun, names, removed = ts, [], name == "remove_from_cart"
            if product not in names:
                names.append(str(product))
        if begun is not None:
            yield Moment(begun, "cart", {"products": names, "removed": removed})

    def _orders(self) -> Iterator[Moment]:
        orders, identity, o = tables.orders, self.marts.identity, tables.orders.c
        query = (
            select(o.order_id, o.ts, o.amount, o.status, o.coupon, o.refunded_amount, o.refunded_at)
            .select_from(orders.outerjoin(identity, identity.c.visitor_id == o.visitor_id))
            .where(order_person(orders, identity) == self.person, o.ts <= instant(self.now))
            .order_by(o.ts.desc(), o.order_id.desc())
            .limit(MOST)
        )
        rows = list(self.engine.execute(query))
        products = self._lines([row[0] for row in rows])
        for order_id, ts, amount, status, coupon, refunded, refunded_at in rows:
            facts = {"order_id": order_id, "amount": int(amount), "status": status, "coupon": coupon,
                     "products": products.get(order_id, [])}  # fmt: skip
            yield Moment(ts, "order", facts)
            back = int(amount) if status == "refunded" else int(refunded or 0)
            if back > 0 and (refunded_at is None or refunded_at <= self.now):
                yield Moment(refunded_at or ts, "refund", {"order_id": order_id, "amount": back})

    def _lines(self, order_ids: list[str]) -> dict[str, list[str]]:
        i, p = tables.order_items.c, tables.products.c
        query = (
            select(i.order_id, func.coalesce(p.name, i.product_id))
            .select_from(tables.order_items.outerjoin(tables.products, p.product_id == i.product_id))
            .where(i.order_id.in_(order_ids))
            .order_by(i.order_id, (i.price * i.quantity).desc(), i.line_id)
        )
        found: dict[str, list[str]] = {}
        for order_id, name in self.engine.execute(query) if order_ids else ():
            found.setdefault(str(order_id), []).append(str(name))
        return found

    def _messages(self) -> Iterator[Moment]:
        m = tables.messages.c
        whose = m.visitor_id.in_(self._visitors)
        if self._member_id is not None:
            whose = whose | (m.member_id == self._member_id)
        query = (
            select(m.ts, m.channel, m.campaign, m.status, m.opened_at, m.clicked_at, m.failure)
            .where(whose, m.ts <= instant(self.now))
            .order_by(m.ts.desc(), m.message_id)
            .limit(MOST)
        )
        for ts, channel, campaign, status, opened, clicked, failure in self.engine.execute(query):
            came = status
            if opened is not None and opened <= self.now:
                came = "opened"
            if clicked is not None and clicked <= self.now:
                came = "clicked"
            yield Moment(ts, "message", {"channel": channel, "campaign": campaign, "outcome": came, "failure": failure})

    def _joined(self) -> Iterator[Moment]:
        if self._member_id is None:
            return
        m = tables.members.c
        query = select(m.joined_at, m.signup_channel).where(m.member_id == self._member_id, m.joined_at.is_not(None))
        for joined_at, channel in self.engine.execute(query):
            if joined_at <= self.now:
                yield Moment(joined_at, "joined", {"channel": channel})

    def _grades(self) -> Iterator[Moment]:
        """The history has a row a day on which the grade became another; a day is told at its end."""
        h = tables.score_history.c
        before = ""
        for day, grade in self.engine.execute(select(h.day, h.grade).where(h.person == self.person).order_by(h.day)):
            at = min(end_of_day(day, self.settings.zone), self.now)
            yield Moment(at, "grade", {"before": before, "after": grade, "table": self.grades})
            before = grade
