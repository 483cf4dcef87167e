"""What a campaign brought: of each arm who got it, who clicked, who bought within the window, against the hold-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Float, and_, case, cast, func, literal, select

from ifdo_core import tables
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import Query, add_seconds, instant, whole_days
from ifdo_core.formats import count_text, decimal_text, duration_text, money_text, percent_text
from ifdo_core.i18n import translate
from ifdo_core.marts.cut import Cut
from ifdo_core.marts.purchases import counts, net_amount
from ifdo_core.marts.shape import MartTables
from ifdo_core.messages.experiment import Arm, Verdict, judge

if TYPE_CHECKING:
    import plotly.graph_objects as go

HELD, SENT, EVERYBODY = "holdout", "sent", "all"
#: A rise of the share of buyers by so much is not to be hoped for.
_HOPELESS = 0.3
_COLUMNS = ("arm", "members", "delivered", "failed", "opened", "clicked", "buyers", "rate", "orders", "revenue",
            "per_member", "cost")  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """``arms``: a row an arm (a variant, 'sent' where there are none, 'holdout') with members, delivered, failed,
    opened and clicked (missing where the channel does not tell), buyers, rate, orders, revenue and cost in won, all of
    orders within the window as far as the last look. ``against``: each arm and 'all' of those sent, against the
    hold-out; ``between``: the second variant against the first. ``ended_at``: when the last message's window ends."""

    campaign: str
    arms: pd.DataFrame
    against: dict[str, Verdict]
    between: Verdict | None
    window_h: int
    sent_at: datetime
    ended_at: datetime
    now: datetime

    def frame(self) -> pd.DataFrame:
        return self.arms

    @property
    def verdict(self) -> Verdict:
        """All who were sent to, against the hold-out."""
        return self.against[EVERYBODY]

    def insight(self) -> str:
        """What may be said now, and how sure it is."""
        return worded(self.verdict, self.treated, self._cost)

    @property
    def treated(self) -> int:
        """Members who were sent to."""
        return int(self.arms[self.arms.arm != HELD].members.sum())

    @property
    def _cost(self) -> int:
        return int(self.arms.cost.fillna(0).sum())

    def figure(self) -> go.Figure:
        """The share of buyers of each arm with its interval at this look."""
        import plotly.graph_objects as graph

        from ifdo_core.charts import ACCENT, COLOURS, CONTEXT, dressed
        from ifdo_core.messages.experiment import wilson

        z = self.verdict.critical or 1.96
        arms = [str(one) for one in self.arms["arm"]]
        sizes = zip(self.arms["buyers"].astype(int), self.arms["members"].astype(int), strict=True)
        spans = [wilson(int(hits), int(of), z) if of else (0.0, 0.0) for hits, of in sizes]
        rates = [float(one) for one in self.arms["rate"]]
        values = [100 * one for one in rates]
        above = [100 * (high - rate) for rate, (_, high) in zip(rates, spans, strict=True)]
        below = [100 * (rate - low) for rate, (low, _) in zip(rates, spans, strict=True)]
        names = [f"{arm_name(one)}<br>{percent_text(rate, 2)}" for one, rate in zip(arms, values, strict=True)]
        colours = [CONTEXT if one == HELD else ACCENT for one in arms]
        figure = graph.Figure(
            graph.Bar(
                x=names, y=values, marker={"color": colours}, width=0.5,
                error_y={"type": "data", "array": above, "arrayminus": below, "thickness": 1.5, "color": COLOURS[4]},
                hoverinfo="skip",
            )
        )  # fmt: skip
        return dressed(figure, 280, yaxis={"ticksuffix": "%", "rangemode": "tozero"})


def arm_name(arm: str, language: str | None = None) -> str:
    """'대조군', '보낸 회원', 'A안'."""
    if arm == HELD:
        return translate("대조군", language)
    if arm in (SENT, EVERYBODY):
        return translate("보낸 회원", language)
    return translate("{name}안", language).format(name=arm)


def worded(verdict: Verdict, treated: int, cost: int = 0, language: str | None = None) -> str:
    """A verdict as a sentence a marketer can act on."""
    if verdict.state == "early" or verdict.rate is None:
        return translate("아직 알 수 없어요. 대조군이 없거나, 보낸 뒤 하루가 지나지 않았어요.", language)
    span = translate("{low}%p에서 {high}%p 사이", language).format(
        low=decimal_text(100 * verdict.rate.low, 2, language), high=decimal_text(100 * verdict.rate.high, 2, language)
    )
    if verdict.state == "unknown":
        told = translate(
            "아직 알 수 없어요. 구매율의 차이는 {span}일 수 있어서 효과가 있는지 없는지 말할 수 없어요.", language
        )
        told = told.format(span=span)
        if verdict.final:
            told += " " + translate(
                "정한 기간이 끝나 더 기다려도 달라지지 않아요. 더 많은 회원에게 보내거나 대조군을 늘려 다시 해 보세요.",
                language,
            )
        return told
    how = "보낸 회원이 더 많이 샀어요" if verdict.state == "works" else "보낸 회원이 오히려 덜 샀어요"
    told = translate("{how}. 구매율의 차이는 {value}%p({span})예요.", language).format(
        how=translate(how, language), value=decimal_text(100 * verdict.rate.value, 2, language), span=span
    )
    if verdict.revenue is None:
        return told
    more = translate("더 생긴 매출은 {value}({low} ~ {high})로 짐작해요. 든 비용은 {cost}이에요.", language).format(
        **{name: money_text(round(getattr(verdict.revenue, name) * treated), "KRW", language)
           for name in ("value", "low", "high")},
        cost=money_text(cost, "KRW", language),
    )  # fmt: skip
    return f"{told} {more}"


