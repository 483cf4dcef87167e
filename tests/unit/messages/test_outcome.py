"""What a campaign brought, against a slow reading of the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ifdo_core.engines import open_engine
from ifdo_core.errors import MessageError
from ifdo_core.messages.outcome import looked, power_line, waiting_line
from ifdo_core.workbench import Workbench

SENT = datetime(2026, 11, 10, 2)
MEMBERS = 600


def frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    dice = np.random.default_rng(4)
    arm = dice.choice(["A", "B", "holdout"], MEMBERS, p=[0.4, 0.4, 0.2])
    ids = [f"m{n}" for n in range(MEMBERS)]
    members = pd.DataFrame({"member_id": ids, "phone": "01012345678", "marketing_consent": True})
    sent = [SENT + timedelta(seconds=int(n) // 200) for n in range(MEMBERS)]
    messages = pd.DataFrame(
        {
            "message_id": [f"g{n}" for n in range(MEMBERS)],
            "ts": pd.to_datetime(sent).tz_localize("UTC"),
            "channel": "brand_message",
            "status": np.where(
                arm == "holdout", "holdout", dice.choice(["delivered", "failed"], MEMBERS, p=[0.9, 0.1])
            ),
            "member_id": ids,
            "campaign": "가을",
            "variant": np.where(arm == "holdout", None, arm),
            "clicked_at": [at + timedelta(hours=3) if dice.random() < 0.1 else None for at in sent],
            "cost": np.where(arm == "holdout", None, 100),
        }
    )
    messages["clicked_at"] = pd.to_datetime(messages["clicked_at"]).dt.tz_localize("UTC")
    count = 500
    who = dice.integers(0, MEMBERS, count)
    hours = dice.uniform(-24, 120, count)
    amount = dice.integers(10_000, 90_000, count)
    status = dice.choice(["paid", "cancelled", "refunded", "partially_refunded"], count, p=[0.7, 0.1, 0.1, 0.1])
    refunded_at = [SENT + timedelta(hours=float(h) + 10) if s == "refunded" else None for h, s in zip(hours, status,
                   strict=True)]  # fmt: skip
    orders = pd.DataFrame(
        {
            "order_id": [f"o{n}" for n in range(count)],
            "ts": pd.to_datetime([SENT + timedelta(hours=float(h)) for h in hours]).tz_localize("UTC"),
            "amount": amount,
            "member_id": [ids[n] for n in who],
            "status": status,
            "refunded_amount": np.where(status == "partially_refunded", 5_000, 0),
            "refunded_at": pd.to_datetime(refunded_at).tz_localize("UTC"),
        }
    )
    return members, messages, orders


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder: Path = tmp_path_factory.mktemp("outcome")
    with pytest.MonkeyPatch.context() as patch, Workbench(open_engine(":memory:")) as workbench:
        patch.setenv("IFDO_STATE_URL", f"sqlite:///{folder}/state.db")
        members, messages, orders = frames()
        workbench.load(members=members, messages=messages, orders=orders)
        yield workbench
        workbench.messages.store.close()


def slowly(now: datetime, window_h: int) -> dict[str, tuple[int, int, int]]:
    """Arm → (buyers, orders, revenue), member by member."""
    _, messages, orders = frames()
    last = messages["ts"].max().tz_localize(None).to_pydatetime()
    upto = min(int((now - last) / timedelta(days=1)) * 24, window_h)
    out: dict[str, tuple[int, int, int]] = {}
    for row in messages.itertuples():
        arm = "holdout" if row.status == "holdout" else str(row.variant)
        buyers, count, revenue = out.get(arm, (0, 0, 0))
        mine = 0
        for order in orders[orders["member_id"] == row.member_id].itertuples():
            gone = order.refunded_at is not pd.NaT and order.refunded_at.tz_localize(None) <= now
            if order.status == "cancelled" or (order.status == "refunded" and gone):
                continue
            if not row.ts < order.ts <= row.ts + timedelta(hours=upto) or order.ts.tz_localize(None) > now:
                continue
            mine += 1
            revenue += int(order.amount) - (int(order.refunded_amount) if order.status == "partially_refunded" else 0)
        out[arm] = (buyers + (mine > 0), count + mine, revenue)
    return out


@pytest.mark.parametrize("hours", [30, 60, 100, 400])
@pytest.mark.parametrize("window_h", [24, 72])
def test_counts_are_those_of_a_slow_reading(shop: Workbench, hours: int, window_h: int) -> None:
    now = SENT + timedelta(hours=hours)
    found = shop.messages.outcome("가을", window_h=window_h, now=now)
    rows = {str(row.arm): (row.buyers, row.orders, row.revenue) for row in found.arms.itertuples()}
    assert rows == slowly(now, window_h)
    assert list(found.arms["arm"]) == ["A", "B", "holdout"]
    assert found.arms["opened"].isna().all()
    assert int(found.arms["clicked"].sum()) > 0
    assert found.verdict.look == min(hours // 24, window_h // 24)
    assert found.insight()
    assert looked(found.verdict)
    assert found.figure().data
    assert (waiting_line(found) == "") == (hours > window_h)


def test_before_the_first_day_nothing_is_said(shop: Workbench) -> None:
    found = shop.messages.outcome("가을", now=SENT + timedelta(hours=5))
    assert found.verdict.state == "early"
    assert "아직 알 수 없어요" in found.insight()
    assert found.arms["buyers"].sum() == 0


def test_a_campaign_is_listed_with_its_holdout(shop: Workbench) -> None:
    [row] = shop.messages.campaigns(SENT + timedelta(days=1)).itertuples()
    assert (row.campaign, row.members) == ("가을", MEMBERS)
    assert row.held == (frames()[1]["status"] == "holdout").sum()
    with pytest.raises(MessageError):
        shop.messages.outcome("없는 것")


def test_what_so_many_can_show() -> None:
    assert "80 %" in power_line(0.03, 10_000, 0.1)
    assert "어려워요" in power_line(0.03, 20, 0.1)
    assert "대조군이 없으면" in power_line(0.03, 10_000, 0.0)
