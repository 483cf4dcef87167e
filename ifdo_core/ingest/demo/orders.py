"""What is in each order of the demo shop, and what became of it: the tables of orders and of their lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ifdo_core.ingest.demo.calendar import DAY, SEOUL
from ifdo_core.ingest.demo.columns import chosen, datetimes, identifiers, integers
from ifdo_core.ingest.demo.crowd import Crowd
from ifdo_core.ingest.demo.parts import Flags, Floats, Ints, parts, pick, spread, stream, texts, weights_of
from ifdo_core.ingest.demo.products import Catalogue
from ifdo_core.ingest.demo.visits import KEPT, PENDING, REFUNDED, Demand, Plan

_MOST_LINES = 5
_DEAREST = 230_000.0  # won a line can be expected to reach
_STATUSES = ("paid", "cancelled", "refunded", "pending", "partially_refunded")
_PARTLY = 4


@dataclass(frozen=True)
class Orders:
    """Orders by time. ``first_line`` is one longer: the lines of order i begin there. Amounts in won, 0 for none."""

    at: Ints
    person: Ints
    visitor: Ints  # -1 unknown
    status: Ints  # position in _STATUSES
    amount: Ints  # lines less discount less points
    gross: Ints  # quantity times price over the lines
    discount: Ints
    points: Ints
    coupon: Ints  # position among the coupons, -1 none
    refunded: Ints
    refunded_at: Ints  # ms of UTC, -1 unknown or never
    payment: Ints
    first_line: Ints
    product: Ints  # of each line
    quantity: Ints
    price: Ints
    line_discount: Ints

    def __len__(self) -> int:
        return len(self.at)

    @property
    def kept(self) -> Flags:
        """Orders that count as purchases at the end."""
        return (self.status == KEPT) | (self.status == _PARTLY)

    @property
    def ids(self) -> pd.Series[str]:
        """'20261123-0000042': the day in Seoul and the number of the order."""
        days = pd.to_datetime(self.at + SEOUL, unit="ms").strftime("%Y%m%d-")
        return pd.Series(days, dtype="str") + pd.Series(identifiers("", np.arange(1, len(self) + 1), 7))


def make_orders(plan: Plan, catalogue: Catalogue) -> Orders:
    """Fill every wanted order with products worth about what it was wanted for."""
    demand = plan.demand
    rng = stream(plan.calendar.seed, "orders")
    order, product, quantity = _lines(rng, catalogue, demand.spend)
    price = catalogue.price[product]
    value = price * quantity
    off = (rng.random(len(order)) < 0.06) & (price >= 10_000)
    line_discount = np.where(off, np.round(value * 0.1 / 100) * 100, 0).astype(np.int64)
    size = len(demand.at)
    gross = _summed(order, value, size)
    goods = gross - _summed(order, line_discount, size)
    member = plan.people.member[demand.person] >= 0
    coupon, discount = _coupons(rng, goods, member)
    spends_points = member & (rng.random(size) < 0.12)
    points = np.where(spends_points, np.round(goods * rng.uniform(0.01, 0.1, size) / 100) * 100, 0).astype(np.int64)
    points = np.minimum(points, goods - discount)
    amount = goods - discount - points
    first_line = np.searchsorted(order, np.arange(size + 1))
    status, refunded, refunded_at = _refunds(rng, plan, amount, first_line, value - line_discount)
    payment = pick(rng, weights_of(parts("people")["payment_methods"])[1], size)
    bank = weights_of(parts("people")["payment_methods"])[0].index("bank_transfer")
    payment[demand.fate == PENDING] = bank  # only transfers are waited for
    return Orders(
        demand.at, demand.person, _visitor(rng, demand, member), status, amount, gross, discount, points, coupon,
        refunded, refunded_at, payment, first_line, product, quantity, price, line_discount,
    )  # fmt: skip


def _summed(group: Ints, value: Ints, size: int) -> Ints:
    return np.bincount(group, weights=value.astype(np.float64), minlength=size).astype(np.int64)


def _lines(rng: np.random.Generator, catalogue: Catalogue, spend: Floats) -> tuple[Ints, Ints, Ints]:
    """Order number, product and quantity of every line, by order; no product twice in one order."""
    wished = 1 + pick(rng, [50, 28, 14, 8], len(spend))
    affordable = np.maximum(np.floor(spend / 9_000), 1)
    needed = np.ceil(spend / _DEAREST)
    lines = np.clip(np.minimum(wished, affordable), np.minimum(needed, _MOST_LINES), _MOST_LINES).astype(np.int64)
    order, _ = spread(lines)
    part = rng.gamma(4.0, 1.0, len(order))
    share = part / np.bincount(order, weights=part, minlength=len(spend))[order]
    target = spend[order] * share
    quantity = np.where((target < 40_000) & (rng.random(len(order)) < 0.12), 2, 1)
    product = catalogue.near_price(rng, target / quantity)
    partner = catalogue.partner[product]
    taken = (partner >= 0) & (rng.random(len(order)) < catalogue.attach[product])
    order = np.concatenate([order, order[taken]])
    product = np.concatenate([product, partner[taken]])
    quantity = np.concatenate([quantity, np.ones(int(taken.sum()), dtype=np.int64)])
    kept = np.unique(order * len(catalogue) + product, return_index=True)[1]
    kept = kept[np.argsort(order[kept], kind="stable")]
    return order[kept], product[kept], quantity[kept]


def _coupons(rng: np.random.Generator, goods: Ints, member: Flags) -> tuple[Ints, Ints]:
    shares = weights_of(parts("people")["coupons"])[1]
    used = member & (rng.random(len(goods)) < 0.2)
    coupon = np.where(used, rng.integers(0, len(shares), len(goods)), -1)
    discount = np.where(used, np.floor(goods * shares[coupon] / 100) * 100, 0).astype(np.int64)
    return coupon, discount


def _refunds(
    rng: np.random.Generator, plan: Plan, amount: Ints, first_line: Ints, net: Ints
) -> tuple[Ints, Ints, Ints]:
    """Status, refunded amount and time of refund. A line of some kept orders comes back too."""
    fate, end = plan.demand.fate, plan.calendar.end_ms
    several = np.diff(first_line) >= 2
    at = plan.demand.at + rng.integers(2 * DAY, 14 * DAY, len(fate))
    line = net[first_line[:-1]]
    partly = (fate == KEPT) & several & (rng.random(len(fate)) < 0.06) & (at < end) & (line < amount)
    back = partly | (fate == REFUNDED)
    status = np.where(partly, _PARTLY, fate)
    refunded = np.where(partly, line, np.where(fate == REFUNDED, amount, 0))
    return status, refunded, np.where(back & (rng.random(len(fate)) < 0.9), at, -1)


def _visitor(rng: np.random.Generator, demand: Demand, member: Flags) -> Ints:
    """Some systems do not tell the device of a member's order."""
    return np.where(member & (rng.random(len(member)) < 0.1), -1, demand.visitor)