def looked(verdict: Verdict, language: str | None = None) -> str:
    """How the peeking is guarded, in a line."""
    if verdict.final:
        return translate("정해 둔 기간이 끝나 마지막으로 판단했어요.", language)
    told = translate(
        "{looks}번 가운데 {look}번째로 봤어요. 일찍 볼수록 더 큰 차이를 요구해서, 자주 봐도 잘못 판단하지 않아요.",
        language,
    )
    return told.format(looks=verdict.looks, look=verdict.look)


# --- counting ---------------------------------------------------------------------------------


def campaigns_query(now: datetime) -> Query:
    """campaign, sent_at, members, held: those of the shop's data up to now, the newest first."""
    m = tables.messages.c
    sent_at = func.max(m.ts).label("sent_at")
    held = func.sum(case((m.status == HELD, 1), else_=0)).label("held")
    return (
        select(m.campaign, sent_at, func.count(m.member_id.distinct()).label("members"), held)
        .where(m.campaign.is_not(None), m.member_id.is_not(None), m.ts <= instant(now))
        .group_by(m.campaign)
        .order_by(sent_at.desc(), m.campaign)
    )


def buyers_query(audience: Any, person_orders: Any, window_h: int, now: datetime) -> Query:
    """members, buyers: of an audience, and those of them with an order in the last ``window_h`` hours."""
    order = person_orders.alias("bought")
    o, moment = order.c, instant(now)
    recent = and_(o.member_id == audience.c.member_id, o.ts > instant(now - timedelta(hours=window_h)),
                  counts(o, moment, Cut()))  # fmt: skip
    return select(
        func.count(audience.c.member_id.distinct()), func.count(case((o.order_id.is_not(None), o.member_id)).distinct())
    ).select_from(audience.outerjoin(order, recent))


def outcome(engine: Engine, marts: MartTables, campaign: str, window_h: int, now: datetime) -> Outcome | None:
    """Of a campaign at ``now`` (naive UTC); None where the data know none of its messages."""
    sent = _sent_query(campaign, now)
    facts = engine.frame(_arms_query(sent))
    if facts.empty:
        return None
    last: Any = facts["last_at"].max()
    sent_at: datetime = pd.Timestamp(last).to_pydatetime()
    looks = ceil(window_h / 24)
    look = max(0, min(int((now - sent_at) / timedelta(days=1)), looks))
    upto_h = min(look * 24, window_h)
    bought = engine.frame(_bought_query(sent, marts.person_orders, upto_h, now))
    sizes = zip(facts["arm"], facts["members"].astype(int), strict=True)
    arms = [_arm(str(name), int(members), bought, look) for name, members in sizes]
    by_name = {one.name: one for one in arms}
    held = by_name.pop(HELD, Arm(HELD, 0, (0,) * look))
    whole = _together(list(by_name.values()), look)
    against = {EVERYBODY: judge(whole, held, looks)} | {n: judge(one, held, looks) for n, one in by_name.items()}
    tested = sorted(name for name in by_name if name != SENT)
    between = judge(by_name[tested[1]], by_name[tested[0]], looks) if len(tested) == 2 else None
    return Outcome(
        campaign, _frame(facts, [*arms]), against, between, window_h, sent_at, sent_at + timedelta(hours=window_h), now
    )


def _sent_query(campaign: str, now: datetime) -> Any:
    """member_id, arm, ts and what became of it: one row a member, of the first message."""
    m = tables.messages.c
    arm = case((m.status == HELD, literal(HELD)), (m.variant.is_not(None), m.variant), else_=literal(SENT))
    row = func.row_number().over(partition_by=m.member_id, order_by=(m.ts, m.message_id)).label("place")
    inner = (
        select(m.member_id, m.ts, arm.label("arm"), m.status, m.opened_at, m.clicked_at, m.cost, row)
        .where(m.campaign == campaign, m.member_id.is_not(None), m.ts <= instant(now))
        .subquery("all_sent")
    )
    columns = [one for one in inner.c if one.name != "place"]
    return select(*columns).where(inner.c.place == 1).subquery("sent")