def order_frame(plan: Plan, orders: Orders, crowd: Crowd) -> pd.DataFrame:
    """The orders table."""
    rng = stream(plan.calendar.seed, "order frame")
    people, words = plan.people, parts("people")
    size = len(orders)
    member = people.member[orders.person]
    # some orders of members came without their number, but from a device that is known to be theirs
    told = (orders.visitor < 0) | (orders.at < plan.calendar.midnight) | (rng.random(size) >= 0.015)
    coupons = weights_of(words["coupons"])[0]
    mobile = crowd.mobile[np.where(orders.visitor >= 0, orders.visitor, people.first_visitor[orders.person])]
    channel = np.where(mobile, np.where(rng.random(size) < 0.12, 2, 1), 0)
    region = np.where(rng.random(size) < 0.07, crowd.some_regions(rng, size), crowd.home[orders.person])
    region[rng.random(size) < 0.03] = -1
    back = (orders.refunded > 0) & (rng.random(size) < 0.93)
    return pd.DataFrame(
        {
            "order_id": orders.ids,
            "ts": datetimes(orders.at),
            "amount": orders.amount,
            "member_id": pd.Series(identifiers("M", np.where(told, member, -1), 6)),
            "visitor_id": pd.Series(identifiers("v", orders.visitor, 7)),
            "status": chosen(texts(list(_STATUSES)), orders.status),
            "discount": integers(orders.discount, rng.random(size) >= 0.04),
            "shipping": integers(np.where(orders.amount + orders.points >= 50_000, 0, 3_000), rng.random(size) >= 0.02),
            "points_used": integers(orders.points, rng.random(size) >= 0.04),
            "coupon": chosen(texts(coupons), orders.coupon),
            "payment_method": chosen(
                texts(list(words["payment_methods"])), np.where(rng.random(size) < 0.01, -1, orders.payment)
            ),
            "channel": chosen(texts(["pc", "mobile", "app"]), channel),
            "region": chosen(crowd.region_names, region),
            "refunded_amount": integers(orders.refunded, back | (orders.status == _PARTLY)),
            "refunded_at": datetimes(orders.refunded_at, orders.refunded_at >= 0),
        }
    )


def line_frame(orders: Orders, catalogue: Catalogue) -> pd.DataFrame:
    """The order_items table."""
    lines = np.diff(orders.first_line)
    order, number = spread(lines)
    ids = orders.ids.take(order).reset_index(drop=True)
    return pd.DataFrame(
        {
            "line_id": ids + pd.Series(identifiers("-", number + 1, 1)),
            "order_id": ids,
            "product_id": chosen(catalogue.ids, orders.product),
            "quantity": orders.quantity,
            "price": orders.price,
            "discount": integers(orders.line_discount, (orders.line_discount > 0) | (number % 3 > 0)),
        }
    )