def _arms_query(sent: Any) -> Query:
    s = sent.c

    def told(flag: Any) -> Any:
        return func.sum(case((flag, 1), else_=0))

    return (
        select(
            s.arm,
            func.count().label("members"),
            told(s.status == "delivered").label("delivered"),
            told(s.status == "failed").label("failed"),
            told(s.opened_at.is_not(None)).label("opened"),
            told(s.clicked_at.is_not(None)).label("clicked"),
            func.sum(s.cost).label("cost"),
            func.max(s.ts).label("last_at"),
        )
        .group_by(s.arm)
        .order_by(s.arm)
    )


def _bought_query(sent: Any, person_orders: Any, upto_h: int, now: datetime) -> Query:
    """arm, day of the first order since the message, buyers, orders, revenue, squares."""
    s, order = sent.c, person_orders.alias("bought")
    o, moment = order.c, instant(now)
    within = and_(
        o.member_id == s.member_id, o.ts > s.ts, o.ts <= add_seconds(s.ts, literal(upto_h * 3600)),
        counts(o, moment, Cut()),
    )  # fmt: skip
    members = (
        select(
            s.arm,
            s.member_id,
            whole_days(s.ts, func.min(o.ts)).label("day"),
            func.count().label("orders"),
            cast(func.sum(net_amount(o, moment, Cut())), Float).label("revenue"),
        )
        .select_from(sent.join(order, within))
        .group_by(s.arm, s.member_id, s.ts)
        .subquery("members_who_bought")
    )
    b = members.c
    return select(
        b.arm,
        b.day,
        func.count().label("buyers"),
        func.sum(b.orders).label("orders"),
        func.sum(b.revenue).label("revenue"),
        func.sum(b.revenue * b.revenue).label("squares"),
    ).group_by(b.arm, b.day)


def _arm(name: str, members: int, bought: pd.DataFrame, look: int) -> Arm:
    theirs = bought[bought["arm"] == name]
    # an order exactly at the end of a day belongs to that day
    buyers = tuple(int(theirs[theirs["day"] <= k]["buyers"].sum()) for k in range(look))
    orders, revenue, squares = (float(theirs[one].astype(float).sum()) for one in ("orders", "revenue", "squares"))
    return Arm(name, members, buyers, int(orders), revenue, squares)


def _together(arms: list[Arm], look: int) -> Arm:
    buyers = tuple(sum(one.buyers[k] for one in arms) for k in range(look))
    orders, members = sum(one.orders for one in arms), sum(one.members for one in arms)
    return Arm(EVERYBODY, members, buyers, orders, sum(one.revenue for one in arms), sum(one.squares for one in arms))


def _frame(facts: pd.DataFrame, arms: list[Arm]) -> pd.DataFrame:
    by_name = {one.name: one for one in arms}
    tells = {name: bool(facts[name].sum()) for name in ("opened", "clicked")}
    rows: list[tuple[Any, ...]] = []
    for row in facts.itertuples():
        arm, held = by_name[str(row.arm)], row.arm == HELD
        told = [None if held or not tells[name] else int(getattr(row, name)) for name in ("opened", "clicked")]
        delivered, failed = (None if held else int(getattr(row, name)) for name in ("delivered", "failed"))
        buyers = arm.buyers[-1] if arm.buyers else 0
        cost = None if held or pd.isna(row.cost) else int(row.cost)  # type: ignore[arg-type]
        per_member = arm.revenue / arm.members if arm.members else 0.0
        rows.append((arm.name, arm.members, delivered, failed, *told, buyers, arm.rate, arm.orders,
                     round(arm.revenue), per_member, cost))  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    for name in ("delivered", "failed", "opened", "clicked", "cost"):
        frame[name] = frame[name].astype("Int64")
    frame["last"] = frame["arm"] == HELD
    return frame.sort_values(["last", "arm"]).drop(columns="last").reset_index(drop=True)


def power_line(base: float, members: int, holdout: float, language: str | None = None) -> str:
    """What so many members can show, before anything is sent."""
    from ifdo_core.messages.experiment import detectable, needed

    if not holdout:
        return translate("대조군이 없으면 효과를 알 수 없어요.", language)
    found = detectable(base, members, holdout)
    if found is None or found > _HOPELESS:
        return translate(
            "이 인원으로는 어떤 효과도 알아보기 어려워요. 대조군을 늘리거나 더 많은 회원에게 보내 주세요.", language
        )
    half = max(base / 2, 0.005)
    told = translate(
        "구매율 {base}에서 {effect}%p 넘게 오르면 80 % 확률로 알 수 있어요. {half}%p를 알려면 {needed}이 필요해요.",
        language,
    )
    return told.format(
        base=percent_text(100 * base, 1, language), effect=decimal_text(100 * found, 2, language),
        half=decimal_text(100 * half, 2, language), needed=count_text(needed(base, half, holdout), "명", language),
    )  # fmt: skip


def waiting_line(found: Outcome, language: str | None = None) -> str:
    """How long until the window is over; '' when it is."""
    if found.now >= found.ended_at:
        return ""
    left = duration_text((found.ended_at - found.now).total_seconds(), language)
    return translate("주문을 세는 기간이 {left} 남았어요.", language).format(left=left)
